"""`make bench ARGS="intake --peer-url URL"` sends another system the same load, and says how both compare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.__main__ import main
from benchmarks.peer import Endpoint, NoAnswer, side_by_side
from benchmarks.report import table


@asynccontextmanager
async def system(status: int) -> AsyncIterator[tuple[str, list[tuple[Any, dict[str, Any]]]]]:
    """Some system with an endpoint; gives its address, and the headers and bodies it was sent."""
    got: list[tuple[Any, dict[str, Any]]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.headers, await request.json()))
        return web.Response(status=status, text="taken", headers={"Location": "/thanks"})

    app = web.Application()
    app.router.add_post("/leads", take)
    async with TestServer(app) as server:
        yield str(server.make_url("/leads")), got


async def test_both_are_sent_the_same_people_and_compared() -> None:
    async with system(202) as (here, ours), system(303) as (there, theirs):
        peer = Endpoint(
            there, {"X-Api-Key": "k"}, '{"data": {"mail": "{email}", "no": {number}, "t": "x {title}"}}'
        )
        rows = await side_by_side("SQLite", Endpoint(here), peer, rounds=1, seconds=0.1)
    assert {"email", "company", "consent", "employees"} <= set(ours[0][1])
    assert isinstance(ours[0][1]["consent"], dict)
    assert isinstance(ours[0][1]["employees"], int)
    headers, body = theirs[0]
    assert headers["X-Api-Key"] == "k"
    number = body["data"]["no"]
    assert body["data"]["mail"] == f"person{number}@company{number % 997}.example"
    people = [body["email"] for _, body in ours] + [body["data"]["mail"] for _, body in theirs]
    assert len(set(people)) == len(people), "nobody twice"
    told = table(rows)
    assert all(words in told for words in ("SQLite, to the peer's ", "p50", "p99", "/s", " x "))


async def test_a_fast_error_is_no_speed() -> None:
    async with system(500) as (there, _), system(202) as (here, _):
        with pytest.raises(NoAnswer, match="answered 500: b'taken'"):
            await side_by_side("SQLite", Endpoint(here), Endpoint(there), rounds=1, seconds=0.1)
    with pytest.raises(NoAnswer, match="does not answer"):
        await side_by_side("SQLite", Endpoint(here), Endpoint(there), rounds=1, seconds=0.1)


def test_a_header_without_a_colon_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["intake", "--peer-url", "http://127.0.0.1:9/", "--peer-header", "nonsense"])
    assert left.value.code == 2
    assert "is no “Name: value”" in capsys.readouterr().err
