"""A question in plain words, read by rules alone: `how did webinar leads convert last month vs the month before`.

A word that means nothing to us is never passed over in silence: then we ask back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from qualification.attribution import Model
from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension, Kpi
from qualification.kpi_question import EXAMPLES, MODELS, Only, Question, against_of
from qualification.periods import parse_period
from qualification.plain_periods import find_spans
from qualification.plain_values import Known, mentioned, similar
from qualification.plain_vocabulary import (
    COUNT,
    DIMENSION_WORDS,
    EVERY_WORD,
    FIRST_PERSON,
    MODEL,
    NEGATED,
    OPEN_ENDED,
    POLITE,
    SAME,
    SHAPES,
    SPLIT,
    STOP,
    UNSPLIT,
    Shape,
)
from qualification.plain_windows import CHANGING, MARK, Windows, find_windows

LONGEST = 300
MOST_READINGS = 3
COMPARES_ALREADY = frozenset({"overview", "lvr", "quality"})
_WORD = re.compile(r"[\w'@&+]+")
NOTHING_SAID = "I did not understand that."


class Unsure(Refused):
    """Several readings, or none that we would swear to: the likeliest are offered, best first."""

    def __init__(self, why: str, readings: Sequence[Question]) -> None:
        self.why = why
        self.readings = tuple(readings[:MOST_READINGS])
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Read:
    """A question as understood; `default` says so where a part of it was our choice."""

    question: Question
    default: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a sentence was taken apart into."""

    names: tuple[str, ...]
    windows: Windows
    only: tuple[Only, ...]
    by: Dimension | None
    model: Model
    changing: bool
    share: bool
    unknown: tuple[str, ...]
    doubt: str = ""


