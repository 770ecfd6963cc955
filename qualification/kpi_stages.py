"""How leads move: funnel, conversion, MQL to SQL, acceptance, win rate, promises kept, growth."""

from __future__ import annotations

from collections.abc import Sequence

from qualification.kpi import Answer, Asked, Fields, Rate, Value, answer, share
from qualification.kpi_best import best_by_rate
from qualification.kpi_counts import (
    AcceptanceCounts,
    ConversionTimes,
    FunnelCounts,
    GrowthCounts,
    MqlCounts,
    SlaCounts,
    WinCounts,
    summed,
)
from qualification.kpi_words import counted, left_out, likely, listed, percent, said, window
from qualification.statistics import growth, kaplan_meier_counts, median_of

NO_LEADS = "no leads were created in this window"
FOREVER = float("inf")


def rates(**shares: tuple[int, int, str]) -> Fields:
    """Rates by field name from (k, n, why there is none)."""
    found = {name: share(k, n) for name, (k, n, _) in shares.items()}
    values: dict[str, Value] = dict(found)
    return values, {name: why for name, (_, _, why) in shares.items() if found[name] is None}


def became_customers(customers: int, leads: int) -> str:
    """`10.0% of leads became customers, likely 8.3–12.0% (100 of 1,000).`"""
    rate = share(customers, leads)
    return "" if rate is None else f"{percent(rate.value)} of leads became customers, {likely(rate)}."


def still_open(n: int) -> str:
    """`620 are still open.`, or nothing when none is."""
    return "" if not n else f"{n:,} {'is' if n == 1 else 'are'} still open."


def nobody(asked: Asked, what: str) -> str:
    """No data, in words: what there was none of, and what was left out."""
    return said(f"No data: {what} ({window(asked)}).", left_out(asked.left_out))


def funnel_fields(counts: FunnelCounts) -> Fields:
    """The funnel's columns, which `sources` has, too."""
    c = counts
    values, missing = rates(
        lead_to_mql=(c.mqls, c.leads, NO_LEADS),
        mql_to_sql=(c.sqls, c.mqls, "no lead became an MQL"),
        sql_to_customer=(c.customers, c.sqls, "no lead became an SQL"),
        conversion=(c.customers, c.leads, NO_LEADS),
    )
    return {"leads": c.leads, "mqls": c.mqls, "sqls": c.sqls, "customers": c.customers, **values}, missing


def funnel(asked: Asked, counts: Sequence[FunnelCounts]) -> Answer:
    """Per stage how many of the window's leads ever reached it; rates from stage to stage and from the start.

    Raises:
        ValueError: more leads in a later stage than in an earlier one.
    """
    total = summed(counts, FunnelCounts("all", 0, 0, 0, 0))
    stages = f"{counted(total.leads, 'lead')} → {total.mqls:,} MQL → {total.sqls:,} SQL"
    text = said(
        f"{stages} → {counted(total.customers, 'customer')} ({window(asked)}).",
        became_customers(total.customers, total.leads),
        best_by_rate(asked, [(one.key, share(one.customers, one.leads)) for one in counts]),
        still_open(total.open),
        left_out(asked.left_out),
    )
    return answer(
        "funnel", asked, counts, total, funnel_fields, text if total.leads else nobody(asked, NO_LEADS)
    )


def adjusted_conversion(counts: ConversionTimes) -> Rate | None:
    """The share that will have become customers by the age of the slowest so far (Kaplan–Meier).

    Open leads are censored at their age. Lost and disqualified leads will never buy: they stay watched for
    ever and so remain in every denominator, where dropping them would promise too much.
    """
    leads, customers = counts.leads, counts.customers
    if not leads:
        return None
    closed = leads - customers - sum(counts.open_days.values())
    curve = kaplan_meier_counts(counts.customer_days, {**counts.open_days, FOREVER: closed})
    if not curve.steps:
        return share(0, leads)
    last = curve.steps[-1]
    return Rate(1 - last.survival, 1 - last.high, 1 - last.low, customers, leads)


