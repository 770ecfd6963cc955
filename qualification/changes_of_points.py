"""What brings points, compared: actions, who they are, and BANT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualification.change_words import few, renamed, said, shown, turned, words_changed
from qualification.definition_parts import Action, Fit, Option, Question, SizeRange, TitleLevel

_FIT = (
    ("Title unknown: {} points", "title_unknown"),
    ("Size unknown: {} points", "size_unknown"),
    ("Another size: {} points", "size_other"),
    ("A free-mail address: {} points", "free_mail"),
)
_INDUSTRY = ("Industry on our list", "Another industry", "Industry unknown")
_COUNTRY = ("Country served", "Another country", "Country unknown")


def points(old: int, new: int) -> list[str]:
    """Points before and now."""
    return [f"{old} → {new} points"] if old != new else []


def action_changes(old: Action, new: Action) -> str:
    """One action's differences, a sentence."""
    differences = [
        *renamed(old.says, new.says),
        *points(old.points, new.points),
        *turned(
            [
                (old.qualifies, new.qualifies, "makes a lead"),
                (old.inquiry, new.inquiry, "is a direct inquiry"),
                (old.fast, new.fast, "goes straight to MQL"),
                (old.observed, new.observed, "counts only with their permission"),
                (old.needs_message, new.needs_message, "is one only with a message"),
            ]
        ),
        *(
            f"at most {now} points{when}" if now is not None else f"no cap{when}"
            for was, now, when in (
                (old.cap, new.cap, ""),
                (old.cap_day, new.cap_day, " a day"),
                (old.cap_lifetime, new.cap_lifetime, " ever"),
            )
            if was != now
        ),
    ]
    if old.half_life != new.half_life:
        halved = f"halved every {shown(new.half_life)}" if new.half_life else "halved as all others are"
        differences.append(halved)
    return f"“{new.says}”: {', '.join(differences)}"


def fit_changes(old: Fit, new: Fit) -> list[str]:
    """Who they are: titles, sizes, industry, country, address."""
    return [
        *said("Fit counts up to {} points", old.max, new.max),
        *_titles(old.levels, new.levels),
        *_sizes(old.sizes, new.sizes),
        *(line for words, name in _FIT for line in said(words, getattr(old, name), getattr(new, name))),
        *_three(_INDUSTRY, old.industry, new.industry),
        *_three(_COUNTRY, old.country, new.country),
    ]


def _three(nouns: Sequence[str], old: Sequence[int], new: Sequence[int]) -> list[str]:
    pairs = zip(nouns, old, new, strict=True)
    return [line for noun, was, now in pairs for line in said(f"{noun}: {{}} points", was, now)]


def _titles(old: Sequence[TitleLevel], new: Sequence[TitleLevel]) -> list[str]:
    """Titles of one name may stand twice, for the first match wins: they are told apart by their place."""
    before, after = _by_place(old), _by_place(new)
    lines = [
        *(line for key, level in after.items() if key in before for line in _title(before[key], level, new)),
        *(f"New title {_title_words(level)}" for key, level in after.items() if key not in before),
        *(f"No title any more: {_title_words(level)}" for key, level in before.items() if key not in after),
    ]
    stayed, now = [key for key in before if key in after], [key for key in after if key in before]
    if stayed != now:
        lines.append(f"Titles are looked for in this order: {', '.join(level.name for level in new)}")
    return lines


def _by_place(levels: Sequence[TitleLevel]) -> dict[tuple[str, int], TitleLevel]:
    seen: Counter[str] = Counter()
    found = {}
    for level in levels:
        seen[level.name] += 1
        found[level.name, seen[level.name]] = level
    return found


def _title(old: TitleLevel, new: TitleLevel, among: Sequence[TitleLevel]) -> list[str]:
    alone = sum(level.name == new.name for level in among) == 1
    title = f"Title {new.name}" if alone else f"Title {new.name} (“{new.words[0]}”…)"
    return [
        *said(f"{title}: {{}} points", old.points, new.points),
        *(f"{title}: {one}" for one in turned([(old.knock_out, new.knock_out, "rules an SQL out")])),
        *words_changed(title, old.words, new.words),
    ]


def _title_words(level: TitleLevel) -> str:
    out = ", rules an SQL out" if level.knock_out else ""
    return f"{level.name} ({level.points}{out}): {few(list(level.words))}"


def _sizes(old: Sequence[SizeRange], new: Sequence[SizeRange]) -> list[str]:
    before, after = ({(size.start, size.end): size for size in sizes} for sizes in (old, new))
    lines = []
    for key, size in after.items():
        was = before.get(key)
        if was is None:
            lines.append(f"New company size {_people(size)}, “{size.says}”: {size.points} points")
        elif was != size:
            differences = [*renamed(was.says, size.says), *points(was.points, size.points)]
            lines.append(f"Company size {_people(size)}, “{size.says}”: {', '.join(differences)}")
    gone = [size for key, size in before.items() if key not in after]
    return [*lines, *(f"No company size {_people(size)} any more" for size in gone)]


def _people(size: SizeRange) -> str:
    return f"{size.start:,} to {size.end:,} people"


def question_changes(old: Question, new: Question) -> list[str]:
    """One BANT letter: how it is asked, and its answers."""
    letter = old.letter.capitalize()
    before, after = ({option.id: option for option in question.options} for question in (old, new))
    lines = [f"{letter} is asked as “{new.asks}”, not “{old.asks}”"] if old.asks != new.asks else []
    for name, option in after.items():
        was = before.get(name)
        if was is None:
            out = ", rules an SQL out" if option.blocks_sql else ""
            lines.append(f"{letter}: new answer “{option.says}” ({option.points}{out})")
        elif was != option:
            lines.append(f"{letter} “{option.says}”: {', '.join(_answer(was, option))}")
    gone = [option for name, option in before.items() if name not in after]
    return [*lines, *(f"{letter}: no answer “{option.says}” any more" for option in gone)]


def _answer(old: Option, new: Option) -> list[str]:
    return [
        *renamed(old.says, new.says),
        *points(old.points, new.points),
        *turned([(old.blocks_sql, new.blocks_sql, "rules an SQL out")]),
    ]
