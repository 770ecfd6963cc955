"""Two versions of the definition compared, in words both teams understand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, TypeVar

from qualification.definition import Definition
from qualification.definition_parts import Action, Clocks, Fit, Question, ReasonCode

T = TypeVar("T")
_NUMBERS: Mapping[str, str] = {
    "mql_score": "MQL from {} points of fit and engagement",
    "mql_engagement": "MQL from {} points of engagement",
    "sql_score": "SQL from {} points",
    "sql_letters": "SQL with {} BANT answers known",
    "sql_bant": "SQL from {} BANT points",
    "engagement_max": "Engagement counts up to {} points",
    "claimed_share": "What only a form said counts {} of its points",
    "half_life": "Engagement is halved every {}",
    "inquiry_holds": "An inquiry's points hold still for {}",
    "waits": "Who gave no permission is kept for {}",
    "post_from": "Cards are posted from stage {}",
    "title": "It is called “{}”",
}
_OWN = ("actions", "fit", "questions", "disqualify_reasons", "lost_reasons", "clocks", "lists", "by_request")


def changes_between(old: Definition, new: Definition) -> list[str]:
    """What is different, a sentence each, in the order of the definition; empty when nothing is."""
    lines = [
        *(_said(words, getattr(old, name), getattr(new, name)) for name, words in _NUMBERS.items()),
        *_gate(old, new),
        *_named(old.actions, new.actions, _action, lambda a: f"“{a.says}” ({a.points})", "action"),
        *_words("Permission by asking", old.by_request, new.by_request),
        *_fit(old.fit, new.fit),
        *(line for name in old.questions for line in _question(old.questions[name], new.questions[name])),
        *_named(
            old.disqualify_reasons,
            new.disqualify_reasons,
            _reason,
            lambda r: f"“{r.says}”",
            "reason to close",
        ),
        *_named(old.lost_reasons, new.lost_reasons, _reason, lambda r: f"“{r.says}”", "reason to lose"),
        *_clocks(old.clocks, new.clocks),
        *_lists(old, new),
    ]
    return [line for line in lines if line] + _elsewhere(old, new)


def _said(words: str, old: object, new: object) -> str:
    return f"{words.format(_shown(new))}, not {_shown(old)}" if old != new else ""


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        for unit, size in (("day", 1440), ("hour", 60)):
            if minutes and minutes % size == 0:
                count = minutes // size
                return f"{count:,} {unit}{'' if count == 1 else 's'}"
        return f"{minutes:,} minutes"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _gate(old: Definition, new: Definition) -> list[str]:
    if old.sql_direct_inquiry == new.sql_direct_inquiry:
        return []
    return [f"An SQL {'needs' if new.sql_direct_inquiry else 'no longer needs'} a direct inquiry"]


def _named(
    old: Mapping[str, T],
    new: Mapping[str, T],
    compare: Callable[[T, T], str],
    says: Callable[[T], str],
    noun: str,
) -> list[str]:
    gone = [f"No {noun} {says(old[name])} any more" for name in old if name not in new]
    fresh = [f"New {noun}: {says(new[name])}" for name in new if name not in old]
    changed = [compare(old[name], new[name]) for name in old if name in new and old[name] != new[name]]
    return [*changed, *fresh, *gone]


def _action(old: Action, new: Action) -> str:
    differences = [f"{old.points} → {new.points} points"] if old.points != new.points else []
    for name, yes in (
        ("qualifies", "makes a lead"),
        ("inquiry", "is a direct inquiry"),
        ("fast", "goes straight to MQL"),
        ("observed", "counts only with their permission"),
        ("needs_message", "is one only with a message"),
    ):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            differences.append(yes if now else f"no longer {yes}")
    if old.cap != new.cap:
        differences.append(f"at most {new.cap} points" if new.cap else "no cap")
    return f"“{new.says}”: {', '.join(differences) or 'other words or details'}"


def _fit(old: Fit, new: Fit) -> list[str]:
    lines = [_said("Fit counts up to {} points", old.max, new.max)]
    if old.levels != new.levels:
        points = {level.name: level.points for level in old.levels}
        for level in {level.name: level for level in reversed(new.levels)}.values():
            lines.append(
                _said(f"Title {level.name}: {{}} points", points.get(level.name, "none"), level.points)
            )
        if not any(lines):
            lines.append("Titles: other words")
    if old.sizes != new.sizes:
        ranges = ", ".join(f"{size.start:,} to {size.end:,} people {size.points}" for size in new.sizes)
        lines.append(f"Company sizes: {ranges}")
    for words, name in (
        ("Title unknown: {} points", "title_unknown"),
        ("Size unknown: {} points", "size_unknown"),
        ("Another size: {} points", "size_other"),
        ("Industry listed, another, unknown: {}", "industry"),
        ("Country served, another, unknown: {}", "country"),
        ("A free-mail address: {} points", "free_mail"),
    ):
        lines.append(_said(words, getattr(old, name), getattr(new, name)))
    return lines


def _question(old: Question, new: Question) -> list[str]:
    letter = old.letter.capitalize()
    before, after = ({option.id: option for option in question.options} for question in (old, new))
    lines = [f"{letter}: it is asked in other words" if old.asks != new.asks else ""]
    for name, option in after.items():
        was = before.get(name)
        if was is None:
            lines.append(f"{letter}: new answer “{option.says}” ({option.points})")
        elif was != option:
            differences = [f"{was.points} → {option.points} points"] if was.points != option.points else []
            if was.blocks_sql != option.blocks_sql:
                differences.append("rules an SQL out" if option.blocks_sql else "no longer rules an SQL out")
            lines.append(f"{letter} “{option.says}”: {', '.join(differences) or 'other words'}")
    return [
        *lines,
        *(f"{letter}: no answer “{o.says}” any more" for n, o in before.items() if n not in after),
    ]


def _reason(old: ReasonCode, new: ReasonCode) -> str:
    differences = []
    if old.back_days != new.back_days:
        differences.append(f"back after {new.back_days} days" if new.back_days else "never back by itself")
    if old.left_out != new.left_out:
        differences.append("left out of every rate" if new.left_out else "counts in rates")
    if old.final != new.final:
        differences.append("stays closed" if new.final else "an inquiry opens it again")
    return f"Reason “{new.says}”: {', '.join(differences) or 'other words'}"


def _clocks(old: Clocks, new: Clocks) -> list[str]:
    words = {
        "inquiry_to_claim": "A direct inquiry is claimed within {}",
        "mql_to_claim": "An MQL is claimed within {}",
        "claim_to_touch": "The first touch comes within {} of the claim",
        "late_after": "A lead is late after {}",
        "opens": "We open at {}",
        "closes": "We close at {}",
    }
    lines = [_said(says, getattr(old, name), getattr(new, name)) for name, says in words.items()]
    return [*lines, "Other working days" if old.days != new.days else ""]


def _lists(old: Definition, new: Definition) -> list[str]:
    lines = []
    for one in fields(old.lists):
        before, after = getattr(old.lists, one.name), getattr(new.lists, one.name)
        if isinstance(before, frozenset):
            lines += _words(one.name.replace("_", " ").capitalize(), before, after)
    return lines


def _words(noun: str, old: Iterable[str], new: Iterable[str]) -> list[str]:
    added, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    lines = [f"{noun}: with {_few(added)}"] if added else []
    return [*lines, *([f"{noun}: without {_few(gone)}"] if gone else [])]


def _few(words: list[str]) -> str:
    more = f" and {len(words) - 8} more" if len(words) > 8 else ""
    return f"{', '.join(words[:8])}{more}"


def _elsewhere(old: Definition, new: Definition) -> list[str]:
    """Parts that have no words of their own here: named, so that no change goes unsaid."""
    told = {*_NUMBERS, *_OWN, "version", "sql_direct_inquiry"}
    differing: list[Any] = [
        one.name
        for one in fields(old)
        if one.name not in told and getattr(old, one.name) != getattr(new, one.name)
    ]
    return [f"Changed: {str(name).replace('_', ' ')}" for name in differing]
