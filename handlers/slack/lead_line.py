"""What somebody typed after `/lead`, read into one small value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from qualification.errors import Refused

HOUSE_WORDS = ("new", "find", "mine", "queue", "import", "definition", "health", "help")
"""Words that stand alone."""
LEAD_WORDS = (
    "claim",
    "qualify",
    "log",
    "nurture",
    "disqualify",
    "snooze",
    "reassign",
    "details",
    "back",
    "won",
    "lost",
    "optout",
    "undo",
    "why",
)
"""Words that follow a lead's number."""
_MAY_BEGIN_WITH_A_NUMBER: Mapping[str, str] = {"won": "amount", "nurture": "date", "snooze": "time"}
"""Words behind which a plain number may be something else than a lead's."""
CARD = "card"
"""A number alone: the lead in short."""
_ALSO: Mapping[str, str] = {
    "?": "help",
    "add": "new",
    "create": "new",
    "search": "find",
    "my": "mine",
    "upload": "import",
    "rules": "definition",
    "take": "claim",
    "score": "why",
    "release": "back",
    "opt-out": "optout",
    "history": "details",
    "close": "disqualify",
    "assign": "reassign",
}
_NOTE = "To keep a note, log it: `log call`, then the note."
_TAKE_NOTHING: Mapping[str, str] = {
    "mine": "It shows your own leads. A colleague's lead you find with `/lead find` and its name; "
    "who carries what, managers see with `/kpi reps`.",
    "queue": "To look for somebody, type `/lead find` and a name.",
    "import": "The file is chosen in the dialog.",
    "definition": "It shows the rules in force.",
    "health": "It is about the whole app.",
    "claim": "To give it to somebody else, use `reassign @ben`.",
    "qualify": "The answers are given in the dialog.",
    "details": "To look for something else, type `/lead find`.",
    "back": _NOTE,
    "optout": _NOTE,
    "undo": "It takes back the last thing you did.",
}
"""Words that stand by themselves, and what somebody may have wanted who typed more."""
_KINDS: Mapping[str, str] = {
    "no answer": "no_answer",
    "no_answer": "no_answer",
    "call": "call",
    "phone": "call",
    "talked": "call",
    "mail": "mail",
    "email": "mail",
    "e-mail": "mail",
    "meeting": "meeting",
}
_NUMBER = re.compile(r"(?:l-?|#)?(\d{1,9})", re.IGNORECASE | re.ASCII)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


class UnknownWord(Refused):
    """Nothing we do is called that; the text names the nearest thing that is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to do: a word, the lead it is about if any, and what follows the word as it was typed."""

    word: str
    number: int | None = None
    rest: str = ""


def read_line(text: str) -> Asked:
    """Read the line. Nothing means help, a number alone the lead in short, and word and number may swap.

    Raises:
        UnknownWord: no such word; the nearest one is named, never guessed at and done.
    """
    first, _, after = text.strip().partition(" ")
    after = after.strip()
    if not first:
        return Asked("help")
    number = _number(first)
    if number is not None:
        word, _, rest = after.partition(" ")
        return Asked(_known(word, LEAD_WORDS, f"L-{number} ") if word else CARD, number, rest.strip())
    second, _, rest = after.partition(" ")
    number = _number(second) if _plain(first) in LEAD_WORDS else None
    if number is not None:
        _no_other_number(_plain(first), second, after)
        return Asked(_plain(first), number, rest.strip())
    if _plain(first) in LEAD_WORDS:
        raise UnknownWord(f"Which lead? Type its number first: `/lead L-1042 {_plain(first)}`.")
    return Asked(_known(first, HOUSE_WORDS), None, after)


