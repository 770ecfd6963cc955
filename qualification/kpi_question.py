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
from qualification.periods import Period, parse_period

Role = Literal["rep", "manager", "marketer", "admin"]
MODELS: tuple[Model, ...] = get_args(Model)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
EXAMPLES = "Try `/kpi`, `/kpi funnel 90d by source`, `/kpi cpl last month` or `/kpi win Q3 share`."

# What people call them. A name of two words may be typed with a space, a hyphen or an underscore.
_ALSO = {
    "cost": "cpl",
    "mql": "mql-sql",
    "sal": "acceptance",
    "source": "sources",
    "rep": "reps",
    "wins": "win",
    "growth": "lvr",
    "response": "speed",
}
_PLURALS = {
    "sources": "source",
    "campaigns": "campaign",
    "reps": "rep",
    "variants": "variant",
    "owner": "rep",
}


@dataclass(frozen=True)
class Question:
    """One question, complete: every default is filled in. `model` matters to `sources` only."""

    kpi: Kpi
    period: Period
    by: Dimension | None = None
    share: bool = False
    model: Model = "first"
    experiment: str = ""
    """For `ab` only: its name, lower case; "" where none was said."""


def parse_question(text: str, now: datetime, zone: ZoneInfo) -> Question:
    """Read `[NAME] [period] [by source|campaign|rep|variant] [model NAME] [share]`, the rest in any order.

    Nothing at all is the overview; a period alone is the overview of that period. `ab` takes the name of an
    experiment instead, however many words it has, and no period: a verdict on a window that was chosen after
    a look is worth nothing.

    Raises:
        Refused: a word that means nothing here, with the nearest that does and examples; a split this number
            doesn't have; a period that can't be read.
    """
    said = text.lower().replace("--", "").replace("=", " ").split()
    words = [word for word in said if word != "share"]
    share = len(words) < len(said)
    if words[:1] == ["ab"]:
        return _about_experiment(words[1:], now, zone, share=share)
    given_by = _take_after(words, "by")
    model = _take_after(words, "model")
    name = _take_name(words)
    kpi = KPIS[name or "overview"]
    period = _period(words, kpi, name, now, zone)
    return Question(kpi, period, _dimension(given_by, kpi), share, _model(model, kpi))


def _about_experiment(words: list[str], now: datetime, zone: ZoneInfo, *, share: bool) -> Question:
    """`ab NAME`, also in quotes and with the only split it has."""
    kpi = KPIS["ab"]
    name = words[:-2] if words[-2:] == ["by", "variant"] else words
    said = " ".join(name).strip("\"'“”‘’ ")
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


def _model(word: str | None, kpi: Kpi) -> Model:
    if word is None:
        return "first"
    found = next((model for model in MODELS if model == word), None)
    if found is None:
        raise Refused(f"I don't know the attribution model “{word[:40]}”. I know {', '.join(MODELS)}.")
    if kpi.name != "sources":
        raise Refused(f"An attribution model goes with `sources` only: `/kpi sources model {found}`.")
    return found
