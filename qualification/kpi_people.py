"""How we work: overview, speed to lead, who carries what, what reps reject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualification.kpi import Answer, Asked, Fields, Value, answer, share
from qualification.kpi_best import best_by_rate
from qualification.kpi_counts import OverviewCounts, QualityCounts, RepCounts, SpeedTimes, WaitCounts, summed
from qualification.kpi_entry import STAGES
from qualification.kpi_money import NO_SPEND, in_currency, per
from qualification.kpi_stages import NO_LEADS, nobody, rates
from qualification.kpi_words import counted, lasting, left_out, likely, listed, percent, said, window
from qualification.money import Money
from qualification.statistics import Survival, growth, kaplan_meier_counts, median

ROUGH = "Times are read from buckets, at most 2% off; `exact` behind the question looks at each lead."


def waited(waits: WaitCounts) -> Survival:
    """The curve of waiting; who still waits is censored, not dropped."""
    return kaplan_meier_counts(waits.ended, waits.waiting)


def overview(
    asked: Asked,
    this: OverviewCounts,
    before: OverviewCounts,
    before_label: str,
    unknown: str = "",
    half_known: str = "",
) -> Answer:
    """What entered each stage in the window, beside the previous one: flows, no conversion of these leads.

    Args:
        unknown: Why nothing is known of the window before, where that is so: then it has no numbers.
        half_known: A sentence on what else keeps the two from being alike.
    """

    nouns = STAGES if not asked.first else {asked.first: STAGES[asked.first], **STAGES}

    def values(one: OverviewCounts) -> Fields:
        spend, others = in_currency(one.spend, asked.currency)
        entered: dict[str, Value] = {name: vars(one)[name] for name in nouns}
        entered |= {"cpl": per(spend, one.leads)}
        entered |= {"contact_median": waited(one.contacts).median}
        missing = {"other_spend": "spend in other currencies is not added"} if others else {}
        if entered["cpl"] is None:
            missing["cpl"] = NO_SPEND if spend is None else NO_LEADS
        if entered["contact_median"] is None:
            missing["contact_median"] = _no_median(one.contacts.n)
        return entered, missing

    now, missing = values(this)
    then, why = values(before)

    def fields(_: OverviewCounts) -> Fields:
        earlier, reasons = (dict.fromkeys(then), dict.fromkeys(then, unknown)) if unknown else (then, why)
        told = {f"previous.{name}": reason for name, reason in reasons.items()}
        return {**now, "previous": earlier}, missing | told

    beside = {name: "" if unknown else f" ({vars(before)[name]:,})" for name in nouns}
    numbers = [f"{counted(vars(this)[name], noun)}{beside[name]}" for name, noun in nouns.items()]
    brackets = f"nothing to compare with: {unknown}" if unknown else f"in brackets {before_label}"
    cost = f" ({then['cpl']})" if isinstance(then["cpl"], Money) and not unknown else ""
    text = said(
        f"{window(asked)}: {', '.join(numbers)}; {brackets}.",
        half_known,
        f"A lead cost {now['cpl']}{cost}." if isinstance(now["cpl"], Money) else "",
        f"Half were contacted within {lasting(now['contact_median'])}."
        if isinstance(now["contact_median"], int | float)
        else "",
        left_out(asked.left_out),
    )
    if not any((this.leads, this.mqls, this.sqls, this.customers)):
        text = said(f"No data for {window(asked)}: nothing came in or moved on.", left_out(asked.left_out))
    return answer("overview", asked, (), this, fields, text)


def _no_median(timed: int) -> str:
    return "fewer than half were seen to happen yet" if timed else "no leads to time in this window"


def speed(asked: Asked, counts: Sequence[SpeedTimes], *, exact: bool = True) -> Answer:
    """Seconds to claim and to first contact by the wall clock: median and 90th percentile, by Kaplan–Meier.

    `never` is the share not contacted so far; `in_target` the share contacted in time by the working clock,
    of those whose time is up or who were contacted. Not `exact` are times that were read from buckets.
    """
    none = WaitCounts()
    total = summed(counts, SpeedTimes("all", none, none, none, 0, 0))

    def fields(one: SpeedTimes) -> Fields:
        leads = one.contacts.n
        values: dict[str, Value] = {"leads": leads}
        missing: dict[str, str] = {}
        for name, waits in (("claim", one.claims), ("contact", one.contacts)):
            curve = waited(waits)
            values |= {f"{name}_median": curve.median, f"{name}_p90": curve.quantile(0.9)}
            if curve.median is None:
                missing[f"{name}_median"] = _no_median(waits.n)
            if values[f"{name}_p90"] is None:
                few = "fewer than 90% were seen to happen yet"
                missing[f"{name}_p90"] = few if waits.n else _no_median(waits.n)
        judged, why = rates(
            in_target=(one.in_target, one.judged, "no lead's target has come yet"),
            never=(sum(one.contacts.waiting.values()), leads, "no leads to time in this window"),
        )
        return {**values, **judged}, missing | why

    untimed = listed({"late": total.late, "imported": total.imported}, " ")
    if not total.contacts.n:
        text = nobody(asked, "no leads to time in this window")
    else:
        judged = [(one.key, share(one.in_target, one.judged)) for one in counts]
        text = said(_speed_words(asked, total), best_by_rate(asked, judged))
    return answer(
        "speed",
        asked,
        counts,
        total,
        fields,
        said(text, f"Not timed: {untimed}." if untimed else "", "" if exact else ROUGH),
    )


def _speed_words(asked: Asked, total: SpeedTimes) -> str:
    wall, working = waited(total.contacts).median, waited(total.worked).median
    leads, target = total.contacts.n, share(total.in_target, total.judged)
    never = sum(total.contacts.waiting.values())
    if never == leads:
        whom = "The one lead was not" if leads == 1 else f"None of {leads:,} leads were"
        first = f"{whom} contacted so far, {window(asked)}."
    elif wall is None:
        first = f"Fewer than half of {counted(leads, 'lead')} were contacted so far, {window(asked)}."
    else:
        hours = f" ({lasting(working)} of working time)" if working is not None else ""
        first = (
            f"Half of {counted(leads, 'lead')} were contacted within {lasting(wall)}{hours}, {window(asked)}."
        )
    waiting = f"{never:,} not contacted ({percent(never / leads)})." if never < leads else ""
    return said(
        first,
        f"{percent(target.value)} in target, {likely(target)}." if target else "",
        waiting if never else "Nobody was forgotten.",
        left_out(asked.left_out),
    )


def reps(asked: Asked, counts: Sequence[RepCounts]) -> Answer:
    """Per rep what they claimed, contacted in time, qualified, won and own now, and their median speed."""
    total = summed(counts, RepCounts("all", 0, 0, 0, 0, 0, 0, 0))

    def fields(one: RepCounts) -> Fields:
        values, missing = rates(in_target=(one.in_target, one.judged, "no contact was due"))
        fast = median(one.speed)
        missing |= {} if fast is not None else {"median_speed": "nobody was contacted"}
        done: dict[str, Value] = {
            "claimed": one.claimed,
            **values,
            "qualified": one.qualified,
            "sqls": one.sqls,
        }
        return {**done, "customers": one.customers, "open_now": one.open_now, "median_speed": fast}, missing

    if not counts:
        return answer(
            "reps", asked, counts, total, fields, nobody(asked, "no rep did anything in this window")
        )
    who = counted(len(counts), "rep") if len(counts) > 1 else counts[0].key
    text = said(
        f"{who} claimed {counted(total.claimed, 'lead')},",
        f"made {counted(total.sqls, 'SQL')} and won {counted(total.customers, 'customer')}, {window(asked)}.",
        f"{counted(total.open_now, 'lead is', 'leads are')} with them now.".capitalize(),
        left_out(asked.left_out),
    )
    return answer("reps", asked, counts, total, fields, text)


def quality(asked: Asked, counts: Sequence[QualityCounts], before_label: str = "the window before") -> Answer:
    """What people rejected, reason by source, most frequent first; the change against `before_label`."""
    ranked = sorted(counts, key=lambda one: (-one.n, one.reason, one.source))
    total = QualityCounts("all", "all", sum(one.n for one in ranked), sum(one.previous for one in ranked))

    def fields(one: QualityCounts) -> Fields:
        change = growth(one.n, one.previous)
        why = {} if change is not None else {"change": f"none in {before_label}"}
        row: dict[str, Value] = {"reason": one.reason, "source": one.source, "rejected": one.n}
        return {**row, "previous": one.previous, "change": change}, why

    if not total.n:
        none = nobody(asked, "nobody rejected a lead in this window")
        return answer("quality", asked, ranked, total, fields, none)
    reasons: Counter[str] = Counter()
    for one in ranked:
        reasons[one.reason] += one.n
    worst, change = ranked[0], growth(total.n, total.previous)
    than = f"{percent(abs(change))} {'more' if change > 0 else 'fewer'} than" if change else "as many as"
    text = said(
        f"{counted(total.n, 'lead was', 'leads were')} rejected, {window(asked)}: {listed(reasons, ' ')}.",
        f"Most often {worst.reason.replace('_', ' ')} from {worst.source} ({worst.n:,}).",
        f"That is {than} in {before_label} ({total.previous:,})." if total.previous else "",
        left_out(asked.left_out),
    )
    return answer("quality", asked, ranked, total, fields, text)
