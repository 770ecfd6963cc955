"""Import leads from a file, in batches that let a running bot breathe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

from handlers.flows.import_tally import BATCH, OnRefused, Tally, batches, count_batch
from handlers.flows.news import LEADS_LANE
from handlers.flows.office import Office
from handlers.flows.receive import Verdict, receive
from handlers.imports.rows import Row
from qualification.arrival import NewLead

HOLD = 0.020
"""Seconds a transaction may keep a serving bot's clicks waiting (design §2)."""
REST = 5
"""Pauses beside a serving bot, in transactions' length."""
FEWEST = 10
"""Rows in a transaction beside a serving bot at least, and in the first one. A transaction with one row takes
half as long as with ten: on a busy machine smaller ones would help clicks little and never come to an end."""


def nobody_serves() -> bool:
    """No bot runs beside us."""
    return False


async def import_leads(
    office: Office,
    where: str,
    rows: Iterable[Row],
    *,
    serving: Callable[[], bool] = nobody_serves,
    announce: bool = False,
    on_progress: Callable[[Tally], None] | None = None,
    on_refused: OnRefused | None = None,
) -> Tally:
    """Take in these rows: nothing is posted, nobody alerted, no clock starts; open leads stand in the queue.

    Interrupted, it can be run again: rows that were taken are duplicates then.

    Args:
        serving: Whether a bot works on the same database now; then transactions are short, with pauses.
        announce: Queue one message to the leads channel about what is new.
        on_progress: Called after every batch.
        on_refused: Called for every refused row with the reason.
    """
    tally = Tally()
    pace = _Pace(FEWEST if serving() else BATCH)

    async def save(arriving: Sequence[NewLead]) -> Sequence[Verdict]:
        rules = await office.rules(where)
        async with office.store.begin(where, alone=True) as work:
            started = time.monotonic()
            verdicts = await receive(work, arriving, rules, office.clock())
        pace.held += time.monotonic() - started
        return verdicts

    for batch in batches(rows, lambda: pace.size):
        pace.held = 0.0
        await count_batch(batch, save, tally, on_refused)
        if on_progress:
            on_progress(tally)
        await pace.rest(len(batch), serving())
    if announce and tally.created:
        async with office.store.begin(where) as work:
            await work.outbox.put_once("cards.digest", "cards.digest", lane=LEADS_LANE)
    return tally


class _Pace:
    """Full speed while nobody serves; else transactions that stay under HOLD, and rests between them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.held = 0.0

    async def rest(self, done: int, serving: bool) -> None:
        if not serving:
            self.size = BATCH
            return
        if self.held:
            # A little under the limit, and growing slowly: one slow commit must not make the next one long.
            fits = int(done * HOLD * 0.7 / self.held)
            self.size = max(FEWEST, min(BATCH, 2 * self.size, fits))
        await asyncio.sleep(self.held * REST)
