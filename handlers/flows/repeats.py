"""A request that may be sent again: what it is done for and what it was answered are saved as one."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from store.work import Work

REPEATS = timedelta(hours=24)
"""For so long a repeat gets the answer that the first one got."""

Item = TypeVar("Item")
Verdict = TypeVar("Verdict")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went out, kept so that a repeated request gets the very same one.

    Attributes:
        kept: it is saved already, with what it is about.
    """

    status: int
    body: str
    kept: bool = False


class Conflict:
    """The same Idempotency-Key was used before, with another body."""


CONFLICT = Conflict()


@dataclass(frozen=True, slots=True)
class Name:
    """What makes two requests one: hashes of the Idempotency-Key with its path, and of the body."""

    key: str
    body: str

    @property
    def of_items(self) -> str:
        """A name for what it brings, the same for every repeat, also when the answer is forgotten."""
        return hashlib.sha256(f"{self.key}{self.body}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Once(Generic[Verdict]):
    """A request under such a name, and how it is answered once there is a verdict on everything it brings."""

    name: Name
    answer: Callable[[Sequence[Verdict]], Answer]


@dataclass(frozen=True, slots=True)
class Asked(Generic[Item, Verdict]):
    """What one request brings, in order.

    Attributes:
        trace: the request it goes back to.
        once: None if it came without an Idempotency-Key.
    """

    items: Sequence[Item]
    trace: str
    once: Once[Verdict] | None = None


async def answer_each(
    work: Work,
    turn: str,
    asked: Sequence[Asked[Item, Verdict]],
    do: Callable[[Sequence[Item], Sequence[str]], Awaitable[Sequence[Verdict]]],
    now: datetime,
) -> list[Sequence[Verdict] | Answer | Conflict]:
    """Do what nobody has done yet, in the caller's transaction, and keep what is answered within it.

    So of two that come at once, here or at two replicas, the second waits for the first one's commit and
    reads its answer; and whoever died before answering has either done it all or nothing.

    Args:
        turn: what `do` lets one transaction at a time do; repeats of a request must all have the same.
        do: items and the request of each → a verdict each, in order.
    Returns:
        For each, in order: its verdicts, or with an Idempotency-Key its answer.
    """
    names = {one.once.name.key for one in asked if one.once}
    said: dict[str, tuple[str, Answer]] = {}
    if names:
        await work.leads.one_at_a_time(turn)
        known = await work.intake.answers(sorted(names), now - REPEATS)
        said = {key: (body, _as_kept(answer)) for key, (body, answer) in known.items()}
    first: dict[str, Once[Verdict]] = {}
    fresh: list[tuple[int, Asked[Item, Verdict]]] = []
    for place, one in enumerate(asked):
        if one.once and (one.once.name.key in said or one.once.name.key in first):
            continue
        if one.once:
            first[one.once.name.key] = one.once
        fresh.append((place, one))
    items = [item for _, one in fresh for item in one.items]
    traces = [one.trace for _, one in fresh for _ in one.items]
    verdicts = iter(await do(items, traces) if items else [])
    judged = {place: [next(verdicts) for _ in one.items] for place, one in fresh}
    for place, one in fresh:
        if one.once:
            said[one.once.name.key] = (one.once.name.body, replace(one.once.answer(judged[place]), kept=True))
    await work.intake.keep_answers(
        [(once.name.key, once.name.body, _to_keep(said[key][1])) for key, once in first.items()],
        now,
        now - REPEATS,
    )
    return [_same(one.once.name, said) if one.once else judged[place] for place, one in enumerate(asked)]


async def recall(work: Work, name: Name, now: datetime) -> Answer | Conflict | None:
    """What was answered to this request in the last day; CONFLICT for another body under its key."""
    known = await work.intake.answers([name.key], now - REPEATS)
    said = {key: (body, _as_kept(answer)) for key, (body, answer) in known.items()}
    return _same(name, said) if said else None


async def keep(work: Work, name: Name, answer: Answer, now: datetime) -> Answer | Conflict | None:
    """Keep an answer. Of two at once the first stands: the other gets it back, and None who was first."""
    if await work.intake.keep_answer((name.key, name.body, _to_keep(answer)), now, now - REPEATS):
        return None
    return await recall(work, name, now)


def _same(name: Name, said: dict[str, tuple[str, Answer]]) -> Answer | Conflict:
    body, answer = said[name.key]
    return answer if body == name.body else CONFLICT


def _as_kept(row: dict[str, object]) -> Answer:
    return Answer(int(str(row["status"])), str(row["body"]), kept=True)


def _to_keep(answer: Answer) -> dict[str, object]:
    return {"status": answer.status, "body": answer.body}
