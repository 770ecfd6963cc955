"""What leads and customers cost and bring: CPL, CAC, sources, pipeline velocity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from qualification.kpi import Answer, Asked, Fields, Rate, Value, answer, share
from qualification.kpi_best import best_by_cost, best_by_rate
from qualification.kpi_counts import (
    FunnelCounts,
    SourceCounts,
    SpendCounts,
    VelocityFactors,
    WonAmounts,
    summed,
)
from qualification.kpi_stages import NO_LEADS, became_customers, funnel_fields, nobody, still_open
from qualification.kpi_words import counted, left_out, percent, said, window
from qualification.money import Money, format_money
from qualification.statistics import mean_interval

NO_SPEND = "no spend was entered for this window"


def in_currency(amounts: Iterable[Money], currency: str) -> tuple[Money | None, tuple[Money, ...]]:
    """The sum in one currency (None without any), and the sums in the others, which are never added to it."""
    sums: dict[str, int] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    others = tuple(Money(minor, code) for code, minor in sorted(sums.items()) if code != currency)
    return (Money(sums[currency], currency) if currency in sums else None), others


def per(amount: Money | None, n: int) -> Money | None:
    """An amount for each of `n`, rounded to the smallest unit (half up); None when either is missing."""
    return None if amount is None or n == 0 else Money(_half_up(Fraction(amount.minor, n)), amount.currency)


def _half_up(exact: Fraction) -> int:
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _costs(spend: Money | None, counts: SpendCounts | SourceCounts) -> Fields:
    """Cost per lead, MQL, SQL and customer, each with why there is none."""
    heads = {
        "cpl": (counts.leads, NO_LEADS),
        "cost_per_mql": (counts.mqls, "no lead became an MQL"),
        "cost_per_sql": (counts.sqls, "no lead became an SQL"),
        "cost_per_customer": (counts.customers, "nobody became a customer"),
    }
    values: dict[str, Value] = {name: per(spend, n) for name, (n, _) in heads.items()}
    reasons = {name: NO_SPEND if spend is None else why for name, (_, why) in heads.items()}
    return values, {name: why for name, why in reasons.items() if values[name] is None}


def apart(what: str, others: Sequence[Money]) -> dict[str, str]:
    """Why other currencies are in no number, under `other_…`; nothing where there are none."""
    told = ", ".join(format_money(money) for money in others)
    return {f"other_{what}": f"{told} in other currencies, not added"} if others else {}


def _covered(counts: Sequence[SpendCounts], total: SpendCounts) -> str:
    """A day is covered that any of them paid for: one source may follow upon another."""
    covered, days = len(total.covered), max((one.days for one in counts), default=0)
    return f"Spend is entered for {covered} of {days} days only." if 0 < covered < days else ""


def _one_sided(counts: Sequence[SpendCounts | SourceCounts], currency: str) -> tuple[str, str]:
    """Who cost money without leads, and who brought leads without spend, in words."""
    paid = {one.key: in_currency(one.spend, currency)[0] for one in counts}
    idle = [one.key for one in counts if paid[one.key] and not one.leads]
    free = [one.key for one in counts if one.leads and not paid[one.key]]
    return (
        f"Spend without leads: {', '.join(idle)}." if idle else "",
        f"Leads without spend: {', '.join(free)}." if free else "",
    )


def _ranked(asked: Asked, counts: Sequence[tuple[str, tuple[Money, ...], int]]) -> str:
    """Who costs least and who most for each that came, in the workspace's own currency."""
    return best_by_cost(asked, [(key, in_currency(spend, asked.currency)[0], n) for key, spend, n in counts])


def cpl(asked: Asked, counts: Sequence[SpendCounts]) -> Answer:
    """Spend ÷ leads created in the window; the same per MQL, SQL and customer entered in it."""
    total = summed(counts, SpendCounts("all", (), 0, 0, 0, 0))

    def fields(one: SpendCounts) -> Fields:
        spend, others = in_currency(one.spend, asked.currency)
        costs, missing = _costs(spend, one)
        missing |= apart("spend", others) | ({} if spend else {"spend": NO_SPEND})
        return {"spend": spend, "leads": one.leads, **costs}, missing

    spend, others = in_currency(total.spend, asked.currency)
    each = per(spend, total.leads)
    if each is not None and spend is not None:
        text = f"A lead cost {each}: {spend} for {counted(total.leads, 'lead')}, {window(asked)}."
    else:
        text = nobody(asked, NO_SPEND if spend is None else NO_LEADS)
    text = said(
        text,
        _ranked(asked, [(one.key, one.spend, one.leads) for one in counts]),
        _covered(counts, total),
        *(_one_sided(counts, asked.currency) if asked.by else ()),
        *(f"{why}." for why in apart("spend", others).values()),
        left_out(asked.left_out) if each else "",
    )
    return answer("cpl", asked, counts, total, fields, text)


def cac(asked: Asked, counts: Sequence[SpendCounts]) -> Answer:
    """Marketing spend ÷ customers won in the window. Salaries are not in it, and the text says so."""
    total = summed(counts, SpendCounts("all", (), 0, 0, 0, 0))

    def fields(one: SpendCounts) -> Fields:
        spend, others = in_currency(one.spend, asked.currency)
        costs, why = _costs(spend, one)
        missing = apart("spend", others) | ({} if spend else {"spend": NO_SPEND})
        missing |= {"cac": why["cost_per_customer"]} if "cost_per_customer" in why else {}
        return {"spend": spend, "customers": one.customers, "cac": costs["cost_per_customer"]}, missing

    spend, others = in_currency(total.spend, asked.currency)
    each = per(spend, total.customers)
    if each is not None and spend is not None:
        whom = counted(total.customers, "customer")
        text = f"A customer cost {each} (marketing spend only): {spend} for {whom}, {window(asked)}."
    else:
        text = nobody(asked, NO_SPEND if spend is None else "nobody became a customer in this window")
    best = _ranked(asked, [(one.key, one.spend, one.customers) for one in counts])
    text = said(text, best, _covered(counts, total), *(f"{why}." for why in apart("spend", others).values()))
    return answer("cac", asked, counts, total, fields, text)


