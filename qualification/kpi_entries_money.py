"""The KPIs about what leads cost and bring."""

from __future__ import annotations

from qualification.kpi_counts import SourceCounts, SpendCounts, VelocityFactors, WonAmounts
from qualification.kpi_entries_stages import FUNNEL_RATES, REACHED
from qualification.kpi_entry import ANY, PAID, STAGES, Compared, Example, Kpi, Wording, money, rate
from qualification.money import Money

COSTS = ("cpl", "cost_per_mql", "cost_per_sql", "cost_per_customer")
_SPENT = (Money(5_000_00, "EUR"),)
_FACTORS = VelocityFactors("all", 50, 10, 30, (WonAmounts(Money(300_000_00, "EUR"), 10),), 60.0)

ENTRIES = (
    Kpi(
        name="cpl",
        question="What does a lead cost?",
        basis="flow",
        window="30d",
        dimensions=PAID,
        formula="spend of the window ÷ leads created in it; likewise per MQL, SQL and customer entered in it",
        counted="Spend of the window ÷ leads created in it; per MQL, SQL and customer: those entered in it. "
        "An amount is spread evenly over the days it was entered for. Other currencies are never added. "
        "Missing spend is no zero.",
        fields=("spend", "leads", *COSTS),
        bars=("cpl",),
        left_out_by="created",
        noun="cost per lead",
        also=("cost",),
        compared=Compared("cost", "cpl", "A lead cost", before=True),
        why=Wording("Cost per lead", "leads", "cost more", "cost less"),
        behind=(("leads", "Leads", "created"),),
        example=Example(
            "5,000.00 EUR for 500 leads, 100 MQLs, 20 SQLs and no customer: 10.00 a lead, 50.00 an MQL, "
            "250.00 an SQL, and no cost per customer.",
            ([SpendCounts("all", _SPENT, 500, 100, 20, 0)],),
            {
                "cpl": money(10_00),
                "cost_per_mql": money(50_00),
                "cost_per_sql": money(250_00),
                "cost_per_customer": None,
            },
        ),
    ),
    Kpi(
        name="cac",
        question="What does a customer cost?",
        basis="flow",
        window="12m",
        dimensions=PAID,
        formula="marketing spend of the window ÷ customers won in it",
        counted="Marketing spend of the window ÷ customers won in it. Salaries are not in it.",
        fields=("spend", "customers", "cac"),
        bars=("cac",),
        left_out_by="created",
        labels={"cac": "Cost per customer"},
        noun="cost per customer",
        compared=Compared("cost", "cac", "A customer cost", before=True),
        why=Wording("Cost per customer", "customers", "cost more", "cost less"),
        behind=(("customers", "Customers", "won"),),
        example=Example(
            "5,000.00 EUR and 4 customers: 1,250.00 EUR each.",
            ([SpendCounts("all", _SPENT, 500, 100, 20, 4)],),
            {"customers": 4, "cac": money(1_250_00)},
        ),
    ),
    Kpi(
        name="sources",
        question="Which source deserves money?",
        basis="cohort",
        window="12m",
        dimensions=PAID,
        formula="per source the funnel, the costs, and what its customers paid ÷ its leads",
        counted="Leads created in the window by where they first came from (or by the model you name: last, "
        "linear, u, w, decay), what became of them until now, the source's spend in the window, and what "
        "its customers paid.",
        fields=(*STAGES, *FUNNEL_RATES, "spend", *COSTS, "revenue_per_lead"),
        bars=("sqls", "customers"),
        # What decides stands first: a phone shows three columns, and the rest by scrolling.
        columns=(
            "cpl", "revenue_per_lead", "customers", "leads", "lead_to_mql", "sql_share", "cost_per_sql",
        ),
        always_by="source",
        left_out_by="created",
        labels={"sql_share": "SQL %", "revenue_per_lead": "Revenue per lead"},
        noun="sources compared",
        also=("source",),
        by_model=True,
        compared=Compared("aged"),
        behind=REACHED,
        example=Example(
            "500 leads for 5,000.00 EUR, whose 4 customers paid 20,000.00 EUR: 10.00 a lead out, 40.00 in.",
            ([SourceCounts("linkedin", 500, 100, 20, 4, _SPENT, (Money(20_000_00, "EUR"),))],),
            {"cpl": money(10_00), "cost_per_customer": money(1_250_00), "revenue_per_lead": money(40_00)},
        ),
    ),
    Kpi(
        name="velocity",
        question="How fast is money moving?",
        basis="now",
        window="12m",
        dimensions=ANY,
        formula="open SQLs × win rate × mean won amount ÷ mean days from SQL to won",
        counted="SQLs open now × win rate × mean won amount ÷ mean days from SQL to won; the last three of "
        "the window.",
        fields=("sqls", "win_rate", "mean_amount", "cycle_days", "per_day"),
        labels={"win_rate": "Win rate", "cycle_days": "SQL to won", "per_day": "Per day"},
        noun="pipeline velocity",
        example=Example(
            "50 open SQLs × 25% × 30,000 ÷ 60 days: 6,250 a day.",
            ([_FACTORS], _FACTORS),
            {"sqls": 50, "mean_amount": money(30_000_00), "cycle_days": 60.0, "per_day": money(6_250_00)}
            | {"win_rate": rate(0.25, 0.1419, 0.4019, 10, 40)},
        ),
    ),
)  # fmt: skip
