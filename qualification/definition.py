"""The definition both teams agree on: what is a lead, points, thresholds, BANT, gates, clocks, lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from qualification.calendar import WorkWeek
from qualification.errors import Refused
from qualification.lead import LETTERS


class BadDefinition(Refused):
    """The definition contradicts itself or names something unknown. Says where and what."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person did, and what it is worth."""

    name: str
    points: int
    says: str
    qualifies: bool = False
    inquiry: bool = False
    fast: bool = False
    needs_message: bool = False
    """Inquiry and fast lane hold only when a message came with it."""
    observed: bool = False
    cap: int | None = None

    def is_inquiry(self, with_message: bool) -> bool:
        """Whether this is a direct inquiry."""
        return self.inquiry and (with_message or not self.needs_message)

    def is_fast(self, with_message: bool) -> bool:
        """Whether this goes straight to MQL."""
        return self.fast and (with_message or not self.needs_message)


@dataclass(frozen=True, slots=True)
class TitleLevel:
    """Titles of one rank. The words are lower case and match as whole words."""

    name: str
    points: int
    words: tuple[str, ...]
    knock_out: bool = False
    """Never handed to sales, as a student."""
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Compiled once per definition: every intake lead and import row is matched against it.
        either = "|".join(re.escape(word) for word in self.words)
        object.__setattr__(self, "pattern", re.compile(rf"(?<!\w)(?:{either})(?!\w)"))


@dataclass(frozen=True, slots=True)
class SizeRange:
    start: int
    end: int
    points: int
    says: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Points for who they are, 0 to `max`."""

    max: int
    title_unknown: int
    levels: tuple[TitleLevel, ...]
    size_unknown: int
    size_other: int
    sizes: tuple[SizeRange, ...]
    industry: tuple[int, int, int]
    """Points when listed, when not, when unknown."""
    country: tuple[int, int, int]
    """Points when served, when not, when unknown."""
    free_mail: int


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a BANT question."""

    id: str
    points: int
    says: str
    blocks_sql: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One BANT letter."""

    letter: str
    asks: str
    options: tuple[Option, ...]

    def option(self, option_id: str | None) -> Option | None:
        """The option with this id, or None when nothing (or nothing known) is chosen."""
        return next((o for o in self.options if o.id == option_id), None)


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why a lead is closed, and what follows."""

    id: str
    says: str
    back_days: int | None = None
    left_out: bool = False
    final: bool = False
    """A later direct inquiry does not reopen it."""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Answer times in working hours, and when we work."""

    days: tuple[int, ...]
    opens: str
    closes: str
    inquiry_to_claim: timedelta
    mql_to_claim: timedelta
    claim_to_touch: timedelta
    late_after: timedelta

    def week(self, zone: ZoneInfo) -> WorkWeek:
        """The working hours in the workspace's zone."""
        return WorkWeek(
            zone, frozenset(self.days), time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        )


