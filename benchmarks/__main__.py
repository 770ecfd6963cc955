"""`python -m benchmarks [NAME…]`: measure, and print the table. Takes about five minutes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from benchmarks import beside, clicks, counted, folding, imports, intake, kpis, replays, start
from benchmarks.machine import cores, described
from benchmarks.report import Row, table

MEASURED: dict[str, Callable[[], list[Row]]] = {
    "click": clicks.measure,
    "intake": intake.measure,
    "counts": counted.measure,
    "import": imports.measure,
    "beside": beside.measure,
    "kpi": kpis.measure,
    "start": start.measure,
    "fold": folding.measure,
    "replay": replays.measure,
}


def main(names: list[str]) -> int:
    """Measure what was asked for, or everything.

    Returns:
        0 when every aim was reached, 1 when one was missed, 2 for a name that is none.
    """
    unknown = [name for name in names if name not in MEASURED]
    if unknown:
        print(f"{', '.join(unknown)}: choose from {', '.join(MEASURED)}", file=sys.stderr)
        return 2
    for line in described():
        print(line)
    os.sched_setaffinity(0, {cores()[1]})
    rows: list[Row] = []
    for name in names or MEASURED:
        began = time.perf_counter()
        rows += MEASURED[name]()
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print()
    print(table(rows))
    return 1 if any(row.reached is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
