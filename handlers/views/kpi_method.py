"""How each number is counted, for whoever presses **How is this counted?**, and the list of numbers."""

from __future__ import annotations

from slack_sdk.models.views import View

from handlers.views.fields import note_dialog
from handlers.views.message import Message, message, sections
from handlers.views.text import line
from qualification.kpi import KPIS, Answer
from qualification.kpi_question import EXAMPLES

BASIS = {
    "flow": "what happened in the window",
    "cohort": "leads of the window and what became of them until now",
    "now": "as it stands now",
}
INTERVALS = (
    "Ranges say where the true share likely lies (Wilson, 95%). Spam, tests, duplicates and existing "
    "customers are in no number; the answer says how many and who said so. Imported history counts by its "
    "own dates. *Best* and *worst* of a split differ from all the others together by more than chance: 23 of "
    "189 (12.2%) against 1 of 67 (1.5%), p = 0.0097 (Fisher's exact test; for costs that of two counts; Holm "
    "where there are more than two, 5% over all)."
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
        "How is this counted?",
        f"*{kpi.question}*\n{kpi.counted}\n*Formula*: {kpi.formula}.\n{INTERVALS}\n{window}",
    )


def help_message(refusal: str = "") -> Message:
    """Every number there is and how to ask for it; after `refusal`, if something could not be read."""
    listed = [f"`{kpi.name}` {kpi.question}" for kpi in KPIS.values()]
    asking = (
        "Ask `/kpi NAME`, a period (`7d`, `30d`, `12m`, `last month`, `Q3 2026`, `2026-07`) and `by source`, "
        "`campaign`, `rep` or `variant`. `share` at the end shows it to the channel."
    )
    plain = (
        "`only source=linkedin` (or `campaign`, `rep`, `variant`) looks at one of them, `against last month` "
        "or `against before` compares. Or ask in plain words: `/kpi how did webinar leads convert last month "
        "vs the month before`. The answer says what was understood; where that is unsure, I ask back."
    )
    more = (
        "`/kpi spend` enters what a campaign cost. `/kpi benchmark edit` changes the ranges ours stands "
        "beside. `schedule weekly #channel` or `schedule monthly` at the end sends a number by itself; "
        "`/kpi schedules` lists and stops it. `/kpi key` makes a key for reading numbers by a program."
    )
    text = line(refusal, 600) if refusal else "The numbers I know."
    return message(
        text, sections([refusal or "*The numbers I know*", *listed, asking, plain, more, EXAMPLES])
    )