@dataclass(frozen=True, slots=True)
class Lists:
    """Domains, industries and countries the rules look up; all lower case."""

    own_domains: frozenset[str]
    competitor_domains: frozenset[str]
    disposable_domains: frozenset[str]
    industries: frozenset[str]
    countries: frozenset[str]


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


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_definition(text: str, version: int = 1) -> Definition:
    """Read a definition from YAML.

    Raises:
        BadDefinition: broken YAML, a missing or unknown part, a value of the wrong kind, or an SQL gate
            that nobody can reach.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise BadDefinition(f"The definition is not valid YAML: {problem}") from problem
    if not isinstance(raw, dict):
        raise BadDefinition(
            "The definition must be a mapping with actions, fit, bant, mql, sql and the rest."
        )
    try:
        definition = _definition(raw, version)
    except KeyError as missing:
        raise BadDefinition(f"The definition lacks {missing}.") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise BadDefinition(f"A value in the definition has the wrong kind: {wrong}") from wrong
    _check(definition)
    return definition


def _definition(raw: dict[str, Any], version: int) -> Definition:
    return Definition(
        version=version,
        title=str(raw["title"]),
        actions={name: _action(name, spec) for name, spec in raw["actions"].items()},
        engagement_max=int(raw["engagement"]["max"]),
        half_life=timedelta(days=float(raw["engagement"]["half_life_days"])),
        inquiry_holds=timedelta(days=float(raw["engagement"]["inquiry_holds_days"])),
        fit=_fit(raw["fit"]),
        questions={letter: _question(letter, raw["bant"][letter]) for letter in LETTERS},
        claimed_share=float(raw["bant"]["claimed_share"]),
        mql_score=int(raw["mql"]["score"]),
        mql_engagement=int(raw["mql"]["engagement"]),
        sql_score=int(raw["sql"]["score"]),
        sql_letters=int(raw["sql"]["letters"]),
        sql_bant=int(raw["sql"]["bant"]),
        sql_direct_inquiry=bool(raw["sql"]["direct_inquiry"]),
        by_request=frozenset(raw["permission"]["by_request"]),
        waits=timedelta(days=float(raw["permission"]["waits_days"])),
        disqualify_reasons={
            name: ReasonCode(name, **spec) for name, spec in raw["reasons"]["disqualify"].items()
        },
        lost_reasons={name: ReasonCode(name, **spec) for name, spec in raw["reasons"]["lost"].items()},
        clocks=_clocks(raw["clocks"]),
        post_from=str(raw["post_from"]),
        lists=Lists(
            own_domains=_lowered(raw["lists"]["own_domains"]),
            competitor_domains=_lowered(raw["lists"]["competitor_domains"]),
            disposable_domains=_lowered(raw["lists"]["disposable_domains"]),
            industries=_lowered(raw["lists"]["industries"]),
            countries=_lowered(raw["lists"]["countries"]),
        ),
    )


def _lowered(words: list[object]) -> frozenset[str]:
    # YAML reads a bare NO (Norway) as False: the one country whose code needs help.
    return frozenset("no" if word is False else str(word).lower() for word in words)


def _action(name: str, spec: dict[str, Any]) -> Action:
    return Action(
        name=name,
        points=int(spec["points"]),
        says=str(spec["says"]),
        qualifies=bool(spec.get("qualifies")),
        inquiry=bool(spec.get("inquiry")),
        fast=bool(spec.get("fast")),
        needs_message="with_message" in (spec.get("inquiry"), spec.get("fast")),
        observed=bool(spec.get("observed")),
        cap=spec.get("cap"),
    )


def _fit(raw: dict[str, Any]) -> Fit:
    return Fit(
        max=int(raw["max"]),
        title_unknown=int(raw["title"]["unknown"]),
        levels=tuple(
            TitleLevel(
                level["name"],
                int(level["points"]),
                tuple(word.lower() for word in level["words"]),
                bool(level.get("knock_out")),
            )
            for level in raw["title"]["levels"]
        ),
        size_unknown=int(raw["size"]["unknown"]),
        size_other=int(raw["size"]["other"]),
        sizes=tuple(SizeRange(r["from"], r["to"], r["points"], r["says"]) for r in raw["size"]["ranges"]),
        industry=(raw["industry"]["listed"], raw["industry"]["other"], raw["industry"]["unknown"]),
        country=(raw["country"]["served"], raw["country"]["other"], raw["country"]["unknown"]),
        free_mail=int(raw["free_mail"]),
    )


def _question(letter: str, raw: dict[str, Any]) -> Question:
    options = tuple(
        Option(str(o["id"]), int(o["points"]), str(o["says"]), bool(o.get("blocks_sql")))
        for o in raw["options"]
    )
    return Question(letter, str(raw["asks"]), options)


def _clocks(raw: dict[str, Any]) -> Clocks:
    return Clocks(
        days=tuple(_DAYS.index(day) for day in raw["work_days"]),
        opens=str(raw["opens"]),
        closes=str(raw["closes"]),
        inquiry_to_claim=timedelta(minutes=raw["inquiry_to_claim_minutes"]),
        mql_to_claim=timedelta(minutes=raw["mql_to_claim_minutes"]),
        claim_to_touch=timedelta(minutes=raw["claim_to_touch_minutes"]),
        late_after=timedelta(hours=raw["late_after_hours"]),
    )


def _check(definition: Definition) -> None:
    unknown = definition.by_request - definition.actions.keys()
    if unknown:
        raise BadDefinition(f"permission.by_request names an action that does not exist: {min(unknown)}.")
    best_bant = sum(max(o.points for o in q.options) for q in definition.questions.values())
    if definition.sql_score > definition.score_max_before_call + best_bant:
        raise BadDefinition(
            f"Nobody can reach sql.score {definition.sql_score}: the most a lead can have is "
            f"{definition.score_max_before_call + best_bant}."
        )
    if definition.sql_bant > best_bant:
        raise BadDefinition(
            f"Nobody can reach sql.bant {definition.sql_bant}: the letters add up to {best_bant}."
        )
    ordered = sorted(definition.fit.sizes, key=lambda r: r.start)
    for smaller, larger in pairwise(ordered):
        if larger.start <= smaller.end:
            raise BadDefinition(f"fit.size.ranges overlap at {larger.start}.")
