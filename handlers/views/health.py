"""How the installation is, for admins."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers.flows.house_state import Condition
from handlers.views.message import Message, message, sections
from handlers.views.text import when


def health_message(state: Condition, zone: ZoneInfo) -> Message:
    """The answer to `/lead health`: one word first, then what each part says and what to do about it."""
    title = "Everything is well" if state.well else "Something needs you"
    return message(title, sections([f"*{title}*", *health_lines(state, zone)]))


def health_lines(state: Condition, zone: ZoneInfo) -> list[str]:
    """One line for each part."""
    return [
        "• Database: answers",
        f"• Sending: {_sending(state, zone)}",
        f"• Given up: {_given_up(state.dead_jobs)}",
        f"• Unreadable submissions: {_unreadable(state.quarantine)}",
        f"• Waiting for permission: {state.waiting:,}",
        f"• Set up: {'complete' if not state.missing else 'missing ' + ', '.join(state.missing)}",
    ]


def _sending(state: Condition, zone: ZoneInfo) -> str:
    if state.behind and state.oldest:
        since = when(state.oldest, zone)
        return f"*behind since {since}*, {state.late_jobs:,} wait. Is the worker running, is Slack reachable?"
    return f"{state.open_jobs:,} planned or under way, none late" if not state.late_jobs else "at work"


def _given_up(dead: int) -> str:
    return f"*{dead:,}*. See `python -m bot jobs list`, then `jobs replay`" if dead else "none"


def _unreadable(kept: int) -> str:
    return (
        f"*{kept:,}* kept for 30 days. See `python -m bot quarantine list`, then `quarantine replay`"
        if kept
        else "none"
    )
