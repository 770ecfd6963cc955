"""A request's body: within size, of a kind we read, and free of JSON's traps."""

from __future__ import annotations

import json
from asyncio import timeout
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from handlers.http.answers import Declined

LARGEST = 1024 * 1024
"""Bytes in one request (design §2)."""
PATIENCE = 30.0
"""Seconds for a whole body: who sends a byte at a time must not hold a connection for ever."""
MOST_FORM_FIELDS = 1_000
FORM = "application/x-www-form-urlencoded"


async def read_raw(request: web.Request) -> bytes:
    """The body as it came. Signatures are over these bytes.

    Raises:
        Declined: 413 too large, 408 too slow, 400 broken in transit.
    """
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    # Counted here, not by the application's own limit: that one is also Slack's, and refuses its exact size.
    raw = bytearray()
    try:
        async with timeout(PATIENCE):
            while piece := await request.content.readany():
                raw += piece
                if len(raw) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise Declined(408, f"The body did not come to its end in {PATIENCE:g} seconds") from None
    except (ClientPayloadError, HttpProcessingError, web.RequestPayloadError) as broken:
        raise Declined(400, "The body broke off or isn't packed as its headers say") from broken
    return bytes(raw)


def parse(raw: bytes, content_type: str) -> Any:
    """The body's content: any JSON value, or a form's fields as a dict of text.

    A repeated form field counts once, last one wins, as checkboxes with a hidden "0" before them mean it.

    Raises:
        Declined: 415 another kind of content, 400 broken.
    """
    if content_type == FORM:
        # No browser leaves "{" unescaped: this is JSON sent by a client that forgot to say so (curl -d).
        return parse_json(raw) if raw.lstrip()[:1] == b"{" else _parse_form(raw)
    # application/octet-stream is what aiohttp says where the header is missing.
    if content_type in ("application/json", "application/octet-stream") or content_type.endswith("+json"):
        return parse_json(raw)
    raise Declined(415, f"Send application/json or {FORM}")


def parse_json(raw: bytes) -> Any:
    """Strict JSON: no NaN, no key twice, no nesting that overflows.

    Raises:
        Declined: 400, with the place where it broke.
    """
    try:
        return json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Declined(400, "The JSON is nested too deeply") from None
    except json.JSONDecodeError as broken:
        raise Declined(
            400, f"Broken JSON at line {broken.lineno}, column {broken.colno}: {broken.msg}"
        ) from None
    except UnicodeDecodeError:
        raise Declined(400, "The JSON isn't UTF-8") from None
    except ValueError:
        raise Declined(400, "The JSON has a number that is too long") from None


def _parse_form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS, errors="replace"
        )
    except UnicodeDecodeError:
        raise Declined(400, "The form isn't UTF-8") from None
    except ValueError:
        raise Declined(400, f"The form has more than {MOST_FORM_FIELDS:,} fields") from None
    return dict(pairs)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Declined(400, "This key is there twice", path=twice[:80])
    return content


def _no_constant(word: str) -> NoReturn:
    raise Declined(400, f"{word} is no JSON number")


def _too_large() -> Declined:
    return Declined(413, f"At most {LARGEST:,} bytes in one request")
