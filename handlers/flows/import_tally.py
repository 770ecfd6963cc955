"""Counting what becomes of a file's rows, and judging them batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from handlers.flows.receive import Verdict
from handlers.imports.rows import Row
from qualification.arrival import NewLead
from qualification.errors import Refused

BATCH = 500
EXAMPLES = 20

Judge = Callable[[Sequence[NewLead]], Awaitable[Sequence[Verdict]]]
Item = TypeVar("Item")
OnRefused = Callable[[Row, str], None]


@dataclass
class Tally:
    """What became, or would become, of a file's rows. Every row is in exactly one of the four counts."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    duplicate: int = 0
    refused: int = 0
    why: Counter[str] = field(default_factory=Counter)
    """Reasons of refusal, by how many rows."""
    examples: list[tuple[int, str]] = field(default_factory=list)
    """The first refused rows: number in the file, reason."""
    warnings: Counter[str] = field(default_factory=Counter)
    """What was changed or left out in rows that are taken."""
    unknown_owners: Counter[str] = field(default_factory=Counter)
    """Owners in the file whom we don't know in Slack: their leads come without one."""

    def refuse(self, row: Row, reason: str) -> None:
        """Count a row that is not taken."""
        self.rows += 1
        self.refused += 1
        self.why[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((row.line.number, reason))

    def take(self, row: Row, verdict: Verdict) -> str | None:
        """Count a judged row; says why when it was refused after all."""
        if verdict.status == "not_a_lead":
            self.refuse(row, verdict.reasons[0])
            return verdict.reasons[0]
        self.rows += 1
        match verdict.status:
            case "created":
                self.created += 1
            case "updated":
                self.updated += 1
            case _:
                self.duplicate += 1
        if row.new:
            self.warnings.update(row.new.warnings)
        if row.unknown_owner:
            self.unknown_owners[row.unknown_owner] += 1
        return None


def batches(rows: Iterable[Item], size: Callable[[], int]) -> Iterator[list[Item]]:
    """Rows in lists of at most `size()`, asked anew before each; the file is never in memory as a whole."""
    source = iter(rows)
    while batch := list(islice(source, size())):
        yield batch


async def count_batch(
    batch: Sequence[Row], judge: Judge, tally: Tally, on_refused: OnRefused | None = None
) -> None:
    """Judge a batch's readable rows and count all of them, in the file's order."""
    verdicts = iter(await _judged([row.new for row in batch if row.new], judge))
    for row in batch:
        if row.new is None:
            reason: str | None = row.problem
            tally.refuse(row, row.problem)
        else:
            reason = tally.take(row, next(verdicts))
        if reason and on_refused:
            on_refused(row, reason)


async def _judged(arriving: Sequence[NewLead], judge: Judge) -> list[Verdict]:
    """All verdicts; a batch that fails is halved until the row that spoils it stands alone and is refused."""
    if not arriving:
        return []
    try:
        return list(await judge(arriving))
    except (Refused, ValueError, LookupError, TypeError) as error:
        if len(arriving) == 1:
            why = str(error) if isinstance(error, Refused) else f"It can't be saved ({type(error).__name__})"
            return [Verdict("not_a_lead", None, None, None, (why,))]
    middle = len(arriving) // 2
    return [*await _judged(arriving[:middle], judge), *await _judged(arriving[middle:], judge)]
