"""The KPIs about how leads move."""

from __future__ import annotations

from qualification.kpi_counts import (
    AcceptanceCounts,
    ConversionTimes,
    FunnelCounts,
    GrowthCounts,
    MqlCounts,
    OverviewCounts,
    WaitCounts,
    WinCounts,
)
from qualification.kpi_entry import ANY, STAGES, Compared, Example, Kpi, Wording, money, rate
from qualification.money import Money

FUNNEL_RATES = ("lead_to_mql", "mql_to_sql", "sql_to_customer", "conversion")
REACHED = (
    ("leads", "Leads", "created"),
    ("mqls", "MQLs", "created and MQL"),
    ("sqls", "SQLs", "created and SQL"),
    ("customers", "Customers", "created and won"),
)
"""How far the leads of a cohort came, for whoever wants to see them."""
_CONVERTED = Wording("Conversion", "leads", "converted more", "converted less")

ENTRIES = (
    Kpi(
        name="overview",
        question="How are we doing?",
        basis="flow",
        window="30d",
        dimensions=(),
        formula="leads created, MQLs, SQLs and customers entered, cost per lead, median time to first "
        "contact; each beside the window before",
        counted="Leads created, and first entries into MQL, SQL and customer that happened in the window, "
        "whenever those leads were created. So customers ÷ leads here is no conversion rate: ask `/kpi "
        "conversion`. A window in progress is compared with as many days of the one before. Cost per lead "
        "is spend ÷ leads created. The median is read from buckets, at most 2% off; `/kpi speed exact` looks "
        "at each lead.",
        fields=(*STAGES, "cpl", "contact_median", "previous"),
        left_out_by="created",
        seconds=("contact_median",),
        first=tuple(STAGES),
        compared=Compared("itself"),
        behind=(
            ("leads", "Leads", "created"),
            ("mqls", "MQLs", "MQL"),
            ("sqls", "SQLs", "SQL"),
            ("customers", "Customers", "won"),
        ),
        example=Example(
            "4 leads for 100.00 EUR against 2 before: 25.00 EUR a lead; contacted after 1, 2 and 3 minutes: "
            "half within 2.",
            (
                OverviewCounts(4, 2, 1, 1, (Money(100_00, "EUR"),), WaitCounts({60: 1, 120: 1, 180: 1})),
                OverviewCounts(2, 1, 1, 0),
                "the 30 days before",
            ),
            {"leads": 4, "mqls": 2, "sqls": 1, "customers": 1, "cpl": money(25_00), "contact_median": 120},
        ),
    ),
    Kpi(
        name="funnel",
        question="Where do leads stop?",
        basis="cohort",
        window="90d",
        dimensions=ANY,
        formula="reached a stage ÷ reached the stage before, and ÷ all leads",
        counted="Of the leads created in the window, how many ever reached each stage, until now. A lead "
        "that skipped MQL counts as having passed it. Young leads may still move.",
        fields=(*STAGES, *FUNNEL_RATES),
        bars=tuple(STAGES),
        columns=(*STAGES, "conversion"),
        left_out_by="created",
        whole=("Leads by stage reached", tuple(STAGES)),
        compared=Compared("aged"),
        why=_CONVERTED,
        behind=REACHED,
        example=Example(
            "1,000 leads → 400 MQLs → 200 SQLs → 100 customers: 40%, half, half; 10.0% in all.",
            ([FunnelCounts("all", 1000, 400, 200, 100)],),
            {
                "lead_to_mql": rate(0.4, 0.3701, 0.4307, 400, 1000),
                "mql_to_sql": rate(0.5, 0.4512, 0.5488, 200, 400),
                "conversion": rate(0.1, 0.0829, 0.1202, 100, 1000),
            },
        ),
    ),
    Kpi(
        name="conversion",
        question="What share becomes customers?",
        basis="cohort",
        window="12m",
        dimensions=ANY,
        formula="customers of the window's leads ÷ those leads",
        counted="Customers ÷ leads, of the leads created in the window. *Old enough* is the share older than "
        "the median time from lead to customer. *Expected in the end* is the Kaplan–Meier estimate: open "
        "leads count as long as we have watched them, lost and disqualified ones stay in the denominator "
        "for ever.",
        fields=("leads", "customers", "conversion", "mature_share", "adjusted"),
        bars=("conversion",),
        columns=("leads", "customers", "conversion", "mature_share", "adjusted"),
        left_out_by="created",
        labels={"mature_share": "Old enough", "adjusted": "Expected in the end"},
        compared=Compared("aged"),
        why=_CONVERTED,
        behind=(REACHED[3], REACHED[0]),
        example=Example(
            "4 leads aged 40 to 10 days; one bought after 20, one is lost, two are open at 30 and 10: 1 of "
            "4. When it happened 3 were still watched, so a third is expected in the end.",
            ([ConversionTimes("all", {40: 2, 30: 1, 10: 1}, {20: 1}, {30: 1, 10: 1})],),
            {
                "leads": 4,
                "customers": 1,
                "conversion": rate(0.25, 0.0456, 0.6994, 1, 4),
                "mature_share": rate(0.75, 0.3006, 0.9544, 3, 4),
                "adjusted": rate(0.3333, 0.0548, 0.9459, 1, 4),
            },
        ),
    ),
    Kpi(
        name="mql-sql",
        question="Do marketing's leads survive sales?",
        basis="cohort",
        window="12m",
        dimensions=ANY,
        formula="MQLs of the window that reached SQL within 30 days ÷ MQLs of the window at least 30 days "
        "old",
        counted="Leads whose first MQL lies in the window and is at least 30 days old; of them the share "
        "that reached SQL within 30 days. Younger ones are listed, not counted.",
        fields=("mqls", "sqls", "rate", "immature"),
        bars=("rate",),
        left_out_by="mql",
        noun="MQL to SQL",
        made_of="became MQL",
        also=("mql",),
        compared=Compared("rate", "rate", "of MQLs became SQL within 30 days"),
        why=Wording("MQL to SQL", "MQLs", "became SQL more often", "became SQL less often"),
        behind=(
            ("sqls", "SQLs", "old MQL, SQL soon"),
            ("mqls", "MQLs", "old MQL"),
            ("immature", "Too young", "young MQL"),
        ),
        example=Example(
            "40 of 1,000 old enough reached SQL: 4.0%; 50 are too young and in no share.",
            ([MqlCounts("all", 1000, 40, 50)],),
            {"mqls": 1000, "sqls": 40, "rate": rate(0.04, 0.0295, 0.0540, 40, 1000), "immature": 50},
        ),
    ),
    Kpi(
        name="acceptance",
        question="Does sales want them?",
        basis="cohort",
        window="90d",
        dimensions=ANY,
        formula="accepted ÷ (accepted + rejected)",
        counted="Of the leads that became MQL in the window: accepted ÷ (accepted + rejected). Accepted: "
        "claimed and worked (a logged touch or a saved Qualify). Rejected: disqualified by a person before "
        "SQL, also if it came back later. Overdue: nobody claimed it, or nobody worked on it, in time.",
        fields=("accepted", "rejected", "undecided", "overdue", "rate"),
        bars=("rate",),
        left_out_by="mql",
        labels={"accepted": "Accepted", "undecided": "Undecided", "overdue": "Overdue"},
        whole=("MQLs and what sales made of them", ("accepted", "rejected", "undecided", "overdue")),
        noun="acceptance by sales",
        made_of="became MQL",
        also=("sal",),
        compared=Compared("rate", "rate", "of the MQLs decided on were accepted"),
        why=Wording("Acceptance", "MQLs", "were accepted more often", "were accepted less often"),
        behind=(
            ("rejected", "Rejected", "MQL rejected"),
            ("accepted", "Accepted", "MQL accepted"),
            ("undecided", "Undecided and overdue", "MQL undecided"),
        ),
        example=Example(
            "3 accepted and 5 rejected: 37.5%; the 2 undecided and the 1 overdue are in no share.",
            ([AcceptanceCounts("all", 3, 5, 2, 1, {"no_need": 5})],),
            {"undecided": 2, "overdue": 1, "rate": rate(0.375, 0.1368, 0.6943, 3, 8)},
        ),
    ),
    Kpi(
        name="lvr",
        question="Is the pipeline growing?",
        basis="flow",
        window="this month",
        dimensions=ANY,
        formula="(MQLs of this window − MQLs before) ÷ MQLs before",
        counted="(MQLs this window − before) ÷ before. A month in progress is compared with the same days of "
        "the month before.",
        fields=("this", "last", "rate"),
        bars=("this", "last"),
        left_out_by="mql",
        labels={"this": "This window", "last": "Before"},
        whole=("New MQLs", ("last", "this")),
        noun="growth in MQLs",
        also=("growth",),
        compared=Compared("itself"),
        behind=(("this", "MQLs", "MQL"),),
        example=Example(
            "50 MQLs against 40: a quarter more.",
            ([GrowthCounts("all", 50, 40)], "October"),
            {"this": 50, "last": 40, "rate": rate(0.25, None, None, 10, 40)},
        ),
    ),
    Kpi(
        name="win",
        question="Do SQLs buy?",
        basis="flow",
        window="12m",
        dimensions=ANY,
        formula="won ÷ (won + lost)",
        counted="Won ÷ (won + lost) of the SQLs that were won, or lost for the first time, in the window.",
        fields=("won", "lost", "rate"),
        bars=("rate",),
        labels={"won": "Won", "lost": "Lost"},
        noun="win rate",
        also=("wins",),
        compared=Compared("rate", "rate", "of the SQLs decided were won", before=True),
        why=Wording("The win rate", "SQLs", "were won more often", "were won less often"),
        behind=(("won", "Won", "won"), ("lost", "Lost", "lost")),
        example=Example(
            "3 won and 5 lost: 37.5%.",
            ([WinCounts("all", 3, 5)],),
            {"rate": rate(0.375, 0.1368, 0.6943, 3, 8)},
        ),
    ),
)
