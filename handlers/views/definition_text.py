"""The definition in plain words: what marketing and sales agreed on, readable without the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from zoneinfo import ZoneInfo

from handlers.flows.definition_proposals import TEAMS
from handlers.flows.house_state import InForce
from handlers.views import ids
from handlers.views.behaviour_text import behaviour_lines
from handlers.views.event_words import actor_name
from handlers.views.message import Message, button, context, controls, message, sections
from handlers.views.text import SECTION, clip, day, line
from qualification.change_words import span
from qualification.definition import Action, Definition, ReasonCode
from qualification.definition_parts import TitleLevel

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LISTED = 25


def definition_message(
    told: InForce, zone: ZoneInfo, names: Mapping[str, str] | None = None, shared_by: str | None = None
) -> Message:
    """The answer to `/lead definition`.

    Args:
        names: What people are called, by Slack id, so that nobody is called by it.
        shared_by: What who shares it is called, ready to show; None while only they see it.
    """
    definition = told.definition
    title = f"{line(definition.title)}, version {definition.version}"
    visits = definition.behaviour.rules
    signed = f"In force since {day(told.since, zone)}, by {actor_name(told.author, names)}"
    blocks = [
        *sections([f"*{title}*", signed, *approved_words(told.approved, names)]),
        *sections(["*Stages*", *_short(_gates(definition))]),
        *sections(
            ["*A lead* has contact data, permission, and did one of these:", *_short(_actions(definition))]
        ),
        *sections([f"*Fit* (0 to {definition.fit.max}): who they are", *_short(_fit(definition))]),
        *sections([f"*BANT* (0 to {_best(definition)}): what a rep confirmed", *_short(_bant(definition))]),
        *sections(["*Answer times* (working hours)", *_short(_clocks(definition))]),
        *sections(["*Permission*", *_short(_permission(definition))]),
        *sections(["*One person under two numbers*", *_short(_merging(definition))]),
        *sections(["*Lists*", *_short(_lists(definition))]),
        *sections(["*Reasons to close*", _reasons(definition.disqualify_reasons.values())]),
        *sections(["*Reasons to lose*", _reasons(definition.lost_reasons.values())]),
        # Names of events last: who agrees on a definition decides on the rest.
        *sections(
            [said for said in ("*What visitors do*", *_short(list(behaviour_lines(definition)))) if visits]
        ),
    ]
    if shared_by:
        blocks += context([f"Shared by {shared_by}"])
    else:
        pressed = [button(ids.DEFINITION_PROPOSE, "Propose a change", str(definition.version))]
        if told.older:
            pressed.append(button(ids.DEFINITION_VERSIONS, "Versions", str(definition.version)))
        blocks += controls(ids.CONTROLS, [*pressed, button(ids.SHARE, "Share", "definition:")])
    return message(title, blocks)


def approved_words(
    approved: Mapping[str, Mapping[str, str]], names: Mapping[str, str] | None = None
) -> list[str]:
    """Who agreed to it, a line; nothing where nobody was asked."""
    by = {role: actor_name(approval["by"], names) for role, approval in approved.items()}
    if not by:
        return []
    if len(by) > 1 and len(set(by.values())) == 1:
        return [f"Approved for sales and marketing by {next(iter(by.values()))}"]
    return ["Approved " + ", ".join(f"for {TEAMS[role]} by {who}" for role, who in by.items())]


def _short(lines: Sequence[str]) -> list[str]:
    """A definition of a hundred actions has lines that Slack would refuse: they end in "…"."""
    return [clip(one, SECTION) for one in lines]


def _best(definition: Definition) -> int:
    return sum(max(option.points for option in q.options) for q in definition.questions.values())


def _actions(definition: Definition) -> list[str]:
    actions = definition.actions.values()
    asked = [a for a in actions if a.inquiry and not a.needs_message]
    with_message = [a for a in actions if a.inquiry and a.needs_message]
    other = [a for a in actions if a.qualifies and not a.inquiry]
    seen = [a for a in actions if not a.qualifies]
    lines = [f"• Direct inquiries, straight to MQL: {_points(asked)}"]
    if with_message:
        lines.append(f"• With a message a direct inquiry too: {_points(with_message)}")
    lines.append(f"• {_points(other)}")
    if seen:
        lines.append(f"• Counted only with their permission: {_points(seen)}")
    half = span(definition.half_life)
    return [*lines, f"Together at most {definition.engagement_max} points, halved every {half}."]


def _points(actions: Sequence[Action]) -> str:
    return ", ".join(f"{line(a.says)} ({a.points}{_capped(a)})" for a in actions)


def _capped(action: Action) -> str:
    return f", at most {action.cap}" if action.cap else ""


def _fit(definition: Definition) -> list[str]:
    fit = definition.fit
    sizes = ", ".join(f"{r.start:,}–{r.end:,} people ({r.points})" for r in fit.sizes)
    listed, other, unknown = fit.industry
    served, elsewhere, nowhere = fit.country
    return [
        f"• Title: {_levels(fit.levels)}, unknown ({fit.title_unknown})",
        f"• Size: {sizes}, another ({fit.size_other}), unknown ({fit.size_unknown})",
        f"• Industry: on our list ({listed}), another ({other}), unknown ({unknown})",
        f"• Country: served ({served}), another ({elsewhere}), unknown ({nowhere})",
        f"• A free-mail address ({fit.free_mail})",
        *_never([level.name for level in fit.levels if level.knock_out]),
    ]


def _never(titles: Sequence[str]) -> list[str]:
    return [f"• Never an SQL: {', '.join(line(title) for title in titles)}"] if titles else []


def _levels(levels: Sequence[TitleLevel]) -> str:
    named: dict[str, int] = {}
    for level in levels:
        named.setdefault(level.name, level.points)
    best_first = sorted(named.items(), key=lambda level: -level[1])
    return ", ".join(f"{line(name)} ({points})" for name, points in best_first)


def _bant(definition: Definition) -> list[str]:
    share = f"{definition.claimed_share:.0%}"
    asked = [
        f"• *{letter.capitalize()}*: "
        + ", ".join(
            f"{line(o.says)} ({o.points}{', never an SQL' if o.blocks_sql else ''})" for o in q.options
        )
        for letter, q in definition.questions.items()
    ]
    return [*asked, f"What only a form said counts {share} until a rep confirms it."]


def _gates(definition: Definition) -> list[str]:
    inquiry = ", a direct inquiry" if definition.sql_direct_inquiry else ""
    return [
        f"• *MQL*: fit and engagement {definition.mql_score} or more, {definition.mql_engagement} of it "
        "engagement; or an action of the fast lane",
        f"• *SQL*, when Qualify is saved: {definition.sql_score} points{inquiry}, {definition.sql_letters} "
        f"of 4 BANT answers, {definition.sql_bant} BANT points or more, and no answer that rules it out",
    ]


def _clocks(definition: Definition) -> list[str]:
    clocks = definition.clocks
    return [
        f"• Direct inquiry to claim: {span(clocks.inquiry_to_claim, 'hour')}",
        f"• MQL to claim: {span(clocks.mql_to_claim, 'hour')}",
        f"• Claim to first touch: {span(clocks.claim_to_touch, 'hour')}",
        f"We work {_week(clocks.days)}, {clocks.opens} to {clocks.closes}.",
    ]


def _week(days: Sequence[int]) -> str:
    names = [_DAYS[day] for day in sorted(days)]
    in_a_row = len(days) > 2 and sorted(days) == list(range(min(days), max(days) + 1))
    return f"{names[0]} to {names[-1]}" if in_a_row else ", ".join(names)


def _permission(definition: Definition) -> list[str]:
    asked = [definition.actions[name] for name in sorted(definition.by_request)]
    return [
        f"• Given by asking: {', '.join(line(action.says) for action in asked) or 'never'}",
        f"• Anybody else without it waits {span(definition.waits)} and is then forgotten",
        *_legal(definition.legal),
    ]


def _legal(legal: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What the law calls it, a line a country; the countries that are not named last."""
    return [
        f"• Legal basis {'everywhere else' if country == '*' else f'in {line(country, 20)}'}: "
        + ", ".join(f"{purpose} {line(word, 60)}" for purpose, word in legal[country].items())
        for country in sorted(legal, key=lambda one: (one == "*", one))
    ]


