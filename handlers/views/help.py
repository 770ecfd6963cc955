"""What `/lead` can do, on one screen."""

from __future__ import annotations

from handlers.views.message import Message, context, message, sections

_HOUSE = {
    "new": "type in a lead",
    "find TEXT": "by name, company, address or phone",
    "mine": "my leads, by what needs me next",
    "queue": "who waits for a rep",
    "import": "bring in a file",
    "definition": "the rules we agreed on, and changing them together",
    "health": "for admins: is everything well?",
}
_LEAD = {
    "": "the lead in short, with its buttons",
    "claim": "take it · `back` returns it to the queue",
    "qualify": "the four questions",
    "log call": "or `log no answer`, `log mail`, `log meeting`, then a note",
    "nurture 15 Jan": "hand back until a date",
    "snooze tomorrow": "keep it, remind me; or `snooze 3h`",
    "disqualify no_budget": "close it, with a reason",
    "reassign @ben": "give it to somebody",
    "won 12000 EUR": "or `lost price`, once it is an SQL",
    "optout": "they asked not to be contacted",
    "details": "everything known, with the history",
    "why": "the score explained, and what is missing; `why at 2026-03-01` as it stood then",
    "undo": "take back what you just did (ten minutes)",
}


def help_message() -> Message:
    """Every word with what it does."""
    house = [f"`/lead {word}` {says}" for word, says in _HOUSE.items()]
    lead = [f"`/lead {f'L-1042 {word}'.strip()}` {says}" for word, says in _LEAD.items()]
    text = "What /lead can do"
    blocks = [
        *sections(["*All leads*", *house]),
        *sections(["*One lead*", *lead]),
        *context(["Slack has no commands in threads: there, use “Lead actions” in a message's menu."]),
    ]
    return message(text, blocks)
