"""A table in a message, as plain text in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.views.kpi_words import Row
from handlers.views.text import plain_line

LONGEST_CELL = 60


def table_block(head: Row, body: Sequence[Row], total: Row | None = None) -> dict[str, Any]:
    """The block: what rows are called stands left, numbers stand right."""
    rows = [head, *body, *([total] if total else [])]
    # Wrapped, for on a phone a head in one line is wider than any number below it.
    settings = [{"is_wrapped": True}, *[{"align": "right", "is_wrapped": True} for _ in head[1:]]]
    cells = [
        [{"type": "raw_text", "text": plain_line(cell, LONGEST_CELL) or "–"} for cell in row] for row in rows
    ]
    return {"type": "table", "column_settings": settings, "rows": cells}