def sources(asked: Asked, counts: Sequence[SourceCounts], model: str = "first") -> Answer:
    """Per source its funnel, what its leads cost and brought in; `model` names the attribution."""
    total = summed(counts, SourceCounts("all", 0, 0, 0, 0, (), ()))

    def fields(one: SourceCounts) -> Fields:
        stages, missing = funnel_fields(
            FunnelCounts(one.key, one.leads, one.mqls, one.sqls, one.customers, one.open)
        )
        spend, other_spend = in_currency(one.spend, asked.currency)
        revenue, other_revenue = in_currency(one.revenue, asked.currency)
        costs, why = _costs(spend, one)
        each = per(revenue or Money(0, asked.currency), one.leads)
        if other_revenue and revenue is None:
            # All of it is in other currencies: 0.00 would be a lie.
            each, why["revenue_per_lead"] = None, f"no revenue in {asked.currency}"
        elif each is None:
            why["revenue_per_lead"] = NO_LEADS
        missing |= why | apart("spend", other_spend) | apart("revenue", other_revenue)
        missing |= {} if spend else {"spend": NO_SPEND}
        return {**stages, "spend": spend, **costs, "revenue_per_lead": each}, missing

    if not total.leads:
        return answer("sources", asked, counts, total, fields, nobody(asked, NO_LEADS))
    best = max(counts, key=lambda one: (one.customers, one.leads))
    several = len(counts) > 1
    who = counted(len(counts), asked.by or "source") if several else best.key
    text = said(
        f"{who} brought {counted(total.leads, 'lead')}, {window(asked)}.",
        f"{best.key} brought most customers ({best.customers:,})." if best.customers and several else "",
        became_customers(total.customers, total.leads),
        best_by_rate(asked, [(one.key, share(one.customers, one.leads)) for one in counts]),
        still_open(total.open),
        *_one_sided(counts, asked.currency),
        f"Attribution: {model}.",
        left_out(asked.left_out),
    )
    return answer("sources", asked, counts, total, fields, text)


def velocity(asked: Asked, counts: Sequence[VelocityFactors], total: VelocityFactors) -> Answer:
    """Open SQLs × win rate × mean won amount ÷ mean days from SQL to won: money a day.

    None when a factor is missing. The total comes from the store: a mean of means is no mean.
    """

    def fields(one: VelocityFactors) -> Fields:
        rate = share(one.won, one.won + one.lost)
        mean = mean_amount(one.amounts, asked.currency)
        day = per_day(one.sqls, rate, mean, one.cycle_days)
        values: dict[str, Value] = {"sqls": one.sqls, "win_rate": rate}
        values |= {"mean_amount": mean, "cycle_days": one.cycle_days, "per_day": day}
        reasons = {
            "win_rate": "no SQL was won or lost in this window",
            "mean_amount": f"no customer with an amount in {asked.currency}",
            "cycle_days": "nobody knows when these customers became SQL"
            if one.won
            else "nobody became a customer in this window",
            "per_day": "a factor is missing",
        }
        missing = {name: why for name, why in reasons.items() if values[name] is None}
        if one.cycle_days == 0:
            missing["per_day"] = "SQLs were won the moment they became SQL, so there is no time to divide by"
        others = [won.total for won in one.amounts if won.total.currency != asked.currency]
        return values, missing | apart("amounts", others)

    values, missing = fields(total)
    rate, mean, day = values["win_rate"], values["mean_amount"], values["per_day"]
    if isinstance(day, Money) and isinstance(rate, Rate):
        deals = counted(total.sqls, "open SQL")
        days = f"{total.cycle_days:.1f}".removesuffix(".0")
        factors = f"{deals} × {percent(rate.value)} × {mean} ÷ {days} days"
        text = f"{day} a day: {factors}. Win rate, amount and days of {window(asked)}."
    else:
        why = [
            missing[name] for name in ("win_rate", "mean_amount", "cycle_days", "per_day") if name in missing
        ]
        text = nobody(asked, why[0])
    return answer("velocity", asked, counts, total, fields, text)


def per_day(sqls: int, win_rate: Rate | None, mean: Money | None, cycle_days: float | None) -> Money | None:
    """50 SQLs × 25% × 30,000 ÷ 60 days are 6,250 a day; None when a factor is missing."""
    if win_rate is None or mean is None or not cycle_days:
        return None
    exact = Fraction(sqls * win_rate.k * mean.minor, win_rate.n) / Fraction(cycle_days)
    return Money(_half_up(exact), mean.currency)


def likely_mean(amounts: Iterable[WonAmounts], currency: str) -> tuple[Money, Money] | None:
    """Between which amounts the true mean likely lies (95%); None with fewer than two amounts."""
    ours = [won for won in amounts if won.total.currency == currency]
    sums = sum(won.total.minor for won in ours), sum(won.squares for won in ours)
    found = mean_interval(*sums, sum(won.n for won in ours))
    return found and (Money(max(round(found[0]), 0), currency), Money(round(found[1]), currency))


def mean_amount(amounts: Iterable[WonAmounts], currency: str) -> Money | None:
    """What customers paid on average in this currency; None without one."""
    ours = [won for won in amounts if won.total.currency == currency]
    return per(Money(sum(won.total.minor for won in ours), currency), sum(won.n for won in ours))
