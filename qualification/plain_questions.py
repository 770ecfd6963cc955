"""A question in plain words, read by rules alone: `how did webinar leads convert last month vs Q3`.

A word that means nothing to us is never passed over in silence: then we ask back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension, Kpi
from qualification.kpi_only import Only
from qualification.kpi_question import EXAMPLES, Question, against_of
from qualification.periods import parse_period
from qualification.plain_idle import EVERY_WORD
from qualification.plain_parts import Parts, Reader, cleaned, take_apart
from qualification.plain_values import Known, similar
from qualification.plain_vocabulary import COUNT, DIMENSION_WORDS, UNSPLIT

LONGEST = 300
MOST_READINGS = 3
_CALLED = re.compile(
    r"(?<!\w)(?=(?:(source|channel|campaign|variant) (?:called |named )?(\w[\w-]*)"
    r"|(\w[\w-]*) (source|channel|campaign|variant))(?!\w))"
)
"""A word beside that of a dimension: "campaign spring", "the spring campaign"."""
NOTHING_SAID = "I did not understand that."


class Unsure(Refused):
    """Several readings, or none that we would swear to: the likeliest are offered, best first.

    `without_words` where they leave out words that we don't know.
    """

    def __init__(self, why: str, readings: Sequence[Question], *, without_words: bool = False) -> None:
        self.why, self.without_words = why, without_words
        self.readings = tuple(readings[:MOST_READINGS])
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Read:
    """A question as understood; `default` says so where a part of it was our choice."""

    question: Question
    default: str = ""


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
    reader = Reader(now, zone, known, known.named())
    return _read(reader, text, again=True)


def _read(reader: Reader, text: str, *, again: bool) -> Read:
    parts = take_apart(reader, text)
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


def _made(reader: Reader, parts: Parts, name: str, only: Only | None = None) -> Question:
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
    if not against and parts.changing and kpi.compared.how != "itself":
        against = "before"
    other = against_of(against or None, period, reader.now)
    by = parts.by if only is None or parts.by != only[0] else None
    if by is not None and by not in kpi.dimensions:
        can = f"by {' or '.join(kpi.dimensions)}" if kpi.dimensions else "for all together only"
        raise Refused(f"`{kpi.name}` can't be split by {by}, I can tell it {can}. {EXAMPLES}")
    if parts.model != "first" and not kpi.by_model:
        raise Refused(f"An attribution model goes with `sources` only: `/kpi sources model {parts.model}`.")
    first = parts.stage if name == COUNT and kpi.first and parts.stage != kpi.first[0] else ""
    by, exact = by or kpi.always_by, parts.exact
    return Question(kpi, period, by, parts.share, parts.model, only, other, exact, first=first)


def _kpi(name: str, whose: Dimension | None) -> Kpi:
    """The number itself; what the overview can't tell for one value, another one does."""
    if name == COUNT or (name == "overview" and whose is not None):
        name = "overview" if whose is None else "reps" if name == "overview" and whose == "rep" else "funnel"
    return KPIS[name]


def _readings(reader: Reader, parts: Parts, names: Sequence[str]) -> list[Question]:
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


def _which_number(reader: Reader, parts: Parts) -> Refused:
    """Everything but the number was said: the usual ones are offered."""
    whose = parts.only[0][0] if parts.only else parts.by
    names = ("reps", "funnel", "conversion") if whose == "rep" else ("funnel", "conversion", "cpl")
    if whose is None and not (parts.windows.period or parts.windows.against or parts.windows.readings):
        return Refused(f"{NOTHING_SAID} {EXAMPLES}")
    names = names if whose else ("overview", "funnel", "conversion")
    return _offer("Which number do you mean?", _readings(reader, parts, names))


def _unsure(reader: Reader, parts: Parts, why: str) -> Refused:
    found = _readings(reader, parts, parts.names)
    if len(parts.only) > 1 and len({dimension for dimension, _ in parts.only}) == 1:
        # Two of a kind are best looked at side by side.
        together = replace(parts, only=(), by=parts.only[0][0])
        found = [*_readings(reader, together, parts.names[:1]), *found]
    return _offer(why or "That could be any of these.", found, fallback=parts)


def _offer(why: str, readings: Sequence[Question], fallback: Parts | None = None) -> Refused:
    if readings:
        return Unsure(f"{why} Which one do you mean?" if not why.endswith("?") else why, readings)
    if fallback is not None and fallback.only:
        return Refused(f"{why} That number can't be told for one of them. {EXAMPLES}")
    return Refused(f"{why} {EXAMPLES}")


def _about_unknown(reader: Reader, text: str, parts: Parts, *, again: bool) -> Refused:
    """Words that mean nothing here: the nearest that do are offered, else the question without them."""
    quoted = ", ".join(f"“{word[:40]}”" for word in parts.unknown[:3])
    why = _no_such_value(reader, text, parts) or f"I don't know {quoted} here."
    if not again:
        return Refused(f"{why} {EXAMPLES}")
    found: list[Question] = []
    word = parts.unknown[0]
    for near in get_close_matches(word, EVERY_WORD, n=2, cutoff=0.72):
        found += _again(reader, _in_its_place(text.lower(), word, near))
    if len(parts.unknown) > 1:
        found += _again(reader, _nearest(text.lower(), parts.unknown))
    without = replace(parts, unknown=())
    for only in similar(parts.unknown, reader.named):
        found += _readings(reader, replace(without, only=(only,)), parts.names or ("funnel", "conversion"))
    split = UNSPLIT.search(cleaned(text))
    if split and split[1] in parts.unknown and not found:
        known = ", ".join(dict.fromkeys(DIMENSION_WORDS.values()))
        return Refused(f"I can't split by “{split[1][:40]}”. I can by {known}.")
    if not found and parts.names and len(parts.unknown) <= 2:
        found = _readings(reader, without, parts.names)
        why = f"{why} Without that I can tell you:"
        return Unsure(why, found, without_words=True) if found else Refused(f"{why} {EXAMPLES}")
    unique = list(dict.fromkeys(found))
    return Unsure(f"{why} Did you mean one of these?", unique) if unique else Refused(f"{why} {EXAMPLES}")


def _in_its_place(text: str, word: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", other, text)


def _nearest(text: str, words: Sequence[str]) -> str:
    """The text with each of these words as what it was most likely meant to be."""
    for word in words:
        for near in get_close_matches(word, EVERY_WORD, n=1, cutoff=0.72):
            text = _in_its_place(text, word, near)
    return text


def _no_such_value(reader: Reader, text: str, parts: Parts) -> str:
    """That no campaign (source, variant) is called so, and some that there are; "" where none was meant."""
    for found in _CALLED.finditer(cleaned(text)):
        noun, word = found[1] or found[4], found[2] or found[3]
        dimension = DIMENSION_WORDS[noun]
        values = reader.known.values.get(dimension, ())
        if word in parts.unknown and dimension != "rep" and values:
            return f"I know no {dimension} “{word[:40]}”. I know {', '.join(values[:5])}."
    return ""


def _again(reader: Reader, text: str) -> list[Question]:
    """What the text means with another word in it."""
    try:
        return [_read(reader, text, again=False).question]
    except Unsure as several:
        return list(several.readings)
    except Refused:
        return []
