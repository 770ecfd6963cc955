"""An admin repairs from `/lead health`: what was given up is tried again, what was kept aside is taken in."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from store.job_care import dead
from tests.handlers.slack.desk import text_of
from tests.house import DEMO, House, house
from tests.journeys.test_forged_clicks import claim_payload, signed, slack_request


async def asked(h: House) -> dict[str, Any]:
    """Adam asks how everything is."""
    await h.slack.command("adam", "/lead health")
    return await told(h)


async def told(h: House) -> dict[str, Any]:
    """What stands there now."""
    await h.quiet()
    seen = await h.slack.messages("leads", as_="adam")
    return [m for m in seen if m.get("ephemeral")][-1]


async def press(h: House, label: str, ts: str) -> str:
    """Press it; gives what the same message says then."""
    await h.slack.click("adam", label, channel="leads", ts=ts)
    after = await told(h)
    assert after["ts"] == ts, "in the same message"
    return text_of(after)


async def given_up(h: House) -> list[int]:
    async with h.bot.store.read(h.bot.where) as work:
        return [job.id for job in await dead(work)]


async def test_a_card_that_could_not_be_posted_is_posted_by_replay(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_leads_channel="") as h:
        await h.form()
        await h.quiet()
        [number] = await given_up(h)
        shown = await asked(h)
        said = text_of(shown)
        assert "Could not post a lead's card of L-1001" in said
        for personal in ("ada@acme.example", "Lovelace", "Need it by March"):
            assert personal not in str(shown)

        # Nothing changed, so it fails again, and the message says so.
        again = await press(h, "Replay", shown["ts"])
        assert "It failed again" in again
        assert await given_up(h) == [number]

        await set_channel(h)
        done = await press(h, "Replay", shown["ts"])
        assert "Done." in done
        assert "Could not" not in done
        assert await given_up(h) == []
        assert len(await h.cards()) == 1


async def set_channel(h: House) -> None:
    async with h.bot.store.begin(h.bot.where) as work:
        await work.house.set({"leads_channel": "leads"})
    h.bot.office.forget_rules()


async def test_two_presses_at_once_replay_it_once(database_url: str) -> None:
    async with house(database_url, greenlight_leads_channel="") as h:
        await h.form()
        await h.quiet()
        [number] = await given_up(h)
        await asked(h)
        await set_channel(h)
        body = claim_payload(value=str(number), user="UADAM", action="health.replay", told_at=h.url)
        assert await asyncio.gather(*(slack_request(h, body, signed(body)) for _ in range(4))) == [200] * 4
        assert len(await h.cards()) == 1


async def test_a_submission_kept_aside_is_taken_in_by_retry_once(database_url: str) -> None:
    async with house(database_url) as h:
        async with h.bot.store.begin(h.bot.where) as work:
            body = json.dumps(DEMO).encode()
            number = await work.intake.quarantined("leads", body, "KeyError (12ab34cd)", h.clock())
            broken = await work.intake.quarantined("leads", b'{"email":', "email “ada@acme”", h.clock())
        shown = await asked(h)
        assert f"Submission {number} to `leads`" in text_of(shown)
        assert "KeyError (12ab34cd)" in text_of(shown)
        assert "ada@acme" not in str(shown), "what is in it is never told, nor quoted by why"

        forged = claim_payload(value=str(number), user="UMAYA", action="health.retry", told_at=h.url)
        assert await slack_request(h, forged, signed(forged)) == 200
        assert len(await h.cards()) == 0, "a manager is no admin"

        press_it = claim_payload(value=str(number), user="UADAM", action="health.retry", told_at=h.url)
        tried = [slack_request(h, press_it, signed(press_it)) for _ in range(3)]
        assert await asyncio.gather(*tried) == [200] * 3
        assert len(await h.cards()) == 1
        said = text_of(await asked(h))
        assert f"Submission {broken} to `leads`" in said
        assert f"Submission {number}" not in said

        again = await asked(h)
        assert "can't be read as it is" in await press(h, "Retry", again["ts"])


async def test_who_is_no_admin_any_more_repairs_nothing(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_leads_channel="", greenlight_admins="") as h:
        async with h.bot.store.begin(h.bot.where) as work:
            await work.house.set({"admins": ["UADAM"]})
        h.bot.office.forget_rules()
        await h.form()
        await h.quiet()
        [number] = await given_up(h)
        shown = await asked(h)
        await set_channel(h)
        async with h.bot.store.begin(h.bot.where) as work:
            await work.house.set({"admins": ["UBEN"]})
        h.bot.office.forget_rules()
        await h.slack.click("adam", "Replay", channel="leads", ts=shown["ts"])
        assert "Only admins can see this. Ask" in text_of(await told(h)) + str((await told(h))["text"])
        assert await given_up(h) == [number]
