"""Who runs it can follow one request to all it led to, and sees what waits, without reading about people."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.log_lines import OURS, LogLine
from store.tables.jobs import jobs
from tests.house import DEMO, KEY, House, house
from tests.journeys.test_nothing_lost_nothing_twice import eventually, qualify
from tests.journeys.test_socket_mode import SOCKET, connected
from tests.journeys.test_webhook import Receiver, hooked, receiver

LINE = re.compile(r'at=\S+ level=[a-z]+ in=\S+ (?:trace=(\S+) )?says=("(?:[^"\\]|\\.)*")(?: fault=".*")?')
KNOCK = {"Authorization": f"Bearer {KEY}"}
PERSONAL = ("ada", "lovelace", "acme", "901820", "need it", "march", "loose-lips")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What `serve` writes to stderr, with everything that our own code says."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LogLine())
    logging.getLogger().addHandler(handler)
    before = {name: logging.getLogger(name).level for name in OURS}
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def lines(log: io.StringIO) -> list[tuple[str | None, str]]:
    """Request and words of each line."""
    read = [LINE.fullmatch(line) for line in log.getvalue().splitlines()]
    assert all(read), log.getvalue()
    return [(found[1], json.loads(found[2])) for found in read if found]


async def hand_in(h: House, request: str, **fields: Any) -> str:
    body, headers = {**DEMO, **fields}, {**KNOCK, "X-Request-Id": request}
    async with h.http.post(f"{h.url}/intake/leads", json=body, headers=headers) as answer:
        assert answer.status == 202, await answer.text()
        return answer.headers["X-Request-Id"]


def requests_of(there: Receiver) -> set[str]:
    """The requests that webhooks say they go back to, each of them."""
    named = [{name.lower(): value for name, value in headers.items()} for headers, _ in there.got]
    return {headers["x-request-id"] for headers in named}


async def jobs_of(h: House, request: str) -> set[tuple[str, int | None]]:
    async with h.bot.store.reading() as connection:
        rows = (await connection.execute(select(jobs.c.topic, jobs.c.payload))).all()
    return {(row.topic, row.payload.get("lead")) for row in rows if row.payload.get("trace") == request}


async def test_one_id_from_the_request_to_what_is_delivered(database_url: str, log: io.StringIO) -> None:
    async with receiver() as there, house(database_url, **hooked(there)) as h:
        first, second = f"{1:016x}", f"{2:016x}"
        # They share a transaction, and still each has its own.
        answered = await asyncio.gather(
            hand_in(h, first), hand_in(h, second, email="bo@beta.example", phone=None)
        )
        assert answered == [first, second]
        await h.cards()
        leads = [{lead for _, lead in await jobs_of(h, request)} - {None} for request in (first, second)]
        assert sorted(leads, key=str) == [{1001}, {1002}]
        assert ("card.post", *leads[0]) in await jobs_of(h, first)
        assert requests_of(there) == {first, second}
        said = [words for request, words in lines(log) if request == first]
        assert any(words.startswith("POST /intake/leads answered 202") for words in said)
        assert any("(card.post) done" in words for words in said)
        assert any("(webhook.stage) done" in words for words in said)

        # A click is a request of its own, and so is what it leads to.
        assert (await qualify(h.slack))["ok"]
        await h.quiet()
        (clicked,) = requests_of(there) - {first, second}
        topics = {topic for topic, _ in await jobs_of(h, clicked)}
        assert {"alert.post", "dm.send", "webhook.stage"} <= topics


async def test_what_visitors_do_goes_back_to_its_request_too(sqlite_url: str, log: io.StringIO) -> None:
    async def tell(request: str, **message: Any) -> None:
        sent = {"timestamp": h.clock().isoformat(), **message}
        headers = {**KNOCK, "X-Request-Id": request}
        async with h.http.post(f"{h.url}/intake/events", json=sent, headers=headers) as answer:
            assert (answer.status, answer.headers["X-Request-Id"]) == (200, request)

    def demo(n: int) -> dict[str, Any]:
        yes = {"granted": True, "purposes": ["contact", "profiling"]}
        traits = {"email": f"n{n}@firm{n}.example", "company": f"Firm {n}", "consent": yes}
        named = {"anonymousId": f"a{n}", "context": {"traits": traits}}
        return {"type": "track", "event": "Demo Requested", **named}

    async with house(sqlite_url) as h:
        requests = [f"{n:016x}" for n in (1, 2)]
        # They share a transaction, and still each has its own.
        await asyncio.gather(*(tell(request, **demo(n)) for n, request in enumerate(requests)))
        await h.cards()
        numbers = [{lead for _, lead in await jobs_of(h, request)} - {None} for request in requests]
        assert sorted(numbers, key=str) == [{1001}, {1002}]
        assert ("card.post", *numbers[0]) in await jobs_of(h, requests[0])
        said = [words for request, words in lines(log) if request == requests[0]]
        assert any(words.startswith("POST /intake/events answered 200") for words in said)
        assert any("(card.post) done" in words for words in said)

        # So does what an unknown visitor did, which counts once somebody says who they were.
        await tell(f"{3:016x}", type="track", event="Webinar Attended", anonymousId="a3")
        await tell(f"{4:016x}", **{**demo(3), "event": "Content Downloaded"})
        await h.quiet()
        assert await jobs_of(h, f"{3:016x}") == set()
        assert ("card.post", 1003) in await jobs_of(h, f"{4:016x}")
        # And what somebody known only looked at.
        page = {"type": "page", "properties": {"path": "/pricing"}, "context": {"traits": {}}}
        await tell(f"{5:016x}", anonymousId="a0", **page)
        await h.quiet()
        assert {lead for _, lead in await jobs_of(h, f"{5:016x}")} == numbers[0]


async def test_a_caller_names_a_request_only_by_what_says_nothing(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        name = await hand_in(h, "ada@acme.example")
        assert re.fullmatch("[0-9a-f]{16}", name)
        async with h.http.get(f"{h.url}/nowhere") as answer:
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


async def test_clicks_by_socket_are_requests_too(sqlite_url: str) -> None:
    async with house(sqlite_url, **SOCKET) as h:
        await eventually(lambda: connected(h))
        for n in (1, 2):
            await hand_in(h, f"{n:016x}", email=f"n{n}@acme.example", phone=None)
            await h.cards()
            assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"]
        await h.quiet()
        async with h.bot.store.reading() as connection:
            said = (
                await connection.execute(select(jobs.c.payload).where(jobs.c.topic == "clock.touch"))
            ).all()
        assert len({row.payload["trace"] for row in said}) == len(said) == 2


async def test_the_log_says_nothing_about_people(sqlite_url: str, log: io.StringIO) -> None:
    async with house(sqlite_url) as h:
        await hand_in(h, f"{1:016x}")
        await h.cards()
        # Whatever goes wrong on the way is told without the words it was about.
        await h.slack.misbehave("chat.postMessage", "500", times=2)
        assert (await qualify(h.slack))["ok"]
        as_json = {**KNOCK, "Content-Type": "application/json"}
        for body in (
            '{"email": "ada@acme.example"',
            '{"email": ["ada@acme.example"], "company": {"Acme": 1}}',
        ):
            async with h.http.post(f"{h.url}/intake/leads", data=body, headers=as_json) as answer:
                assert answer.status in (400, 422)
        async with h.http.get(f"{h.url}/u/loose-lips") as answer:
            assert answer.status == 404
        async with h.http.get(f"{h.url}/ada@acme.example") as answer:
            assert answer.status == 404
        try:
            raise ValueError("ada@acme.example is no number")
        except ValueError:
            # As a library of ours would say it.
            logging.getLogger("asyncio").exception("A task failed")
        await h.quiet()
    said = lines(log)
    assert len(said) > 10
    assert any("is tried again" in words for _, words in said)
    assert "fault=" in log.getvalue()
    assert not [word for word in PERSONAL if word in log.getvalue().lower()]


async def numbers(h: House) -> dict[str, float]:
    async with h.http.get(f"{h.url}/metrics") as answer:
        said = [line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if line[0] != "#"]
    return {name: float(value) for name, value in said}


async def test_what_waits_and_for_how_long_can_be_watched(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.cards()
        calm = await numbers(h)
        assert calm['greenlight_queue_age_seconds{workspace="W1"}'] == 0
        assert 'greenlight_lane_wait_seconds{lane="post:leads"}' not in calm
        assert calm['greenlight_intake_verdicts_total{status="created"}'] == 1
        await h.slack.click("ana", "Claim", channel="leads")
        await h.quiet()
        assert (await numbers(h))['greenlight_slack_request_seconds_count{status="200"}'] == 1

        await h.bot.worker.stop()  # nobody works any more
        async with h.bot.store.begin(h.bot.where) as work:
            await work.outbox.put("thread.say", lane="post:leads", lead=1001, first=1, last=1)
            for person in ("UANA", "UBEN"):
                await work.outbox.put("dm.send", lane=f"dm:{person}", lead=1001)
        h.clock.ahead += timedelta(minutes=5)
        stuck = await numbers(h)
        assert 300 <= stuck['greenlight_queue_age_seconds{workspace="W1"}'] < 360
        assert 300 <= stuck['greenlight_lane_wait_seconds{lane="post:leads"}'] < 360
        assert 300 <= stuck['greenlight_lane_wait_seconds{lane="dm"}'] < 360
        assert stuck['greenlight_jobs{state="late"}'] >= 3
        assert stuck['greenlight_jobs{state="dead"}'] == 0
        async with h.http.get(f"{h.url}/readyz") as ready:
            told = await ready.json()
        assert (ready.status, told["worker"], told["database"]) == (503, "down", "ok")


async def test_readiness_says_whether_slack_answered_last(sqlite_url: str) -> None:
    async def slack(h: House) -> tuple[bool, str]:
        async with h.http.get(f"{h.url}/readyz") as ready:
            told = await ready.json()
            return told["ready"], told["slack"]

    async with house(sqlite_url) as h:
        assert await slack(h) == (True, "ok")
        await h.slack.misbehave("chat.postMessage", "500", times=1)
        await h.form()

        async def degraded() -> bool:
            return await slack(h) == (True, "degraded")

        await eventually(degraded, 10)
        h.clock.ahead += timedelta(minutes=10)
        assert len(await h.cards()) == 1
        assert await slack(h) == (True, "ok")
