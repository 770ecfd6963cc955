"""Why did it change? Count the window and the one before it key by key, and split the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from handlers.flows.counting import all_counted
from handlers.flows.kpi import roles_of, whose_numbers
from handlers.flows.kpi_asking import read
from handlers.flows.kpi_ratios import RATIOS, Dividing, ratios, rows_of_one, whole
from handlers.flows.kpi_why_counts import CountsChanged, why_counts_changed
from handlers.flows.office import Office
from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension
from qualification.kpi_compare import AT_LEAST_DAYS
from qualification.kpi_entry import Wording
from qualification.kpi_question import Question, may_see
from qualification.kpi_understood import of_one
from qualification.kpi_why import Change, Ratio, Row, called, rows, tells_why, told, why_changed
from qualification.periods import Period, previous, side_by_side, so_far
from qualification.statistics import median_of
from store.kpi_cohorts import bought_by, conversion
from store.kpi_one import bought
from store.kpi_scope import Scope

USUAL_DAYS = 30.0
"""How long it takes to buy where nobody bought yet."""
AGES = (365, 180, 90, 60, 30, 14, 7)
"""Days after creation at which cohorts are compared when the younger one still grows."""
TOO_YOUNG = (
    "Too young to compare: there is no part of this window yet whose leads are as old as those before it "
    "were. Ask for a longer or an earlier one, like `last quarter`."
)


@dataclass(frozen=True, slots=True)
class Why:
    """A change and its causes.

    Attributes:
        text: what happened, with its two largest causes.
        table: the whole split, its head first, the sum last.
        notes: over which windows and at which age it was counted.
    """

    kpi: str
    by: Dimension
    text: str
    table: tuple[Row, ...]
    notes: tuple[str, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class _Counted:
    """Both windows by key. `age` is that of cohorts, in days."""

    this: Mapping[str, Ratio]
    before: Mapping[str, Ratio]
    windows: tuple[Period, Period]
    age: int | None = None


def can_be_split(question: Question) -> bool:
    """Whether this question has a rate or counts over a window whose change can be split."""
    return tells_why(question.kpi)


async def why_it_changed(office: Office, where: str, text: str, user: str) -> Why:
    """Why the number that `/kpi text` asks for changed against the window before.

    Raises:
        Refused: it can't be read or compared, or is not for this person; the words say why.
    """
    rules = await office.rules(where)
    setup, now = rules.setup, office.clock()
    question = (await read(office, where, text, user)).question
    if not can_be_split(question):
        known = ", ".join(kpi.name for kpi in KPIS.values() if tells_why(kpi))
        raise Refused(f"`{question.kpi.name}` is no rate whose change could be split. I can for {known}.")
    only = question.only
    by = _split_by(question)
    if only is None and may_see(question.kpi, by, roles_of(setup, user)) == "own":
        raise Refused("What single reps changed is for managers and admins. Leave out `by rep`, please.")
    whose_numbers(question, user, setup)
    async with all_counted(office, where) as (work, _):
        scope = Scope(work, rules.definition.left_out, by, now, only)
        touch = rules.definition.clocks.claim_to_touch
        wording = question.kpi.why
        if wording is None:
            return _of_counts(question.kpi.name, await why_counts_changed(scope, question))
        counted = await _counted(Dividing(scope, rules.week, touch, setup.currency), question)
        people = await work.house.people()
    change = why_changed(counted.this, counted.before)
    windows = counted.windows
    if change is None:
        empty = windows[1] if any(one.base for one in counted.this.values()) else windows[0]
        raise Refused(f"Nothing to compare: there is no number for {empty.label}.")
    if question.kpi.compared.how == "cost":
        wording = replace(wording, currency=setup.currency)
    handles = {one.user: one.handle or one.name for one in people}
    if only is not None:
        whom = of_one(only, lambda one: f"@{handles.get(one[1], one[1])}" if one[0] == "rep" else one[1])
        wording = replace(wording, what=f"{wording.what} of {whom}")
    names = handles if by == "rep" else {}
    return _explained(question.kpi.name, by, change, wording, names, counted)


def _of_counts(kpi: str, found: CountsChanged) -> Why:
    this, before = found.windows
    notes = (
        f"{_days(this)} against {_days(before)}, {this.zone.key}.",
        "Each cell is before → now: what happened in these days, whenever the leads were created.",
    )
    change = Change(Fraction(found.before), Fraction(found.this), ())
    return Why(kpi, "source", found.text, found.table, notes, change)


def _split_by(question: Question) -> Dimension:
    """What the change is split by; that of one value by another dimension, for which spend is known, too."""
    if question.only is None:
        return question.by or "source"
    return "campaign" if question.only[0] == "source" else "source"


def _explained(
    kpi: str, by: Dimension, change: Change, wording: Wording, names: Mapping[str, str], counted: _Counted
) -> Why:
    this, before = counted.windows

    def who(key: str) -> str:
        return called(key, wording.noun, names)

    notes = [f"{_days(this)} against {_days(before)}, {this.zone.key}."]
    if counted.age is not None:
        notes.append(
            f"Leads created in these days, each as it stood {counted.age} days after its creation: "
            "a younger cohort would always look worse."
        )
    notes.append(
        "Mix: what came, more or fewer of it. Rate: what became of it. Each is measured with the other held "
        "at the mean of both windows, so they add up to the change."
    )
    text = told(change, wording, who, this.label, before.label)
    table = tuple(rows(change, wording, names, by.title()))
    return Why(kpi, by, text, table, tuple(notes), change)


def _days(period: Period) -> str:
    last = period.end - timedelta(days=1)
    return f"{period.start.isoformat()} to {last.isoformat()}"


async def _counted(at: Dividing, question: Question) -> _Counted:
    kpi, period, scope = question.kpi, question.period, at.scope
    if kpi.compared.how == "aged":
        return await _at_equal_age(scope, period, question.against or previous(period))
    if kpi.basis == "cohort":
        # Cohorts of MQLs keep their windows: what is too young in them is not counted, or refused.
        this, before = period, question.against or previous(period)
    elif question.against is not None:
        this, before = side_by_side(period, question.against, scope.now)
    else:
        this, before = so_far(period, scope.now)
    divided = RATIOS[kpi.name]
    found = [await divided(at, one) for one in (this, before)]
    return _Counted(found[0], found[1], (this, before))


async def _at_equal_age(scope: Scope, period: Period, before: Period) -> _Counted:
    """Customers of both cohorts as they stood at one age.

    Cohorts that are old enough are compared whole, at the age of the youngest lead in either, as the answer
    itself does. One that goes on is cut to its leads that are old enough: as old as it usually takes to buy,
    where that leaves half of it.

    Raises:
        Refused: nothing of it is old enough.
    """
    everyone = replace(scope, by=None) if scope.only is None else whole(scope)
    young, old = [rows_of_one(scope, await conversion(everyone, one)) for one in (period, before)]
    youngest = min((age for one in (*young, *old) for age in one.ages), default=0.0)
    if youngest >= AT_LEAST_DAYS:
        this, age = period, int(youngest)
    else:
        usual = median_of(old[0].customer_days) if old else None
        this, age = _ripe(period, USUAL_DAYS if usual is None else usual, scope.now)
    if scope.only is not None:
        found = [ratios(await bought(scope, one, age)) for one in (this, before)]
    else:
        both = [await bought_by(scope, one, age) for one in (this, before)]
        found = [{key: Ratio(bought, leads) for key, (leads, bought) in one.items()} for one in both]
    return _Counted(found[0], found[1], (this, before), age)


def _ripe(period: Period, usual: float, now: datetime) -> tuple[Period, int]:
    """The part of the window whose leads are old enough, and how old."""
    today = now.astimezone(period.zone).date()
    enough = next((age for age in reversed(AGES) if age >= usual), AGES[0])
    days = (min(period.end, today + timedelta(days=1)) - period.start).days
    for age in (one for one in AGES if one <= enough):
        part, _ = period.cut(today - timedelta(days=age - 1))
        if part is not None and 2 * part.days >= days:
            last = part.end - timedelta(days=1)
            return replace(part, label=f"{part.start.isoformat()} to {last.isoformat()}", kind="range"), age
    raise Refused(TOO_YOUNG)
