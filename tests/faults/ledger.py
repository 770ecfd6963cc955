"""What the outside world knows: what it sent, and what it was told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """Kept by those who use the bot, never by asking it.

    Attributes:
        sent: E-mail addresses of every person handed in, answered or not.
        leads: Of each person whose form was answered with 2xx, the L-number that was said.
        saved: L-numbers of which Save was answered as saved.
        fought: L-numbers that two reps claimed at the same moment, both answered.
        told: Behaviour that was answered with 2xx: the person's address and the message's id.
        wrong: Answers that nobody should ever get.
        webhooks: Every webhook that reached the other system: its key, the lead and the event's place.
        waits: Seconds until each form and each Save was answered, while nothing was broken.
        counts: What was done how often.
    """

    sent: set[str] = field(default_factory=set)
    leads: dict[str, int] = field(default_factory=dict)
    saved: set[int] = field(default_factory=set)
    fought: set[int] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    webhooks: list[tuple[str, int, int]] = field(default_factory=list)
    waits: list[tuple[float, str, float]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def heard(self, email: str, answer: dict[str, Any]) -> None:
        """A form was answered with 2xx: from now on the lead must be there, once, under that number."""
        lead = answer.get("lead")
        if answer.get("status") not in ("created", "updated", "duplicate") or not lead:
            self.wrong.append(f"{email} was answered with {answer}")
            return
        number = int(str(lead).removeprefix("L-"))
        if self.leads.setdefault(email, number) != number:
            self.wrong.append(f"{email} was L-{self.leads[email]} and then L-{number}")
