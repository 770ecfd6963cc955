"""The rows that were not taken, in a file to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from handlers.imports.table import Line

REASON = "greenlight_reason"
# Spreadsheet programs run cells that begin so. An apostrophe makes them text; reading takes it off again.
RUNS = ("=", "+", "-", "@", "\t", "\r")


class RefusedRows:
    """Writes refused rows under the file's own header, with the reason as the last column."""

    def __init__(self, file: Path, header: Sequence[str]) -> None:
        self._out = file.open("w", encoding="utf-8-sig", newline="")
        self._table = csv.writer(self._out)
        self._width = len(header)
        self._table.writerow([*(harmless(name) for name in header), REASON])

    def add(self, line: Line, reason: str) -> None:
        """Write one row. Cells beyond the header go behind the reason, so that nothing is lost."""
        cells = [harmless(cell) for cell in line.cells]
        cells += [""] * (self._width - len(cells))
        self._table.writerow([*cells[: self._width], harmless(reason), *cells[self._width :]])

    def close(self) -> None:
        """All of it is on its way to the disk."""
        self._out.close()


@contextmanager
def refused_rows(file: Path | None, header: Sequence[str]) -> Iterator[RefusedRows | None]:
    """A file for refused rows while the import runs, or None where nobody wants one."""
    if file is None:
        yield None
        return
    rows = RefusedRows(file, header)
    try:
        yield rows
    finally:
        rows.close()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program runs as a formula."""
    return f"'{cell}" if cell.startswith(RUNS) else cell


def as_meant(cell: str) -> str:
    """A cell without the apostrophe that `harmless`, or a spreadsheet program, put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(RUNS) else cell
