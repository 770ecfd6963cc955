"""A manager's board: the headline numbers, each beside one it may fairly be compared with."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.flows.kpi import answer
from handlers.flows.kpi_asking import read_parts
from handlers.flows.office import Office
from qualification.kpi import Answer, share
from qualification.kpi_cells import ALL
from qualification.kpi_counts import MqlCounts, summed
from qualification.kpi_ripe import RIPE_DAYS, Ripe, ripe_windows
from qualification.periods import Period, so_far
from store.kpi_cohorts import bought_within, mql_to_sql
from store.kpi_scope import Scope


@dataclass(frozen=True, slots=True)
class Board:
    """The headline numbers.

    Attributes:
        month: The overview of this month to date; its `previous` is the same days of the month before.
        before: That stretch, in words.
        ripe: Rates of cohorts that are old enough, against cohorts as old.
        window: Whose rates these are.
    """

    month: Answer
    before: str
    ripe: tuple[Ripe, ...]
    window: Period


async def see_board(office: Office, where: str) -> Board:
    """The board as it is now, for somebody who may see every number."""
    question = await read_parts(office, where, "overview", period="this month")
    told = await answer(office, where, question, None)
    rules = await office.rules(where)
    this, before = ripe_windows(told.at, rules.setup.zone)
    async with office.store.read(where) as work:
        scope = Scope(work, rules.definition.left_out, None, told.at)
        bought = await bought_within(scope, [this, before], RIPE_DAYS)
        handed = [
            summed(await mql_to_sql(scope, period, RIPE_DAYS), MqlCounts(ALL, 0, 0, 0))
            for period in (this, before)
        ]
    customers = [share(k, n) for n, k in bought]
    sqls = [share(one.sqls, one.mqls) for one in handed]
    ripe = (
        Ripe("leads", "customers", *customers),
        Ripe("MQLs", "SQLs", *sqls),
    )
    return Board(told.answer, so_far(question.period, told.at)[1].label, ripe, this)
