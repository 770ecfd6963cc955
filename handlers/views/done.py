"""A short answer to something a person typed: what was done, with Undo while there is something to undo."""

from __future__ import annotations

from handlers.views import ids
from handlers.views.message import Message, button, controls, message, sections
from qualification.lead import Lead


def done(words: str, lead: Lead, step: str) -> Message:
    """What was done.

    Args:
        step: What Undo takes back; empty when nothing changed.
    """
    undo = button(ids.UNDO, "Undo", ids.undo(lead.number, step), about=lead.name) if step else None
    return message(words, [*sections([words]), *controls(ids.CONTROLS, [undo] if undo else [])])
