"""Nurtured leads against the others, ours against what is published, rules against rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qualification.benchmarks import MEASURES, Range, range_words
from qualification.kpi import Answer, Asked, Fields, Rate, Value, answer, share
from qualification.kpi_against_counts import NurtureCounts, OwnNumbers, Proposed
from qualification.kpi_counts import summed
from qualification.kpi_money import NO_SPEND, apart, in_currency, likely_mean, mean_amount, per
from qualification.kpi_stages import NO_LEADS, nobody, rates
from qualification.kpi_words import by_chance, counted, lasting, left_out, likely, percent, said, window
from qualification.statistics import growth, kaplan_meier_counts, two_proportions

NOT_CAUSAL = (
    "Not causal: no holdout ran, people choose whom they nurture, and who was nurtured has been watched "
    "longer."
)


def nurture(asked: Asked, counts: Sequence[NurtureCounts], holdout: Sequence[NurtureCounts] = ()) -> Answer:
    """Nurtured leads and the others: conversion and mean amount of each.

    Args:
        counts: The nurtured, then the others; nothing without leads.
        holdout: The arm that could be nurtured, then the arm that was held out, where one ran. Chosen by
            chance, only these two say what nurturing does.
    """
    total = summed(counts, NurtureCounts("all", 0, 0))

    def fields(one: NurtureCounts) -> Fields:
        values, missing = rates(conversion=(one.customers, one.leads, f"no leads were {one.key}"))
        mean, range_ = mean_amount(one.amounts, asked.currency), likely_mean(one.amounts, asked.currency)
        ends = dict(zip(("mean_amount_low", "mean_amount_high"), range_ or (None, None), strict=True))
        missing |= {} if range_ else dict.fromkeys(ends, f"fewer than two amounts in {asked.currency}")
        missing |= {} if mean else {"mean_amount": f"no customer with an amount in {asked.currency}"}
        others = [won.total for won in one.amounts if won.total.currency != asked.currency]
        row: dict[str, Value] = {"leads": one.leads, "customers": one.customers}
        return {**row, **values, "mean_amount": mean, **ends}, missing | apart("amounts", others)

    rows = [*counts, *holdout]
    if not total.leads:
        return answer("nurture", asked, rows, total, fields, nobody(asked, NO_LEADS))
    treated, rest = counts
    if not treated.leads or not rest.leads:
        whom = "nobody was nurtured before they bought" if not treated.leads else "everybody was nurtured"
        text = said(nobody(asked, f"{whom}, so there is nothing to compare"))
        return answer("nurture", asked, rows, total, fields, text)
    text = said(
        f"{_against(treated, rest)}, {window(asked)}.",
        _chance(treated, rest),
        _amounts(treated, rest, asked.currency),
        _held_out(holdout) if holdout else NOT_CAUSAL,
        left_out(asked.left_out),
    )
    return answer("nurture", asked, rows, total, fields, text)


def _against(one: NurtureCounts, other: NurtureCounts) -> str:
    a, b = share(one.customers, one.leads), share(other.customers, other.leads)
    assert a is not None and b is not None  # the caller made sure that both have leads
    return f"{_told(one, a)} became customers, against {_told(other, b)}"


def _told(one: NurtureCounts, rate: Rate) -> str:
    return f"{percent(rate.value)} of the leads {one.key}, {likely(rate)}"


def _chance(one: NurtureCounts, other: NurtureCounts) -> str:
    test = two_proportions(other.customers, other.leads, one.customers, one.leads)
    if test is None:
        return "With nobody or everybody buying there is no difference to test."
    return by_chance(test.p)


def _amounts(one: NurtureCounts, other: NurtureCounts, currency: str) -> str:
    a, b = mean_amount(one.amounts, currency), mean_amount(other.amounts, currency)
    if a is None or b is None:
        return ""
    change = growth(a.minor, b.minor)
    more = f", {percent(abs(change))} {'more' if change > 0 else 'less'}" if change else ""
    told = [_likely_paid(group, currency) for group in (one, other)]
    return f"Customers {one.key} paid {told[0]} on average, the others {told[1]}{more}."


def _likely_paid(one: NurtureCounts, currency: str) -> str:
    mean, between = mean_amount(one.amounts, currency), likely_mean(one.amounts, currency)
    known = between is not None and between[0] != between[1]
    return f"{mean}, likely {between[0]} to {between[1]}" if between and known else str(mean)


def _held_out(holdout: Sequence[NurtureCounts]) -> str:
    offered, held = holdout
    if not offered.leads or not held.leads:
        return "A holdout runs, but one of its arms has no leads in this window. " + NOT_CAUSAL
    return (
        f"A holdout ran, so cause can be told by its arms: {_against(offered, held)}. "
        f"{_chance(offered, held)}"
    )


@dataclass(frozen=True)
class _Compared:
    """Our own number beside one range, and why there is none; without a range it is the total of all."""

    ours: Value
    why: str
    range: Range | None = None

    @property
    def key(self) -> str:
        return f"{self.range.measure} · {self.range.whom}" if self.range else "all"


def benchmark(asked: Asked, ranges: Sequence[Range], own: OwnNumbers) -> Answer:
    """Ours beside every range. Sources disagree, so nothing is called good or bad."""
    ours = _ours(asked, own)
    rows = [_Compared(*ours[one.measure], one) for one in ranges]

    def fields(one: _Compared) -> Fields:
        row: dict[str, Value] = dict.fromkeys(("measure", "whom", "ours", "low", "high", "source", "as_of"))
        if one.range is not None:
            row |= vars(one.range)
        row["ours"] = one.ours
        return row, {} if one.ours is not None else {"ours": one.why}

    told = [
        _sentence(measure, ours[measure][0], list(group))
        for measure, group in groupby(ranges, lambda one: one.measure)
        if ours[measure][0] is not None
    ]
    measures = dict.fromkeys(one.measure for one in ranges)
    without = [MEASURES[name][0].lower() for name in measures if ours[name][0] is None]
    text = said(
        f"Ours, {window(asked)}, beside {counted(len(ranges), 'published range')}.",
        *told,
        f"We have no number yet for: {'; '.join(without)}." if without else "",
        "They disagree and are blog grade, so nothing here is called good or bad.",
        left_out(asked.left_out),
    )
    if not ranges:
        text = nobody(asked, "no ranges are entered to compare with; `/kpi benchmark edit` takes them")
    total = _Compared(None, "different numbers have no total")
    return answer("benchmark", asked, rows, total, fields, text)


def _sentence(measure: str, ours: Value, ranges: Sequence[Range]) -> str:
    mine = f"{percent(ours.value)} ({ours.k:,} of {ours.n:,})" if isinstance(ours, Rate) else ""
    mine = mine or own_words(measure, ours)
    others = "; ".join(f"{range_words(measure, one.low, one.high)} ({one.whom})" for one in ranges)
    return f"{MEASURES[measure][0]}: ours {mine}, others say {others}."


def own_words(measure: str, ours: Value) -> str:
    """Our own number in the unit of its measure."""
    match ours:
        case Rate():
            return f"{percent(ours.value)}, {likely(ours)}"
        case float() if MEASURES[measure][1] == "min":
            return lasting(ours)
        case float():
            return f"{ours:+.0%}"
        case _:
            return str(ours)


def _ours(asked: Asked, own: OwnNumbers) -> Mapping[str, tuple[Value, str]]:
    """Each measure's number, and the reason where there is none."""
    spend, _ = in_currency(own.costs.spend, asked.currency)
    means = [mean_amount(one.amounts, asked.currency) for one in own.nurture]
    larger = growth(means[0].minor, means[1].minor) if len(means) == 2 and means[0] and means[1] else None
    f, m = own.funnel, own.mqls
    return {
        "conversion": (share(f.customers, f.leads), NO_LEADS),
        "sales-ready": (share(f.mqls, f.leads), NO_LEADS),
        "mql-sql": (share(m.sqls, m.mqls), "no MQL of this window is 30 days old yet"),
        "cpl": (per(spend, own.costs.leads), NO_SPEND if spend is None else NO_LEADS),
        "nurtured-amount": (larger, "no amounts of nurtured and of other customers to compare"),
        "speed": (
            kaplan_meier_counts(own.contacts.ended, own.contacts.waiting).median,
            "fewer than half were seen to be contacted yet",
        ),
    }


