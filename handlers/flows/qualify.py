"""Qualify: look, preview, save."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from handlers.flows.office import Office, Saved
from qualification.errors import Refused
from qualification.lead import Lead
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
    answered_before: dict[str, str],
) -> Saved:
    """Save the dialog; hand over to sales when the gate holds.

    Args:
        revision: Of the lead when the dialog was opened.
        answered_before: The letters' answers the dialog was opened with, to tell what somebody else changed.
    Raises:
        Stale: somebody saved other answers meanwhile.
        Refused: closed, opted out, or an answer that is none.
    """
    async with office.at_lead(where, number) as at:
        definition = at.rules.definition
        if at.lead.revision != revision:
            changed = _changed_meanwhile(at.lead, answered_before, at.rules.see(at.lead, at.now))
            if changed:
                seen = at.rules.see(at.lead, at.now)
                raise Stale(Dialog(seen, preview(at.lead, rep, call, at.now, definition)), changed)
        facts = call_facts(at.lead, call, at.now, lambda: uuid4().hex)
        return await at.record(save_call(at.lead, rep, call, at.now, definition, facts), facts)


def _changed_meanwhile(lead: Lead, before: dict[str, str], seen: Seen) -> tuple[str, ...]:
    """Which answers somebody else gave since the dialog opened, in words."""
    changed = []
    for name, letter in known_call(lead).answers.items():
        if before.get(name) != letter:
            option = seen.definition.questions[name].option(letter)
            changed.append(f"{name.capitalize()} is now “{option.says if option else letter}”")
    for name in before.keys() - known_call(lead).answers.keys():
        changed.append(f"{name.capitalize()} is open again")
    return tuple(sorted(changed))
