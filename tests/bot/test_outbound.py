"""What we fetch and tell goes where it was meant to, and nowhere else."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.outbound import NotThere, guarded_session, must_be_elsewhere
from handlers.slack.uploads import is_slacks
from store.tables.jobs import lanes
from tests.house import House, house
from tests.journeys.test_import_by_command import answer
from tests.journeys.test_nothing_lost_nothing_twice import eventually
from tests.journeys.test_webhook import Receiver, hooked, later, receiver


@pytest.mark.parametrize(
    "address",
    [
        *(
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1%eth0",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
        ),
        *("2002:a9fe:a9fe::", "fd00:ec2::254", "100.100.100.200"),
    ],
)
async def test_no_connection_is_made_to_where_only_this_host_s_own_cloud_answers(address: str) -> None:
    with pytest.raises(NotThere):
        must_be_elsewhere(address)
    host = f"[{address.partition('%')[0]}]" if ":" in address else address
    async with guarded_session() as http:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await http.get(f"http://{host}/latest/meta-data/")
        assert isinstance(refused.value.os_error, NotThere)


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.2", "127.0.0.1", "::1", "93.184.216.34"])
def test_other_systems_may_stand_in_a_private_network(address: str) -> None:
    must_be_elsewhere(address)


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.csv", True),
        ("https://acme.enterprise.slack.com/files-pri/T1-F1/a.csv", True),
        ("http://files.slack.com/a.csv", False),
        ("https://files.slack.com.evil.example/a.csv", False),
        ("https://evilslack.com/a.csv", False),
        ("https://files.slack.com@evil.example/a.csv", False),
        ("https://user:pw@files.slack.com/a.csv", False),
        ("https://evil.example/a.csv", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_slack_s_own_servers_get_to_see_the_token(address: str, ours: bool) -> None:
    assert is_slacks(address, "https://slack.com/api/") is ours


async def test_a_file_that_stands_elsewhere_is_not_fetched(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as stranger, house(sqlite_url) as h:
        files = type(h.workspace.files)
        as_slack = files.as_slack
        moved = {"url_private_download": stranger.url.replace("127.0.0.1", "localhost")}
        monkeypatch.setattr(files, "as_slack", lambda self, file: {**as_slack(self, file), **moved})
        await answer(h, "ana", "/lead import")
        file = {"name": "../../leads.csv", "content": "email\nada@acme.example\n"}
        await h.slack.submit("ana", {"File": file})
        await h.quiet()
        assert "not on Slack's own servers" in str(await h.slack.view("ana"))
        assert stranger.got == []


async def test_a_webhook_that_sends_us_elsewhere_is_not_followed(sqlite_url: str) -> None:
    async with receiver() as there, house(sqlite_url, **hooked(there)) as h:
        there.answers = [307]
        there.moved_to = there.url
        await h.form()
        await h.quiet()
        assert len(there.got) == 1
        (said,) = [message["text"] for message in await h.slack.told("adam")]
        assert "set its final address" in said


async def test_an_admin_hears_of_a_webhook_that_no_other_system_can_have(sqlite_url: str) -> None:
    async with house(sqlite_url, greenlight_webhook_url="http://169.254.169.254/hook") as h:
        await h.form()
        await h.quiet()
        (said,) = [message["text"] for message in await h.slack.told("adam")]
        assert "no other system can have" in said


@pytest.mark.parametrize("after", ["inf", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 30])
async def test_a_webhook_can_not_make_us_wait_for_ever(sqlite_url: str, after: str) -> None:
    async with receiver() as there, house(sqlite_url, **hooked(there)) as h:
        await told_to_wait(h, there, after)
        h.clock.ahead += h.clock.MINUTE * 61
        await later(h, there, 2)
        assert len(there.got) == 2


async def test_a_webhook_that_asks_for_an_hour_gets_it_also_when_the_clock_is_set(sqlite_url: str) -> None:
    """Then we look for what stands too far ahead, as with every heartbeat."""
    async with receiver() as there, house(sqlite_url, **hooked(there)) as h:
        await told_to_wait(h, there, "3600")
        for _ in range(2):
            h.clock.ahead += h.clock.MINUTE * 20
            await looked_around(h)
            h.clock.ahead -= h.clock.MINUTE / 2
            await looked_around(h)
        assert len(there.got) == 1
        h.clock.ahead += h.clock.MINUTE * 21
        await later(h, there, 2)


async def told_to_wait(h: House, there: Receiver, after: str) -> None:
    there.answers, there.retry_after = [429], after
    await h.form()

    async def held() -> bool:
        async with h.bot.store.reading() as connection:
            found = await connection.execute(select(func.count(lanes.c.held_from)))
            return bool(found.scalar_one())

    await eventually(held)
    assert len(there.got) == 1


async def looked_around(h: House) -> None:
    h.bot.store.wake()
    await asyncio.sleep(0.1)
