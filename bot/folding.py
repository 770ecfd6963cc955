"""Folds what leads changed about the numbers into their days, in the background, while nobody waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from store.kpi_fold import fold, waiting
from store.store import Store

EVERY = 1.0
"""Seconds between two looks: about so much is added up anew by whoever asks for a number meanwhile."""
log = logging.getLogger("greenlight")


async def fold_forever(store: Store, let_by: Callable[[], Awaitable[None]]) -> None:
    """Fold until cancelled. Any number of replicas may."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            while await waiting(store):
                await let_by()
                await fold(store)
        except Exception as error:
            # The database is away; nothing is lost, numbers add up what isn't folded.
            log.warning("Numbers were not folded: %s", type(error).__name__)
