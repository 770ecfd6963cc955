"""Numbers for programs: `GET /kpi/NAME.json` and `.csv`, with a manager's key (`/kpi key`)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from handlers.flows.kpi import answer, read_question
from handlers.flows.kpi_keys import holder
from handlers.flows.office import Office
from handlers.http.answers import Declined, declined, send, unavailable, written
from handlers.http.door import not_too_often
from handlers.http.guessing import Guesses
from handlers.http.keys import bearer_key
from handlers.http.told import Mistake
from handlers.views.kpi_csv import as_csv
from qualification.errors import Refused
from qualification.kpi import KPIS
from store.signs import DatabaseAway

PARAMETERS = ("period", "by", "model", "experiment")
log = logging.getLogger(__name__)


def add_kpi_routes(app: web.Application, office: Office, where: str, guesses: Guesses | None = None) -> None:
    """Serve `/kpi/NAME.json` and `/kpi/NAME.csv`; `?period=`, `?by=`, `?model=` and `?experiment=`.

    Args:
        guesses: Who tried wrong keys lately, here and elsewhere.
    """
    tried = guesses or Guesses()

    async def handler(request: web.Request) -> web.Response:
        try:
            return await _answered(request, office, where, tried)
        except Declined as no:
            return send(no.answer, no.headers)
        except DatabaseAway:
            away = unavailable()
            return send(away.answer, away.headers)

    app.router.add_get("/kpi/{name}.{kind}", handler)


async def _answered(request: web.Request, office: Office, where: str, guesses: Guesses) -> web.Response:
    key = bearer_key(request.headers.get("Authorization"))
    if key is None:
        raise _no_key()
    not_too_often(guesses, request, key)
    if await holder(office, where, key) is None:
        guesses.wrong(request.remote or "")
        raise _no_key()
    guesses.right(request.remote or "", key)
    name, kind = request.match_info["name"], request.match_info["kind"]
    if name not in KPIS or kind not in ("json", "csv"):
        known = ", ".join(KPIS)
        raise Declined(404, f"There is no such number. I know {known}, each as .json and .csv")
    asked = _asked(request.query)
    try:
        question = await read_question(office, where, name, **asked)
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
    unknown = [name for name in query if name not in PARAMETERS]
    if unknown:
        raise Declined(
            422, f"There is no such parameter. I know {', '.join(PARAMETERS)}", path=unknown[0][:40]
        )
    return {name: str(query[name]) for name in PARAMETERS if query.get(name)}
