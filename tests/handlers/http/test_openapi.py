"""The description for machines tells the truth."""

from __future__ import annotations

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator
from prometheus_client import CollectorRegistry

from handlers.flows.office import Office as Firm
from handlers.flows.office import Setup
from handlers.http.events import add_event_routes
from handlers.http.health import Health, add_health
from handlers.http.intake import add_routes
from handlers.http.kpi import add_kpi_routes
from handlers.http.openapi import add_openapi, description
from store.store import Store
from store.work import utc_now
from tests.behaviour.test_door import Heard
from tests.handlers.http.conftest import Post
from tests.handlers.http.office import Office
from tests.handlers.http.test_lead_body import CONTRACT

API = description("1.2.3")


def holds(name: str, body: object) -> None:
    """Check a body against one of the described schemas."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": API["components"]}
    Draft202012Validator(schema).validate(body)


async def test_it_is_served_and_names_the_version():
    app = web.Application()
    add_openapi(app, "1.2.3")
    async with TestClient(TestServer(app)) as client:
        body = await (await client.get("/openapi.json")).json()

    assert (body["openapi"], body["info"]["version"]) == ("3.1.0", "1.2.3")


def test_every_served_route_is_described_and_the_reverse(office: Office, sqlite_url: str):
    async def probe() -> Health:
        raise AssertionError

    async def nothing() -> None:
        raise AssertionError

    app = web.Application()
    add_event_routes(app, office.desk(), Heard())
    add_routes(app, office.desk())
    add_kpi_routes(app, Firm(Store(sqlite_url), Setup(), utc_now), "W1")
    add_health(app, probe, CollectorRegistry(), nothing)
    add_openapi(app, "1")

    served = {resource.canonical for resource in app.router.resources()}
    assert served == set(API["paths"])


def test_every_reference_leads_somewhere():
    for name in re.findall(r"#/components/schemas/(\w+)", str(API)):
        assert name in API["components"]["schemas"]


@pytest.mark.parametrize("schema", sorted(API["components"]["schemas"]))
def test_every_schema_is_one(schema):
    Draft202012Validator.check_schema(API["components"]["schemas"][schema])


async def test_what_goes_in_and_out_is_as_described(post: Post):
    holds("LeadRequest", CONTRACT)
    _, single = await post(json=CONTRACT)
    holds("LeadAnswer", single)
    _, batch = await post(json={"leads": [CONTRACT, {"email": "no"}]})
    holds("LeadAnswer", batch)
    _, refused = await post(json={"email": "no"})
    holds("Errors", refused)
    row = {"source": "x", "from": "2026-10-01", "to": "2026-10-31", "amount": 5}
    holds("SpendRequest", row)
    holds("SpendAnswer", (await post("spend", json=row))[1])