@dataclass(frozen=True)
class _Reader:
    now: datetime
    zone: ZoneInfo
    known: Known
    named: Mapping[str, Sequence[Only]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def read_plain(text: str, now: datetime, zone: ZoneInfo, known: Known) -> Read:
    """The question in these words.

    Raises:
        Unsure: it could be meant in several ways; its `readings` are questions to choose from.
        Refused: nothing could be made of it, with examples.
        ValueError: `now` has no timezone.
    """
    if now.tzinfo is None:
        raise ValueError("Periods need a now with a timezone.")
    if len(text) > LONGEST:
        raise Refused(f"That is a long question. Please ask in one sentence. {EXAMPLES}")
    reader = _Reader(now, zone, known, known.named())
    return _read(reader, text, again=True)


def _read(reader: _Reader, text: str, *, again: bool) -> Read:
    parts = _take_apart(reader, text)
    if parts.unknown:
        raise _about_unknown(reader, text, parts, again=again)
    doubts = [doubt for doubt in (parts.doubt, parts.windows.doubt) if doubt]
    if not parts.names:
        if parts.only or parts.by or doubts or not parts.windows.period:
            raise _which_number(reader, parts)
        return Read(_made(reader, parts, COUNT), "you named no number, so this is the overview")
    if doubts or len(parts.names) > 1 or len(parts.only) > 1:
        raise _unsure(reader, parts, " ".join(doubts))
    return Read(_made(reader, parts, parts.names[0]))


def _take_apart(reader: _Reader, text: str) -> _Parts:
    text = _clean(text)
    share = re.search(r"(?:^| )(?:--)?share$", text) is not None
    text = re.sub(r"(?:^| )(?:--)?share$", "", text)
    if NEGATED.search(text):
        raise Refused(
            "I can't leave something out of a number yet, but I can look at one source, campaign, rep or "
            "variant, or split by it: `/kpi conversion by source`."
        )
    text, only, doubt = _take_values(reader, text)
    windows = find_windows(text, reader.today)
    rest = re.sub(r"[-_/→>]+", " ", windows.text)
    for shape, word in SAME:
        rest = shape.sub(word, rest)
    # What was said of me is cut out, "show me" before it, so that it is no question about mine.
    rest = POLITE.sub(" ", rest)
    mine = FIRST_PERSON.search(rest) is not None and not only
    rest = " ".join(FIRST_PERSON.sub(" ¤ " if mine else " ", rest).split())
    if mine:
        only = _mine(reader)
    model, rest = _take_model(rest)
    by, split_free = _take_split(rest)
    names, explained = _names(rest, only, by)
    changing = CHANGING.search(rest) is not None
    unknown = tuple(_unexplained(split_free, explained))
    return _Parts(names, windows, only, by, model, changing, share, unknown, doubt)


def _clean(text: str) -> str:
    """Lower case, one kind of apostrophe, no punctuation; a mention of Slack's becomes the person's id."""
    text = re.sub(r"<@([A-Za-z0-9]+)(?:\|[^>]*)?>", r" @\1 ", text)
    text = re.sub(r"[’`´]", "'", text.lower())
    text = re.sub(r"[^\w\s@'&+./→>%-]", " ", text)
    text = re.sub(r"\.(?=\s|$)|(?<!\S)[.'-]+(?!\S)", " ", text)
    # "ana's" is ana and a sign of the possessive; "leads'" is leads.
    text = re.sub(r"'s\b", " 's", text)
    return " ".join(re.sub(r"'(?=\s|$)|(?<!\S)'(?!s\b)", " ", text).split())


def _take_values(reader: _Reader, text: str) -> tuple[str, tuple[Only, ...], str]:
    """The text without the values it names, those values, and what is unclear about them."""
    tokens = list(re.finditer(r"[\w@'&+]+", text.replace("_", " ")))
    words = [token[0] for token in tokens]

    def is_ordinary(word: str) -> bool:
        bare = word.lstrip("@")
        return (
            bare in STOP
            or bare.removesuffix("s") in DIMENSION_WORDS
            or bool(find_spans(f"in {bare}", reader.today))
            or any(shape.words.fullmatch(bare) for shape in SHAPES)
        )

    found = mentioned(words, reader.named, is_ordinary)
    for one in reversed(found):
        start, end = tokens[one.start].start(), tokens[one.end - 1].end()
        text = f"{text[:start]} ¤ {text[end:]}"
    only = tuple(dict.fromkeys(value for one in found for value in one.meant))
    several = [one for one in found if len(one.meant) > 1]
    doubt = ""
    if several:
        doubt = "That name stands for more than one thing here."
    elif len(only) > 1:
        doubt = "I can look at one of them, or at all beside each other."
    return " ".join(text.split()), only, doubt


def _mine(reader: _Reader) -> tuple[Only, ...]:
    if reader.known.me is None:
        raise Refused("I don't know who you are here. Please name the rep: `/kpi reps only rep=ana`.")
    return (("rep", reader.known.me),)


def _take_model(text: str) -> tuple[Model, str]:
    found = MODEL.search(text)
    if found is None:
        return "first", text
    model = next(one for one in MODELS if one == found[1])
    return model, f"{text[: found.start()]} attribution {text[found.end() :]}"


def _take_split(text: str) -> tuple[Dimension | None, str]:
    found = SPLIT.search(text)
    if found is None:
        return None, text
    word = next(group for group in found.groups() if group)
    return DIMENSION_WORDS[word], f"{text[: found.start()]} {text[found.end() :]}"


def _names(text: str, only: Sequence[Only], by: Dimension | None) -> tuple[tuple[str, ...], list[Shape]]:
    """The numbers these words may mean, heaviest first and only of one weight; every shape that was found."""
    found = [shape for shape in SHAPES if shape.words.search(text)]
    best = max((shape.weight for shape in found), default=0)
    if best <= 5:
        for open_ended, several in OPEN_ENDED:
            if open_ended.words.search(text):
                whose = only[0][0] if only else by
                reps = whose == "rep" and "cpl" in several
                return ("reps",) if reps else several, [*found, open_ended]
    return tuple(dict.fromkeys(shape.name for shape in found if shape.weight == best)), found


def _unexplained(text: str, shapes: Iterable[Shape]) -> list[str]:
    """The words that no shape is about, that don't tell of a change and do mean something."""
    covered = [False] * len(text)
    for changing in CHANGING.finditer(text):
        covered[slice(*changing.span())] = [True] * len(changing[0])
    for shape in shapes:
        for match in shape.words.finditer(text):
            for word in _WORD.finditer(text, *match.span()):
                if shape.own.fullmatch(word[0]):
                    covered[slice(*word.span())] = [True] * len(word[0])
    return [
        word[0]
        for word in _WORD.finditer(re.sub(rf"(?<!\w){MARK}(?!\w)", lambda mark: " " * len(mark[0]), text))
        if not covered[word.start()] and not _is_idle(word[0])
    ]


def _is_idle(word: str) -> bool:
    return word in STOP or word.removesuffix("'s") in STOP


def _made(reader: _Reader, parts: _Parts, name: str, only: Only | None = None) -> Question:
    """The question for one of the numbers.

    Raises:
        Refused: this number can't be told so.
    """
    only = only or (parts.only[0] if parts.only else None)
    whose = only[0] if only else parts.by
    kpi = _kpi(name, whose)
    windows = parts.windows
    period = parse_period(windows.period or kpi.window, reader.now, reader.zone)
    against = windows.against
    if not against and parts.changing and kpi.name not in COMPARES_ALREADY:
        against = "before"
    other = against_of(against or None, period, reader.now)
    by = parts.by if only is None or parts.by != only[0] else None
    if by is not None and by not in kpi.dimensions:
        can = f"by {' or '.join(kpi.dimensions)}" if kpi.dimensions else "for all together only"
        raise Refused(f"`{kpi.name}` can't be split by {by}, I can tell it {can}. {EXAMPLES}")
    if parts.model != "first" and kpi.name != "sources":
        raise Refused(f"An attribution model goes with `sources` only: `/kpi sources model {parts.model}`.")
    return Question(kpi, period, by or kpi.always_by, parts.share, parts.model, only, other)


def _kpi(name: str, whose: Dimension | None) -> Kpi:
    """The number itself; what the overview can't tell for one value, another one does."""
    if name == COUNT or (name == "overview" and whose is not None):
        name = "overview" if whose is None else "reps" if name == "overview" and whose == "rep" else "funnel"
    return KPIS[name]


def _readings(reader: _Reader, parts: _Parts, names: Sequence[str]) -> list[Question]:
    """Every way to read it that makes a question: by window, value and number."""
    found: list[Question] = []
    windows = parts.windows.readings or ((parts.windows.period, parts.windows.against),)
    for period, against in windows:
        here = replace(parts, windows=replace(parts.windows, period=period, against=against))
        for name in names:
            for only in here.only or (None,):
                with suppress(Refused):
                    question = _made(reader, here, name, only)
                    found += [question] if question not in found else []
    return found


def _which_number(reader: _Reader, parts: _Parts) -> Refused:
    """Everything but the number was said: the usual ones are offered."""
    whose = parts.only[0][0] if parts.only else parts.by
    names = ("reps", "funnel", "conversion") if whose == "rep" else ("funnel", "conversion", "cpl")
    if whose is None and not (parts.windows.period or parts.windows.against or parts.windows.readings):
        return Refused(f"{NOTHING_SAID} {EXAMPLES}")
    names = names if whose else ("overview", "funnel", "conversion")
    return _offer("Which number do you mean?", _readings(reader, parts, names))


def _unsure(reader: _Reader, parts: _Parts, why: str) -> Refused:
    found = _readings(reader, parts, parts.names)
    if len(parts.only) > 1 and len({dimension for dimension, _ in parts.only}) == 1:
        # Two of a kind are best looked at side by side.
        together = replace(parts, only=(), by=parts.only[0][0])
        found = [*_readings(reader, together, parts.names[:1]), *found]
    return _offer(why or "That could be any of these.", found, fallback=parts)


def _offer(why: str, readings: Sequence[Question], fallback: _Parts | None = None) -> Refused:
    if readings:
        return Unsure(f"{why} Which one do you mean?" if not why.endswith("?") else why, readings)
    if fallback is not None and fallback.only:
        return Refused(f"{why} That number can't be told for one of them. {EXAMPLES}")
    return Refused(f"{why} {EXAMPLES}")


def _about_unknown(reader: _Reader, text: str, parts: _Parts, *, again: bool) -> Refused:
    """Words that mean nothing here: the nearest that do are offered, else the question without them."""
    quoted = ", ".join(f"“{word[:40]}”" for word in parts.unknown[:3])
    why = f"I don't know {quoted} here."
    if not again:
        return Refused(f"{why} {EXAMPLES}")
    found: list[Question] = []
    word = parts.unknown[0]
    for near in get_close_matches(word, EVERY_WORD, n=2, cutoff=0.72):
        found += _again(reader, re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near, text.lower()))
    without = replace(parts, unknown=())
    for only in similar(parts.unknown, reader.named):
        found += _readings(reader, replace(without, only=(only,)), parts.names or ("funnel", "conversion"))
    split = UNSPLIT.search(_clean(text))
    if split and split[1] in parts.unknown and not found:
        return Refused(f"I can't split by “{split[1][:40]}”. I can by {', '.join(dict.fromkeys(DIMENSION_WORDS.values()))}.")
    if not found and parts.names and len(parts.unknown) <= 2:
        found = _readings(reader, without, parts.names)
        why = f"{why} Without that I can tell you:"
        return Unsure(why, found) if found else Refused(f"{why} {EXAMPLES}")
    unique = list(dict.fromkeys(found))
    return Unsure(f"{why} Did you mean one of these?", unique) if unique else Refused(f"{why} {EXAMPLES}")


def _again(reader: _Reader, text: str) -> list[Question]:
    """What the text means with another word in it."""
    try:
        return [_read(reader, text, again=False).question]
    except Unsure as several:
        return list(several.readings)
    except Refused:
        return []
