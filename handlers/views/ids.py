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
OPEN_CRM = "lead.crm"
"""A link button: Slack reports the press all the same, so it needs a listener."""
OPEN_CARD = "lead.open"
"""A link button, like OPEN_CRM."""
OPEN_QUEUE = "queue.open"
"""Value: how many leads were shown before, or "queue" for the first page."""
ACTIONS = "lead.actions"
"""Opens the dialog with everything that can be done with a lead."""
HOME_CLAIM = "home.claim"
"""Claim in App Home, where there is no message to answer in: the Home says what came of it."""
HOME_NEW = "home.new"
ENTER_CODE = "setup.code"
OPEN_SETUP = "setup.open"
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
LOADING = "loading"
NEW_LEAD_SAVED = "new_lead_saved"
ACTION_CHOSEN = "action_chosen"
CODE_SAVED = "code_entered"
SETUP_SAVED = "setup_saved"

NEW_LEAD = "new_lead"
MAKE_LEAD = "make_lead"
LEAD_ACTIONS = "lead_actions"
"""The shortcuts, as the manifest names them."""

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
NEW_NAME = "new.name"
NEW_EMAIL = "new.email"
NEW_PHONE = "new.phone"
NEW_COMPANY = "new.company"
NEW_TITLE = "new.title"
NEW_ACTION = "new.action"
NEW_MESSAGE = "new.message"
NEW_PERMISSION = "new.permission"
NEW_HOW = "new.how"
NEW_SOURCE = "new.source"
NEW_OWNER = "new.owner"
ACTION_WORD = "action.word"
SETUP_CODE = "setup.entered_code"
SETUP_LEADS = "setup.leads"
SETUP_ALERTS = "setup.alerts"
SETUP_ADMINS = "setup.admins"
SETUP_MANAGERS = "setup.managers"
SETUP_MARKETERS = "setup.marketers"
SETUP_REPS = "setup.reps"

CONTROLS = "controls"
"""The block of a card's buttons."""


def more(choice: str, number: int) -> str:
    """The value of one overflow option, e.g. "nurture:1042"."""
    return f"{choice}:{number}"


def undo(number: int, step: str) -> str:
    """The value of an Undo button."""
    return f"{number}:{step}"
