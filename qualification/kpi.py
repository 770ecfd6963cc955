"""The list of KPIs, and what an answer looks like.

What belongs to a KPI stands in its entry (`kpi_entries_*.py`); its formula is the function of its name in
`kpi_stages.py`, `kpi_money.py`, `kpi_people.py` or `kpi_against.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar, Union

from qualification import (
    kpi_entries_against,
    kpi_entries_money,
    kpi_entries_people,
    kpi_entries_stages,
    kpi_entries_traffic,
)
from qualification.kpi_entry import Basis, Dimension, Kpi
from qualification.money import Money
from qualification.periods import Period
from qualification.statistics import wilson

__all__ = [
    "KPIS", "Answer", "Asked", "Basis", "Counts", "Dimension", "Fields", "Keyed", "Kpi", "LeftOut", "Rate",
    "Value", "answer", "share",
]  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """A share as fractions: `k` of `n`, and its 95% interval (None where there is no such thing)."""

    value: float
    low: float | None
    high: float | None
    k: int
    n: int


Value = Union[int, float, str, Rate, Money, "Mapping[str, Value]", None]
Fields = tuple[dict[str, Value], dict[str, str]]
"""What one row says, and for every None in it the reason why."""


@dataclass(frozen=True)
class LeftOut:
    """Leads that no rate counts: how many were spam, test, duplicate, existing_customer, and by whom."""

    reasons: Mapping[str, int] = field(default_factory=dict)
    by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What was asked and what goes for the whole answer.

    `by` None asks for one number and gives no rows. `currency` is the workspace's own.
    """

    period: Period
    by: Dimension | None = None
    currency: str = "EUR"
    definition_versions: tuple[int, ...] = ()
    left_out: LeftOut = LeftOut()
    first: str = ""
    """For the overview: the count it begins with, "" for the leads."""


@dataclass(frozen=True)
class Answer:
    """One answer: rows (each with its `key`), a total with the same fields, and a sentence in plain words.

    `missing` tells for every None why it is one, under the field's name, in a row under `key.field`. `only`
    is the one source, campaign, rep or variant it is about. `against` is the window it was compared with and
    `before` that one's numbers, None for cohorts: those must not be read beside each other as they stand.
    """

    kpi: str
    basis: Basis
    period: Period
    by: str | None
    rows: tuple[Mapping[str, Value], ...]
    total: Mapping[str, Value]
    missing: Mapping[str, str]
    text: str
    definition_versions: tuple[int, ...] = ()
    only: tuple[Dimension, str] | None = None
    against: Period | None = None
    before: Mapping[str, Value] | None = None

    def to_json(self) -> dict[str, object]:
        """The answer for machines: local ISO dates with `to` exclusive, fractions, minor units, seconds."""
        return {
            "kpi": self.kpi,
            "basis": self.basis,
            "from": self.period.start.isoformat(),
            "to": self.period.end.isoformat(),
            "timezone": self.period.zone.key,
            "by": self.by,
            "definition_versions": list(self.definition_versions),
            "rows": [_plain(row) for row in self.rows],
            "total": _plain(self.total),
            "missing": dict(self.missing),
            "text": self.text,
        } | self._narrowed()

    def _narrowed(self) -> dict[str, object]:
        """What was asked beyond a number and its window; nothing where nothing was."""
        told: dict[str, object] = {}
        if self.only is not None:
            told["only"] = {"dimension": self.only[0], "value": self.only[1]}
        if self.against is not None:
            start, end = self.against.start.isoformat(), self.against.end.isoformat()
            total = None if self.before is None else _plain(self.before)
            told["against"] = {"from": start, "to": end, "total": total}
        return told


def _plain(value: Value) -> object:
    match value:
        case Rate():
            return {"value": value.value, "low": value.low, "high": value.high, "k": value.k, "n": value.n}
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case _:
            return value


_LIST = (
    *kpi_entries_stages.ENTRIES,
    *kpi_entries_money.ENTRIES,
    *kpi_entries_people.ENTRIES,
    *kpi_entries_against.ENTRIES,
    *kpi_entries_traffic.ENTRIES,
)
KPIS: Mapping[str, Kpi] = MappingProxyType({kpi.name: kpi for kpi in _LIST})
"""Every number there is. Commands, plain words, help, App Home, HTTP, the documents and the tests go by this
list: a new one is an entry here with its worked example, a counting query in
`handlers/flows/kpi_counting.py`, and a formula of its name. `tests/kpi/one_more_number.py` adds one."""


def share(k: int, n: int) -> Rate | None:
    """`k` of `n` with its Wilson interval; None for nothing of nothing, which is no zero.

    Raises:
        ValueError: `k` is not between 0 and `n`.
    """
    return None if n == 0 and k == 0 else Rate(k / n if n else 0.0, *wilson(k, n), k, n)


class Keyed(Protocol):
    """Counts of one value of a dimension."""

    @property
    def key(self) -> str: ...


Counts = TypeVar("Counts", bound=Keyed)


def answer(
    name: str,
    asked: Asked,
    counts: Sequence[Counts],
    total: Counts,
    fields: Callable[[Counts], Fields],
    text: str,
) -> Answer:
    """Put an answer together: the rows in the order given, and every absence with its reason."""
    kpi, rows = KPIS[name], list[Mapping[str, Value]]()
    by = asked.by or kpi.always_by
    values, missing = fields(total)
    for one in counts if by is not None or kpi.rows_are else ():
        row, why = fields(one)
        rows.append({"key": one.key, **row})
        missing |= {f"{one.key}.{field_name}": reason for field_name, reason in why.items()}
    versions = asked.definition_versions
    return Answer(name, kpi.basis, asked.period, by, tuple(rows), values, missing, text, versions)
