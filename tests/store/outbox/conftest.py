"""A store whose clock is turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from store.jobs import Jobs
from store.store import Store
from tests.clock import Clock
from tests.store.outbox import TOPICS


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    store = Store(database_url, clock)
    yield store
    await store.close()


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store, TOPICS)
