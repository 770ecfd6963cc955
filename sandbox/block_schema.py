"""Unknown fields and wrong types, by the JSON Schema generated from Slack's own type definitions.

The schema is not part of the project; without the file nothing is found here and the limits of `block_kit`
hold alone. It uses a dozen keywords of draft 7, checked here by hand: a general validator took 14 ms for a
dialog, and complained about every branch of an anyOf instead of the one that is meant.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Problem = tuple[str, str]
SCHEMA_FILE = Path(__file__).resolve().parents[1].parent / "shared/schemas/block-kit.schema.json"
_VIEWS = {"modal": "ModalView", "home": "HomeView"}


def _is_number(node: Any) -> bool:
    return isinstance(node, int | float) and not isinstance(node, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda node: isinstance(node, dict),
    "array": lambda node: isinstance(node, list),
    "string": lambda node: isinstance(node, str),
    "number": _is_number,
    "boolean": lambda node: isinstance(node, bool),
}


@functools.cache
def definitions() -> Json:
    """Every definition of the schema, none without the file."""
    if not SCHEMA_FILE.is_file():
        return {}
    found: Json = json.loads(SCHEMA_FILE.read_text("utf-8"))["definitions"]
    return found


@functools.cache
def _block_names() -> dict[str, str]:
    """The definition of each block type."""
    names = {"image": "ImageBlock"}
    for choice in definitions().get("KnownBlock", {}).get("anyOf", []):
        name = choice["$ref"].rsplit("/", 1)[-1]
        kind = _kind(choice)
        if kind:
            names[kind] = name
    return names


def problems_in_block(block: Json, here: str) -> list[Problem]:
    """What the schema finds in one block; unknown block types are not its business."""
    name = _block_names().get(str(block.get("type")))
    if name is None or not definitions():
        return []
    return list(_check(definitions()[name], block, here))


def problems_in_view(view: Json, kind: str) -> list[Problem]:
    """What the schema finds in a view apart from its blocks."""
    if not definitions():
        return []
    return list(_check(definitions()[_VIEWS[kind]], {**view, "blocks": []}, ""))


def _resolved(schema: Json) -> Json:
    while "$ref" in schema:
        schema = definitions()[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _kind(schema: Json) -> str | None:
    """The `type` an object must carry to be this thing."""
    kind = _resolved(schema).get("properties", {}).get("type", {}).get("const")
    return str(kind) if kind is not None else None


def _check(schema: Json, node: Any, here: str) -> Iterator[Problem]:
    schema = _resolved(schema)
    if "anyOf" in schema:
        yield from _check_choice(schema["anyOf"], node, here)
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_TYPES[kind](node) for kind in kinds):
        yield here, f"must be {' or '.join(kinds)}"
        return
    if "const" in schema and node != schema["const"]:
        yield here, f"must be {schema['const']}"
    if "enum" in schema and node not in schema["enum"]:
        yield here, f"must be one of {schema['enum']}"
    if isinstance(node, str):
        yield from _check_size(schema, len(node), "Length", here)
    elif isinstance(node, list):
        yield from _check_size(schema, len(node), "Items", here)
        for index, item in enumerate(node):
            yield from _check(schema.get("items", {}), item, f"{here}/{index}")
    elif isinstance(node, dict):
        yield from _check_object(schema, node, here)


def _check_size(schema: Json, size: int, word: str, here: str) -> Iterator[Problem]:
    if size < schema.get(f"min{word}", 0):
        yield here, f"must have at least {schema[f'min{word}']} [{size}]"
    if size > schema.get(f"max{word}", size):
        yield here, f"must have at most {schema[f'max{word}']} [{size}]"


def _check_object(schema: Json, node: Json, here: str) -> Iterator[Problem]:
    properties = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in node:
            yield here, f"missing required field: {key}"
    others = schema.get("additionalProperties", True)
    for key, value in node.items():
        if key in properties:
            yield from _check(properties[key], value, f"{here}/{key}")
        elif others is False:
            yield f"{here}/{key}", f"unknown field: {key}"
        elif isinstance(others, dict):
            yield from _check(others, value, f"{here}/{key}")


def _check_choice(choices: list[Json], node: Any, here: str) -> Iterator[Problem]:
    """One of several things: the complaint is about the one whose `type` the node carries."""
    flat = list(_flattened(choices))
    if isinstance(node, dict):
        meant = [each for each in flat if _kind(each) in (None, node.get("type"))]
        flat = meant or flat
        if not meant:
            yield f"{here}/type", f"must be one of {sorted({str(_kind(each)) for each in flat})}"
            return
    complaints = [list(_check(each, node, here)) for each in flat]
    if all(complaints):
        yield from min(complaints, key=len)


def _flattened(choices: list[Json]) -> Iterator[Json]:
    for choice in choices:
        schema = _resolved(choice)
        if "anyOf" in schema:
            yield from _flattened(schema["anyOf"])
        else:
            yield schema
