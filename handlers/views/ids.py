"""Every id Slack sends back to us, in one place: a button, select or dialog and its listener meet here."""

from __future__ import annotations

CLAIM = "lead.claim"
LOG = "lead.log"
QUALIFY = "lead.qualify"
MORE = "lead.more"
"""The overflow menu; its option values read "nurture:1042" (see `more`)."""
TAKE = "alert.take"
SEND_BACK = "alert.send_back"
WON = "lead.won"
LOST = "lead.lost"
UNDO = "lead.undo"
"""Value "1042:STEP": the step Undo takes back."""
SHARE = "answer.share"
KPI_SHARE = "kpi.share"
"""Value: what was typed after `/kpi`, as with KPI_METHOD."""
KPI_METHOD = "kpi.method"
KPI_CONTROLS = "kpi.controls"
OPEN_CRM = "lead.crm"
"""A link button: Slack reports the press all the same, so it needs a listener."""
OPEN_CARD = "lead.open"
"""A link button, like OPEN_CRM."""
OPEN_QUEUE = "queue.open"
BACK = "lead.back"
OPT_OUT = "lead.optout"

NURTURE, DISQUALIFY, SNOOZE, REASSIGN, DETAILS_OPTION = (
    "nurture",
    "disqualify",
    "snooze",
    "reassign",
    "details",
)
"""The words before the colon in an overflow option's value."""

QUALIFY_SAVED = "qualify"
LOG_SAVED = "log"
NURTURE_SAVED = "nurture"
DISQUALIFY_SAVED = "disqualify"
SNOOZE_SAVED = "snooze"
REASSIGN_SAVED = "reassign"
SEND_BACK_SAVED = "send_back"
WON_SAVED = "won"
LOST_SAVED = "lost"
DETAILS = "details"
SPEND_SAVED = "spend"
LOADING = "loading"

# Fields of dialogs. A field's block and its element carry the same id, so that errors, typed values and
# block_actions all speak of it by one name. They never change while a dialog is open: Slack keeps what was
# typed through views.update only where both ids stay the same.
QUALIFY_PREFIX = "qualify."
"""Every select that redraws the live line: listen with a pattern on this."""
QUALIFY_BUDGET = "qualify.budget"
QUALIFY_AUTHORITY = "qualify.authority"
QUALIFY_NEED = "qualify.need"
QUALIFY_TIMELINE = "qualify.timeline"
QUALIFY_INQUIRY = "qualify.inquiry"
QUALIFY_TITLE = "qualify.title"
QUALIFY_SIZE = "qualify.size"
QUALIFY_NOTES = "qualify.notes"
QUALIFY_NEXT_STEP = "qualify.next_step"
QUALIFY_NEXT_STEP_DATE = "qualify.next_step_date"
QUALIFY_HAND_TO = "qualify.hand_to"
QUALIFY_LIVE = "qualify.live"
"""The block of the live line."""

LOG_KIND = "log.kind"
LOG_NOTE = "log.note"
NURTURE_UNTIL = "nurture.until"
NURTURE_NOTE = "nurture.note"
DISQUALIFY_REASON = "disqualify.reason"
DISQUALIFY_NOTE = "disqualify.note"
SNOOZE_FOR = "snooze.for"
SNOOZE_DATE = "snooze.date"
REASSIGN_TO = "reassign.to"
SEND_BACK_REASON = "send_back.reason"
WON_AMOUNT = "won.amount"
LOST_REASON = "lost.reason"
LOST_NOTE = "lost.note"
SPEND_CAMPAIGN = "spend.campaign"
SPEND_SOURCE = "spend.source"
SPEND_NAME = "spend.name"
SPEND_FROM = "spend.from"
SPEND_TO = "spend.to"
SPEND_AMOUNT = "spend.amount"

CONTROLS = "controls"
"""The block of a card's buttons."""


def more(choice: str, number: int) -> str:
    """The value of one overflow option, e.g. "nurture:1042"."""
    return f"{choice}:{number}"


def undo(number: int, step: str) -> str:
    """The value of an Undo button."""
    return f"{number}:{step}"
