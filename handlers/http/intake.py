"""Where leads and spend come in over HTTP. Whatever happens, the caller learns what became of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from aiohttp import web

from handlers.flows.receive import Verdict
from handlers.flows.repeats import Answer
from handlers.http.answers import (
    Declined,
    busy,
    declined,
    send,
    silent,
    unavailable,
    verdict_as_json,
    written,
)
from handlers.http.desk import Aside, Desk, Overloaded, StoreDown
from handlers.http.door import Door, in_time, opened_by
from handlers.http.lead_body import Reader, read_lead
from handlers.http.repeats import Repeat, as_one, once
from handlers.http.request_body import parse
from handlers.http.spend_body import read_spend
from handlers.http.told import BadBody, Mistake, kind_of
from qualification.arrival import NewLead
from store.intake import SpendRow

MOST_LEADS = 500
"""Leads in one request (design §2)."""
OWN_SOURCES = ("leads", "events", "spend")

log = logging.getLogger(__name__)
LetIn = Callable[[web.Request], Awaitable[tuple[str, bytes]]]
"""Who is it and what do they bring: workspace and raw body, or `Declined`."""
Act = Callable[[web.Request, str, bytes, Repeat | None], Awaitable[Answer]]
AsSent = Callable[[web.Request, bytes], bytes]
"""The body with what its headers and its address say about it: what is kept aside when something breaks."""


def add_routes(app: web.Application, desk: Desk) -> None:
    """Serve `/intake/leads`, `/intake/spend` and `/intake/{source}`."""
    edge = Edge(desk)
    app.router.add_route("*", "/intake/leads", edge.serve(edge.leads, as_sent=_lead_as_sent))
    app.router.add_route("*", "/intake/spend", edge.serve(edge.spend))
    app.router.add_route("*", "/intake/{source}", edge.serve(edge.from_source))


class Edge:
    """What all of `/intake/*` has in common."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.door = Door(desk)

    def serve(
        self, act: Act, let_in: LetIn | None = None, as_sent: AsSent | None = None
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The way of every request: who is it, how big, has it been done, do it, answer.

        Args:
            let_in: Another door than the one for leads.
            as_sent: What is kept of a body that breaks something on our side; the body as it is otherwise.
        """
        keep = as_sent or _as_it_is

        async def handler(request: web.Request) -> web.Response:
            try:
                return send(await self._answer(request, act, let_in or self.door.let_in, keep))
            except Declined as no:
                return send(no.answer, no.headers)
            except BadBody as bad:
                return send(declined(422, bad.mistakes))

        return handler

    async def _answer(self, request: web.Request, act: Act, let_in: LetIn, as_sent: AsSent) -> Answer:
        if request.method != "POST":
            raise Declined(405, "Send this by POST", headers={"Allow": "POST"})
        try:
            workspace, raw = await let_in(request)

            async def do(repeat: Repeat | None) -> Answer:
                return await self._done_or_kept(request, act, workspace, raw, repeat, as_sent)

            async with in_time():
                return await once(request, raw, workspace, self._desk, do)
        except (Declined, BadBody):
            raise
        except Overloaded as full:
            raise busy(full.retry_after) from full
        except StoreDown as down:
            raise unavailable() from down
        except TimeoutError as hung:
            raise silent() from hung
        except Exception as fault:
            # Not even the quarantine took it. The caller still has it, so the caller must hear that.
            _report(fault, uuid4().hex[:8])
            raise unavailable() from fault

    async def _done_or_kept(
        self,
        request: web.Request,
        act: Act,
        workspace: str,
        raw: bytes,
        repeat: Repeat | None,
        as_sent: AsSent,
    ) -> Answer:
        """What `act` answers. What breaks on our side is kept raw and acknowledged as such, never lost."""
        try:
            return await act(request, workspace, raw, repeat)
        except (Declined, BadBody, Overloaded, StoreDown):
            raise
        except Exception as fault:
            try:
                raw = as_sent(request, raw)
            except Exception as worse:  # reading it is what broke
                _report(worse, "as sent")
            aside = await self.set_aside(workspace, opened_by(request), raw, fault, repeat)
            return written(202, verdict_as_json(aside))

    async def leads(self, request: web.Request, workspace: str, raw: bytes, repeat: Repeat | None) -> Answer:
        """One lead, or `{"leads": […]}`."""
        body = parse(raw, request.content_type)
        if objects_by_header(request):
            body = _objecting(body)
        return await self._take(workspace, "leads", body, repeat)

    async def _take(self, workspace: str, source: str, body: object, repeat: Repeat | None) -> Answer:
        desk = self._desk
        definition = await desk.definition(workspace)
        captured_by = "intake" if source in OWN_SOURCES else source
        reader = Reader(definition, desk.country, desk.zone, desk.clock(), captured_by, tells=True)
        if isinstance(body, dict) and "leads" in body:
            return await self._batch(workspace, source, _items(body["leads"]), reader, repeat)
        lead = _named(read_lead(body, reader), repeat, 0)

        def answer(verdicts: Sequence[Verdict]) -> Answer:
            return written(202, verdict_as_json(verdicts[0]))

        said = await as_one(repeat, answer, lambda once: desk.submit_once(workspace, [lead], once))
        if said is not None:
            return said
        [verdict] = await desk.submit(workspace, [lead])
        if isinstance(verdict, Exception):
            raise verdict
        return answer([verdict])

    async def _batch(
        self,
        workspace: str,
        source: str,
        items: Sequence[object],
        reader: Reader,
        repeat: Repeat | None,
    ) -> Answer:
        """Every item gets its own answer, in order; bad ones don't hold up the others."""
        results: list[dict[str, Any]] = []
        mistakes: list[Mistake] = []
        good: list[NewLead] = []
        places: list[int] = []
        for number, item in enumerate(items):
            try:
                good.append(_named(read_lead(item, reader), repeat, number))
                places.append(number)
                results.append({})
            except BadBody as bad:
                results.append({"status": "invalid", "errors": [m.as_json() for m in bad.mistakes]})
                mistakes += [Mistake(f"leads.{number}.{m.path}".rstrip("."), m.message) for m in bad.mistakes]
        if not good:
            errors = [m.as_json() for m in mistakes]
            return written(422, {"errors": errors, "results": results})

        def answer(verdicts: Sequence[Verdict]) -> Answer:
            for place, verdict in zip(places, verdicts, strict=True):
                results[place] = verdict_as_json(verdict)
            return written(202, {"results": results})

        desk = self._desk
        said = await as_one(repeat, answer, lambda once: desk.submit_once(workspace, good, once))
        if said is not None:
            return said
        verdicts = []
        for place, became in zip(places, await desk.submit(workspace, good), strict=True):
            if isinstance(became, Exception):
                # The others are saved: only this one is kept aside, as a body of its own.
                raw = json.dumps(items[place]).encode()
                verdicts.append(await self.set_aside(workspace, source, raw, became, repeat))
            else:
                verdicts.append(became)
        return answer(verdicts)

    async def set_aside(
        self, workspace: str, source: str, raw: bytes, fault: Exception, repeat: Repeat | None
    ) -> Verdict:
        """Keep raw what broke something on our side: an admin can see and replay it."""
        code = uuid4().hex[:8]
        _report(fault, code)
        aside = Aside(source, raw, f"{type(fault).__name__} ({code})")
        if repeat is None:
            await self._desk.quarantine(workspace, aside)
        else:
            repeat.aside.append(aside)
        reason = f"Kept as it came, not yet a lead: an admin can see and replay it. Code {code}"
        return Verdict("quarantined", reasons=(reason,))

    async def spend(self, request: web.Request, workspace: str, raw: bytes, repeat: Repeat | None) -> Answer:
        """What campaigns cost: one row, or `{"rows": […]}`. All or none."""
        desk, body = self._desk, parse(raw, request.content_type)
        rows = read_spend(body, desk.currency, desk.clock().astimezone(desk.zone).date())

        def answer(saved: Sequence[SpendRow]) -> Answer:
            return written(202, {"saved": len(saved)})

        said = await as_one(repeat, answer, lambda once: desk.spend_once(workspace, rows, once))
        return said or written(202, {"saved": await desk.spend(workspace, rows)})

    async def from_source(
        self, request: web.Request, workspace: str, raw: bytes, repeat: Repeat | None
    ) -> Answer:
        """An outside system's own payload, read by its parser."""
        source = request.match_info["source"]
        parser = self._desk.parsers.get(source)
        if parser is None:
            known = ", ".join([*OWN_SOURCES, *sorted(self._desk.parsers)])
            raise Declined(404, f"No such source. There are: {known}")
        bodies = list(parser(raw, request.headers))
        if not bodies:  # a ping, or an event that says nothing about a person
            return written(202, {"results": []})
        return await self._take(workspace, source, {"leads": bodies}, repeat)


def _items(leads: object) -> list[object]:
    if not isinstance(leads, list):
        raise BadBody([Mistake("leads", f"Must be a list of leads, not {kind_of(leads)}")])
    if not leads:
        raise BadBody([Mistake("leads", "The list is empty")])
    if len(leads) > MOST_LEADS:
        raise BadBody([Mistake("leads", f"At most {MOST_LEADS} leads in one request")])
    return leads


def objects_by_header(request: web.Request) -> bool:
    """Whether the browser says "do not sell or share" for whoever uses it."""
    return request.headers.get("Sec-GPC") == "1"


def _as_it_is(_request: web.Request, raw: bytes) -> bytes:
    return raw


def _lead_as_sent(request: web.Request, raw: bytes) -> bytes:
    if not objects_by_header(request):
        return raw
    return json.dumps(_objecting(parse(raw, request.content_type))).encode()


def _objecting(body: object) -> object:
    """The browser said it for them, whatever the form sent."""
    if not isinstance(body, dict):
        return body
    if isinstance(body.get("leads"), list):
        return {**body, "leads": [_objecting(one) for one in body["leads"]]}
    return {**body, "do_not_sell_or_share": True}


def _named(lead: NewLead, repeat: Repeat | None, number: int) -> NewLead:
    """A repeatable request names its leads: those saved piece by piece, or sent again after the day in which
    its answer is kept, are seen as duplicates."""
    if repeat is None or lead.external_id:
        return lead
    return replace(lead, request_id=f"{repeat.name.of_items}:{number}")


def _report(fault: Exception, code: str) -> None:
    """Log what broke. The fault's own text may quote the lead, so only its kind and place are told."""
    log.error("Intake %s: %s at %s", code, type(fault).__name__, _place(fault))


def _place(fault: Exception) -> str:
    last = fault.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
