"""`POST /intake/events`: what Segment's and RudderStack's libraries send, one call or a batch.

The libraries add `/v1/batch`, `/v1/track` and so on to the address they are given, so these are served too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from handlers.flows.repeats import Answer, Conflict, Once
from handlers.http.answers import Declined, written
from handlers.http.desk import Desk
from handlers.http.door import unknown_key
from handlers.http.event_body import CALLS, OBJECTS, Ear, read_signal
from handlers.http.intake import Edge, objects_by_header
from handlers.http.keys import basic_key, bearer_key
from handlers.http.lead_body import Reader
from handlers.http.repeats import Repeat, as_one
from handlers.http.request_body import parse_json, read_raw
from handlers.http.told import BadBody, Mistake
from qualification.signal import CAPTURED_BY, Signal

LARGEST_EVENT = 32 * 1024
LARGEST_BATCH = 500 * 1024
"""Bytes, as Segment has them."""
MOST_MESSAGES = 2_500


class Hearing(Protocol):
    """What takes signals in. Each call may raise StoreDown or Overloaded."""

    async def hear(self, workspace: str, signals: Sequence[Signal]) -> Sequence[str | Exception]:
        """ "taken" or "duplicate" for each, or what broke on our side over this one alone."""

    async def hear_once(
        self, workspace: str, signals: Sequence[Signal], once: Once[str]
    ) -> Answer | Conflict:
        """The same with the answer, in one transaction: the one given before, if this was done before.

        Raises:
            Exception: what one of them broke on our side; then nothing is saved.
        """


def add_event_routes(app: web.Application, desk: Desk, hearing: Hearing) -> None:
    """Serve `/intake/events`, and below it the paths that the libraries add."""
    edge = Edge(desk)
    door = _Events(desk, hearing, edge)
    for path in ("/intake/events", "/intake/events/v1/{call}"):
        app.router.add_route("*", path, edge.serve(door.events, door.let_in, as_sent))


class _Events:
    def __init__(self, desk: Desk, hearing: Hearing, edge: Edge) -> None:
        self._desk, self._hearing, self._edge = desk, hearing, edge

    async def let_in(self, request: web.Request) -> tuple[str, bytes]:
        """Basic with the key as user, Bearer, a signature, or a `writeKey` in the body."""
        authorization = request.headers.get("Authorization")
        if bearer_key(authorization) or "X-Signature" in request.headers:
            return await self._edge.door.let_in(request)
        key = basic_key(authorization)
        if key is None and authorization:
            raise unknown_key()
        raw = await read_raw(request)
        if key is None:
            body = parse_json(raw)
            key = body.get("writeKey") if isinstance(body, dict) else None
        if not isinstance(key, str):
            raise unknown_key()
        return await self._edge.door.holder(request, key), raw

    async def events(self, request: web.Request, workspace: str, raw: bytes, repeat: Repeat | None) -> Answer:
        """Every message that can be taken is; of the others the answer says what is wrong with them."""
        body = parse_json(raw)
        if not isinstance(body, dict):
            raise BadBody([Mistake("", "Must be an object: one call, or {“batch”: […]}")])
        call = _call(request)
        many = call is None and "batch" in body
        found = _batch(body, raw) if many else [body]
        ear = await self._ear(workspace, body if many else {}, objects_by_header(request))
        signals: list[Signal] = []
        places: list[int] = []
        errors: list[dict[str, Any]] = []
        for place, message in enumerate(found):
            try:
                _small_enough(message, raw, alone=not many)
                signals.append(read_signal(message, ear, call))
                places.append(place)
            except BadBody as bad:
                errors += _errors(bad, message, f"batch.{place}." if many else "")

        def answer(_heard: Sequence[str]) -> Answer:
            return written(200, {"success": True, "errors": errors} if errors else {"success": True})

        if not signals:
            return answer([])
        hearing = self._hearing
        said = await as_one(repeat, answer, lambda once: hearing.hear_once(workspace, signals, once))
        if said is not None:
            return said
        for place, heard in zip(places, await hearing.hear(workspace, signals), strict=True):
            if isinstance(heard, Exception):
                # The others are saved: only this one is kept aside, as a message of its own.
                alone = json.dumps(_alone(found[place], call, body if many else {}, ear.objects)).encode()
                aside = await self._edge.set_aside(workspace, "events", alone, heard, repeat)
                told = BadBody([Mistake("", aside.reasons[0])])
                errors += _errors(told, found[place], f"batch.{place}." if many else "")
        return answer([])

    async def _ear(self, workspace: str, batch: Mapping[str, Any], objects: bool) -> Ear:
        return make_ear(
            Reader(
                await self._desk.definition(workspace),
                self._desk.country,
                self._desk.zone,
                self._desk.clock(),
                CAPTURED_BY,
            ),
            workspace,
            batch,
            objects=objects,
        )


def as_sent(request: web.Request, raw: bytes) -> bytes:
    """A body with what its address and its headers said, to be kept: it is read without them later."""
    body, objects = parse_json(raw), objects_by_header(request)
    if not isinstance(body, dict):
        return raw
    call = _call(request)
    if call is None and isinstance(body.get("batch"), list):
        told = [_alone(message, None, body, objects) for message in body["batch"]]
        return json.dumps({**body, "batch": told}).encode()
    return json.dumps(_alone(body, call, {}, objects)).encode()


def _alone(message: Any, call: str | None, batch: Mapping[str, Any], objects: bool) -> Any:
    """A message as it was meant, without the batch, the address and the headers it came with."""
    if not isinstance(message, dict):
        return message
    alone = dict(message)
    if call:
        alone["type"] = call
    if alone.get("sentAt") in (None, "") and batch.get("sentAt") is not None:
        alone["sentAt"] = batch["sentAt"]
    of_batch, own = batch.get("context"), message.get("context")
    if isinstance(of_batch, Mapping) and (own is None or isinstance(own, Mapping)):
        alone["context"] = {**of_batch, **(own or {})}
    if objects:
        alone[OBJECTS] = True
    return alone


def make_ear(reader: Reader, workspace: str, batch: Mapping[str, Any], *, objects: bool = False) -> Ear:
    """What reading the messages of a batch needs to know."""
    context = batch.get("context")
    of_batch = context if isinstance(context, Mapping) else None
    return Ear(reader, workspace, batch.get("sentAt"), of_batch, objects)


def _call(request: web.Request) -> str | None:
    """What the address says the call is; None where the body says it."""
    call = request.match_info.get("call")
    if call in (None, "batch", "import"):
        return None
    if call in CALLS:
        return call
    raise Declined(404, f"No such call. There are: batch, {', '.join(CALLS)}")


def _batch(body: Mapping[str, Any], raw: bytes) -> list[Any]:
    if len(raw) > LARGEST_BATCH:
        raise Declined(413, f"A batch has at most {LARGEST_BATCH:,} bytes")
    found = body["batch"]
    if not isinstance(found, list):
        raise BadBody([Mistake("batch", "Must be a list of messages")])
    if len(found) > MOST_MESSAGES:
        raise Declined(413, f"At most {MOST_MESSAGES:,} messages in one batch")
    return found


def _small_enough(message: object, raw: bytes, *, alone: bool) -> None:
    if alone and len(raw) > LARGEST_EVENT:
        raise Declined(400, f"An event has at most {LARGEST_EVENT:,} bytes")
    if not alone and len(raw) > LARGEST_EVENT and len(json.dumps(message)) > LARGEST_EVENT:
        raise BadBody([Mistake("", f"An event has at most {LARGEST_EVENT:,} bytes")])


def _errors(bad: BadBody, message: object, prefix: str) -> list[dict[str, Any]]:
    named = message.get("messageId") if isinstance(message, dict) else None
    sent = {"messageId": named[:200]} if isinstance(named, str) else {}
    return [{"path": f"{prefix}{m.path}".rstrip("."), "message": m.message, **sent} for m in bad.mistakes]
