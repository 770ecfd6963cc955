"""What campaigns cost: the campaigns to choose from, and saving an amount for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.flows.kpi import answer, roles_of
from handlers.flows.office import Office
from qualification.errors import Refused
from qualification.kpi import KPIS
from qualification.kpi_question import Question
from qualification.money import Money
from qualification.periods import Period
from store.intake import SpendRow
from store.kpi_spend import campaigns_seen, overlapping

AHEAD = timedelta(days=366)
"""A year's plan may be entered; further ahead is a typing mistake."""
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class SpendForm:
    """What the spend dialog opens with: source and campaign pairs (campaign "" for none), and the month."""

    campaigns: tuple[tuple[str, str], ...]
    start: date
    end: date
    today: date
    currency: str


@dataclass(frozen=True, slots=True)
class SpendSaved:
    """What was saved.

    Attributes:
        replaced: The amount that stood there for the same days before, if there was one.
        overlapping: Amounts of the same campaign for other days that share days with it: all of them count.
    """

    row: SpendRow
    replaced: Money | None
    overlapping: tuple[SpendRow, ...]


class WrongDays(Refused):
    """The days can't be: which of both is wrong is in `field`, "from" or "to"."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


async def spend_form(office: Office, where: str, user: str) -> SpendForm:
    """What the dialog offers this person.

    Raises:
        Refused: spend is for marketers and managers; the words name them.
    """
    rules = await office.rules(where)
    may_enter(rules.setup.marketers, rules.setup.managers, rules.setup.admins, roles_of(rules.setup, user))
    today = office.clock().astimezone(rules.setup.zone).date()
    async with office.store.read(where) as work:
        seen = await campaigns_seen(work)
    return SpendForm(tuple(seen), today.replace(day=1), today, today, rules.setup.currency)


async def let_in(office: Office, where: str, user: str) -> None:
    """The same rule for a whole file of spend.

    Raises:
        Refused: not this person's to enter; the words name who may.
    """
    setup = (await office.rules(where)).setup
    may_enter(setup.marketers, setup.managers, setup.admins, roles_of(setup, user))


def may_enter(
    marketers: tuple[str, ...], managers: tuple[str, ...], admins: tuple[str, ...], roles: frozenset[str]
) -> None:
    """Marketers, managers and admins enter spend.

    Raises:
        Refused: anybody else; the words name who may.
    """
    if roles & {"marketer", "manager", "admin"}:
        return
    people = ", ".join(f"<@{user}>" for user in dict.fromkeys((*marketers, *managers, *admins)))
    raise Refused(
        "What campaigns cost is entered by marketers and managers. "
        + (f"Please ask {people}." if people else "Nobody is one yet: an admin names them in App Home.")
    )


async def save_spend(office: Office, where: str, user: str, row: SpendRow) -> SpendSaved:
    """Keep what a campaign cost; the same campaign and days again replaces the amount.

    Raises:
        Refused: not this person's to enter.
        WrongDays: they end before they begin, or lie before 2000 or over a year ahead.
    """
    rules = await office.rules(where)
    setup, now = rules.setup, office.clock()
    may_enter(setup.marketers, setup.managers, setup.admins, roles_of(setup, user))
    today = now.astimezone(setup.zone).date()
    if row.from_day < EARLIEST:
        raise WrongDays("from", "Choose a day after 1999.")
    if row.to_day < row.from_day:
        raise WrongDays("to", "The last day lies before the first.")
    if row.to_day > today + AHEAD:
        raise WrongDays("to", "That is over a year ahead.")
    async with office.store.begin(where) as work:
        there = await work.intake.spend_touching(row.from_day, row.to_day)
        before = next((one for one in there if _same(one, row)), None)
        if before is None or before.amount_minor != row.amount_minor:
            await work.intake.save_spend([row], user, now)
    replaced = Money(before.amount_minor, before.currency) if before else None
    return SpendSaved(row, replaced, tuple(overlapping(there, row)))


def _same(one: SpendRow, other: SpendRow) -> bool:
    return (one.source, one.campaign, one.currency, one.from_day, one.to_day) == (
        other.source,
        other.campaign,
        other.currency,
        other.from_day,
        other.to_day,
    )


async def cost_now(office: Office, where: str, row: SpendRow) -> str:
    """What a lead of this source cost in the days of the amount, in a sentence."""
    rules = await office.rules(where)
    today = office.clock().astimezone(rules.setup.zone).date()
    if row.from_day > today:
        return "It counts from its first day on."
    label = f"{row.from_day.isoformat()} to {row.to_day.isoformat()}"
    period = Period(row.from_day, row.to_day + timedelta(days=1), label, "range", rules.setup.zone)
    told = (await answer(office, where, Question(KPIS["cpl"], period, "source"), None)).answer
    mine = next((one for one in told.rows if one["key"] == row.source), None)
    if mine is None or mine["cpl"] is None:
        return f"No lead came from {row.source} in these days yet, so there is no cost per lead."
    return f"A lead from {row.source} cost {mine['cpl']} in these days: {mine['spend']} for {mine['leads']}."
