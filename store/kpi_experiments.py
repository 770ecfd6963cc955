"""Counting an experiment: who saw which arm first, and what became of them in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from qualification.experiment_judging import ExperimentCounts, by_arm
from qualification.experiments import Experiment, experiment_key
from qualification.periods import Period
from store.kpi_scope import DAY, SECOND, WAS_MQL, Scope, instant, raw, within
from store.tables.leads import external_ids, leads
from store.tables.watched import exposure_counts, exposures
from store.watched import PAGE

APART = {"mixed": "saw two variants", "already": "were there before", "left_out": "left out by the rules"}
"""People in no arm's numbers."""


async def experiment(
    scope: Scope, period: Period, name: str, agreed: Mapping[str, Experiment]
) -> ExperimentCounts:
    """Everybody who first saw this experiment in the window, once each, by arm and day.

    Ids that are one lead's are one person; who saw two arms under them is in neither. A conversion is the
    milestone within the outcome window of the first sight, of a valid lead. Who became a lead without
    allowing that we know which visit was theirs converted to a lead and to nothing further.
    """
    heard = await scope.work.watched.experiments()
    there = sorted({*heard, *agreed})
    # Whoever names none means the only one there is.
    key = experiment_key(name) or (there[0] if len(there) == 1 else "")
    plan = agreed.get(key, Experiment(name.strip() or key))
    rows, apart = await _counted(scope, plan, key, within(exposures.c.at, period))
    here = exposure_counts.c.workspace == scope.work.workspace
    kept = select(exposure_counts).where(
        here,
        exposure_counts.c.experiment == key,
        exposure_counts.c.day >= instant(period.start_at) // DAY,
        exposure_counts.c.day < -(-instant(period.end_at) // DAY),
    )
    rows += [(r.arm, r.day, r.seen, r.converted, 0) for r in await scope.work.execute(kept)]
    return ExperimentCounts(
        plan,
        key in agreed,
        by_arm(_summed(rows)),
        tuple((APART[why], n) for why, n in apart.items()),
        await _unmatched(scope, period, key),
        tuple(agreed[one].name if one in agreed else one for one in there if one != key),
    )


async def fold_experiments(scope: Scope, agreed: Mapping[str, Experiment]) -> int:
    """A page of those who saw something so long ago that it is forgotten becomes numbers; says how many.

    A person goes whole, with what they saw in another browser later: told apart they would be two, each in
    an arm. Waiting for their last browser instead would keep the first for longer than was promised.
    """
    over = (exposures.c.workspace == scope.work.workspace, exposures.c.expires_at <= scope.now)
    first = select(exposures.c.experiment).where(*over).order_by(exposures.c.experiment).limit(1)
    key = (await scope.work.execute(first)).scalar()
    if key is None:
        return 0
    page = select(exposures.c.person).where(*over, exposures.c.experiment == key)
    people = list((await scope.work.execute(page.order_by(exposures.c.person).limit(PAGE))).scalars())
    people = sorted({*people, *await _of_the_same_leads(scope, people)})
    which = and_(over[0], exposures.c.experiment == key, exposures.c.person.in_(people))
    rows, _ = await _counted(scope, agreed.get(key, Experiment(key)), key, which)
    insert = scope.work.insert(exposure_counts)
    told, table = insert.excluded, exposure_counts.c
    upsert = insert.on_conflict_do_update(
        index_elements=[table.workspace, table.experiment, table.arm, table.day],
        set_={"seen": table.seen + told.seen, "converted": table.converted + told.converted},
    )
    here = {"workspace": scope.work.workspace, "experiment": key}
    counts = [
        {**here, "arm": arm, "day": day, "seen": seen + young, "converted": converted}
        for arm, day, seen, converted, young in rows
    ]
    if counts:
        await scope.work.execute(upsert, counts)
    return (await scope.work.execute(delete(exposures).where(which))).rowcount


async def _of_the_same_leads(scope: Scope, people: Sequence[str]) -> Sequence[str]:
    """All ids of the leads that these ids are, also of those merged into them."""
    here, ids = scope.work.workspace, external_ids.c
    known = (
        select(func.coalesce(leads.c.survivor, leads.c.number))
        .join(external_ids, and_(ids.workspace == leads.c.workspace, ids.lead == leads.c.number))
        .where(ids.workspace == here, ids.key.in_(people))
    )
    found = list((await scope.work.execute(known.distinct())).scalars())
    if not found:
        return []
    merged = select(leads.c.number).where(leads.c.workspace == here, leads.c.survivor.in_(found))
    numbers = [*found, *(await scope.work.execute(merged)).scalars()]
    theirs = select(ids.key).where(ids.workspace == here, ids.lead.in_(numbers)).order_by(ids.key)
    return list((await scope.work.execute(theirs)).scalars())


Row = tuple[str, int, int, int, int]


async def _counted(
    scope: Scope, plan: Experiment, key: str, which: ColumnElement[bool]
) -> tuple[list[Row], dict[str, int]]:
    """Rows of (arm, day, past the window, of them converted, younger), and how many are in no arm."""
    people = _people(scope, plan, key, which)
    window = int(plan.within.total_seconds()) * SECOND
    state = case(
        (or_(people.c.mixed == 1, people.c.first_arm != people.c.last_arm), "mixed"),
        (people.c.left_out == 1, "left_out"),
        (people.c.done < people.c.at, "already"),
        (people.c.at + window > instant(scope.now), "young"),
        (people.c.done <= people.c.at + window, "converted"),
        else_="seen",
    )
    each = select(people.c.first_arm.label("arm"), (people.c.at // DAY).label("day"), state.label("state"))
    inner = each.subquery()
    query = select(inner, func.count().label("n")).group_by(inner.c.arm, inner.c.day, inner.c.state)
    rows: list[Row] = []
    apart = dict.fromkeys(APART, 0)
    for row in await scope.work.execute(query):
        if row.state in apart:
            apart[row.state] += row.n
        else:
            young = row.state == "young"
            converted = row.n if row.state == "converted" else 0
            rows.append((row.arm, int(row.day), 0 if young else row.n, converted, row.n if young else 0))
    return _summed(rows), apart


def _people(scope: Scope, plan: Experiment, key: str, which: ColumnElement[bool]) -> Subquery:
    """One row per person: an id that is nobody's, or all ids of one lead."""
    merged = leads.alias("merged")
    known = leads.c.number.is_not(None)
    valid = and_(*scope.valid())
    reached = case((known, case((valid, _milestone(plan)))), else_=_alone(plan))
    person = case((known, literal("L") + cast(leads.c.number, String)), else_=exposures.c.person)
    ids = and_(external_ids.c.workspace == exposures.c.workspace, external_ids.c.key == exposures.c.person)
    before = and_(merged.c.workspace == exposures.c.workspace, merged.c.number == external_ids.c.lead)
    its_lead = and_(
        leads.c.workspace == exposures.c.workspace,
        leads.c.number == func.coalesce(merged.c.survivor, external_ids.c.lead),
    )
    joined = exposures.outerjoin(external_ids, ids).outerjoin(merged, before).outerjoin(leads, its_lead)
    each = (
        select(
            person.label("person"),
            exposures.c.arm,
            raw(exposures.c.at).label("at"),
            case((exposures.c.mixed, 1), else_=0).label("mixed"),
            case((and_(known, ~valid), 1), else_=0).label("left_out"),
            reached.label("done"),
        )
        .select_from(joined)
        .where(exposures.c.workspace == scope.work.workspace, exposures.c.experiment == key, which)
        .subquery()
    )
    return (
        select(
            func.min(each.c.arm).label("first_arm"),
            func.max(each.c.arm).label("last_arm"),
            func.min(each.c.at).label("at"),
            func.max(each.c.mixed).label("mixed"),
            func.max(each.c.left_out).label("left_out"),
            func.min(each.c.done).label("done"),
        )
        .group_by(each.c.person)
        .subquery()
    )


def _milestone(plan: Experiment) -> ColumnElement[Any]:
    """When a lead reached the outcome. Who skipped a stage passed it with the next one."""
    won, sql = raw(leads.c.won_at), func.coalesce(raw(leads.c.sql_at), raw(leads.c.won_at))
    match plan.outcome:
        case "customer":
            return won
        case "sql":
            return sql
        case "mql":
            return case((WAS_MQL, func.coalesce(raw(leads.c.mql_at), sql)))
        case _:
            return raw(leads.c.created_at)


def _alone(plan: Experiment) -> ColumnElement[Any]:
    """The same where nobody may know which lead it was."""
    return raw(exposures.c.became_lead_at) if plan.outcome == "lead" else null()


async def _unmatched(scope: Scope, period: Period, key: str) -> int:
    """Valid leads of the window whose form named this experiment, and none of whose ids saw it."""
    seen = exists().where(
        external_ids.c.workspace == leads.c.workspace,
        external_ids.c.lead == leads.c.number,
        exposures.c.workspace == external_ids.c.workspace,
        exposures.c.person == external_ids.c.key,
        exposures.c.experiment == key,
    )
    named = select(leads.c.variant, func.count().label("n")).where(
        *scope.valid(), within(leads.c.created_at, period), leads.c.variant.like("%:%"), ~seen
    )
    rows = await scope.work.execute(named.group_by(leads.c.variant))
    return sum(row.n for row in rows if experiment_key(row.variant.rpartition(":")[0]) == key)


def _summed(rows: list[Row]) -> list[Row]:
    found: dict[tuple[str, int], tuple[int, int, int]] = {}
    for arm, day, seen, converted, young in rows:
        a, b, c = found.get((arm, day), (0, 0, 0))
        found[arm, day] = (a + seen, b + converted, c + young)
    return [(arm, day, *counts) for (arm, day), counts in sorted(found.items())]
