"""Bombs, floods and slow senders: each is cut off, and everybody else is served meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

import bot.app
import bot.slack_door
import handlers.http.own_page
import handlers.http.request_body
from handlers.flows.own_page import make_link
from tests.house import KEY, House, house

HUGE = 80_000_000
"""Bytes that a bomb unpacks to."""
MOST = 25_000_000
"""Bytes that one may cost us: what one read of it holds, many times."""
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
OURS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def link_of(h: House) -> str:
    """The path of a lead's own page."""
    return await make_link(h.bot.office, h.bot.where, 1001, "UADAM", "")


async def test_a_bomb_is_not_unpacked(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.quiet()
        page = await link_of(h)
        bombs = {packing: pack(b"0" * HUGE) for packing, pack in PACKERS.items()}
        tracemalloc.start()
        try:
            for path, headers, packing, wanted in (
                ("/intake/leads", OURS, "gzip", 413),
                ("/intake/spend", OURS, "deflate", 413),
                ("/intake/leads", {}, "gzip", 401),
                ("/slack/events", FORM, "gzip", 413),
                (page, FORM, "deflate", 413),
            ):
                packed = {**headers, "Content-Encoding": packing}
                async with h.http.post(h.url + path, data=bombs[packing], headers=packed) as answer:
                    assert answer.status == wanted, path
                    # Else it would go on unpacking, so as to give the sender time to read the answer.
                    assert answer.headers["Connection"] == "close", path
            assert tracemalloc.get_traced_memory()[1] < MOST
        finally:
            tracemalloc.stop()
        assert (await h.form(email="bo@bolt.example", phone=None))["http"] == 202


async def test_a_huge_upload_to_somebody_s_page_is_cut_off(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.app, "LINGER", 0.2)
    async with house(sqlite_url) as h:
        await h.form()
        await h.quiet()
        page = await link_of(h)
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="../../etc/passwd"\r\n\r\n'
        body = part + b"a" * 5_000_000 + b"\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        async with h.http.post(h.url + page, data=body, headers=headers) as answer:
            assert answer.status in (400, 413)
        assert not (await h.lead(1001)).permission.opted_out


async def slow(h: House, start: bytes) -> bytes:
    """Send the beginning of a request and nothing more; gives what comes back until they hang up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", h.bot.port)
    writer.write(start)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


async def test_who_sends_headers_a_letter_at_a_time_is_hung_up_on(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.app, "IDLE", 0.3)
    async with house(sqlite_url) as h:
        assert await slow(h, b"") == b""
        assert await slow(h, b"POST /intake/leads HTTP/1.1\r\nHost: x\r\nX-A: ") == b""


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/intake/leads", f"Authorization: Bearer {KEY}\r\n"),
        ("/intake/events", ""),
        ("/slack/events", ""),
    ],
)
async def test_a_body_that_never_ends_is_given_up(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, path: str, headers: str
) -> None:
    for module in (handlers.http.request_body, bot.slack_door):
        monkeypatch.setattr(module, "PATIENCE", 0.2)
    monkeypatch.setattr(bot.app, "LINGER", 0.2)
    async with house(sqlite_url) as h:
        start = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n{headers}\r\n{{"
        stuck = asyncio.create_task(slow(h, start.encode()))
        assert (await h.form())["http"] == 202, "others are served meanwhile"
        assert (await stuck).startswith(b"HTTP/1.1 408 ")


async def test_a_form_on_somebody_s_page_that_never_ends_is_given_up(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.http.own_page, "PATIENCE", 0.2)
    monkeypatch.setattr(bot.app, "LINGER", 0.2)
    async with house(sqlite_url) as h:
        await h.form()
        await h.quiet()
        kind = "Content-Type: application/x-www-form-urlencoded"
        start = f"POST {await link_of(h)} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n{kind}\r\n\r\ndo="
        assert (await slow(h, start.encode())).startswith(b"HTTP/1.1 408 ")
