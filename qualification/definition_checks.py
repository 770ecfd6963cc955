"""What a definition must be beyond its form: reachable, free of contradictions, and adding up to 100."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import TYPE_CHECKING

from qualification.definition_parts import PLAIN_NAME, Fit, Question
from qualification.domain_lists import wrong_domains
from qualification.lead import LETTERS
from qualification.yaml_part import BadDefinition, nearest

if TYPE_CHECKING:
    from qualification.definition import Definition

SCORE = 100
"""What a score is read against; reps know "75 of 100", whatever the parts."""
Lines = Mapping[str, int]


def check(definition: Definition, lines: Lines) -> None:
    """Every threshold can be reached, the parts don't contradict each other, and the weights add up.

    Raises:
        BadDefinition: with the line, why, and what would be right.
    """
    _check_domains(definition, lines)
    _check_reach(definition, lines)
    _check_sense(definition, lines)
    _check_behaviour(definition, lines)
    _check_sizes(definition.fit, lines)
    _check_weights(definition, lines)
    _check_gate(definition, lines)


def _bad(lines: Lines, at: str, reason: str, hint: str = "") -> BadDefinition:
    return BadDefinition(reason, lines.get(at) or lines.get(at.rpartition(".")[0]), hint)


def _best(question: Question, *, for_sql: bool = False) -> int | None:
    """The most a letter brings; with `for_sql` of answers that don't rule an SQL out, None without one."""
    points = [o.points for o in question.options if not (for_sql and o.blocks_sql)]
    return max(points, default=None)


def _best_bant(definition: Definition) -> int:
    return sum(_best(question) or 0 for question in definition.questions.values())


def _check_domains(definition: Definition, lines: Lines) -> None:
    """The lists hold domains of one company each: a free-mail one would screen everybody who writes."""
    for name, wrong, right in wrong_domains(definition.lists):
        raise _bad(lines, f"lists.{name}", f"lists.{name} {wrong}", right)


def _check_reach(definition: Definition, lines: Lines) -> None:
    before_call, bant = definition.score_max_before_call, _best_bant(definition)
    for name, threshold, most in (
        ("mql.score", definition.mql_score, before_call),
        ("mql.engagement", definition.mql_engagement, definition.engagement_max),
        ("sql.score", definition.sql_score, before_call + bant),
        ("sql.bant", definition.sql_bant, bant),
        ("sql.letters", definition.sql_letters, len(LETTERS)),
    ):
        if threshold > most:
            said = f"Nobody can reach {name} {threshold}: the most there can be is {most}."
            raise _bad(lines, name, said, f"Write {most} or less.")
    if not any(action.qualifies for action in definition.actions.values()):
        said = "No action qualifies, so nobody could ever become a lead."
        raise _bad(lines, "actions", said, "Give at least one action “qualifies: true”.")
    if definition.sql_direct_inquiry and not definition.inquiry_points:
        said = "sql.direct_inquiry asks for an inquiry, but no action is one."
        raise _bad(lines, "sql.direct_inquiry", said, "Give an action “inquiry: true”, or write false here.")


def _check_sense(definition: Definition, lines: Lines) -> None:
    for name in definition.actions:
        if not PLAIN_NAME.fullmatch(name):
            said = f"actions.{name} must be named in small letters, as demo_request is."
            raise _bad(lines, f"actions.{name}", said)
    unknown = definition.by_request - definition.actions.keys()
    if unknown:
        said = f"permission.by_request names an action that does not exist: {min(unknown)}."
        raise _bad(lines, "permission.by_request", said, nearest(min(unknown), definition.actions))
    for question in definition.questions.values():
        ids = [option.id for option in question.options]
        if len(set(ids)) < len(ids):
            at = f"bant.{question.letter}"
            raise _bad(lines, f"{at}.options", f"{at} has two options with the same id.")
    if definition.claimed_share > 1:
        said = "bant.claimed_share is a share: at most 1."
        raise _bad(lines, "bant.claimed_share", said, "Write 0.5 for half.")
    if definition.post_from not in ("lead", "mql"):
        said = f"post_from must be lead or mql, not “{definition.post_from}”."
        raise _bad(lines, "post_from", said, nearest(definition.post_from, ("lead", "mql")))
    if time.fromisoformat(definition.clocks.opens) >= time.fromisoformat(definition.clocks.closes):
        raise _bad(lines, "clocks.opens", "clocks.opens must be before clocks.closes.")


