"""What leads are told apart by: the sources, campaigns, variants and owners of a workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import get_args

from sqlalchemy import ColumnElement, func, select

from qualification.kpi import Dimension
from qualification.kpi_cells import CREATED, NO_CAMPAIGN, NO_VARIANT, NOBODY, OUT
from store.kpi_fold import places_of
from store.tables.counting import kpi_spans
from store.work import Work

MOST_VALUES = 500
"""Of each dimension: campaigns are typed by others, and a sentence names the busy ones."""
COUNTED = (CREATED, OUT + CREATED)
"""Every lead is in one of these, whatever became of it."""
_NAMELESS = {"campaign": NO_CAMPAIGN, "variant": NO_VARIANT, "rep": NOBODY}


async def values_seen(work: Work) -> Mapping[Dimension, tuple[str, ...]]:
    """The values of each dimension (owners by their Slack id), the busiest first.

    From the day-wise counts: to look through ten million leads for four lists would take longer than any
    answer. Of leads that are not counted yet nothing is known.
    """
    unfolded: Counter[tuple[str, str]] = Counter()
    for dims, (metric, _, _), (n, _) in await work.counting.unfolded():
        if metric in COUNTED:
            unfolded.update(dict.fromkeys(places_of(dims, metric), n))
    return {
        dimension: await _values(
            work, dimension, {key: n for (dim, key), n in unfolded.items() if dim == dimension}
        )
        for dimension in get_args(Dimension)
    }


async def is_seen(work: Work, dimension: Dimension, value: str) -> bool:
    """Whether any lead has this value, also where many others are busier."""
    spans = kpi_spans.c
    n = func.sum(spans.n)
    query = select(n).where(*_of(work, dimension), spans.key == value)
    folded = (await work.execute(query)).scalar_one_or_none() or 0
    for dims, (metric, _, _), (more, _) in await work.counting.unfolded():
        if metric in COUNTED and (dimension, value) in places_of(dims, metric):
            folded += more
    return folded > 0


async def _values(work: Work, dimension: Dimension, unfolded: Mapping[str, int]) -> tuple[str, ...]:
    spans = kpi_spans.c
    n = func.sum(spans.n)
    query = select(spans.key, n.label("n")).where(*_of(work, dimension)).group_by(spans.key)
    counts = Counter(dict(unfolded))
    for row in await work.execute(query.order_by(n.desc(), spans.key).limit(MOST_VALUES)):
        counts[row.key] += int(row.n)
    named = [key for key, there in counts.items() if there > 0 and key != _NAMELESS.get(dimension)]
    return tuple(sorted(named, key=lambda key: (-counts[key], key))[:MOST_VALUES])


def _of(work: Work, dimension: Dimension) -> tuple[ColumnElement[bool], ...]:
    spans = kpi_spans.c
    return spans.workspace == work.workspace, spans.dim == dimension, spans.metric.in_(COUNTED)
