"""Each kind of event in words: who did it, and what it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.views.standing import reason_words_of
from handlers.views.text import day, line, mention, when
from qualification.definition import Definition
from qualification.events import CLOCK, RULE, THEMSELVES, Event, Kind
from qualification.lead import LETTERS, Stage
from qualification.money import Money, format_money
from qualification.ownership import TOUCHES
from qualification.stages import STAGE_NAMES

_ACTORS = {
    RULE: "The definition",
    CLOCK: "The calendar",
    THEMSELVES: "They themselves",
    "import": "The import",
}
# A name in capitals such as WEBSITE must not turn into a mention, so W needs a digit as Slack's own ids have.
_PERSON = re.compile(r"U[A-Z0-9]{2,}|W(?=[A-Z]*\d)[A-Z0-9]{2,}")


def actor_name(actor: str, names: Mapping[str, str] | None = None) -> str:
    """Who did it: a person, the rules or a machine.

    Args:
        names: What people are called, by Slack id. Who is in it is named without being called; anybody else
            is mentioned, and Slack tells them.
    """
    actor = actor.removeprefix("slack:")  # typed in by a person, or made from a message
    if _PERSON.fullmatch(actor):
        return line((names or {}).get(actor, ""), 60) or mention(actor)
    if actor.startswith("intake") or not actor:
        return "The form or API"
    return _ACTORS.get(actor) or line(actor, 60)


def moved_to(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    """A stage change as what its actor did: "closed it: no budget"."""
    to, reason, until = Stage(event.data["to"]), event.data.get("reason"), _date(event.data.get("until"))
    match to:
        case Stage.NURTURE:
            return "handed it back" + (f" until {day(until, zone)}" if until else "")
        case Stage.DISQUALIFIED:
            back = f", back {day(until, zone)}" if until else ""
            return f"closed it: {reason_words_of(reason, to, definition)}{back}"
        case Stage.LOST:
            return f"marked it lost: {reason_words_of(reason, to, definition)}"
        case Stage.CUSTOMER:
            return f"won it{_amount(event)}"
        case _:
            return f"moved it: {came_from(event)} → {went_to(event)}"


def what_happened(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    """An event in words, without its actor: "Gave it to @ben"."""
    tell = _WORDS.get(event.kind)
    return tell(event, definition, zone) if tell else _SIMPLE[event.kind]


def _activity(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    name = str(event.data.get("action", ""))
    action = definition.actions.get(name)
    says = line(action.says if action else name, 60) or "Did something we don't know"
    return says + _NOT_COUNTED.get(str(event.data.get("uncounted", "")), "")


def _recounted(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    """Things they did that turned out to count, or not to."""
    touches, why = event.data.get("touches", ()), str(event.data.get("uncounted", ""))
    what = f"{len(touches)} things they did" if len(touches) != 1 else "One thing they did"
    return f"{what}{_NOT_COUNTED.get(why, '')}" if why else f"{what}: scored after all, they had allowed it"


_PURPOSES = {
    "contact": "to contact them",
    "marketing": "marketing",
    "profiling": "profiling",
    "sharing": "sharing",
}


def _permission(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    """What was given or taken back, by what the event says of itself."""
    data = event.data
    if data.get("refused"):
        return "Said no without saying to what"
    given = [_PURPOSES[name] for name in _PURPOSES if name in data.get("purposes", ())]
    gone = [_PURPOSES[name] for name in _PURPOSES if name in data.get("withdrawn", ())]
    said = [f"Gave permission: {', '.join(given)}"] if given else []
    if gone:
        said.append(f"Withdrew permission: {', '.join(gone)}")
    if data.get("objected_at"):
        said.append("Said “do not sell or share”")
    elif any(not yes for _, yes in data.get("said", ())) and not gone:
        said.append("Said no to profiling")
    return "; ".join(said) or "Said what they allow"


def _reassigned(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    return f"Gave it to {actor_name(str(event.data.get('to', '')))}"


def _snoozed(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    until = _date(event.data.get("until"))
    return f"Snoozed it until {when(until, zone)}" if until else "Woke it up"


def _touch(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    return touch_name(event)


def _stage(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    words = moved_to(event, definition, zone)
    return f"{words[0].upper()}{words[1:]}{_WHY_BACK.get(event.data.get('reason', ''), '')}"


def _clock(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    due = _date(event.data.get("due"))
    return f"Should be claimed by {when(due, zone)}" if due else "Should be claimed soon"


_NOT_COUNTED = {
    "profiling": " (not scored: no permission to profile)",
    "too_fast": " (not scored: too fast for a person)",
    "scanner": " (not scored: a scanner or robot)",
}
_WHY_BACK = {
    "sent_back": ", sent back",
    "came_back": ", its date came",
    "direct_inquiry": ", they asked again",
    "new_rules": ", by rules that came into force",
}
_SIMPLE = {
    Kind.CREATED: "Came in",
    Kind.DETAILS: "Added what is known about them",
    Kind.CLAIMED: "Claimed it",
    Kind.RELEASED: "Put it back into the queue",
    Kind.REDATED: "Corrected the date it became an MQL",
    Kind.TAKEN: "Took it over",
    Kind.OPTED_OUT: "Recorded that they don't want to be contacted",
    Kind.REVEALED: "Looked at their contact data",
    Kind.ERASED: "Erased their data",
    Kind.UNDONE: "Took back the last step",
}


def _answered(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    """The letters that were answered, as ": budget approved and in range, need clear pain, searching"."""
    chosen = event.data.get("answers") or {}
    said = []
    for name in LETTERS:
        option = definition.questions[name].option(chosen.get(name))
        if option:
            said.append(f"{name} “{line(option.says).lower()}”")
    return f"Saved Qualify: {', '.join(said)}" if said else "Saved Qualify"


def _merged(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    into = event.data.get("into")
    return f"Merged it into L-{into}" if into else f"Merged L-{event.data.get('other')} into it"


def _unmerged(event: Event, definition: Definition, zone: ZoneInfo) -> str:
    other = event.data.get("other") or event.data.get("from")
    return f"Split it from L-{other} again"


_WORDS: Mapping[Kind, Callable[[Event, Definition, ZoneInfo], str]] = {
    Kind.ACTIVITY: _activity,
    Kind.PERMISSION: _permission,
    Kind.RECOUNTED: _recounted,
    Kind.REASSIGNED: _reassigned,
    Kind.SNOOZED: _snoozed,
    Kind.TOUCHED: _touch,
    Kind.ANSWERED: _answered,
    Kind.STAGE: _stage,
    Kind.CLOCK: _clock,
    Kind.MERGED: _merged,
    Kind.UNMERGED: _unmerged,
}


def touch_name(event: Event) -> str:
    """What a rep logged, as the card says it: "Called, no answer"."""
    kind = str(event.data.get("kind", ""))
    return TOUCHES.get(kind) or line(kind, 60) or "Got in touch"


def _amount(event: Event) -> str:
    minor, currency = event.data.get("amount_minor"), event.data.get("currency")
    return f": {line(format_money(Money(minor, currency)))}" if minor is not None and currency else ""


def came_from(event: Event) -> str:
    """The stage it left."""
    return STAGE_NAMES[Stage(event.data["from"])]


def went_to(event: Event) -> str:
    """The stage it reached."""
    return STAGE_NAMES[Stage(event.data["to"])]


def _date(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
