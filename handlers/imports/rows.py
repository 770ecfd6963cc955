"""From one row of a file to a submission with its past, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.http.consent_body import read_consent
from handlers.http.lead_body import Reader, read_lead
from handlers.http.told import BadBody, Told, yes_or_no
from handlers.imports.columns import ColumnMap
from handlers.imports.moments import Dates, Order, RefusedRow
from handlers.imports.names import OTHERS, PAST
from handlers.imports.past import PastReader
from handlers.imports.refused import REASON, as_meant
from handlers.imports.table import Line
from qualification.arrival import NewLead
from qualification.permission import Consent
from qualification.value import value

NO_PERMISSION = "No word on how permission was given: add a consent_basis column, or say --consent-basis"
DETAILS = ("purposes", "at", "text_version")
NO_BASIS = frozenset({"", "not applicable", "n/a", "none", "unknown", "-"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who imports decides.

    Attributes:
        consent_basis: how permission was given, for rows that don't say it themselves.
        action: what somebody did whose row doesn't say it.
        dates: what 03/04/2026 means.
        as_of: the moment of rows without a date: the file's own, so that it is the same next time.
    """

    as_of: datetime
    consent_basis: str = ""
    action: str = "contact_form"
    dates: Order = ""
    captured_by: str = "import"


@value
class Row:
    """One row as read. Exactly one of `new` and `problem` is there."""

    line: Line
    new: NewLead | None = None
    problem: str = ""
    unknown_owner: str = ""


class RowReader:
    """Reads the rows of one file.

    Args:
        reader: How submissions are read in this workspace.
        find_owner: The Slack id behind an owner as the file names it, None for strangers.
    """

    def __init__(
        self,
        columns: ColumnMap,
        reader: Reader,
        choices: Choices,
        find_owner: Callable[[str], str | None],
        currency: str,
    ) -> None:
        self.choices = choices
        self.reader = replace(reader, captured_by=choices.captured_by)
        self.dates = Dates(reader.zone, reader.now, choices.dates)
        self.past = PastReader(reader.definition, self.dates, currency, find_owner)
        apart = {*PAST, *OTHERS}
        # The last first: of two columns that mean the same, the one before writes over the one behind it.
        known = [c for c in reversed(columns.columns) if c.field]
        self._width = len(columns.columns)
        self._told = [(c.field, c.place) for c in known if c.field not in apart]
        self._apart = [(c.field, c.place) for c in known if c.field in apart]
        self._extra = [(c.name, c.place) for c in columns.columns if not c.field and c.name != REASON]
        self._basis = choices.consent_basis.strip()

    def read_all(self, lines: Iterator[Line]) -> Iterator[Row]:
        """Every line in turn."""
        for line in lines:
            yield self.read(line)

    def read(self, line: Line) -> Row:
        """One line: a submission with its past, or a problem."""
        if line.problem:
            return Row(line, problem=line.problem)
        try:
            new, unknown_owner = self._new(line.cells)
        except RefusedRow as refused:
            return Row(line, problem=str(refused))
        except BadBody as bad:
            return Row(line, problem="; ".join(f"{m.path}: {m.message}" for m in bad.mistakes))
        return Row(line, new, unknown_owner=unknown_owner)

    def _new(self, line: Sequence[str]) -> tuple[NewLead, str]:
        cells = [cell if cell[:1] != "'" else as_meant(cell) for cell in map(str.strip, line)]
        cells += [""] * (self._width - len(cells))
        apart = _told(cells, self._apart)
        consent = self._consent(apart)
        for name in OTHERS:
            if name != "currency":
                apart.pop(name, None)
        body: dict[str, object] = dict(_told(cells, self._extra))
        body.update(_told(cells, self._told))
        if "occurred_at" in body:
            body["occurred_at"] = self.dates.iso(str(body["occurred_at"]), "occurred_at")
        undated = "occurred_at" not in body
        if undated:
            body["occurred_at"] = self.choices.as_of.isoformat()
        body.setdefault("action", self.choices.action)
        new = read_lead(body, self.reader)
        past, notes, warnings = self.past.read(apart, new.occurred_at)
        new = new.but(consent=consent, past=past, undated=undated)
        if notes or warnings:
            new = new.but(extra={**new.extra, **notes}, warnings=(*new.warnings, *warnings))
        return new, notes.get("owner", "")

    def _consent(self, apart: Mapping[str, str]) -> Consent:
        """Imports must say how permission was given; silence is not taken for it.

        Raises:
            RefusedRow: neither the row nor the person who imports says.
        """
        if yes_or_no(apart.get("opted_out")):
            return _NO
        said = apart.get("consent")
        if said is not None:
            granted = yes_or_no(said)
            if granted is None:
                raise RefusedRow("consent: must be true or false")
            if not granted:
                return _NO
        basis = apart.get("consent_basis", "")
        if basis.casefold() in NO_BASIS:
            basis = self._basis
        if not basis and not said:
            raise RefusedRow(NO_PERMISSION)
        details = {name: apart[f"consent_{name}"] for name in DETAILS if f"consent_{name}" in apart}
        if not details:
            return Consent(granted=True, basis=basis[:200] or None)
        form = Told({})
        if "at" in details:
            details["at"] = self.dates.iso(details["at"], "consent_at")
        consent = read_consent(True, {"basis": basis, **details}, form, self.reader.zone, self.reader.now)
        if form.mistakes or consent is None:
            raise BadBody(form.mistakes)
        return consent


def _told(cells: Sequence[str], wanted: Sequence[tuple[str, int]]) -> dict[str, str]:
    """The non-empty cells by name."""
    return {name: value for name, place in wanted if (value := cells[place])}


_NO = Consent(granted=False)
