"""SIGTERM in the middle of work: what was acknowledged is saved, nothing is half done, and it leaves soon."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import aiohttp

from sandbox.server import running
from tests.house import DEMO, KEY
from tests.journeys.test_nothing_lost_nothing_twice import ROOT, bot_process, eventually, free_port
from tests.numbers import all_numbers
from tests.office import open_office

FORMS = 8


def environment(database_url: str, api_url: str, port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "sandbox-secret",
        "SLACK_APP_TOKEN": "",
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "GREENLIGHT_INTAKE_KEY": KEY,
        "GREENLIGHT_LEADS_CHANNEL": "leads",
        "GREENLIGHT_ALERTS_CHANNEL": "sales-alerts",
        "GREENLIGHT_ADMINS": "adam",
    }


async def form(http: aiohttp.ClientSession, port: int, number: int) -> str | None:
    """One demo request; the lead's number, or None when it was not acknowledged."""
    body = {**DEMO, "email": f"n{number}@acme.example", "phone": None, "first_name": f"N{number}"}
    try:
        async with http.post(
            f"http://127.0.0.1:{port}/intake/leads", json=body, headers={"Authorization": f"Bearer {KEY}"}
        ) as answer:
            return str((await answer.json())["lead"]) if answer.status == 202 else None
    except aiohttp.ClientError:
        return None


async def test_a_stop_in_the_middle_loses_and_repeats_nothing(database_url: str) -> None:
    port = free_port()
    async with running() as place, aiohttp.ClientSession() as http:
        place.workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
        settings = environment(database_url, place.api_url, port)
        async with bot_process(settings) as process:
            acknowledged = [await form(http, port, number) for number in range(4)]
            sending = [asyncio.create_task(form(http, port, number)) for number in range(4, FORMS)]
            clicking = asyncio.create_task(place.slack.command("ana", "/lead L-1001 claim"))
            await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0
            acknowledged += await asyncio.gather(*sending)
            claimed = await clicking

        promised = {name for name in acknowledged if name}
        async with open_office(database_url) as desk, desk.office.store.read(desk.where) as work:
            numbers = await all_numbers(work)
            assert promised <= {f"L-{number}" for number in numbers}
            for number in numbers:
                lead = await work.leads.get(number)
                assert lead is not None
                assert lead.revision == len(await work.leads.history(number))
            if claimed["ok"]:
                first = await work.leads.get(1001)
                assert first is not None
                assert first.owner == "UANA"

        async with bot_process(settings):

            async def all_there() -> bool:
                return len(await place.slack.messages("leads")) >= len(numbers)

            await eventually(all_there)
            texts = [message["text"] for message in await place.slack.messages("leads")]
            assert len(texts) == len(set(texts)) == len(numbers)


async def test_a_busy_port_is_named(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = environment(sqlite_url, "http://127.0.0.1:9/api/", taken.getsockname()[1])
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "serve",
            cwd=ROOT,
            env={**os.environ, **settings},
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 1
        assert "Set PORT to another one" in err.decode()
        assert "Traceback" not in err.decode()
