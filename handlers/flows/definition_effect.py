"""What a definition would change: the whole history replayed under it, a page at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from handlers.flows.office import Office
from qualification.definition import Definition
from qualification.effect import WINDOW, Effect
from qualification.replay import Rules, replay
from store.replay import PAGE, how_many, page_of_histories

AT_ONCE = 0.01
"""Seconds of replaying before others get their turn; a click waits at most that long."""
Progress = Callable[[int, int], Awaitable[None]]
"""How many leads are done, and of how many."""


async def nobody_looks(done: int, of: int) -> None:
    """No progress is shown."""


async def effect_of(
    office: Office,
    where: str,
    definition: Definition,
    progress: Progress = nobody_looks,
    page: int = PAGE,
) -> Effect:
    """Replay every lead under `definition`; reads only, and holds one page in memory at a time."""
    base = (await office.rules(where)).definition
    rules, now = Rules(definition, base), office.clock()
    async with office.store.read(where) as work:
        total, first = await how_many(work)
    effect = Effect(now, max(now - WINDOW, first) if first else now - WINDOW, base.left_out)
    after = 0
    while True:
        # A transaction a page: one over the whole history would keep SQLite's log from being emptied.
        async with office.store.read(where) as work:
            histories = await page_of_histories(work, after, page)
        if not histories:
            return effect
        after, began = histories[-1].number, time.monotonic()
        for recorded in histories:
            effect.add(replay(recorded, rules))
            if time.monotonic() - began > AT_ONCE:
                await asyncio.sleep(0)
                began = time.monotonic()
        await progress(effect.leads, total)
