"""A question said back in words, so that nobody takes the answer for another question's."""

from __future__ import annotations

import re
from collections.abc import Callable

from qualification.kpi_entry import STAGES
from qualification.kpi_only import NAMELESS, Only
from qualification.kpi_question import Question

_OF = {
    "source": "leads from {}",
    "campaign": "leads of campaign {}",
    "rep": "{}",
    "variant": "leads of variant {}",
}


def told(question: Question, called: Callable[[Only], str] = lambda only: only[1]) -> str:
    """`conversion of leads from webinar, created in October 2026, against September 2026`."""
    kpi = question.kpi
    noun = kpi.noun or kpi.name
    if kpi.name == "reps" and question.only is not None:
        noun = f"what {called(question.only)} did"
    elif question.only is not None:
        noun += f" of {of_one(question.only, called)}"
    elif question.first:
        noun = f"{STAGES[question.first]}s, in the overview"
    when = _during(question.period.label)
    match kpi.basis:
        case "cohort":
            when = f"{kpi.made_of} {when}"
        case "now":
            when = f"as it stands now, rates of {question.period.label}"
        case _:
            pass
    parts = [
        noun,
        when,
        f"by {question.by}" if question.by and question.only is None else "",
        f"attribution {question.model}" if question.model != "first" else "",
        f"against {question.against.label}" if question.against else "",
        "lead by lead" if question.exact else "",
    ]
    return ", ".join(part for part in parts if part)


def of_one(only: Only, called: Callable[[Only], str]) -> str:
    """Whom a number of one value is about: "leads from linkedin", "@ana", "leads without a campaign"."""
    dimension, value = only
    if value == NAMELESS.get(dimension):
        return "leads that nobody has" if dimension == "rep" else f"leads without a {dimension}"
    return _OF[dimension].format(called(only))


def _during(label: str) -> str:
    """A window's name within a sentence: `in October 2026`, `in the last 30 days`, `this month to date`."""
    plain = label.rsplit(", ", maxsplit=1)[-1]
    if plain.startswith("last ") and any(char.isdigit() for char in plain):
        return f"in the {plain}"
    if plain.split(" ")[0] in ("this", "last", "today", "yesterday", "since"):
        return plain
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
        return f"on {plain}"
    return f"from {plain}" if " to " in plain and "to date" not in plain else f"in {plain}"
