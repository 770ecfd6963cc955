"""Which leads? Those behind a number, as far as whoever asks may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from handlers.flows.find import Found
from handlers.flows.kpi import whose_numbers
from handlers.flows.kpi_asking import read
from handlers.flows.kpi_counting import SQL_WITHIN_DAYS
from handlers.flows.office import Office
from qualification.errors import Refused
from qualification.kpi import KPIS
from qualification.kpi_question import Question, written
from qualification.periods import Period, so_far
from store.kpi_leads import groups_behind, leads_behind
from store.kpi_scope import Scope

MOST = 20
MOST_GROUPS = 100
"""As many as Slack's select takes."""


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a split: what it is called, its leads, and the question about it alone."""

    called: str
    count: int
    asked: str


@dataclass(frozen=True, slots=True)
class LeadsBehind:
    """The leads behind one count.

    Attributes:
        part: the field of the total that counts them.
        parts: the fields one can look at, with their words.
        found: the newest MOST of them, with how many there are in all.
        own: whether only the person's own are shown.
        groups: for an answer that was split, its rows with how many leads each has, and the question that
            asks for it alone.
    """

    asked: str
    question: Question
    period: Period
    part: str
    parts: tuple[tuple[str, str], ...]
    found: Found
    own: bool
    groups: tuple[Group, ...] = ()


async def leads_of(office: Office, where: str, text: str, user: str, part: str = "") -> LeadsBehind:
    """The leads that `/kpi text` counted, the newest first.

    Args:
        part: A field of the total; without one the first there is.
    Raises:
        Refused: it can't be read, there are no leads behind it, or it is not for this person.
    """
    rules = await office.rules(where)
    now = office.clock()
    question = (await read(office, where, text, user)).question
    kpi, parts = question.kpi, question.kpi.behind
    if not parts:
        known = ", ".join(one.name for one in KPIS.values() if one.behind)
        raise Refused(f"There are no single leads to show behind `{kpi.name}`. I can for {known}.")
    chosen = next((one for one in parts if one[0] == part), parts[0])
    own = whose_numbers(question, user, rules.setup) == "own"
    period = so_far(question.period, now)[0] if kpi.compared.how == "itself" else question.period
    async with office.store.read(where) as work:
        by, key = question.only or ("rep", user if own else None)
        scope = Scope(work, rules.definition.left_out, by, now)
        behind = await leads_behind(scope, chosen[2], period, SQL_WITHIN_DAYS, MOST, key)
        leads = await work.leads.many(behind.numbers)
        split = () if own else await _groups(scope, question, chosen[2], period, rules.names)
    seen = tuple(rules.see(leads[number], now) for number in behind.numbers if number in leads)
    found = Found(seen, rules.names, behind.count, more=behind.count > len(seen))
    said = tuple((field, words) for field, words, _ in parts)
    return LeadsBehind(text, question, period, chosen[0], said, found, own, split)


async def _groups(
    scope: Scope, question: Question, which: str, period: Period, names: Mapping[str, str]
) -> tuple[Group, ...]:
    """The rows of a split. With another model than first touch a row shares leads with others: none then."""
    by = question.by or question.kpi.always_by
    if by is None or question.only is not None or question.model != "first":
        return ()
    rows = await groups_behind(replace(scope, by=by), which, period, SQL_WITHIN_DAYS, MOST_GROUPS)
    alone = replace(question, by=None, share=False, against=None)
    return tuple(
        Group(names.get(key, key), n, written(replace(alone, only=(by, key)), scope.now))
        for key, n in rows
        if key
    )
