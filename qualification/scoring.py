"""The score, 0 to 100: fit (who they are) + engagement (what they did) + BANT (what a rep confirmed)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qualification.definition import Action, Definition
from qualification.domains import domain_of, is_free_mail
from qualification.lead import IN_PLAY, LETTERS, Activity, Answers, Lead, Letter, Profile


@dataclass(frozen=True, slots=True)
class Reason:
    """Points and why, in words a rep can repeat to the lead."""

    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """The three parts as whole numbers (they add up to the total that is shown) and their reasons."""

    fit: int
    engagement: int
    bant: int
    reasons: tuple[Reason, ...]
    letters_known: int

    @property
    def total(self) -> int:
        return self.fit + self.engagement + self.bant


def rounded(points: float) -> int:
    """Half up, so that 4.5 of a half-believed answer reads 5 and never depends on its neighbour."""
    return math.floor(points + 0.5)


def score(lead: Lead, definition: Definition, now: datetime) -> Score:
    """The lead's score at `now`, with every reason."""
    fit_points, fit_reasons = fit(lead.profile, definition)
    engagement_points, engagement_reasons = engagement(lead, definition, now)
    bant_points, bant_reasons = bant(lead.answers, definition)
    known = sum(1 for name in LETTERS if lead.answers.letter(name).confirmed)
    return Score(
        fit_points, engagement_points, bant_points, (*engagement_reasons, *fit_reasons, *bant_reasons), known
    )


def fit(profile: Profile, definition: Definition) -> tuple[int, list[Reason]]:
    """Who they are, 0 to 30. Unknown is not no: all unknown is 15, the middle."""
    reasons = [
        title_fit(profile.title, definition),
        size_fit(profile.employees, definition),
        _listed(
            profile.industry, definition.lists.industries, definition.fit.industry, "Industry", "we serve"
        ),
        _listed(profile.country, definition.lists.countries, definition.fit.country, "Country", "we serve"),
    ]
    domain = domain_of(profile.email) if profile.email else None
    if domain and is_free_mail(domain):
        reasons.append(Reason(definition.fit.free_mail, "Free-mail address"))
    points = sum(r.points for r in reasons)
    return rounded(max(0, min(definition.fit.max, points))), reasons


def title_fit(title: str | None, definition: Definition) -> Reason:
    """Seniority read off the title's words; a title we can't place counts as unknown."""
    words = (title or "").lower()
    for level in definition.fit.levels:
        if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words) for word in level.words):
            return Reason(level.points, f"Title: {level.name}")
    return Reason(definition.fit.title_unknown, "Title unknown" if not title else "Title not placed")


def size_fit(employees: int | None, definition: Definition) -> Reason:
    """Company size against the customers we serve well: 50 to 500 people by default."""
    if employees is None:
        return Reason(definition.fit.size_unknown, "Company size unknown")
    for size in definition.fit.sizes:
        if size.start <= employees <= size.end:
            return Reason(size.points, f"{employees} people, {size.says}")
    return Reason(definition.fit.size_other, f"{employees} people, outside our usual size")


def _listed(
    value: str | None, known: frozenset[str], points: tuple[int, int, int], noun: str, yes: str
) -> Reason:
    if not value:
        return Reason(points[2], f"{noun} unknown")
    if value.strip().lower() in known:
        return Reason(points[0], f"{noun} {yes}")
    return Reason(points[1], f"{noun} outside our list")


def engagement(lead: Lead, definition: Definition, now: datetime) -> tuple[int, list[Reason]]:
    """What they did up to `now`, 0 to 30: the sum over actions, capped per action, halved every half-life.

    A direct inquiry's points hold still while the lead is open and owned, at most 30 days, so that a
    rep who works does not race the decay.
    """
    totals: dict[str, float] = {}
    for activity in sorted(lead.activities, key=lambda a: (a.at, a.action)):
        action = definition.actions.get(activity.action)
        if action is None or not activity.counts or activity.at > now:
            continue
        totals[action.name] = totals.get(action.name, 0.0) + _decayed(lead, activity, action, definition, now)
    reasons = []
    for name, points in totals.items():
        action = definition.actions[name]
        capped = min(points, action.cap) if action.cap is not None else points
        if capped:
            reasons.append(Reason(capped, action.says))
    unknown = {a.action for a in lead.activities if a.action not in definition.actions and a.at <= now}
    reasons += [Reason(0, f"Unknown action “{name}”, not scored") for name in sorted(unknown)]
    total = sum(r.points for r in reasons)
    return rounded(max(0.0, min(float(definition.engagement_max), total))), reasons


