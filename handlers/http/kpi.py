"""Numbers for programs: `GET /kpi/NAME.json` and `.csv`, with a manager's key (`/kpi key`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from handlers.flows.guessing import Guesses
from handlers.flows.kpi import answer
from handlers.flows.kpi_asking import read_parts
from handlers.flows.kpi_keys import holder
from handlers.flows.office import Office
from handlers.http.answers import Declined, declined, send, too_long, unavailable, written
from handlers.http.api_routes import KPI_PARAMETERS
from handlers.http.door import not_too_often
from handlers.http.keys import bearer_key
from handlers.http.told import Mistake
from handlers.views.kpi_csv import as_csv
from qualification.errors import Refused
from qualification.kpi import KPIS
from store.signs import DatabaseAway

LONGEST = 30.0
"""Seconds until a program is told to come back: what it asked is broken off."""
AT_ONCE = 2
"""Questions of programs that are counted at the same time; more of them wait, and people's own do not."""
log = logging.getLogger(__name__)


def add_kpi_routes(
    app: web.Application,
    office: Office,
    where: str,
    guesses: Guesses | None = None,
    *,
    longest: float = LONGEST,
    turns: asyncio.Semaphore | None = None,
) -> None:
    """Serve `/kpi/NAME.json` and `/kpi/NAME.csv`; each with the parameters of `KPI_PARAMETERS`.

    Args:
        guesses: Who tried wrong keys lately, here and elsewhere.
        longest: Seconds for one answer, waiting for a turn included.
        turns: Who has one is counted for; AT_ONCE of our own unless given.
    """
    tried, turns = guesses or Guesses(), turns or asyncio.Semaphore(AT_ONCE)

    async def handler(request: web.Request) -> web.Response:
        try:
            await _let_in(request, office, where, tried)
            async with asyncio.timeout(longest), turns:
                return await _answered(request, office, where)
        except Declined as no:
            return send(no.answer, no.headers)
        except TimeoutError:
            late = too_long(longest)
            return send(late.answer, late.headers)
        except DatabaseAway:
            away = unavailable()
            return send(away.answer, away.headers)

    app.router.add_get("/kpi/{name}.{kind}", handler)


async def _let_in(request: web.Request, office: Office, where: str, guesses: Guesses) -> None:
    """Raises Declined for whoever has no manager's key."""
    key = bearer_key(request.headers.get("Authorization"))
    if key is None:
        raise _no_key()
    not_too_often(guesses, request, key)
    if await holder(office, where, key) is None:
        guesses.wrong(request.remote or "")
        raise _no_key()
    guesses.right(request.remote or "", key)


async def _answered(request: web.Request, office: Office, where: str) -> web.Response:
    name, kind = request.match_info["name"], request.match_info["kind"]
    if name not in KPIS or kind not in ("json", "csv"):
        known = ", ".join(KPIS)
        raise Declined(404, f"There is no such number. I know {known}, each as .json and .csv")
    asked = _asked(request.query)
    try:
        question = await read_parts(office, where, name, **asked)
    except Refused as no:
        return send(declined(422, [Mistake("query", str(no))]))
    told = (await answer(office, where, question, None)).answer
    if kind == "json":
        return send(written(200, told.to_json()))
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return web.Response(text=as_csv(told), content_type="text/csv", charset="utf-8", headers=disposition)


def _no_key() -> Declined:
    return Declined(
        401,
        "Send a manager's key as “Authorization: Bearer KEY”; `/kpi key` in Slack makes one",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _asked(query: Mapping[str, Any]) -> dict[str, str]:
    """Raises Declined for a parameter we don't have: a typing mistake must not answer another question."""
    unknown = [name for name in query if name not in KPI_PARAMETERS]
    if unknown:
        raise Declined(
            422, f"There is no such parameter. I know {', '.join(KPI_PARAMETERS)}", path=unknown[0][:40]
        )
    return {name: str(query[name]) for name in KPI_PARAMETERS if query.get(name)}
