"""A question in plain words taken apart: numbers, windows, values, split, and what is left unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qualification.attribution import Model
from qualification.errors import Refused
from qualification.kpi import Dimension
from qualification.kpi_entry import STAGES
from qualification.kpi_only import Only
from qualification.kpi_question import MODELS
from qualification.plain_dates import usual_dates
from qualification.plain_idle import FIRST_PERSON, NEGATED, POLITE, STOP
from qualification.plain_periods import find_spans
from qualification.plain_values import Known, mentioned
from qualification.plain_vocabulary import DIMENSION_WORDS, MODEL, OPEN_ENDED, SAME, SHAPES, SPLIT, Shape
from qualification.plain_windows import MARK, Windows, find_windows, told_of_change

LIGHT = 3
"""Up to this weight a shape is a single word, like "sources", that may be a split as well."""
_EXACT = re.compile(r"(?<!\S)(?:--)?(?:exact(?:ly)?|lead by lead|to the second)(?!\S)")
_WORD = re.compile(r"[\w'@&+]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a sentence was taken apart into."""

    names: tuple[str, ...]
    windows: Windows
    only: tuple[Only, ...]
    by: Dimension | None
    model: Model
    changing: bool
    share: bool
    exact: bool
    unknown: tuple[str, ...]
    doubt: str = ""
    stage: str = ""
    """The count that was asked for, where it was one: leads, mqls, sqls or customers."""


@dataclass(frozen=True)
class Reader:
    now: datetime
    zone: ZoneInfo
    known: Known
    named: Mapping[str, Sequence[Only]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def take_apart(reader: Reader, text: str) -> Parts:
    text = cleaned(text)
    share = re.search(r"(?:^| )(?:--)?share$", text) is not None
    text = re.sub(r"(?:^| )(?:--)?share$", "", text)
    exact = _EXACT.search(text) is not None
    text = " ".join(_EXACT.sub(" ", text).split())
    text, only, doubt = _take_values(reader, text)
    if NEGATED.search(text):
        raise Refused(
            "I can't leave something out of a number yet, nor count what did not happen, but I can look at "
            "one source, campaign, rep or variant, or split by it: `/kpi conversion by source`."
        )
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
    names, explained = _names(rest, split_free, only, by)
    changing = bool(told_of_change(rest))
    unknown = tuple(_unexplained(split_free, explained))
    stage = _stage(split_free)
    return Parts(names, windows, only, by, model, changing, share, exact, unknown, doubt, stage)


def _stage(text: str) -> str:
    said = {word.removesuffix("s") + "s" for word in _WORD.findall(text)} & set(STAGES)
    return said.pop() if len(said) == 1 else ""


def cleaned(text: str) -> str:
    """Lower case, one kind of apostrophe, no punctuation; a mention of Slack's becomes the person's id."""
    text = re.sub(r"<@([A-Za-z0-9]+)(?:\|[^>]*)?>", r" @\1 ", text)
    text = usual_dates(re.sub(r"[’`´]", "'", text.lower()))
    text = re.sub(r"[^\w\s@'&+./→>%-]", " ", text)
    text = re.sub(r"\.(?=\s|$)|(?<!\S)[.'-]+(?!\S)", " ", text)
    # "ana's" is ana and a sign of the possessive; "leads'" is leads.
    text = re.sub(r"'s\b", " 's", text)
    return " ".join(re.sub(r"'(?=\s|$)|(?<!\S)'(?!s\b)", " ", text).split())


def _take_values(reader: Reader, text: str) -> tuple[str, tuple[Only, ...], str]:
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


def _mine(reader: Reader) -> tuple[Only, ...]:
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
    found = [DIMENSION_WORDS[next(one for one in match.groups() if one)] for match in SPLIT.finditer(text)]
    if len(set(found)) > 1:
        raise Refused(f"I can split by one thing at a time: by {' or by '.join(dict.fromkeys(found))}?")
    return (found[0] if found else None), SPLIT.sub(" ", text)


def _names(
    text: str, split_free: str, only: Sequence[Only], by: Dimension | None
) -> tuple[tuple[str, ...], list[Shape]]:
    """The numbers these words may mean, heaviest first and only of one weight; every shape that was found.

    A word that was a split already names no number as well, unless more words say so.
    """
    found = [shape for shape in SHAPES if shape.words.search(split_free if shape.weight <= LIGHT else text)]
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
    for start, end in told_of_change(text):
        covered[start:end] = [True] * (end - start)
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
