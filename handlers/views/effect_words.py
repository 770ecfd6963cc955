"""What a proposed definition would change, in words: for Slack, the terminal and whoever must agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qualification.effect import NO_LEAD
from qualification.lead import Stage
from qualification.stages import STAGE_NAMES

Effect = Mapping[str, Any]
"""As `qualification.effect.Effect.as_json` gives it."""
_UNKNOWN = 5
_WAYS = {
    "sql": "would have been handed over",
    "no_sql": "would not have been handed over",
    "mql": "would have been an MQL",
    "no_mql": "would not have been an MQL",
}


def effect_lines(effect: Effect) -> list[str]:
    """The effect in plain sentences, the most important first."""
    if not effect["leads"]:
        return ["There is no history yet, so nothing can be said about its effect."]
    return [
        f"{_of(effect['moving'], effect['leads'])} would have gone another way.",
        *(
            f"{move['leads']:,} × {stage_word(move['from'])} → {stage_word(move['to'])}"
            for move in _moves(effect)
        ),
        *(
            f"{one['leads']:,} × {stage_word(one['stage'])} either way, {_WAYS[one['on_the_way']]}"
            for one in sorted(effect.get("same_end", ()), key=lambda one: -one["leads"])
        ),
        _then_now("MQLs", effect, "mqls"),
        _then_now("SQLs", effect, "sqls"),
        _share("SQL precision", "of the SQLs whose end is known became customers", effect, "precision"),
        _share("SQL recall", "of the customers somebody qualified here were handed over", effect, "recall"),
        f"Alerts a week: {_number(effect['then']['alerts_a_week'])} → "
        f"{_number(effect['now']['alerts_a_week'])} (the last {_weeks(effect)}).",
        *_notes(effect),
    ]


def headline(effect: Effect) -> str:
    """The effect in one line, for a notification."""
    then, now = effect["then"], effect["now"]
    return (
        f"{effect['moving']:,} of {effect['leads']:,} leads would have gone another way, "
        f"SQLs {then['sqls']:,} → {now['sqls']:,}, "
        f"alerts a week {_number(then['alerts_a_week'])} → {_number(now['alerts_a_week'])}"
    )


def named_moves(effect: Effect) -> list[tuple[str, list[str]]]:
    """Which leads move, grouped: "SQL → MQL" with their numbers."""
    groups: dict[str, list[str]] = {}
    for one in effect["named"]:
        groups.setdefault(_move(one), []).append(one["lead"])
    return list(groups.items())


def stage_word(name: str) -> str:
    """A stage as people say it."""
    return name if name == NO_LEAD else STAGE_NAMES[Stage(name)]


def _move(one: Mapping[str, Any]) -> str:
    if one["from"] != one["to"]:
        return f"{stage_word(one['from'])} → {stage_word(one['to'])}"
    # A proposal kept by an earlier version says of hand-overs only.
    way = one.get("on_the_way") or ("no_sql" if one.get("sql_then") else "sql")
    return f"{stage_word(one['from'])}, {_WAYS[way]}"


def _moves(effect: Effect) -> list[Mapping[str, Any]]:
    return sorted(effect["moved"], key=lambda move: (-move["leads"], move["from"], move["to"]))


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} {'lead' if whole == 1 else 'leads'}"


def _then_now(noun: str, effect: Effect, name: str) -> str:
    then, now = effect["then"][name], effect["now"][name]
    return f"{noun}: {then:,} → {now:,} ({now - then:+,})." if then != now else f"{noun}: {then:,}, as many."


def _share(noun: str, of_what: str, effect: Effect, name: str) -> str:
    then, now = effect["then"][name], effect["now"][name]
    if not then["n"] and not now["n"]:
        return f"{noun}: nothing to go by yet: no SQL that a rep qualified here has an end."
    return f"{noun}: {_percent(then)} → {_percent(now)} {of_what}."


def _percent(share: Mapping[str, Any]) -> str:
    return f"{share['value']:.0%} ({share['k']:,} of {share['n']:,})" if share["n"] else "none"


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _weeks(effect: Effect) -> str:
    days = (datetime.fromisoformat(effect["until"]) - datetime.fromisoformat(effect["since"])).days
    return f"{days // 7} weeks" if days >= 14 else f"{days} days" if days > 1 else "day"


def _notes(effect: Effect) -> list[str]:
    notes = []
    if effect["unknown_actions"]:
        named = [
            f"{name} ({times:,} ×)" for name, times in list(effect["unknown_actions"].items())[:_UNKNOWN]
        ]
        notes.append(f"Actions in the history that it does not know, worth nothing: {', '.join(named)}.")
    if told := effect.get("told"):
        notes.append(
            f"{told:,} of the SQLs {'stands' if told == 1 else 'stand'} in the history by a file or an older "
            "rule, without anybody's Qualify: precision, recall and alerts leave them out."
        )
    if effect["fixed"]:
        notes.append(
            f"{effect['fixed']:,} leads that were erased or merged are not replayed: they stay as they are."
        )
    return notes
