"""The dialog in which a person types in a lead, and the reader of what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import BadField, Values, chosen, dialog, option, select, text_field, typed_text
from handlers.views.message import sections
from handlers.views.standing import who
from handlers.views.text import mention
from qualification.definition import Definition
from qualification.guess import Guess
from qualification.seen import Seen
from qualification.stages import STAGE_NAMES

PERMISSIONS = {
    "asked": "They asked us to contact them",
    "spoken": "They agreed on the phone or in person",
    "written": "They agreed in writing",
    "card": "They gave us their card for this",
    "referred": "Somebody put us in touch, and they know",
    "other": "Another way (say how below)",
    "none": "Not yet: wait until they give it",
}
"""How permission was given, as the dialog offers it."""
BASES = {
    "asked": "they asked us",
    "spoken": "on the phone or in person",
    "written": "in writing",
    "card": "their card",
    "referred": "a referral",
    "other": "another way, noted with the lead",
}
"""The same as it is kept. Never what somebody typed: that may be personal, and stands in the history."""
ME, QUEUE = "me", "queue"
_SAID = {
    "company": ids.NEW_COMPANY,
    "title": ids.NEW_TITLE,
    "message": ids.NEW_MESSAGE,
    "source": ids.NEW_SOURCE,
    "action": ids.NEW_ACTION,
    "phone": ids.NEW_PHONE,
    "email": ids.NEW_EMAIL,
}
_LONGEST_NAME = 150


def new_lead_dialog(
    definition: Definition, *, metadata: Mapping[str, Any], guess: Guess | None = None, action: str = ""
) -> View:
    """Everything there is to type in.

    Args:
        guess: What could be read from a message or after the word `new`; a person checks it.
        action: What stands chosen under "What they asked for"; nothing by default.
    """
    known = guess or Guess()
    actions = [a for a in definition.actions.values() if a.qualifies]
    permissions = [option(word, says) for word, says in PERMISSIONS.items()]
    owners = [option(QUEUE, "Whoever claims it: it goes into the queue"), option(ME, "Me")]
    blocks: list[Block] = [
        text_field(ids.NEW_NAME, "Name", value=known.name, longest=_LONGEST_NAME),
        text_field(
            ids.NEW_EMAIL, "E-mail", value=known.email, hint="This or a phone number is needed.", longest=300
        ),
        text_field(ids.NEW_PHONE, "Phone", value=known.phone, longest=60),
        text_field(ids.NEW_COMPANY, "Company", value=known.company, longest=_LONGEST_NAME),
        text_field(ids.NEW_TITLE, "Title", value=known.title, longest=_LONGEST_NAME),
        select(
            ids.NEW_ACTION,
            "What they asked for",
            [option(a.name, a.says) for a in actions],
            chosen_value=action or None,
        ),
        text_field(ids.NEW_MESSAGE, "Message", value=known.message, multiline=True),
        select(
            ids.NEW_PERMISSION,
            "How they gave permission to be contacted",
            permissions,
            hint="It is kept as the proof. Nobody is contacted without.",
        ),
        text_field(ids.NEW_HOW, "In their words", hint="Where and when, if it isn't plain.", longest=300),
        text_field(ids.NEW_SOURCE, "Source", hint="linkedin, event, referral …", longest=100),
        select(ids.NEW_OWNER, "Who takes it", owners, chosen_value=QUEUE),
    ]
    return dialog(ids.NEW_LEAD_SAVED, "New lead", blocks, submit="Save", metadata=metadata)


def read_new_lead(values: Values) -> dict[str, Any]:
    """What was typed, under the names that `POST /intake/leads` takes.

    Raises:
        BadField: nothing to reach them by, nothing chosen, or permission given in a way nobody described.
    """
    body: dict[str, Any] = {
        "name": typed_text(values, ids.NEW_NAME),
        "email": typed_text(values, ids.NEW_EMAIL),
        "phone": typed_text(values, ids.NEW_PHONE),
        "company": typed_text(values, ids.NEW_COMPANY),
        "title": typed_text(values, ids.NEW_TITLE),
        "action": chosen(values, ids.NEW_ACTION),
        "message": typed_text(values, ids.NEW_MESSAGE),
        "source": typed_text(values, ids.NEW_SOURCE),
    }
    if not (body["email"] or body["phone"]):
        raise BadField(ids.NEW_EMAIL, "Type an e-mail address or a phone number: a lead must be reachable.")
    if body["action"] is None:
        raise BadField(ids.NEW_ACTION, "Choose what they asked for.")
    given, how = chosen(values, ids.NEW_PERMISSION), typed_text(values, ids.NEW_HOW)
    if given is None:
        raise BadField(ids.NEW_PERMISSION, "Choose how they gave permission.")
    if given == "other" and how is None:
        raise BadField(ids.NEW_HOW, "Say how they gave permission.")
    if given == "none":
        body["permission_note"] = how
    else:
        body["consent"] = {"granted": True, "purposes": ["contact"], "basis": BASES[given]}
        body["permission_note"] = how
    return {name: value for name, value in body.items() if value is not None}


def takes_it(values: Values) -> bool:
    """Whether who types it in wants to work on it."""
    return chosen(values, ids.NEW_OWNER) == ME


def field_of(path: str) -> str:
    """The field that a mistake in the body stands on."""
    return _SAID.get(path, ids.NEW_NAME)


def saved_words(seen: Seen, status: str, rep: str, mine: bool) -> list[str]:
    """What became of it, for who typed it in."""
    lead = seen.lead
    known = {
        "created": f"*{lead.name}* is saved.",
        "updated": f"We know them already: this is now part of *{lead.name}*.",
        "duplicate": f"We have exactly this already: *{lead.name}*.",
    }
    if lead.owner is None:
        owner = "It waits in the queue." if seen.open else ""
    elif lead.owner == rep:
        owner = "It is yours." if mine else "It is with you."
    else:
        owner = f"{mention(lead.owner)} has it. Message them if you know the account."
    stage = f"{STAGE_NAMES[lead.stage]}, {seen.score.total} points."
    return [
        " ".join(part for part in (known.get(status, f"*{lead.name}*"), owner) if part),
        f"{who(lead.profile)} · {stage}",
        f"Go on with `/lead {lead.name} qualify`, or `/lead {lead.name}` for all its buttons.",
    ]


def saved_dialog(seen: Seen, status: str, rep: str, mine: bool) -> View:
    """The dialog after saving: the L-number, and where it stands."""
    shown = sections(saved_words(seen, status, rep, mine))
    return dialog(ids.LOADING, seen.lead.name, shown, submit=None, metadata={})
