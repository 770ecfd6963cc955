"""Which column of a file means what; shown to the person before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handlers.http.lead_fields import ALIASES, FIELDS
from handlers.imports.names import HUBSPOT, OTHERS, PAST, SALESFORCE, plain

SPEND = ("source", "campaign", "from", "to", "amount", "currency")
SPEND_NEEDS = frozenset({"source", "from", "to", "amount"})
UTM = "utm_"


@dataclass(frozen=True, slots=True)
class Column:
    """One column and what we make of it.

    Attributes:
        field: our name for it; empty when the column is kept as an extra fact.
        known_from: whose word it is: Greenlight, HubSpot or Salesforce.
        place: its place in a row, from 0.
        second: another column before it means the same, and this one fills its gaps.
    """

    name: str
    place: int
    field: str = ""
    known_from: str = ""
    second: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """All columns of a file. `kind` is leads or spend."""

    kind: str
    columns: tuple[Column, ...]

    def has(self, field: str) -> bool:
        """Whether any column means this."""
        return any(column.field == field for column in self.columns)

    @property
    def extras(self) -> tuple[Column, ...]:
        """Columns nobody asked for: kept with the lead as extra facts."""
        return tuple(column for column in self.columns if not column.field)


def map_columns(header: Sequence[str]) -> ColumnMap:
    """Recognise the columns by name, whatever their case, spaces and underscores.

    A file with source, from, to and amount and nobody's address is spend; every other one is leads.
    """
    spend = {plain(name): name for name in SPEND}
    names = [plain(name) for name in header]
    is_spend = set(names) >= SPEND_NEEDS and not {"email", "phone"} & {
        _LEADS[name][0] for name in names if name in _LEADS
    }
    if is_spend:
        known = {name: (field, "Greenlight") for name, field in spend.items()}
    else:
        # One system's words only: HubSpot's "Lead Status" is no stage, Salesforce's is.
        known = {**_ALSO, **_BY_SYSTEM[_system(names)], **_OURS}
    columns: list[Column] = []
    seen: set[str] = set()
    for place, (shown, name) in enumerate(zip(header, names, strict=True)):
        field, known_from = known.get(name, ("", ""))
        if not field and name.startswith("utm") and shown.lower().startswith(UTM) and not is_spend:
            field, known_from = shown.lower(), "Greenlight"
        columns.append(Column(shown, place, field, known_from, field in seen and bool(field)))
        seen.add(field)
    return ColumnMap("spend" if is_spend else "leads", tuple(columns))


def _system(names: Iterable[str]) -> str:
    """Whose export this looks like, by the columns that only one of the two has."""
    there = set(names)
    salesforce = len(there & (_SALESFORCE.keys() - _HUBSPOT.keys()))
    hubspot = len(there & (_HUBSPOT.keys() - _SALESFORCE.keys()))
    if not (salesforce or hubspot):
        return ""
    return "Salesforce" if salesforce > hubspot else "HubSpot"


def _from(system: str, table: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    return {plain(name): (field, system) for field, names in table.items() for name in names}


_HUBSPOT = _from("HubSpot", HUBSPOT)
_SALESFORCE = _from("Salesforce", SALESFORCE)
_OWN_NAMES = [name for name in FIELDS if name not in ("utm",)] + [*PAST, *OTHERS]
_OURS = {plain(name): (name, "Greenlight") for name in _OWN_NAMES}
_ALSO = {plain(other): (name, "Greenlight") for other, name in ALIASES.items()}
_BY_SYSTEM = {"HubSpot": _HUBSPOT, "Salesforce": _SALESFORCE, "": {**_SALESFORCE, **_HUBSPOT}}
_LEADS: dict[str, tuple[str, str]] = {**_ALSO, **_SALESFORCE, **_HUBSPOT, **_OURS}
