"""Qualify: a rep's answers to the BANT questions, and the hand-over to sales when the gate holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qualification.definition import Definition
from qualification.errors import Refused
from qualification.events import Event, Fact, Kind
from qualification.gate import Gate, sql_gate
from qualification.history import apply
from qualification.lead import IN_PLAY, LETTERS, Lead, Stage
from qualification.scoring import Score, score
from qualification.stages import STAGE_NAMES, WrongStage, move, promote


@dataclass(frozen=True, slots=True)
class Call:
    """What the Qualify dialog holds. A letter not in `answers` was not asked yet."""

    answers: Mapping[str, str] = field(default_factory=dict)
    inquiry: bool | None = None
    title: str | None = None
    employees: int | None = None
    notes: str | None = None
    next_step: str | None = None
    next_step_at: datetime | None = None
    hand_to: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving would do: the score, the stage it would reach, what is missing for an SQL."""

    lead: Lead
    score: Score
    gate: Gate

    @property
    def would_be(self) -> Stage:
        """The stage after saving."""
        return self.lead.stage


def save_call(
    lead: Lead, rep: str, call: Call, now: datetime, definition: Definition, facts: list[Fact]
) -> list[Event]:
    """The events of saving the dialog: first claim, details, answers, and the hand-over if the gate holds.

    Saving the same again changes nothing, unless the gate has come to hold since.

    Args:
        facts: The personal and free-text part of the dialog, made by `call_facts`.
    Raises:
        WrongStage: the lead is closed; it opens again by a direct inquiry or by its date.
        Refused: it asked not to be contacted, or an answer is unknown.
    """
    if lead.stage not in (*IN_PLAY, Stage.NURTURE):
        raise WrongStage(
            f"{lead.name} is closed ({STAGE_NAMES[lead.stage]}). A new direct inquiry opens it again."
        )
    if lead.permission.opted_out:
        raise WrongStage(f"{lead.name} asked not to be contacted, so it can't be qualified.")
    _known_answers(call, definition)
    events = _own_events(lead, rep, call, now, facts)
    after = _after(lead, events, facts)
    moved = moved_up(after, rep, now, definition)
    same = after.but(revision=lead.revision, qualified_at=lead.qualified_at) == lead
    if same and lead.qualified_at and not moved:
        return []
    if lead.qualified_at is None and not moved and _says_nothing(call, lead):
        # Opened and saved empty: that is no contact and no acceptance, at most a claim.
        return [event for event in events if event.kind is not Kind.ANSWERED]
    return [*events, *moved]


def _says_nothing(call: Call, lead: Lead) -> bool:
    """Nothing was answered, written or agreed, beyond what was there."""
    known = known_call(lead)
    written = (call.notes or None, call.next_step, call.next_step_at, call.hand_to, call.inquiry)
    there = (known.notes or None, known.next_step, known.next_step_at, known.hand_to, known.inquiry)
    return not any(call.answers.values()) and written == there and not (call.title or call.employees)


def _after(lead: Lead, events: list[Event], facts: list[Fact]) -> Lead:
    told = {fact.id: fact.data for fact in facts}
    for event in events:
        lead = apply(lead, event, told)
    return lead


def moved_up(lead: Lead, rep: str, now: datetime, definition: Definition) -> list[Event]:
    """The stages that what the rep learned leads to: SQL by the gate, or at least MQL by the rules."""
    if lead.stage not in (Stage.LEAD, Stage.MQL) or not sql_gate(lead, definition, now).holds:
        return promote(lead, definition)
    if lead.stage is Stage.MQL:
        return [move(lead, Stage.SQL, now, rep)]
    first = move(lead, Stage.MQL, now, rep)
    return [first, move(apply(lead, first, {}), Stage.SQL, now, rep)]


def preview(lead: Lead, rep: str, call: Call, now: datetime, definition: Definition) -> Preview:
    """What saving `call` now would show, without saving anything."""
    facts = [fact for fact in call_facts(lead, call, now, lambda: "preview") if fact.kind == "details"]
    after = _after(lead, _own_events(lead, rep, call, now, facts), facts)
    shown, gate = score(after, definition, now), sql_gate(after, definition, now)
    return Preview(_after(after, moved_up(after, rep, now, definition), []), shown, gate)


def call_facts(lead: Lead, call: Call, now: datetime, new_id: Callable[[], str]) -> list[Fact]:
    """The dialog's personal and free-text parts that are new, as facts."""
    facts = []
    details: dict[str, Any] = {}
    if call.title and call.title != lead.profile.title:
        details["title"] = call.title
    if call.employees and call.employees != lead.profile.employees:
        details["employees"] = call.employees
    if details:
        facts.append(Fact(new_id(), "details", now, details))
    if call.notes is not None and call.notes != (lead.notes or ""):
        facts.append(Fact(new_id(), "note", now, {"text": call.notes}))
    if call.next_step and call.next_step != lead.next_step:
        facts.append(Fact(new_id(), "next_step", now, {"text": call.next_step}))
    return facts


def _own_events(lead: Lead, rep: str, call: Call, now: datetime, facts: list[Fact]) -> list[Event]:
    by_kind = {fact.kind: fact.id for fact in facts}
    events: list[Event] = []
    if lead.stage is Stage.NURTURE:
        events.append(move(lead, Stage.MQL, now, rep, reason="qualified"))
    if lead.owner is None:
        events.append(Event(Kind.CLAIMED, now, rep))
    if "details" in by_kind:
        events.append(Event(Kind.DETAILS, now, rep, {"fact": by_kind["details"]}))
    data: dict[str, Any] = {
        "answers": {letter: call.answers.get(letter) for letter in LETTERS},
        "inquiry": call.inquiry,
        "hand_to": call.hand_to,
        "next_step_at": call.next_step_at.isoformat() if call.next_step_at else None,
    }
    if "note" in by_kind:
        data["note"] = by_kind["note"]
    if "next_step" in by_kind:
        data["next_step"] = by_kind["next_step"]
    events.append(Event(Kind.ANSWERED, now, rep, data))
    return events


def _known_answers(call: Call, definition: Definition) -> None:
    for letter, option in call.answers.items():
        if letter not in LETTERS or definition.questions[letter].option(option) is None:
            raise Refused(
                "This dialog was made under an older definition. Open it again; your notes are kept in it."
            )


def known_call(lead: Lead) -> Call:
    """What is saved already, as the dialog's contents: the start of a call, or its continuation.

    What a form claimed is not in it: a rep who saves without asking must not confirm it.
    """
    confirmed = {name: lead.answers.letter(name).confirmed for name in LETTERS}
    return Call(
        answers={name: option_id for name, option_id in confirmed.items() if option_id},
        inquiry=lead.inquiry,
        notes=lead.notes,
        next_step=lead.next_step,
        next_step_at=lead.next_step_at,
        hand_to=lead.handed_to,
    )
