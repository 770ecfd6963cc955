"""What `/openapi.json` promises, held against each answer."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from handlers.http.openapi import description
from tests.fuzz.requests import Sent

API = description("fuzz")


def broken_promise(sent: Sent, status: int, content_type: str, body: bytes) -> str | None:
    """What is wrong with this answer; None when it is as described."""
    if status >= 500:
        return f"{status}"
    if b'"status":"quarantined"' in body:
        return "it broke something on our side, and was kept aside"
    if not sent.path:
        return None
    answers = API["paths"][sent.path][sent.method.lower()]["responses"]
    if str(status) not in answers:
        return f"{status} is not described"
    schema = answers[str(status)].get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    if content_type != "application/json":
        return f"{status} came as {content_type}"
    error = next(_validator(schema["$ref"]).iter_errors(json.loads(body)), None)
    return f"{status}: {error.message[:200]}" if error else None


@cache
def _validator(reference: str) -> Any:
    return Draft202012Validator({"$ref": reference, "components": API["components"]})
