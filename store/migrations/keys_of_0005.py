"""How migration 0005 read who somebody is and for whom they work, as the code was then.

Copied, and never changed: a migration has to give tomorrow what it gave when it was released, whatever the
rules, their names and their files have become.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "mme", "ing", "dipl", "jr", "sr"]
)
MOST_NAMES = 5
LEGAL = frozenset(
    """
    gmbh ag kg ug ohg se ev mbh co company corp corporation inc incorporated ltd limited llc llp plc sa sas
    sarl srl spa bv nv ab as oy aps sro the group holding
    """.split()  # noqa: SIM905
)
FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de
    hotmail.fr hotmail.it live.com live.co.uk live.de live.fr live.nl msn.com yahoo.com yahoo.co.uk
    yahoo.co.in yahoo.co.jp yahoo.de yahoo.es yahoo.fr yahoo.it yahoo.com.br ymail.com rocketmail.com
    icloud.com me.com mac.com aol.com aim.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.fr web.de
    t-online.de freenet.de arcor.de mail.de posteo.de mailbox.org email.de proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com fastmail.com fastmail.fm hey.com
    zoho.com zohomail.com mail.com email.com usa.com hushmail.com inbox.com mail.ru bk.ru list.ru
    inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz
    centrum.cz azet.sk freemail.hu citromail.hu abv.bg libero.it virgilio.it tiscali.it alice.it tin.it
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bluewin.ch hispeed.ch aon.at chello.at
    telenet.be skynet.be ziggo.nl kpnmail.nl home.nl planet.nl xs4all.nl telia.com online.no hotmail.se
    btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk comcast.net
    verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
    optonline.net shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au uol.com.br bol.com.br
    terra.com.br qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net
    rediffmail.com sapo.pt
    """.split()  # noqa: SIM905
)
DISPOSABLE = frozenset(
    """
    mailinator.com guerrillamail.com guerrillamail.info grr.la sharklasers.com 10minutemail.com
    temp-mail.org tempmail.com yopmail.com yopmail.fr trashmail.com trashmail.de throwawaymail.com
    getnada.com maildrop.cc dispostable.com fakeinbox.com mailnesia.com mintemail.com moakt.com
    mohmal.com emailondeck.com spamgourmet.com mytemp.email tempr.email discard.email mailcatch.com
    wegwerfmail.de byom.de muellmail.com spambog.com
    """.split()  # noqa: SIM905
)
RESERVED = frozenset({"example.com", "example.org", "example.net"})
RESERVED_ENDINGS = frozenset({"example", "test", "invalid", "localhost"})
REGISTRIES_END = "// ===END ICANN DOMAINS==="


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is. Its name and its fields decide the order of two that were told at one instant."""

    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    title: str | None = None
    employees: int | None = None
    industry: str | None = None
    country: str | None = None
    website: str | None = None


def keys_of(body: Mapping[str, Any]) -> dict[str, str | None]:
    """The company's and the person's key of a lead's body."""
    profile = _profile(body)
    return {"company": _company_key(profile), "person": _name_key(profile)}


def _profile(body: Mapping[str, Any]) -> Profile:
    known = {one.name for one in fields(Profile)}
    given = [
        (
            datetime.fromisoformat(one["at"]),
            Profile(**{name: value for name, value in (one.get("profile") or {}).items() if name in known}),
        )
        for one in body.get("given") or ()
    ]
    merged = Profile()
    for _, one in sorted(given, key=lambda told: (told[0], repr(told[1]))):
        told = {name: value for name in known if (value := getattr(one, name)) is not None}
        merged = replace(merged, **told)
    return merged


def _name_key(profile: Profile) -> str | None:
    name = " ".join(part for part in (profile.first_name, profile.last_name) if part)
    found = re.findall(r"[^\W\d_]+", _plain_letters(name))
    words = [word for word in found if word not in TITLES][:MOST_NAMES]
    if not words and profile.email:
        local = profile.email.partition("@")[0].lower()
        words = [word for word in re.split(r"[._-]", local) if word.isalpha()]
        words = words if len(words) > 1 else []
    return " ".join(words) or None


def _plain_letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _company_key(profile: Profile) -> str | None:
    host = (profile.email and _domain_of(profile.email)) or profile.website
    if not host:
        return None
    if domain := _company_domain(host) or (_company_domain(profile.website) if profile.website else None):
        return domain
    name = _registered_domain(host)
    if name is None or not name.endswith(".example"):
        return None
    words = " ".join(
        word for word in re.findall(r"[^\W_]+", _plain_letters(profile.company or "")) if word not in LEGAL
    )
    return f"{name} {words}" if name.partition(".")[0] in words.split() else None


def _domain_of(email: str) -> str | None:
    local, at, domain = email.strip().rpartition("@")
    return domain.lower().rstrip(".") or None if at and local else None


@lru_cache(maxsize=10_000)
def _company_domain(host: str) -> str | None:
    name = _registered_domain(host)
    if name is None or name.rpartition(".")[2] in RESERVED_ENDINGS:
        return None
    labels = name.split(".")
    parents = {".".join(labels[start:]) for start in range(len(labels))}
    return None if parents & (FREE_MAIL | RESERVED | DISPOSABLE) else name


@lru_cache(maxsize=10_000)
def _registered_domain(host: str) -> str | None:
    name = _host(host)
    if name is None:
        return None
    suffix = _public_suffix(name)
    if suffix is not None:
        own = name[: -len(suffix) - 1].rpartition(".")[2]
        return f"{own}.{suffix}" if own else None
    return ".".join(name.split(".")[-2:]) if "." in name else None


def _host(text: str) -> str | None:
    address = text.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:
        return None
    if not host:
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _ascii(host.rstrip(".")) or None
    return None


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _public_suffix(host: str) -> str | None:
    labels, rules = host.split("."), _rules()
    for start in range(len(labels)):
        ending = ".".join(labels[start:])
        if f"!{ending}" in rules:
            return ending.partition(".")[2]
        if ending in rules or (start + 1 < len(labels) and f"*.{'.'.join(labels[start + 1 :])}" in rules):
            return ending
    return None


@cache
def _rules() -> frozenset[str]:
    """The list as tldextract bundles it; without it every ending counts as one label, its own default."""
    package = find_spec("tldextract")
    if package is None or package.origin is None:
        return frozenset()
    text = Path(package.origin).with_name(".tld_set_snapshot").read_text(encoding="utf-8")
    lines = text.partition(REGISTRIES_END)[0].splitlines()
    return frozenset(_ascii(line.strip()) for line in lines if line.strip() and not line.startswith("//"))
