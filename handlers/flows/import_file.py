"""A file on its way in: opened, its columns understood, its rows read as this workspace reads submissions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from handlers.flows.office import Office
from handlers.http.lead_body import Reader
from handlers.imports.columns import ColumnMap, map_columns
from handlers.imports.rows import Choices, Row, RowReader
from handlers.imports.spend import SpendLine, read_spend_lines
from handlers.imports.table import NoTable, Table, open_table
from store.house import Person

# Ids are taken as they are: the CLI may run before anybody was seen in Slack.
_SLACK_ID = re.compile("[UW](?=[A-Z0-9]{3,14}$)[A-Z0-9]*")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file whose columns are known. `leads()` or `spend()` read it, each time from the start."""

    table: Table
    columns: ColumnMap
    reader: RowReader
    currency: str
    now: datetime

    def leads(self) -> Iterator[Row]:
        """Its rows as submissions."""
        return self.reader.read_all(self.table.lines())

    def spend(self) -> Iterator[SpendLine]:
        """Its rows as what campaigns cost."""
        today = self.now.astimezone(self.reader.dates.zone).date()
        return read_spend_lines(self.columns, self.table.lines(), self.reader.dates, self.currency, today)


async def open_file(office: Office, where: str, path: Path, choices: Choices | None = None) -> OpenFile:
    """Open a CSV file of leads or of spend.

    Args:
        choices: What the person who imports decided; by default nothing.
    Raises:
        NoTable: no file, no text, or no column that reaches a person or a cost.
    """
    table = open_table(path)
    columns = map_columns(table.header)
    if columns.kind == "leads" and not (columns.has("email") or columns.has("phone")):
        raise NoTable(
            f"No column of {path.name} is an e-mail address or a phone number, and it is no spend (source, "
            f"from, to, amount). Its columns: {', '.join(table.header[:20])}"
        )
    now = office.clock()
    reader = await row_reader(office, where, columns, choices or Choices(as_of=made_at(path, now)))
    return OpenFile(table, columns, reader, reader.past.currency, now)


async def row_reader(office: Office, where: str, columns: ColumnMap, choices: Choices) -> RowReader:
    """A reader of rows under these columns, by the rules of this workspace and with its people."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        people = await work.house.people()
    reading = Reader(rules.definition, rules.setup.country, rules.setup.zone, office.clock())
    return RowReader(columns, reading, choices, Owners(people).find, rules.setup.currency)


def made_at(path: Path, now: datetime) -> datetime:
    """When a file was last written, for rows without a date: the same at every import of it."""
    try:
        written = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError:
        return now
    return min(written, now)


class Owners:
    """People in Slack by what exports call them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._known: dict[str, str] = {}
        for person in people:
            for word in (person.name, person.handle, person.email, person.user):
                if word and person.active:
                    self._known[word.casefold()] = person.user

    def find(self, said: str) -> str | None:
        """The Slack id of whom an export names by id, handle, e-mail or name; None for strangers."""
        word = said.strip().lstrip("@")
        known = self._known.get(word.casefold())
        return known or (word if _SLACK_ID.fullmatch(word) else None)
