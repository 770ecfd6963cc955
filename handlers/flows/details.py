"""Everything about one lead: its history with the words that belong to it, and what can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.flows.office import NoSuchLead, Office, Rules
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.receipts import Receipt, receipts_of_all
from qualification.seen import Seen
from qualification.undo import undo, undone_steps
from store.same_person import in_order

SHOWN = 80
"""Events that are read out; older ones are counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event and the free text that belongs to it, "" when there is none or it was erased."""

    event: Event
    text: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class WholeLead:
    """What Details shows. `history` is newest first, `older` counts what is left out."""

    seen: Seen
    rules: Rules
    history: Sequence[Told]
    older: int
    undo: str | None
    receipts: Sequence[Receipt] = ()


async def whole_lead(office: Office, where: str, number: int, rep: str) -> WholeLead:
    """The lead with its history; `undo` is the step `rep` may still take back.

    Raises:
        NoSuchLead: no lead has this number.
    """
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        lead = await work.leads.standing(number)
        if lead is None:
            raise NoSuchLead(number)
        histories = await work.people.histories((lead.number, *lead.merged))
        facts = await work.leads.facts_of(lead.number, *lead.merged)
    now, own, history = office.clock(), histories[lead.number], in_order(histories)
    gone = undone_steps(history)
    told = [Told(event, _text(event, facts), event.step in gone) for event in reversed(history[-SHOWN:])]
    return WholeLead(
        rules.see(lead, now),
        rules,
        told,
        len(history) - len(told),
        last_undoable(own, rep, now),
        receipts_of_all(histories, facts),
    )


def last_undoable(history: Sequence[Event], rep: str, now: datetime) -> str | None:
    """The last step of `rep` that Undo would take back now."""
    gone = undone_steps(history)
    mine = (e.step for e in reversed(history) if e.actor == rep and e.step not in gone)
    for step in (step for step in mine if not _is_undo(history, step)):
        try:
            return step if undo(history, step, rep, now) else None
        except Refused:
            return None
    return None


async def card_place(office: Office, where: str, number: int) -> tuple[str, str] | None:
    """Channel and ts of the card that shows the lead now."""
    async with office.store.read(where) as work:
        card = await work.cards.current(number, "card")
    return (card.channel, card.ts) if card else None


def _is_undo(history: Sequence[Event], step: str) -> bool:
    return any(event.step == step and event.kind is Kind.UNDONE for event in history)


def _text(event: Event, facts: Mapping[str, Mapping[str, Any]]) -> str:
    """A note, a reason in words, or what they wrote."""
    note = facts.get(str(event.data.get("note", "")), {}).get("text", "")
    if event.kind is Kind.PERMISSION:
        return ""  # the same form's message is no wording of a consent; its proof stands under Permission
    wrote = facts.get(str(event.data.get("fact", "")), {}).get("message", "")
    return str(note or wrote or "")