def conversion(asked: Asked, counts: Sequence[ConversionTimes]) -> Answer:
    """Customers of the window's leads ÷ those leads; how much of the cohort is old enough; adjusted for age.

    The age that counts as mature is the median lead-to-customer time over all keys, the same for every row.
    """
    total = summed(counts, ConversionTimes("all", {}, {}, {}))
    typical = median_of(total.customer_days)

    def fields(one: ConversionTimes) -> Fields:
        leads, customers = one.leads, one.customers
        values, missing = rates(conversion=(customers, leads, NO_LEADS))
        values["mature_share"] = None
        if typical is None:
            missing["mature_share"] = (
                "nobody became a customer yet, so there is no typical time to compare with"
            )
        else:
            older, why = rates(mature_share=(_older(one, typical), leads, NO_LEADS))
            values, missing = values | older, missing | why
        values["adjusted"] = adjusted_conversion(one)
        missing |= {} if leads else {"adjusted": NO_LEADS}
        return {"leads": leads, "customers": customers, **values}, missing

    leads, customers = total.leads, total.customers
    if not leads:
        return answer("conversion", asked, counts, total, fields, nobody(asked, NO_LEADS))
    adjusted = adjusted_conversion(total)
    older = 0 if typical is None else _older(total, typical)
    text = said(
        became_customers(customers, leads),
        best_by_rate(asked, [(one.key, share(one.customers, one.leads)) for one in counts]),
        still_open(sum(total.open_days.values())),
        f"{percent(older / leads)} are older than the usual {typical:.0f} days from lead to customer."
        if typical is not None
        else "Nobody became a customer yet, so nothing can be said about how long it takes.",
        f"Allowing for those still open, expect {percent(adjusted.value)}."
        if adjusted is not None and total.open_days and customers
        else "",
        f"Window: {window(asked)}.",
        left_out(asked.left_out),
    )
    return answer("conversion", asked, counts, total, fields, text)


def _older(counts: ConversionTimes, days: float) -> int:
    return sum(n for age, n in counts.ages.items() if age > days)


def mql_sql(asked: Asked, counts: Sequence[MqlCounts], within_days: int = 30) -> Answer:
    """Of the window's MQLs that are old enough, the share that reached SQL within `within_days`."""
    total = summed(counts, MqlCounts("all", 0, 0, 0))
    none = (
        f"no MQL of this window is {within_days} days old yet" if total.immature else "no lead became an MQL"
    )

    def fields(one: MqlCounts) -> Fields:
        values, missing = rates(rate=(one.sqls, one.mqls, none))
        return {"mqls": one.mqls, "sqls": one.sqls, **values, "immature": one.immature}, missing

    rate = share(total.sqls, total.mqls)
    young = f"{total.immature:,} younger {'one is' if total.immature == 1 else 'ones are'} not counted yet."
    if rate is None:
        text = nobody(asked, none)
    else:
        became = f"{percent(rate.value)} of MQLs became SQL within {within_days} days"
        text = f"{became}, {likely(rate)}, {window(asked)}."
        best = best_by_rate(asked, [(one.key, share(one.sqls, one.mqls)) for one in counts])
        text = said(text, best, young if total.immature else "", left_out(asked.left_out))
    return answer("mql-sql", asked, counts, total, fields, text)


def acceptance(asked: Asked, counts: Sequence[AcceptanceCounts]) -> Answer:
    """Accepted ÷ (accepted + rejected); undecided and overdue apart; the reasons stand in the text."""
    total = summed(counts, AcceptanceCounts("all", 0, 0, 0, 0))
    none = "no MQL of this window was accepted or rejected yet"

    def fields(one: AcceptanceCounts) -> Fields:
        values, missing = rates(rate=(one.accepted, one.accepted + one.rejected, none))
        decided: dict[str, Value] = {"accepted": one.accepted, "rejected": one.rejected}
        return {**decided, "undecided": one.undecided, "overdue": one.overdue, **values}, missing

    rate = share(total.accepted, total.accepted + total.rejected)
    waiting = (
        f"{total.undecided:,} undecided, {total.overdue:,} overdue."
        if total.undecided + total.overdue
        else ""
    )
    worst = max(counts, key=lambda one: one.rejected) if asked.by and counts else None
    if rate is None:
        text = said(nobody(asked, none), waiting)
    else:
        text = said(
            f"Sales accepted {percent(rate.value)} of the MQLs decided on, {likely(rate)}, {window(asked)}.",
            best_by_rate(
                asked, [(one.key, share(one.accepted, one.accepted + one.rejected)) for one in counts]
            ),
            waiting,
            f"Rejected for: {listed(total.reasons, ' ')}." if total.reasons else "",
            f"Most rejections come from {worst.key} ({worst.rejected:,})."
            if worst and worst.rejected
            else "",
            left_out(asked.left_out),
        )
    return answer("acceptance", asked, counts, total, fields, text)


