"""The KPIs about how we work."""

from __future__ import annotations

from qualification.kpi_counts import QualityCounts, RepCounts, SlaCounts, SpeedTimes, WaitCounts
from qualification.kpi_entry import ANY, PAID, Compared, Example, Kpi, Wording, rate

_CLAIMS = WaitCounts({30: 1, 60: 1, 90: 1}, {120: 1})
_CONTACTS = WaitCounts({60: 1, 120: 1, 180: 1}, {600: 1})

ENTRIES = (
    Kpi(
        name="speed",
        question="How fast do we answer?",
        basis="cohort",
        window="30d",
        dimensions=ANY,
        formula="median and 90th percentile of the time to claim and to first contact; contacted in time ÷ "
        "due; not contacted ÷ leads",
        counted="Leads created in the window, without imported and late ones. From receipt to the first "
        "contact: a logged touch or a saved Qualify, whichever was first. Who still waits is not dropped "
        "from the median (Kaplan–Meier). In target: within the promise to claim plus the promise to touch, "
        "in working time, of those contacted or past it. Of more than 5,000 leads times are read from "
        "buckets, at most 2% off (for how long others still wait, 3%); `exact` looks at each lead.",
        fields=(
            "leads", "claim_median", "claim_p90", "contact_median", "contact_p90", "in_target", "never",
        ),
        bars=("contact_median",),
        columns=("leads", "contact_median", "contact_p90", "in_target", "never"),
        left_out_by="created",
        labels={
            "claim_median": "Claim, median",
            "claim_p90": "Claim, 90%",
            "contact_p90": "First contact, 90%",
            "never": "Not contacted",
        },
        seconds=("claim_median", "claim_p90", "contact_median", "contact_p90"),
        noun="speed of answering",
        made_of="received",
        also=("response",),
        compared=Compared("wait", "contact_median"),
        example=Example(
            "Contacted after 1, 2 and 3 minutes, the fourth still waiting: half within 2 minutes, no 90th "
            "percentile yet, a quarter not contacted.",
            ([SpeedTimes("all", _CLAIMS, _CONTACTS, _CONTACTS, 3, 3)],),
            {
                "leads": 4,
                "claim_median": 60,
                "contact_median": 120,
                "contact_p90": None,
                "in_target": rate(1.0, 0.4385, 1.0, 3, 3),
                "never": rate(0.25, 0.0456, 0.6994, 1, 4),
            },
        ),
    ),
    Kpi(
        name="sla",
        question="Do we keep our promise?",
        basis="flow",
        window="30d",
        dimensions=ANY,
        formula="kept ÷ (kept + broken)",
        counted="Promises to claim that were due in the window: kept ÷ (kept + broken). Open and overdue is "
        "broken; not yet due doesn't count. Closed in time by a person is kept.",
        fields=("met", "breached", "rate"),
        bars=("rate",),
        left_out_by="promise",
        labels={"met": "Kept", "breached": "Broken"},
        noun="promises kept",
        compared=Compared("rate", "rate", "of our promises were kept", before=True),
        why=Wording(
            "Promises kept", "leads", "were answered in time more often", "were kept waiting more often"
        ),
        behind=(("breached", "Broken", "promise broken"), ("met", "Kept", "promise kept")),
        example=Example(
            "3 kept, 4 broken, 1 overdue and open, 9 not due yet: 3 of 8.",
            ([SlaCounts("all", 3, 4, 1, 9)],),
            {"met": 3, "breached": 5, "rate": rate(0.375, 0.1368, 0.6943, 3, 8)},
        ),
    ),
    Kpi(
        name="reps",
        question="Who carries what?",
        basis="flow",
        window="30d",
        dimensions=("rep",),
        formula="per rep counts of the window; contacted in time ÷ contacted or due; median time to first "
        "contact",
        counted="What each person did in the window: leads they claimed, leads they saved Qualify for, SQLs "
        "they approved, first contacts they made; customers and open leads by owner. In time goes "
        "by who made the first contact, or has the lead whose time for one ran out in the window. What was "
        "undone doesn't count.",
        fields=("claimed", "in_target", "qualified", "sqls", "customers", "open_now", "median_speed"),
        bars=("sqls", "customers"),
        always_by="rep",
        left_out_by="created",
        who="managers",
        labels={
            "claimed": "Claimed",
            "qualified": "Qualified",
            "open_now": "Open now",
            "median_speed": "First contact, median",
        },
        seconds=("median_speed",),
        noun="what reps did",
        also=("rep",),
        example=Example(
            "Ana claimed 5, called 3 of 4 in time, after 1, 2 and 9 minutes: half within 2.",
            ([RepCounts("UANA", 5, 3, 4, 3, 2, 1, 2, (60, 120, 540))],),
            {"claimed": 5, "sqls": 2, "in_target": rate(0.75, 0.3006, 0.9544, 3, 4), "median_speed": 120},
        ),
    ),
    Kpi(
        name="quality",
        question="What do reps reject, from where?",
        basis="flow",
        window="90d",
        dimensions=PAID,
        formula="rejected, by reason and source; (now − before) ÷ before",
        counted="Leads that a person disqualified before SQL, in the window, by reason and where they came "
        "from; the change is against the window before.",
        fields=("reason", "source", "rejected", "previous", "change"),
        columns=("rejected", "previous", "change"),
        always_by="source",
        left_out_by="rejected",
        labels={"change": "Change"},
        noun="what was rejected",
        compared=Compared("itself"),
        behind=(("rejected", "Rejected", "rejected"),),
        example=Example(
            "6 without need from google, 4 before: half more.",
            ([QualityCounts("no_need", "google", 6, 4)],),
            {"rejected": 6, "previous": 4, "change": 0.5},
        ),
    ),
)  # fmt: skip
