"""Everything in a definition that can change, one place at a time, with the words that must say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from qualification.definition import Definition
from qualification.definition_parts import Action, Clocks, Option, Question, ReasonCode

_KEYS = {
    Action: "name",
    Question: "letter",
    Option: "id",
    ReasonCode: "id",
    Definition: "version",
    Clocks: "days",
}
"""What a part is found by, so that it can't change; what is no rule; and days, which are no plain numbers."""


def each_change(old: Any, kind: Any) -> Iterator[tuple[str, Any, str]]:
    """Where, the whole with one change there, and what must be said of it.

    Args:
        kind: The declared type: a `None` is set to something of it.
    """
    if isinstance(old, Mapping):
        for name, value in old.items():
            for place, new, says in each_change(value, type(value)):
                yield f"{name}.{place}", {**old, name: new}, says
    elif isinstance(old, tuple) and old and isinstance(old[0], str):
        yield "added", (*old, "zzz"), "zzz"
        yield "removed", old[1:], old[0]
    elif isinstance(old, tuple):
        for at, value in enumerate(old):
            for place, new, says in each_change(value, type(value)):
                yield f"[{at}].{place}", (*old[:at], new, *old[at + 1 :]), says
    elif hasattr(old, "__dataclass_fields__"):
        kinds = get_type_hints(type(old))
        for one in fields(old):
            if one.init and one.name != _KEYS.get(type(old)):
                for place, new, says in each_change(getattr(old, one.name), kinds[one.name]):
                    yield f"{one.name}.{place}", replace(old, **{one.name: new}), says
    else:
        yield "changed", *_another(old, kind)


def _another(old: Any, kind: Any) -> tuple[Any, str]:
    if get_origin(kind) is UnionType:
        kind = next(one for one in get_args(kind) if one is not type(None))
    match old:
        case bool():
            return not old, ""
        case int():
            return old + 41, f"{old + 41:,}"
        case float():
            return old + 0.25, f"{old + 0.25:.0%}"
        case str() if ":" in old:
            return "17:23", "17:23"
        case str():
            return f"{old}zz", f"{old}zz"
        case frozenset():
            return old | {"zz.example"}, "zz.example"
    return (timedelta(seconds=11), "11 seconds") if kind is timedelta else (41, "41")
