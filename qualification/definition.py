"""The definition both teams agree on: what is a lead, points, thresholds, BANT, gates, clocks, lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import pairwise

import yaml

from qualification.definition_parts import (
    Action,
    Clocks,
    Fit,
    Lists,
    Option,
    Question,
    ReasonCode,
    SizeRange,
    TitleLevel,
)
from qualification.lead import LETTERS
from qualification.merge_policy import NEWEST, MergePolicy, merge_policy
from qualification.yaml_part import BadDefinition, Part

__all__ = [
    "PLAIN_NAME",
    "Action",
    "BadDefinition",
    "Clocks",
    "Definition",
    "Fit",
    "Lists",
    "Option",
    "Question",
    "ReasonCode",
    "SizeRange",
    "TitleLevel",
    "parse_definition",
]

PLAIN_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){0,5}")
"""A name as programs write them; anything longer may be a text, or somebody's address."""
# The same safe loader in C, where PyYAML was built with it: a tenth of a second less for every command.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = (
    yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of the rules."""

    version: int
    title: str
    actions: Mapping[str, Action]
    engagement_max: int
    half_life: timedelta
    inquiry_holds: timedelta
    fit: Fit
    questions: Mapping[str, Question]
    claimed_share: float
    mql_score: int
    mql_engagement: int
    sql_score: int
    sql_letters: int
    sql_bant: int
    sql_direct_inquiry: bool
    by_request: frozenset[str]
    waits: timedelta
    disqualify_reasons: Mapping[str, ReasonCode]
    lost_reasons: Mapping[str, ReasonCode]
    clocks: Clocks
    post_from: str
    lists: Lists
    merge: MergePolicy = NEWEST

    @property
    def left_out(self) -> frozenset[str]:
        """Reasons whose leads leave every denominator."""
        return frozenset(r.id for r in self.disqualify_reasons.values() if r.left_out)

    @property
    def inquiry_points(self) -> int:
        """What a direct inquiry is worth that a rep recorded: as much as the best a form brings."""
        return max((a.points for a in self.actions.values() if a.inquiry), default=0)

    @property
    def score_max_before_call(self) -> int:
        return self.fit.max + self.engagement_max


def parse_definition(text: str, version: int = 1) -> Definition:
    """Read a definition from YAML.

    Raises:
        BadDefinition: broken YAML, a missing or unknown part, a value of the wrong kind, a threshold that
            nobody can reach, or parts that contradict each other. The text names the place.
    """
    try:
        raw = yaml.load(text, _LOADER)
    except yaml.YAMLError as problem:
        raise BadDefinition(f"The definition is not valid YAML: {problem}") from problem
    with Part(raw, "") as whole:
        definition = _definition(whole, version)
    _check_reach(definition)
    _check_sense(definition)
    return definition


def _definition(raw: Part, version: int) -> Definition:
    with (
        raw.part("engagement") as engagement,
        raw.part("bant") as bant,
        raw.part("mql") as mql,
        raw.part("sql") as sql,
        raw.part("permission") as permission,
        raw.part("reasons") as reasons,
    ):
        return Definition(
            version=version,
            title=raw.text("title"),
            actions={name: _action(name, spec) for name, spec in raw.parts("actions").items()},
            engagement_max=engagement.whole("max", 1),
            half_life=timedelta(days=engagement.number("half_life_days")),
            inquiry_holds=timedelta(days=engagement.number("inquiry_holds_days")),
            fit=_fit(raw.part("fit")),
            questions={letter: _question(letter, bant.part(letter)) for letter in LETTERS},
            claimed_share=bant.number("claimed_share"),
            mql_score=mql.whole("score", 0),
            mql_engagement=mql.whole("engagement", 0),
            sql_score=sql.whole("score", 0),
            sql_letters=sql.whole("letters", 0),
            sql_bant=sql.whole("bant", 0),
            sql_direct_inquiry=bool(sql.yes("direct_inquiry")),
            by_request=frozenset(permission.words("by_request")),
            waits=timedelta(days=permission.number("waits_days")),
            disqualify_reasons=_reasons(reasons.parts("disqualify")),
            lost_reasons=_reasons(reasons.parts("lost")),
            clocks=_clocks(raw.part("clocks")),
            post_from=raw.text("post_from"),
            lists=_lists(raw.part("lists")),
            merge=merge_policy(raw.part_or_none("merge")),
        )


def _action(name: str, spec: Part) -> Action:
    with spec:
        inquiry, fast = spec.yes("inquiry", "with_message"), spec.yes("fast", "with_message")
        return Action(
            name=name,
            points=spec.whole("points"),
            says=spec.text("says"),
            qualifies=bool(spec.yes("qualifies")),
            inquiry=bool(inquiry),
            fast=bool(fast),
            needs_message="with_message" in (inquiry, fast),
            observed=bool(spec.yes("observed")),
            cap=spec.whole_or_none("cap", 1),
        )


def _fit(raw: Part) -> Fit:
    with (
        raw,
        raw.part("title") as title,
        raw.part("size") as size,
        raw.part("industry") as industry,
        raw.part("country") as country,
    ):
        return Fit(
            max=raw.whole("max", 1),
            title_unknown=title.whole("unknown"),
            levels=tuple(_level(level) for level in title.listed("levels")),
            size_unknown=size.whole("unknown"),
            size_other=size.whole("other"),
            sizes=tuple(_size(size_range) for size_range in size.listed("ranges")),
            industry=(industry.whole("listed"), industry.whole("other"), industry.whole("unknown")),
            country=(country.whole("served"), country.whole("other"), country.whole("unknown")),
            free_mail=raw.whole("free_mail"),
        )


def _level(raw: Part) -> TitleLevel:
    with raw:
        return TitleLevel(
            raw.text("name"), raw.whole("points"), raw.words("words"), bool(raw.yes("knock_out"))
        )


def _size(raw: Part) -> SizeRange:
    with raw:
        return SizeRange(raw.whole("from", 0), raw.whole("to", 0), raw.whole("points"), raw.text("says"))


def _question(letter: str, raw: Part) -> Question:
    with raw:
        return Question(letter, raw.text("asks"), tuple(_option(o) for o in raw.listed("options")))


def _option(raw: Part) -> Option:
    with raw:
        return Option(raw.text("id"), raw.whole("points", 0), raw.text("says"), bool(raw.yes("blocks_sql")))


def _reasons(raw: Mapping[str, Part]) -> dict[str, ReasonCode]:
    return {name: _reason(name, spec) for name, spec in raw.items()}


def _reason(name: str, raw: Part) -> ReasonCode:
    with raw:
        return ReasonCode(
            id=name,
            says=raw.text("says"),
            back_days=raw.whole_or_none("back_days", 1),
            left_out=bool(raw.yes("left_out")),
            final=bool(raw.yes("final")),
            ask=raw.text_or_empty("ask"),
        )


def _clocks(raw: Part) -> Clocks:
    with raw:
        days = raw.words("work_days")
        strange = [day for day in days if day not in _DAYS]
        if strange or not days:
            raise BadDefinition(f"clocks.work_days must be some of {', '.join(_DAYS)}.")
        return Clocks(
            days=tuple(_DAYS.index(day) for day in days),
            opens=_hour(raw, "opens"),
            closes=_hour(raw, "closes"),
            inquiry_to_claim=timedelta(minutes=raw.number("inquiry_to_claim_minutes")),
            mql_to_claim=timedelta(minutes=raw.number("mql_to_claim_minutes")),
            claim_to_touch=timedelta(minutes=raw.number("claim_to_touch_minutes")),
            late_after=timedelta(hours=raw.number("late_after_hours")),
        )


def _hour(raw: Part, name: str) -> str:
    text = raw.text(name)
    try:
        time.fromisoformat(text)
    except ValueError as problem:
        raise BadDefinition(f'clocks.{name} must be a time like "09:00", not “{text}”.') from problem
    return text


def _lists(raw: Part) -> Lists:
    with raw:
        return Lists(
            own_domains=frozenset(raw.words("own_domains")),
            competitor_domains=frozenset(raw.words("competitor_domains")),
            disposable_domains=frozenset(raw.words("disposable_domains")),
            industries=frozenset(raw.words("industries")),
            countries=frozenset(raw.words("countries")),
            customer_domains=frozenset(raw.words_or_none("customer_domains")),
        )


def _check_reach(definition: Definition) -> None:
    """Every threshold can be reached by somebody."""
    best_bant = sum(max(o.points for o in q.options) for q in definition.questions.values())
    before_call = definition.score_max_before_call
    for name, threshold, most in (
        ("mql.score", definition.mql_score, before_call),
        ("mql.engagement", definition.mql_engagement, definition.engagement_max),
        ("sql.score", definition.sql_score, before_call + best_bant),
        ("sql.bant", definition.sql_bant, best_bant),
        ("sql.letters", definition.sql_letters, len(LETTERS)),
    ):
        if threshold > most:
            raise BadDefinition(f"Nobody can reach {name} {threshold}: the most there can be is {most}.")
    if not any(action.qualifies for action in definition.actions.values()):
        raise BadDefinition("No action qualifies, so nobody could ever become a lead.")
    if definition.sql_direct_inquiry and not definition.inquiry_points:
        raise BadDefinition("sql.direct_inquiry asks for an inquiry, but no action is one.")


def _check_sense(definition: Definition) -> None:
    """The parts don't contradict each other."""
    for name in definition.actions:
        if not PLAIN_NAME.fullmatch(name):
            raise BadDefinition(f"actions.{name} must be named in small letters, as demo_request is.")
    unknown = definition.by_request - definition.actions.keys()
    if unknown:
        raise BadDefinition(f"permission.by_request names an action that does not exist: {min(unknown)}.")
    for question in definition.questions.values():
        if len({option.id for option in question.options}) < len(question.options):
            raise BadDefinition(f"bant.{question.letter} has two options with the same id.")
    if definition.claimed_share > 1:
        raise BadDefinition("bant.claimed_share is a share: at most 1.")
    if definition.post_from not in ("lead", "mql"):
        raise BadDefinition(f"post_from must be lead or mql, not “{definition.post_from}”.")
    if time.fromisoformat(definition.clocks.opens) >= time.fromisoformat(definition.clocks.closes):
        raise BadDefinition("clocks.opens must be before clocks.closes.")
    sizes = sorted(definition.fit.sizes, key=lambda r: r.start)
    for size in sizes:
        if size.end < size.start:
            raise BadDefinition(f"fit.size.ranges has one from {size.start} down to {size.end}.")
    for smaller, larger in pairwise(sizes):
        if larger.start <= smaller.end:
            raise BadDefinition(f"fit.size.ranges overlap at {larger.start}.")
