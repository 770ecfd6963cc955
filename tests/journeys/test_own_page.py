"""The page a person gets: what is held, one-click opt-out, withdrawal, deletion after a grace."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from handlers.flows.own_page import make_link
from tests.browser import eyes_on
from tests.handlers.slack.desk import LEAD, came_in, menu, text_of
from tests.house import House, house
from tests.traces import WORDS, in_slack

CONSENT = {
    "granted": True,
    "purposes": ["contact", "marketing", "profiling", "sharing"],
    "text_version": "2026-05",
    "form": "demo <b>form</b>",
}


async def page_of(h: House) -> str:
    """An admin gives them their page; where it is on this machine."""
    await came_in(h, consent=CONSENT, message="<script>alert(1)</script>")
    await menu(h, "adam", "details")
    await h.slack.click("adam", "Their page")
    said = text_of(await h.slack.view("adam"))
    (token,) = re.findall(r"https://leads\.example/u/([\w-]{20,})", said)
    assert not [word for word in WORDS if word in token.lower()]
    return f"{h.url}/u/{token}"


async def get(h: House, url: str, **form: str) -> tuple[int, str]:
    send = h.http.post(url, data=form) if form else h.http.get(url)
    async with send as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.status, await answer.text()


async def test_a_person_sees_what_is_held_and_why(sqlite_url: str) -> None:
    async with house(sqlite_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        status, said = await get(h, url)
        assert status == 200
        for expected in ("ada@acme.example", "Lovelace", "wording 2026-05", "Asked for a demo", "<html lang"):
            assert expected in said
        assert "<script" not in said
        shown = (await h.bot.office.look(h.bot.where, LEAD)).score
        assert f"{shown.total} points of 100: {shown.fit} for what we know" in said
        assert "<b>form" not in said

        held: dict[str, Any] = json.loads((await get(h, f"{url}?download=1"))[1])
        assert held["about_you"]["email"] == "ada@acme.example"
        assert len(held["receipts"]) == 4
        assert held["score"]["total"] == shown.total

        for wrong in (f"{url}x", f"{h.url}/u/1001", f"{h.url}/u/{'a' * 32}"):
            status, said = await get(h, wrong)
            assert (status, "not valid" in said) == (404, True)
            assert not [word for word in WORDS if word in said.lower()]


async def test_wrong_addresses_are_slowed_down_and_nobody_with_a_right_one_is(sqlite_url: str) -> None:
    async with house(sqlite_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        assert [(await get(h, f"{url}y"))[0] for _ in range(20)] == [404] * 20
        status, said = await get(h, f"{url}y")
        assert (status, "<h1>Not done</h1>" in said, "Too many tries" in said) == (429, True, True)
        # Behind a proxy all of these come from one address.
        assert (await get(h, url))[0] == 200
        assert (await get(h, url, **{"List-Unsubscribe": "One-Click"}))[0] == 200
        assert (await h.lead(LEAD)).permission.opted_out


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=foo", b"do=optout"),
        ("application/x-www-form-urlencoded", b"do=\xff"),
        ("multipart/form-data", b"do=optout"),
        ("multipart/form-data; boundary=a", b"do=optout"),
        ("multipart/form-data; boundary=a", b"--a\r\n\r\noptout\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="do"\r\n'
            b"Content-Transfer-Encoding: x\r\n\r\n1\r\n--a--\r\n",
        ),
    ],
)
async def test_a_form_nobody_can_read_does_nothing_and_is_no_fault_of_ours(
    sqlite_url: str, kind: str, body: bytes
) -> None:
    async with house(sqlite_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        async with h.http.post(url, data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == 400, await answer.text()
        assert not (await h.lead(LEAD)).permission.opted_out


async def test_one_click_unsubscribes_and_one_purpose_can_go_alone(database_url: str) -> None:
    async with house(database_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        status, said = await get(h, url, do="withdraw", purpose="marketing")
        assert (status, "Withdrawn" in said) == (200, True)
        held = (await h.lead(LEAD)).permission
        assert (held.contact, held.marketing, held.profiling, held.sharing) == (True, False, True, True)
        await menu(h, "adam", "details")
        await h.slack.click("adam", "Withdraw profiling")
        await h.quiet()
        assert not (await h.lead(LEAD)).permission.profiling
        assert "profiling withdrawn" in text_of(await h.slack.view("adam"))

        for _ in range(2):
            assert (await get(h, url, **{"List-Unsubscribe": "One-Click"}))[0] == 200
        lead = await h.lead(LEAD)
        assert (lead.permission.opted_out, lead.stage) == (True, "disqualified")
        history = [event.actor for event in await _history(h)]
        assert history.count("themselves") == 3, "the second press of one click changed nothing"
        status, said = await get(h, url, do="nonsense")
        assert (status, "Nothing was asked for" in said, "Done</h1>" in said) == (400, True, False)


async def test_a_deletion_waits_for_an_admin_and_then_for_nobody(database_url: str) -> None:
    async with house(database_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        for _ in range(2):
            assert (await get(h, url, do="erase"))[0] == 200
        await h.quiet()
        asked = [m for m in await h.slack.told("adam") if "asked on their own page" in text_of(m)]
        assert len(asked) == 1
        assert "It happens at the latest on" in (await get(h, url))[1]
        assert not (await h.lead(LEAD)).erased

        h.clock.ahead += timedelta(days=7, minutes=1)
        h.bot.store.wake()
        await h.quiet()

        assert (await h.lead(LEAD)).erased
        assert (await get(h, url))[0] == 404
        assert await in_slack(h) == []


async def test_an_admin_may_keep_what_the_law_keeps(sqlite_url: str) -> None:
    async with house(sqlite_url, public_url="https://leads.example") as h:
        url = await page_of(h)
        await get(h, url, do="erase")
        await h.quiet()
        asked = next(m for m in await h.slack.told("adam") if "asked on their own page" in text_of(m))
        await h.slack.click("adam", "Keep…", channel=asked["channel"], ts=asked["ts"])
        await h.slack.submit("adam", {"Why must it stay?": "An invoice or a contract must be kept"})

        h.clock.ahead += timedelta(days=8)
        h.bot.store.wake()
        await h.quiet()
        assert not (await h.lead(LEAD)).erased
        assert "We have to keep it: an invoice or a contract must be kept." in (await get(h, url))[1]


async def _history(h: House) -> Any:
    async with h.bot.office.store.read(h.bot.where) as work:
        return await work.leads.history(LEAD)


async def test_the_card_says_what_is_not_scored(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await came_in(h)
        for n in range(3):
            at = (h.clock() - timedelta(minutes=n)).isoformat()
            await h.form(action="pricing_page", message=None, occurred_at=at)
        assert "3 visits not scored: no permission to profile" in text_of((await h.cards())[-1])
        await h.form(
            action="content_download", message=None, consent={"granted": True, "purposes": ["profiling"]}
        )
        await h.form(action="pricing_page", message=None)
        text = text_of((await h.cards())[-1])
        assert "3 visits not scored: no permission to profile then" in text, "those before the yes"


@pytest.mark.browser
async def test_a_long_word_does_not_make_the_page_wider_than_a_phone(sqlite_url: str) -> None:
    async with house(sqlite_url, public_url="https://leads.example") as h, eyes_on(h.url) as eyes:
        await h.form(email="b@acme.example", phone=None, website=f"https://acme.example/{'long' * 200}")
        link = await make_link(h.bot.office, h.bot.where, LEAD, "shell:root", h.url)
        page = await eyes.see("", phone=True)
        await page.goto(link)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
