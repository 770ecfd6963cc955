"""A lead as plain data: what the rules read, and what a row of the store holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Self

from qualification.value import value

LETTERS = ("budget", "authority", "need", "timeline")


class Stage(StrEnum):
    """Where a lead stands. The transitions are in `stages.py`."""

    LEAD = "lead"
    MQL = "mql"
    SQL = "sql"
    CUSTOMER = "customer"
    LOST = "lost"
    NURTURE = "nurture"
    DISQUALIFIED = "disqualified"


IN_PLAY = (Stage.LEAD, Stage.MQL, Stage.SQL)
"""Stages in which a rep works on the lead."""


@value
class Profile:
    """Who somebody is, as far as we were told. Every field may be unknown."""

    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    title: str | None = None
    employees: int | None = None
    industry: str | None = None
    country: str | None = None
    website: str | None = None

    @property
    def name(self) -> str:
        """First and last name, or the nearest thing to a name that we have."""
        return self.name_only or self.email or self.phone or "Unknown"

    @property
    def name_only(self) -> str | None:
        """First and last name, or None."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or None

    def filled_from(self, newer: Profile) -> Profile:
        """This profile with every field that `newer` knows taken from it."""
        return replace(self, **newer.known)

    @property
    def known(self) -> dict[str, Any]:
        """Every field that was told, by name."""
        return {name: told for name, told in zip(PROFILE, _WHOLE(self), strict=True) if told is not None}


PROFILE = tuple(one.name for one in fields(Profile))
_WHOLE = attrgetter(*PROFILE)


@value
class Given:
    """What somebody told us about the person, and when."""

    at: datetime
    profile: Profile


@value
class Activity:
    """One inbound touch: what the person did, when they did it."""

    action: str
    at: datetime
    with_message: bool = False
    counts: bool = True
    """False for what is kept but never scored."""
    claims: tuple[tuple[str, str], ...] = ()
    """What the form said of BANT: pairs of letter and option."""
    uncounted: str = ""
    """Why it does not count: `profiling` (no permission), `too_fast` or `scanner`; "" where it does."""
    watched: str = ""
    """Of what was only observed: `named` when it came with their name, `unnamed` when it was done under an
    anonymous id. "" for what they handed in, and in histories from before that was written down."""


