"""Whether a column has one of many values, in a statement that stays the same however many there are.

`IN (?, ?, …)` is written anew for each list: for a batch of an import this takes longer than the search.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, String, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(column: ColumnElement[Any], name: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """The column of text has one of the values in the list that is given as `name`."""
    if is_sqlite:
        return column.in_(select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(String)))
