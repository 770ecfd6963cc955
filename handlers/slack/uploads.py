"""A file somebody uploaded in Slack, on this machine for as long as it is read."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from qualification.errors import Refused

LARGEST = 10 * 1024 * 1024
"""Bytes; Slack takes no larger ones in a dialog either."""
_PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Upload:
    """The file: where it lies, what it is called, when it was uploaded."""

    path: Path
    name: str
    created: datetime


@asynccontextmanager
async def downloaded(client: AsyncWebClient, file_id: str) -> AsyncIterator[Upload]:
    """Fetch a file with the app's token; it is deleted at the end.

    Raises:
        Refused: it is gone, too large, or Slack does not hand it out.
    """
    about = (await client.files_info(file=file_id))["file"]
    content = await _bytes(client, str(about["url_private_download"]))
    with tempfile.TemporaryDirectory(prefix="greenlight-import-") as folder:
        path = Path(folder) / "upload.csv"
        await asyncio.to_thread(path.write_bytes, content)
        yield Upload(path, str(about["name"]), datetime.fromtimestamp(int(about["created"]), UTC))


async def _bytes(client: AsyncWebClient, address: str) -> bytes:
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        aiohttp.ClientSession(timeout=_PATIENCE) as session,
        session.get(address, headers=headers) as answer,
    ):
        # Without the scope Slack answers with its sign-in page, and 200.
        if answer.status != 200 or answer.content_type == "text/html":
            raise Refused("Slack did not hand out the file. Has the app the scope files:read?")
        content = bytearray()
        async for part in answer.content.iter_chunked(1 << 16):
            content += part
            if len(content) > LARGEST:
                raise Refused("The file is larger than 10 MB. Use `python -m bot import` for it.")
    return bytes(content)
