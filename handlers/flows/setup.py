"""First run: who may set the app up, what is set, and keeping it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.flows.admin_code import NAME as CODE
from handlers.flows.admin_code import is_admin_code
from handlers.flows.house_state import NotAllowed
from handlers.flows.office import Office, Rules, Setup
from store.job_care import dead, drop, replay
from store.outcomes import DeadJob
from store.work import Work

ASKED = (
    "leads_channel",
    "alerts_channel",
    "admins",
    "managers",
    "marketers",
    "reps_group",
    "leads_privacy",
    "alerts_privacy",
)
"""What App Home asks for. What the environment sets stands as it is."""

NEEDED = ("leads_channel", "alerts_channel", "admins")
"""Setting up is open to whoever has the code until all of these are set."""

_NEED_A_CHANNEL = ("card.post", "cards.digest", "alert.post")
_TRIED_AGAIN = 200

Chosen = Mapping[str, str | Sequence[str] | None]


class WrongCode(NotAllowed):
    """That is not the admin code."""

    def __init__(self) -> None:
        super().__init__("That is not the code. `python -m bot serve` prints it when it starts.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """How the app is set up.

    Attributes:
        fixed: names the environment decides; they can't be changed here.
    """

    rules: Rules
    fixed: frozenset[str]


class TooManyCodes(NotAllowed):
    """They tried too many that were wrong."""

    def __init__(self, seconds: float) -> None:
        minutes = max(1, math.ceil(seconds / 60))
        super().__init__(
            f"Too many wrong codes. Try again in {minutes} minute{'s' if minutes > 1 else ''}, with the one "
            "that `python -m bot serve` prints when it starts."
        )


async def check_code(office: Office, where: str, person: str, typed: str) -> None:
    """Let in whoever has the code.

    Raises:
        WrongCode: it is another.
        TooManyCodes: this person must wait; the code was not even looked at.
    """
    # The code has 32 bits, and in Slack programs may press and type, too.
    who = f"{where}:{person}"
    seconds = office.guesses.wait(who, typed)
    if seconds is not None:
        raise TooManyCodes(seconds)
    if not await is_admin_code(office, where, typed):
        office.guesses.wrong(who)
        raise WrongCode


async def see_setup(office: Office, where: str) -> SetUp:
    """What is set, and what of it can be changed in App Home."""
    rules = await office.rules(where)
    return SetUp(rules, frozenset(name for name in ASKED if name in office.fixed))


async def save_setup(office: Office, where: str, person: str, chosen: Chosen, *, has_code: bool) -> None:
    """Keep what was chosen. Once everything needed is set, the code is spent.

    Args:
        has_code: The dialog was opened with the right code.
    Raises:
        NotAllowed: neither an admin nor in possession of a code that still counts, or nobody would be one.
    """
    setup = (await office.rules(where)).setup
    if person not in setup.admins and not (has_code and is_open(setup)):
        raise NotAllowed("Only admins can change this.")
    wanted = {name: value or None for name, value in chosen.items() if name not in office.fixed}
    if "admins" in wanted and not wanted["admins"]:
        raise NotAllowed("Somebody has to be an admin.")
    kept = {name: list(v) if v and not isinstance(v, str) else v for name, v in wanted.items()}
    spent = all(wanted.get(name, getattr(setup, name)) for name in NEEDED)
    async with office.store.begin(where) as work:
        await work.house.set({**kept, **({CODE: None} if spent else {})})
        if any(wanted.get(name, "") != getattr(setup, name) for name in wanted if name.endswith("_privacy")):
            await work.outbox.put_once("privacy.redraw", "privacy.redraw")
        if wanted.get("leads_channel") or wanted.get("alerts_channel"):
            await _post_what_could_not_be(work)
    office.forget_rules()


async def _post_what_could_not_be(work: Work) -> None:
    """What came in before there was a channel for it was given up; now it has a place.

    A lead that asked twice, or that somebody worked on meanwhile, waits with several cards: it gets one.
    """
    leads: set[int] = set()
    for job in await dead(work, _TRIED_AGAIN):
        if job.topic == "card.post":
            lead = job.payload["lead"]
            if lead in leads or await _has_card_since(work, lead, job):
                await drop(work, job.id)
                continue
            leads.add(lead)
        if job.topic in _NEED_A_CHANNEL:
            await replay(work, job.id)


async def _has_card_since(work: Work, lead: int, job: DeadJob) -> bool:
    """Whether a card of this lead came, or is coming, after this one was given up."""
    card = await work.cards.current(lead, "card")
    return (card is not None and card.at >= job.finished) or await work.outbox.is_waiting(f"card:{lead}:")


def is_open(setup: Setup) -> bool:
    """Whether something needed was never set, so that the admin code still counts."""
    return not all(getattr(setup, name) for name in NEEDED)
