"""What a measurement says, and the table it ends up in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        measured: Ours, with its unit.
        limit: What it is held against, measured in the same run.
        ratio: Ours to the limit, or None where the aim is a number of its own.
        aim: The aim in words.
        reached: Whether the aim was reached; None where there is none.
    """

    what: str
    measured: str
    limit: str
    ratio: float | None
    aim: str
    reached: bool | None


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, columns aligned so that it reads in a terminal too."""
    head = ("what", "measured", "limit, same run", "ratio", "aim", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    ruled = [lines[0], tuple("-" * width for width in widths), *lines[1:]]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in ruled
    )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
    verdict = {True: "reached", False: "missed", None: ""}[row.reached]
    return row.what, row.measured, row.limit, ratio, row.aim, verdict


def rounds(count: int, *sides: Callable[[], float]) -> list[float]:
    """The median of each side over `count` rounds. Sides take turns, so that a busy moment hits them all."""
    seen: list[list[float]] = [[] for _ in sides]
    for _ in range(count):
        for values, side in zip(seen, sides, strict=True):
            values.append(side())
    return [median(values) for values in seen]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1000:.2f} ms"
