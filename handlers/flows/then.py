"""A lead as it stood at some moment in the past, under the rules that were in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile

from handlers.flows.office import NoSuchLead, Office
from qualification.errors import Refused
from qualification.events import Event, Kind
from qualification.history import moment
from qualification.merging import fold_together
from qualification.seen import Seen, see


async def lead_then(office: Office, where: str, number: int, then: datetime) -> Seen:
    """What somebody who looked at that moment would have seen.

    Raises:
        NoSuchLead: no lead has this number.
        Refused: it had not reached us yet.
    """
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        lead = await work.leads.standing(number)
        number = lead.number if lead else number
        histories = {n: await work.leads.history(n) for n in (number, *(lead.merged if lead else ()))}
        facts = await work.leads.facts_of(*histories)
        definition = await work.proposals.in_force_at(then)
    if lead is None:
        raise NoSuchLead(number)
    known = {n: told for n, history in histories.items() if (told := known_by(history, then))}
    was = fold_together(number, known, facts)
    if was is None:
        came = moment(histories[number][0].data["received_at"]).astimezone(rules.setup.zone)
        raise Refused(f"L-{number} was not here yet: it came in on {came:%Y-%m-%d} at {came:%H:%M}.")
    return see(was, definition or rules.definition, then, rules.setup.zone)


def known_by(history: Iterable[Event], then: datetime) -> list[Event]:
    """The events that were recorded by `then`.

    Events keep the time at which something happened, and a form may reach us late; but they stand in the
    order in which they were recorded. So everything behind the first that happened later was not known.
    """
    return list(takewhile(lambda event: _recorded_from(event) <= then, history))


def _recorded_from(event: Event) -> datetime:
    """The earliest moment at which it can have been recorded."""
    if event.kind is Kind.CREATED:
        return max(event.at, moment(event.data["received_at"]))
    return event.at