@value
class Span:
    """A stretch of time in which the lead had an owner; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None


@value
class Letter:
    """One BANT letter: the option a form claimed and the one a rep confirmed."""

    claimed: str | None = None
    confirmed: str | None = None


@value
class Answers:
    """What is known of budget, authority, need and timeline."""

    budget: Letter = Letter()
    authority: Letter = Letter()
    need: Letter = Letter()
    timeline: Letter = Letter()

    def letter(self, name: str) -> Letter:
        """The letter called `name`, one of LETTERS."""
        found: Letter = getattr(self, name)
        return found


NOTHING_ASKED = Answers()


@value
class Permission:
    """What the person allowed us to do with their data."""

    contact: bool = False
    marketing: bool = False
    profiling: bool = False
    basis: str = ""
    opted_out: bool = False
    sharing: bool = False
    objected_at: datetime | None = None
    """When they last said "do not sell or share", by a form or their browser (Sec-GPC: 1)."""
    agreed_at: datetime | None = None
    """When they last agreed to profiling or sharing."""
    said: tuple[tuple[datetime, bool], ...] = ()
    """What they said about being profiled, yes or no, and when: oldest first (`watching.py`)."""


class Copied:
    """Plain data with many fields, of which copies are made all the time. For classes without slots."""

    def but(self, **changes: Any) -> Self:
        """A copy with these fields changed: of its dictionary, ten times as fast as dataclasses.replace."""
        copy = object.__new__(type(self))
        object.__setattr__(copy, "__dict__", {**self.__dict__, **changes})
        return copy


@value
class Together:
    """What ties a lead to others that are the same person (`merging.py`)."""

    numbers: tuple[int, ...] = ()
    """The other L-numbers that are this lead now."""
    into: int | None = None
    """The lead that this number stands for now; this one only redirects."""
    email: str | None = None
    """The address it had by itself: forms that name it still find it, whichever address is shown."""
    phone: str | None = None


@value(slots=False)
class Lead(Copied):
    """One person who may buy. A projection of the lead's events and facts (`history.py`)."""

    # Defaults, here and in the parts above, are not stored with a lead: another default would change those
    # that are there, and needs a migration.

    number: int
    created_at: datetime
    received_at: datetime
    source: str = "unknown"
    campaign: str | None = None
    variant: str | None = None
    captured_by: str = ""
    imported: bool = False
    came_late: bool | None = None
    """Whether what made it a lead reached us late; None in histories from before that was written down."""
    asked_live: bool | None = None
    """Whether anything that makes a lead ever reached us in time; None like `came_late`."""
    revision: int = 0
    """How many events were ever recorded: a dialog saved on an older revision is stale."""
    stage: Stage = Stage.LEAD
    stage_since: datetime | None = None
    cycle: int = 1
    reason: str | None = None
    until: datetime | None = None
    snoozed_until: datetime | None = None
    owner: str | None = None
    previous_owner: str | None = None
    claimed_at: datetime | None = None
    owned: tuple[Span, ...] = ()
    given: tuple[Given, ...] = ()
    activities: tuple[Activity, ...] = ()
    answers: Answers = NOTHING_ASKED
    inquiry: bool | None = None
    """What a rep said about a direct inquiry; None when not asked yet."""
    inquiry_at: datetime | None = None
    """Since when a rep says that they asked; None unless `inquiry` is True."""
    inquiry_by: str | None = None
    """Who said so, yes or no, first since it last changed; `inquiry_said_at` is when."""
    inquiry_said_at: datetime | None = None
    permission: Permission = Permission()
    touches: int = 0
    first_touch_at: datetime | None = None
    last_touch_at: datetime | None = None
    last_touch: str | None = None
    qualified_at: datetime | None = None
    accepted_at: datetime | None = None
    first_claimed_at: datetime | None = None
    claim_due: datetime | None = None
    """When somebody should have claimed it at the latest; None where no clock ever ran."""
    let_go_at: datetime | None = None
    """When a person first decided on it instead of claiming it; None where no clock ran then."""
    mql_at: datetime | None = None
    ruled_at: datetime | None = None
    """When rules that came into force made it an MQL: no later look dates that to before they ruled."""
    sql_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    disqualified_at: datetime | None = None
    disqualified_by: str | None = None
    rejected_at: datetime | None = None
    """When a person first disqualified it before it was ever an SQL; kept when it comes back."""
    rejected_for: str | None = None
    first_lost_at: datetime | None = None
    """Kept when it comes back: a month that is over keeps its losses."""
    amount_minor: int | None = None
    currency: str | None = None
    approved_by: str | None = None
    handed_to: str | None = None
    taken_by: str | None = None
    next_step_at: datetime | None = None
    external_id: str | None = None
    message: str | None = None
    """What they wrote last, by their time, not by ours; `message_at` is when."""
    message_at: datetime | None = None
    notes: str | None = None
    sent_back_for: str | None = None
    """Why sales returned it, in their words, until it is handed over again."""
    next_step: str | None = None
    erased: bool = False
    extra: tuple[tuple[str, str], ...] = field(default=())
    together: Together | None = None
    """Set once it was merged with another one."""

    @property
    def name(self) -> str:
        """The L-number people say and type."""
        return f"L-{self.number}"

    @property
    def merged_into(self) -> int | None:
        """The number this one redirects to, or None while it stands for itself."""
        return self.together.into if self.together else None

    @property
    def merged(self) -> tuple[int, ...]:
        """The numbers that redirect to this one."""
        return self.together.numbers if self.together else ()

    @property
    def profile(self) -> Profile:
        """Everything told about the person, newest word on each field."""
        return merged_profile(self.given)

    def profile_at(self, moment: datetime) -> Profile:
        """The profile as it was known at `moment`."""
        return merged_profile(given for given in self.given if given.at <= moment)

    @property
    def late(self) -> bool:
        """Received over a day after it happened: no speed is counted (design §1).

        Decided once, when it came in: something older that turns up later moves `created_at`, not this.
        """
        if self.came_late is not None:
            return self.came_late
        return (self.received_at - self.created_at).total_seconds() > 24 * 3600

    @property
    def clocked(self) -> bool:
        """Whether somebody waits for an answer: also an imported or late lead that came in live since."""
        return bool(self.asked_live) or not (self.imported or self.late)


def merged_profile(given: Iterable[Given]) -> Profile:
    """Fold profiles in time order; at one instant the order is by content, so arrival order never matters."""
    told = tuple(given)
    if len(told) == 1:
        return told[0].profile
    merged = Profile()
    for one in sorted(told, key=lambda g: (g.at, repr(g.profile))):
        merged = merged.filled_from(one.profile)
    return merged
