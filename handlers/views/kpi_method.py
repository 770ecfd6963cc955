"""How each number is counted, for whoever presses **How is this counted?**, and the list of numbers."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.views import View

from handlers.views.fields import note_dialog
from handlers.views.message import Message, message, sections
from handlers.views.text import line
from qualification.kpi import KPIS, Answer
from qualification.kpi_question import EXAMPLES

METHODS: Mapping[str, str] = {
    "overview": (
        "Leads created, and first entries into MQL, SQL and customer that happened in the window, "
        "whenever those leads were created. So customers ÷ leads here is no conversion rate: ask `/kpi "
        "conversion`. A window in progress is compared with as many days of the one before. Cost per lead "
        "is spend ÷ leads created."
    ),
    "funnel": (
        "Of the leads created in the window, how many ever reached each stage, until now. A lead that "
        "skipped MQL counts as having passed it. Young leads may still move."
    ),
    "conversion": (
        "Customers ÷ leads, of the leads created in the window. *Old enough* is the share older than the "
        "median time from lead to customer. *Expected in the end* is the Kaplan–Meier estimate: open "
        "leads count as long as we have watched them, lost and disqualified ones stay in the denominator "
        "for ever."
    ),
    "mql-sql": (
        "Leads whose first MQL lies in the window and is at least 30 days old; of them the share that "
        "reached SQL within 30 days. Younger ones are listed, not counted."
    ),
    "acceptance": (
        "Of the leads that became MQL in the window: accepted ÷ (accepted + rejected). Accepted: claimed "
        "and worked (a logged touch or a saved Qualify). Rejected: disqualified by a person before SQL, "
        "also if it came back later. Overdue: nobody claimed it, or nobody worked on it, in time."
    ),
    "cpl": (
        "Spend of the window ÷ leads created in it; per MQL, SQL and customer: those entered in it. An "
        "amount is spread evenly over the days it was entered for. Other currencies are never added. "
        "Missing spend is no zero."
    ),
    "cac": ("Marketing spend of the window ÷ customers won in it. Salaries are not in it."),
    "lvr": (
        "(MQLs this window − before) ÷ before. A month in progress is compared with the same days of the "
        "month before."
    ),
    "velocity": (
        "SQLs open now × win rate × mean won amount ÷ mean days from SQL to won; the last three of the "
        "window."
    ),
    "speed": (
        "Leads created in the window, without imported and late ones. From receipt to the first contact: "
        "a logged touch or a saved Qualify, whichever was first. Who still waits is not dropped from the "
        "median (Kaplan–Meier). In target: within the promise to claim plus the promise to touch, in "
        "working time, of those contacted or past it."
    ),
    "sla": (
        "Promises to claim that were due in the window: kept ÷ (kept + broken). Open and overdue is "
        "broken; not yet due doesn't count. Closed in time by a person is kept."
    ),
    "win": ("Won ÷ (won + lost) of the SQLs that were won, or lost for the first time, in the window."),
    "reps": (
        "What each person did in the window: leads they claimed, leads they saved Qualify for, SQLs they "
        "approved, first contacts they made; customers and open leads by owner. What was undone doesn't "
        "count."
    ),
    "sources": (
        "Leads created in the window by where they first came from (or by the model you name: last, "
        "linear, u, w, decay), what became of them until now, the source's spend in the window, and what "
        "its customers paid."
    ),
    "quality": (
        "Leads that a person disqualified before SQL, in the window, by reason and where they came from; "
        "the change is against the window before."
    ),
    "visitors": (
        "Leads created in the window (without imported ones) ÷ people who saw a page, a screen or an "
        "experiment in it while they were no lead; each person once, by a hash of their browser's id that is "
        "forgotten after 90 days, and robots not at all. Who said no to being recognised is in no count. "
        "Sources that no tracker reports are listed, not counted."
    ),
    "ab": (
        "Each person counts once, under the variant they saw first; who saw two is left out. Converted: "
        "became a lead (or the stage agreed on) within the outcome window; who saw it later than that ago is "
        "not counted yet. The difference is against the first variant, and its range and p hold at every "
        "look (mixture sequential test, 5% over all looks; Holm for more than two variants). When the "
        "variants were not shown as planned (chi-square, p below 0.001) there is no verdict."
    ),
}
INTERVALS = (
    "Ranges say where the true share likely lies (Wilson, 95%). Spam, tests, duplicates and existing "
    "customers are in no number; the answer says how many and who said so. Imported history counts by its "
    "own dates."
)


def method_dialog(answer: Answer) -> View:
    """What the number means, over which window, by which rules."""
    period = answer.period
    versions = ", ".join(str(version) for version in answer.definition_versions) or "none yet"
    window = (
        f"*Window*: {period.start.isoformat()} up to, not including, {period.end.isoformat()}, "
        f"{period.zone.key}. *Definition*: version {versions}."
    )
    kpi = KPIS[answer.kpi]
    return note_dialog(
        "How is this counted?", f"*{kpi.question}*\n{METHODS[answer.kpi]}\n{INTERVALS}\n{window}"
    )


def help_message(refusal: str = "") -> Message:
    """Every number there is and how to ask for it; after `refusal`, if something could not be read."""
    listed = [f"`{kpi.name}` {kpi.question}" for kpi in KPIS.values()]
    asking = (
        "Ask `/kpi NAME`, a period (`7d`, `30d`, `12m`, `last month`, `Q3 2026`, `2026-07`) and `by source`, "
        "`campaign`, `rep` or `variant`. `share` at the end shows it to the channel."
    )
    more = (
        "`/kpi spend` enters what a campaign cost. `/kpi key` makes a key for reading numbers by a program."
    )
    text = line(refusal, 600) if refusal else "The numbers I know."
    return message(text, sections([refusal or "*The numbers I know*", *listed, asking, more, EXAMPLES]))
