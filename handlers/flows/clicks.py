"""Clicks in e-mails that we heard of before we heard that their e-mail had arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.flows.who_is_who import People
from qualification.behaviour import CLICK, TOO_FAST, Behaviour
from qualification.signal import Signal, Visit, hashed
from store.work import Work


def click_key(workspace: str, mail: str, at: datetime) -> str:
    """By what a click is known again when its e-mail's delivery is heard of later."""
    return hashed(workspace, "click", f"{mail}\n{at.isoformat()}")


async def too_fast(
    work: Work,
    behaviour: Behaviour,
    deliveries: Sequence[Signal],
    delivered: Mapping[str, datetime],
    people: People,
    kept: Sequence[Visit],
) -> list[tuple[Visit, int | None]]:
    """Which clicks were a machine's, as these deliveries show.

    Args:
        delivered: When each e-mail arrived, by its hash.
        kept: Visits that wait for a name.
    Returns:
        Each click with its lead's number, or None where it still waits for a name.
    """
    perhaps: dict[str, tuple[Visit, int | None]] = {}
    for signal in deliveries:
        number = people.number(signal.visit, signal.who)
        lead = people.leads.get(number) if number else None
        did = [
            replace(signal.visit, at=one.at, action=CLICK)
            for one in (lead.activities if lead else ())
            if one.action == CLICK
        ]
        waits = [v for v in kept if v.action == CLICK and set(v.keys) & set(signal.visit.keys)]
        for visit in (*did, *waits):
            if behaviour.is_fast(visit.at, delivered[signal.mail]):
                owner = number if visit.id is None else None
                perhaps[click_key(work.workspace, signal.mail, visit.at)] = (visit, owner)
    if not perhaps:
        return []
    heard = await work.visitors.heard(perhaps)
    return [
        (replace(visit, uncounted=TOO_FAST), owner) for key, (visit, owner) in perhaps.items() if key in heard
    ]
