"""What a KPI is, what an answer looks like, and the list of those we answer. Formulas live in `kpi_*.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol, TypeVar, Union

from qualification.money import Money
from qualification.periods import Period
from qualification.statistics import wilson

Basis = Literal["flow", "cohort", "now"]
Dimension = Literal["source", "campaign", "rep", "variant"]
Chart = Literal["bar", "line", "none"]


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


@dataclass(frozen=True)
class Answer:
    """One answer: rows (each with its `key`), a total with the same fields, and a sentence in plain words.

    `missing` tells for every None why it is one, under the field's name, in a row under `key.field`.
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
        }


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


@dataclass(frozen=True)
class Kpi:
    """A question we answer: its window if none is named, the dimensions it splits by, how it is drawn.

    `always_by` is the dimension an answer is split by when none was named. `who` may ask: a split by rep is
    for managers whatever the number, and a rep sees the own row of it.
    """

    name: str
    question: str
    basis: Basis
    window: str
    dimensions: tuple[Dimension, ...]
    chart: Chart
    always_by: Dimension | None = None
    who: Literal["everyone", "managers"] = "everyone"


_ANY: tuple[Dimension, ...] = ("source", "campaign", "rep", "variant")
_PAID: tuple[Dimension, ...] = ("source", "campaign")
_LIST = (
    Kpi("overview", "How are we doing?", "flow", "30d", (), "none"),
    Kpi("funnel", "Where do leads stop?", "cohort", "90d", _ANY, "bar"),
    Kpi("conversion", "What share becomes customers?", "cohort", "12m", _ANY, "bar"),
    Kpi("mql-sql", "Do marketing's leads survive sales?", "cohort", "12m", _ANY, "bar"),
    Kpi("acceptance", "Does sales want them?", "cohort", "90d", _ANY, "bar"),
    Kpi("cpl", "What does a lead cost?", "flow", "30d", _PAID, "bar"),
    Kpi("cac", "What does a customer cost?", "flow", "12m", _PAID, "bar"),
    Kpi("lvr", "Is the pipeline growing?", "flow", "this month", _ANY, "bar"),
    Kpi("velocity", "How fast is money moving?", "now", "12m", _ANY, "none"),
    Kpi("speed", "How fast do we answer?", "cohort", "30d", _ANY, "bar"),
    Kpi("sla", "Do we keep our promise?", "flow", "30d", _ANY, "bar"),
    Kpi("win", "Do SQLs buy?", "flow", "12m", _ANY, "bar"),
    Kpi("reps", "Who carries what?", "flow", "30d", ("rep",), "bar", "rep", "managers"),
    Kpi("sources", "Which source deserves money?", "cohort", "12m", _PAID, "bar", "source"),
    Kpi("quality", "What do reps reject, from where?", "flow", "90d", _PAID, "bar", "source"),
    Kpi("visitors", "Do pages convert?", "flow", "30d", ("source",), "bar"),
    Kpi("ab", "Which variant wins?", "cohort", "12m", ("variant",), "bar", "variant"),
)
KPIS: Mapping[str, Kpi] = MappingProxyType({kpi.name: kpi for kpi in _LIST})


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
    for one in counts if by is not None else ():
        row, why = fields(one)
        rows.append({"key": one.key, **row})
        missing |= {f"{one.key}.{field_name}": reason for field_name, reason in why.items()}
    versions = asked.definition_versions
    return Answer(name, kpi.basis, asked.period, by, tuple(rows), values, missing, text, versions)
