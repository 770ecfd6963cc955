"""Retention: nobody's data is kept longer than somebody decided, and nothing goes before somebody did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.flows.erase import (
    RETENTION,
    SETTLED,
    beside_messages,
    erase_found,
    must_be_admin,
    nobody_comes_in,
    passes,
)
from handlers.flows.office import Office
from handlers.flows.whose import of_lead
from store.outbox import NewJob
from store.retention import Stale, stale
from store.work import Work

SETTING = "retention"
RULE_ACTOR = "retention"
DEFAULTS: Mapping[str, int] = {"lead": 12, "disqualified": 6, "nurture": 24}
"""Months without anything happening, by stage: never an MQL, disqualified, in nurture."""
A_NIGHT = 500
"""So many are erased in one night at most: Slack and the disk have other work too."""
MONTH = timedelta(days=30.4375)


@dataclass(frozen=True, slots=True)
class Retention:
    """What was decided, and whom it would concern now.

    Attributes:
        months: by stage.
        who: L-numbers by stage, oldest first; up to 10,000 each.
    """

    on: bool
    months: Mapping[str, int]
    who: Mapping[str, Sequence[int]]

    @property
    def concerned(self) -> Mapping[str, int]:
        """How many leads by stage."""
        return {stage: len(numbers) for stage, numbers in self.who.items()}


async def see_retention(office: Office, where: str, months: Mapping[str, int] | None = None) -> Retention:
    """The dry run: nothing is changed.

    Args:
        months: Try out other months than those that were decided.
    """
    async with office.store.read(where) as work:
        kept: dict[str, Any] = (await work.house.settings()).get(SETTING) or {}
        wanted = {**DEFAULTS, **{k: v for k, v in kept.items() if k in DEFAULTS}, **(months or {})}
        who = {
            stage: await stale(work, _stale(stage, count, office), 10_000) for stage, count in wanted.items()
        }
    return Retention(bool(kept.get("on")), wanted, who)


async def decide_retention(
    office: Office, where: str, admin: str, months: Mapping[str, int], *, on: bool
) -> Retention:
    """Keep what an admin decided.

    Raises:
        NotAllowed: they are none.
    """
    await must_be_admin(office, where, admin)
    async with office.store.begin(where) as work:
        await work.house.set({SETTING: {**months, "on": on, "by": admin}})
    return await see_retention(office, where)


async def erase_the_old(
    office: Office, where: str, by: str = RULE_ACTOR, *, only_if_on: bool = False, most: int = A_NIGHT
) -> int:
    """Erase who was kept long enough, each in a transaction of its own; returns how many.

    They are not put on the suppression list and may come back by themselves, except those who had opted out:
    that must outlive their data.
    """
    decided = await see_retention(office, where)
    if only_if_on and not decided.on:
        return 0
    rules = await office.rules(where)
    wanted: list[tuple[int, Stale]] = []
    async with office.store.read(where) as work:
        for stage, count in decided.months.items():
            which = _stale(stage, count, office)
            numbers = await stale(work, which, most - len(wanted))
            wanted += [(number, which) for number in numbers]
    done = 0
    for number, which in wanted:
        async with office.store.begin(where) as work:
            await nobody_comes_in(work)
            if number not in await stale(work, which, 1, only=number):
                continue
            found = await of_lead(work, rules, number)
            done += len(await erase_found(work, rules, found, by, RETENTION, office.clock()))
            # With each of them, so that it can't be lost; one pass over Slack for all of a night.
            later = work.moment() + SETTLED
            sweeping = NewJob("erase.sweep", {}, once="erase.sweep", due=later)
            await work.outbox.put_many([sweeping, *await beside_messages(work)])
    if done:
        async with office.store.begin(where) as work:
            await work.outbox.put_once("erase.sweep", "erase.sweep")
        office.forget_rules()
    return done


async def sweep(work: Work) -> None:
    """Have Slack looked through once for everybody whom retention erased since the last time."""
    erased = await work.privacy.unswept(RETENTION, A_NIGHT)
    if not erased:
        return
    for one in erased:
        await work.privacy.progress(one.id, state="swept")
    leads = [one.lead for one in erased if one.lead is not None]
    await work.outbox.put_many(passes(work, leads, [one.id for one in erased]))
    if len(erased) == A_NIGHT:
        await work.outbox.put_once("erase.sweep", "erase.sweep")


def _stale(stage: str, months: int, office: Office) -> Stale:
    return Stale(stage, office.clock() - months * MONTH)
