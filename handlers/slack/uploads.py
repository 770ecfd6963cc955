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
from yarl import URL

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
    address = about.get("url_private_download") or about.get("url_private") or ""
    content = await _bytes(client, str(address))
    with tempfile.TemporaryDirectory(prefix="greenlight-import-") as folder:
        path = Path(folder) / "upload.csv"
        await asyncio.to_thread(path.write_bytes, content)
        yield Upload(path, str(about["name"]), datetime.fromtimestamp(int(about["created"]), UTC))


def is_slacks(address: str, api: str) -> bool:
    """Whether this is a file on Slack's servers, or on those that we were told to take for Slack's."""
    try:
        url, known = URL(address), URL(api)
    except ValueError:
        return False
    if url.user or url.password:
        return False
    host = (url.host or "").lower()
    return url.origin() == known.origin() if host == known.host else _is_files_host(url.scheme, host)


def _is_files_host(scheme: str, host: str) -> bool:
    return scheme == "https" and host.endswith(".slack.com")


async def _bytes(client: AsyncWebClient, address: str) -> bytes:
    # Somebody may have a "file" in Slack that stands on a server of theirs: our token is not for it.
    if not is_slacks(address, client.base_url):
        raise Refused("That file is not on Slack's own servers. Upload it to Slack itself.")
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        aiohttp.ClientSession(timeout=_PATIENCE) as session,
        session.get(address, headers=headers, allow_redirects=False) as answer,
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
