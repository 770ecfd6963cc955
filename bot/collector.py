"""Group commit: what arrives while one transaction commits shares the next one."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import Context
from math import inf
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Overloaded(Exception):
    """Too many are waiting already; come back later."""


class Collector(Generic[Item, Result]):
    """Joins concurrent items into one `commit` each time the last one is over.

    Args:
        commit: does all of them in one transaction and answers in order. Its cost lies in the commit, so a
            hundred together take little longer than one; when nobody else is there nobody is waited for.
        max_batch: the most items in one commit, by weight; one that weighs more goes alone.
        max_waiting: the most items that wait, by weight; more are refused.
        weigh: how many an item counts for.
        concerns_all: what `commit` raises through no fault of an item (the database is away). The whole batch
            hears it at once: looking for a culprit would only knock a thousand times at a closed door.
        rest: is waited for before each commit, and told how many seconds ago the last one was over.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_batch: int = 500,
        max_waiting: int = 5000,
        weigh: Callable[[Item], int] = lambda _: 1,
        concerns_all: tuple[type[Exception], ...] = (),
        rest: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._commit = commit
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._weigh = weigh
        self._concerns_all = concerns_all
        self._rest = rest
        self._over = -inf
        self._weight = 0
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._committing: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Result:
        """Have one item committed.

        Raises:
            Overloaded: too many wait.
            Exception: what `commit` raised for this item alone.
        """
        return await self._enter([item])[0]

    async def put_many(self, items: Iterable[Item]) -> list[Result | Exception]:
        """Have these committed, each with its own answer: a result, or what `commit` raised for it alone.

        Whoever is cancelled waits no longer: what no commit has begun with is taken back.

        Raises:
            Overloaded: they don't all find room; then none was taken.
        """
        answers: list[Result | Exception] = []
        entered = self._enter(list(items))
        try:
            for waiting in entered:
                try:
                    answers.append(await waiting)
                except Exception as error:
                    answers.append(error)
        finally:
            for waiting in entered:
                if not waiting.cancel() and not waiting.cancelled():
                    waiting.exception()  # looked at, so that nobody logs it as forgotten
        return answers

    async def drain(self) -> None:
        """Wait until everything that was taken is committed."""
        while self._committing is not None:
            await asyncio.wait([self._committing])

    def _enter(self, items: list[Item]) -> list[asyncio.Future[Result]]:
        weight = sum(map(self._weigh, items))
        if self._weight + weight > self._max_waiting:
            raise Overloaded
        self._weight += weight
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Result]] = [loop.create_future() for _ in items]
        self._waiting.extend(zip(items, answers, strict=True))
        if self._committing is None and items:
            # A task of its own: who asked may go away, and the others' commit must not go with them. Nor does
            # what the others asked for go back to the first one's request.
            self._committing = loop.create_task(self._commit_all(), name="group commit", context=Context())
        return answers

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                if self._rest is not None:
                    await self._rest(time.monotonic() - self._over)
                if batch := self._next_batch():
                    await self._commit_batch(batch)
                    self._over = time.monotonic()
        finally:
            self._committing = None

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        left = self._max_batch
        while self._waiting and ((weight := self._weigh(self._waiting[0][0])) <= left or not batch):
            one = self._waiting.popleft()
            self._weight -= weight
            if not one[1].cancelled():
                batch.append(one)
                left -= weight
        return batch

    async def _commit_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        """Commit these; if that fails, in halves, until the one that spoils it stands alone."""
        try:
            results = await self._commit([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, self._concerns_all):
                middle = len(batch) // 2
                await self._commit_batch(batch[:middle])
                await self._commit_batch(batch[middle:])
                return
            for _, answer in batch:
                _answer(answer, error)
            return
        for (_, answer), result in zip(batch, results, strict=True):
            if not answer.done():
                answer.set_result(result)


def _answer(waiting: asyncio.Future[Result], error: Exception) -> None:
    if not waiting.done():
        waiting.set_exception(error)
