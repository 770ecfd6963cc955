"""What a chat message says about a lead, to prefill a dialog that a person checks. Unsure means nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import unescape

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number

from qualification.matching import clean_text, email_key, registered_domain

LONGEST = 3_000
LONGEST_FIELD = 80

_LINK = re.compile(r"<(?:(mailto|tel):)?([^<>|]+)(?:\|([^<>]*))?>")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>|,;)]+", re.IGNORECASE)
_LABELS = {
    "email": "e-?mail|mail|email address",
    "phone": "phone|tel|telephone|mobile|cell|telefon|phone number",
    "name": "name|full name|contact|contact person",
    "company": "company|organi[sz]ation|firma|employer",
    "title": "title|job title|role|position|job",
    "website": "website|web|url|site|homepage",
    "message": "message|notes?|comments?|request|question",
}
_LABELLED = {
    field: re.compile(rf"(?:{words})\s*[:=]\s*(.+)", re.IGNORECASE | re.DOTALL)
    for field, words in _LABELS.items()
}
_CLOSING = re.compile(
    r"(?:(?:(?:best|kind|warm|many)\s+)?(?:regards|wishes|thanks)|best|cheers|sincerely|thank you"
    r"|yours(?: truly)?|thanks(?: a lot| again)?|viele grüße|beste grüße|mit freundlichen grüßen|mfg|vg"
    r"|--|—)[,.!]?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:C[EFIMOT]O|CRO|CISO|[ES]?VP|Vice President|President|Head of|Director|Manager|Founder|Co-?founder"
    r"|Owner|Partner|Chief|Lead|Engineer|Developer|Architect|Consultant|Analyst|Buyer|Purchasing|Procurement"
    r"|Assistant|Specialist|Coordinator|Officer|Geschäftsführer(?:in)?|Leiter(?:in)?)\b"
)
_LEGAL = re.compile(
    r"\b(?:GmbH|AG|KG|UG|SE|Inc|Ltd|LLC|LLP|Corp|Corporation|PLC|BV|B\.V\.|SA|S\.A\.|SAS|SRL|Oy|AB|ApS)\b\.?"
)
# Two capitalised words that are nobody's name.
_NOBODY = re.compile(
    r"\b(?:Team|Sales|Support|Marketing|Labs?|Group|Systems?|Software|Solutions?|Services?|University|Company|Hello"
    r"|Hi|Hey|Dear|Hallo|The|New|Demo|Request|Lead|Form|Contact|Sent|Re|Fwd|On|My|Our|Your|We|They|Is|In)\b"
)
# "Ada", "O'Neil", "van der Berg", "Ada K. Lovelace": two to four words, small particles only in between.
_WORD = r"\b[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’-][^\W\d_]+){0,2}"
_NAME = re.compile(
    rf"{_WORD}(?:[ \t]+(?:{_WORD}\.?|van|von|der|den|de|da|di|del|la|le|bin|al)){{0,2}}[ \t]+{_WORD}"
)
_SPOKEN = re.compile(
    r"\b(?i:i am|i'm|i’m|my name is|this is|met|talked to|spoke (?:to|with)|(?:call|mail) from)[ \t]+"
    rf"(?P<name>{_NAME.pattern})"
)
_ADDRESSED = re.compile(rf"(?P<name>{_NAME.pattern})\s*[<(]\s*{_EMAIL.pattern}\s*[>)]")
_WHERE = re.compile(r"[ \t]+(?:at|@|from|bei)[ \t]+")
_WORDS = re.compile(r"[A-ZÄÖÜ0-9][\w&.'-]*(?: (?:(?:of|und|and|für|for|&) )?[A-ZÄÖÜ0-9][\w&.'-]*){0,4}")
_TOLD = re.compile(
    rf"(?:,\s*(?P<title>[^,]{{2,60}}?))?\s*,?[ \t]+(?:at|from|of|with)[ \t]+(?P<company>{_WORDS.pattern})"
)
# Pages about people and tools, not a company's own.
_NOT_THEIRS = frozenset(
    [
        "linkedin.com",
        "xing.com",
        "slack.com",
        "calendly.com",
        "zoom.us",
        "facebook.com",
        "x.com",
        "twitter.com",
    ]
)


@dataclass(frozen=True)
class Guess:
    """What could be read without doubt; None is "not known". `phone` is E.164, `email` as it was written."""

    email: str | None = None
    phone: str | None = None
    name: str | None = None
    company: str | None = None
    title: str | None = None
    website: str | None = None
    message: str | None = None


def guess_lead(text: str, country: str) -> Guess:
    """Read a message as Slack sends it (mrkdwn with links in <…>) for a lead's fields.

    Labelled lines ("Company: Acme") win over a signature, a signature over a sentence. Two different
    addresses, phones or sites leave that field empty: which one is the lead's is for a person to say.

    Args:
        country: ISO 3166 code that national phone numbers are read for.
    """
    plain = clean_text(_unwrap(text), LONGEST, lines=True)
    said, body = _labelled([line.strip() for line in plain.split("\n")])
    above, signature = _signature(body)
    found = _from_lines(signature) if signature else Guess()
    if found.name is None:
        found = _first(found, _from_lines([line for line in body if _EMAIL.search(line)]), _spoken(plain))
    email = _only((e for e in _EMAIL.findall(said.get("email", "") or plain) if email_key(e)), email_key)
    return Guess(
        email=email,
        phone=_phone(said.get("phone", "") or plain, country),
        name=_short(_bare(said.get("name"))) or found.name,
        company=_short(_bare(said.get("company"))) or found.company,
        title=_short(_bare(said.get("title"))) or found.title,
        website=_website(said.get("website"), plain),
        message=said.get("message") or _message(above),
    )


def _bare(value: str | None) -> str | None:
    """A labelled value up to an address that somebody wrote behind it."""
    return _EMAIL.split(value, maxsplit=1)[0].strip(" \t,;<(") if value else None


def _unwrap(text: str) -> str:
    """Slack's links and escapes as a person reads them; mentions of people and channels go."""

    def shown(match: re.Match[str]) -> str:
        return "" if match[2][0] in "@#!" else match[2]

    return unescape(re.sub(r"(?<![\w@])[*_~`]+|[*_~`]+(?![\w@])", "", _LINK.sub(shown, text)))


