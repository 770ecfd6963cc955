"""The statements that read day-wise counts, and which rows of days and spans make up a window."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import cast as as_type

from qualification.kpi_cells import ALL, CREATED
from store.hot import hot
from store.tables.counting import SPAN, kpi_days, kpi_spans

By = Literal["key", "sub", "day", "both"]


class Range(NamedTuple):
    """Subs from `first` up to, not including, `last`, as text."""

    first: str
    last: str


Subs = int | Range | Literal["all", "open"]

DAYS: tuple[By, ...] = ("day", "both")
SUBS: tuple[By, ...] = ("sub", "both")
STEPS = ((1_200, 16), (600, 8), (240, 4), (120, 2))
"""From so many hours of age on, so many hours are told as one: in the middle of a step nobody is 1% off."""
STILL_OPEN = ("o", "mo", "mso")
"""How far leads came that may still buy (`kpi_cells.reached`)."""
MOST_AT_ONCE = 5
"""Metrics in one statement."""
_SEVERAL = tuple(f"metric_{number}" for number in range(MOST_AT_ONCE))


def statement(by: By, among: Subs, *, alone: bool, aged: bool = False) -> Select[Any]:
    """What reads sums: rows of key, metric ("" for the one that is asked for), day, sub, leads, minor units.

    Args:
        alone: there is one key only, and grouping by it too would take half as long again.
        aged: subs are hours, and told in `half_hours` of the hour ":now".
    """
    if aged:
        return _AGED[alone]
    if among == "open":
        return _OPEN[alone]
    if isinstance(among, Range):
        return _RANGE[by, alone]
    return _UP_TO[alone] if among != "all" else _STATEMENTS[by, alone]


def named(by: By, metrics: Sequence[str]) -> dict[str, str]:
    """The metrics as these statements take them; those without subs take several.

    Raises:
        ValueError: there are more than a statement takes.
    """
    if by != "key":
        (metric,) = metrics
        return {"metric": metric}
    return dict(zip(_SEVERAL, [*metrics, *[metrics[0]] * (MOST_AT_ONCE - len(metrics))], strict=True))


def half_hours(hour: int, now: int) -> int:
    """Half hours since 1970 to the middle of the step in which an hour lies, by its age."""
    for age, step in STEPS:
        if hour <= now - age:
            return hour // step * step * 2 + step
    return hour * 2 + 1


def _aged(hour: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same by the database."""
    now = bindparam("now", type_=Integer)
    steps = [(hour <= now - age, (hour - hour % step) * 2 + step) for age, step in STEPS]
    return case(*steps, else_=hour * 2 + 1)


class _Edge(NamedTuple):
    """An end of a window: the border between spans that is taken for it, and the days from `start` up to, not
    including, `end` that lie between the two: to be added (`sign` 1) or taken away (-1)."""

    span: int
    start: int
    end: int
    sign: int


def by_spans(first: int, last: int, today: int) -> dict[str, int]:
    """Which whole spans make up the days from `first` up to, not including, `last`, and which days are to be
    added to them or taken away: whatever is least to read.

    Most windows end today, in the middle of a span: of its days to come there is next to nothing to read.
    """
    down, up = first // SPAN, -(-first // SPAN)
    heads = _Edge(up, first, up * SPAN, 1), _Edge(down, down * SPAN, first, -1)
    down, up = last // SPAN, -(-last // SPAN)
    tails = _Edge(down, down * SPAN, last, 1), _Edge(up, last, up * SPAN, -1)

    def read(edges: tuple[_Edge, _Edge]) -> int:
        days = [max(min(edge.end, today + 1) - edge.start, 0) for edge in edges]
        return edges[1].span - edges[0].span + sum(days)

    pairs = [(head, tail) for head, tail in product(heads, tails) if head.span <= tail.span]
    head, tail = min(pairs, key=read)
    if last - first <= read((head, tail)):
        # A few days within one span.
        head, tail = _Edge(0, first, last, 1), _Edge(0, last, last, 1)
    return {
        **{"span": head.span, "after": tail.span},
        **{"head": head.start, "head_end": head.end, "head_sign": head.sign},
        **{"tail": tail.start, "tail_end": tail.end, "tail_sign": tail.sign},
    }


