"""What a person types after `/kpi`: which number, over which window, split by what, for whom to see."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from qualification.attribution import Model
from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension, Kpi
from qualification.kpi_only import DIMENSIONS, ONLY, Only, quoted, take_only
from qualification.periods import Period, a_year_before, parse_period, previous, spelled

Role = Literal["rep", "manager", "marketer", "admin"]
MODELS: tuple[Model, ...] = get_args(Model)
EXPERIMENT_WHOLE = (
    "An experiment is judged from its start, whole: `ab` takes no period and no model, "
    "nor `only` and `against`."
)
EXAMPLES = "Try `/kpi`, `/kpi funnel 90d by source`, `/kpi cpl last month` or `/kpi win Q3 share`."

_ALSO = {word: kpi.name for kpi in KPIS.values() for word in kpi.also}
_PLURALS = {
    "sources": "source",
    "campaigns": "campaign",
    "reps": "rep",
    "variants": "variant",
    "owner": "rep",
}
_LAST = ("share", "exact")
"""Words that may stand anywhere; with `ab` only at the end, for experiments are called as people like."""
_QUOTES = ('"', "'", "“", "”", "‘", "’")


@dataclass(frozen=True)
class Question:
    """One question, complete: every default is filled in. `model` matters to `sources` only.

    `only` looks at one source, campaign, rep or variant; `against` is the window to compare with.
    """

    kpi: Kpi
    period: Period
    by: Dimension | None = None
    share: bool = False
    model: Model = "first"
    only: Only | None = None
    against: Period | None = None
    exact: bool = False
    """Whether times are to be looked at lead by lead, also where there are many."""
    experiment: str = ""
    """For `ab` only: its name, lower case; "" where none was said."""
    first: str = ""
    """The count it begins with, where the number lets one choose; "" is the first of them."""

    def __post_init__(self) -> None:
        """Raises Refused for what this number can't tell."""
        if self.only is not None:
            object.__setattr__(self, "by", _by_beside(self.kpi, self.by, self.only[0]))
        if self.against is not None and self.kpi.basis == "now":
            raise Refused(f"`{self.kpi.name}` tells how it stands now: there is nothing to compare it with.")


def parse_question(text: str, now: datetime, zone: ZoneInfo) -> Question:
    """Read `[NAME] [period] [by DIMENSION] [only DIMENSION=VALUE] [against PERIOD] [model NAME] [exact]
    [share]`, and `[first STAGE]` with the overview.

    After the name in any order, `against` last but for `exact` and `share`. Nothing at all is the overview;
    a period alone is the overview of that period. `against before` is the window before, `against
    year-before` the same stretch of the year before. A value with spaces stands in quotes, a quote in it is
    doubled.

    `ab` takes the name of an experiment instead, however many words it has, and no period: a verdict on a
    window that was chosen after a look is worth nothing. A name that ends with `share` stands in quotes.

    Raises:
        Refused: a word that means nothing here, with the nearest that does and examples; a split this number
            doesn't have; a period that can't be read.
    """
    if _words(text)[:1] == ["ab"]:
        return _about_experiment(text, now, zone)
    text, only = take_only(text)
    said = _words(text)
    words = [word for word in said if word not in _LAST]
    share, exact = "share" in said, "exact" in said
    given_by = _take_after(words, "by")
    model, first = _take_after(words, "model"), _take_after(words, "first")
    against = _take_rest(words, "against")
    name = _take_name(words)
    kpi = KPIS[name or "overview"]
    period = _period(words, kpi, name, now, zone)
    other = against_of(against, period, now)
    return Question(
        kpi,
        period,
        _dimension(given_by, kpi),
        share,
        _model(model, kpi),
        only,
        other,
        exact,
        first=_first(first, kpi),
    )


def written(question: Question, now: datetime) -> str:
    """The question in the short grammar: `parse_question` reads it back the same, seen from this `now`."""
    kpi, only, against = question.kpi, question.only, question.against
    if kpi.name == "ab":
        name = question.experiment
        called = f'"{name}"' if name.endswith((*_LAST, "by variant")) or ONLY.search(name) else name
        return " ".join(filter(None, (kpi.name, called, "share" if question.share else "")))
    quiet = kpi.always_by if only is None else _by_beside(kpi, None, only[0])
    parts = [
        kpi.name,
        spelled(question.period, now),
        f"by {question.by}" if question.by not in (None, quiet) else "",
        f"model {question.model}" if question.model != "first" else "",
        f"first {question.first}" if question.first else "",
        f"only {only[0]}={quoted(only[1])}" if only else "",
        f"against {spelled(against, now)}" if against else "",
        "exact" if question.exact else "",
        "share" if question.share else "",
    ]
    return " ".join(part for part in parts if part)


def _by_beside(kpi: Kpi, by: Dimension | None, only: Dimension) -> Dimension | None:
    """What a number of one value is split by: nothing, or itself where the number always is."""
    if only not in kpi.dimensions:
        can = f"but by {' or '.join(kpi.dimensions)}" if kpi.dimensions else "it is one number for all"
        raise Refused(f"`{kpi.name}` can't be told for one {only}, {can}.")
    if by not in (None, only, kpi.always_by):
        raise Refused(f"I can't split the numbers of one {only} by {by} as well. Please ask for one of both.")
    return only if kpi.always_by else None


