"""A soak says of every table what it may do, and says so when one does otherwise."""

from __future__ import annotations

from collections import Counter

from store.tables import metadata
from tests.faults.soak import FIXED, KEPT, SWEPT, Soak


def test_every_table_is_kept_swept_or_fixed() -> None:
    said = Counter([*KEPT, *SWEPT, *FIXED])
    assert said == Counter(metadata.tables.keys()), "each in one of the three"


def test_only_what_is_fixed_may_not_grow() -> None:
    soak = Soak(memory=[(float(n), 100.0) for n in range(9)])
    for name in ("leads", "jobs", "settings", "kpi_changes"):
        soak.tables[name] = list(range(9))
    soak.tables["kpi_changes"][6:] = [0, 9, 9]
    assert soak.violations() == ["settings went from 2 to 6 rows"]