_WORDS = {
    "newest": "the newest word",
    "oldest": "the oldest word",
    "longest": "the longest word",
    "source": "the word of the best source",
    "ask": "whoever merges chooses",
}


def _merging(definition: Definition) -> list[str]:
    """Whose word stays on which field when two leads are merged."""
    chosen = definition.merge.fields
    named = [
        f"• {', '.join(name.replace('_', ' ') for name in chosen if chosen[name] == policy)}: {words}"
        for policy, words in _WORDS.items()
        if policy in chosen.values()
    ]
    ranked = ", ".join(line(source, 60) for source in definition.merge.sources)
    rank = [f"• Sources, the best first: {ranked}"] if ranked else []
    return [*named, *rank, "• Every field that is not named: the newest word"]


def _lists(definition: Definition) -> list[str]:
    """Each list of domains, industries and countries, as far as a phone shows it."""
    told = []
    for one in fields(definition.lists):
        words = getattr(definition.lists, one.name)
        if isinstance(words, frozenset):
            upper = one.name == "countries"
            shown = [line(word.upper() if upper else word, 60) for word in sorted(words)]
            more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
            noun = one.name.replace("_", " ").capitalize()
            told.append(f"• {noun}: {', '.join(shown[:_LISTED]) or 'none'}{more}")
    return told


def _reasons(codes: Iterable[ReasonCode]) -> str:
    return clip(", ".join(_reason(code) for code in codes), SECTION)


def _reason(code: ReasonCode) -> str:
    back = f" (back after {code.back_days} days)" if code.back_days else ""
    return f"{line(code.says)} `{code.id}`{back}"
