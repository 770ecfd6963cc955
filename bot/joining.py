"""Requests that come at the same time share a transaction; each hears its own answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.collector import Collector
from bot.collector import Overloaded as Full
from handlers.flows.repeats import Answer, Asked, Conflict, Once
from handlers.http.desk import Overloaded, StoreDown
from store.signs import DatabaseAway

Item = TypeVar("Item")
Verdict = TypeVar("Verdict")
Said = Sequence[Verdict] | Answer | Conflict


class Joining(Generic[Item, Verdict]):
    """Group commit of what requests bring.

    One without an Idempotency-Key goes item by item: a bad one harms nobody. One with a key goes whole, since
    its answer is saved with it.

    Args:
        commit: does these in one transaction, as `answer_each` says.
        people_first: leaves a gap between two where people are at work.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Asked[Item, Verdict]]], Awaitable[Sequence[Said[Verdict]]]],
        people_first: Callable[[float], Awaitable[None]],
    ) -> None:
        self._collector: Collector[Asked[Item, Verdict], Said[Verdict]] = Collector(
            commit,
            weigh=lambda asked: len(asked.items),
            concerns_all=(DatabaseAway,),
            rest=people_first,
        )

    async def each(self, items: Sequence[Item], request: str) -> list[Verdict | Exception]:
        """A verdict on each, or what it broke on our side.

        Raises:
            Overloaded: too many wait; nothing was taken.
            StoreDown: the database is away; nothing was saved.
        """
        found: list[Verdict | Exception] = []
        for said in await self._put([Asked([item], request) for item in items]):
            if isinstance(said, Exception):
                found.append(said)
            else:
                assert not isinstance(said, Answer | Conflict)
                found += said
        return found

    async def once(self, items: Sequence[Item], request: str, once: Once[Verdict]) -> Answer | Conflict:
        """What is answered to a request with an Idempotency-Key.

        Raises:
            Overloaded, StoreDown: as `each`.
            Exception: what one of its items broke on our side; nothing was saved.
        """
        [said] = await self._put([Asked(items, request, once)])
        if isinstance(said, Exception):
            raise said
        assert isinstance(said, Answer | Conflict)
        return said

    async def drain(self) -> None:
        """Wait until everything that was taken is committed."""
        await self._collector.drain()

    async def _put(self, asked: Sequence[Asked[Item, Verdict]]) -> list[Said[Verdict] | Exception]:
        try:
            answers = await self._collector.put_many(asked)
        except Full as full:
            raise Overloaded from full
        for answer in answers:
            if isinstance(answer, DatabaseAway):
                raise StoreDown from answer
        return answers
