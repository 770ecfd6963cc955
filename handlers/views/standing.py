"""How a lead stands, in words: who it is, its score, stage and owner. Every view says them the same way."""

from __future__ import annotations

from handlers.views.text import bold, line, mail_link, mention, phone_link, plain_line, when
from qualification.definition import Definition
from qualification.domains import DISPOSABLE, domain_of, is_listed, screen_domain
from qualification.lead import LETTERS, Lead, Profile, Stage
from qualification.masking import HIDDEN
from qualification.money import Money, format_money
from qualification.scoring import Reason, Score, rounded
from qualification.seen import Seen
from qualification.stages import STAGE_NAMES
from qualification.watching import PROFILING

NAME = 80
"""Most characters of a name, title or company where several stand on one line."""
FITS, MAY_FIT = 20, 10
HOT, WARM = 25, 15
_SCREENED = {
    "own_domain": "From our own domain",
    "competitor": "From a competitor",
    "disposable": "From a throw-away address",
}
_REQUESTS = {
    "demo_request": "Demo request",
    "pricing_request": "Price request",
    "quote_request": "Quote request",
    "call_request": "Call request",
    "contact_form": "Contact form",
}


def who(profile: Profile) -> str:
    """Name · title · company (size, country), as far as known, on one mrkdwn line."""
    name = _name(profile)
    shown = _mail(name) if "***@" in name else bold(name)
    return " · ".join(part for part in (shown, *_where(profile)) if part)


def who_plain(profile: Profile) -> str:
    """ "NAME, TITLE, COMPANY" for notifications. Escaped: a notification reads mrkdwn too."""
    parts = (_name(profile), profile.title, profile.company)
    return ", ".join(shown for part in parts if part and (shown := line(part, NAME)))


def headline(seen: Seen) -> str:
    """The notification of a card and of each redraw: "Demo request: NAME, TITLE, COMPANY"."""
    actions = seen.definition.actions
    known = [a for a in seen.lead.activities if a.action in actions]
    best = max(known, key=lambda a: (actions[a.action].points, a.at), default=None)
    request = _REQUESTS.get(best.action) if best else None
    return f"{request or line(seen.asked_for)}: {who_plain(seen.lead.profile)}"


def contact(profile: Profile) -> str:
    """Phone to tap and mail link on one line; "" when erased."""
    masked = "***@" in (profile.email or "")
    # Who has no name is called by their address: masked it is no link, and need not be said twice.
    mail = "" if masked and profile.name == profile.email else _mail(profile.email or "")
    ways = [_phone(profile.phone or ""), mail]
    return " · ".join(way for way in ways if way)


def _phone(number: str) -> str:
    return line(number) if HIDDEN in number else phone_link(number) if number else ""


def _mail(address: str) -> str:
    """A masked address is no link, and keeps its stars."""
    local, masked, domain = address.partition("***@")
    if masked:
        return f"{line(local, 4)}{masked}{line(domain)}"
    return mail_link(address) if address else ""


def fit_words(points: int) -> str:
    """Fit of 30 in a word."""
    if points >= FITS:
        return "fits"
    return "may fit" if points >= MAY_FIT else "poor fit"


def heat_words(points: int) -> str:
    """Engagement of 30 in a word."""
    if points >= HOT:
        return "hot"
    return "warm" if points >= WARM else "cold"


def score_line(seen: Seen, shown: Score | None = None) -> str:
    """The score in words: out of what a form can tell until something of BANT is known, then out of all.

    Args:
        shown: Another score than the lead's own, e.g. what saving a dialog would make of it.
    """
    score = shown or seen.score
    impression = f"{fit_words(score.fit)}, {heat_words(score.engagement)}"
    before_call = seen.definition.score_max_before_call
    if not score.letters_known and not score.bant:
        return f"*{score.fit + score.engagement} of {before_call} before the call: {impression}*"
    bant_max = sum(max(o.points for o in q.options) for q in seen.definition.questions.values())
    unconfirmed = "" if score.letters_known else " as they say"
    bant = f"BANT points {score.bant} of {bant_max}{unconfirmed}"
    return f"*{score.total} of {before_call + bant_max}: {impression}, {bant}*"


def top_reasons(seen: Seen, most: int = 3) -> str:
    """The reasons that weigh most, for or against; what is merely unknown explains nothing."""
    telling = [r for r in seen.score.reasons if rounded(r.points) and not r.text.endswith("unknown")]
    telling.sort(key=lambda r: -abs(r.points))
    return " · ".join(reason_words(r) for r in telling[:most])


def score_parts(score: Score, most: int) -> list[str]:
    """Every part with its points and what it is made of, so that a reader can add it up.

    Args:
        most: Reasons shown of each part.
    """
    lines = []
    for part in score.parts:
        if not part.reasons:
            continue
        whole = sum(reason.points for reason in part.reasons)
        said = sum(rounded(reason.points) for reason in part.reasons)
        why = ""
        if rounded(whole) > part.points:
            why = ", the most there can be"
        elif rounded(whole) < part.points:
            why = ", the least there can be"
        elif said != part.points:
            why = ", rounded"
        left = len(part.reasons) - most
        lines.append(f"*{part.name} {part.points}*{why}:")
        lines += [f"• {reason_words(reason)}" for reason in part.reasons[:most]]
        lines += [f"• and {left} more"] if left > 0 else []
    return lines


def reason_words(reason: Reason) -> str:
    """One reason with its points: "Title: executive or VP (+12)"."""
    points = rounded(reason.points)
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return f"{line(reason.text)} ({sign}{abs(points)})"


