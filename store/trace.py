"""One id from a request to everything that follows from it: answer, log lines, jobs, deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

trace: ContextVar[str] = ContextVar("trace", default="")
"""The request that the present work goes back to; empty for what nobody asked for (the nightly sweep)."""
TRACE = "trace"
"""Under this name a job's payload says where it comes from."""
_HARMLESS = re.compile(r"[0-9a-fA-F-]{8,64}")


def new_trace(given: str | None = None) -> str:
    """The id the caller gave, if it is one that can't say anything about a person, else a new one."""
    return given if given and _HARMLESS.fullmatch(given) else token_hex(8)


@contextmanager
def traced(name: str) -> Iterator[None]:
    """What is done here goes back to this request."""
    token = trace.set(name)
    try:
        yield
    finally:
        trace.reset(token)
