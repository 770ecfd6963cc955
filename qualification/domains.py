"""What a mail domain or a website says about a company: whose it is, or that it says nothing."""

from __future__ import annotations

import ipaddress
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from qualification.public_suffix import public_suffix

KnockOut = Literal["own_domain", "competitor", "disposable", "student"]

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
    """.split()  # noqa: SIM905  two hundred quoted strings would hide what is in the list
)
# Addresses that live for minutes. Nobody who wants an answer uses one.
DISPOSABLE = frozenset(
    """
    mailinator.com guerrillamail.com guerrillamail.info grr.la sharklasers.com 10minutemail.com
    temp-mail.org tempmail.com yopmail.com yopmail.fr trashmail.com trashmail.de throwawaymail.com
    getnada.com maildrop.cc dispostable.com fakeinbox.com mailnesia.com mintemail.com moakt.com
    mohmal.com emailondeck.com spamgourmet.com mytemp.email tempr.email discard.email mailcatch.com
    wegwerfmail.de byom.de muellmail.com spambog.com
    """.split()  # noqa: SIM905
)
# RFC 2606: names kept for documentation. Whoever uses them is not one company.
RESERVED = frozenset({"example.com", "example.org", "example.net"})
RESERVED_ENDINGS = frozenset({"example", "test", "invalid", "localhost"})
STUDENT_LABELS = frozenset({"student", "students", "stud", "stu", "studenti", "estudiantes", "etu", "alumni"})


def domain_of(email: str) -> str | None:
    """The part after the last @, lower-cased, or None where there is none."""
    local, at, domain = email.strip().rpartition("@")
    return domain.lower().rstrip(".") or None if at and local else None


@lru_cache(maxsize=10_000)
def registered_domain(host: str) -> str | None:
    """What somebody registered: `shop.acme.co.uk` and `https://acme.co.uk/x` both give `acme.co.uk`.

    A name under an ending that the bundled public suffix list doesn't know (as `.example`) counts with two
    labels, which is that list's own default rule. None for IP addresses, single words and endings alone.
    """
    name = _host(host)
    if name is None:
        return None
    suffix = public_suffix(name)
    if suffix is not None:
        own = name[: -len(suffix) - 1].rpartition(".")[2]
        return f"{own}.{suffix}" if own else None
    return ".".join(name.split(".")[-2:]) if "." in name else None


@lru_cache(maxsize=10_000)
def is_free_mail(domain: str) -> bool:
    """A consumer mailbox provider: the address says nothing about a company, and costs points of fit."""
    return _in(domain, FREE_MAIL)


def is_shared_domain(domain: str) -> bool:
    """Free mail, or a name kept for documentation: two people there don't work for the same company."""
    name = domain.lower().rstrip(".")
    return is_free_mail(name) or name.rpartition(".")[2] in RESERVED_ENDINGS or _in(name, RESERVED)


@lru_cache(maxsize=10_000)
def company_domain(host: str) -> str | None:
    """The registered domain where it stands for one company: no free mail, none shared, none thrown away."""
    name = registered_domain(host)
    if name is None or is_shared_domain(name) or _in(name, DISPOSABLE):
        return None
    return name


def screen_domain(
    domain: str,
    own: AbstractSet[str] = frozenset(),
    competitors: AbstractSet[str] = frozenset(),
    disposable: AbstractSet[str] = DISPOSABLE,
) -> KnockOut | None:
    """Why nobody should sell to this domain, or None. A listed domain includes everything below it."""
    if _in(domain, own):
        return "own_domain"
    if _in(domain, competitors):
        return "competitor"
    if _in(domain, disposable):
        return "disposable"
    return "student" if STUDENT_LABELS & set(domain.lower().split(".")[:-1]) else None


def is_listed(domain: str, names: AbstractSet[str]) -> bool:
    """Whether a list names the domain, or one it lies under."""
    return _in(domain, names)


def _in(domain: str, names: AbstractSet[str]) -> bool:
    """Is the domain, or one it lies under, in the list?"""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in names for start in range(len(labels)))


def _host(text: str) -> str | None:
    """The host in a name or an address of a page, or None."""
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
    """As it stands in addresses; what can't be written so stays as it is."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
