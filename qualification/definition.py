"""The definition both teams agree on: what is a lead, points, thresholds, BANT, gates, clocks, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from qualification.behaviour import NO_RULES, Behaviour, read_behaviour
from qualification.definition_checks import check
from qualification.definition_parts import (
    PLAIN_NAME,
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
from qualification.experiments import Experiment, read_experiments
from qualification.lead import LETTERS
from qualification.merge_policy import NEWEST, MergePolicy, merge_policy
from qualification.yaml_lines import read_yaml
from qualification.yaml_part import BadDefinition, Part, nearest

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

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
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
    legal: Mapping[str, Mapping[str, str]]
    """Legal basis by country ("*" for all others) and purpose, where the definition says so."""
    waits: timedelta
    disqualify_reasons: Mapping[str, ReasonCode]
    lost_reasons: Mapping[str, ReasonCode]
    clocks: Clocks
    post_from: str
    lists: Lists
    behaviour: Behaviour = NO_RULES
    merge: MergePolicy = NEWEST
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    """By their name as `experiment_key` has it."""

    def legal_basis(self, purpose: str, country: str | None) -> str | None:
        """What the law calls it here, such as "consent" or "contract"; None where nothing is said."""
        return (self.legal.get(country or "*") or self.legal.get("*") or {}).get(purpose)

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


def parse_definition(text: str, version: int = 1, *, agreed: bool = False) -> Definition:
    """Read a definition from YAML.

    Args:
        agreed: It was put in force already: checks that we added since don't unseat what was agreed.
    Raises:
        BadDefinition: broken YAML, a missing or unknown part, a value of the wrong kind, a threshold that
            nobody can reach, parts that contradict each other, or weights that don't add up. It names the
            line, the place, why, and where it can what would be right.
    """
    raw, lines, twice = read_yaml(text)
    with Part(raw, "", lines) as whole:
        definition = _definition(whole, version)
    if not agreed:
        for named_twice in twice:
            raise named_twice
        check(definition, lines)
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
            half_life=engagement.lasts("half_life_days", DAY),
            inquiry_holds=engagement.lasts("inquiry_holds_days", DAY),
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
            legal=_legal(permission),
            waits=permission.lasts("waits_days", DAY),
            disqualify_reasons=_reasons(reasons.parts("disqualify")),
            lost_reasons=_reasons(reasons.parts("lost")),
            clocks=_clocks(raw.part("clocks")),
            post_from=raw.text("post_from"),
            lists=_lists(raw.part("lists")),
            behaviour=read_behaviour(raw.part_or_none("behaviour")),
            merge=merge_policy(raw.part_or_none("merge")),
            experiments=read_experiments(raw),
        )


def _legal(permission: Part) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for country, spec in permission.parts_or_none("legal_basis").items():
        with spec:
            words = {
                name: spec.text_or_empty(name) for name in ("contact", "marketing", "profiling", "sharing")
            }
        found[country.upper()] = {name: word for name, word in words.items() if word}
    return found


def _action(name: str, spec: Part) -> Action:
    with spec:
        half_life = spec.lasts_or_none("half_life_days", DAY)
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
            cap_day=spec.whole_or_none("cap_day", 1),
            cap_lifetime=spec.whole_or_none("cap_lifetime", 1),
            half_life=half_life,
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
            hint = nearest(strange[0], _DAYS) if strange else ""
            raise raw.bad("work_days", f"must be some of {', '.join(_DAYS)}.", hint)
        return Clocks(
            days=tuple(_DAYS.index(day) for day in days),
            opens=_hour(raw, "opens"),
            closes=_hour(raw, "closes"),
            inquiry_to_claim=raw.lasts("inquiry_to_claim_minutes", MINUTE),
            mql_to_claim=raw.lasts("mql_to_claim_minutes", MINUTE),
            claim_to_touch=raw.lasts("claim_to_touch_minutes", MINUTE),
            late_after=raw.lasts("late_after_hours", HOUR),
        )


def _hour(raw: Part, name: str) -> str:
    text = raw.text(name)
    try:
        time.fromisoformat(text)
    except ValueError as problem:
        raise raw.bad(name, f'must be a time like "09:00", not “{text}”.') from problem
    return text


def _lists(raw: Part) -> Lists:
    with raw:
        return Lists(
            own_domains=frozenset(raw.words("own_domains")),
            competitor_domains=frozenset(raw.words("competitor_domains")),
            disposable_domains=frozenset(raw.words("disposable_domains")),
            industries=frozenset(raw.words("industries")),
            countries=frozenset(raw.words("countries")),
            customer_domains=frozenset(raw.words_or("customer_domains", ())),
        )
