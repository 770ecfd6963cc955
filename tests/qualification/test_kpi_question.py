from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension
from qualification.kpi_question import Question, Role, may_see, parse_question, written

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=BERLIN)


def asked(text: str) -> tuple[str, str, str | None, bool]:
    question = parse_question(text, NOW, BERLIN)
    return question.kpi.name, question.period.label, question.by, question.share


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("", ("overview", "last 30 days", None, False)),
        ("last month", ("overview", "last month, October 2026", None, False)),
        ("7d share", ("overview", "last 7 days", None, True)),
        ("funnel", ("funnel", "last 90 days", None, False)),
        ("funnel 90d by source", ("funnel", "last 90 days", "source", False)),
        ("Funnel by campaigns last quarter share", ("funnel", "last quarter, Q3 2026", "campaign", True)),
        ("share win Q3 2025", ("win", "Q3 2025", None, True)),
        ("conversion", ("conversion", "last 12 months", None, False)),
        ("mql sql", ("mql-sql", "last 12 months", None, False)),
        ("mql_sql by rep", ("mql-sql", "last 12 months", "rep", False)),
        ("cost 2026-07-01..2026-07-31", ("cpl", "2026-07-01 to 2026-07-31", None, False)),
        ("lvr", ("lvr", "this month to date", None, False)),
        ("speed since 2026-07-01 by owner", ("speed", "since 2026-07-01", "rep", False)),
        ("sources", ("sources", "last 12 months", "source", False)),
        ("source by campaign", ("sources", "last 12 months", "campaign", False)),
        ("reps", ("reps", "last 30 days", "rep", False)),
    ],
)
def test_questions_as_managers_type_them(typed: str, understood: tuple[str, str, str | None, bool]) -> None:
    assert asked(typed) == understood


@pytest.mark.parametrize(
    ("typed", "name", "shared"),
    [
        ("ab share button", "share button", False),
        ("ab share button share", "share button", True),
        ("ab exact match by variant", "exact match", False),
        ("ab signup form --share", "signup form", True),
        ("ab signup form exact share", "signup form", True),
        ('ab "market share"', "market share", False),
        ('ab "market share" share', "market share", True),
        ("ab share", "", True),
        ("ab", "", False),
    ],
)
def test_an_experiment_may_be_called_as_a_word_of_ours(typed: str, name: str, shared: bool) -> None:
    question = parse_question(typed, NOW, BERLIN)
    assert (question.experiment, question.share) == (name, shared)
    assert parse_question(written(question, NOW), NOW, BERLIN) == question


def test_sources_take_a_model() -> None:
    assert parse_question("sources --model linear", NOW, BERLIN).model == "linear"
    assert parse_question("sources model=w 90d", NOW, BERLIN).model == "w"
    assert parse_question("sources", NOW, BERLIN).model == "first"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("funel", "don't know the number “funel”. Did you mean `funnel`?"),
        ("zzz", "don't know the number “zzz”. I know overview"),
        ("growht 90d", "Did you mean `lvr`?"),
        ("funnel lately", "can't read “lately” as a period"),
        ("90x", "can't read “90x” as a period"),
        ("funnel by sauce", "Did you mean `by source`?"),
        ("funnel by weather", "can't split by “weather”. I can by source, campaign, rep, variant"),
        ("funnel by", "can't split by “”"),
        ("cpl by rep", "`cpl` can't be split by rep. It can be split by source or campaign."),
        ("overview by source", "`overview` can't be split by source. It is one number for all."),
        ("sources model magic", "don't know the attribution model “magic”"),
        ("funnel model linear", "goes with `sources` only"),
        ("funnel 2027-01", "in the future"),
    ],
)
def test_what_is_not_understood_is_answered_and_never_guessed(typed: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_question(typed, NOW, BERLIN)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("name", "by", "roles", "sees"),
    [
        ("funnel", None, set(), "all"),
        ("funnel", "source", {"rep"}, "all"),
        ("funnel", "rep", {"manager"}, "all"),
        ("funnel", "rep", {"rep"}, "own"),
        ("reps", None, {"rep"}, "own"),
        ("reps", "rep", {"rep", "admin"}, "all"),
    ],
)
def test_a_rep_sees_the_team_and_the_own_row(
    name: str, by: Dimension | None, roles: set[Role], sees: str
) -> None:
    assert may_see(KPIS[name], by, roles) == sees


def test_others_are_told_who_may_see_single_people() -> None:
    with pytest.raises(Refused, match="managers and admins"):
        may_see(KPIS["reps"], None, {"marketer"})


def test_every_default_in_the_list_can_be_read_and_every_name_asked() -> None:
    for kpi in KPIS.values():
        question = parse_question(kpi.name, NOW, BERLIN)
        assert question == Question(kpi, question.period, kpi.always_by)
        assert kpi.question.endswith("?")
        assert kpi.always_by is None or kpi.always_by in kpi.dimensions


@given(
    st.lists(
        st.sampled_from(["funnel", "by", "source", "share", "90d", "model", "last", "month", "x"]), max_size=6
    )
)
def test_any_words_are_a_question_or_a_refusal(words: list[str]) -> None:
    try:
        assert parse_question(" ".join(words), NOW, BERLIN).kpi.name in KPIS
    except Refused as refusal:
        assert str(refusal)
