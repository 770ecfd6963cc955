"""POST /intake/events: who may, how large, what is answered, and what a wrong clock does."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.flows.repeats import Answer, Conflict, Once
from handlers.http.desk import Overloaded, StoreDown
from handlers.http.event_body import read_signal
from handlers.http.events import LARGEST_BATCH, LARGEST_EVENT, add_event_routes, make_ear
from handlers.http.intake import add_routes
from handlers.http.lead_body import Reader
from handlers.http.told import BadBody
from qualification.signal import Signal, happened_at
from tests.handlers.http.office import KEY, NOW, RULES, WORKSPACE, Office

Door = TestClient[web.Request, web.Application]
PAGE = {"type": "page", "anonymousId": "a-1", "properties": {"path": "/pricing"}}


class Heard(list[Signal]):
    """What came through the door."""

    trouble: Exception | None = None
    culprit: str = ""

    async def hear(self, workspace: str, signals: Sequence[Signal]) -> Sequence[str | Exception]:
        if self.trouble:
            raise self.trouble
        self.extend(signals)
        return [RuntimeError("of ours") if s.visit.action == self.culprit else "taken" for s in signals]

    async def hear_once(
        self, workspace: str, signals: Sequence[Signal], once: Once[str]
    ) -> Answer | Conflict:
        raise NotImplementedError("A key without a database is no story")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
async def door(office: Office, heard: Heard) -> AsyncIterator[Door]:
    app = web.Application()
    add_event_routes(app, office.desk(), heard)
    add_routes(app, office.desk())
    async with TestClient(TestServer(app)) as client:
        yield client


async def post(door: Door, body: Any, path: str = "", key: str = KEY, **more: Any) -> tuple[int, Any]:
    basic = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    headers = more.pop("headers", {"Authorization": basic})
    answer = await door.post(f"/intake/events{path}", json=body, headers=headers, **more)
    return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Basic " + base64.b64encode(KEY.encode() + b":").decode()}, {}, 200),
        ({"Authorization": "Basic " + base64.b64encode(KEY.encode()).decode()}, {}, 200),
        ({"Authorization": f"Bearer {KEY}"}, {}, 200),
        ({}, {"writeKey": KEY}, 200),
        ({}, {}, 401),
        ({}, {"writeKey": 7}, 401),
        ({}, {"writeKey": "wrong"}, 401),
        ({"Authorization": "Basic wrong"}, {"writeKey": KEY}, 401),
        ({"Authorization": "Basic " + base64.b64encode(b":").decode()}, {}, 401),
        ({"Authorization": "Bearer wrong"}, {"writeKey": KEY}, 401),
        ({"Authorization": "Digest x"}, {"writeKey": KEY}, 401),
    ],
)
async def test_the_key_comes_as_libraries_send_it(door: Door, heard: Heard, headers, body, status):
    told = await post(door, {**PAGE, **body}, headers=headers)
    assert told[0] == status
    assert len(heard) == (status == 200)
    if status == 200:
        assert told[1] == {"success": True}


@pytest.mark.parametrize("path", ["", "/v1/page", "/v1/batch"])
async def test_one_call_at_every_address(door: Door, heard: Heard, path: str):
    body = {"batch": [PAGE]} if path == "/v1/batch" else PAGE
    assert await post(door, body, path) == (200, {"success": True})
    assert [s.visit.action for s in heard] == ["pricing_page"]
    assert (await post(door, PAGE, "/v1/dance"))[0] == 404


async def test_a_packed_body_is_unpacked_before_it_is_measured(door: Door, heard: Heard):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Encoding": "gzip"}
    for body, status in ((PAGE, 200), ({**PAGE, "x": "y" * 2_000_000}, 413)):
        packed = gzip.compress(json.dumps(body).encode())
        answer = await door.post("/intake/events", data=packed, headers=headers)
        assert answer.status == status
    assert len(heard) == 1


async def test_nothing_personal_gets_through_that_nobody_asked_for(door: Door, heard: Heard):
    secret = "10.1.2.3 agent-x https://ours.example/?token=7 hobby"
    context = {
        "ip": secret,
        "userAgent": secret,
        "page": {"path": "/pricing", "url": secret, "search": secret},
    }
    body = {**PAGE, "context": context, "traits": {"hobby": secret}, "properties": {"note": secret}}
    assert (await post(door, body))[0] == 200
    assert heard[0].visit.action == "pricing_page"
    for word in ("10.1.2.3", "agent-x", "token", "hobby", "a-1"):
        assert word not in repr(heard[0])


async def test_of_a_batch_what_is_good_is_taken_and_the_rest_is_said(door: Door, heard: Heard):
    at = (NOW + timedelta(hours=1)).isoformat()
    batch = [
        PAGE,
        "page",
        {"type": "dance", "userId": "1"},
        {"type": "page", "messageId": "m-3"},
        {"type": "track", "userId": "1"},
        {**PAGE, "timestamp": at},
        {**PAGE, "timestamp": "2024-01-01T00:00:00Z"},
        {**PAGE, "timestamp": "yesterday"},
        {**PAGE, "properties": []},
        {**PAGE, "userId": ["x"]},
        {"type": "identify", "userId": "1", "traits": {"email": "no address"}},
        {"type": "alias", "userId": "1"},
        {**PAGE, "properties": {"path": "/pricing", "more": "x" * LARGEST_EVENT}},
    ]
    status, told = await post(door, {"batch": batch})
    assert (status, told["success"], len(heard)) == (200, True, 1)
    assert [error["path"] for error in told["errors"]] == [
        "batch.1", "batch.2.type", "batch.3.userId", "batch.4.event", "batch.5.timestamp",
        "batch.6.timestamp", "batch.7.timestamp", "batch.8.properties", "batch.9.userId",
        "batch.10.traits.email", "batch.11.previousId", "batch.12",
    ]  # fmt: skip
    assert told["errors"][2]["messageId"] == "m-3"
    assert "no address" not in str(told)


async def test_too_large_is_refused_as_segment_does(door: Door, heard: Heard):
    big = {**PAGE, "properties": {"x": "y" * LARGEST_EVENT}}
    assert (await post(door, big))[0] == 400
    batch = {"batch": [{**PAGE, "properties": {"x": "y" * 30_000}}] * (LARGEST_BATCH // 30_000 + 1)}
    assert (await post(door, batch))[0] == 413
    assert (await post(door, {"x": "y" * 1024 * 1024}))[0] == 413
    assert (await post(door, {"batch": [{}] * 2_501}))[0] == 413
    assert (await post(door, {"batch": {}}))[0] == 422
    assert (await post(door, []))[0] == 422
    answer = await door.post("/intake/events", data=b"{", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status == 400
    assert heard == []


async def test_a_full_house_says_when_to_come_back(door: Door, heard: Heard):
    heard.trouble = Overloaded(2.5)
    answer = await door.post("/intake/events", json=PAGE, headers={"Authorization": f"Bearer {KEY}"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    heard.trouble = StoreDown()
    assert (await post(door, PAGE))[0] == 503


async def test_what_breaks_something_of_ours_is_kept_raw(door: Door, heard: Heard, office: Office):
    heard.culprit = "pricing_page"
    status, told = await post(door, {"batch": [{**PAGE, "messageId": "m-1"}, {**PAGE, "properties": {}}]})
    assert (status, [e["messageId"] for e in told["errors"]]) == (200, ["m-1"])
    assert [(source, b"m-1" in raw) for _, source, raw, _ in office.aside] == [("events", True)]
    heard.trouble = RuntimeError("of ours")
    assert (await post(door, PAGE, "/v1/page"))[0] == 202
    assert office.aside[-1][1] == "events"


@pytest.mark.parametrize("whole", [True, False])
async def test_what_broke_is_kept_with_all_that_was_said_about_it(
    door: Door, heard: Heard, office: Office, whole: bool
):
    """Read again by itself it says the same: who called it what, from where, when it was sent, and the no."""
    if whole:
        heard.trouble = RuntimeError("of ours")
    else:
        heard.culprit = "pricing_page"
    basic = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    hour = timedelta(hours=1)
    batch = {
        "batch": [{**PAGE, "timestamp": (NOW - 3 * hour).isoformat(), "context": {"locale": "de"}}],
        "sentAt": (NOW - 2 * hour).isoformat(),
        "context": {
            "campaign": {"source": "LinkedIn"},
            "consent": {"categoryPreferences": {"Analytics": True}},
        },
    }
    await post(door, batch, headers={"Authorization": basic, "Sec-GPC": "1"})
    call = {"anonymousId": "a-1", "properties": {"path": "/pricing"}}
    await post(door, call, "/v1/page", headers={"Authorization": basic, "Sec-GPC": "1"})

    reader = Reader(RULES, "DE", ZoneInfo("Europe/Berlin"), NOW, "events")
    kept = [json.loads(raw) for _, _, raw, _ in office.aside]
    ear = make_ear(reader, WORKSPACE, kept[0] if whole else {})
    message = kept[0]["batch"][0] if whole else kept[0]
    again, called = (
        read_signal(one, ear if one is message else make_ear(reader, WORKSPACE, {}))
        for one in (message, kept[1])
    )
    assert (again.objects, called.objects) == (True, True)
    assert (again.visit.at, again.visit.source, again.visit.action) == (
        NOW - hour,
        "linkedin",
        "pricing_page",
    )
    assert called.visit.action == "pricing_page"


@settings(max_examples=60)
@given(ahead=st.integers(-(10**6), 10**6), age=st.integers(0, 10**6), way=st.integers(0, 10**5))
def test_a_wrong_clock_is_corrected(ahead: int, age: int, way: int):
    """Sent `age` seconds after it happened, heard without delay: whatever their clock shows, we know when."""
    second = timedelta(seconds=1)
    theirs = NOW + ahead * second
    assert happened_at(NOW, theirs, theirs - age * second) == NOW - age * second
    assert happened_at(NOW, theirs, theirs + way * second) == NOW, "nothing happens after we heard of it"
    assert happened_at(NOW, None, NOW - age * second) == NOW - age * second


async def test_what_segment_corrected_already_is_not_corrected_twice(door: Door, heard: Heard):
    hour = timedelta(hours=1)
    forwarded = {
        "receivedAt": (NOW - hour).isoformat(),
        "sentAt": (NOW + 5 * hour).isoformat(),
        "originalTimestamp": (NOW + 4 * hour).isoformat(),
        "timestamp": (NOW - 2 * hour).isoformat(),
    }
    own = {"sentAt": (NOW + 5 * hour).isoformat(), "timestamp": (NOW + 4 * hour).isoformat()}
    await post(door, {"batch": [{**PAGE, **forwarded}, {**PAGE, **own}]})
    assert [s.visit.at for s in heard] == [NOW - 2 * hour, NOW - hour]


async def test_while_our_clock_is_an_hour_back_what_segment_forwards_is_taken_as_it_comes(
    door: Door, heard: Heard
):
    theirs = NOW + timedelta(hours=1)
    moments = {"receivedAt": theirs.isoformat(), "originalTimestamp": theirs.isoformat()}
    steps = [
        {**PAGE, **moments, "timestamp": (theirs - timedelta(seconds=age)).isoformat()} for age in (9, 4, -1)
    ]
    assert await post(door, {"batch": steps}) == (200, {"success": True})
    assert [(NOW - s.visit.at).total_seconds() for s in heard] == [9, 4, 0], "never after we heard of it"


async def test_what_lies_ahead_and_says_not_when_it_was_sent_is_refused_in_words(door: Door, heard: Heard):
    ahead = {**PAGE, "messageId": "m-1", "timestamp": (NOW + timedelta(hours=1)).isoformat()}
    status, told = await post(door, {"batch": [ahead, {**ahead, "sentAt": ahead["timestamp"]}]})
    refused = {"path": "batch.0.timestamp", "message": "Lies in the future", "messageId": "m-1"}
    assert (status, told, [s.visit.at for s in heard]) == (200, {"success": True, "errors": [refused]}, [NOW])


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    """messageId anonymousId timestamp sentAt originalTimestamp receivedAt context traits properties event
    groupId previousId name""".split()  # noqa: SIM905  as they are written in a call
)
KINDS = st.sampled_from(["identify", "track", "page", "screen", "group", "alias"])


@settings(max_examples=120, deadline=None)
@given(kind=KINDS, fields=st.dictionaries(FIELDS, HOSTILE, max_size=6))
def test_no_message_breaks_the_reader(kind: str, fields: dict[str, Any]):
    ear = make_ear(Reader(RULES, "DE", ZoneInfo("UTC"), NOW, "events"), WORKSPACE, {})
    try:
        signal = read_signal({"type": kind, "userId": "u", **fields}, ear)
    except BadBody as bad:
        assert bad.mistakes
    else:
        assert signal.visit.at <= NOW
