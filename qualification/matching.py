"""When two records mean the same person, and what we keep of the text they come with."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import permutations

# Re-exported: an address, its domain and its owner are looked at together.
from qualification.domains import (
    domain_of,
    is_free_mail,
    is_shared_domain,
    registered_domain,
    screen_domain,
)
from qualification.phones import phone_key as read_phone

__all__ = [
    "clean_text",
    "domain_of",
    "email_key",
    "is_free_mail",
    "is_shared_domain",
    "name_words",
    "phone_key",
    "phone_key_for",
    "plain_letters",
    "registered_domain",
    "same_name",
    "screen_domain",
]

# Gmail alone among the large providers ignores dots; what follows a plus it ignores, too.
GMAIL = frozenset({"gmail.com", "googlemail.com"})
LONGEST_EMAIL = 320
TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "mme", "ing", "dipl", "jr", "sr"]
)
MOST_NAMES = 5

_INVISIBLE = re.compile(
    # Controls, and formats: zero-width, direction marks, tags. Soft hyphens hide in words just as well.
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
# Nearly every address looks like this and is valid as it stands. The full check takes eight times as long,
# which an import of ten thousand leads feels; rarer shapes (IDN, "xn--", special endings, long) go to it.
_COMMON_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9]|-(?!-)){0,30}(?<!-)\.)+[a-z]{2,20}", re.ASCII
)
# Endings that no mail reaches, or only at home. The full check decides about them.
SPECIAL_ENDINGS = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
_WORD = re.compile(r"[^\W\d_]+")
_LINE_ENDS = re.compile("\r\n|[\r\n\u0085\u2028\u2029]")


def clean_text(text: str, limit: int, *, lines: bool = False) -> str:
    """Text as it may be stored and shown: NFC, nothing invisible, single spaces, at most `limit` characters.

    Override marks go as well, so a name can't turn around what stands after it. With `lines`, line ends stay
    (at most one empty line in a row). What is cut off is shown by "…".
    """
    visible = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)))
    if lines:
        tidy = re.sub(
            r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in visible.split("\n"))
        ).strip()
    else:
        tidy = " ".join(visible.split())
    # Taking marks out can bring together what composes; once more makes cleaning twice change nothing.
    tidy = unicodedata.normalize("NFC", tidy)
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def email_key(raw: str) -> str | None:
    """The one spelling of an address that we compare by, or None if it is no address.

    Checked for form only, never by DNS. Lower-cased; for Gmail without dots and without what follows a plus.
    """
    if len(raw) > LONGEST_EMAIL:
        return None
    written = _visible(raw).strip()
    common = written.lower()
    local, _, domain = common.partition("@")
    if not _COMMON_EMAIL.fullmatch(common) or len(common) > 60 or domain.endswith(SPECIAL_ENDINGS):
        checked = _checked(written)
        if checked is None:
            return None
        local, domain = checked
    if domain in GMAIL:
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if local else None


def _checked(written: str) -> tuple[str, str] | None:
    """Local part and domain in lower case, the domain in ASCII; None if it is no address."""
    # Imported here for its long patterns, which most runs never need.
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(written, check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return None
    return checked.local_part.lower(), (checked.ascii_domain or checked.domain).lower()


def _visible(text: str) -> str:
    # Nearly every address and number is plain; only others can hide something.
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)


def phone_key(raw: str, country: str) -> str | None:
    """The number as E.164 (`+4930901820`), or None if no such number can exist.

    Args:
        country: ISO 3166 code that national numbers are read for, as `DE`.
    """
    return read_phone(_visible(raw), country)


def phone_key_for(raw: str, theirs: str | None, ours: str) -> str | None:
    """As `phone_key`: a national number is read for the person's own country, else for ours.

    Args:
        theirs: ISO 3166 code of the country they named, if they did.
    """
    return (phone_key(raw, theirs) if theirs else None) or phone_key(raw, ours)


def same_name(a: str | None, b: str | None) -> bool:
    """Could both be one person? Used where a phone matches: a switchboard has many people, so a name decides.

    An unknown name is no conflict, nor are initials, another order, titles, accents or a missing middle name.
    """
    shorter, longer = sorted((name_words(a), name_words(b)), key=len)
    return any(
        all(one == other or (1 in (len(one), len(other)) and one[0] == other[0]) for one, other in pairs)
        for pairs in (list(zip(shorter, order, strict=True)) for order in permutations(longer, len(shorter)))
    )


@lru_cache(maxsize=1_000)  # asked to find lookalikes and again when the lead is written
def name_words(name: str | None) -> tuple[str, ...]:
    """The words of a name for comparing: small letters, without accents, titles and digits."""
    words = _WORD.findall(plain_letters(name or ""))
    return tuple(word for word in words if word not in TITLES)[:MOST_NAMES]


def plain_letters(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(c for c in plain if not unicodedata.combining(c))
