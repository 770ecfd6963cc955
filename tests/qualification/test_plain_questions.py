"""Plain words, by rules that hold for any text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from qualification.errors import Refused
from qualification.kpi import KPIS, Dimension
from qualification.kpi_question import MODELS, Question, parse_question, written
from qualification.kpi_understood import told
from qualification.plain_idle import STOP
from qualification.plain_questions import Unsure, read_plain
from qualification.plain_values import Colleague, Known
from tests.kpi.test_phrasings import KNOWN, NOW, table

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2001, 1, 1, 12, tzinfo=UTC)
MOMENTS = st.integers(0, 12_000).map(lambda days: FIRST + timedelta(days=days))
PERIODS = (
    "", "today", "yesterday", "this week", "last week", "this month", "last quarter", "this year",
    "last year", "1d", "7d", "30d", "1m", "12m", "Q1", "Q3 2000", "2000-02", "2000", "2000-02-29..2000-02-29",
    "since 2000-03-01",
)  # fmt: skip
LETTERS = st.one_of(st.sampled_from("ab \"'=<@>|"), st.characters(exclude_categories=["Cs"]))
VALUES = st.text(LETTERS, min_size=1, max_size=30).filter(lambda value: value.strip() != "")
WORDS = sorted({word for name in ("examples", "unseen") for row in table(name) for word in row[0].split()})


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, datetime]:
    """Any question that can be asked, and when."""
    now, kpi = draw(MOMENTS), KPIS[draw(st.sampled_from(sorted(KPIS.keys() - {"ab"})))]
    period, other = (draw(st.sampled_from(PERIODS)) for _ in range(2))
    against = draw(st.sampled_from(["", "before", "year-before", other])) if kpi.basis != "now" else ""
    model = draw(st.sampled_from(MODELS)) if kpi.name == "sources" else "first"
    share = draw(st.booleans())
    only: tuple[Dimension, str] | None = None
    by = None
    if kpi.dimensions and draw(st.booleans()):
        only = (draw(st.sampled_from(kpi.dimensions)), draw(VALUES))
    elif kpi.dimensions:
        by = draw(st.sampled_from((None, *kpi.dimensions)))
    parts = [kpi.name, period, f"by {by}" if by else "", f"model {model}" if kpi.name == "sources" else ""]
    parts.append(f"against {against}" if against else "")
    try:
        whole = parse_question(" ".join(parts), now, BERLIN)
    except Refused:  # the window before lies before 2000, or has not begun
        reject()
    return (
        Question(kpi, whole.period, whole.by, share, whole.model, only, whole.against),
        now,
    )


@given(questions())
def test_any_question_written_out_reads_back_the_same(asked: tuple[Question, datetime]) -> None:
    question, now = asked
    assert parse_question(written(question, now), now, BERLIN) == question


@given(st.text("abc -_1", max_size=20), MOMENTS, st.booleans())
def test_an_experiment_is_asked_for_by_its_name_alone(name: str, now: datetime, share: bool) -> None:
    question = parse_question(f"ab {name} {'share' if share else ''}", now, BERLIN)
    assert parse_question(written(question, now), now, BERLIN) == question


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)), MOMENTS)
def test_whatever_is_typed_is_a_question_or_refused_in_words(text: str, now: datetime) -> None:
    for read in (
        lambda: read_plain(text, now, BERLIN, KNOWN).question,
        lambda: parse_question(text, now, BERLIN),
    ):
        try:
            found = [read()]
        except Unsure as unsure:
            found = list(unsure.readings)
            assert found
            assert unsure.why
        except Refused as no:
            found = []
            assert str(no)
        for question in found:
            assert told(question)
            assert parse_question(written(question, now), now, BERLIN) == question


NUMBERLESS = (
    "linkedin",
    "the",
    "ana",
    "last month",
    "by source",
    "in october",
    "of",
    "webinar",
    "q3",
    "vs",
    "our",
)


@given(st.lists(st.sampled_from(NUMBERLESS), max_size=6).map(" ".join))
def test_no_number_is_read_where_none_is_named_unless_that_is_said(text: str) -> None:
    try:
        read = read_plain(text, NOW, BERLIN, KNOWN)
    except Refused:
        return
    assert read.question.kpi.name == "overview"
    assert read.default == "you named no number, so this is the overview"


@given(st.sampled_from([typed for typed, meant in table("examples") if meant[0] not in "?!"]), st.data())
def test_a_word_that_means_nothing_is_never_passed_over(typed: str, data: st.DataObject) -> None:
    strange = data.draw(st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=6, max_size=12))
    words = typed.split()
    if words[-1] == "share":
        return
    words.insert(data.draw(st.integers(0, len(words))), strange)
    with pytest.raises(Refused):
        read_plain(" ".join(words), NOW, BERLIN, KNOWN)


def test_a_name_that_is_an_ordinary_word_needs_its_kind_or_a_possessive() -> None:
    known = Known(
        {"campaign": ("may", "conversion", "our")}, (Colleague("UWILL", "will", "Will Page"),), "UANA"
    )

    def only(text: str) -> object:
        return read_plain(text, NOW, BERLIN, known).question.only

    assert "will" in STOP
    assert only("will conversion be fine") is None
    assert only("will's conversion this year") == ("rep", "UWILL")
    assert only("what is the win rate of @will") == ("rep", "UWILL")
    assert only("conversion in may") is None
    assert only("conversion of the may campaign") == ("campaign", "may")
    assert only("what does our lead cost") is None


def test_a_no_within_a_name_leaves_nothing_out() -> None:
    known = Known({"campaign": ("No code needed",)})
    read = read_plain("conversion of the no code needed campaign", NOW, BERLIN, known)
    assert read.question.only == ("campaign", "No code needed")
    with pytest.raises(Refused, match="what did not happen"):
        read_plain("how many leads got no call", NOW, BERLIN, known)


def test_a_name_of_two_things_is_asked_about() -> None:
    known = Known({"source": ("webinar",), "campaign": ("webinar",)})
    with pytest.raises(Unsure, match="stands for more than one thing") as unsure:
        read_plain("how do webinar leads convert", NOW, BERLIN, known)
    assert [one.only for one in unsure.value.readings] == [("source", "webinar"), ("campaign", "webinar")]
    assert read_plain("conversion of the webinar campaign", NOW, BERLIN, known).question.only == (
        "campaign",
        "webinar",
    )


def test_my_numbers_at_a_terminal_ask_for_a_name() -> None:
    with pytest.raises(Refused, match="don't know who you are"):
        read_plain("how fast am I", NOW, BERLIN, Known())


def test_same_month_of_another_year_is_spelled_out() -> None:
    question = read_plain("win rate in October vs October last year", NOW, BERLIN, KNOWN).question
    assert told(question) == "win rate, in October 2026, against October 2025"
    assert question.period.end - question.period.start == timedelta(days=31)


def test_a_campaign_there_is_not_is_told_by_name() -> None:
    with pytest.raises(Unsure, match=r"I know no campaign “easter”\. I know spring-webinar, black-friday"):
        read_plain("how did the easter campaign convert", NOW, BERLIN, KNOWN)
    with pytest.raises(Unsure, match="I know no source “tiktok”"):
        read_plain("conversion of source tiktok", NOW, BERLIN, KNOWN)


def test_one_day_is_a_day_one_speaks_of_with_on() -> None:
    assert told(read_plain("how many leads on 3 november", NOW, BERLIN, KNOWN).question) == (
        "overview, on 2026-11-03"
    )


def test_what_one_rep_did_is_said_of_that_rep() -> None:
    found = read_plain("how is ben doing", NOW, BERLIN, KNOWN).question
    assert told(found, KNOWN.called) == "what @ben did, in the last 30 days"
