"""Reading structures that may be anything: what does not fit is left out, and complained about elsewhere."""

from __future__ import annotations

from typing import Any

from sandbox.errors import ScreenError

Json = dict[str, Any]


def objects(node: Any) -> list[Json]:
    """The objects of a list, nothing when it is none."""
    return [item for item in node if isinstance(item, dict)] if isinstance(node, list) else []


def an_object(node: Any) -> Json:
    """The object, or an empty one."""
    return node if isinstance(node, dict) else {}


def within(node: Any, least: int, most: int) -> bool:
    """Whether an optional whole number (or its digits) lies between two bounds; absent is fine."""
    if node is None:
        return True
    try:
        return least <= int(node) <= most
    except (TypeError, ValueError):
        return False


def need(body: Json, name: str) -> Any:
    """A field of a control API body.

    Raises:
        ScreenError: missing_field.
    """
    if not body.get(name):
        raise ScreenError("missing_field", wanted=name)
    return body[name]
