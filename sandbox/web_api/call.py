"""One call of the Web API: its arguments, read the way Slack reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.errors import SlackError
from sandbox.workspace import Workspace

Json = dict[str, Any]
Method = Callable[["Call"], Json]


@dataclass(frozen=True)
class Call:
    """Arguments come as JSON or as a form; in a form, structures are JSON texts."""

    workspace: Workspace
    method: str
    given: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """A text argument, `default` when it is absent."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def need(self, name: str, error: str = "invalid_arguments") -> str:
        """A text argument that must be there.

        Raises:
            SlackError: `error`, naming the argument.
        """
        value = self.text(name)
        if not value:
            raise SlackError(
                error, [f"[ERROR] missing required field: {name}"] if error == "invalid_arguments" else []
            )
        return value

    def structure(self, name: str, error: str) -> Any:
        """A list or object, or None when absent.

        Raises:
            SlackError: `error` when it is a text that is no JSON.
        """
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error, [f"[ERROR] {name} is not JSON"]) from None

    def flag(self, name: str) -> bool:
        """A boolean argument; forms send it as 1 or true."""
        return self.given.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number, capped at `most`.

        Raises:
            SlackError: invalid_limit.
        """
        try:
            value = int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_limit") from None
        return min(max(value, 1), most)


def page(items: list[Any], call: Call, default: int, most: int) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next, empty at the end.

    Raises:
        SlackError: invalid_cursor.
    """
    cursor = call.text("cursor", "next:0")
    if not cursor.removeprefix("next:").isdigit():
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("next:"))
    limit = call.number("limit", default, most)
    after = start + limit
    return items[start:after], f"next:{after}" if after < len(items) else ""
