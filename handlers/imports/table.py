"""A CSV file as people's programs write it: any common encoding and separator, read row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from qualification.value import value

SEPARATORS = ",;\t"
LONGEST_CELL = 1_000_000
"""Characters. A quote that is never closed would otherwise read the rest of the file into one cell."""
OPEN_QUOTE = "A quotation mark is opened in this row and not closed: close it, or double it if it is text"
TOO_LONG = f"A cell is longer than {LONGEST_CELL:,} characters"
BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoTable(Exception):
    """The file holds no table we can read."""


@value
class Line:
    """One row. `number` is the row in a spreadsheet program: the header is 1."""

    number: int
    cells: list[str]
    problem: str = ""
    """Why the row can't be read, in words; empty when it can."""


class _Source:
    """The lines of a file, of which the last ones can be put back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: list[str] = []
        self.taken: list[str] = []
        self.is_empty = False
        """Somebody asked for a line when there was none left."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._text, None)
        if line is None:
            self.is_empty = True
            raise StopIteration
        self.taken.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Give these lines once more, before the others."""
        self._again += reversed(lines)
        self.is_empty = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header is known. `lines()` reads it from the start each time, a row at a time."""

    path: Path
    encoding: str
    separator: str
    header: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """The rows below the header, without the empty ones.

        A quotation mark that nobody closes would take the rows behind it into its cell: its own line is
        refused, and reading goes on with the next one.
        """
        with self._open() as text:
            source = _Source(text)
            rows = self._reader(source)
            next(rows, None)
            number = 1
            while True:
                number += 1
                source.taken.clear()
                try:
                    cells = next(rows, None)
                except csv.Error:
                    cells = []
                    if len(source.taken) == 1:
                        yield Line(number, [], TOO_LONG)
                        rows = self._reader(source)
                        continue
                if cells is None:
                    return
                if (len(source.taken) > 1 or source.is_empty) and self._is_open(source.taken, cells):
                    yield Line(number, [source.taken[0].rstrip("\r\n")], OPEN_QUOTE)
                    source.put_back(source.taken[1:])
                    rows = self._reader(source)
                elif any(cells):
                    yield self._line(number, cells)

    def _reader(self, source: Iterator[str], *, strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(source, delimiter=self.separator, skipinitialspace=True, strict=strict)

    def _is_open(self, taken: list[str], cells: list[str]) -> bool:
        """Whether a row of these lines has a mark that is closed nowhere, or only by another row's mark."""
        try:
            list(self._reader(iter(taken), strict=True))
        except csv.Error:
            return True
        # Closed by another row's mark just before a separator. Such a row has too few cells, and a line in
        # it has as many as a row.
        separators = len(self.header) - 1
        return len(cells) <= separators and any(s.count(self.separator) >= separators for s in taken[1:])

    def _line(self, number: int, cells: list[str]) -> Line:
        width = len(self.header)
        if len(cells) > width and any(cells[width:]):
            return Line(
                number, cells, "More cells than the header has: is a separator outside quotation marks?"
            )
        return Line(number, cells)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="", errors="replace")


def open_table(path: Path) -> Table:
    """Find out how the file is written, and read its header.

    Raises:
        NoTable: empty, no text, or no such file.
    """
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="", errors="replace") as text:
            start = text.read(BLOCK)
    except OSError as error:
        raise NoTable(f"{path} can't be read: {error.strerror or error}") from None
    if not start.strip():
        raise NoTable(f"{path} is empty")
    if "\0" in start:
        raise NoTable(f"{path} is no text. Save the sheet as CSV (UTF-8) and try again.")
    csv.field_size_limit(LONGEST_CELL)
    separator = max(SEPARATORS, key=lambda mark: len(_header(start, mark)))
    return Table(path, encoding, separator, _named(_header(start, separator)))


def _encoding(path: Path) -> str:
    """By its mark; else UTF-8 where all of it is, else what Western Windows programs write."""
    strict = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        block = raw.read(BLOCK)
        for mark, encoding in MARKS:
            if block.startswith(mark):
                return encoding
        try:
            while block:
                strict.decode(block)
                block = raw.read(BLOCK)
            strict.decode(b"", final=True)
        except UnicodeDecodeError:
            return _western(path)
    return "utf-8"


def _western(path: Path) -> str:
    """Windows-1252 has quotes and the euro where Latin-1 has controls; five bytes mean nothing in it."""
    undefined = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
    with path.open("rb") as raw:
        while block := raw.read(BLOCK):
            if len(block.translate(None, undefined)) != len(block):
                return "latin-1"
    return "cp1252"


def _header(start: str, separator: str) -> list[str]:
    try:
        rows = csv.reader(start.splitlines(keepends=True), delimiter=separator, skipinitialspace=True)
        return next((row for row in rows), [])
    except csv.Error:
        return []


def _named(cells: list[str]) -> tuple[str, ...]:
    """Every column has a name of its own: empty ones by their place, repeated ones with a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.replace("\ufeff", "").split())[:200] or f"column {place}"
        again = 2
        unique = name
        while unique in names:
            unique = f"{name} ({again})"
            again += 1
        names.append(unique)
    return tuple(names)
