"""Group commit: nobody waits for a crowd, the crowd shares a commit, one bad item harms nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.collector import Collector, Overloaded


class Ledger:
    """Commits numbers and remembers each batch; minus numbers spoil theirs."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def commit(self, items: Sequence[int]) -> list[str]:
        await self.open.wait()
        if bad := [item for item in items if item < 0]:
            raise ValueError(f"{bad[0]} is bad")
        self.batches.append(list(items))
        return [f"saved {item}" for item in items]


async def test_one_alone_is_committed_at_once() -> None:
    ledger = Ledger()
    collector = Collector(ledger.commit)

    assert await collector.put(1) == "saved 1"
    assert ledger.batches == [[1]]


async def test_those_who_come_during_a_commit_share_the_next() -> None:
    ledger = Ledger()
    ledger.open.clear()
    collector = Collector(ledger.commit, max_batch=3)
    first = asyncio.create_task(collector.put(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(collector.put(number)) for number in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    ledger.open.set()

    assert await asyncio.gather(first, *others) == [f"saved {number}" for number in (1, 2, 3, 4, 5)]
    assert ledger.batches == [[1], [2, 3, 4], [5]]


async def test_one_that_brings_much_counts_for_much() -> None:
    ledger = Ledger()
    ledger.open.clear()
    collector = Collector(ledger.commit, max_batch=5, max_waiting=20, weigh=lambda number: number)
    puts = [asyncio.create_task(collector.put(number)) for number in (1, 2, 2, 3, 9, 1)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await collector.put(3)
    ledger.open.set()
    await asyncio.gather(*puts)
    assert ledger.batches == [[1, 2, 2], [3], [9], [1]]
    assert await collector.put(20) == "saved 20", "what was committed weighs no more"


async def test_only_the_culprit_hears_of_its_fault() -> None:
    ledger = Ledger()
    collector = Collector(ledger.commit)

    answers = await collector.put_many([1, 2, -3, 4, 5, -6, 7])

    assert [str(answer) for answer in answers] == [
        "saved 1",
        "saved 2",
        "-3 is bad",
        "saved 4",
        "saved 5",
        "-6 is bad",
        "saved 7",
    ]
    assert isinstance(answers[2], ValueError)
    assert sorted(sum(ledger.batches, start=[])) == [1, 2, 4, 5, 7]  # noqa: RUF017
    with pytest.raises(ValueError, match="-1 is bad"):
        await collector.put(-1)


async def test_what_is_nobodys_fault_is_tried_once_and_told_to_all() -> None:
    tried: list[int] = []

    async def away(items: Sequence[int]) -> list[str]:
        tried.append(len(items))
        raise ConnectionError

    collector = Collector(away, concerns_all=(ConnectionError,))
    answers = await collector.put_many(range(500))

    assert tried == [500]
    assert len(answers) == 500
    assert all(isinstance(answer, ConnectionError) for answer in answers)


async def test_who_goes_away_does_not_spoil_the_others() -> None:
    ledger = Ledger()
    ledger.open.clear()
    collector = Collector(ledger.commit)
    leaving = asyncio.create_task(collector.put(1))
    staying = asyncio.create_task(collector.put(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    ledger.open.set()

    assert await staying == "saved 2"
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert ledger.batches == [[1, 2]], "it was taken, so it is committed"


async def test_too_many_are_sent_away_and_nothing_of_theirs_is_taken() -> None:
    ledger = Ledger()
    ledger.open.clear()
    collector = Collector(ledger.commit, max_batch=2, max_waiting=3)
    running = asyncio.create_task(collector.put_many([1, 2]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = asyncio.create_task(collector.put_many([3, 4]))
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await collector.put_many([5, 6])
    ledger.open.set()
    await asyncio.gather(running, waiting)
    assert ledger.batches == [[1, 2], [3, 4]]
    assert await collector.put(5) == "saved 5"


async def test_draining_waits_for_all_that_was_taken() -> None:
    ledger = Ledger()
    collector = Collector(ledger.commit, max_batch=2)
    puts = [asyncio.create_task(collector.put(number)) for number in range(5)]
    await asyncio.sleep(0)
    await collector.drain()

    assert sum(len(batch) for batch in ledger.batches) == 5
    await asyncio.gather(*puts)
    await collector.drain()


async def test_who_waits_no_longer_takes_back_what_no_commit_has_begun_with() -> None:
    ledger = Ledger()
    ledger.open.clear()
    collector = Collector(ledger.commit, max_waiting=4)
    first = asyncio.create_task(collector.put(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await collector.put_many([2, 3])
    last = asyncio.create_task(collector.put(4))
    ledger.open.set()

    assert await asyncio.gather(first, last) == ["saved 1", "saved 4"]
    assert ledger.batches == [[1], [4]]
