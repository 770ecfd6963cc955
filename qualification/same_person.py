"""Who may be one person, and who works for one company: never decided here, only suggested to people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations

from qualification.domains import company_domain, domain_of, registered_domain
from qualification.lead import Profile
from qualification.matching import name_words, plain_letters
from qualification.value import value

ALIKE = 85
"""Likeness of two names, 0 to 100, from which a colleague's record may be the same person's."""
APART = 60
"""Below this two names are two people's, where an address says so too."""
INITIAL = 0.9
"""An initial that fits is nearly as good as the name."""
_LEGAL = frozenset(
    """
    gmbh ag kg ug ohg se ev mbh co company corp corporation inc incorporated ltd limited llc llp plc sa sas
    sarl srl spa bv nv ab as oy aps sro the group holding
    """.split()  # noqa: SIM905
)


@value
class Known:
    """What is compared of a lead. `name` as `name_key` gives it."""

    number: int
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    name: str | None = None


@value
class Alike:
    """Two leads that may be one person. `why`: phone, company or both_known; `score` 0 to 100."""

    older: int
    newer: int
    why: str
    score: int


def name_key(profile: Profile) -> str | None:
    """A name for comparing: small letters without accents and titles; else what the address spells out."""
    words = name_words(profile.name_only)
    if not words and profile.email:
        local = profile.email.partition("@")[0].lower()
        words = tuple(word for word in re.split(r"[._-]", local) if word.isalpha())
        words = words if len(words) > 1 else ()
    return " ".join(words) or None


def company_key(profile: Profile) -> str | None:
    """What says that two people work for one company: the domain of their address, else of their website.

    A domain of many companies says nothing. Names kept for documentation (`acme.example`) are anybody's, so
    there the company's own name must say the same.
    """
    host = (profile.email and domain_of(profile.email)) or profile.website
    if not host:
        return None
    if domain := company_domain(host) or (company_domain(profile.website) if profile.website else None):
        return domain
    name = registered_domain(host)
    if name is None or not name.endswith(".example"):
        return None
    words = company_words(profile.company)
    return f"{name} {words}" if name.partition(".")[0] in words.split() else None


@lru_cache(maxsize=10_000)
def company_words(company: str | None) -> str:
    """A company's name without its legal form: "Acme GmbH & Co. KG" is "acme"."""
    words = re.findall(r"[^\W_]+", plain_letters(company or ""))
    return " ".join(word for word in words if word not in _LEGAL)


def likeness(a: str, b: str) -> int:
    """How alike two names are, 0 to 100: word by word, each with its best partner, in any order.

    A pair of words counts by the letters they have in common order (difflib's ratio), an initial as 0.9. A
    name of one word is half unknown: it never counts for more than 80.
    """
    shorter, longer = sorted((a.split(), b.split()), key=len)
    if not shorter:
        return 0
    best = max(
        sum(_word(one, other) for one, other in zip(shorter, order, strict=True)) / len(shorter)
        for order in permutations(longer, len(shorter))
    )
    return min(round(100 * best), 80 if len(shorter) == 1 else 100)


@lru_cache(maxsize=10_000)
def _word(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if 1 in (len(a), len(b)):
        return INITIAL if a[0] == b[0] else 0.0
    return SequenceMatcher(None, a, b).ratio()


def two_people(a: Known, b: Known) -> bool:
    """Whether everything we know says that they are two: different addresses and different names."""
    if not (a.email and b.email and a.email != b.email and a.name and b.name):
        return False
    return likeness(a.name, b.name) < APART


def alike(new: Iterable[Known], there: Iterable[Known]) -> list[Alike]:
    """The pairs of a new lead and an older one that somebody should look at.

    With the same phone number they are, unless address and name both say otherwise: a switchboard has many
    people. In the same company they are when their names are alike. Each new one is asked about once, with
    the most alike, the oldest of them: a list of fifty namesakes would be fifty times fifty questions.
    """
    known = {one.number: one for one in there}
    newer = {one.number: one for one in new}
    meets: dict[str, list[Known]] = defaultdict(list)
    for one in (known | newer).values():
        for place in _places(one):
            meets[place].append(one)
    found: dict[int, Alike] = {}
    for one in newer.values():
        for other in (other for place in _places(one) for other in meets[place]):
            pair = _pair(one, other) if other.number != one.number else None
            best = found.get(pair.newer) if pair else None
            if pair and (best is None or (-pair.score, pair.older) < (-best.score, best.older)):
                found[pair.newer] = pair
    return sorted(found.values(), key=lambda pair: (pair.older, pair.newer))


def _places(one: Known) -> list[str]:
    """Where it may meet others: its phone number, and its company if its name is known."""
    company = f"company {one.company}" if one.company and one.name else ""
    return [place for place in (one.phone, company) if place]


def _pair(one: Known, other: Known) -> Alike | None:
    older, newer = sorted((one.number, other.number))
    names = likeness(one.name, other.name) if one.name and other.name else None
    if one.phone and one.phone == other.phone and not two_people(one, other):
        return Alike(older, newer, "phone", 90 if names is None else max(names, 50))
    if one.company and one.company == other.company and names is not None and names >= ALIKE:
        return Alike(older, newer, "company", names)
    return None