def _here(table: Table, *where: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    mine = [table.c[name] == bindparam(word) for name, word in (("workspace", "here"), ("dim", "dim"))]
    return [*mine, *where]


def _summing(rows: FromClause, by: By, alone: bool, aged: bool = False) -> Select[Any]:
    """The rows' sums."""
    empty: ColumnElement[Any] = literal_column("''")
    key: ColumnElement[Any] = literal_column(f"'{ALL}'") if alone else rows.c.key
    metric: ColumnElement[Any] = rows.c.metric if by == "key" else empty
    day: ColumnElement[Any] = rows.c.day if by in DAYS else literal_column("0")
    sub: ColumnElement[Any] = rows.c.sub if by in SUBS else empty
    if aged:
        sub = _aged(sub).label("step")
    n: ColumnElement[Any] = func.coalesce(func.sum(rows.c.n), 0)
    # Waits cost nothing, and PostgreSQL's sum of large integers is a decimal for each row.
    minor: ColumnElement[Any] = literal_column("0") if aged else func.coalesce(func.sum(rows.c.minor), 0)
    whose = (key.label("whose"), metric.label("of"), day.label("on"), sub.label("what"))
    # In the order of the table's own key, so that as little as can be is sorted for it.
    parts = ((metric, by == "key"), (day, by in DAYS), (key, not alone), (sub, by in SUBS))
    apart = [part for part, told_apart in parts if told_apart]
    return select(*whose, n.label("n"), minor.label("minor")).group_by(*apart)


def _by_day(by: By, alone: bool) -> Select[Any]:
    days = kpi_days.c
    within = (
        days.metric == bindparam("metric"),
        days.day >= bindparam("first"),
        days.day < bindparam("last"),
    )
    return _summing(kpi_days, by, alone).where(*_here(kpi_days, *within))


def _together(by: By, alone: bool, aged: bool = False) -> Select[Any]:
    """Over the whole window: whole spans, and the days at its ends."""
    pieces = ((kpi_spans, "span", "span", "after"), *((kpi_days, "day", e, f"{e}_end") for e in _ENDS))
    rows = []
    for table, place, first, last in pieces:
        c = table.c
        # One is compared as it is: SQLite then reads it in the order of its key.
        metric = c.metric == bindparam("metric")
        if by == "key":
            metric = c.metric.in_([bindparam(name) for name in _SEVERAL])
        amounts: list[ColumnElement[int]] = [c.n, c.minor]
        if table is kpi_days:
            sign = bindparam(f"{first}_sign", type_=Integer)
            amounts = [(c.n * sign).label("n"), (c.minor * sign).label("minor")]
        where = _here(table, metric, c[place] >= bindparam(first), c[place] < bindparam(last))
        # A number once and for all: the steps name it ten times, and SQLite would read the text as often.
        sub = as_type(c.sub, Integer).label("sub") if aged else c.sub
        rows.append(select(c.key, c.metric, sub, *amounts).where(*where))
    return _summing(union_all(*rows).subquery(), by, alone, aged)


_EITHER = (True, False)
_ENDS = ("head", "tail")
_STATEMENTS = {
    (by, alone): hot(_by_day(by, alone) if by in DAYS else _together(by, alone))
    for by in get_args(By)
    for alone in _EITHER
}
_AGED = {alone: hot(_together("sub", alone, aged=True)) for alone in _EITHER}
_OPEN = {
    alone: hot(
        _by_day("day", alone).where(kpi_days.c.sub.in_([literal_column(f"'{s}'") for s in STILL_OPEN]))
    )
    for alone in _EITHER
}
_UP_TO = {
    alone: hot(_by_day("day", alone).where(as_type(kpi_days.c.sub, Integer) <= bindparam("most")))
    for alone in _EITHER
}
_RANGE = {
    (by, alone): hot(
        _by_day(by, alone).where(
            kpi_days.c.sub >= bindparam("first_sub"), kpi_days.c.sub < bindparam("last_sub")
        )
    )
    for by in DAYS
    for alone in _EITHER
}


FIRST = hot(
    select(kpi_days.c.day)
    .where(
        kpi_days.c.workspace == bindparam("here"),
        kpi_days.c.dim == literal_column(f"'{ALL}'"),
        kpi_days.c.metric == literal_column(f"'{CREATED}'"),
        kpi_days.c.day > bindparam("after"),
        kpi_days.c.n > 0,
    )
    .order_by(kpi_days.c.day)
    .limit(1)
)
"""The first day after another one on which leads were created, as far as changes are folded."""