def stage_line(seen: Seen) -> str:
    """ "MQL · 2 of 4 BANT answers known · came in DATE"."""
    lead = seen.lead
    known = letters_words(seen.score)
    came = f"came in {when(lead.received_at, seen.zone)}"
    return f"{lead.name} · {stage_name(lead.stage)} · {known} · {came}"


def letters_words(score: Score) -> str:
    """How many of the four questions a rep has an answer to: said alike everywhere, never as points."""
    return f"{score.letters_known} of {len(LETTERS)} BANT answers known"


def stage_name(stage: Stage) -> str:
    """The stage at the start of a line."""
    name = STAGE_NAMES[stage]
    return name[0].upper() + name[1:]


def owner_line(seen: Seen) -> str:
    """Who has it: "With @ana since DATE", or "Nobody has it yet"."""
    lead = seen.lead
    if lead.owner and lead.claimed_at:
        return f"With {mention(lead.owner)} since {when(lead.claimed_at, seen.zone)}"
    if lead.owner:
        return f"With {mention(lead.owner)}"
    return "Nobody has it yet" if seen.open else ""


def state_lines(seen: Seen) -> list[str]:
    """What else is to be known before acting: snoozed, handed back, closed, cooling, ready, opted out."""
    lead = seen.lead
    lines = [said for said in (screened(seen),) if said]
    if lead.permission.opted_out:
        lines.append("They asked not to be contacted.")
    if lead.snoozed_until and lead.snoozed_until > seen.at:
        lines.append(f"Snoozed until {when(lead.snoozed_until, seen.zone)}")
    lines += [said for said in (outcome(seen),) if said]
    if seen.cooling:
        lines.append("Cooling: what they did is getting old, so reach out soon.")
    if unscored := not_scored(seen):
        lines.append(unscored)
    if seen.ready:
        lines.append("*Ready: press Qualify* and save, and sales is told.")
    return lines


def not_scored(seen: Seen) -> str:
    """What they did that we saw and don't count, for they did not allow it; "" when there is none."""
    lead, actions = seen.lead, seen.definition.actions
    if not seen.open:
        return ""
    allowed = lead.permission.profiling  # then only what was watched while they did not allow it
    watched = sum(
        1
        for a in lead.activities
        if a.action in actions and actions[a.action].observed and (not allowed or a.uncounted == PROFILING)
    )
    if not watched:
        return ""
    why = "no permission to profile" + (" then" if allowed else "")
    return f"{watched:,} {'visit' if watched == 1 else 'visits'} not scored: {why}"


def screened(seen: Seen) -> str:
    """What the definition's lists say of their domain: "From a competitor: acme.example"."""
    email, lists = seen.lead.profile.email, seen.definition.lists
    domain = domain_of(email) if email else None
    if not domain:
        return ""
    disposable = DISPOSABLE | lists.disposable_domains
    found = screen_domain(domain, lists.own_domains, lists.competitor_domains, disposable)
    if found in _SCREENED:
        return f"*{_SCREENED[found]}: {line(domain)}*"
    return f"*Existing customer?* {line(domain)}" if is_listed(domain, lists.customer_domains) else ""


def outcome(seen: Seen) -> str:
    """How it went on where a stage alone doesn't say: until when, why, for how much, with whom."""
    lead = seen.lead
    says = ""
    match lead.stage:
        case Stage.NURTURE:
            until = f" until {when(lead.until, seen.zone)}" if lead.until else ""
            says = f"In nurture{until}, or until they ask again"
        case Stage.DISQUALIFIED:
            back = f" It may come back {when(lead.until, seen.zone)}." if lead.until else ""
            says = f"Closed: {reason_name(seen)}.{back}"
        case Stage.LOST:
            says = f"Lost: {reason_name(seen)}"
        case Stage.CUSTOMER:
            says = f"Won: {money(lead)}" if money(lead) else "Won"
        case Stage.SQL if lead.taken_by:
            says = f"Taken by {mention(lead.taken_by)}"
        case Stage.SQL if lead.handed_to:
            says = f"Handed to {mention(lead.handed_to)}"
    return says


def reason_name(seen: Seen) -> str:
    """Why it was closed, in the definition's words; a code it no longer has is shown as it is."""
    return reason_words_of(seen.lead.reason, seen.lead.stage, seen.definition)


def reason_words_of(reason: str | None, stage: Stage, definition: Definition) -> str:
    """A reason code of a lost or disqualified lead, in the definition's words."""
    known = definition.lost_reasons if stage is Stage.LOST else definition.disqualify_reasons
    code = known.get(reason or "")
    return line(code.says if code else reason or "no reason given").lower()


def money(lead: Lead) -> str:
    """What it was won for, or "" when nobody said."""
    if lead.amount_minor is None or not lead.currency:
        return ""
    return line(format_money(Money(lead.amount_minor, lead.currency)))


def _name(profile: Profile) -> str:
    readable = plain_line(profile.name, NAME)
    return readable or plain_line(profile.email or profile.phone or "", NAME) or "Unknown"


def _where(profile: Profile) -> list[str]:
    size = f"{profile.employees:,} people" if profile.employees else ""
    country = line(profile.country, 20) if profile.country else ""
    inside = ", ".join(part for part in (size, country) if part)
    company = line(profile.company, NAME) if profile.company else ""
    if company and inside:
        company = f"{company} ({inside})"
    title = line(profile.title, NAME) if profile.title else ""
    return [title, company or inside]
