"""Submissions that broke something on our side were kept as they came: here they are taken in again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from handlers.flows.behaviour import hear
from handlers.flows.office import Office, Rules
from handlers.flows.receive import receive
from handlers.http.answers import Declined
from handlers.http.event_body import read_signal
from handlers.http.events import make_ear
from handlers.http.lead_body import Reader, read_lead
from handlers.http.request_body import FORM, parse
from handlers.http.spend_body import read_spend
from handlers.http.told import BadBody
from qualification.arrival import NewLead
from qualification.errors import Refused, fault
from qualification.signal import CAPTURED_BY
from store.intake import Kept
from store.signs import DatabaseAway
from store.work import Work

Item = TypeVar("Item")
log = logging.getLogger("greenlight.replay")


class StillUnreadable(Refused):
    """It can't be taken in as it is; it stays where it is."""


async def replay(office: Office, where: str, number: int) -> int:
    """Take one in again, dated when it came; in one transaction it is saved and gone from the quarantine.

    Returns:
        How many leads or rows of spend were in it.
    Raises:
        LookupError: none is kept under this number.
        StillUnreadable: it is no body we can read.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        kept = await work.intake.out_of_quarantine(number)
        if kept is None:
            raise LookupError(f"No submission {number} is kept. `quarantine list` shows them.")
        try:
            return await _take_in(work, kept, rules, office.clock())
        except (BadBody, Declined) as bad:
            raise StillUnreadable(f"Submission {number} can't be read: {_why(bad)}") from bad


async def retry(office: Office, where: str, number: int) -> str:
    """The same from Slack, in words for whoever pressed the button. What is in it is never told.

    Raises:
        DatabaseAway: nothing was done.
    """
    try:
        count = await replay(office, where, number)
    except LookupError:
        return f"Submission {number} was taken in already, or its 30 days were over."
    except StillUnreadable:
        why = f"`python -m bot quarantine replay {number}` says why"
        return f"*Submission {number} can't be read as it is*, so it stays. {why}."
    except (DatabaseAway, TimeoutError):
        raise
    except Exception as fault_of_ours:
        # Its text may quote the lead.
        log.error("submission %s still breaks: %s", number, fault(fault_of_ours))
        return f"*Submission {number} still breaks* ({type(fault_of_ours).__name__}), so it stays."
    return f"*Submission {number} is taken in:* {count:,} in it."


async def _take_in(work: Work, kept: Kept, rules: Rules, now: datetime) -> int:
    setup = rules.setup
    body = parse(kept.body, FORM)  # which reads JSON as well
    if kept.source == "spend":
        rows = read_spend(body, setup.currency, now.astimezone(setup.zone).date())
        return await work.intake.save_spend(rows, "intake", now)
    if kept.source == "events":
        return await _hear(work, kept, body, rules, now)
    leads = await _leads(work, kept, body, rules)
    return len(await receive(work, leads, rules, now))


async def _hear(work: Work, kept: Kept, body: object, rules: Rules, now: datetime) -> int:
    """Messages of visitors, by the clock of when they came."""
    setup = rules.setup
    reader = Reader(rules.definition, setup.country, setup.zone, kept.received_at, CAPTURED_BY)
    batch = body if isinstance(body, dict) and isinstance(body.get("batch"), list) else {"batch": [body]}
    ear = make_ear(reader, work.workspace, batch)
    signals = await _readable(work, kept, batch["batch"], lambda message: read_signal(message, ear))
    return len(await hear(work, signals, rules, now))


async def _leads(work: Work, kept: Kept, body: object, rules: Rules) -> list[NewLead]:
    captured_by = "intake" if kept.source == "leads" else kept.source
    reader = Reader(rules.definition, rules.setup.country, rules.setup.zone, kept.received_at, captured_by)
    many = body.get("leads") if isinstance(body, dict) else None
    items = many if isinstance(many, list) else [body]
    return await _readable(work, kept, items, lambda item: read_lead(item, reader))


async def _readable(
    work: Work, kept: Kept, items: Sequence[object], read: Callable[[object], Item]
) -> list[Item]:
    """What can be read of it. Among several, bad ones don't hold up the others: each is kept by itself."""
    if len(items) < 2:
        return [read(item) for item in items]
    found = []
    for item in items:
        try:
            found.append(read(item))
        except BadBody as bad:
            raw = json.dumps(item).encode()
            await work.intake.quarantined(kept.source, raw, _why(bad), kept.received_at)
    return found


def _why(bad: BadBody | Declined) -> str:
    if isinstance(bad, Declined):
        return str(bad)
    return "; ".join(f"{mistake.path} {mistake.message}".strip() for mistake in bad.mistakes)
