"""What others must learn when a lead changes: the one place that says which jobs follow from which events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.flows.timers import timers
from qualification.calendar import WorkWeek
from qualification.definition import Definition
from qualification.events import CLOCK, Event, Kind
from qualification.lead import Lead, Stage
from qualification.scoring import asked_at
from store.outbox import NewJob

LEADS_LANE, ALERTS_LANE = "post:leads", "post:alerts"
WEBHOOK_LANES = "webhook:"
TOLD_IN_THREAD = frozenset(
    {
        Kind.STAGE,
        Kind.TOUCHED,
        Kind.ANSWERED,
        Kind.REASSIGNED,
        Kind.RELEASED,
        Kind.SNOOZED,
        Kind.TAKEN,
        Kind.OPTED_OUT,
        Kind.UNDONE,
        Kind.MERGED,
        Kind.UNMERGED,
    }
)
TAKES_BACK = (Kind.UNDONE, Kind.MERGED, Kind.UNMERGED)
"""What may change a stage without being a stage change itself."""
CARD_STAGES = (Stage.MQL, Stage.SQL)


def webhook_lane(lead: int) -> str:
    """Another system hears of each lead's moves in their order; no lead waits for another."""
    return f"{WEBHOOK_LANES}{lead}"


def ask(older: int, newer: int, again: str = "") -> NewJob:
    """Ask once whether two numbers are one person; all in one lane, so that nobody is asked twice."""
    pair = {"older": older, "newer": newer}
    return NewJob("person.ask", pair, dedup=f"person:{older}:{newer}{again}", lane=LEADS_LANE)


def jobs_about(
    before: Lead | None, after: Lead, events: Sequence[Event], definition: Definition, week: WorkWeek
) -> list[NewJob]:
    """The jobs that follow from `events`, which took a lead from `before` to `after`.

    Events are named by their place in the lead's history (1 is the first): the place never changes, and
    nothing personal goes into a job.
    """
    first = (before.revision if before else 0) + 1
    told = _Told(before, after, events, definition, week, first)
    return [
        *told.cards(),
        *told.thread(),
        *told.stages(),
        *told.messages(),
        *timers(after, after.number, enumerate(events, first), definition, week),
        *told.homes(),
    ]


