"""What if other rules had been in force? A lead's history again, with every decision of the rules made anew.

What people did stays as it was: claims, answers, hand-backs, closings, outcomes, and what a file told about a
past elsewhere. What the definition decides is decided anew at the moment it was decided then: whether it is a
lead, when it became an MQL, whether a saved Qualify hands it to sales, whether a new inquiry reopens it.

Permission is not decided anew, and whoever was turned away then is not kept: a definition that lets more
people in can't show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from qualification.definition import Definition
from qualification.events import IMPORT, RULE, Event, Kind, is_person
from qualification.history import apply
from qualification.history_inbound import Facts
from qualification.lead import Activity, Lead, Stage
from qualification.qualify import moved_up
from qualification.stages import after_activity, judged_anew, promote
from qualification.undo import undone_steps
from qualification.watching import PROFILING, UNNAMED, allowed_at, heard_since, said_by


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a lead came.

    Attributes:
        stage: None for somebody who would not have been a lead.
        handed_over: When sales was alerted, each time; a hand-over told by a file alerted nobody.
    """

    stage: Stage | None
    mql_at: datetime | None = None
    sql_at: datetime | None = None
    handed_over: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """One lead as it is kept: where it stands, and everything that led there in recorded order.

    Attributes:
        fixed: It stays where it is: erased, so that no score can be told, or merged from several leads.
        facts: What is personal, by fact id; only what is told of the person matters here.
    """

    number: int
    stage: Stage
    mql_at: datetime | None
    sql_at: datetime | None
    reason: str | None
    fixed: bool
    events: Sequence[Event]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Replayed:
    """One lead then and now.

    Attributes:
        judged: Somebody saved Qualify, so that the SQL gate was asked.
        unknown: What they did that the new rules have no action for.
        replayed: False for a lead that is fixed where it stands.
    """

    number: int
    then: Standing
    now: Standing
    judged: bool
    reason: str | None
    unknown: tuple[str, ...] = ()
    replayed: bool = True

    @property
    def moves(self) -> bool:
        """Whether it would stand elsewhere, or have been an MQL or SQL where it was none, or the reverse."""
        return self.then.stage is not self.now.stage or bool(self.on_the_way)

    @property
    def on_the_way(self) -> str:
        """Which stage it would have passed or not: "sql", "no_sql", "mql", "no_mql"; "" if all alike."""
        for name in ("sql", "mql"):
            was, would = (getattr(one, f"{name}_at") is not None for one in (self.then, self.now))
            if was is not would:
                return name if would else f"no_{name}"
        return ""


class Rules:
    """A definition to replay under, beside the one in force.

    Args:
        base: The definition under which the actions were recorded last.
    """

    def __init__(self, definition: Definition, base: Definition) -> None:
        self.definition = definition
        names = definition.actions.keys() | base.actions.keys()
        self.observed_anew = frozenset(n for n in names if _observed(definition, n) != _observed(base, n))


def _observed(definition: Definition, name: str) -> bool:
    action = definition.actions.get(name)
    return action is not None and action.observed


_EVER, _LATER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def replay(recorded: Recorded, rules: Rules) -> Replayed:
    """The lead as it stands, and as it would stand had these rules always been in force."""
    undone = undone_steps(recorded.events)
    again, handed, judged = _Again(rules, recorded.facts), list[datetime](), False
    for event in recorded.events:
        if undone and event.step in undone and event.kind is not Kind.UNDONE:
            continue
        if event.kind is Kind.STAGE and _hands_over(event):
            handed.append(event.at)
        elif event.kind is Kind.ANSWERED:
            judged = True
        if recorded.fixed:
            continue
        if event.kind is Kind.ACTIVITY:
            again.came_in(event)
        else:
            again.step(event)
    then = Standing(recorded.stage, recorded.mql_at, recorded.sql_at, tuple(handed))
    if recorded.fixed:
        return Replayed(recorded.number, then, then, judged, recorded.reason, replayed=False)
    now, unknown = again.standing(), tuple(again.unknown)
    return Replayed(recorded.number, then, now, judged, recorded.reason, unknown)


