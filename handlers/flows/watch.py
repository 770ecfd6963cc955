"""What visitors looked at, for two numbers: who came on which day, and who saw which arm of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.flows.office import Rules
from handlers.flows.who_is_who import People
from qualification.signal import Signal, Visit
from qualification.watched import Exposure, VisitorDay
from store.kpi_experiments import fold_experiments
from store.kpi_scope import Scope
from store.work import Work


async def watch(
    work: Work, seen: Sequence[tuple[Visit, Signal]], people: People, zone: ZoneInfo, until: datetime
) -> None:
    """Keep who saw what until then; forget those who say that they don't want to be recognised.

    A visitor is who is no lead (yet): what leads look at is theirs and is no traffic. An experiment is seen
    by leads, too, if they allow that we know it. What a robot saw, nobody saw.
    """
    refused = {key for _, signal in seen if signal.profiling is False for key in signal.keys}
    exposures: list[Exposure] = []
    days: dict[tuple[str, str], VisitorDay] = {}
    for visit, signal in seen:
        if not signal.looks or visit.uncounted or refused.intersection(visit.keys):
            continue
        number = people.number(visit, signal.who)
        allowed = number is None or people.may_profile(number)
        # Their user id would say who they are: without permission only the browser's own id is kept.
        person = visit.visitor or (visit.account if allowed else None)
        if person is None:
            continue
        if signal.experiment:
            exposures.append(Exposure(signal.experiment, person, signal.arm, visit.at))
        if number is None:
            came = VisitorDay(person, visit.at.astimezone(zone).date(), visit.source)
            there = days.get((person, came.day.isoformat()))
            if there is None or there.source == "unknown":
                days[person, came.day.isoformat()] = came
    await work.watched.forget(refused)
    await work.watched.saw(exposures, until)
    await work.watched.came(days.values(), until)


async def fold_watched(work: Work, rules: Rules, now: datetime) -> int:
    """A page of what is to be forgotten by now becomes numbers first; says how many rows went."""
    definition = rules.definition
    days = await work.watched.fold_days(now)
    return days + await fold_experiments(Scope(work, definition.left_out, None, now), definition.experiments)
