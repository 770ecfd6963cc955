"""Understand what was asked about numbers: the short grammar where it fits, plain words otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.flows.counting import all_counted
from handlers.flows.office import Office
from qualification.errors import Refused
from qualification.kpi import KPIS
from qualification.kpi_only import NAMELESS, Only, only_words
from qualification.kpi_question import EXPERIMENT_WHOLE, Question, parse_question, written
from qualification.kpi_understood import told
from qualification.periods import parse_period
from qualification.plain_questions import MOST_READINGS, Unsure, read_plain
from qualification.plain_values import Colleague, Known, plain, similar
from store.kpi_values import is_seen, values_seen

FEW_WORDS = 3
"""A text of so many words that begins with a number's name is meant as the short grammar."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question that was read.

    Attributes:
        asked: What its buttons repeat: the question in the short grammar.
        understood: It in plain words, "" where the short grammar said it all.
    """

    question: Question
    asked: str
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading to choose: in words, and in the short grammar."""

    says: str
    asked: str


class AskBack(Refused):
    """We are not sure what was meant: `why`, and the likeliest readings to choose from."""

    def __init__(self, why: str, choices: tuple[Choice, ...]) -> None:
        self.why, self.choices = why, choices
        listed = " or ".join(f"`/kpi {choice.asked}`" for choice in choices)
        super().__init__(f"{why} {listed}")


async def read(office: Office, where: str, text: str, user: str | None) -> Reading:
    """What this text asks; `user` is who "my" means, None at a terminal.

    Raises:
        AskBack: it could mean several things, which are offered.
        Refused: it can't be read; the words say what could.
    """
    rules = await office.rules(where)
    now, zone = office.clock(), rules.setup.zone
    try:
        question = parse_question(text, now, zone)
    except Refused as no:
        if _first(text) == "ab":
            raise
        short = no
    else:
        if question.only is None:
            understood = told(question) if question.against else ""
            # An experiment may be called "share button".
            asked = _repeated(office, question) if question.kpi.name == "ab" else _unshared(text)
            return Reading(question, asked, understood)
        known = await _known(office, where, user, question.only)
        question = _of_one_known(office, known, question, question.only)
        return Reading(question, _repeated(office, question), told(question, known.called))
    known = await _known(office, where, user)
    try:
        found = read_plain(text, now, zone, known)
    except Unsure as unsure:
        if unsure.without_words and _is_short(text):
            raise short from None
        raise _offered(office, known, unsure.why, unsure.readings) from None
    except Refused as no:
        raise (short if _is_short(text) or len(text.split()) < FEW_WORDS else no) from None
    first = _first(text)
    if first in KPIS and first != found.question.kpi.name and _is_short(text):
        raise short
    understood = told(found.question, known.called)
    default = f" ({found.default})" if found.default else ""
    return Reading(found.question, _repeated(office, found.question), f"{understood}{default}")


async def read_parts(
    office: Office,
    where: str,
    name: str,
    *,
    period: str = "",
    by: str = "",
    model: str = "",
    experiment: str = "",
    only: str = "",
    against: str = "",
    exact: str = "",
) -> Question:
    """A question that came in parts: a number's name, and what was said beside it, as `/kpi` takes it.

    Args:
        experiment: For `ab`; it may stand behind the name as well.
        only: "source=linkedin"; the value may have spaces, and needs no quotes for them.
        exact: "yes" to have each lead looked at where times would be read from buckets.
    Raises:
        AskBack: nothing is called so, but something similar is.
        Refused: one of them can't be read, or doesn't go with this number.
    """
    rules = await office.rules(where)
    now, zone = office.clock(), rules.setup.zone
    # Each part says one thing: "90d only source=x" is no period.
    for word in (by, model):
        if len(word.split()) > 1:
            raise Refused(f"“{word[:40]}” is more than one word.")
    if exact not in ("", "yes", "no"):
        raise Refused("`exact` is yes or no.")
    split = f" by {by}" if by else ""
    if name.split()[:1] == ["ab"]:
        if period or model or only or against:
            raise Refused(EXPERIMENT_WHOLE)
        called = f' "{experiment}"' if experiment else ""
        return parse_question(f"{name}{called}{split}", now, zone)
    if experiment:
        raise Refused("An experiment goes with `ab` only.")
    if period:
        parse_period(period, now, zone)
    if against and against not in ("before", "year-before"):
        parse_period(against, now, zone)
    credit = f" model {model}" if model else ""
    one = f" {only_words(only)}" if only else ""
    other = f" against {against}" if against else ""
    each = " exact" if exact == "yes" else ""
    question = parse_question(f"{name} {period}{split}{credit}{one}{other}{each}", now, zone)
    if question.only is None:
        return question
    return _of_one_known(office, await _known(office, where, None, question.only), question, question.only)


def _of_one_known(office: Office, known: Known, question: Question, only: Only) -> Question:
    """The question about the value as the workspace writes it; raises as `_meant`, or AskBack."""
    meant = _meant(known, only)
    if not _is_exact(known, only, meant):
        why = f"I know no {only[0]} “{only[1][:40]}”. Did you mean one of these?"
        raise _offered(office, known, why, [replace(question, only=one) for one in meant])
    return replace(question, only=meant[0])


def _repeated(office: Office, question: Question) -> str:
    return written(replace(question, share=False), office.clock())


def _unshared(text: str) -> str:
    """What was typed, without the wish to share it."""
    return " ".join(word for word in text.split() if word.lower() not in ("share", "--share"))


def _is_short(text: str) -> bool:
    return _first(text) in KPIS and len(text.split()) <= FEW_WORDS


def _first(text: str) -> str:
    return next(iter(text.lower().split()), "")


def _offered(office: Office, known: Known, why: str, questions: Sequence[Question]) -> AskBack:
    now = office.clock()
    return AskBack(
        why, tuple(Choice(told(one, known.called), written(one, now)) for one in questions[:MOST_READINGS])
    )


async def _known(office: Office, where: str, user: str | None, said: Only | None = None) -> Known:
    """What the workspace knows by name, and `said` if it is exactly so called, however rare. Whoever left is
    still named by history."""
    async with all_counted(office, where) as (work, _):
        people = await work.house.people()
        values = dict(await values_seen(work))
        if said is not None and said[1] not in values[said[0]] and await is_seen(work, *said):
            values[said[0]] = (*values[said[0]], said[1])
    colleagues = tuple(Colleague(one.user, one.handle, one.name) for one in people)
    return Known(values, colleagues, user)


def _meant(known: Known, only: Only) -> list[Only]:
    """The value as the workspace writes it; several where none is called exactly so.

    Raises:
        Refused: none is called anything like it.
    """
    dimension, said = only
    if plain(said) == NAMELESS.get(dimension):
        return [(dimension, plain(said))]
    if said in known.values.get(dimension, ()) or (
        dimension == "rep" and any(said == one.user for one in known.people)
    ):
        return [only]
    named = {
        way: of_it
        for way, meant in known.named().items()
        if (of_it := [one for one in meant if one[0] == dimension])
    }
    found = named.get(plain(said).lstrip("@")) or similar(plain(said).split(), named)
    if not found:
        some = ", ".join(known.values.get(dimension, ())[:5])
        raise Refused(f"I know no {dimension} “{said[:40]}”.{f' I know {some}.' if some else ''}")
    return found


def _is_exact(known: Known, only: Only, found: list[Only]) -> bool:
    return found == [only] or (
        len(found) == 1
        and plain(only[1]).lstrip("@") in {way for way, meant in known.named().items() if found[0] in meant}
    )