def must_stand_alone(asked: Asked) -> None:
    """Some words take nothing behind them: what was typed there meant something, and must not be dropped.

    Raises:
        Refused: there is something; nothing was done.
    """
    hint = _TAKE_NOTHING.get(asked.word)
    if hint is None or not asked.rest:
        return
    typed = f"L-{asked.number} {asked.word}" if asked.number is not None else asked.word
    raise Refused(
        f"`{asked.word}` takes nothing behind it, so I did nothing with “{_shown(asked.rest)}”. {hint} "
        f"For `{asked.word}` itself, type `/lead {typed}`."
    )


def read_touch(rest: str) -> tuple[str, str | None] | None:
    """The kind of touch and the note after it, from "call they want a demo"; None when nothing was said.

    Raises:
        Refused: it begins with no kind of touch we log.
    """
    if not rest:
        return None
    said = rest.lower()
    for words, kind in _KINDS.items():
        if said == words or said.startswith(f"{words} "):
            note = rest[len(words) :].strip()
            if kind == "call" and note.lower().startswith("no answer"):
                return "no_answer", note[len("no answer") :].strip() or None
            return kind, note or None
    raise Refused("Log what? Type `log call`, `log no answer`, `log mail` or `log meeting`, then a note.")


def read_reason(rest: str, codes: Iterable[str]) -> tuple[str, str | None]:
    """A reason code and the note after it, from "no budget until spring".

    Raises:
        Refused: it begins with none of the codes; the nearest is named.
    """
    known = tuple(codes)
    words = rest.split()
    for count in range(len(words), 0, -1):
        code = "_".join(words[:count]).lower().strip(".,:;").replace("-", "_")
        if code in known:
            return code, " ".join(words[count:]) or None
    said = "_".join(words[:2]).lower()
    near = get_close_matches(said, known, 1, 0.6) or get_close_matches(words[0].lower(), known, 1, 0.6)
    hint = f" Did you mean `{near[0]}`?" if near else f" Choose one of: {', '.join(known)}."
    raise Refused(f"“{_shown(rest)}” is no reason we know.{hint}")


def read_person(rest: str) -> str | None:
    """The Slack id in a mention, or None when it is none (or nothing)."""
    found = _MENTION.fullmatch(rest.strip())
    return found[1] if found else None


def _no_other_number(word: str, number: str, after: str) -> None:
    """ "won 1000" may be an amount and "nurture 15 Jan" a date: only what is marked as a lead is one.

    Raises:
        UnknownWord: it may be either.
    """
    what = _MAY_BEGIN_WITH_A_NUMBER.get(word)
    if what is None or not number.isdigit():
        return
    rest = _shown(after[len(number) :].strip())
    as_lead = f"/lead L-{int(number)} {word} {rest}".strip()
    raise UnknownWord(
        f"Which lead? If {number} begins the {what}, type `/lead L-1042 {word} {_shown(after)}`, with the "
        f"lead's own number. If it is the lead, type `{as_lead}`."
    )


def _number(word: str) -> int | None:
    found = _NUMBER.fullmatch(word)
    return int(found[1]) if found else None


def _plain(word: str) -> str:
    said = word.lower().rstrip(".,!")
    return _ALSO.get(said, said)


def _known(word: str, words: tuple[str, ...], about: str = "") -> str:
    said = _plain(word)
    if said in words:
        return said
    near = get_close_matches(said, (*words, *_ALSO), 1, 0.6)
    if near:
        meant = _ALSO.get(near[0], near[0])
        if meant in words:
            raise UnknownWord(f"“{_shown(word)}” is nothing I know. Did you mean `/lead {about}{meant}`?")
    far = get_close_matches(said, LEAD_WORDS, 1, 0.7) if not about else []
    if far:
        raise UnknownWord(f"Which lead? Type its number first: `/lead L-1042 {far[0]}`.")
    search = "" if about else f" To search, type `/lead find {_shown(word)}`."
    raise UnknownWord(f"“{_shown(word)}” is nothing I know.{search} `/lead help` lists what I do.")


def _shown(text: str) -> str:
    """What was typed, short and unable to format or mention anything."""
    return re.sub(r"[<>&`*~]", "", text)[:40]
