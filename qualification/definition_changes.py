"""Two versions of the definition compared, in words both teams understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta

from qualification.change_words import named, renamed, said, span, turned, words_changed
from qualification.changes_of_behaviour import behaviour_changes, legal_changes, merge_changes
from qualification.changes_of_points import action_changes, fit_changes, question_changes
from qualification.definition import Definition
from qualification.definition_parts import Action, Clocks, Lists, ReasonCode

_NUMBERS: Mapping[str, str] = {
    "mql_score": "MQL from {} points of fit and engagement",
    "mql_engagement": "MQL from {} points of engagement",
    "sql_score": "SQL from {} points",
    "sql_letters": "SQL with {} BANT answers known",
    "sql_bant": "SQL from {} BANT points",
    "engagement_max": "Engagement counts up to {} points",
    "half_life": "Engagement is halved every {}",
    "inquiry_holds": "An inquiry's points hold still for {}",
    "waits": "Who gave no permission is kept for {}",
    "post_from": "Cards are posted from stage {}",
    "title": "It is called “{}”",
}
_CLOCKS: Mapping[str, str] = {
    "inquiry_to_claim": "A direct inquiry is claimed within {}",
    "mql_to_claim": "An MQL is claimed within {}",
    "claim_to_touch": "The first touch comes within {} of the claim",
    "late_after": "A lead is late after {}",
    "opens": "We open at {}",
    "closes": "We close at {}",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def changes_between(old: Definition, new: Definition) -> list[str]:
    """What is different, a sentence each, in the order of the definition; empty when nothing is."""
    return [
        *(
            line
            for name, says in _NUMBERS.items()
            for line in said(says, getattr(old, name), getattr(new, name))
        ),
        *said("What only a form said counts {} of its points", _share(old), _share(new)),
        *(f"An SQL {line}" for line in _gate(old, new)),
        *named(old.actions, new.actions, action_changes, _action, "action"),
        *behaviour_changes(old, new),
        *words_changed("Permission by asking", _by_request(old, new), _by_request(new, old)),
        *legal_changes(old.legal, new.legal),
        *fit_changes(old.fit, new.fit),
        *(
            line
            for name in old.questions
            for line in question_changes(old.questions[name], new.questions[name])
        ),
        *named(old.disqualify_reasons, new.disqualify_reasons, _reason, _says, "reason to close"),
        *named(old.lost_reasons, new.lost_reasons, _reason, _says, "reason to lose"),
        *_clocks(old.clocks, new.clocks),
        *_lists(old.lists, new.lists),
        *merge_changes(old.merge, new.merge),
    ]


def _share(definition: Definition) -> str:
    return f"{definition.claimed_share * 100:g}%"


def _gate(old: Definition, new: Definition) -> list[str]:
    return turned([(old.sql_direct_inquiry, new.sql_direct_inquiry, "needs a direct inquiry")])


def _action(action: Action) -> str:
    return f"“{action.says}” ({action.points})"


def _by_request(definition: Definition, other: Definition) -> list[str]:
    """What they asked for, in words; what only the other version knows keeps its name."""
    known = {**other.actions, **definition.actions}
    return [f"“{known[name].says}”" if name in known else name for name in definition.by_request]


def _says(reason: ReasonCode) -> str:
    return f"“{reason.says}”"


def _reason(old: ReasonCode, new: ReasonCode) -> str:
    differences = renamed(old.says, new.says)
    if old.back_days != new.back_days:
        differences.append(f"back after {new.back_days} days" if new.back_days else "never back by itself")
    if old.left_out != new.left_out:
        differences.append("left out of every rate" if new.left_out else "counts in rates")
    if old.final != new.final:
        differences.append("stays closed" if new.final else "an inquiry opens it again")
    if old.ask != new.ask:
        differences.append(f"who closes is told “{new.ask}”" if new.ask else "who closes is told nothing")
    return f"Reason “{new.says}”: {', '.join(differences)}"


def _clocks(old: Clocks, new: Clocks) -> list[str]:
    return [
        *(line for name, says in _CLOCKS.items() for line in said(says, _time(old, name), _time(new, name))),
        *said("We work on {}", _week(old), _week(new)),
    ]


def _time(clocks: Clocks, name: str) -> str:
    value = getattr(clocks, name)
    return span(value, "hour") if isinstance(value, timedelta) else str(value)


def _week(clocks: Clocks) -> str:
    return ", ".join(_DAYS[day] for day in sorted(clocks.days))


def _lists(old: Lists, new: Lists) -> list[str]:
    return [
        line
        for one in fields(old)
        for line in words_changed(
            one.name.replace("_", " ").capitalize(), getattr(old, one.name), getattr(new, one.name)
        )
    ]
