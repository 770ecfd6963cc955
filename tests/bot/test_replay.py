"""What broke on our side is taken in again, dated when it came; what nobody takes goes after a while."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bot.replay import StillUnreadable, replay
from store.intake import Kept
from tests.house import DEMO
from tests.office import Desk, open_office


async def keep(desk: Desk, source: str, body: bytes) -> int:
    async with desk.office.store.begin(desk.where) as work:
        return await work.intake.quarantined(source, body, "RuntimeError (1234)", desk.clock())


async def kept(desk: Desk) -> list[Kept]:
    async with desk.office.store.read(desk.where) as work:
        return await work.intake.in_quarantine()


async def test_what_broke_is_taken_in_once_and_dated_when_it_came(database_url: str) -> None:
    async with open_office(database_url) as desk:
        came: datetime = desk.clock()
        grace = {**DEMO, "email": "grace@acme.example", "phone": None, "first_name": "Grace"}
        body = {"leads": [DEMO, {"email": "no"}, grace]}
        number = await keep(desk, "leads", json.dumps(body).encode())
        form = await keep(desk, "leads", b"email=bo%40bolt.example&action=demo_request")
        desk.clock.forward(7200)

        assert await replay(desk.office, desk.where, number) == 2
        assert await replay(desk.office, desk.where, form) == 1
        assert [(await desk.lead(n)).created_at for n in (1001, 1002, 1003)] == [came] * 3
        [left] = await kept(desk)
        assert (json.loads(left.body), left.received_at) == ({"email": "no"}, came), "the bad item, by itself"
        with pytest.raises(LookupError):
            await replay(desk.office, desk.where, number)
        with pytest.raises(StillUnreadable, match="email Not an e-mail address"):
            await replay(desk.office, desk.where, left.id)
        assert await kept(desk) == [left], "it stays where it is"


async def test_what_visitors_said_is_taken_in_again_message_by_message(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await desk.form(consent={"granted": True, "purposes": ["contact", "profiling", "sharing"]})
        no = {
            **{"type": "identify", "userId": "u", "traits": {"email": DEMO["email"]}},
            "do_not_sell_or_share": True,
        }
        bad = {"type": "track", "userId": "u"}
        call = {"type": "track", "event": "Call Requested", "userId": "u", "messageId": "m-1"}
        desk.clock.forward(60)
        came = desk.clock()
        number = await keep(desk, "events", json.dumps({"batch": [no, bad, call]}).encode())
        desk.clock.forward(7200)
        assert await replay(desk.office, desk.where, number) == 2
        lead = await desk.lead(1001)
        assert (lead.permission.profiling, lead.permission.objected_at) == (False, came)
        assert [(one.action, one.at) for one in lead.activities][1:] == [("call_request", came)]
        [left] = await kept(desk)
        assert (json.loads(left.body), left.error) == (bad, "event A track call must name its event")
        with pytest.raises(StillUnreadable):
            await replay(desk.office, desk.where, left.id)


async def test_spend_is_taken_in_again_too(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        row = {"source": "linkedin", "from": "2026-01-01", "to": "2026-01-31", "amount": "100.50"}
        assert await replay(desk.office, desk.where, await keep(desk, "spend", json.dumps(row).encode())) == 1
        async with desk.office.store.read(desk.where) as work:
            [spent] = await work.intake.spend_touching(
                desk.clock().date().replace(year=2000), desk.clock().date()
            )
        assert spent.amount_minor == 10_050


async def test_what_nobody_takes_in_again_goes(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await keep(desk, "leads", b"{}")
        desk.clock.forward(3600)
        last = await keep(desk, "leads", b"{}")
        async with desk.office.store.begin(desk.where) as work:
            assert await work.intake.expire_quarantine(desk.clock() - timedelta(minutes=1)) == 1
        assert [one.id for one in await kept(desk)] == [last]
