"""The rules of Slack's chart and table blocks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sandbox import block_limits as limits
from sandbox.shapes import an_object, objects, within

Json = dict[str, Any]
Problem = tuple[str, str]


def problems_in_chart(block: Json, here: str) -> Iterator[Problem]:
    """A data_visualization: kinds, counts, and every series with each category exactly once."""
    chart = block.get("chart")
    if not isinstance(chart, dict):
        return
    match chart.get("type"):
        case "pie":
            segments = objects(chart.get("segments"))
            if not 1 <= len(segments) <= limits.CHART_SERIES:
                yield (
                    f"{here}/chart/segments",
                    f"must have 1 to {limits.CHART_SERIES} items [{len(segments)}]",
                )
            yield from _labels([segment.get("label") for segment in segments], f"{here}/chart/segments")
            if not all(_positive(segment.get("value")) for segment in segments):
                yield f"{here}/chart/segments", "values must be above 0"
        case "bar" | "line" | "area":
            yield from _series(chart, f"{here}/chart")
        case other:
            yield f"{here}/chart/type", f"unsupported type: {other}"


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _series(chart: Json, here: str) -> Iterator[Problem]:
    series = objects(chart.get("series"))
    axis = an_object(chart.get("axis_config"))
    given = axis.get("categories")
    categories = given if isinstance(given, list) else []
    if not 1 <= len(series) <= limits.CHART_SERIES:
        yield f"{here}/series", f"must have 1 to {limits.CHART_SERIES} items [{len(series)}]"
    if not 1 <= len(categories) <= limits.CHART_POINTS:
        yield (
            f"{here}/axis_config/categories",
            f"must have 1 to {limits.CHART_POINTS} items [{len(categories)}]",
        )
    yield from _labels(categories, f"{here}/axis_config/categories")
    yield from _labels([one.get("name") for one in series], f"{here}/series")
    for index, one in enumerate(series):
        labels = [point.get("label") for point in objects(one.get("data"))]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            yield f"{here}/series/{index}/data", "must have each category exactly once"
    for key in ("x_label", "y_label"):
        if len(str(axis.get(key) or "")) > 50:
            yield f"{here}/axis_config/{key}", "must be less than 51 characters"


def _labels(names: list[Any], here: str) -> Iterator[Problem]:
    for name in names:
        if not isinstance(name, str) or not 1 <= len(name) <= 20:
            yield here, f"labels must be 1 to 20 characters [{name!r}]"
    if len(set(map(str, names))) != len(names):
        yield here, "labels must be unique"


def problems_in_table(block: Json, here: str) -> Iterator[Problem]:
    """A table or data_table: equal and at most 20 columns, at most 10,000 characters, a plain header."""
    rows = block.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        yield f"{here}/rows", "must be an array of arrays"
        return
    widths = {len(row) for row in rows}
    if max(widths, default=0) > limits.TABLE_COLUMNS:
        yield f"{here}/rows", f"no more than {limits.TABLE_COLUMNS} columns"
    if block["type"] == "data_table":
        if len(widths) > 1:
            yield f"{here}/rows", "every row must have the same number of cells"
        if rows and any(cell.get("type") == "rich_text" for cell in rows[0] if isinstance(cell, dict)):
            yield f"{here}/rows/0", "header cells cannot be rich_text"
        if not within(block.get("page_size"), 1, 100):
            yield f"{here}/page_size", "must be between 1 and 100"
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            yield from _cell(cell, f"{here}/rows/{number}/{column}")
    size = sum(len(_words(cell)) for row in rows for cell in row)
    if size > limits.TABLE_CHARACTERS:
        yield (
            f"{here}/rows",
            f"cells must be less than {limits.TABLE_CHARACTERS + 1} characters together [{size}]",
        )


def _cell(cell: Any, here: str) -> Iterator[Problem]:
    if not isinstance(cell, dict) or cell.get("type") not in ("raw_text", "raw_number", "rich_text"):
        yield here, "must be raw_text, raw_number or rich_text"
    elif cell["type"] == "raw_text" and not cell.get("text"):
        yield f"{here}/text", "must be more than 0 characters"


def _words(cell: Any) -> str:
    if isinstance(cell, dict) and cell.get("type") in ("raw_text", "raw_number"):
        return str(cell.get("text") or cell.get("value") or "")
    return json.dumps(cell, ensure_ascii=False)
