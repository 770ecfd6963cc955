"""The past of an imported lead: what a file says already happened, as events at their own times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qualification.definition import Definition
from qualification.events import IMPORT, Event, Kind
from qualification.lead import IN_PLAY, Lead, Stage
from qualification.stages import move
from qualification.value import value


@value
class Past:
    """What an import says already happened. Instants; `amount_minor` in cents."""

    stage: Stage | None = None
    owner: str | None = None
    mql_at: datetime | None = None
    sql_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    disqualified_at: datetime | None = None
    reason: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


def told_by_file(past: Past, lead: Lead, at: datetime, definition: Definition) -> list[Event]:
    """The stages an import says were reached, each at its own time; a missing date is the one before.

    For somebody we know already a file only moves forward: it never takes a lead from its owner, lowers a
    stage or reopens what was closed.
    """
    events: list[Event] = []
    if past.owner and lead.owner is None and past.stage is not Stage.NURTURE and lead.stage in IN_PLAY:
        events.append(Event(Kind.REASSIGNED, at, IMPORT, {"to": past.owner}))
    here = lead.stage
    at = max(at, lead.stage_since or at)
    for to, when in _path(past):
        if here not in IN_PLAY or (to in IN_PLAY and IN_PLAY.index(to) <= IN_PLAY.index(here)):
            continue
        at = max(at, when or at)
        outcome = _outcome(past, to, definition)
        # Told by a file: the owner is who did it then (`by`), but nobody does anything now, so nothing may
        # follow from it as from a click.
        events.append(move(lead.but(stage=here), to, at, IMPORT, by=past.owner, **outcome))
        here = to
    return events


def _path(past: Past) -> list[tuple[Stage, datetime | None]]:
    """The way from lead to the stage an import names, with the dates it gives."""
    mql, sql = (Stage.MQL, past.mql_at), (Stage.SQL, past.sql_at or past.mql_at)
    reached = [mql, sql] if past.sql_at else [mql] if past.mql_at else []
    match past.stage:
        case Stage.MQL:
            return [mql]
        case Stage.SQL:
            return [mql, sql]
        case Stage.CUSTOMER | Stage.LOST:
            end = past.won_at if past.stage is Stage.CUSTOMER else past.lost_at
            return [mql, sql, (past.stage, end)]
        case Stage.DISQUALIFIED | Stage.NURTURE:
            end = past.disqualified_at if past.stage is Stage.DISQUALIFIED else None
            return [*reached, (past.stage, end)]
        case _:
            return []


def _outcome(past: Past, to: Stage, definition: Definition) -> dict[str, Any]:
    if to is Stage.CUSTOMER and past.amount_minor is not None:
        return {"amount_minor": past.amount_minor, "currency": past.currency}
    if to in (Stage.LOST, Stage.DISQUALIFIED):
        codes = definition.lost_reasons if to is Stage.LOST else definition.disqualify_reasons
        return {"reason": past.reason if past.reason in codes else "other"}
    return {}
