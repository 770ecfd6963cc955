"""How much of a person a place may see: everything, who they are without how to reach them, or a number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any

import phonenumbers

from qualification.lead import Given, Lead, Profile
from qualification.seen import Seen

HIDDEN = "•••"
_ANYWHERE = "DE"
# What can't be seen ends no word: it is taken out of a text that is shown.
_WORD = re.compile(r"(?:[^\s<>()\[\],;:/|=&?\"]|[\x0b\x0c\x1c-\x1f\x85])+")
_MASKED = re.compile(rf"(?:\+\d{{1,3}} )?{HIDDEN}(?: \d\d)?")
_AT = re.compile("(@|%40)")
"""Also as a web address writes it."""
_LEGAL = frozenset("/|=&?")
"""They end a word here, as in web addresses, but may stand in an address too."""


class Level(StrEnum):
    """What a channel shows."""

    FULL = "full"
    MASKED = "masked"
    NUMBER = "number"


def strictest(*levels: Level) -> Level:
    """The level that shows least."""
    order = list(Level)
    return max(levels, key=order.index, default=Level.FULL)


def level_of(chosen: str, channel: str, outside: Collection[str]) -> Level:
    """What an admin chose for a channel, else by who can read it: guests and other companies see less.

    Args:
        chosen: One of the levels, or "" to go by who is in it.
        outside: Channels shared with other companies, or with guests in them.
    """
    if chosen in set(Level):
        return Level(chosen)
    return Level.MASKED if channel in outside else Level.FULL


def as_shown(seen: Seen, level: Level) -> Seen:
    """The lead as a place of this level may see it. Score, stage and clocks are the real ones."""
    if level is Level.FULL or seen.lead.erased:
        return seen
    return replace(seen, lead=_masked(seen.lead) if level is Level.MASKED else _number_only(seen.lead))


def masked_email(address: str) -> str:
    """`a***@acme.example`: enough to recognise, not enough to write to."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***{at}{domain}"


def masked_phone(number: str) -> str:
    """`+49 ••• 20`: the country and the last two digits."""
    if _MASKED.fullmatch(number):
        return number
    digits = [char for char in number if char.isdigit()]
    try:
        code = f"+{phonenumbers.parse(number, None).country_code} "
    except phonenumbers.NumberParseException:
        code = ""
    return f"{code}{HIDDEN} {''.join(digits[-2:])}" if len(digits) > 4 else HIDDEN


def masked_text(text: str, country: str | None) -> str:
    """What somebody wrote, with every address and number in it masked."""
    found = list(phonenumbers.PhoneNumberMatcher(text, country or _ANYWHERE))
    for one in reversed(found):
        text = f"{text[: one.start]}{masked_phone(one.raw_string)}{text[one.end :]}"
    return _WORD.sub(_nobody_at, text)


def _nobody_at(word: re.Match[str]) -> str:
    """Whatever stands before an @ with something behind it: too much rather than too little."""
    parts = _AT.split(word[0])  # what is before, the sign, what is before the next, its sign, ..., the rest
    before = word.string[word.start() - 1] if word.start() else " "
    after = word.string[word.end()] if word.end() < len(word.string) else " "
    for place in range(0, len(parts) - 1, 2):
        last = place + 2 == len(parts) - 1
        if last and not parts[-1] and after.isspace():
            continue
        if parts[place] or (place == 0 and before in _LEGAL):
            parts[place] = f"{parts[place][:1]}***"
    return "".join(parts)


def masked_word(name: str, value: str | int, level: Level) -> str:
    """What was told for one field of the profile, as a place of this level may see it."""
    if level is Level.FULL:
        return str(value)
    if level is Level.NUMBER:
        return HIDDEN
    match name:
        case "email":
            return masked_email(str(value))
        case "phone":
            return masked_phone(str(value))
    return masked_text(str(value), None)


def _masked(lead: Lead) -> Lead:
    profile = lead.profile
    # Every word: people write an address where their name belongs.
    told: dict[str, Any] = {
        name: masked_word(name, value, Level.MASKED) if isinstance(value, str) else value
        for name, value in asdict(profile).items()
    }
    shown = Profile(**told)

    def words(text: str | None) -> str | None:
        return masked_text(text, profile.country) if text else text

    return lead.but(
        given=(Given(lead.created_at, shown),),
        message=words(lead.message),
        notes=words(lead.notes),
        next_step=words(lead.next_step),
        sent_back_for=words(lead.sent_back_for),
        extra=tuple((name, masked_text(value, profile.country)) for name, value in lead.extra),
    )


def _number_only(lead: Lead) -> Lead:
    return lead.but(
        given=(Given(lead.created_at, Profile(first_name=lead.name)),),
        message=None,
        notes=None,
        next_step=None,
        sent_back_for=None,
        extra=(),
    )
