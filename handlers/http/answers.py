"""What the edge says back: always JSON, and for every refusal what to do about it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from handlers.flows.receive import Verdict
from handlers.flows.repeats import Answer
from handlers.http.told import Mistake


class Declined(Exception):
    """The request can't be taken as it is: an HTTP status, why, and where in the body."""

    def __init__(
        self, status: int, message: str, *, path: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.answer = declined(status, [Mistake(path, message)])
        self.headers = dict(headers or {})


def declined(status: int, mistakes: Sequence[Mistake]) -> Answer:
    """`{"errors": [{"path", "message"}]}`; the path is empty where the whole request is meant."""
    return written(status, {"errors": [mistake.as_json() for mistake in mistakes]})


def busy(retry_after: float) -> Declined:
    """429 with a Retry-After of whole seconds, at least one."""
    seconds = max(1, math.ceil(retry_after))
    return Declined(
        429,
        f"Busy. Nothing was saved; please send it again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )


def unavailable() -> Declined:
    """503: nothing was saved."""
    return Declined(
        503,
        "The database can't be reached. Nothing was saved; please send it again later",
        headers={"Retry-After": "5"},
    )


def silent() -> Declined:
    """503: the database can be reached and does not answer, so nobody knows what became of it."""
    return Declined(
        503,
        "The database does not answer, so this may be saved or not. Please send it again later; "
        "with an Idempotency-Key it is done once",
        headers={"Retry-After": "30"},
    )


def too_long(seconds: float) -> Declined:
    """503: nobody waits for an answer for longer than that."""
    return Declined(
        503,
        f"No answer within {seconds:.0f} s. Please ask for a shorter period, or again later",
        headers={"Retry-After": "30"},
    )


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict in the contract's words."""
    # Waiting for permission is no sixth status outside: it isn't a lead yet, and the reasons say so.
    status = "not_a_lead" if verdict.status == "waiting" else verdict.status
    return {
        "status": status,
        "lead": verdict.lead,
        "stage": verdict.stage,
        "score": verdict.score,
        "reasons": list(verdict.reasons),
    }


def written(status: int, body: object) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False, separators=(",", ":")))


def send(answer: Answer, headers: Mapping[str, str] | None = None) -> web.Response:
    # Whatever in an answer came from outside and is no valid text (a lone surrogate) must not stop it.
    return web.Response(
        status=answer.status,
        body=answer.body.encode("utf-8", "replace"),
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )
