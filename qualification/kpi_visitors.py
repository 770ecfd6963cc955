"""Whether pages convert: people who came against leads that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qualification.kpi import Answer, Asked, Fields, Value, answer, share
from qualification.kpi_counts import VisitorCounts
from qualification.kpi_words import counted, left_out, likely, listed, percent, said, window

NOBODY_REPORTS = "no tracker reports visitors"
MORE_LEADS = "more leads than visitors: most come by another way than the pages that are tracked"


def fewest(counts: Sequence[VisitorCounts], most: int, rest: str) -> list[VisitorCounts]:
    """At most so many rows, the last of them all the rest under that name; untracked ones stay apart."""
    few, more = list(counts[: most - 2]), counts[most - 2 :]
    seen = [one for one in more if one.visitors is not None]
    unseen = [one for one in more if one.visitors is None]
    if seen:
        few.append(VisitorCounts(rest, sum(o.visitors or 0 for o in seen), sum(o.leads for o in seen)))
    if unseen:
        few.append(VisitorCounts(f"{rest}, not tracked", None, sum(o.leads for o in unseen)))
    return few


def visitors(asked: Asked, counts: Sequence[VisitorCounts], by_day_until: date | None = None) -> Answer:
    """Leads ÷ visitors of the same window, by source: flows, so a slow decision counts where it fell.

    `untracked` are the leads of sources nobody reports visitors from: they are in `leads`, in no rate.

    Args:
        by_day_until: Before this day visitors are known per day only, and counted once for each day.
    """
    tracked = [one for one in counts if one.visitors is not None]
    untracked = {one.key: one.leads for one in counts if one.visitors is None and one.leads}
    seen = sum(one.visitors or 0 for one in tracked)
    total = VisitorCounts("all", seen if tracked else None, sum(one.leads for one in counts))
    converted = sum(one.leads for one in tracked)

    def fields(one: VisitorCounts) -> Fields:
        k = converted if one is total else one.leads
        n = one.visitors or 0
        rate = share(k, n) if 0 < n >= k else None
        values: dict[str, Value] = {"visitors": one.visitors, "leads": one.leads, "rate": rate}
        values["untracked"] = sum(untracked.values()) if one is total else untracked.get(one.key, 0)
        if one.visitors is None:
            return values, {"visitors": NOBODY_REPORTS, "rate": NOBODY_REPORTS}
        return values, {} if rate else {"rate": MORE_LEADS}

    rate = share(converted, seen) if 0 < seen >= converted else None
    if not tracked:
        text = said(
            f"No data: {NOBODY_REPORTS} ({window(asked)}).",
            "Connect one to `/intake/events`: page calls and “Experiment Viewed” count.",
        )
        return answer("visitors", asked, counts, total, fields, text)
    text = said(
        f"{counted(seen, 'visitor')}, {counted(converted, 'lead')}, {window(asked)}.",
        f"{percent(rate.value)} of visitors became leads, {likely(rate)}."
        if rate
        else f"No rate: {MORE_LEADS}.",
        f"In no rate, for nobody reports visitors from there: {listed(untracked, ' from ')}."
        if untracked
        else "",
        f"Before {by_day_until.isoformat()} visitors are counted once for each day." if by_day_until else "",
        left_out(asked.left_out),
    )
    return answer("visitors", asked, counts, total, fields, text)
