"""Whatever is sent, the answer is clear, in JSON, and never our fault."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.http.intake import add_routes
from handlers.http.lead_body import Reader, read_lead
from handlers.http.lead_fields import FIELDS
from handlers.http.told import LONGEST, BadBody
from tests.handlers.http.conftest import Post
from tests.handlers.http.office import KEY, NOW, RULES, Office
from tests.handlers.http.test_lead_body import READER

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        ["<!channel>", "2026-11-02", "\u202e", "=1+1", "on", "+49 30 901820", "a@b.example", "{", "%00"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [*FIELDS, "utm_source", "consent[at]", "gclid", "referrer", "page_url", "leads"]
) | st.text(max_size=12)
BODIES = st.dictionaries(NAMES, ANYTHING, max_size=12)
KINDS = ["application/json", "application/x-www-form-urlencoded", "text/plain", "x", ";;", "a/b; charset=zz"]
RAW = (
    st.binary(max_size=200)
    | BODIES.map(lambda body: json.dumps(body).encode())
    | st.lists(BODIES, max_size=3).map(lambda leads: json.dumps({"leads": leads}).encode())
)


@given(BODIES)
@settings(max_examples=300, deadline=None)
def test_any_object_is_read_or_refused_with_paths(body):
    try:
        lead = read_lead(body, READER)
    except BadBody as bad:
        assert bad.mistakes
        for mistake in bad.mistakes:
            json.dumps(mistake.as_json(), ensure_ascii=False).encode()
        return
    assert isinstance(lead.fact.data, Mapping)
    for text in [lead.source, lead.message, lead.action, *lead.extra, *lead.extra.values()]:
        assert text is None or (len(text) <= LONGEST and text.encode() is not None and "\x00" not in text)
    assert lead.occurred_at.tzinfo is not None


@given(
    path=st.sampled_from(["leads", "spend", "pings", "x", "%00", "ü"]),
    kind=st.sampled_from(KINDS),
    raw=RAW,
    repeat=st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=5),
)
@settings(max_examples=150, deadline=None)
async def test_no_request_is_answered_as_our_fault(path, kind, raw, repeat):
    office = Office()
    app = web.Application()
    add_routes(app, office.desk())
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
    if repeat is not None:
        headers["Idempotency-Key"] = repeat
    async with TestClient(TestServer(app)) as client:
        answer = await client.post(f"/intake/{path}", data=raw, headers=headers)

        assert answer.status < 500
        assert answer.content_type == "application/json"
        await answer.json()
    if path != "pings":  # whose parser takes nothing but UTF-8
        assert office.aside == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"company": "x" * 1_000_000}, 422),
        ({"company": "<!channel> <@U1>"}, 202),
        ({"last_name": "\u202egnp.exe"}, 202),
        ({"last_name": "\u200b\u200b"}, 202),
        ({"message": "🎉🎉 \U0001f468\u200d\U0001f469\u200d\U0001f467"}, 202),
        ({"phone": "none"}, 202),
        ({"occurred_at": "1900-01-01T00:00:00Z"}, 422),
        ({"occurred_at": "2090-01-01T00:00:00Z"}, 422),
        ({"action": "danced"}, 202),
        ({"action": ["demo_request"]}, 422),
        ({"consent": {"granted": False}}, 202),
        ({"email": ["ada@acme.example"]}, 422),
        ({"email": "ada@acme.example\r\nBcc: all@acme.example"}, 422),
        ({"company": "=HYPERLINK(1)"}, 202),
        ({"__proto__": {"x": 1}, "self": "x", "": "empty"}, 202),
    ],
)
async def test_the_list_of_known_nuisances(post: Post, change, status):
    got, answer = await post(json={"email": "ada@acme.example", "action": "demo_request", **change})

    assert got == status, answer
    if status == 422:
        assert answer["errors"][0]["path"] == next(iter(change))


async def test_one_lead_twice_in_one_batch_is_handed_on_in_order(post: Post, office: Office):
    ada = {"email": "ada@acme.example", "external_id": "7"}

    _, answer = await post(json={"leads": [ada, ada]})

    assert [r["status"] for r in answer["results"]] == ["created", "duplicate"]


def test_a_reader_far_in_the_past_or_future_reads_too():
    early = Reader(RULES, "DE", READER.zone, NOW.replace(year=2000))

    with pytest.raises(BadBody):
        read_lead({"email": "a@acme.example", "occurred_at": "2026-01-01"}, early)