class _Told:
    def __init__(
        self,
        before: Lead | None,
        after: Lead,
        events: Sequence[Event],
        definition: Definition,
        week: WorkWeek,
        first: int,
    ) -> None:
        self.before, self.after, self.events = before, after, events
        self.definition, self.week, self.first = definition, week, first
        self.last = first + len(events) - 1
        self.lead = after.number
        # Automatic news (a form, the rules) follow other roads than what a person just did.
        self.by_person = any(event.actor.startswith(("U", "W")) for event in events)

    def cards(self) -> list[NewJob]:
        """A fresh card for a new MQL or a new inquiry; everything else redraws the one that stands."""
        asked = asked_at(self.after, self.definition)
        asked_before = asked_at(self.before, self.definition) if self.before else None
        wants_rep = self.after.stage in CARD_STAGES or (
            self.definition.post_from == "lead" and self.before is None
        )
        is_new = self.before is None or self.before.stage not in CARD_STAGES
        by_itself = not self.by_person and not self.after.imported
        jobs = []
        if by_itself and wants_rep and (is_new or asked != asked_before) and self.before_is_open():
            jobs.append(
                NewJob(
                    "card.post", {"lead": self.lead}, dedup=f"card:{self.lead}:{self.last}", lane=LEADS_LANE
                )
            )
        elif self.before is not None:
            jobs.append(NewJob("card.redraw", {"lead": self.lead}, once=f"card:{self.lead}"))
        merged = any(event.kind in (Kind.MERGED, Kind.UNMERGED) for event in self.events)
        if self.before is not None and (merged or Stage.SQL in (self.before.stage, self.after.stage)):
            jobs.append(NewJob("alert.redraw", {"lead": self.lead}, once=f"alert:{self.lead}"))
        return jobs

    def before_is_open(self) -> bool:
        """Customers are not re-opened by an inquiry: their owner is told instead."""
        return self.after.stage is not Stage.CUSTOMER

    def thread(self) -> list[NewJob]:
        """One line in the card's thread, also for several events of one step."""
        told = (e.kind in TOLD_IN_THREAD or e.data.get("refused") for e in self.events)
        if self.before is None or not any(told):
            return []
        return [
            self._job(
                "thread.say", LEADS_LANE, f"thread:{self.lead}:{self.first}", first=self.first, last=self.last
            )
        ]

    def stages(self) -> list[NewJob]:
        """A signed webhook for every stage change, and exactly one alert for every entry into SQL."""
        jobs = []
        for place, event in enumerate(self.events, self.first):
            if event.kind in TAKES_BACK and self.before and self._stands_elsewhere():
                # Who follows our stages elsewhere must not keep one that was taken back.
                moved = {"from": self.before.stage.value, "to": self.after.stage.value}
                jobs.append(
                    NewJob(
                        "webhook.stage",
                        {"lead": self.lead, "event": place, **moved},
                        dedup=f"webhook:{self.lead}:{place}",
                        lane=webhook_lane(self.lead),
                    )
                )
            if event.kind is not Kind.STAGE or (self.after.imported and not self.by_person):
                continue
            jobs.append(
                self._job(
                    "webhook.stage", webhook_lane(self.lead), f"webhook:{self.lead}:{place}", event=place
                )
            )
            if event.data["to"] == Stage.SQL:
                jobs.append(
                    self._job("alert.post", ALERTS_LANE, f"sql-alert:{self.lead}:{place}", event=place)
                )
        return jobs

    def _stands_elsewhere(self) -> bool:
        """Whether it has another stage now. A number that only redirects has none."""
        if self.before is None or self.before.merged_into or self.after.merged_into:
            return False
        return self.before.stage is not self.after.stage

    def messages(self) -> list[NewJob]:
        """Direct messages to whom it concerns, never about what they just did themselves."""
        jobs = []
        for place, event in enumerate(self.events, self.first):
            for person, about in self._concerned(event):
                if person and person != event.actor:
                    key = f"dm:{about}:{self.lead}:{place}:{person}"
                    jobs.append(
                        self._job("dm.send", f"post:{person}", key, to=person, about=about, event=place)
                    )
        return jobs

    def _concerned(self, event: Event) -> list[tuple[str | None, str]]:
        match event.kind:
            case Kind.REASSIGNED if not self.after.imported or self.by_person:
                return [(event.data["to"], "reassigned")]
            case Kind.STAGE if event.data["to"] == Stage.SQL:
                return [(self.after.handed_to, "handed_over")]
            case Kind.ANSWERED if self.before and self.before.stage is Stage.SQL is self.after.stage:
                handed = self.after.handed_to
                return [(handed, "handed_over")] if handed != self.before.handed_to else []
            case Kind.STAGE if event.data.get("back_to"):
                return [(event.data["back_to"], "sent_back")]
            case Kind.UNDONE if self.before and self.before.stage is Stage.SQL is not self.after.stage:
                return [(self.before.taken_by or self.before.handed_to, "taken_back")]
            case Kind.MERGED if self.after.merged_into and self.before:
                return [(self.before.owner, "merged")]
            case Kind.UNMERGED if self.before and self.before.merged_into and not self.after.merged_into:
                return [(self.after.owner, "split")]
            case Kind.STAGE if event.actor == CLOCK:
                return [(self.after.previous_owner, "came_back")]
            case Kind.ACTIVITY if self.before and self._asks(event):
                return [(self.before.owner or self.before.previous_owner, "new_inquiry")]
        return []

    def _asks(self, event: Event) -> bool:
        action = self.definition.actions.get(event.data["action"])
        return bool(action and action.is_inquiry(bool(event.data.get("with_message"))))

    def homes(self) -> list[NewJob]:
        """The Homes of who has it and who had it; an import of thousands redraws none."""
        if self.after.imported and not self.by_person:
            return []
        had = self.before.owner if self.before else None
        people = sorted({person for person in (had, self.after.owner) if person})
        return [NewJob("home.redraw", {"person": person}, once=f"home:{person}") for person in people]

    def _job(self, topic: str, lane: str, dedup: str, **payload: Any) -> NewJob:
        return NewJob(topic, {"lead": self.lead, **payload}, dedup=dedup, lane=lane)
