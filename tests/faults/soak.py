"""A long day without trouble: memory, answers and tables are looked at again and again."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from store.tables.base import metadata
from tests.faults.rows import rows
from tests.faults.town import Town

LOOK_EVERY = 10.0
WARM = 60.0
"""Seconds until what is read once is read and what is learned once is learned."""
ROOM = 1.10
"""By how much the last third may be above the first."""
KEPT = frozenset(
    {"leads", "lead_events", "facts", "external_ids", "cards", "same_person", "suppressed", "erasures"}
    | {"kpi_days", "kpi_spans", "spend", "traffic", "visitor_counts", "exposure_counts"}
)
"""Tables that grow for ever with what comes in: leads and what belongs to them, what is counted, and what
somebody asked to be forgotten."""
SWEPT = frozenset(
    {"jobs", "lanes", "answers", "messages", "quarantine", "waiting", "privacy_links"}
    | {"visitor_names", "visitor_events", "visitor_days", "exposures"}
)
"""Tables that grow until a sweep takes what is a day (answers), two weeks (done jobs, lanes) or longer ago:
no soak lasts as long."""
FIXED = frozenset(
    {"workspaces", "settings", "definitions", "proposals", "people", "keys", "numbers", "counting_rules"}
    | {"kpi_schedules", "kpi_changes"}
)
"""Tables that only an admin's doing makes larger; and what waits to be counted, which is folded at once."""


@dataclass
class Soak:
    """Samples of a town at work.

    Attributes:
        memory: Seconds since the start, and MB that the replicas hold together (PSS).
        tables: For each table its rows at each look.
    """

    began: float = field(default_factory=time.monotonic)
    memory: list[tuple[float, float]] = field(default_factory=list)
    tables: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    async def watch(self, town: Town, minutes: float) -> None:
        """Look again and again for so long."""
        names = sorted(table.name for table in metadata.sorted_tables)
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
        while time.monotonic() - self.began < minutes * 60:
            await asyncio.sleep(LOOK_EVERY)
            pids = [replica.process.pid for replica in town.replicas if replica.process is not None]
            self.memory.append((time.monotonic() - self.began, sum(map(_held, pids))))
            for name, there in await rows(town.database_url, counts):
                self.tables[name].append(there)

    def lines(self, town: Town) -> list[str]:
        """For people: the first and the last third beside each other."""
        (early, late), slow = self._thirds(), self._waits(town)
        grown = {
            name: (counts[0], counts[-1]) for name, counts in self.tables.items() if counts[0] != counts[-1]
        }
        return [
            f"  memory (PSS, MB): {early:.0f} in the first third, {late:.0f} in the last",
            *(
                f"  {what}, ms, p50 and p99: {a[0]:.0f} and {a[1]:.0f}, then {b[0]:.0f} and {b[1]:.0f}"
                for what, (a, b) in slow.items()
            ),
            "  rows: " + ", ".join(f"{name} {a} to {b}" for name, (a, b) in sorted(grown.items())),
        ]

    def violations(self) -> list[str]:
        """What grew that should not."""
        early, late = self._thirds()
        found = [f"memory went from {early:.0f} to {late:.0f} MB"] if late > early * ROOM else []
        for name, counts in self.tables.items():
            third = max(len(counts) // 3, 1)
            before, after = max(counts[:third]), min(counts[-third:])
            if name in FIXED and after > before:
                found.append(f"{name} went from {before} to {after} rows")
        return found

    def _thirds(self) -> tuple[float, float]:
        held = [mb for at, mb in self.memory if at > WARM] or [mb for _, mb in self.memory]
        third = max(len(held) // 3, 1)
        return median(held[:third]), median(held[-third:])

    def _waits(self, town: Town) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
        by_kind: dict[str, list[float]] = defaultdict(list)
        for at, kind, wait in town.ledger.waits:
            if at - self.began > WARM:
                by_kind[kind].append(wait * 1000)
        return {kind: (_mid_and_most(w[: len(w) // 3]), _mid_and_most(w[-(len(w) // 3) :]))
                for kind, w in by_kind.items() if len(w) > 8}  # fmt: skip


def _mid_and_most(waits: list[float]) -> tuple[float, float]:
    ordered = sorted(waits)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


def _held(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
