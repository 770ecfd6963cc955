"""The KPIs of pages and forms: who came without being a lead, and which variant wins."""

from __future__ import annotations

from qualification.experiment_judging import ArmCounts, ExperimentCounts
from qualification.experiments import Arm, Experiment
from qualification.kpi_counts import VisitorCounts
from qualification.kpi_entry import Example, Kpi, rate

ENTRIES = (
    Kpi(
        name="visitors",
        question="Do pages convert?",
        basis="flow",
        window="30d",
        dimensions=("source",),
        formula="leads created ÷ people who came without being a lead",
        counted="Leads created in the window (without imported ones) ÷ people who saw a page, a screen or an "
        "experiment in it while they were no lead; each person once, by a hash of their browser's id that is "
        "forgotten after 90 days, and robots not at all. Who said no to being recognised is in no count. "
        "Sources that no tracker reports are listed, not counted.",
        fields=("visitors", "leads", "rate", "untracked"),
        columns=("visitors", "leads", "rate"),
        bars=("rate",),
        left_out_by="created",
        labels={"visitors": "Visitors", "untracked": "Not tracked"},
        asked_as=((6, r"visitors?|traffic|page views?|visits?"),),
        example=Example(
            "1,000 people came from google and 40 leads with them; 5 leads came from a fair nobody tracks: "
            "4.0%, and 5 leads in no rate.",
            ([VisitorCounts("google", 1_000, 40), VisitorCounts("fair", None, 5)],),
            {"visitors": 1_000, "leads": 45, "rate": rate(0.04, 0.0295, 0.054, 40, 1_000), "untracked": 5},
        ),
    ),
    Kpi(
        name="ab",
        question="Which variant wins?",
        basis="cohort",
        window="12m",
        dimensions=("variant",),
        formula="converted ÷ seen, per variant; the difference to the first by a mixture sequential test",
        counted="Each person counts once, under the variant they saw first; who saw two is left out. "
        "Converted: became a lead (or the stage agreed on) within the outcome window; who saw it later than "
        "that ago is not counted yet. The difference is against the first variant, and its range and p hold "
        "at every look (mixture sequential test, 5% over all looks; Holm for more than two variants). When "
        "the variants were not shown as planned (chi-square, p below 0.001) there is no verdict.",
        fields=(
            "seen",
            "immature",
            "conversions",
            "rate",
            "lift",
            "p",
            "verdict",
            "sample_ratio_p",
            "needed",
        ),
        columns=("seen", "immature", "conversions", "rate", "lift", "p", "verdict"),
        bars=("rate",),
        always_by="variant",
        labels={
            "seen": "Saw it",
            "conversions": "Converted",
            "lift": "Difference",
            "p": "p, at any look",
            "verdict": "Verdict",
            "needed": "More needed",
        },
        example=Example(
            "40 of 1,000 who saw the old form became leads, and 100 of 1,000 with the new one: the new one "
            "wins, however often somebody looked.",
            (
                ExperimentCounts(
                    Experiment("form", (Arm("old", 1.0), Arm("new", 1.0))),
                    True,
                    (ArmCounts("old", ((0, 1_000, 40),)), ArmCounts("new", ((0, 1_000, 100),))),
                ),
            ),
            {
                "seen": 2_000,
                "conversions": 140,
                "rate": rate(0.07, 0.0596, 0.082, 140, 2_000),
                "verdict": "new",
            },
        ),
    ),
)
