"""Answer one question about numbers: who may see it, count in one reading transaction, then calculate."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.flows.counting import all_counted
from handlers.flows.kpi_asking import Reading, read
from handlers.flows.kpi_beside import Beside, beside
from handlers.flows.kpi_counting import Counting
from handlers.flows.kpi_versus import against, beside_before
from handlers.flows.office import Office, Rules, Setup
from qualification.errors import Refused
from qualification.kpi import Answer, Asked, LeftOut
from qualification.kpi_question import Question, Role, may_see, written
from store.house import Person
from store.kpi_flows import leads_left_out
from store.kpi_scope import Scope

CHARTS_REFUSED = "charts_refused"
"""The setting that remembers that this workspace does not take charts."""
_NOT_PEOPLE = {"rule": "the rules", "clock": "a date", "import": "the import"}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and what it takes to show it.

    Attributes:
        whose: "own" where a rep sees the own row only.
        names: Slack id → how we call that person.
        may_see_all: Slack ids of those who may see everybody's.
        charts: False where the workspace refused a chart before.
        asked: The question as its buttons repeat it.
        understood: It said back in words, "" where the short grammar said it all.
    """

    question: Question
    answer: Answer
    whose: str
    names: Mapping[str, str]
    may_see_all: tuple[str, ...]
    at: datetime
    charts: bool
    beside: Beside
    asked: str = ""
    understood: str = ""


def roles_of(setup: Setup, user: str) -> frozenset[Role]:
    """What somebody is here. Whoever is nothing else is a rep."""
    lists: tuple[tuple[Role, tuple[str, ...]], ...] = (
        ("admin", setup.admins),
        ("manager", setup.managers),
        ("marketer", setup.marketers),
    )
    return frozenset(role for role, people in lists if user in people) or frozenset({"rep"})


def is_managing(setup: Setup, user: str) -> bool:
    """Whether somebody is a manager or an admin here."""
    return user in setup.managing


def managers_only(setup: Setup, user: str, what: str) -> None:
    """Raises Refused for everybody else, with who may; `what` begins the sentence, as in "Keys"."""
    if not is_managing(setup, user):
        people = _mentioned(setup)
        raise Refused(f"{what} are for managers and admins{f': {people}' if people else ''}.")


def _mentioned(setup: Setup) -> str:
    return ", ".join(f"<@{one}>" for one in setup.managing)


async def ask(office: Office, where: str, text: str, user: str) -> Told:
    """What `/kpi text` answers this person.

    Raises:
        AskBack: it could mean several things, which are offered.
        Refused: it can't be read, or is not for this person; the words say what would be or who may.
    """
    reading = await read(office, where, text, user)
    return _as_read(await answer(office, where, reading.question, user), reading)


async def ask_with_every_right(office: Office, where: str, text: str) -> Told:
    """The same for whoever has the database; raises as `ask`."""
    reading = await read(office, where, text, None)
    return _as_read(await answer(office, where, reading.question, None), reading)


def _as_read(told: Told, reading: Reading) -> Told:
    return replace(told, asked=reading.asked, understood=reading.understood)


async def answer(office: Office, where: str, question: Question, user: str | None) -> Told:
    """The answer to a question that was read already; `user` None asks with every right (CLI, HTTP key)."""
    rules = await office.rules(where)
    setup = rules.setup
    by = question.only[0] if question.only else question.by or question.kpi.always_by
    whose = "all" if user is None else whose_numbers(question, user, setup)
    now = office.clock()
    async with all_counted(office, where) as (work, uncounted):
        scope = Scope(work, rules.definition.left_out, by, now)
        people = await work.house.people()
        mine = user if whose == "own" else None
        only = question.only[1] if question.only else None
        asked = await _asked(scope, question, rules, people, mine)
        at = Counting(scope, question, asked, rules.definition, rules.week, only or mine)
        comparison = await against(at) if question.against else None
        calculation = comparison.this if comparison else await beside_before(at)
        settings = await work.house.settings()
        plain = question.only is None and comparison is None
        conversions = calculation.conversions if plain else ()
        context = await beside(scope, question.period, conversions, only)
    # A hundred thousand waits take a moment to sort: others' clicks go on meanwhile.
    made = await asyncio.to_thread(comparison.make if comparison else calculation.make)
    names = {person.user: person.handle or person.name for person in people}
    text = _named(made.text, names)
    if uncounted:
        text = f"{text} Still being counted: {uncounted:,} leads may be missing here."
    made = replace(made, text=text, only=question.only)
    asked_again = written(question, now)
    return Told(
        question,
        made,
        whose,
        names,
        setup.managing,
        now,
        not settings.get(CHARTS_REFUSED),
        context,
        asked_again,
    )


async def remember_no_charts(office: Office, where: str) -> None:
    """This workspace refused a chart: don't offer one again."""
    async with office.store.begin(where) as work:
        await work.house.set({CHARTS_REFUSED: True})


def whose_numbers(question: Question, user: str, setup: Setup) -> str:
    """ "all", or "own" where this person sees the own row only.

    Raises:
        Refused: they may see neither.
    """
    only = question.only
    try:
        seen = may_see(question.kpi, only[0] if only else question.by, roles_of(setup, user))
        if only is not None and only[0] == "rep" and seen == "own" and only[1] != user:
            raise Refused("Numbers of other reps are for managers and admins; yours you may ask any time.")
        return seen
    except Refused as no:
        people = _mentioned(setup) or "nobody yet: an admin names managers in App Home"
        raise Refused(f"{no} Here that is {people}.") from None


async def _asked(
    scope: Scope, question: Question, rules: Rules, people: list[Person], mine: str | None
) -> Asked:
    column = question.kpi.left_out_by
    only = question.only[1] if question.only else None
    gone = LeftOut() if column is None else await leads_left_out(scope, column, question.period, mine, only)
    handles = {person.user: person.handle or person.name for person in people} | _NOT_PEOPLE
    by = {handles.get(actor, actor): n for actor, n in gone.by.items()}
    return Asked(
        question.period,
        question.by,
        rules.setup.currency,
        await scope.versions(question.period),
        LeftOut(gone.reasons, by),
        question.first,
    )


def _named(text: str, names: Mapping[str, str]) -> str:
    """The sentence with people's handles where the numbers only know their ids."""
    return re.sub(r"\b[UW][A-Z0-9]{2,}\b", lambda found: names.get(found[0], found[0]), text)
