"""The KPIs that stand against something: the rest of us, what others publish, other rules."""

from __future__ import annotations

from qualification.benchmarks import Range
from qualification.kpi_against_counts import NOT_NURTURED, NURTURED, NurtureCounts, OwnNumbers, Proposed
from qualification.kpi_counts import FunnelCounts, MqlCounts, SpendCounts, WaitCounts, WonAmounts
from qualification.kpi_entry import Example, Kpi, money, rate
from qualification.money import Money

_THEN = {"mqls": 40, "sqls": 10, "alerts_a_week": 2.0}
_NOW = {"mqls": 40, "sqls": 6, "alerts_a_week": 1.5}
_EFFECT = {
    "leads": 100,
    "moving": 4,
    "then": _THEN | {"precision": {"k": 4, "n": 10}, "recall": {"k": 4, "n": 4}},
    "now": _NOW | {"precision": {"k": 3, "n": 6}, "recall": {"k": 3, "n": 4}},
}
_OWN = OwnNumbers(
    FunnelCounts("all", 1000, 400, 200, 100),
    MqlCounts("all", 1000, 40, 0),
    SpendCounts("all", (Money(5_000_00, "EUR"),), 500, 100, 20, 4),
    WaitCounts({60: 1, 120: 1, 180: 1}),
)

ENTRIES = (
    Kpi(
        name="nurture",
        question="Does nurturing pay?",
        basis="cohort",
        window="12m",
        dimensions=(),
        formula="customers ÷ leads, and what customers paid ÷ customers with an amount; of the nurtured and "
        "of the others",
        counted="Leads created in the window, apart by whether they were ever handed to nurture before they "
        "bought; undone ones were not. The total is both together. Whom people nurture is no accident, so "
        "the difference is not what nurturing does, unless a holdout ran: leads whose variant, drawn by "
        "chance, is `nurture` or `nurture-holdout`. Then these two arms stand below, whole, whoever was "
        "nurtured in them, and only they tell of cause. The range of a mean amount is Student's, "
        "from two amounts on.",
        fields=("leads", "customers", "conversion", "mean_amount", "mean_amount_low", "mean_amount_high"),
        bars=("conversion",),
        rows_are="Group",
        left_out_by="created",
        labels={"mean_amount_low": "Likely from", "mean_amount_high": "Likely to"},
        asked_as=((6, r"nurtur\w+"),),
        example=Example(
            "8 nurtured leads, 3 of them customers who paid 600.00 EUR; 92 others with 7 customers who paid "
            "700.00: 37.5% against 7.6%, 200.00 against 100.00 EUR each; 10 of 100 in all.",
            (
                [
                    NurtureCounts(NURTURED, 8, 3, (WonAmounts(Money(600_00, "EUR"), 3),)),
                    NurtureCounts(NOT_NURTURED, 92, 7, (WonAmounts(Money(700_00, "EUR"), 7),)),
                ],
            ),
            {
                "leads": 100,
                "customers": 10,
                "conversion": rate(0.1, 0.0552, 0.1744, 10, 100),
                "mean_amount": money(130_00),
            },
        ),
    ),
    Kpi(
        name="benchmark",
        question="Is that normal?",
        basis="cohort",
        window="12m",
        dimensions=(),
        formula="ours beside published ranges, each with its source and date; no verdict",
        counted="Our own numbers over the window, as their own commands count them, beside ranges that "
        "others published. Those are blog grade and disagree, so nothing is called good or bad. An amount in "
        "another currency is not converted. Managers and marketers change the ranges: `/kpi benchmark edit`.",
        fields=("measure", "whom", "ours", "low", "high", "source", "as_of"),
        columns=("ours", "low", "high", "source", "as_of"),
        rows_are="Number",
        left_out_by="created",
        labels={"ours": "Ours", "low": "From", "high": "To", "as_of": "As of"},
        asked_as=((6, r"benchmarks?|industry average|normal"),),
        example=Example(
            "100 of 1,000 leads became customers: ours 10.0%, beside 1–3% for all and 5–10% for SaaS. A row "
            "for each range, and no total.",
            (
                [
                    Range("conversion", "typical", 0.01, 0.03, "a blog", "2026-11"),
                    Range("conversion", "SaaS", 0.05, 0.1, "another blog", "2026-11"),
                ],
                _OWN,
            ),
            {"ours": None, "low": None, "high": None},
        ),
    ),
    Kpi(
        name="definition",
        question="What if the rules were different?",
        basis="now",
        window="today",
        dimensions=(),
        formula="precision: customers ÷ SQLs with an end; recall: customers handed over ÷ customers somebody "
        "qualified here; under the proposed rules and under those in force",
        counted="The whole history is replayed under every open proposal, whatever the period; only what was "
        "known at the time goes in. Leads that move stand elsewhere at the end. Precision: of the SQLs whose "
        "end is known, the share that bought. Recall: of the customers on whom somebody saved Qualify, the "
        "share that would have been handed over. SQLs that only new rules make have no end and are in "
        "neither.",
        fields=(
            "leads", "moving", "mqls", "sqls", "precision", "recall", "alerts_a_week", "previous",
        ),
        columns=("leads", "moving", "mqls", "sqls", "precision", "recall"),
        rows_are="Proposal",
        labels={
            "moving": "Would move",
            "precision": "Precision",
            "recall": "Recall",
            "alerts_a_week": "Alerts a week",
        },
        example=Example(
            "10 SQLs have an end and 4 of them bought. Stricter rules would hand over 6 of the 10, 3 "
            "customers among them: precision from 40% to 50%, recall from 4 of 4 to 3 of 4.",
            ([Proposed("proposal 7", _EFFECT)],),
            {
                "moving": 4,
                "sqls": 6,
                "precision": rate(0.5, 0.1876, 0.8124, 3, 6),
                "recall": rate(0.75, 0.3006, 0.9544, 3, 4),
                "previous": {"sqls": 10, "precision": rate(0.4, 0.1682, 0.6873, 4, 10)},
            },
        ),
    ),
)  # fmt: skip
