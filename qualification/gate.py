"""The SQL gate: what must hold before a lead is handed to sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qualification.definition import Definition
from qualification.domains import DISPOSABLE, KnockOut, domain_of, screen_domain
from qualification.lead import LETTERS, Lead, Profile
from qualification.scoring import Score, is_direct_inquiry, open_letters, score, title_level

KNOCK_OUTS: Mapping[KnockOut, str] = {
    "own_domain": "This is our own domain",
    "competitor": "This is a competitor's domain",
    "disposable": "This is a disposable address",
    "student": "This is a student's address",
}


Missing = Literal["score", "inquiry", "letters", "bant", "answer", "need", "knock_out"]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not there yet.

    Attributes:
        has: points, or letters known, where it is about numbers; `needs` is how many it takes.
        letters: the BANT letters to ask about (letters), or whose answer rules an SQL out (answer).
        says: that answer, or why nobody may sell to them, in words.
    """

    kind: Missing
    has: int = 0
    needs: int = 0
    letters: tuple[str, ...] = ()
    says: str = ""

    @property
    def short(self) -> int:
        """How much is missing."""
        return self.needs - self.has

    @property
    def words(self) -> str:
        """For whoever saved Qualify: exactly what is missing."""
        match self.kind:
            case "score":
                return f"Score {self.has} of {self.needs}: {self.short} short"
            case "inquiry":
                return "No direct inquiry: did they ask for a demo, price, quote or call?"
            case "letters":
                known = f"{self.has} of {len(LETTERS)} BANT answers known, {self.needs} needed"
                return f"{known}: ask about {_either([name.capitalize() for name in self.letters])}"
            case "bant":
                return f"BANT points {self.has}, {self.needs} needed"
            case "answer":
                return f"{self.letters[0].capitalize()} is “{self.says.lower()}”"
            case "need":
                return "Need is not known yet"
        return self.says


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict: what is not there yet, nothing when the gate holds."""

    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The same in words."""
        return tuple(gap.words for gap in self.gaps)

    @property
    def holds(self) -> bool:
        return not self.gaps


def sql_gate(lead: Lead, definition: Definition, now: datetime) -> Gate:
    """Judge the lead on the whole number that is shown: score, inquiry, BANT, blocks and knock-outs."""
    return Gate(gaps(lead, score(lead, definition, now), definition))


def gaps(lead: Lead, shown: Score, definition: Definition) -> tuple[Gap, ...]:
    """What is missing for an SQL, by a score that was worked out already."""
    unknown = open_letters(lead.answers, definition)
    asked = not definition.sql_direct_inquiry or is_direct_inquiry(lead, definition)
    numbers = (
        Gap("score", shown.total, definition.sql_score),
        Gap("inquiry", has=asked, needs=1),
        Gap("letters", shown.letters_known, definition.sql_letters, tuple(unknown)),
        Gap("bant", shown.bant, definition.sql_bant),
    )
    found = [gap for gap in numbers if gap.short > 0]
    for name in LETTERS:
        option = definition.questions[name].option(lead.answers.letter(name).confirmed)
        if option and option.blocks_sql:
            found.append(Gap("answer", letters=(name,), says=option.says))
    # Need must be at least "known", and where three letters are enough it may be the one not asked.
    if "need" in unknown:
        found.append(Gap("need"))
    refused = knock_out(lead.profile, definition)
    return (*found, *([Gap("knock_out", says=refused)] if refused else []))


def knock_out(profile: Profile, definition: Definition) -> str | None:
    """Why this person can never be an SQL, or None."""
    domain = domain_of(profile.email) if profile.email else None
    if domain and (found := screened_out(domain, definition)):
        return KNOCK_OUTS[found]
    level = title_level(profile.title, definition)
    return f"Their title says {level.name}" if level and level.knock_out else None


def screened_out(domain: str, definition: Definition) -> KnockOut | None:
    """Why nobody sells to this domain by the definition's lists, or None."""
    lists = definition.lists
    return screen_domain(
        domain, lists.own_domains, lists.competitor_domains, DISPOSABLE | lists.disposable_domains
    )


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
