"""Phone numbers in one spelling: the library's judgement, taken the short way where nothing is in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

LONGEST_PHONE = 60

_SEPARATORS = str.maketrans("", "", " -./()")
_MAIN_COUNTRY = {str(code): countries[0] for code, countries in COUNTRY_CODE_TO_REGION_CODE.items()}
_KINDS = (
    "fixed_line", "mobile", "voip", "toll_free", "shared_cost", "premium_rate", "personal_number", "pager",
    "uan", "voicemail",
)  # fmt: skip


@lru_cache(maxsize=1_000)  # asked when it comes in and again when its lead is written
def phone_key(raw: str, country: str) -> str | None:
    """The number as E.164 (`+4930901820`), or None if no such number can exist.

    Args:
        raw: Without invisible characters.
        country: ISO 3166 code that national numbers are read for, as `DE`.
    """
    written = raw.strip()
    if len(written) > LONGEST_PHONE:
        return None
    # The library reads every number as if it might be anything: 60 microseconds where this takes five, and an
    # import reads tens of thousands.
    return _as_it_stands(written, country.upper()) or _by_the_library(written, country.upper())


def _by_the_library(written: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True, slots=True)
class _Numbering:
    """How a calling code's numbers look in its main country, out of the library's own tables.

    Attributes:
        trunk: what is dialled before a number inside the country and is no part of it, as 0 in Germany.
        abroad: how calls to other countries begin there.
        kinds: lengths and shapes of existing numbers.
    """

    code: str
    trunk: str
    odd_trunk: re.Pattern[str] | None
    abroad: re.Pattern[str] | None
    general: re.Pattern[str]
    kinds: tuple[tuple[frozenset[int], re.Pattern[str]], ...]

    def key(self, digits: str) -> str | None:
        """E.164 of a number within the country, or None where it takes a closer look."""
        if self.trunk:
            digits = digits.removeprefix(self.trunk)
        elif self.odd_trunk and self.odd_trunk.match(digits):
            return None
        if digits.startswith("0") or not self.general.fullmatch(digits):
            return None
        for lengths, shape in self.kinds:
            if len(digits) in lengths and shape.fullmatch(digits):
                return f"+{self.code}{digits}"
        return None


def _as_it_stands(written: str, country: str) -> str | None:
    """The key of a number that can be read in one way only; None for all others, existing or not."""
    digits = written.translate(_SEPARATORS)
    if digits.startswith("+"):
        digits = digits[1:]
        if not (digits.isascii() and digits.isdigit()):
            return None
        for length in (1, 2, 3):
            main = _MAIN_COUNTRY.get(digits[:length])
            if main and (numbering := _numbering(main)):
                return numbering.key(digits[length:])
        return None
    numbering = _numbering(country) if digits.isascii() and digits.isdigit() else None
    if numbering is None or digits.startswith(numbering.code):
        return None
    if numbering.abroad and numbering.abroad.match(digits):
        return None
    return numbering.key(digits)


@cache
def _numbering(country: str) -> _Numbering | None:
    """The numbering of a calling code's main country; None for the others, which take the library's care."""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return None
    known: Any = PhoneMetadata.metadata_for_region(country)
    sharing = COUNTRY_CODE_TO_REGION_CODE[known.country_code]
    if sharing[0] != country or (len(sharing) > 1 and known.leading_digits):
        return None
    trunk = known.national_prefix_for_parsing or ""
    lengths = frozenset(known.general_desc.possible_length)
    described = [one for kind in _KINDS if (one := getattr(known, kind)) and one.national_number_pattern]
    return _Numbering(
        code=str(known.country_code),
        trunk=trunk if trunk.isdigit() else "",
        odd_trunk=re.compile(trunk) if trunk and not trunk.isdigit() else None,
        abroad=re.compile(known.international_prefix) if known.international_prefix else None,
        general=re.compile(known.general_desc.national_number_pattern),
        kinds=tuple(
            (lengths & frozenset(one.possible_length or lengths), re.compile(one.national_number_pattern))
            for one in described
        ),
    )
