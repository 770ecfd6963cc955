"""Slack's own charts: only where a picture says more than the sentence, always within its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.views.kpi_words import DURATIONS, LABELS
from handlers.views.text import clip, plain_line
from qualification.kpi import KPIS, Answer, Rate, Value
from qualification.kpi_trend import Trend
from qualification.money import Money, minor_digits

Chart = dict[str, Any]
MOST_BARS = 10
"""Slack takes twenty points; on a phone ten are readable."""
LABEL, TITLE = 20, 50


def chart_block(answer: Answer, names: Mapping[str, str], trend: Trend | None) -> Chart | None:
    """The chart of an answer, or None where there is nothing to compare."""
    if answer.kpi == "quality":
        return _reasons(answer)
    if answer.rows:
        return _split(answer, names)
    if trend is not None:
        points = [(month, round(100 * bought / leads, 1)) for month, leads, bought in trend.months]
        title = f"% customers within {trend.days} days of creation"
        return _chart("line", title, {"Conversion": points}, y_label="%", x_label="Month of creation")
    if (whole := KPIS[answer.kpi].whole) is None:
        return None
    bars = [(LABELS[name], _height(answer.total[name])) for name in whole[1]]
    return _chart("bar", whole[0], {"Leads": bars}) if any(height for _, height in bars) else None


def _split(answer: Answer, names: Mapping[str, str]) -> Chart | None:
    fields = KPIS[answer.kpi].bars
    if not fields:
        return None
    rows = [row for row in answer.rows if any(row[name] is not None for name in fields)][:MOST_BARS]
    if len(rows) < 2 or not any(_height(row[name]) for row in rows for name in fields):
        return None
    keys = unique_labels([names.get(str(row["key"]), str(row["key"])) for row in rows])
    series = {
        LABELS[name]: [(key, _height(row[name])) for key, row in zip(keys, rows, strict=True)]
        for name in fields
    }
    return _chart(
        "bar",
        f"{_title(fields)} by {answer.by or KPIS[answer.kpi].rows_are.lower()}",
        series,
        y_label=_unit(rows[0][fields[0]], fields),
    )


def _title(fields: Sequence[str]) -> str:
    words = [LABELS[name] for name in fields]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _unit(value: Value, fields: Sequence[str]) -> str:
    match value:
        case Rate():
            return "%"
        case Money(currency=currency):
            return currency
        case _ if fields[0] in DURATIONS:
            return "minutes"
        case _:
            return ""


def _reasons(answer: Answer) -> Chart | None:
    counts: Counter[str] = Counter()
    for row in answer.rows:
        n = row["rejected"]
        counts[str(row["reason"]).replace("_", " ")] += n if isinstance(n, int) else 0
    ranked = [(reason, n) for reason, n in counts.most_common(MOST_BARS) if n]
    if len(ranked) < 2:
        return None
    labels = unique_labels([reason for reason, _ in ranked])
    points = [(label, n) for label, (_, n) in zip(labels, ranked, strict=True)]
    return _chart("bar", "Rejected, by reason", {"Leads": points})


def _height(value: Value) -> float:
    match value:
        case Rate():
            return round(100 * value.value, 1)
        case Money():
            return float(round(value.minor / 10 ** minor_digits(value.currency), 2))
        case float():
            return round(value / 60, 1)
        case int():
            return value
        case _:
            return 0


def _chart(
    kind: str,
    title: str,
    series: Mapping[str, Sequence[tuple[str, float]]],
    *,
    y_label: str = "",
    x_label: str = "",
) -> Chart:
    categories = [label for label, _ in next(iter(series.values()))]
    axis: dict[str, Any] = {"categories": categories}
    axis |= {"y_label": y_label} if y_label else {}
    axis |= {"x_label": x_label} if x_label else {}
    drawn = [
        {"name": clip(name, LABEL), "data": [{"label": label, "value": value} for label, value in points]}
        for name, points in series.items()
    ]
    return {
        "type": "data_visualization",
        "title": clip(title, TITLE),
        "chart": {"type": kind, "series": drawn, "axis_config": axis},
    }


def unique_labels(keys: Sequence[str]) -> list[str]:
    """Keys cut to what fits under a bar, still telling each apart."""
    taken: list[str] = []
    for key in keys:
        label = plain_line(key, LABEL) or "?"
        number = 2
        while label in taken:
            label = f"{plain_line(key, LABEL - 3)} {number}"
            number += 1
        taken.append(label)
    return taken
