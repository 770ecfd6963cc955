"""The score, 0 to 100: fit (who they are) + engagement (what they did) + BANT (what a rep confirmed)."""

from __future__ import annotations

from datetime import datetime

from qualification.decay import most_engagement
from qualification.definition import Definition, TitleLevel
from qualification.domains import domain_of, is_free_mail
from qualification.engagement import Worth, engaged_at, engagement, in_time, worth_of
from qualification.lead import LETTERS, NOTHING_ASKED, Answers, Lead, Letter, Profile, Stage
from qualification.reason import Reason, rounded
from qualification.value import value
from qualification.watching import allowed_at

__all__ = ["Reason", "Score", "engagement", "rounded"]


@value
class Part:
    """One part of the score. Its reasons may add up to more than `points`, which are capped."""

    name: str
    points: int
    reasons: tuple[Reason, ...]


@value
class Score:
    """The three parts as whole numbers (they add up to the total that is shown) and their reasons."""

    fit: int
    engagement: int
    bant: int
    reasons: tuple[Reason, ...]
    letters_known: int
    most: int = 0
    """The most that the total can be from now on while nothing happens: minus points fade, too."""
    falls_at: datetime | None = None
    """Until when `most` is as low as it can be; None for ever."""
    parts: tuple[Part, ...] = ()
    """Engagement, fit and BANT, each with the reasons that make it up."""

    @property
    def total(self) -> int:
        return self.fit + self.engagement + self.bant


def score(lead: Lead, definition: Definition, now: datetime) -> Score:
    """The lead's score at `now`, with every reason."""
    fit_points, fit_reasons = fit(lead.profile, definition)
    watched = lead.permission.profiling
    engagement_points, engagement_reasons = engagement(lead, definition, now, watched=watched)
    bant_points, bant_reasons = bant(lead.answers, definition)
    reasons = (*engagement_reasons, *fit_reasons, *bant_reasons)
    known = len(LETTERS) - len(open_letters(lead.answers, definition))
    rising, falls_at = most_engagement(lead, engagement_reasons, definition, now)
    most = fit_points + rising + bant_points
    parts = (
        Part("Engagement", engagement_points, tuple(engagement_reasons)),
        Part("Fit", fit_points, tuple(fit_reasons)),
        Part("BANT", bant_points, tuple(bant_reasons)),
    )
    return Score(fit_points, engagement_points, bant_points, reasons, known, most, falls_at, parts)


def open_letters(answers: Answers, definition: Definition) -> list[str]:
    """The letters a rep has not confirmed, or only with an option that the definition no longer has."""
    if answers is NOTHING_ASKED:
        return list(LETTERS)
    return [
        name for name in LETTERS if definition.questions[name].option(answers.letter(name).confirmed) is None
    ]


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
    level = title_level(title, definition)
    if level:
        return Reason(level.points, f"Title: {level.name}")
    return Reason(definition.fit.title_unknown, "Title not placed" if title else "Title unknown")


def title_level(title: str | None, definition: Definition) -> TitleLevel | None:
    """The first level one of whose words stands in the title."""
    if not title:
        return None
    words = title.lower()
    return next((level for level in definition.fit.levels if level.pattern.search(words)), None)


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


def bant(answers: Answers, definition: Definition) -> tuple[int, list[Reason]]:
    """What is known of BANT, 0 to 40. A rep's answer counts in full, until then a form's claim half."""
    if answers is NOTHING_ASKED:
        return 0, []
    reasons = []
    for name in LETTERS:
        reason = letter_points(name, answers.letter(name), definition)
        if reason:
            reasons.append(reason)
    return rounded(sum(r.points for r in reasons)), reasons


def letter_points(name: str, letter: Letter, definition: Definition) -> Reason | None:
    """Points of one letter, or None while nothing is known: unknown takes no points away."""
    if not (letter.confirmed or letter.claimed):
        return None
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


def first_mql_moment(
    lead: Lead, definition: Definition, since: datetime | None = None, *, watched: bool = True
) -> datetime | None:
    """When the lead first deserved a rep, or None: judged at every moment at which something became known.

    The answer depends on the set of activities, details and words on profiling only, not on the order in
    which they arrived: observed behaviour helps at the moments at which they allowed it. Nobody is an MQL
    before they are a lead.

    Args:
        since: Moments before this one were judged already and are left out.
        watched: False leaves out observed behaviour altogether: nobody becomes an MQL by it once they have
            taken the permission back. True dates anew who became one while they allowed it.
    """
    start = max(lead.created_at, since) if since else lead.created_at
    did = in_time(lead)
    said = lead.permission.said
    moments = {a.at for a in did} | {g.at for g in lead.given} | {at for at, yes in said if yes}
    if lead.inquiry_at:
        moments.add(lead.inquiry_at)
    # Without decay and minus points: never less than the real engagement at that moment.
    at_most, place = definition.inquiry_points if lead.inquiry_at else 0, 0
    plus: dict[str, int] = {}
    worth: dict[bool, list[Worth]] = {}
    needed = max(definition.mql_engagement, definition.mql_score - definition.fit.max)  # whoever they are
    for moment in sorted(moments):
        fast = lead.inquiry_at == moment
        while place < len(did) and did[place].at <= moment:
            activity, action = did[place], definition.actions.get(did[place].action)
            place += 1
            if action is not None:
                before = plus.get(action.name, 0)
                plus[action.name] = min(
                    before + max(action.points, 0), action.cap or definition.engagement_max
                )
                at_most += plus[action.name] - before
                may = watched or not action.observed
                is_fast = activity.counts and may and action.is_fast(activity.with_message)
                fast |= is_fast and activity.at == moment
        if moment < start:
            continue
        if fast:
            return moment
        if at_most < needed:
            continue  # old leads with hundreds of page views: decay only ever takes away
        # Who never said a word, in histories from before words were kept, is judged by what counts.
        may_watch = watched and (not said or allowed_at(said, moment))
        if may_watch not in worth:
            worth[may_watch] = worth_of(lead, definition, watched=may_watch)
        engaged = engaged_at(worth[may_watch], lead, definition, moment)
        if engaged < needed:
            continue
        fits, _ = fit(lead.profile_at(moment), definition)
        if fits + engaged >= definition.mql_score:
            return moment
    return None


def is_direct_inquiry(lead: Lead, definition: Definition) -> bool:
    """Whether they asked for us, by an action or because a rep says so. A rep's No wins over a form."""
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
    """Decay took an MQL or SQL under the threshold it once crossed; the stage stays (design §4).

    Only decay counts: then and now are judged with what we know today. Who came by the fast lane without the
    points never crossed the threshold and can't cool below it.
    """
    if lead.stage is Stage.MQL and lead.mql_at:
        today, _ = fit(lead.profile, definition)
        then, _ = engagement(lead, definition, lead.mql_at)
        left, _ = engagement(lead, definition, now)
        return today + left < definition.mql_score <= today + then
    if lead.stage is Stage.SQL and lead.sql_at:
        then_total = score(lead, definition, lead.sql_at).total
        return score(lead, definition, now).total < definition.sql_score <= then_total
    return False
