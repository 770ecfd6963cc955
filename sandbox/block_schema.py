"""Unknown fields and wrong types, by the JSON Schema generated from Slack's own type definitions.

The schema is not part of the project; without the file (or without `jsonschema`) nothing is found here and
the limits of `block_kit` hold alone.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    import jsonschema
except ImportError:  # a run without the development packages
    jsonschema = None  # type: ignore[assignment,unused-ignore]

Json = dict[str, Any]
Problem = tuple[str, str]
SCHEMA_FILE = Path(__file__).resolve().parents[1].parent / "shared/schemas/block-kit.schema.json"
_VIEWS = {"modal": "ModalView", "home": "HomeView"}


@functools.cache
def _definitions() -> Json | None:
    if jsonschema is None or not SCHEMA_FILE.is_file():
        return None
    definitions: Json = json.loads(SCHEMA_FILE.read_text("utf-8"))["definitions"]
    return definitions


@functools.cache
def _block_names() -> dict[str, str]:
    """The definition of each block type."""
    definitions = _definitions() or {}
    names = {"image": "ImageBlock"}
    for choice in definitions.get("KnownBlock", {}).get("anyOf", []):
        name = choice["$ref"].rsplit("/", 1)[-1]
        kind = definitions[name].get("properties", {}).get("type", {}).get("const")
        if kind:
            names[kind] = name
    return names


@functools.cache
def _validator(name: str) -> Any:
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _definitions()})


def problems_in_block(block: Json, here: str) -> list[Problem]:
    """What the schema finds in one block; unknown block types are not its business."""
    name = _block_names().get(str(block.get("type")))
    if name is None or _definitions() is None:
        return []
    return list(_found(_validator(name), block, here))


def problems_in_view(view: Json, kind: str) -> list[Problem]:
    """What the schema finds in a view apart from its blocks."""
    if _definitions() is None:
        return []
    return list(_found(_validator(_VIEWS[kind]), {**view, "blocks": []}, ""))


def _found(validator: Any, node: Json, here: str) -> Iterator[Problem]:
    for error in validator.iter_errors(node):
        deepest = _deepest(error)
        path = "".join(f"/{part}" for part in deepest.absolute_path)
        yield here + path, f"schema: {deepest.message[:200]}"


def _deepest(error: Any) -> Any:
    """Of an anyOf, the complaint of the branch whose `type` fits; the others only say it is another thing."""
    while error.context:
        branches: dict[Any, list[Any]] = {}
        for each in error.context:
            branches.setdefault(each.relative_schema_path[0], []).append(each)
        fitting = [found for found in branches.values() if not any(_wrong_type(each) for each in found)]
        if not fitting:
            return error
        error = fitting[0][0]
    return error


def _wrong_type(error: Any) -> bool:
    return (
        bool(error.relative_path)
        and error.relative_path[-1] == "type"
        and error.validator in ("const", "enum")
    )
