"""After new rules came into force: open leads are scored anew, a page at a time, and no stage is lowered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from handlers.flows.news import LEADS_LANE, jobs_about
from handlers.flows.office import Office
from handlers.flows.receive import BURST
from qualification.history import apply
from qualification.stages import promote_now
from store.leads import Change
from store.outbox import NewJob
from store.rescore import open_after, open_count, with_cards
from store.work import Work

PAGE = 50
"""Leads in one transaction: some twenty milliseconds, so that no click waits long."""
RESCORED = "rescore"
"""The setting that says how far it is."""
QUIET_LANE = "redraw:night"
"""The nightly redraws' lane: a thousand cards go at a pace Slack allows."""


@dataclass(frozen=True, slots=True)
class Page:
    """How far the re-score of a version has come."""

    version: int
    after: int
    done: int = 0
    mqls: int = 0
    folded: bool = False
    """So many became MQLs that one message at the end stands for the rest of their cards."""


async def rescore_page(work: Work, office: Office, page: Page) -> None:
    """Score the next page and plan the one after it, in the caller's transaction: interrupted, it goes on.

    A lead that deserves a rep by the new rules becomes an MQL now, not on the day on which it would have
    crossed: nobody could have known. It starts no clock, for nobody promised it an answer.
    """
    rules = await office.rules(work.workspace)
    definition = await work.house.definition()
    if definition.version != page.version:
        return  # rules that came since have a job of their own
    numbers = await open_after(work, page.after, PAGE)
    now, changes, jobs = office.clock(), list[Change](), list[NewJob]()
    for lead in (await work.leads.many(numbers, lock=True)).values():
        events, after = promote_now(lead, definition, now), lead
        for event in events:
            after = apply(after, event, {})
        changes.append(Change(after, events, before=lead))
        if events:
            jobs += jobs_about(lead, after, events, definition, definition.clocks.week(rules.setup.zone))
    mqls = page.mqls + sum(bool(change.events) for change in changes)
    if changes:
        country = rules.setup.country
        await work.leads.record_many(changes, uuid4().hex, definition, country, now)
    folded = page.folded or mqls + await work.outbox.waiting("card.post") > BURST
    jobs = [job for job in jobs if not (folded and job.topic == "card.post")]
    await work.outbox.put_many(jobs)
    await work.outbox.put_many([_redraw(number) for number in await with_cards(work, numbers)])
    await _go_on(work, Page(page.version, page.after, page.done + len(numbers), mqls, folded), numbers)


async def _go_on(work: Work, page: Page, numbers: list[int]) -> None:
    """Say how far it is, and plan the next page; at the end tell of those that got no card of their own."""
    done, mqls, ended = page.done, page.mqls, len(numbers) < PAGE
    total = done if ended else max(await open_count(work), done)
    told = {"version": page.version, "done": done, "total": total, "mqls": mqls, "ended": ended}
    await work.house.set({RESCORED: told})
    await work.outbox.put_once(
        "definition.progress", f"definition:{page.version}", lane=LEADS_LANE, version=page.version
    )
    if not ended:
        following = {**asdict(page), "after": numbers[-1]}
        key = f"rescore:{page.version}:{numbers[-1]}"
        await work.outbox.put_many([NewJob("definition.rescore", following, dedup=key)])
    elif page.folded:
        await work.outbox.put_once("cards.digest", "cards.digest", lane=LEADS_LANE)


def _redraw(number: int) -> NewJob:
    return NewJob("card.refresh", {"lead": number}, once=f"card.refresh:{number}", lane=QUIET_LANE)


async def rescored(work: Work, version: int) -> Mapping[str, Any] | None:
    """How far the re-score of this version is; None before it began, or when a newer one began."""
    told = (await work.house.settings()).get(RESCORED)
    return told if told and told["version"] == version else None