def definition(asked: Asked, proposals: Sequence[Proposed]) -> Answer:
    """What each open proposal would change, the newest first; the total is the newest one's."""
    newest = proposals[0] if proposals else Proposed("all", None)

    def fields(one: Proposed) -> Fields:
        names = ("leads", "moving", "mqls", "sqls", "precision", "recall", "alerts_a_week", "previous")
        if one.effect is None:
            return dict.fromkeys(names), dict.fromkeys(names[:-1], _not_yet(one) if proposals else _NONE_OPEN)
        effect, missing = one.effect, dict[str, str]()
        values: dict[str, Value] = {"leads": effect["leads"], "moving": effect["moving"]}
        for prefix, side in (("", effect["now"]), ("previous.", effect["then"])):
            found, why = _side(side)
            missing |= {f"{prefix}{name}": reason for name, reason in why.items()}
            values |= {"previous": found} if prefix else found
        return values, missing

    if not proposals:
        text = said(f"No data: {_NONE_OPEN}. `/lead definition` has Propose a change.")
    elif newest.effect is None:
        text = f"No data yet: {_not_yet(newest)}."
    else:
        text = _effect_words(newest, newest.effect)
    more = len(proposals) - 1
    others = f"{counted(more, 'older proposal is', 'older proposals are')} open as well." if more > 0 else ""
    return answer("definition", asked, proposals, newest, fields, said(text, others))


