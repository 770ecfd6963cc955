"""GET /openapi.json: the contract for machines, drawn from the tables that the code itself reads."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from handlers.flows.repeats import Answer
from handlers.http.answers import send
from handlers.http.api_routes import ROUTES, Route
from handlers.http.event_body import CALLS
from handlers.http.events import MOST_MESSAGES
from handlers.http.health import PARTS
from handlers.http.intake import MOST_LEADS
from handlers.http.lead_fields import FIELDS
from handlers.http.request_body import FORM
from handlers.http.spend_body import MOST_ROWS, SPEND_FIELDS
from handlers.http.told import LONGEST
from qualification.permission import PURPOSES

Json = dict[str, Any]


def add_openapi(app: web.Application, version: str) -> None:
    """Serve `/openapi.json`."""
    answer = Answer(200, json.dumps(description(version), ensure_ascii=False))

    async def openapi(_: web.Request) -> web.Response:
        return send(answer)

    app.router.add_get("/openapi.json", openapi)


def description(version: str) -> Json:
    """The OpenAPI 3.1 document."""
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Greenlight",
            "version": version,
            "description": "Leads and spend in, numbers and health out.",
        },
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": _keys()},
        "security": [{"key": []}, {"time": [], "signature": []}],
    }


def _operation(route: Route) -> Json:
    operation: Json = {
        "summary": route.does,
        "operationId": "_".join([route.method, *re.findall(r"\w+", route.path)]),
        "responses": {
            str(status): {
                "description": means,
                **({"content": {"application/json": {"schema": _ref(schema)}}} if schema else {}),
            }
            for status, (means, schema) in route.answers.items()
        },
    }
    if route.path.startswith("/intake/events"):
        operation["security"] = [{"key": []}, {"write_key": []}, {"time": [], "signature": []}]
    if route.open:
        operation["security"] = []
    elif route.method == "post":
        operation["parameters"] = [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "For 24 h the same key and body get the same answer and are done once.",
            }
        ]
    for name in re.findall(r"{(\w+)}", route.path):
        operation.setdefault("parameters", []).append(
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        )
    for name, means in route.asks.items():
        operation.setdefault("parameters", []).append(
            {"name": name, "in": "query", "schema": {"type": "string"}, "description": means}
        )
    if route.takes:
        schema = {"schema": _ref(route.takes)}
        operation["requestBody"] = {"required": True, "content": {"application/json": schema, FORM: schema}}
    return operation


def _schemas() -> Json:
    text: Json = {"type": "string"}
    lead = _object({name: _lead_field(name) for name in FIELDS})
    lead["additionalProperties"] = True
    verdict = _object(
        {
            "status": {"enum": ["created", "updated", "duplicate", "not_a_lead", "quarantined"]},
            "lead": {"type": ["string", "null"], "examples": ["L-1042"]},
            "stage": {"type": ["string", "null"]},
            "score": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
            "reasons": {"type": "array", "items": text},
        },
        required=("status", "lead", "stage", "score", "reasons"),
    )
    mistake = _object({"path": text, "message": text}, required=("path", "message"))
    mistakes: Json = {"type": "array", "items": _ref("Mistake")}
    invalid = _object({"status": {"const": "invalid"}, "errors": mistakes}, required=("status", "errors"))
    spend = _object(
        {
            name: {
                "type": list(field.type.split("|")),
                "description": field.means,
                "examples": [field.example],
            }
            for name, field in SPEND_FIELDS.items()
        },
        required=("source", "from", "to", "amount"),
    )
    ok = {name: {"enum": ["ok", bad]} for name, bad in PARTS.items()}
    return {
        "Lead": lead,
        # Any object is a lead, unknown fields and all: also a batch. So it is "any", not "one".
        "LeadRequest": {"anyOf": [_ref("Lead"), _list_of("leads", "Lead", MOST_LEADS)]},
        "Verdict": verdict,
        "Invalid": invalid,
        "LeadAnswer": {
            "oneOf": [
                _ref("Verdict"),
                _object(
                    {"results": {"type": "array", "items": {"oneOf": [_ref("Verdict"), _ref("Invalid")]}}},
                    required=("results",),
                ),
            ]
        },
        "Mistake": mistake,
        "Errors": _object({"errors": mistakes}, required=("errors",)),
        "Spend": spend,
        "SpendRequest": {"oneOf": [_ref("Spend"), _list_of("rows", "Spend", MOST_ROWS)]},
        **_events(text, mistake),
        "SpendAnswer": _object({"saved": {"type": "integer"}}, required=("saved",)),
        "Readiness": _object({"ready": {"type": "boolean"}, **ok}),
    }


def _events(text: Json, mistake: Json) -> Json:
    when: Json = {"type": "string", "format": "date-time"}
    thing: Json = {"type": "object"}
    message = _object(
        {
            "type": {"enum": list(CALLS)},
            **dict.fromkeys(("messageId", "userId", "anonymousId", "event", "name", "previousId"), text),
            **dict.fromkeys(("timestamp", "originalTimestamp", "sentAt"), when),
            **dict.fromkeys(("properties", "traits", "context"), thing),
        }
    )
    batch = _object(
        {"batch": {"type": "array", "maxItems": MOST_MESSAGES, "items": _ref("Event")}, "sentAt": when},
        required=("batch",),
    )
    error = _object({**mistake["properties"], "messageId": text}, required=("path", "message"))
    answer = _object(
        {"success": {"const": True}, "errors": {"type": "array", "items": error}}, required=("success",)
    )
    return {"Event": message, "EventRequest": {"anyOf": [_ref("Event"), batch]}, "EventAnswer": answer}


def _lead_field(name: str) -> Json:
    field = FIELDS[name]
    schema: Json = {"description": field.means, "examples": [field.example]}
    if field.also:
        schema["description"] += f". Also read as {', '.join(field.also)}"
    if name == "consent":
        consent = _object(
            {
                "granted": {"type": "boolean"},
                "purposes": {"type": "array", "items": {"enum": list(PURPOSES)}},
                "text_version": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "basis": {"type": "string"},
            },
            required=("granted",),
        )
        return {**schema, "anyOf": [consent, {"type": ["boolean", "string"]}]}
    if field.type == "string":
        schema["maxLength"] = LONGEST
    if name == "employees":
        return {**schema, "type": ["integer", "string"], "minimum": 0}
    if name == "occurred_at":
        schema["format"] = "date-time"
    return {**schema, "type": field.type}


def _object(properties: Json, required: tuple[str, ...] = ()) -> Json:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _list_of(name: str, schema: str, most: int) -> Json:
    items = {"type": "array", "items": _ref(schema), "minItems": 1, "maxItems": most}
    return _object({name: items}, required=(name,))


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _keys() -> Json:
    return {
        "key": {"type": "http", "scheme": "bearer"},
        "write_key": {"type": "http", "scheme": "basic", "description": "The key as user name, no password."},
        "time": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Timestamp",
            "description": "Unix seconds, at most 300 off. Goes with X-Signature.",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Signature",
            "description": 'sha256= and the hex HMAC-SHA256 of timestamp + "." + raw body under the key.',
        },
    }