def _labelled(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Values of labelled lines, and the lines without. A message goes on to the end or the next label."""
    said: dict[str, str] = {}
    rest: list[str] = []
    in_message = False
    for line in lines:
        matches = ((name, shape.fullmatch(line)) for name, shape in _LABELLED.items())
        field, value = next(((name, match[1]) for name, match in matches if match), ("", ""))
        if field and field not in said:
            said[field], in_message = value.strip(), field == "message"
        elif in_message:
            said["message"] = f"{said['message']}\n{line}".rstrip()
        else:
            rest.append(line)
    return said, rest


def _signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines above a closing formula, and the ones below it (none without one)."""
    for number in range(len(lines) - 1, -1, -1):
        if _CLOSING.fullmatch(lines[number]):
            return lines[:number], [line for line in lines[number + 1 :] if line]
    return lines, []


def _from_lines(lines: list[str]) -> Guess:
    """Name, title and company from a signature's lines, or from one line with commas or bars in it."""
    name = title = company = None
    for part in (part for line in lines for part in _parts(line)):
        ahead, *where = _WHERE.split(part, maxsplit=1)
        if name is None and title is None and _is_name(ahead):
            name, company = ahead, company or next(iter(where), None)
        elif title is None and _TITLE.search(ahead):
            title, company = ahead, company or next(iter(where), None)
        elif company is None and (_LEGAL.search(part) or (title and name and _WORDS.fullmatch(part))):
            company = part
    return Guess(name=_short(name), title=_short(title), company=_short(company)) if name else Guess()


def _parts(line: str) -> list[str]:
    """A line cut at commas, bars, dashes and brackets, without addresses, sites and numbers."""
    bare = _URL.sub("|", _EMAIL.sub("|", line))
    return [part for part in (p.strip(" \t.:-–") for p in re.split(r"[,;|·•<>()]|\s[-–—]\s", bare)) if part]


def _spoken(text: str) -> Guess:
    """A name before its address, or in a sentence: "Met Ada Lovelace, VP Engineering at Acme"."""
    match = _ADDRESSED.search(text) or _SPOKEN.search(text)
    if match is None or not _is_name(match["name"]):
        return Guess()
    after = re.split(r"[.!?\n]", text[match.end() :], maxsplit=1)[0]
    return _first(Guess(name=_short(match["name"])), _beside(after))


def _is_name(words: str) -> bool:
    return bool(_NAME.fullmatch(words)) and not any(
        shape.search(words) for shape in (_TITLE, _LEGAL, _NOBODY)
    )


def _beside(after: str) -> Guess:
    """Title and company in the rest of the sentence, when they follow the name directly."""
    told = _TOLD.match(after)
    if told is None:
        return Guess()
    title = told["title"] if told["title"] and _TITLE.search(told["title"]) else None
    return Guess(title=title, company=told["company"].rstrip(".,'-"))


def _first(*guesses: Guess) -> Guess:
    """Per field the first that knows it."""
    known = Guess()
    for guess in guesses:
        news = {name: value for name, value in vars(guess).items() if value and not getattr(known, name)}
        known = replace(known, **news)
    return known


def _phone(text: str, country: str) -> str | None:
    """The number, if there is one and only one."""
    matches = PhoneNumberMatcher(text, country.upper() or None)
    found = {format_number(match.number, PhoneNumberFormat.E164) for match in matches}
    return found.pop() if len(found) == 1 else None


def _website(labelled: str | None, text: str) -> str | None:
    if labelled:
        return labelled.split()[0] if registered_domain(labelled.split()[0]) else None
    sites = (url.rstrip(".!?'\"") for url in _URL.findall(_EMAIL.sub(" ", text)))
    return _only(
        (site for site in sites if registered_domain(site) not in {None, *_NOT_THEIRS}), registered_domain
    )


def _only(found: Iterable[str], key: Callable[[str], str | None]) -> str | None:
    """The first, if all of them mean the same."""
    each = list(found)
    return each[0] if len({key(one) for one in each}) == 1 else None


def _message(lines: list[str]) -> str | None:
    """What was written, without lines that hold nothing but contact data and the name."""
    told = [line for line in lines if not line or re.search(r"[^\W\d_]{2}", " ".join(_parts(line)))]
    words = "\n".join(told).strip()
    return words if len(words.split()) > 3 else None


def _short(value: str | None) -> str | None:
    """A value that fits a field; longer ones are no names."""
    return value if value and len(value) <= LONGEST_FIELD else None