_NONE_OPEN = "nobody proposed other rules"


def _not_yet(one: Proposed) -> str:
    told = f"{one.done:,} of {one.of:,} leads are done" if one.of else "it is about to begin"
    return f"the history is being replayed under {one.key}: {told}"


def _side(side: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, str]]:
    """One side of an effect, its shares with their intervals."""
    shares, missing = rates(
        precision=(side["precision"]["k"], side["precision"]["n"], "no SQL of ours has an end yet"),
        recall=(side["recall"]["k"], side["recall"]["n"], "nobody qualified here became a customer yet"),
    )
    counts: dict[str, Value] = {"mqls": side["mqls"], "sqls": side["sqls"]}
    return {**counts, **shares, "alerts_a_week": float(side["alerts_a_week"])}, missing


def _effect_words(one: Proposed, effect: Mapping[str, Any]) -> str:
    then, now = effect["then"], effect["now"]
    leads = counted(effect["leads"], "lead")
    return said(
        f"Under {one.key}, {effect['moving']:,} of {leads} would stand elsewhere.",
        f"MQLs {then['mqls']:,} → {now['mqls']:,}, SQLs {then['sqls']:,} → {now['sqls']:,}.",
        _moved_share("Precision", "SQLs with an end that bought", then["precision"], now["precision"]),
        _moved_share(
            "Recall", "customers qualified here that were handed over", then["recall"], now["recall"]
        ),
        f"Alerts a week: {then['alerts_a_week']} → {now['alerts_a_week']}.",
        "Only what was known at the time went in.",
    )


def _moved_share(noun: str, meaning: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    a, b = share(then["k"], then["n"]), share(now["k"], now["n"])
    if a is None and b is None:
        return f"{noun} ({meaning}): nothing to go by yet."
    before, after = (
        "none" if one is None else f"{percent(one.value)} ({one.k:,} of {one.n:,})" for one in (a, b)
    )
    return f"{noun} ({meaning}): {before} → {after}."
