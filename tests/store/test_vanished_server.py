"""A database's machine that vanishes closes nothing. The system is told to ask whether it is still there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import URL, make_url, text

from store.postgres import GONE, listening_engine
from store.store import Store


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has all of them")
async def test_every_connection_over_the_network_is_watched(postgres_url: str) -> None:
    async with by_network(make_url(postgres_url)) as url:
        store, listening = Store(url.render_as_string(hide_password=False)), listening_engine(url)
        async with store.writing() as writing, store.reading() as reading, listening.connect() as ear:
            for connection in (writing, reading, ear):
                assert (await connection.execute(text("SELECT 1"))).scalar() == 1
                line = (await _raw(connection)).get_extra_info("socket")
                assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                # Data that nobody confirms, and a line on which nothing is sent, end alike.
                assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == GONE * 1000
                idle, asked, often = (
                    line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                    for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
                )
                assert idle + asked * often == GONE
        await store.close()
        await listening.dispose()


async def _raw(connection: Any) -> asyncio.Transport:
    driver = (await connection.get_raw_connection()).driver_connection
    transport: asyncio.Transport = driver._transport
    return transport


@asynccontextmanager
async def by_network(url: URL) -> AsyncIterator[URL]:
    """The same database over TCP; the tests' own server listens on a Unix socket."""
    folder = url.query.get("host")
    if not isinstance(folder, str) or not folder.startswith("/"):
        yield url
        return

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
        sink.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield url.difference_update_query(["host"]).set(host="127.0.0.1", port=port)
