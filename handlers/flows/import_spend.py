"""Import what campaigns cost: first what would change, then changing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from handlers.flows.import_tally import EXAMPLES, batches
from handlers.flows.office import Office
from handlers.imports.spend import SpendLine
from store.intake import SpendRow

BATCH = 200

Key = tuple[str, str, date, date, str]


@dataclass
class SpendTally:
    """What became, or would become, of a spend file's rows."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    why: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[int, str]] = field(default_factory=list)
    """The first refused rows: number in the file, reason."""
    total: Counter[str] = field(default_factory=Counter)
    """Minor units by currency of all rows that are taken."""

    def refuse(self, number: int, reason: str) -> None:
        """Count a row that is not taken."""
        self.refused += 1
        self.why[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((number, reason))


async def import_spend(
    office: Office,
    where: str,
    lines: Iterable[SpendLine],
    *,
    by: str,
    dry: bool = False,
    on_refused: Callable[[SpendLine, str], None] | None = None,
) -> SpendTally:
    """Save what campaigns cost. The same source, campaign, days and currency again replaces the amount.

    Args:
        by: Who says so.
        dry: Only count what would happen.
    """
    tally = SpendTally()
    seen: dict[Key, int] = {}
    for batch in batches(lines, lambda: BATCH):
        rows: list[SpendRow] = []
        for line in batch:
            tally.rows += 1
            reason = line.problem or _repeated(line, seen)
            if reason:
                tally.refuse(line.line.number, reason)
                if on_refused:
                    on_refused(line, reason)
            elif line.spend:
                rows.append(line.spend)
        if rows:
            await _compare(office, where, rows, tally)
            if not dry:
                async with office.store.begin(where, alone=True) as work:
                    await work.intake.save_spend(rows, by, office.clock())
    return tally


def _repeated(line: SpendLine, seen: dict[Key, int]) -> str:
    """One file that names a campaign's days twice can mean the sum or a correction: ask, don't guess."""
    if line.spend is None:
        return ""
    if _key(line.spend) in seen:
        return "The same source, campaign, days and currency stand in an earlier row"
    seen[_key(line.spend)] = line.line.number
    return ""


async def _compare(office: Office, where: str, rows: list[SpendRow], tally: SpendTally) -> None:
    first, last = min(row.from_day for row in rows), max(row.to_day for row in rows)
    async with office.store.read(where) as work:
        known = {_key(row): row.amount_minor for row in await work.intake.spend_touching(first, last)}
    for row in rows:
        before = known.get(_key(row))
        tally.new += before is None
        tally.same += before == row.amount_minor
        tally.changed += before not in (None, row.amount_minor)
        tally.total[row.currency] += row.amount_minor


def _key(row: SpendRow) -> Key:
    return row.source, row.campaign, row.from_day, row.to_day, row.currency
