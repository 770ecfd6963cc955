"""What a form, a program or a nuisance gets back for what it sends."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.flows.receive import Verdict
from handlers.http.desk import Overloaded
from handlers.http.intake import add_routes
from handlers.http.request_body import LARGEST
from tests.handlers.http.conftest import Door, Post
from tests.handlers.http.office import KEY, WORKSPACE, Office

ADA = {"email": "ada@acme.example", "action": "demo_request"}
JSON = {"Content-Type": "application/json"}


async def test_a_demo_request_is_acknowledged_once_it_is_saved(post: Post, office: Office):
    status, answer = await post(json=ADA)

    assert status == 202
    assert answer == {"status": "created", "lead": "L-1001", "stage": "mql", "score": 45, "reasons": []}
    assert office.leads[0].email_key == "ada@acme.example"


async def test_a_web_form_is_read_like_json(post: Post, office: Office):
    status, _ = await post(
        data={
            "your-email": "Ada@Acme.example",
            "your-message": "Hi\r\nthere",
            "consent": "on",
            "utm_source": "News",
        }
    )

    assert status == 202
    [lead] = office.leads
    assert (lead.email_key, lead.message, lead.source) == ("ada@acme.example", "Hi\nthere", "news")
    assert lead.consent and lead.consent.granted
    assert lead.action == "contact_form"


async def test_a_checkbox_with_a_hidden_zero_before_it_counts_as_ticked(post: Post, office: Office):
    await post(
        data="email=ada%40acme.example&consent=0&consent=1",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert office.leads[0].consent and office.leads[0].consent.granted


async def test_json_from_a_client_that_calls_it_a_form_is_still_read(post: Post, office: Office):
    status, _ = await post(
        data=json.dumps(ADA), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert (status, len(office.leads)) == (202, 1)


async def test_a_visit_without_contact_data_is_answered_as_no_lead(post: Post):
    status, answer = await post(json={"company": "Acme"})

    assert status == 202
    assert (answer["status"], answer["lead"]) == ("not_a_lead", None)


async def test_waiting_for_permission_is_told_in_the_contracts_words(door: Door, office: Office):
    async def waits(workspace, leads):
        return [Verdict("waiting", reasons=("Waiting for permission",))]

    app = web.Application()
    add_routes(app, replace(office.desk(), submit=waits))
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/intake/leads", json=ADA, headers={"Authorization": f"Bearer {KEY}"})
        body = await answer.json()

    assert (body["status"], body["reasons"]) == ("not_a_lead", ["Waiting for permission"])


async def test_a_batch_is_answered_in_order_and_bad_items_hold_up_nobody(post: Post, office: Office):
    status, answer = await post(
        json={"leads": [ADA, {"email": "no"}, 7, {"company": "Only"}, {"phone": "+49 30 901820"}]}
    )

    assert status == 202
    assert [r["status"] for r in answer["results"]] == [
        "created",
        "invalid",
        "invalid",
        "not_a_lead",
        "created",
    ]
    assert answer["results"][1]["errors"] == [
        {"path": "email", "message": "Not an e-mail address we could write to"}
    ]
    assert len(office.leads) == 2


async def test_in_a_batch_our_own_fault_sets_only_its_item_aside(post: Post, office: Office):
    office.culprit = "bad@acme.example"
    bad = {"email": "bad@acme.example", "first_name": "Ünal"}

    status, answer = await post(json={"leads": [ADA, {"email": "no"}, bad, {"email": "grace@acme.example"}]})

    assert status == 202
    assert [r["status"] for r in answer["results"]] == ["created", "invalid", "quarantined", "created"]
    assert len(office.leads) == 2
    [(_, source, raw, _)] = office.aside
    assert (source, json.loads(raw)) == ("leads", bad)


async def test_a_batch_of_nothing_but_mistakes_is_refused_with_all_of_them(post: Post, office: Office):
    status, answer = await post(
        json={"leads": [{"email": "no"}, {"email": "ada@acme.example", "employees": -1}]}
    )

    assert status == 422
    assert [e["path"] for e in answer["errors"]] == ["leads.0.email", "leads.1.employees"]
    assert [r["status"] for r in answer["results"]] == ["invalid", "invalid"]
    assert office.leads == []


async def test_five_hundred_leads_fit_and_one_more_does_not(post: Post, office: Office):
    many = [{"email": f"a{n}@acme.example"} for n in range(501)]

    assert (await post(json={"leads": many[:500]}))[0] == 202
    assert len(office.leads) == 500
    status, answer = await post(json={"leads": many})
    assert (status, answer["errors"][0]["path"]) == (422, "leads")
    assert len(office.leads) == 500


@pytest.mark.parametrize("leads", [[], {}, None, "x", 3])
async def test_leads_must_be_a_list_with_something_in_it(post: Post, leads):
    status, answer = await post(json={"leads": leads})

    assert (status, answer["errors"][0]["path"]) == (422, "leads")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"email": "ada@acme.example",}',
        b'{"email": NaN}',
        b'{"email": Infinity}',
        b'{"email": "a", "email": "b"}',
        b'{"consent": {"at": "x", "at": "y"}}',
        b'{"\\ud800": 1, "\\ud800": 2}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"employees": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe\xfa",
        b'{"company": "\xff"}',
        b'{"company": "tab\tinside"}',
    ],
)
async def test_broken_json_is_called_broken(post: Post, office: Office, raw):
    status, answer = await post(data=raw, headers=JSON)

    assert status == 400
    assert answer["errors"][0]["message"]
    assert office.leads == []


@pytest.mark.parametrize("body", [[], "text", 3, None, True, [ADA]])
async def test_json_that_is_no_object_is_refused(post: Post, body):
    status, answer = await post(data=json.dumps(body), headers=JSON)

    assert (status, answer["errors"][0]["path"]) == (422, "")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "image/png"]
)
async def test_other_kinds_of_content_are_refused(post: Post, kind):
    status, answer = await post(data=json.dumps(ADA).encode(), headers={"Content-Type": kind})

    assert status == 415
    assert "application/json" in answer["errors"][0]["message"]


async def test_one_mebibyte_is_read_and_one_byte_more_is_not(post: Post, office: Office):
    frame = json.dumps({**ADA, "leads": []}).encode()
    batch = (
        b'{"leads": [' + json.dumps(ADA).encode() + b"]" + b" " * (LARGEST - len(json.dumps(ADA)) - 13) + b"}"
    )
    assert len(batch) == LARGEST > len(frame)

    assert (await post(data=batch, headers=JSON))[0] == 202
    status, answer = await post(data=batch + b" ", headers=JSON)
    assert status == 413
    assert answer["errors"][0]["message"] == "At most 1,048,576 bytes in one request"


async def test_size_is_counted_also_when_nobody_announced_it(post: Post):
    async def drip():
        for _ in range(40):
            yield b" " * 32_768

    assert (await post(data=drip(), headers=JSON))[0] == 413


async def test_a_packed_bomb_is_stopped_at_its_unpacked_size(post: Post):
    status, _ = await post(data=gzip.compress(b" " * 8_000_000), headers={**JSON, "Content-Encoding": "gzip"})

    assert status == 413


async def test_a_body_packed_wrongly_is_called_broken(post: Post):
    status, _ = await post(data=b"no gzip at all", headers={**JSON, "Content-Encoding": "gzip"})

    assert status == 400


async def test_an_unknown_source_names_the_known_ones(post: Post):
    status, answer = await post("fax", json=ADA)

    assert status == 404
    assert answer["errors"][0]["message"] == "No such source. There are: leads, events, spend, pings"


@pytest.mark.parametrize("path", ["leads", "spend", "fax"])
async def test_only_post_is_served(door: Door, path):
    answer = await door.get(f"/intake/{path}")

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert (await answer.json())["errors"]


async def test_an_outside_systems_payload_goes_through_its_parser(post: Post, office: Office):
    status, answer = await post("pings", data=b"ada@acme.example")

    assert (status, answer["results"][0]["status"]) == (202, "created")
    assert office.leads[0].captured_by == "pings"
    assert await post("pings", data=b"ping") == (202, {"results": []})


async def test_a_payload_its_parser_cant_read_is_kept_raw_and_acknowledged(
    post: Post, office: Office, caplog
):
    with caplog.at_level(logging.DEBUG):
        status, answer = await post("pings", data=b"\xff secret@acme.example")

    assert (status, answer["status"], answer["lead"]) == (202, "quarantined", None)
    [(workspace, source, raw, why)] = office.aside
    assert (workspace, source, raw) == (WORKSPACE, "pings", b"\xff secret@acme.example")
    assert why.startswith("UnicodeDecodeError")
    assert "secret" not in caplog.text


async def test_too_much_at_once_is_asked_to_come_back(door: Door, office: Office):
    office.trouble = Overloaded(retry_after=2.2)

    answer = await door.post("/intake/leads", json=ADA, headers={"Authorization": f"Bearer {KEY}"})

    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert (await answer.json())["errors"]


async def test_a_database_that_is_down_is_told_and_nothing_is_claimed_saved(door: Door, office: Office):
    office.down = True

    answer = await door.post("/intake/leads", json=ADA, headers={"Authorization": f"Bearer {KEY}"})

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was saved" in (await answer.json())["errors"][0]["message"]


async def test_our_own_fault_costs_nobody_a_lead(post: Post, office: Office, caplog):
    office.trouble = KeyError("ada@acme.example")

    status, answer = await post(json=ADA)

    assert (status, answer["status"]) == (202, "quarantined")
    assert json.loads(office.aside[0][2]) == ADA
    assert "KeyError" in caplog.text
    assert "ada@" not in caplog.text + office.aside[0][3]


async def test_the_same_key_and_body_get_the_same_answer_and_one_lead(post: Post, office: Office):
    once = {"Idempotency-Key": "form-7"}
    first = await post(json=ADA, headers=once)
    again = await post(json=ADA, headers=once)

    assert first == again
    assert len(office.leads) == 1


async def test_the_same_key_with_another_body_is_a_conflict(post: Post, office: Office):
    once = {"Idempotency-Key": "form-7"}
    await post(json=ADA, headers=once)

    status, answer = await post(json={**ADA, "company": "Other"}, headers=once)

    assert status == 409
    assert "new key" in answer["errors"][0]["message"]
    assert len(office.leads) == 1


async def test_a_repeat_that_overtakes_the_first_waits_for_its_answer(post: Post, office: Office):
    answers = await asyncio.gather(*(post(json=ADA, headers={"Idempotency-Key": "form-7"}) for _ in range(8)))

    assert all(answer == answers[0] for answer in answers)
    assert len(office.leads) == 1


async def test_a_repeat_after_a_crash_before_the_answer_was_kept_is_a_duplicate(post: Post, office: Office):
    once = {"Idempotency-Key": "form-7"}
    await post(json=ADA, headers=once)
    office.answers.clear()

    _, answer = await post(json=ADA, headers=once)

    assert answer["status"] == "duplicate"
    [lead] = office.leads
    assert (lead.external_id, "external_id" in lead.fact.data) == (None, False), "the key is no CRM id"


async def test_a_refused_body_may_be_mended_under_the_same_key(post: Post, office: Office):
    once = {"Idempotency-Key": "form-7"}

    assert (await post(json={"email": "no"}, headers=once))[0] == 422
    assert (await post(json={"leads": [{"email": "no"}]}, headers=once))[0] == 422
    assert (await post(json=ADA, headers=once))[0] == 202


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_a_reasonable_length(post: Post, key):
    assert (await post(json=ADA, headers={"Idempotency-Key": key}))[0] == 400


async def test_what_was_sent_comes_back_only_as_valid_text(post: Post):
    status, answer = await post(data=b'{"\\ud800": [1], "email": 7.5, "\\u202ename": {"x": 1}}', headers=JSON)

    assert status == 422
    assert [e["path"] for e in answer["errors"]] == ["email"]


async def test_a_browsers_signal_objects_for_every_lead_of_the_request(post: Post, office: Office) -> None:
    await post(headers={"Sec-GPC": "1"}, json={"leads": [{"email": "a@b.example"}, {"email": "c@d.example"}]})
    await post(headers={"Sec-GPC": "0"}, json={"email": "e@f.example"})
    assert [lead.objects for lead in office.leads] == [True, True, False]


@pytest.mark.parametrize("form", [True, False])
async def test_a_browsers_signal_is_kept_with_what_broke(post: Post, office: Office, form: bool) -> None:
    office.trouble = KeyError("of ours")
    body = {"data": "email=a%40b.example"} if form else {"json": {"email": "a@b.example"}}
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    await post(headers={"Sec-GPC": "1", **kind}, **body)
    assert json.loads(office.aside[0][2]) == {"email": "a@b.example", "do_not_sell_or_share": True}
