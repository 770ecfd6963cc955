"""The SQL gate: what must hold before a lead is handed to sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qualification.definition import Definition
from qualification.domains import DISPOSABLE, KnockOut, domain_of, screen_domain
from qualification.lead import LETTERS, Lead, Profile
from qualification.scoring import is_direct_inquiry, open_letters, score, title_level

KNOCK_OUTS: Mapping[KnockOut, str] = {
    "own_domain": "This is our own domain",
    "competitor": "This is a competitor's domain",
    "disposable": "This is a disposable address",
    "student": "This is a student's address",
}


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict. `missing` says in words what is not there yet; it is empty when the gate holds."""

    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.missing


def sql_gate(lead: Lead, definition: Definition, now: datetime) -> Gate:
    """Judge the lead on the whole number that is shown: score, inquiry, BANT, blocks and knock-outs."""
    shown = score(lead, definition, now)
    missing = []
    if shown.total < definition.sql_score:
        missing.append(
            f"Score {shown.total} of {definition.sql_score}: {definition.sql_score - shown.total} short"
        )
    if definition.sql_direct_inquiry and not is_direct_inquiry(lead, definition):
        missing.append("No direct inquiry: did they ask for a demo, price, quote or call?")
    if shown.letters_known < definition.sql_letters:
        ask = _either([name.capitalize() for name in open_letters(lead.answers, definition)])
        missing.append(
            f"{shown.letters_known} of {len(LETTERS)} BANT answers known, {definition.sql_letters} needed: "
            f"ask about {ask}"
        )
    if shown.bant < definition.sql_bant:
        missing.append(f"BANT points {shown.bant}, {definition.sql_bant} needed")
    missing += _blocked_answers(lead, definition)
    knocked_out = knock_out(lead.profile, definition)
    if knocked_out:
        missing.append(knocked_out)
    return Gate(tuple(missing))


def _blocked_answers(lead: Lead, definition: Definition) -> list[str]:
    blocked = []
    for name in LETTERS:
        option = definition.questions[name].option(lead.answers.letter(name).confirmed)
        if option and option.blocks_sql:
            blocked.append(f"{name.capitalize()} is “{option.says.lower()}”")
    # Need must be at least "known", and where three letters are enough it may be the one not asked.
    if "need" in open_letters(lead.answers, definition):
        blocked.append("Need is not known yet")
    return blocked


def knock_out(profile: Profile, definition: Definition) -> str | None:
    """Why this person can never be an SQL, or None."""
    lists = definition.lists
    domain = domain_of(profile.email) if profile.email else None
    if domain:
        found = screen_domain(
            domain, lists.own_domains, lists.competitor_domains, DISPOSABLE | lists.disposable_domains
        )
        if found:
            return KNOCK_OUTS[found]
    level = title_level(profile.title, definition)
    return f"Their title says {level.name}" if level and level.knock_out else None


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
