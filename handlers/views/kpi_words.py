"""A number's columns and values as people read them, in Slack and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qualification.benchmarks import MEASURES, range_words
from qualification.kpi import KPIS, Answer, Rate, Value, share
from qualification.kpi_against import own_words
from qualification.kpi_words import lasting, percent
from qualification.money import Money

NONE = "–"
ALL = "All"
"""The row of a split that has all of them together."""
MOST_LABELS = 5
"""More than these told one by one is a list nobody reads."""
Row = Sequence[str]

_SHARED: Mapping[str, str] = {
    "leads": "Leads",
    "mqls": "MQLs",
    "sqls": "SQLs",
    "customers": "Customers",
    "lead_to_mql": "MQL %",
    "mql_to_sql": "MQL → SQL",
    "sql_to_customer": "SQL → customer",
    "conversion": "Conversion",
    "rate": "Rate",
    "immature": "Too young",
    "rejected": "Rejected",
    "spend": "Spend",
    "cpl": "Cost per lead",
    "cost_per_mql": "Cost per MQL",
    "cost_per_sql": "Cost per SQL",
    "cost_per_customer": "Cost per customer",
    "mean_amount": "Mean amount",
    "contact_median": "First contact, median",
    "in_target": "In target",
    "previous": "Before",
    "source": "Source",
}
LABELS: Mapping[str, str] = {
    **_SHARED,
    **{name: label for kpi in KPIS.values() for name, label in kpi.labels.items()},
}
"""What people read for a field. One without a label is for machines."""
FIRST: Mapping[str, str] = {
    "source": "Source",
    "campaign": "Campaign",
    "rep": "Rep",
    "variant": "Variant",
}
DURATIONS = frozenset(name for kpi in KPIS.values() for name in kpi.seconds)


def value_words(field: str, value: Value, *, interval: bool = False) -> str:
    """One value as people read it: `10.0%`, `1,234.50 EUR`; with `interval` `10.0% (8.3–12.0%)`."""
    match value:
        case None:
            return NONE
        case Rate(low=None):
            return f"{value.value:+.1%}"
        case Rate(low=low, high=high) if interval and low is not None and high is not None:
            return f"{percent(value.value)} ({percent(low).rstrip('%')}–{percent(high)})"
        case Rate():
            return percent(value.value)
        case Money():
            return str(value)
        case {"value": float(one), "low": float(low), "high": float(high)}:
            return f"{100 * one:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
        case float() if field == "p":
            return f"{value:.3f}" if value >= 0.001 else "below 0.001"
        case int():
            return f"{value:,}"
        case float() if field in DURATIONS:
            return lasting(value)
        case float() if field == "cycle_days":
            return f"{value:.1f} days"
        case float() if field == "change":
            return f"{value:+.1%}"
        case _:
            return str(value)


def is_empty(answer: Answer) -> bool:
    """Whether the sentence says it all: there was nothing to count."""
    return answer.text.startswith("No data") and not answer.rows


def absences(answer: Answer, most: int = 3) -> list[str]:
    """Why something is “–”: each reason once, after the numbers it belongs to."""
    kpi = KPIS[answer.kpi]
    shown = kpi.columns if answer.rows else ()
    numbers: dict[str, list[str]] = {}
    for place, why in answer.missing.items():
        where, _, name = place.rpartition(".")
        own_rows_say_it = kpi.rows_are and answer.rows and not where
        if own_rows_say_it or (shown and name not in shown):
            continue
        labels = numbers.setdefault(why, [])
        label = f"{LABELS.get(name, '')}{' before' if where.endswith('previous') else ''}"
        if name in LABELS and label not in labels:
            labels.append(label)
    told = [
        f"{', '.join(labels) if len(labels) <= MOST_LABELS else 'Several numbers'}: {why}" if labels else why
        for why, labels in numbers.items()
    ]
    return told[:most]


def table_rows(answer: Answer, names: Mapping[str, str]) -> list[Row]:
    """The answer as a table, its head first. `names` are what ids in a split by rep are called."""
    if answer.kpi == "benchmark":
        return _beside_others(answer)
    earlier = answer.total.get("previous")
    if isinstance(earlier, Mapping) and len(answer.rows) < 2:
        return _beside_before(answer, earlier)
    if answer.rows:
        return _split(answer, names)
    match answer.kpi:
        case "funnel":
            return _funnel(answer)
        case _ if answer.before is not None and answer.against is not None:
            return _two_windows(answer, answer.before, answer.against.label)
        case _:
            fields = [name for name in answer.total if name in LABELS]
            told = [(LABELS[name], value_words(name, answer.total[name], interval=True)) for name in fields]
            return [("Number", "Value"), *told]


def _split(answer: Answer, names: Mapping[str, str]) -> list[Row]:
    fields = KPIS[answer.kpi].columns or tuple(name for name in answer.total if name in LABELS)
    head = (
        KPIS[answer.kpi].rows_are or FIRST.get(answer.by or "", "Key"),
        *[LABELS[name] for name in fields],
    )
    body = [_row(_key(row, answer, names), row, fields) for row in answer.rows]
    return [head, *body, _row(ALL, answer.total, fields)]


def _row(key: str, row: Mapping[str, Value], fields: Sequence[str]) -> Row:
    return (key, *[value_words(name, _derived(name, row)) for name in fields])


def _derived(name: str, row: Mapping[str, Value]) -> Value:
    if name != "sql_share":
        return row.get(name)
    sqls, leads = row["sqls"], row["leads"]
    return share(sqls, leads) if isinstance(sqls, int) and isinstance(leads, int) else None


def _key(row: Mapping[str, Value], answer: Answer, names: Mapping[str, str]) -> str:
    if answer.kpi == "quality":
        return f"{str(row['reason']).replace('_', ' ')} · {row['source']}"
    return names.get(str(row["key"]), str(row["key"])) if answer.by == "rep" else str(row["key"])


def _beside_others(answer: Answer) -> list[Row]:
    rows: list[Row] = [("Number", "Ours", "Others say", "Source")]
    for row in answer.rows:
        measure, low, high = str(row["measure"]), row["low"], row["high"]
        ours = NONE if row["ours"] is None else own_words(measure, row["ours"])
        others = range_words(measure, low, high) if isinstance(low, Money | float) else NONE  # type: ignore[arg-type]
        rows.append(
            (f"{MEASURES[measure][0]}: {row['whom']}", ours, others, f"{row['source']}, {row['as_of']}")
        )
    return rows


def _funnel(answer: Answer) -> list[Row]:
    steps = (
        ("leads", None),
        ("mqls", "lead_to_mql"),
        ("sqls", "mql_to_sql"),
        ("customers", "sql_to_customer"),
    )
    total, leads = answer.total, answer.total["leads"]
    rows: list[Row] = [("Stage", "Reached", "Of the stage before", "Of all leads")]
    for name, step in steps:
        count = total[name]
        of_all = share(count, leads) if isinstance(count, int) and isinstance(leads, int) else None
        before = value_words(name, total[step], interval=True) if step else NONE
        rows.append((LABELS[name], value_words(name, count), before, value_words(name, of_all)))
    return rows


def _beside_before(answer: Answer, earlier: Mapping[str, Value]) -> list[Row]:
    rows: list[Row] = [("Number", "Now", "Before", "Change")]
    for name, value in answer.total.items():
        if name in LABELS and name != "previous":
            then = earlier.get(name)
            rows.append(
                (LABELS[name], value_words(name, value), value_words(name, then), _change(value, then))
            )
    return rows


def _two_windows(answer: Answer, before: Mapping[str, Value], label: str) -> list[Row]:
    """What happened in one window beside what happened in the other."""
    rows: list[Row] = [
        ("Number", answer.period.label.split(", ")[-1], label.rsplit(", ", maxsplit=1)[-1], "Change")
    ]
    for name, value in answer.total.items():
        if name in LABELS:
            then = before.get(name)
            cells = (value_words(name, one, interval=True) for one in (value, then))
            rows.append((LABELS[name], *cells, _change(value, then)))
    return rows


def _change(now: Value, then: Value) -> str:
    match now, then:
        case (Money(minor=this), Money(minor=last)) | ((int() | float()) as this, (int() | float()) as last):
            return f"{(this - last) / last:+.0%}" if last else NONE
        case Rate(), Rate():
            return f"{100 * (now.value - then.value):+.1f} points"
        case _:
            return NONE
