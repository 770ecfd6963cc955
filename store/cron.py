"""Things done on certain days at a local time: one row per occurrence, the next planned by the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select, update

from store.tables.jobs import CANCELLED, KEPT, is_open, jobs

if TYPE_CHECKING:
    from store.outcomes import Job
    from store.work import Work

PREFIX = "cron:"
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Rule:
    """A wall-clock time in an IANA zone.

    Args:
        days: weekdays, Monday is 0.
    """

    at: time
    zone: str
    days: frozenset[int] = EVERY_DAY

    def on(self, day: date) -> datetime:
        """That day's moment in UTC.

        When the clocks go forward over it, it is as much later (02:30 becomes 03:30); when they go back and
        it comes twice, the first counts.
        """
        # fold=0 reads a time in the gap by the offset before it, which is exactly "later".
        return datetime.combine(day, self.at.replace(fold=0), ZoneInfo(self.zone)).astimezone(UTC)

    def after(self, moment: datetime) -> tuple[date, datetime]:
        """The first occurrence after `moment`: its local date and its time in UTC."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        while day.weekday() not in self.days or self.on(day) <= moment:
            day += timedelta(days=1)
        return day, self.on(day)

    def written(self) -> dict[str, Any]:
        """The rule as an occurrence carries it."""
        return {"at": self.at.isoformat(), "zone": self.zone, "days": sorted(self.days)}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Rule:
        """The rule an occurrence carries."""
        return cls(time.fromisoformat(written["at"]), written["zone"], frozenset(written["days"]))


async def ensure_cron(work: Work, topic: str, rule: Rule) -> None:
    """See that the next occurrence is planned; call it at every start and when the rule changes.

    One that was missed while nobody worked still waits and runs at once: once, however many were missed.

    Raises:
        ValueError: the rule has no day.
    """
    if not rule.days:
        raise ValueError("A rule needs a day")
    of_topic = and_(jobs.c.workspace == work.workspace, jobs.c.topic == topic)
    waiting = select(jobs.c.id, jobs.c.payload, jobs.c.due, jobs.c.token).where(of_topic, KEPT, is_open())
    waiting = waiting.where(jobs.c.dedup.startswith(PREFIX)).order_by(jobs.c.id).limit(1)
    row = (await work.execute(waiting)).one_or_none()
    if row is not None:
        if row.payload["rule"] == rule.written():
            return
        this_one = update(jobs).where(jobs.c.id == row.id, is_open())
        if row.token is not None or row.due <= work.moment():
            # It is due, or runs: let it, and let it plan the next by the new rule.
            await work.execute(this_one.values(payload={**row.payload, "rule": rule.written()}))
            return
        await work.execute(this_one.values(state=CANCELLED, finished=work.now, token=None))
    await _plan(work, topic, rule, work.moment())


async def plan_next(work: Work, job: Job, payload: dict[str, Any]) -> None:
    """If this job was an occurrence, plan the next; part of the transaction that ends it.

    Args:
        payload: as it is saved now; the rule may have changed while the job ran.
    """
    if job.dedup is None or not job.dedup.startswith(PREFIX):
        return
    rule = Rule.read(payload["rule"])
    # Never the same day again, should this machine's clock run behind the one that started the job.
    this = rule.on(date.fromisoformat(payload["date"]))
    await _plan(work, job.topic, rule, max(work.moment(), this))


async def _plan(work: Work, topic: str, rule: Rule, after: datetime) -> None:
    planned = None
    # A day that had its occurrence already (the rule was moved to a later hour) is passed over.
    while planned is None:
        day, after = rule.after(after)
        key = f"{PREFIX}{topic}:{day}"
        planned = await work.outbox.put(
            topic, dedup=key, due=after, rule=rule.written(), date=day.isoformat()
        )
