"""Whatever comes in, whoever sent it gets a clear answer, nothing is lost, and nothing is our fault."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from handlers.views import ids
from tests.house import DEMO, KEY, House, house

BEARER = {"Authorization": f"Bearer {KEY}"}
SHOUT = "<!channel> <@UANA> <!subteam^SOTHERS> *x* & co"
TEXTS = ("first_name", "last_name", "company", "title", "industry", "source", "campaign", "message")
ANSWERS = {
    "Budget": "Can be found for a good case",
    "Authority": "One approval away",
    "Need": "Clear pain, searching",
    "Timeline": "This quarter",
}


@pytest.fixture(autouse=True)
def nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The bot's own log of each story names no address, no number and no person."""
    caplog.set_level(logging.INFO)
    yield
    written = "\n".join(record.getMessage() + str(record.exc_text or "") for record in caplog.records)
    for personal in ("acme.example", "901820", "Lovelace"):
        assert personal not in written


async def send(h: House, raw: object, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Hand this body in as it is; the status and the answer."""
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    named = {**BEARER, "Content-Type": "application/json", **(headers or {})}
    async with h.http.post(f"{h.url}/intake/leads", data=body, headers=named) as answer:
        return answer.status, await answer.json()


def pings(h: House) -> set[str]:
    """Everybody whom any message of ours calls."""
    return {ping for messages in h.workspace.messages.values() for m in messages for ping in m.pings}


@pytest.mark.parametrize(
    ("raw", "status", "path"),
    [
        (b'{"email": "ada@acme.example"', 400, None),
        (b"\xff\xfe\x00", 400, None),
        (b"[]", 422, ""),
        (b'"ada@acme.example"', 422, ""),
        ({**DEMO, "first_name": ["Ada"]}, 422, "first_name"),
        ({**DEMO, "employees": "many"}, 422, "employees"),
        ({**DEMO, "consent": {"granted": "perhaps"}}, 422, "consent.granted"),
        ({**DEMO, "last_name": "L" * 900_000}, 422, "last_name"),
        ({**DEMO, "last_name": "L" * 1_100_000}, 413, None),
        ({**DEMO, "occurred_at": "1900-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({**DEMO, "occurred_at": "2199-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({**DEMO, "email": None, "phone": "call me"}, 422, "phone"),
        ({"leads": [{"email": 5}, {"email": "x"}]}, 422, "leads.0.email"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_place_of_the_mistake(
    sqlite_url: str, raw: object, status: int, path: str | None
) -> None:
    async with house(sqlite_url) as h:
        told_status, told = await send(h, raw)

        assert told_status == status
        if path is not None:
            assert told["errors"][0]["path"] == path
            assert told["errors"][0]["message"]
        # Nothing of it was saved, and the next one comes in as if nothing had been.
        assert (await h.form())["lead"] == "L-1001"
        assert len(await h.cards()) == 1


async def test_no_text_of_a_lead_calls_anybody(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        shouts = {name: f"{SHOUT} {name}" for name in TEXTS}
        assert (await h.form(**shouts, own_field=SHOUT))["status"] == "created"
        await h.quiet()
        assert pings(h) == {"SREPS"}, "only the reps' group, because it is a direct inquiry"

        await h.slack.click("ben", "Claim", channel="leads")
        await h.quiet()
        await h.slack.click("ana", "Claim", channel="leads", stale=True)
        assert (await h.slack.seen_by("ana") or "").startswith("<@UBEN> already has")
        await h.slack.click("ben", "Qualify", channel="leads")
        saved = await h.slack.submit(
            "ben", {**ANSWERS, "Notes": SHOUT, "Next step": SHOUT[:100], "Hand to": "maya"}
        )
        assert saved["status"] == 200
        await h.quiet()
        assert pings(h) <= {"SREPS", "UBEN", "UMAYA"}
        for messages in h.workspace.messages.values():
            for message in messages:
                assert "<!channel>" not in message.text


@pytest.mark.parametrize("letter", ["<", "&", "𝔘", "e\u0301", "`", "_*~"])
async def test_the_longest_texts_fit_everywhere(sqlite_url: str, letter: str) -> None:
    longest = letter * (3000 // len(letter))
    async with house(sqlite_url) as h:
        assert (await h.form(**dict.fromkeys(TEXTS, longest), own_field=longest))["status"] == "created"
        assert len(await h.cards()) == 1
        assert (await h.slack.click("ana", "Claim", channel="leads"))["ok"]
        await h.quiet()
        card = (await h.cards())[0]
        assert (await h.slack.click("ana", action_id=ids.MORE, channel="leads", option="Details"))["view"], (
            card
        )
        await h.slack.act("close", **{"as": "ana", "all": True})
        for line in ("/lead queue", "/lead mine", f"/lead find {longest[:20]}", "/lead L-1001"):
            assert (await h.slack.command("ben", line))["ok"], line
        await h.slack.click("ana", "Qualify", channel="leads")
        saved = await h.slack.submit("ana", {**ANSWERS, "Notes": longest, "Hand to": "ben"})
        assert saved["ok"], saved
        assert len(await h.cards("sales-alerts")) == 1
        assert (await h.form(action="pricing_request", message=longest))["status"] == "updated"
        await h.quiet()


async def test_invisible_letters_go_and_emoji_stay(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(
            first_name="\u202eAda\u200b",
            last_name="Love\u2066lace 🚀",
            company="شركة \u200fأكمي",
            title="\u200b",
        )

        card = (await h.cards())[0]
        shown = card["text"] + json.dumps(card["blocks"], ensure_ascii=False)
        assert not {"\u202e", "\u200b", "\u2066", "\u200f"} & set(shown)
        assert "Ada Lovelace 🚀" in card["text"]
        assert "شركة أكمي" in card["text"]


async def test_a_phone_that_is_none_beside_a_good_address_is_kept_with_a_reason(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        answer = await h.form(phone="call me maybe")

        assert answer["status"] == "created"
        assert any("phone number can't be called" in reason for reason in answer["reasons"])


async def test_what_we_assumed_stands_in_the_answer(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        answer = await h.form(action=None, message=None, consent="yes", utm="spring")
        assert (answer["http"], answer["status"]) == (202, "created")
        for words in ("taken for contact_form", "send true or false", "utm is text"):
            assert any(words in reason for reason in answer["reasons"])
        refused = await h.form(utm=5)
        assert (refused["http"], [e["path"] for e in refused["errors"]]) == (422, ["utm"])


async def test_an_unknown_action_makes_no_lead_and_is_kept_with_one_we_know(database_url: str) -> None:
    async with house(database_url) as h:
        stranger = await h.form(action="sent_a_pigeon")
        assert (stranger["http"], stranger["status"], stranger["lead"]) == (202, "not_a_lead", None)
        assert any("sent_a_pigeon" in reason for reason in stranger["reasons"])

        number = int((await h.form())["lead"].removeprefix("L-"))
        known = await h.form(action="sent_a_pigeon", message=None, consent={"granted": True})
        assert (known["status"], known["lead"]) == ("updated", f"L-{number}")
        assert [a.action for a in (await h.lead(number)).activities] == ["demo_request", "sent_a_pigeon"]


async def test_the_same_twice_in_one_batch_is_one_lead(database_url: str) -> None:
    async with house(database_url) as h:
        moment = h.clock() - timedelta(minutes=3)
        first = {**DEMO, "occurred_at": moment.isoformat()}
        later = {**DEMO, "action": "contact_form", "occurred_at": (moment + timedelta(minutes=1)).isoformat()}
        status, told = await send(h, {"leads": [first, first, {"email": "?"}, later]})

        assert status == 202
        assert [r["status"] for r in told["results"]] == ["created", "duplicate", "invalid", "updated"]
        assert {r.get("lead") for r in told["results"]} == {"L-1001", None}
        assert len((await h.lead(1001)).activities) == 2
        assert len(await h.cards()) == 1


async def test_without_permission_a_lead_waits_and_then_everything_counts(database_url: str) -> None:
    async with house(database_url) as h:
        waits = await h.form(action="webinar_attended", message=None)
        assert (waits["http"], waits["status"], waits["lead"]) == (202, "not_a_lead", None)
        assert any("permission" in reason.lower() for reason in waits["reasons"])
        refused = await h.form(email="no@acme.example", phone=None, consent={"granted": False})
        assert refused["status"] == "not_a_lead"
        assert await h.cards() == []

        made = await h.form()
        assert made["status"] == "created"
        lead = await h.lead(int(made["lead"].removeprefix("L-")))
        assert {a.action for a in lead.activities} == {"webinar_attended", "demo_request"}
        async with h.bot.store.read(h.bot.where) as work:
            assert await work.intake.waiting_length() == 0


async def test_only_who_has_the_key_hands_leads_in(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        body = json.dumps(DEMO).encode()

        def signature(stamp: int, key: str = KEY) -> dict[str, str]:
            signed = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            return {"X-Timestamp": str(stamp), "X-Signature": f"sha256={signed}"}

        async def post(headers: dict[str, str]) -> int:
            async with h.http.post(f"{h.url}/intake/leads", data=body, headers=headers) as answer:
                assert (await answer.json())["errors" if answer.status != 202 else "status"]
                return answer.status

        now = int(h.clock().timestamp())
        assert await post({}) == 401
        assert await post({"Authorization": "Bearer another-key"}) == 401
        assert await post(signature(now - 301)) == 401
        assert await post(signature(now + 301)) == 401
        assert await post(signature(now, "another-key")) == 401
        assert await post(signature(now)) == 202


async def test_who_somebody_is(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        by_mail = await h.form(email=" ADA@acme.example ", phone=None, action="contact_form")
        assert (by_mail["status"], by_mail["lead"]) == ("updated", "L-1001")
        by_phone = await h.form(email=None, phone="030 901820", action="call_request")
        assert (by_phone["status"], by_phone["lead"]) == ("updated", "L-1001")

        other = await h.form(email="grace@acme.example", first_name="Grace", last_name="Hopper")
        assert other["status"] == "created"
        assert not [why for why in other["reasons"] if "same person" in why], (
            "a colleague, by name and address"
        )
        alike = await h.form(email="a.lovelace@acme.example")
        assert "Perhaps the same person as L-1001: the same phone number" in alike["reasons"]
        bo = await h.form(email="bo@acme.example", phone="+49 30 901899", first_name="Bo", last_name="Bo")
        both = await h.form(email="bo@acme.example", action="pricing_request")
        assert (both["status"], both["lead"]) == ("updated", bo["lead"])
        assert "The same phone number as L-1001" in both["reasons"]


async def test_a_repeated_request_is_answered_alike(database_url: str) -> None:
    async with house(database_url) as h:
        first = await h.form(external_id="crm-881")
        again = await h.form(external_id="crm-881", email="other@acme.example")
        assert (first["status"], again["status"], again["lead"]) == ("created", "duplicate", "L-1001")

        once = {"Idempotency-Key": "k-1"}
        person = {**DEMO, "email": "grace@acme.example", "phone": None}
        status, made = await send(h, person, once)
        assert (status, made["status"]) == (202, "created")
        assert await send(h, person, once) == (202, made)
        assert (await send(h, {**person, "company": "Other"}, once))[0] == 409
        # After the day in which answers are kept, the lead itself still knows the request.
        h.clock.ahead += timedelta(hours=25)
        status, told = await send(h, person, once)
        assert (status, told["status"], told["lead"]) == (202, "duplicate", made["lead"])


@pytest.mark.parametrize(
    "line",
    [
        "/lead",
        "/lead <!channel>",
        "/lead find <!channel> %_\\",
        "/lead find \u202e",
        "/lead L-99999999999999",
        "/lead L-4242 claim",
        "/lead L-1001 dance",
        "/lead L-1001 disqualify <!channel>",
        "/lead L-1001 lost <!channel>",
        "/lead L-1001 won <!channel>",
        "/lead L-1001 nurture 1900-01-01",
        "/lead L-1001 nurture 2026-02-30",
        "/lead L-1001 snooze yesterday",
        "/lead L-1001 reassign @nobody",
        "/lead L-1001 claim; DROP TABLE leads",
        "/lead " + "x" * 3000,
    ],
)
async def test_whatever_is_typed_is_answered_and_calls_nobody(sqlite_url: str, line: str) -> None:
    async with house(sqlite_url) as h:
        await h.form(**{name: f"{SHOUT} {name}" for name in TEXTS})
        await h.cards()
        before = await h.lead(1001)

        typed = await h.slack.command("ana", line)
        assert (typed["status"], typed["ok"]) == (200, True)
        await h.quiet()
        assert await h.slack.seen_by("ana") or typed["ack"] or typed["view"], "somebody who types is answered"
        assert pings(h) <= {"SREPS"}
        assert await h.lead(1001) == before
