"""Asking back about numbers: what was unclear, and the likeliest readings as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.views import ids
from handlers.views.kpi_answer import LONGEST_QUESTION, LONGEST_TEXT
from handlers.views.message import Message, button, controls, message, sections
from handlers.views.text import clip, escape, line


def ask_back(why: str, choices: Sequence[tuple[str, str]], spoken: str) -> Message:
    """A sentence and a button for each reading.

    Args:
        choices: In words, and in the short grammar, which the button carries.
        spoken: All of it as text, for notifications and screen readers.
    """
    buttons = [
        button(f"{ids.KPI_READING}{number}", _headed(says), asked)
        for number, (says, asked) in enumerate(choices)
        if len(asked) <= LONGEST_QUESTION
    ]
    listed = [f"• {line(_headed(says), 400)}" for says, _ in choices]
    return message(
        escape(clip(spoken, LONGEST_TEXT)),
        [*sections([escape(why), "\n".join(listed)]), *controls(ids.KPI_CONTROLS, buttons)],
    )


def _headed(says: str) -> str:
    return says[:1].upper() + says[1:]
