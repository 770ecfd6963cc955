"""What somebody else saved while a Qualify dialog was open, in lines for the top of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.views.echoes import called
from handlers.views.text import line, when
from qualification.lead import LETTERS
from qualification.seen import Seen


def change_lines(fields: Sequence[str], seen: Seen, names: Mapping[str, str]) -> tuple[str, ...]:
    """One line per field, with what it says now: the dialog itself keeps showing what was typed.

    Args:
        fields: Names of `Call` fields, and of letters.
        seen: The lead as it is saved now.
    """
    return tuple(
        f"{_LABELS.get(name, name.capitalize())} {_now(name, seen, names)}" for name in sorted(fields)
    )


_LABELS = {
    "inquiry": "Direct inquiry",
    "next_step": "Next step",
    "next_step_at": "Next step date",
    "hand_to": "Hand to",
}


def _now(name: str, seen: Seen, names: Mapping[str, str]) -> str:
    says = _says(name, seen, names)
    are = "are" if name == "notes" else "is"
    return f"{are} now “{says}”" if says else f"{are} open again"


def _says(name: str, seen: Seen, names: Mapping[str, str]) -> str:
    lead = seen.lead
    if name in LETTERS:
        letter = lead.answers.letter(name).confirmed
        option = seen.definition.questions[name].option(letter) if letter else None
        return line(option.says if option else letter or "")
    match name:
        case "inquiry":
            return {True: "Yes", False: "No", None: ""}[lead.inquiry]
        case "next_step_at":
            return when(lead.next_step_at, seen.zone) if lead.next_step_at else ""
        case "hand_to":
            return called(lead.handed_to, names) if lead.handed_to else ""
        case "next_step":
            return line(lead.next_step or "")
        case _:
            return line(lead.notes or "")
