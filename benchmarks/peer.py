"""The same load for us and for another system's endpoint, in turns, by one client: `--peer-url URL`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from benchmarks.intake import IN_FLIGHT
from benchmarks.load import Sample
from benchmarks.processes import bot, postgres, quick_slack, sqlite
from benchmarks.report import Row, ms, percentile
from benchmarks.requests import KEY, person

ROUNDS, SECONDS = 3, 5.0
OURS = json.dumps({name: f"{{{name}}}" for name in person(0)})
AS_JSON = {"Content-Type": "application/json"}


class NoAnswer(Exception):
    """It could not be measured: it isn't there, or it refuses what is sent."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where leads are sent, and how.

    Attributes:
        headers: sent with each.
        body: what is sent. In it `{number}`, and `{email}`, `{last_name}` and every other name of a lead's
            body, stand for those of one invented person after the other, as JSON writes them; within the
            quotes of a text just as they are.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = OURS

    def filled(self, number: int) -> bytes:
        """The body for one person."""
        body = self.body
        for name, value in {"number": number, **person(number)}.items():
            body = body.replace(f'"{{{name}}}"', json.dumps(value))
            body = body.replace(f"{{{name}}}", str(value) if isinstance(value, str) else json.dumps(value))
        return body.encode()


def measure(peer: Endpoint) -> list[Row]:
    """Our intake on both databases, each beside the peer.

    Raises:
        NoAnswer: the peer is not there, or refuses.
    """
    return [*_on("SQLite", sqlite(), peer), *_on("PostgreSQL", postgres(), peer)]


def _on(name: str, database: AbstractContextManager[str], peer: Endpoint) -> list[Row]:
    with database as address, quick_slack() as slack, bot(address, slack) as server:
        key = {"Authorization": f"Bearer {KEY}"}
        ours = Endpoint(f"http://127.0.0.1:{server.port}/intake/leads", {**AS_JSON, **key})
        return asyncio.run(side_by_side(name, ours, peer))


async def side_by_side(
    name: str, ours: Endpoint, peer: Endpoint, rounds: int = ROUNDS, seconds: float = SECONDS
) -> list[Row]:
    """Both in turns, so that a busy moment hits them alike; each is warmed up for a tenth of a round first.

    Args:
        seconds: how long a round of one side takes.
    Raises:
        NoAnswer: one of them is not there, or refuses.
    """
    people = count(1)
    both = (Sample(), Sample())
    for warm in [True, *[False] * rounds]:
        for endpoint, sample in zip((ours, peer), both, strict=True):
            into = Sample() if warm else sample
            await _send(endpoint, people, seconds / 10 if warm else seconds, into)
    mine, theirs = both
    rows = [_row(f"intake, {name}, to the peer's", mine.rate, theirs.rate)]
    for share in (0.5, 0.99):
        here, there = percentile(mine.waits, share), percentile(theirs.waits, share)
        what = f"intake, {name}, to the peer's, p{share * 100:g}"
        rows.append(Row(what, ms(here), ms(there), here / there, "", None))
    return rows


def _row(what: str, mine: float, theirs: float) -> Row:
    return Row(what, f"{mine:.0f}/s", f"{theirs:.1f}/s", mine / theirs, "", None)


async def _send(endpoint: Endpoint, people: Iterator[int], seconds: float, sample: Sample) -> None:
    """IN_FLIGHT senders, each one request after the other until the time is over."""
    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:

        async def one_after_the_other() -> None:
            while time.perf_counter() - began < seconds:
                await _sent(http, endpoint, next(people), sample)

        try:
            async with asyncio.TaskGroup() as senders:
                for _ in range(IN_FLIGHT):
                    senders.create_task(one_after_the_other())
        except* (aiohttp.ClientError, TimeoutError) as lost:
            raise NoAnswer(f"{endpoint.url} does not answer: {lost.exceptions[0]}") from lost
        except* NoAnswer as refused:
            raise refused.exceptions[0] from None
    sample.seconds += time.perf_counter() - began


async def _sent(http: aiohttp.ClientSession, endpoint: Endpoint, number: int, sample: Sample) -> None:
    body, sent = endpoint.filled(number), time.perf_counter()
    request = http.post(endpoint.url, data=body, headers=endpoint.headers, allow_redirects=False)
    async with request as answer:
        said = await answer.read()
    if answer.status >= 400:  # a form's 303 says that it was taken; a fast error is no speed
        raise NoAnswer(f"{endpoint.url} answered {answer.status}: {said[:300]!r}")
    sample.waits.append(time.perf_counter() - sent)
    sample.statuses[answer.status] += 1
