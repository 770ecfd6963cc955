"""Where a channel shows less, so does everything that opens from it, and what asks about two leads."""

from __future__ import annotations

import pytest

from bot.settings import DEFINITION
from tests.handlers.slack.desk import menu, text_of
from tests.house import House, house
from tests.journeys.test_channel_privacy import learned
from tests.journeys.test_same_person import question, said

WHO = ("Ada", "Lovelace", "Acme", "Analytical", "acme.de", "901820", "901821")
REACH = ("ada@acme.de", "a.lovelace@acme.de", "901820", "901821")


async def asked_about(h: House) -> None:
    """Ada twice, and a definition by which whoever merges chooses address, number and title."""
    text = DEFINITION.read_text(encoding="utf-8")
    text = text.replace("last_name: longest}", "last_name: longest, email: ask, phone: ask, title: ask}")
    async with h.bot.office.store.begin(h.bot.where) as work:
        await work.house.put_in_force(text, "test", h.clock())
    h.bot.office.forget_rules()
    await h.form(email="ada@acme.de", phone="+49 30 901820", company="Acme", title="VP Analytical Engines")
    h.clock.ahead += h.clock.MINUTE
    await h.form(email="a.lovelace@acme.de", phone="+49 30 901821", company="Acme GmbH")
    await h.quiet()
    await learned(h)


async def numbers_only(h: House) -> None:
    await h.slack.open_home("adam")
    await h.quiet()
    await h.slack.click("adam", "Change people and channels")
    await h.slack.submit("adam", {"Leads channel shows": "The lead's number alone"})
    await h.quiet()


def shows(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in text]


async def test_a_question_that_stands_is_drawn_anew_with_its_channel(database_url: str) -> None:
    async with house(database_url) as h:
        await asked_about(h)
        assert shows(said(await question(h)), ("Ada", "Acme"))
        await numbers_only(h)
        shown = said(await question(h))
        assert shows(shown, WHO) == []
        assert "L-1001" in shown and "Keep apart" in shown
        assert "*L-1001*\\nL-1001" not in shown and "L-1001*\nL-1001" not in shown, "said once"


async def test_every_dialog_opened_there_names_nobody(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await asked_about(h)
        await numbers_only(h)
        card = (await h.cards())[-1]
        for choice in ("details", "nurture", "disqualify", "snooze", "reassign"):
            view = text_of(await menu(h, "ana", choice, 1002))
            assert shows(view, WHO) == [], choice
            await h.slack.close("ana")
        await h.slack.click("ana", "Qualify", channel="leads", ts=card["ts"])
        assert shows(text_of(await h.slack.view("ana")), WHO) == []
        assert "Title" not in str(await h.slack.view("ana")), "they told us: it is hidden, not unknown"
        await h.slack.select("ana", "Need", "Deadline or measured cost")
        await h.quiet()
        assert shows(text_of(await h.slack.view("ana")), WHO) == [], "nor after a choice"
        await h.slack.close("ana")
        await h.slack.command("ana", "/lead L-1002 log", channel="leads")
        assert shows(text_of(await h.slack.view("ana")), WHO) == []
        await h.slack.close("ana")
        await h.slack.click("ana", "Merge", channel="leads", ts=(await question(h))["ts"])
        view = str(await h.slack.view("ana"))
        assert shows(view, WHO) == []
        assert "••• (L-1001)" in view


@pytest.mark.parametrize("revealed", [False, True])
async def test_a_guest_sees_in_part_whom_it_may_be_too(sqlite_url: str, revealed: bool) -> None:
    async with house(sqlite_url) as h:
        await asked_about(h)
        await h.slack.act("make_guest", **{"as": "ben"})
        await learned(h)
        card = (await h.cards())[-1]
        await h.slack.click("ben", "Claim", channel="leads", ts=card["ts"])
        await menu(h, "ben", "details", 1002)
        if revealed:
            await h.slack.click("ben", "Reveal")
            await h.quiet()
        view = str(await h.slack.view("ben"))
        assert bool(shows(view, REACH[1:2])) is revealed
        assert shows(view, REACH[:1]) == [], "what they revealed is this lead, not the other one"
        await h.slack.click("ben", "Merge")
        view = str(await h.slack.view("ben"))
        assert "a***@acme.de (L-1001)" in view
        assert "+49 ••• 21 (L-1002)" in view
        assert shows(view, REACH) == []

        await h.slack.close("ben")
        await h.slack.click("maya", "Merge", channel="leads", ts=(await question(h))["ts"])
        await h.slack.submit("maya", {})
        await h.quiet()
        told = [text_of(message) for message in await h.slack.told("ben")]
        assert any("L-1001" in text for text in told), "their lead stands under another number now"
        assert shows("\n".join(told), REACH) == []
