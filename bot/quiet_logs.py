"""What strangers send is no news: a request broken on purpose must not fill the log, nor be quoted in it."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from qualification.errors import fault

THEIRS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


def log_only_our_faults() -> None:
    """aiohttp logs a whole trace for each request that is no HTTP, or isn't packed as its headers say."""
    server = logging.getLogger("aiohttp.server")
    if not any(isinstance(one, _OnlyOurs) for one in server.filters):
        server.addFilter(_OnlyOurs())


class _OnlyOurs(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what is theirs; of ours tell where it was, without the words that may quote a lead."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, THEIRS):
            return False
        if error is not None:
            record.msg, record.args = "%s: %s", (record.getMessage(), fault(error))
            record.exc_info = record.exc_text = None
        return True
