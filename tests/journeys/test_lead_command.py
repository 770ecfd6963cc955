"""A rep works by typing: find, queue, mine, new, and what they answer."""

from __future__ import annotations

import asyncio
import re

from tests.house import House, house


async def answer(h: House, who: str, line: str) -> str:
    """Everything the answer to a command shows, as one text."""
    done = await h.slack.command(who, line)
    assert done["ok"], done
    await h.bot.reception.finish_errands()
    return str(done["ack"])


async def people_known(h: House) -> None:
    """Roles are given by handle: wait until the bot has read who is here."""
    while True:
        async with h.bot.store.read(h.bot.where) as work:
            if await work.house.people():
                break
        await asyncio.sleep(0.01)
    h.bot.office.forget_rules()


async def test_a_rep_finds_a_lead_claims_it_and_has_it_among_theirs(database_url: str) -> None:
    async with house(database_url) as h:
        await h.form()
        await h.form(email="bo@beta.example", phone=None, first_name="Bo", last_name="Berg", company="Beta")
        await h.quiet()

        found = await answer(h, "ana", "/lead find acme")
        assert "L-1001" in found
        assert "Ada Lovelace" in found
        assert "Beta" not in found

        assert "L-1002" in await answer(h, "ana", "/lead find L-1002")

        queue = await answer(h, "ana", "/lead queue")
        assert "2 leads wait for a rep" in queue
        assert queue.index("L-1001") < queue.index("L-1002")  # whose clock ends first

        assert "L-1001 is yours." in await answer(h, "ana", "/lead L-1001 claim")
        assert (await h.lead(1001)).owner == "UANA"
        assert "is yours already" in await answer(h, "ana", "/lead claim 1001")
        assert "<@UANA> already has Acme" in await answer(h, "ben", "/lead L-1001 claim")

        mine = await answer(h, "ana", "/lead mine")
        assert "L-1001" in mine
        assert "not touched yet" in mine
        assert "You have no open leads" in await answer(h, "ben", "/lead mine")

        assert "back in the queue" in await answer(h, "ana", "/lead L-1001 back")
        assert (await h.lead(1001)).owner is None


async def test_sharing_posts_once_and_signed(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await h.form()
        await h.quiet()
        await answer(h, "ana", "/lead queue")
        before = len(await h.slack.messages("leads"))
        for _ in range(2):
            assert (await h.slack.click("ana", "Share", channel="leads"))["ok"]
            await h.bot.reception.finish_errands()
        public = (await h.slack.messages("leads"))[before:]
        assert len(public) == 1
        assert "Shared by Ana" in str(public[0]["blocks"])
        assert "<@" not in str(public[0]["blocks"])  # a list calls nobody
        assert "Share" not in row_of_buttons(public[0])
        # From what was shared, everybody can act.
        assert (await h.slack.click("ben", "Claim", channel="leads", ts=public[0]["ts"]))["ok"]
        assert (await h.lead(1001)).owner == "UBEN"


def row_of_buttons(message: dict[str, object]) -> list[str]:
    """The words of a message's buttons in rows."""
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    return [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]]


async def test_the_queue_comes_in_tens(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        for number in range(12):
            await h.form(email=f"p{number}@acme.example", phone=None, first_name=f"P{number}")
        await h.quiet()
        first = await answer(h, "ana", "/lead queue")
        assert "12 leads wait" in first
        assert "L-1010" in first
        assert "L-1011" not in first
        await h.slack.click("ana", "2 more", channel="leads")
        await h.bot.reception.finish_errands()
        shown = str((await h.slack.messages("leads", as_="ana"))[-1]["blocks"])
        assert "L-1011" in shown
        assert "L-1012" in shown
        assert "L-1010" not in shown


async def test_words_explain_themselves(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        for line in ("/lead", "/lead help"):
            assert "What /lead can do" in await answer(h, "ana", line)
        assert "Did you mean `/lead queue`?" in await answer(h, "ana", "/lead quue")
        assert "There is no L-9999" in await answer(h, "ana", "/lead L-9999")
        card = await answer(h, "ana", "/lead L-1001")
        assert "41 of 60" in card or "of 60 before the call" in card
        assert "Claim" in card
        why = await answer(h, "ana", "/lead L-1001 why")
        assert "Asked for a demo (+30)" in why
        assert "Missing for an SQL" in why
        rules = await answer(h, "ana", "/lead definition")
        assert "version 1" in rules
        assert "by installation" in rules
        await people_known(h)
        assert "Only admins can see this. Ask <@UADAM>." in await answer(h, "ana", "/lead health")
        await h.quiet()
        assert "Everything is well" in await answer(h, "adam", "/lead health")


async def test_health_says_what_is_wrong(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_alerts_channel="") as h:
        await people_known(h)
        told = await answer(h, "adam", "/lead health")
        assert "Something needs you" in told
        assert "missing the sales alerts channel" in told


async def test_qualify_by_word_opens_the_dialog(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await answer(h, "ana", "/lead L-1001 qualify")
        view = await h.slack.view("ana")
        assert view is not None
        assert view["callback_id"] == "qualify"


async def test_what_a_lead_typed_calls_nobody_in_any_list(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await people_known(h)
        await h.form(first_name="<!channel>", last_name="*boss*", company="<@UANA> & `Co`", message="<!here>")
        for line in ("find boss", "queue", "L-1001", "L-1001 why"):
            told = formatted(await answer(h, "ana", f"/lead {line}"))
            assert "<!channel>" not in told
            assert "<@UANA>" not in told
            assert "<!here>" not in told
        assert "Nobody found for “&lt;!channel&gt;xyz”" in await answer(h, "ana", "/lead find <!channel>xyz")
        await h.slack.open_home("ana")
        await h.quiet()
        home = await h.slack.home("ana")
        assert home is not None
        assert "<!channel>" not in formatted(str(home["blocks"]))
        await answer(h, "ana", "/lead find boss")
        await h.slack.click("ana", "Share", channel="leads")
        await h.bot.reception.finish_errands()
        shared = (await h.slack.messages("leads"))[-1]
        assert "Shared by" in str(shared["blocks"])
        assert not shared["pings"]


def formatted(answer: str) -> str:
    """Without what only screen readers say, which is plain text and calls nobody."""
    return re.sub(r"'accessibility_label': (['\"]).*?\1", "", answer)
