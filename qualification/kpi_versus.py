"""What happened, and against what: one sentence on a number in two windows, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualification.kpi import KPIS, Answer, Rate
from qualification.kpi_compare import EqualAge
from qualification.kpi_words import by_chance, lasting, likely, percent, said
from qualification.money import Money
from qualification.periods import ALIKE
from qualification.statistics import two_proportions

TOO_YOUNG = "Too young to compare"


@dataclass(frozen=True)
class Both:
    """The answers of both windows, each with its own period; `aged` for cohorts whose rate grows with age."""

    this: Answer
    before: Answer
    aged: EqualAge | None = None


def compared(both: Both) -> Answer:
    """The answer for this window, which begins with how it compares; the other's numbers for flows beside it.

    A comparison of what is not comparable is never made up: then it says why there is none.
    """
    this, before = both.this, both.before
    flow = this.basis == "flow"
    text = said(_sentence(both), _unlike(both) if flow else "", this.text)
    if this.text.startswith("No data"):
        text = said(this.text, f"In {_label(before)}: {before.text}")
    return replace(this, text=text, against=before.period, before=before.total if flow else None)


def told_before(this: Answer, before: Answer) -> Answer:
    """The answer, with the number of the window before behind its first sentence."""
    field = KPIS[this.kpi].compared.field
    match this.total[field], before.total[field]:
        case Rate(), Rate() as then:
            was = f"{percent(then.value)} ({then.k:,} of {then.n:,})"
        case Money(), Money() as cost:
            was = str(cost)
        case _:
            return this
    first, stop, rest = this.text.partition(". ")
    return replace(
        this, text=said(f"{first.rstrip('.')}.", f"Before, {_label(before)}: {was}.", rest if stop else "")
    )


def _sentence(both: Both) -> str:
    compared = KPIS[both.this.kpi].compared
    match compared.how:
        case "aged":
            return _at_equal_age(both)
        case "rate":
            return _rates(both, compared.field, compared.words)
        case "cost":
            return _costs(both, compared.field, compared.words)
        case "wait":
            return _waits(both, compared.field)
        case _:
            return _counts(both)


def _label(answer: Answer) -> str:
    return answer.period.label


def _at_equal_age(both: Both) -> str:
    aged, this, before = both.aged, both.this, both.before
    if aged is None and not before.total["leads"]:
        return f"Nothing to compare: no leads were created in {_label(before)}."
    if aged is None:
        return (
            f"{TOO_YOUNG}: {_label(this)} and {_label(before)} need leads that are all at least a week old. "
            "Windows that ended a week ago or longer can be compared, such as last quarter."
        )
    now, then = aged.this, aged.before
    return (
        f"{aged.days:.0f} days after creation {percent(now.value)} of the leads of {_label(this)} had become "
        f"customers ({now.k:,} of {now.n:,}), against {percent(then.value)} of those of {_label(before)} "
        f"at the same age ({then.k:,} of {then.n:,}): {_points(both, now.value, then.value)}. "
        f"{_chance(aged.test.p if aged.test else None)}"
    )


def _rates(both: Both, field: str, what: str) -> str:
    if young := [_label(one) for one in (both.this, both.before) if one.total.get("undecided")]:
        return f"{TOO_YOUNG}: some MQLs of {' and '.join(young)} still have time to be decided on."
    this, before = both.this.total[field], both.before.total[field]
    if not isinstance(this, Rate) or not isinstance(before, Rate):
        return _nothing(both, field)
    test = two_proportions(before.k, before.n, this.k, this.n)
    return (
        f"{percent(this.value)} {what} in {_label(both.this)}, {likely(this)}, "
        f"against {percent(before.value)} in {_label(both.before)}, {likely(before)}: "
        f"{_points(both, this.value, before.value)}. {_chance(test.p if test else None)}"
    )


def _costs(both: Both, field: str, what: str) -> str:
    this, before = both.this.total[field], both.before.total[field]
    if not isinstance(this, Money) or not isinstance(before, Money):
        return _nothing(both, field)
    change = _change(this.minor, before.minor, "more", "less")
    return f"{what} {this} in {_label(both.this)} against {before} in {_label(both.before)}, {change}."


def _waits(both: Both, field: str) -> str:
    """Half of the waits: who still waits is censored, so that young leads take nothing away."""
    this, before = both.this.total[field], both.before.total[field]
    if not isinstance(this, int | float) or not isinstance(before, int | float):
        return _nothing(both, field)
    change = _change(this, before, "longer", "shorter")
    return (
        f"Half of the leads were contacted within {lasting(this)} in {_label(both.this)} against "
        f"{lasting(before)} in {_label(both.before)}, {change}."
    )


def _counts(both: Both) -> str:
    """Plain counts beside each other."""
    names = {"claimed": "claimed", "qualified": "qualified", "sqls": "SQLs", "customers": "customers"}
    told = [
        f"{this:,} {noun} against {before:,}"
        for name, noun in names.items()
        if isinstance(this := both.this.total.get(name), int)
        and isinstance(before := both.before.total.get(name), int)
    ]
    return f"{_label(both.this)} against {_label(both.before)}: {', '.join(told)}." if told else ""


def _nothing(both: Both, field: str) -> str:
    """Which of both windows has no number, and why."""
    for answer in (both.this, both.before):
        if answer.total.get(field) is None:
            why = answer.missing.get(field, "there is no such number")
            return f"Nothing to compare: {_label(answer)} has none ({why})."
    return ""


def _points(both: Both, now: float, then: float) -> str:
    """The difference, as time goes: whoever asks for Q2 against Q3 must not read a rise as a fall."""
    difference = round(100 * (now - then), 1)
    if not difference:
        return "no difference"
    if both.this.period.start < both.before.period.start:
        way = "down" if difference > 0 else "up"
        return f"{way} {abs(difference):.1f} points from {_label(both.this)} to {_label(both.before)}"
    return f"{abs(difference):.1f} points {'up' if difference > 0 else 'down'}"


def _change(now: float, then: float, more: str, less: str) -> str:
    if now == then:
        return "the same"
    if not then:
        return more if now > then else less
    return f"{percent(abs(now - then) / then)} {more if now > then else less}"


def _chance(p: float | None) -> str:
    return "That is too little to tell from chance." if p is None else by_chance(p)


def _unlike(both: Both) -> str:
    """Windows that are not equally long, said."""
    this, before = both.this.period.days, both.before.period.days
    return (
        f"The windows are not equally long ({this} and {before} days)." if abs(this - before) > ALIKE else ""
    )