def _take_rest(words: list[str], marker: str) -> str | None:
    """All words after the marker, taken out with it."""
    if marker not in words:
        return None
    at = words.index(marker)
    found = " ".join(words[at + 1 :])
    del words[at:]
    return found


def against_of(words: str | None, period: Period, now: datetime) -> Period | None:
    match words:
        case None:
            return None
        case "before" | "year-before":
            other = previous(period) if words == "before" else a_year_before(period)
            # The label is that of its spelling, so that it reads back as the same period.
            return parse_period(spelled(other, now), now, period.zone)
        case _:
            return parse_period(words, now, period.zone)


def _words(text: str) -> list[str]:
    return text.lower().replace("--", "").replace("=", " ").split()


def _about_experiment(text: str, now: datetime, zone: ZoneInfo) -> Question:
    """`ab NAME`, also in quotes and with the only split it has; `share` is a wish as the last word only.

    Raises:
        Refused: it asks for `only` a part of those who saw it.
    """
    kpi, share, words = KPIS["ab"], False, _words(text)[1:]
    if ONLY.search(text) and not "".join(words).startswith(_QUOTES):
        raise Refused(EXPERIMENT_WHOLE)
    for word in _LAST:
        if words[-1:] == [word]:
            words, share = words[:-1], share or word == "share"
    name = words[:-2] if words[-2:] == ["by", "variant"] else words
    said = " ".join(name).strip("".join(_QUOTES) + " ")
    return Question(kpi, parse_period(kpi.window, now, zone), kpi.always_by, share, experiment=said)


def may_see(kpi: Kpi, by: Dimension | None, roles: AbstractSet[Role]) -> Literal["all", "own"]:
    """Whose numbers these people may see: everybody's, or only their own row of a split by rep.

    Team numbers are for everyone. Numbers of single people are for managers and admins, a rep sees the own.

    Raises:
        Refused: numbers of reps, asked by somebody who is neither; the words name who may.
    """
    if (kpi.who == "everyone" and by != "rep") or roles & {"manager", "admin"}:
        return "all"
    if "rep" in roles:
        return "own"
    raise Refused(
        "Numbers of single reps are for managers and admins. Please ask one of them, or leave out `by rep`."
    )


def _take_name(words: list[str]) -> str | None:
    """The KPI's name, taken off the front; None when the question begins with something else."""
    for length in (2, 1):
        word = "-".join(words[:length]).replace("_", "-")
        if len(words) >= length and (word in KPIS or word in _ALSO):
            del words[:length]
            return word if word in KPIS else _ALSO[word]
    return None


def _take_after(words: list[str], marker: str) -> str | None:
    """The word after `by` or `model`, both taken out; "" when nothing follows."""
    if marker not in words:
        return None
    at = words.index(marker)
    found = words[at + 1] if at + 1 < len(words) else ""
    del words[at : at + 2]
    return found


def _period(rest: list[str], kpi: Kpi, name: str | None, now: datetime, zone: ZoneInfo) -> Period:
    if not rest:
        return parse_period(kpi.window, now, zone)
    try:
        return parse_period(" ".join(rest), now, zone)
    except Refused:
        if name is None and not rest[0][0].isdigit():
            near = get_close_matches(rest[0], [*KPIS, *_ALSO], n=1)
            hint = f" Did you mean `{_ALSO.get(near[0], near[0])}`?" if near else ""
            known = f"I know {', '.join(KPIS)}."
            raise Refused(f"I don't know the number “{rest[0][:40]}”.{hint} {known} {EXAMPLES}") from None
        raise


def _dimension(word: str | None, kpi: Kpi) -> Dimension | None:
    if word is None:
        return kpi.always_by
    plain = _PLURALS.get(word, word)
    found = next((dimension for dimension in DIMENSIONS if dimension == plain), None)
    if found is None:
        near = get_close_matches(word, [*DIMENSIONS, *_PLURALS], n=1)
        hint = f" Did you mean `by {_PLURALS.get(near[0], near[0])}`?" if near else ""
        raise Refused(f"I can't split by “{word[:40]}”.{hint} I can by {', '.join(DIMENSIONS)}. {EXAMPLES}")
    if found not in kpi.dimensions:
        can = (
            f"It can be split by {' or '.join(kpi.dimensions)}."
            if kpi.dimensions
            else "It is one number for all."
        )
        raise Refused(f"`{kpi.name}` can't be split by {found}. {can}")
    return found


def _first(word: str | None, kpi: Kpi) -> str:
    if word is not None and word not in kpi.first:
        having = [f"`{one.name}` ({', '.join(one.first)})" for one in KPIS.values() if one.first]
        raise Refused(f"A count to begin with, behind `first`, is only there for {' and '.join(having)}.")
    return word or ""


def _model(word: str | None, kpi: Kpi) -> Model:
    if word is None:
        return "first"
    found = next((model for model in MODELS if model == word), None)
    if found is None:
        raise Refused(f"I don't know the attribution model “{word[:40]}”. I know {', '.join(MODELS)}.")
    if not kpi.by_model:
        raise Refused(f"An attribution model goes with `sources` only: `/kpi sources model {found}`.")
    return found
