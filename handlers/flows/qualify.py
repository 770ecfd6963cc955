"""Qualify: look, preview, save."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from handlers.flows.colleague import must_be_here
from handlers.flows.office import Office, Saved
from qualification.errors import Refused
from qualification.lead import LETTERS, Lead
from qualification.qualify import Call, Preview, call_facts, known_call, preview, save_call
from qualification.seen import Seen

FIELDS = (*LETTERS, "inquiry", "notes", "next_step", "next_step_at", "hand_to")
"""What two reps with open dialogs may both change."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """What the Qualify dialog is drawn from."""

    seen: Seen
    preview: Preview


class Stale(Refused):
    """Somebody saved while the dialog was open. Holds the lead as it is now, for the dialog to show."""

    def __init__(
        self, now: Dialog, changed: tuple[str, ...], call: Call, opened_on: Mapping[str, str]
    ) -> None:
        super().__init__("Somebody else saved this lead while your dialog was open.")
        self.now = now
        self.changed = changed
        """Names of the fields of `Call`, and of letters, that say something else now."""
        self.call = call
        """What was typed, and in every field that was left alone what is saved now."""
        self.opened_on = opened_on
        """The marks the dialog stands on from here."""


async def open_dialog(office: Office, where: str, number: int, rep: str) -> Dialog:
    """The dialog as it opens."""
    return await preview_call(office, where, number, rep, None)


async def preview_call(office: Office, where: str, number: int, rep: str, call: Call | None) -> Dialog:
    """What saving `call` would do; without one, what the dialog opens with."""
    seen = await office.look(where, number)
    shown = preview(seen.lead, rep, call or known_call(seen.lead), seen.at, seen.definition)
    return Dialog(seen, shown)


async def save_qualify(
    office: Office,
    where: str,
    number: int,
    rep: str,
    call: Call,
    revision: int,
    before: Mapping[str, str],
) -> Saved:
    """Save the dialog; hand over to sales when the gate holds.

    Args:
        revision: Of the lead when the dialog was opened.
        before: `marks` of the lead when the dialog was opened, to tell what somebody else changed.
    Raises:
        Stale: somebody saved something else meanwhile.
        Refused: closed, opted out, or an answer that is none.
    """
    async with office.at_lead(where, number) as at:
        definition = at.rules.definition
        typed, call = call, with_theirs(call, before, at.lead)
        if at.lead.revision != revision:
            changed = _changed_meanwhile(at.lead, before, typed)
            if changed:
                seen = at.rules.see(at.lead, at.now)
                now = Dialog(seen, preview(at.lead, rep, call, at.now, definition))
                raise Stale(now, changed, call, _marks_after(before, at.lead, call))
        await must_be_here(at.work, call.hand_to)
        facts = call_facts(at.lead, call, at.now, lambda: uuid4().hex)
        return await at.record(save_call(at.lead, rep, call, at.now, definition, facts), facts)


def marks(lead: Lead) -> dict[str, str]:
    """What stands in the dialog's fields, to see later which of them somebody else changed.

    Answers stand as they are. The rest is a short hash each: notes may be personal, and a dialog carries
    this in its metadata.
    """
    return _marks(known_call(lead))


def _marks(call: Call) -> dict[str, str]:
    rest = {
        "inquiry": call.inquiry,
        "notes": call.notes or None,
        "next_step": call.next_step or None,
        "next_step_at": call.next_step_at.isoformat() if call.next_step_at else None,
        "hand_to": call.hand_to,
    }
    hashed = {name: _hashed(value) for name, value in rest.items() if value is not None}
    return {**{name: option for name, option in call.answers.items() if option}, **hashed}


def _hashed(value: object) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:12]


def with_theirs(call: Call, before: Mapping[str, str], lead: Lead) -> Call:
    """The dialog, and in fields its rep left alone what is saved now: nobody undoes what they never saw."""
    mine, known = _marks(call), known_call(lead)
    left_alone = {name for name in FIELDS if mine.get(name) == before.get(name)}
    answers = {
        name: option
        for name in LETTERS
        if (option := (known if name in left_alone else call).answers.get(name))
    }
    theirs = {name: getattr(known, name) for name in left_alone - set(LETTERS)}
    return replace(call, answers=answers, **theirs)


def _changed_meanwhile(lead: Lead, before: Mapping[str, str], typed: Call) -> tuple[str, ...]:
    """Which fields say something else than when the dialog opened, and than what was typed."""
    now, mine = marks(lead), _marks(typed)
    return tuple(name for name in FIELDS if now.get(name) not in (before.get(name), mine.get(name)))


def _marks_after(before: Mapping[str, str], lead: Lead, call: Call) -> dict[str, str]:
    """What a stale dialog is open on from here: what its rep typed stands against what is saved now.

    What they left alone keeps its old mark: Slack still shows the old value there, and the next save must
    again take what is saved.
    """
    now, mine = marks(lead), _marks(call)
    typed = {name for name in FIELDS if mine.get(name) != now.get(name)}
    return {
        name: value for name in FIELDS if (value := (now if name in typed else before).get(name)) is not None
    }


def is_new(call: Call, before: Mapping[str, str], name: str) -> bool:
    """Whether a rep chose this field's value in this dialog."""
    return _marks(call).get(name) not in (None, before.get(name))
