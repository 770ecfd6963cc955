"""One browser, several people one after the other: a request is whose who spoke last before it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.behaviour.calls import hears, identify, leads, track
from tests.office import Desk, open_office

MINUTE = timedelta(minutes=1)
KIOSK = {"anonymousId": "kiosk-5"}
FIFE = {"email": "fife@five.example", "consent": {"granted": True, "purposes": ["contact", "marketing"]}}
SIX = {"email": "six@sixth.example", "consent": {"granted": True, "purposes": ["contact"]}}


async def told(desk: Desk) -> list[tuple[str | None, list[str], bool]]:
    found = [await desk.lead(number) for number in await leads(desk)]
    return [
        (one.profile.email, [a.action for a in one.activities], one.permission.marketing) for one in found
    ]


@pytest.mark.parametrize("together", [True, False])
async def test_two_people_at_one_kiosk_are_two_leads_however_it_is_sent(
    database_url: str, together: bool
) -> None:
    async with open_office(database_url) as desk:
        now = desk.clock()
        calls = [
            identify(now - 9 * MINUTE, FIFE, **KIOSK),
            track("Demo Requested", now - 8 * MINUTE, **KIOSK),
            identify(now - 7 * MINUTE, SIX, **KIOSK),
            track("Pricing Requested", now - 6 * MINUTE, **KIOSK),
        ]
        for batch in [calls] if together else [[one] for one in calls]:
            await hears(desk, *batch)
        assert await told(desk) == [
            ("fife@five.example", ["demo_request"], True),
            ("six@sixth.example", ["pricing_request"], False),
        ]


async def test_what_was_done_before_anybody_spoke_is_the_first_ones(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        now = desk.clock()
        await hears(desk, track("Demo Requested", now - 9 * MINUTE, **KIOSK))
        await hears(desk, identify(now - 8 * MINUTE, FIFE, **KIOSK), identify(now - 7 * MINUTE, SIX, **KIOSK))
        assert await told(desk) == [("fife@five.example", ["demo_request"], True)]
