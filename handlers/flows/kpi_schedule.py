"""Numbers on a schedule: who may have them sent, which run, and what is sent on the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.flows.counting import all_counted
from handlers.flows.kpi import Told, ask, is_managing, managers_only
from handlers.flows.kpi_asking import read
from handlers.flows.office import Office
from qualification.errors import Refused
from qualification.kpi_cells import CREATED, LOST, MQL, SQL, WON
from qualification.kpi_schedule import Every, Wish, first_day, sendable, window_before
from store import kpi_schedules
from store.kpi_flows import entered
from store.kpi_schedules import Schedule
from store.kpi_scope import Scope
from store.work import Work

WHAT = "Numbers on a schedule"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What came of the wish; `new` is False where it ran already."""

    schedule: Schedule
    new: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What is to be sent today.

    Attributes:
        told: the answer; None when there is nothing to send.
        quiet: nothing happened, and that was not said yet.
        not_allowed: who scheduled it may not any more; it is stopped.
    """

    schedule: Schedule
    told: Told | None = None
    quiet: bool = False
    not_allowed: bool = False


async def schedule(office: Office, where: str, wish: Wish, user: str, here: str) -> Scheduled:
    """Have a number sent to a channel.

    Args:
        here: the channel it was asked in, where none is named.
    Raises:
        Refused: it is not for this person, can't be read, or can't be sent.
    """
    setup = (await office.rules(where)).setup
    managers_only(setup, user, WHAT)
    now = office.clock()
    reading = await read(office, where, wish.asked, user)
    asked = sendable(reading.asked, wish.every, now, setup.zone)
    channel = wish.channel or here
    if not channel:
        raise Refused("Into which channel? Name one at the end, like `#marketing`.")
    due = first_day(wish.every, now.astimezone(setup.zone).date())
    async with office.store.begin(where) as work:
        while True:
            known = await kpi_schedules.running(work)
            for one in known:
                if (one.asked, one.every, one.channel) == (asked, wish.every, channel):
                    return Scheduled(one, new=False)
            if len(known) >= kpi_schedules.MOST:
                raise Refused(f"There are {len(known)} schedules. Stop one first: `/kpi schedules`.")
            made = await kpi_schedules.add(work, asked, wish.every, channel, user, due, now)
            if made is not None:
                return Scheduled(made, new=True)
            # Somebody else was first by a moment: theirs can be read now.


async def schedules(office: Office, where: str, user: str) -> list[Schedule]:
    """Those that run, for managers and admins.

    Raises:
        Refused: they are neither.
    """
    managers_only((await office.rules(where)).setup, user, WHAT)
    async with office.store.read(where) as work:
        return await kpi_schedules.running(work)


async def stop(office: Office, where: str, number: int, user: str) -> None:
    """Send it no more; twice does it once.

    Raises:
        Refused: they are no manager or admin.
    """
    managers_only((await office.rules(where)).setup, user, WHAT)
    async with office.store.begin(where) as work:
        await kpi_schedules.change(work, number, stopped_at=office.clock())


async def order_digests(work: Work, today: date) -> None:
    """Have everything sent that is due by today, once however many days were missed, and plan the next."""
    for one in await kpi_schedules.running(work, until=today):
        key = f"kpi.digest:{one.id}:{one.due.isoformat()}"
        await work.outbox.put(
            "kpi.digest", dedup=key, lane=one.channel, schedule=one.id, day=one.due.isoformat()
        )
        await kpi_schedules.change(work, one.id, due=first_day(one.every, max(today, one.due)))


async def digest(office: Office, where: str, number: int, due: date) -> Digest | None:
    """What to send for this day; None when it was stopped meanwhile.

    Rights are those of now: of whoever scheduled it, as if they asked themselves.
    """
    async with office.store.read(where) as work:
        found = await kpi_schedules.schedule_of(work, number)
    if found is None:
        return None
    rules = await office.rules(where)
    if not is_managing(rules.setup, found.by):
        return Digest(found, not_allowed=True)
    async with all_counted(office, where) as (work, _):
        scope = Scope(work, rules.definition.left_out, None, office.clock())
        window = window_before(found.every, due, rules.setup.zone)
        happened = await entered(scope, window, CREATED, MQL, SQL, WON, LOST)
    if not any(happened.values()):
        return Digest(found, quiet=found.quiet_since is None)
    return Digest(found, told=await ask(office, where, found.asked, found.by))


async def after_digest(work: Work, made: Digest, due: date, office: Office) -> None:
    """Remember what was sent: that it is quiet, that it is not any more, or that it ended."""
    if made.not_allowed:
        await kpi_schedules.change(work, made.schedule.id, stopped_at=office.clock())
    elif made.quiet:
        await kpi_schedules.change(work, made.schedule.id, quiet_since=due)
    elif made.told is not None and made.schedule.quiet_since is not None:
        await kpi_schedules.change(work, made.schedule.id, quiet_since=None)


def every_of(word: str) -> Every:
    """A choice of the dialog as a type."""
    return "monthly" if word == "monthly" else "weekly"
