"""Asking back about numbers: what was unclear, and the likeliest readings as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.views import ids
from handlers.views.kpi_buttons import LONGEST_QUESTION
from handlers.views.message import Message, button, controls, message, sections
from handlers.views.text import escape, line


def ask_back(why: str, choices: Sequence[tuple[str, str]]) -> Message:
    """A sentence and a button for each reading; the text names the commands for who sees no buttons.

    Args:
        choices: In words, and in the short grammar, which the button carries.
    """
    buttons = [
        button(f"{ids.KPI_READING}{number}", _headed(says), asked)
        for number, (says, asked) in enumerate(choices)
        if len(asked) <= LONGEST_QUESTION
    ]
    listed = [f"• {line(_headed(says), 400)}" for says, _ in choices]
    commands = " or ".join(f"`/kpi {line(asked, 300)}`" for _, asked in choices)
    blocks = [*sections([escape(why), "\n".join(listed)]), *controls(ids.KPI_CONTROLS, buttons)]
    return message(f"{escape(why)} {commands}", blocks)


def _headed(says: str) -> str:
    return says[:1].upper() + says[1:]
