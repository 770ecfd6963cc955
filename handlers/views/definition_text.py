"""The definition in plain words: what marketing and sales agreed on, readable without the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.views import ids
from handlers.views.behaviour_text import behaviour_lines
from handlers.views.message import Message, button, context, controls, message, sections
from handlers.views.text import SECTION, clip, day, line, mention
from qualification.definition import Action, Definition, ReasonCode
from qualification.definition_parts import TitleLevel


def definition_message(
    definition: Definition, author: str, since: datetime, zone: ZoneInfo, shared_by: str | None = None
) -> Message:
    """The answer to `/lead definition`.

    Args:
        author: Who put it in force: a Slack id, or a word like "installation".
        shared_by: What who shares it is called, ready to show; None while only they see it.
    """
    title = f"{line(definition.title)}, version {definition.version}"
    visits = definition.behaviour.rules
    signed = f"In force since {day(since, zone)}, by {mention(author)}"
    blocks = [
        *sections([f"*{title}*", signed]),
        *sections(["*A lead* has contact data, permission, and did one of these:", *_actions(definition)]),
        *sections([said for said in ("*What visitors do*", *behaviour_lines(definition)) if visits]),
        *sections(["*Fit* (0 to 30): who they are", *_fit(definition)]),
        *sections(["*BANT* (0 to 40): what a rep confirmed", *_bant(definition)]),
        *sections(["*Stages*", *_gates(definition)]),
        *sections(["*Answer times* (working hours)", *_clocks(definition)]),
        *sections(["*Reasons to close*", _reasons(definition.disqualify_reasons.values())]),
        *sections(["*Reasons to lose*", _reasons(definition.lost_reasons.values())]),
    ]
    if shared_by:
        blocks += context([f"Shared by {shared_by}"])
    else:
        blocks += controls(ids.CONTROLS, [button(ids.SHARE, "Share", "definition:")])
    return message(title, blocks)


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
    half = definition.half_life.days
    return [*lines, f"Together at most {definition.engagement_max} points, halved every {half} days."]


def _points(actions: Sequence[Action]) -> str:
    return ", ".join(f"{line(a.says)} ({a.points})" for a in actions)


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
    ]


def _levels(levels: Sequence[TitleLevel]) -> str:
    named: dict[str, int] = {}
    for level in levels:
        named.setdefault(level.name, level.points)
    return ", ".join(f"{line(name)} ({points})" for name, points in named.items())


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
        f"• Direct inquiry to claim: {_span(clocks.inquiry_to_claim)}",
        f"• MQL to claim: {_span(clocks.mql_to_claim)}",
        f"• Claim to first touch: {_span(clocks.claim_to_touch)}",
        f"We work {clocks.opens} to {clocks.closes}.",
    ]


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes % 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hour" if hours == 1 else f"{hours} hours"


def _reasons(codes: Iterable[ReasonCode]) -> str:
    return clip(", ".join(_reason(code) for code in codes), SECTION)


def _reason(code: ReasonCode) -> str:
    back = f" (back after {code.back_days} days)" if code.back_days else ""
    return f"{line(code.says)} `{code.id}`{back}"
