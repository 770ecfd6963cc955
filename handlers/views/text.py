"""Words from outside made safe to show: nothing typed by a lead may ping, format or hide anything."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote as percent
from zoneinfo import ZoneInfo

LINE = 150
"""Most characters of one outside value on a line (a name, a title, a company)."""
QUOTE = 500
"""Most characters of a message on a card; Details shows all of it."""
ROWS = 6
"""Most lines of it: a card has to fit a phone."""
SECTION = 2900
"""Slack refuses a section over 3,000 characters."""

_JOINERS = "\u200c\u200d"
"""Needed inside Persian words and emoji; every other invisible character goes."""
_MARKS_IN_A_ROW = 4
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Slack's mrkdwn has no backslash escape, so the characters that format are swapped for ones that look alike.
_LOOKALIKES = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
_FORMATTING_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")


def clean(text: str) -> str:
    """The text without what can't be seen or turns the line around: controls, bidi overrides, zero widths."""
    kept: list[str] = []
    marks = 0
    for char in (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    ):
        category = unicodedata.category(char)
        if char == "\t":
            kept.append(" ")
            continue
        # Cs are lone surrogates: they can't be sent as UTF-8 at all.
        if category in ("Cc", "Cf", "Cs") and char != "\n" and char not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept).strip()


def clip(text: str, n: int) -> str:
    """At most `n` characters of the text, ending in "…" where something was cut."""
    if len(text) <= n:
        return text
    return text[: max(n - 1, 0)].rstrip().rstrip(_JOINERS) + "…"


def escape(text: str) -> str:
    """Outside text for a mrkdwn field: reads the same, can't mention, link or format.

    Grows up to five times (each `&` becomes `&amp;`), so `clip` first.
    """
    return _entities(_unformatted(text))


def _unformatted(text: str) -> str:
    return _FORMATTING_UNDERSCORE.sub("ˍ", clean(text).translate(_LOOKALIKES))


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(char, char) for char in text)


def line(text: str, n: int = LINE) -> str:
    """Outside text on one line, clipped and escaped."""
    return escape(plain_line(text, n))


def plain_line(text: str, n: int = LINE) -> str:
    """Outside text on one line for a plain_text field, which neither formats nor mentions."""
    return clip(" ".join(clean(text).split()), n)


def bold(text: str) -> str:
    """Outside text on one line, in bold."""
    return f"*{line(text)}*" if line(text) else ""


def quote(text: str, n: int = QUOTE, rows: int = ROWS) -> str:
    """Outside text as a block quote, each line marked; "" when nothing readable is left."""
    written = [row.strip() for row in clip(clean(text), n).split("\n") if row.strip()]
    if len(written) > rows:
        written = [*written[: rows - 1], f"{written[rows - 1].rstrip('…')}…"]
    return "\n".join(f">{escape(row)}" for row in written)


def pages(text: str, n: int = SECTION) -> list[str]:
    """All of an outside text in pieces of at most `n` escaped characters, cut between words where it can."""
    rest, shown = _unformatted(text), []
    while rest:
        room = min(n, len(rest))
        while (size := len(_entities(rest[:room]))) > n:
            room = room * n // size
        if room < len(rest):
            room = max(rest.rfind(" ", 0, room), rest.rfind("\n", 0, room)) + 1 or room
        if piece := _entities(rest[:room]).strip():
            shown.append(piece)
        rest = rest[room:]
    return shown


def mention(user: str) -> str:
    """A person or bot by Slack id. Only for ids that Slack gave us: anything else is shown as text."""
    return f"<@{user}>" if re.fullmatch(r"[UW][A-Z0-9]+", user) else line(user)


def when(moment: datetime, zone: ZoneInfo) -> str:
    """A date each reader sees in their own time; the fallback is the workspace's time, named."""
    local = moment.astimezone(zone)
    named = "UTC" if local.utcoffset() == moment.astimezone(UTC).utcoffset() else (local.tzname() or "")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{local:%Y-%m-%d %H:%M} {named}>"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """The same without the time of day."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}}|{moment.astimezone(zone):%Y-%m-%d}>"


def link(url: str, label: str) -> str:
    """A link whose label is ours. The address is percent-encoded where it could end the link early."""
    address = percent(clean(url), safe=":/?#[]@!$&()*+,;=%~-._").replace("&", "&amp;")
    return f"<{address}|{label}>"


def mail_link(address: str) -> str:
    """An e-mail address to press."""
    shown = plain_line(address)
    return f"<mailto:{percent(shown, safe='@+')}|{escape(shown).replace('|', '¦')}>" if shown else ""


def phone_link(number: str) -> str:
    """A phone number to tap; as it was given, dialled without its blanks and brackets."""
    shown = plain_line(number)
    digits = re.sub(r"[^0-9+]", "", re.sub(r"\(0\)", "", shown))
    if len(digits) < 5:
        return escape(shown)
    return f"<tel:{digits}|{escape(shown).replace('|', '¦')}>"