def _check_behaviour(definition: Definition, lines: Lines) -> None:
    """Every rule counts as an action there is."""
    for place, rule in enumerate(definition.behaviour.rules, 1):
        if rule.counts_as not in definition.actions:
            at = f"behaviour.rules[{place}].counts_as"
            said = f"{at} names an action that does not exist: {rule.counts_as}."
            raise _bad(lines, at, said, nearest(rule.counts_as, definition.actions))


def _check_sizes(fit: Fit, lines: Lines) -> None:
    """Ranges of company sizes begin before they end, and no size stands in two of them."""
    places = sorted(enumerate(fit.sizes, 1), key=lambda placed: placed[1].start)
    for place, size in places:
        if size.end < size.start:
            said = f"fit.size.ranges has one from {size.start} down to {size.end}."
            hint = f"Write from: {size.end}, to: {size.start}."
            raise _bad(lines, f"fit.size.ranges[{place}]", said, hint)
    for (_, smaller), (place, larger) in pairwise(places):
        if larger.start <= smaller.end:
            said = (
                f"fit.size.ranges overlap at {larger.start}: {smaller.start} to {smaller.end} and "
                f"{larger.start} to {larger.end}."
            )
            hint = f"Let this one begin at {smaller.end + 1}." if larger.end > smaller.end else ""
            raise _bad(lines, f"fit.size.ranges[{place}]", said, hint)


def _check_weights(definition: Definition, lines: Lines) -> None:
    """The best answers of fit add up to its maximum, and fit, engagement and BANT to a hundred."""
    fit = definition.fit
    best = {
        "title": max([fit.title_unknown, *(level.points for level in fit.levels)]),
        "size": max([fit.size_unknown, fit.size_other, *(size.points for size in fit.sizes)]),
        "industry": max(fit.industry),
        "country": max(fit.country),
    }
    total = sum(best.values())
    if total != fit.max:
        parts = " + ".join(f"{name} {points}" for name, points in best.items())
        said = f"fit.max is {fit.max}, but the best that can be said adds up to {total} ({parts})."
        raise _bad(lines, "fit.max", said, f"Write max: {total}, or change a part by {abs(fit.max - total)}.")
    bant = _best_bant(definition)
    whole = fit.max + definition.engagement_max + bant
    if whole != SCORE:
        said = (
            f"The parts add up to {whole}, and a score is read out of {SCORE}: fit {fit.max} + engagement "
            f"{definition.engagement_max} + BANT {bant}."
        )
        room = SCORE - fit.max - bant
        hint = f"With engagement.max: {room} they would." if room > 0 else ""
        raise _bad(lines, "engagement.max", said, hint)


def _check_gate(definition: Definition, lines: Lines) -> None:
    """Somebody with exactly the letters the gate asks for can pass it; Need is always one of them."""
    bests = {question.letter: _best(question, for_sql=True) for question in definition.questions.values()}
    usable = {letter: points for letter, points in bests.items() if points is not None}
    if "need" not in usable:
        said = "Every answer to Need rules an SQL out, and there is no SQL without Need."
        raise _bad(lines, "bant.need.options", said, "Take blocks_sql from one of its options.")
    if len(usable) < definition.sql_letters:
        blocked = next(letter for letter in definition.questions if letter not in usable)
        said = f"sql.letters is {definition.sql_letters}, but every answer to {blocked} rules an SQL out."
        raise _bad(lines, "sql.letters", said, f"Write {len(usable)}, or take blocks_sql from one of them.")
    others = sorted((points for letter, points in usable.items() if letter != "need"), reverse=True)
    reached = [usable["need"] + sum(others[:n]) for n in range(len(usable))]
    _check_letters_suffice(definition, lines, "bant", definition.sql_bant, reached)
    whole = [definition.score_max_before_call + bant for bant in reached]
    _check_letters_suffice(definition, lines, "score", definition.sql_score, whole)


def _check_letters_suffice(
    definition: Definition, lines: Lines, name: str, threshold: int, reached: list[int]
) -> None:
    """`reached` is the most there can be with one letter, two, and so on."""
    letters = max(definition.sql_letters, 1)
    most = reached[letters - 1]
    if threshold <= most:
        return
    said = (
        f"sql.{name} {threshold} can't be reached with sql.letters {letters}: "
        f"the most there can be is {most}."
    )
    enough = next((count for count, points in enumerate(reached, 1) if points >= threshold), None)
    more = (
        f"Write letters: {enough}, or {name}: {most} or less." if enough else f"Write {reached[-1]} or less."
    )
    raise _bad(lines, f"sql.{name}", said, more)
