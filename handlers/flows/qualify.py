"""Qualify: look, preview, save."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from handlers.flows.office import Office, Saved
from qualification.errors import Refused
from qualification.lead import LETTERS, Lead
from qualification.qualify import Call, Preview, call_facts, known_call, preview, save_call
from qualification.seen import Seen


@dataclass(frozen=True, slots=True)
class Dialog:
    """What the Qualify dialog is drawn from."""

    seen: Seen
    preview: Preview


class Stale(Refused):
    """Somebody saved while the dialog was open. Holds the lead as it is now, for the dialog to show."""

    def __init__(self, now: Dialog, changed: tuple[str, ...]) -> None:
        super().__init__("Somebody else saved this lead while your dialog was open.")
        self.now = now
        self.changed = changed
        """Names of the fields of `Call`, and of letters, that say something else now."""


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
        if at.lead.revision != revision:
            changed = _changed_meanwhile(at.lead, before, call)
            if changed:
                seen = at.rules.see(at.lead, at.now)
                raise Stale(Dialog(seen, preview(at.lead, rep, call, at.now, definition)), changed)
        facts = call_facts(at.lead, call, at.now, lambda: uuid4().hex)
        return await at.record(save_call(at.lead, rep, call, at.now, definition, facts), facts)


def marks(lead: Lead) -> dict[str, str]:
    """What stands in the dialog's fields, to see later which of them somebody else changed.

    Answers stand as they are. The rest is a short hash each: notes may be personal, and a dialog carries
    this in its metadata.
    """
    known = known_call(lead)
    rest = {
        "inquiry": known.inquiry,
        "notes": known.notes or None,
        "next_step": known.next_step,
        "next_step_at": known.next_step_at.isoformat() if known.next_step_at else None,
        "hand_to": known.hand_to,
    }
    hashed = {name: _hashed(value) for name, value in rest.items() if value is not None}
    return {**known.answers, **hashed}


def _hashed(value: object) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:12]


def _changed_meanwhile(lead: Lead, before: Mapping[str, str], call: Call) -> tuple[str, ...]:
    """Which fields say something else than when the dialog opened, and something else than this save."""
    now, known = marks(lead), known_call(lead)
    changed = [name for name in now.keys() | before.keys() if now.get(name) != before.get(name)]
    return tuple(name for name in changed if name in LETTERS or getattr(call, name) != getattr(known, name))