def _decayed(lead: Lead, activity: Activity, action: Action, definition: Definition, now: datetime) -> float:
    age = now - activity.at
    if action.is_inquiry(activity.with_message):
        age -= _held(lead, activity.at, min(now, activity.at + definition.inquiry_holds), now)
    # Twelve decimals: sums must not depend on the order in which floats were added.
    halvings: float = age / definition.half_life
    return round(float(action.points * 0.5**halvings), 12)


def _held(lead: Lead, start: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of start..end the lead was open and owned."""
    held = timedelta()
    for span in lead.owned:
        overlap = min(end, span.end or now) - max(start, span.start)
        held += max(overlap, timedelta())
    return held


def bant(answers: Answers, definition: Definition) -> tuple[int, list[Reason]]:
    """What is known of BANT, 0 to 40. A rep's answer counts in full; a form's claim counts half until then."""
    reasons = []
    for name in LETTERS:
        reason = letter_points(name, answers.letter(name), definition)
        if reason:
            reasons.append(reason)
    return rounded(sum(r.points for r in reasons)), reasons


def letter_points(name: str, letter: Letter, definition: Definition) -> Reason | None:
    """Points of one letter, or None while nothing is known: unknown takes no points away."""
    question = definition.questions[name]
    confirmed, claimed = question.option(letter.confirmed), question.option(letter.claimed)
    if confirmed:
        said = f" (they said: {claimed.says.lower()})" if claimed and claimed != confirmed else ""
        return Reason(confirmed.points, f"{name.capitalize()}: {confirmed.says.lower()}{said}")
    if claimed:
        return Reason(
            claimed.points * definition.claimed_share,
            f"{name.capitalize()}: they said {claimed.says.lower()}",
        )
    return None


def first_mql_moment(lead: Lead, definition: Definition) -> datetime | None:
    """When the lead first deserved a rep, or None: each activity judged at its own time.

    The answer depends on the set of activities only, not on the order in which they arrived.
    """
    for moment in sorted({a.at for a in lead.activities}):
        if _fast_lane_at(lead.activities, moment, definition):
            return moment
        engaged, _ = engagement(lead, definition, moment)
        fits, _ = fit(lead.profile_at(moment), definition)
        if engaged >= definition.mql_engagement and fits + engaged >= definition.mql_score:
            return moment
    return None


def _fast_lane_at(activities: Iterable[Activity], moment: datetime, definition: Definition) -> bool:
    at_moment = [a for a in activities if a.at == moment and a.action in definition.actions]
    return any(definition.actions[a.action].is_fast(a.with_message) for a in at_moment)


def is_direct_inquiry(lead: Lead, definition: Definition) -> bool:
    """Whether they asked for us: by an action of theirs, or because a rep says so; a rep's No wins over a form."""
    if lead.inquiry is not None:
        return lead.inquiry
    return asked_at(lead, definition) is not None


def asked_at(lead: Lead, definition: Definition) -> datetime | None:
    """When they last made a direct inquiry by themselves, or None."""
    asked = [
        a.at
        for a in lead.activities
        if (action := definition.actions.get(a.action)) and action.is_inquiry(a.with_message)
    ]
    return max(asked, default=None)


def cooling(lead: Lead, definition: Definition, now: datetime) -> bool:
    """Decay took an open lead under the threshold it once crossed; the stage stays (design §4)."""
    if lead.stage not in IN_PLAY or lead.mql_at is None or lead.sql_at is not None:
        return False
    now_score = score(lead, definition, now)
    return now_score.fit + now_score.engagement < definition.mql_score
