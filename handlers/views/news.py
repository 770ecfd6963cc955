"""What happened, in one line: for the card's thread, and for the history in Details."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.views.event_words import actor_name, came_from, moved_to, touch_name, went_to, what_happened
from handlers.views.standing import letters_words
from handlers.views.text import line, mention, when
from qualification.definition import Definition
from qualification.events import Event, Kind
from qualification.lead import Lead, Stage
from qualification.scoring import score
from qualification.seen import Seen


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event for the history: finished mrkdwn parts, and the definition's version it was judged under."""

    when: str
    who: str
    what: str
    version: int


@dataclass(frozen=True, slots=True)
class _Telling:
    """One step to tell: its events, the lead after them, and what people are called."""

    events: Sequence[Event]
    lead: Lead
    definition: Definition
    zone: ZoneInfo
    names: Mapping[str, str]

    def who(self, event: Event) -> str:
        return actor_name(event.actor, self.names)


def thread_line(
    events: Sequence[Event],
    lead: Lead,
    definition: Definition,
    zone: ZoneInfo,
    names: Mapping[str, str] | None = None,
) -> str | None:
    """One line on one step, e.g. "Ana qualified: MQL → SQL, 78 points. Handed to <@UBEN>."

    Args:
        events: What was recorded together, oldest first.
        lead: The lead after them.
        names: What people are called, by Slack id: nobody is called for what they just did themselves. Who
            must act now is always mentioned.
    Returns:
        None when there is nothing to tell: the card itself is the news of a new lead, and what only the
        books need (a clock, a corrected date) interests nobody.
    """
    if not events or any(event.kind is Kind.CREATED for event in events):
        return None
    step = _Telling(events, lead, definition, zone, names or {})
    by_kind = {event.kind: event for event in events}
    for kind, tell in _TOLD.items():
        if kind in by_kind:
            return tell(by_kind[kind], step)
    return None


def history_line(
    event: Event,
    definition: Definition,
    zone: ZoneInfo,
    told: str = "",
    names: Mapping[str, str] | None = None,
    *,
    undone: bool = False,
) -> HistoryLine:
    """One event of the history.

    Args:
        told: The free text that belongs to it (a note, a reason in words), when it was not erased.
        names: What people are called, by Slack id.
        undone: It was taken back since.
    """
    what = what_happened(event, definition, zone)
    if told:
        what += f": “{line(told, 200)}”"
    if undone:
        what += " (taken back)"
    return HistoryLine(when(event.at, zone), actor_name(event.actor, names), what, event.version)


def _qualified(event: Event, step: _Telling) -> str:
    lead, who = step.lead, step.who(event)
    shown = score(lead, step.definition, event.at)
    moves = [e for e in step.events if e.kind is Kind.STAGE]
    if not moves:
        return f"{who} saved Qualify: {shown.total} points, {letters_words(shown)}."
    way = f"{came_from(moves[0])} → {went_to(moves[-1])}"
    return f"{who} qualified: {way}, {shown.total} points.{_handed(event, lead)}"


def _handed(event: Event, lead: Lead) -> str:
    """To whom else it was handed: nobody is called for what they just did themselves."""
    if lead.stage is not Stage.SQL or not lead.handed_to or lead.handed_to == event.actor:
        return ""
    return f" Handed to {mention(lead.handed_to)}."


def _touched(event: Event, step: _Telling) -> str:
    claimed = " and has it now" if any(e.kind is Kind.CLAIMED for e in step.events) else ""
    return f"{step.who(event)}: {_lowered(touch_name(event))}{claimed}."


def _came_again(event: Event, step: _Telling) -> str | None:
    moves = [e for e in step.events if e.kind is Kind.STAGE]
    if moves:  # of several things that we heard of late, the one that made the difference is named
        crossed = (e for e in step.events if e.kind is Kind.ACTIVITY and e.at == moves[0].at)
        event = next(crossed, event)
    name = event.data.get("action", "")
    action = step.definition.actions.get(name)
    said = line(action.says) if action else f"Did something new: {line(str(name), 60)}"
    if action and not action.points and not moves:
        return None
    if action and action.points < 0 and moves:
        said = "What they did until then was scored anew"
    moved = f" {came_from(moves[0])} → {went_to(moves[-1])}." if moves else ""
    return f"{said}.{moved}"


def _moved(event: Event, step: _Telling) -> str:
    return f"{step.who(event)} {_move_words(event, step.lead, step.definition, step.zone)}."


def _plainly(event: Event, step: _Telling) -> str:
    return f"{step.who(event)} {_lowered(what_happened(event, step.definition, step.zone))}."


def _refused(event: Event, step: _Telling) -> str | None:
    """A no that nobody said to what: who has the deal asks, for an unticked box must not close it."""
    if not event.data.get("refused"):
        return None
    lead = step.lead
    owner = lead.taken_by or lead.handed_to or lead.owner
    called = f"{mention(owner)}: " if owner else ""
    return (
        f"{called}a form of theirs says no without saying to what. Marketing, profiling and sharing are "
        "taken back; the deal stays open. Ask them, and if they don't want to be contacted: "
        f"`/lead {lead.name} optout`."
    )


def _lowered(words: str) -> str:
    return words[0].lower() + words[1:]


_Tell = Callable[[Event, _Telling], str | None]
_TOLD: Mapping[Kind, _Tell] = {
    # The first that happened is told; the rest followed from it.
    Kind.ERASED: _plainly,
    Kind.UNDONE: _plainly,
    Kind.MERGED: _plainly,
    Kind.UNMERGED: _plainly,
    Kind.ANSWERED: _qualified,
    Kind.TOUCHED: _touched,
    Kind.TAKEN: _plainly,
    Kind.ACTIVITY: _came_again,
    Kind.STAGE: _moved,
    Kind.OPTED_OUT: _plainly,
    Kind.REASSIGNED: _plainly,
    Kind.RELEASED: _plainly,
    Kind.SNOOZED: _plainly,
    Kind.CLAIMED: _plainly,
    Kind.DETAILS: _plainly,
    Kind.PERMISSION: _refused,
}


def _move_words(event: Event, lead: Lead, definition: Definition, zone: ZoneInfo) -> str:
    """A stage change as what its actor did; a note is quoted when the lead still has it."""
    to, reason = Stage(event.data["to"]), event.data.get("reason")
    text = lead.sent_back_for if reason == "sent_back" else lead.notes
    note = f": “{line(text, 300)}”" if event.data.get("note") and text else ""
    match to:
        case Stage.MQL if reason == "sent_back":
            back_to = event.data.get("back_to")
            return f"sent it back{f' to {actor_name(back_to)}' if back_to else ''}{note}"
        case Stage.MQL if reason == "came_back":
            return "brought it back: its date has come"
        case _:
            return f"{moved_to(event, definition, zone)}{note}"


def overdue_line(seen: Seen, mention_group: str | None = None) -> str:
    """A promise that was not kept in time, for the thread. Only a direct inquiry calls the reps' group."""
    if seen.lead.owner:
        return f"{mention(seen.lead.owner)} has not been in touch yet, and the time for it is over."
    called = f"<!subteam^{mention_group}> " if mention_group and seen.inquiry else ""
    return f"{called}Nobody has claimed this yet, and the time for it is over."