def _hands_over(event: Event) -> bool:
    return event.kind is Kind.STAGE and event.data["to"] == Stage.SQL and event.actor != IMPORT


class _Again:
    """One lead on its way through its history a second time."""

    def __init__(self, rules: Rules, facts: Facts) -> None:
        self._rules, self._definition, self._facts = rules, rules.definition, facts
        self._lead: Lead | None = None
        self._did: list[Activity] = []
        """What they did since, not yet on the lead: copying it for every page they read takes longest."""
        self._quiet: Lead | None = None
        self._quiet_from: datetime | None = None
        self._due = False
        self._heard: datetime | None = None
        """From when on what they said or told of themselves last may matter, until they are judged by it."""
        self._crossed: datetime | None = None
        self._handed: list[datetime] = []
        self.unknown: list[str] = []

    def standing(self) -> Standing:
        self._catch_up()
        lead = self._known
        stage = lead.stage if self._is_a_lead(lead) else None
        return Standing(stage, lead.mql_at, lead.sql_at, tuple(self._handed))

    @property
    def _known(self) -> Lead:
        assert self._lead is not None  # `created` comes first
        return self._lead

    def step(self, event: Event) -> None:
        """Another recorded event: kept, decided anew, or left out where the rules had decided it."""
        match event.kind:
            case Kind.CREATED:
                self._lead = apply(None, event, self._facts)
            case Kind.PERMISSION:
                self._catch_up()  # they may have earned it by what nobody may look at from now on
                before = self._known.permission
                self._lead = lead = apply(self._lead, event, self._facts)
                self._heard = heard_since(before, lead.permission, event.at)
                self._due = lead.stage is Stage.LEAD and not lead.imported
            case Kind.RECOUNTED:
                self._recount(event)
            case Kind.DETAILS if not is_person(event.actor):
                self._told_more(event)
            case Kind.REDATED | Kind.CLOCK:
                pass
            case Kind.STAGE:
                if self._stands(event):
                    self._catch_up()
                    if self._is_possible(event):
                        self._lead = apply(self._lead, event, self._facts)
            case Kind.ANSWERED:
                self._catch_up()
                self._lead = apply(self._lead, event, self._facts)
                self._decide(moved_up(self._lead, event.actor, event.at, self._definition))
            case Kind.UNDONE:
                self._catch_up()
                self._lead = apply(self._lead, event, self._facts)
                self._decide(promote(self._lead, self._definition))
            case _:
                self._catch_up()
                self._lead = apply(self._lead, event, self._facts)

    def _recount(self, event: Event) -> None:
        """What counts is another; where their words changed it they are judged by both together."""
        heard = self._heard
        if heard is None:
            self._catch_up()
        self._lead = apply(self._lead, self._still_observed(event), self._facts)
        if heard is None:
            self._decide(judged_anew(self._known, self._definition, event.at))

    def _told_more(self, event: Event) -> None:
        """They told who they are without doing anything, maybe together with words on permission."""
        if self._heard is None:
            self._catch_up()
            self._heard = event.at
        self._lead = lead = apply(self._lead, event, self._facts)
        self._due = lead.stage is Stage.LEAD and not lead.imported

    def came_in(self, event: Event) -> None:
        """They did something. Nearly all events are these, so the short way is very short."""
        if self._heard is not None:
            self._take_in_words()
        data, lead = event.data, self._known
        name = data["action"]
        action = self._definition.actions.get(name)
        if action is None:
            self.unknown.append(name)
        qualifies = action is not None and action.qualifies
        if qualifies is not bool(data.get("qualifies")) or name in self._rules.observed_anew:
            event = self._judged(event, lead, qualifies)
            data = event.data
        if self._quiet is not lead:
            self._quiet, self._quiet_from = lead, self._nothing_follows_from(lead)
        # Nothing follows but one more activity: nothing told, no decision due at once.
        if (
            self._quiet_from is not None
            and event.at > self._quiet_from
            and data.get("fact") not in self._facts
            and not (data.get("claims") or data.get("told_stage"))
            and not (qualifies and event.at <= lead.created_at)
        ):
            told, counts = bool(data.get("with_message")), bool(data.get("counts", True))
            self._did.append(Activity(name, event.at, told, counts))
            self._due = self._due or lead.stage is Stage.LEAD
            return
        self._settle()
        self._lead = lead = apply(self._lead, event, self._facts)
        if data.get("told_stage"):
            return
        if lead.stage is Stage.LEAD and not lead.imported:
            # While only the rules touch it, its MQL date depends on what came in and not on the order:
            # looking once, before somebody does something, gives the same as looking every time.
            self._due = True
            return
        if not self._is_settled(lead, event.at):
            self._decide(after_activity(lead, lead.activities[-1], self._definition))

    def _nothing_follows_from(self, lead: Lead) -> datetime | None:
        """From when on an activity is decided on later or never; None where each is at once."""
        if lead.stage is Stage.LEAD:
            return None if lead.imported else _EVER
        return lead.mql_at if lead.mql_at and self._is_settled(lead, _LATER) else None

    def _is_settled(self, lead: Lead, at: datetime) -> bool:
        """Something later neither reopens an open lead nor moves the day it crossed."""
        if lead.stage not in (Stage.MQL, Stage.SQL, Stage.CUSTOMER) or lead.mql_at is None:
            return False
        return lead.mql_at == self._crossed and at > lead.mql_at

    def _settle(self) -> None:
        if self._did:
            lead = self._known
            self._lead = lead.but(activities=(*lead.activities, *self._did))
            self._did = []

    def _judged(self, event: Event, lead: Lead, qualifies: bool) -> Event:
        """The activity with what the new rules make of its action, where they differ."""
        data = {**event.data, "qualifies": qualifies}
        name, unnamed = data["action"], data.get("watched") == UNNAMED
        profiling = allowed_at(said_by(lead.permission), event.at, unnamed=unnamed)
        # What does not count although they let us observe them was no doing of theirs: a scanner's click.
        if name in self._rules.observed_anew and not (profiling and not data.get("counts", True)):
            data["counts"] = not _observed(self._definition, name) or profiling
        return replace(event, data=data)

    def _still_observed(self, event: Event) -> Event:
        """Permission to look decides only on what these rules call observed."""
        if event.data["uncounted"] not in ("", PROFILING):
            return event
        touches = [one for one in event.data["touches"] if _observed(self._definition, one[0])]
        return replace(event, data={**event.data, "touches": touches})

    def _catch_up(self) -> None:
        self._settle()
        self._take_in_words()
        if self._due:
            self._due = False
            self._decide(promote(self._known, self._definition))

    def _take_in_words(self) -> None:
        """What follows for the day it crossed from what they said or told of themselves."""
        heard, self._heard = self._heard, None
        if heard is not None and self._known.stage is not Stage.LEAD:
            self._settle()
            self._decide(judged_anew(self._known, self._definition, heard))

    def _decide(self, events: Iterable[Event]) -> None:
        for event in events:
            self._lead = apply(self._lead, event, self._facts)
            if event.actor == RULE:
                self._crossed = self._known.mql_at
            if _hands_over(event):
                self._handed.append(event.at)

    @staticmethod
    def _stands(event: Event) -> bool:
        """Whether somebody decided on this stage; where Qualify or the rules led, it is decided anew."""
        if event.actor == RULE:
            return False
        by_gate = event.data["to"] in (Stage.MQL, Stage.SQL) and not event.data.get("reason")
        return not (by_gate and is_person(event.actor))

    def _is_possible(self, event: Event) -> bool:
        """Nobody sends back what was never handed over, or wakes what never slept."""
        match event.data.get("reason"):
            case "sent_back":
                return self._known.stage is Stage.SQL
            case "qualified" | "came_back":
                return self._known.stage in (Stage.NURTURE, Stage.DISQUALIFIED)
        return True

    def _is_a_lead(self, lead: Lead) -> bool:
        if lead.imported or lead.first_claimed_at or lead.touches or lead.qualified_at:
            return True  # somebody took it for one
        actions = self._definition.actions
        return any(a.action in actions and actions[a.action].qualifies for a in lead.activities)
