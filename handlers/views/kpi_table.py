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
    settings = [{"is_wrapped": True}, *[{"align": "right"} for _ in head[1:]]]
    cells = [
        [{"type": "raw_text", "text": plain_line(cell, LONGEST_CELL) or "–"} for cell in row] for row in rows
    ]
    return {"type": "table", "column_settings": settings, "rows": cells}