def sla(asked: Asked, counts: Sequence[SlaCounts]) -> Answer:
    """Clocks kept ÷ (kept + broken). Overdue and open is broken, what is not due yet doesn't count."""
    total = summed(counts, SlaCounts("all", 0, 0, 0))
    none = "no promise was due in this window"

    def fields(one: SlaCounts) -> Fields:
        broken = one.breached + one.overdue_open
        values, missing = rates(rate=(one.met, one.met + broken, none))
        return {"met": one.met, "breached": broken, **values}, missing

    rate = share(total.met, total.met + total.breached + total.overdue_open)
    if rate is None:
        text = nobody(asked, none)
    else:
        text = said(
            f"We kept {percent(rate.value)} of our promises, {likely(rate)}, {window(asked)}.",
            best_by_rate(
                asked,
                [(one.key, share(one.met, one.met + one.breached + one.overdue_open)) for one in counts],
            ),
            f"{total.overdue_open:,} broken and still open." if total.overdue_open else "",
            f"{total.not_due:,} not due yet." if total.not_due else "",
            left_out(asked.left_out),
        )
    return answer("sla", asked, counts, total, fields, text)


def win(asked: Asked, counts: Sequence[WinCounts]) -> Answer:
    """Won ÷ (won + lost) of the SQLs closed in the window."""
    total = summed(counts, WinCounts("all", 0, 0))
    none = "no SQL was won or lost in this window"

    def fields(one: WinCounts) -> Fields:
        values, missing = rates(rate=(one.won, one.won + one.lost, none))
        return {"won": one.won, "lost": one.lost, **values}, missing

    rate = share(total.won, total.won + total.lost)
    text = nobody(asked, none)
    if rate is not None:
        text = f"We won {percent(rate.value)} of the SQLs that were decided, {likely(rate)}, {window(asked)}."
        best = best_by_rate(asked, [(one.key, share(one.won, one.won + one.lost)) for one in counts])
        text = said(text, best, left_out(asked.left_out))
    return answer("win", asked, counts, total, fields, text)


def lvr(
    asked: Asked,
    counts: Sequence[GrowthCounts],
    last_label: str,
    unknown: str = "",
    half_known: str = "",
) -> Answer:
    """(MQLs this month − last) ÷ last; `last_label` names what it was compared with.

    A change is no share: the rate's k is the difference, n the month before, and there is no interval.

    Args:
        unknown: Why nothing is known of the month before, where that is so: then it has no number.
        half_known: A sentence on what else keeps the two from being alike.
    """
    total = summed(counts, GrowthCounts("all", 0, 0))
    none = unknown or f"there was no MQL in {last_label} to compare with"

    def fields(one: GrowthCounts) -> Fields:
        change = growth(one.this, one.last)
        rate = None if change is None else Rate(change, None, None, one.this - one.last, one.last)
        missing = {} if rate else {"rate": none}
        if unknown:
            return {"this": one.this, "last": None, "rate": rate}, missing | {"last": unknown}
        return {"this": one.this, "last": one.last, "rate": rate}, missing

    change = growth(total.this, total.last)
    numbers = f"{window(asked)}: {counted(total.this, 'MQL')} against {total.last:,} in {last_label}"
    if not total.this and not total.last:
        text = f"No data: no lead became an MQL, nor in {last_label} ({window(asked)})."
    elif unknown:
        text = f"{window(asked)}: {counted(total.this, 'MQL')}; nothing to compare with: {unknown}."
    elif change is None:
        text = f"{numbers}. No rate: {none}."
    else:
        way = f"{percent(abs(change))} {'more' if change > 0 else 'fewer'}" if change else "as many as before"
        text = f"{numbers}, {way}."
    text = said(text, half_known, left_out(asked.left_out))
    return answer("lvr", asked, counts, total, fields, text)
