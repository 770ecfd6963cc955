"""Why did it change, of the overview: count what each source brought in the window and in the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualification.errors import Refused
from qualification.kpi_cells import CREATED, MQL, SQL, WON
from qualification.kpi_compare import nothing_known
from qualification.kpi_question import Question
from qualification.kpi_why_counts import Two, count_changed, count_rows
from qualification.periods import Period, side_by_side, so_far
from store.kpi_flows import entered
from store.kpi_scope import Scope
from store.kpi_sums import first_day

COUNTED = {"leads": CREATED, "mqls": MQL, "sqls": SQL, "customers": WON}
"""What the overview counts, each by its metric."""


@dataclass(frozen=True, slots=True)
class CountsChanged:
    """Both windows beside each other: `before` and `this` of the count that was asked for."""

    text: str
    table: tuple[Sequence[str], ...]
    windows: tuple[Period, Period]
    before: int
    this: int


async def why_counts_changed(scope: Scope, question: Question) -> CountsChanged:
    """What the sources of `scope` brought in both windows of an overview.

    Raises:
        Refused: nothing is known of the window before.
    """
    period, against = question.period, question.against
    if against is None:
        this, before = so_far(period, scope.now)
    else:
        this, before = side_by_side(period, against, scope.now)
    if unknown := nothing_known(before, await first_day(scope)):
        raise Refused(f"Nothing to compare {this.label} with: {unknown}.")
    now = await entered(scope, this, *COUNTED.values())
    then = await entered(scope, before, *COUNTED.values())
    counts: dict[str, dict[str, Two]] = {
        name: {key: (then[metric].get(key, 0), now[metric].get(key, 0)) for key in then[metric] | now[metric]}
        for name, metric in COUNTED.items()
    }
    first = question.first or "leads"
    text = count_changed(first, counts[first], this.label, before.label)
    sums = [sum(two[side] for two in counts[first].values()) for side in (0, 1)]
    return CountsChanged(text, tuple(count_rows(first, counts)), (this, before), sums[0], sums[1])
