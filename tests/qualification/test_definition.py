"""Design §4's tables, word for word, against the definition we ship; and definitions that are refused."""

from __future__ import annotations

import re

import pytest
import yaml

from qualification.definition import BadDefinition, parse_definition
from qualification.errors import Refused
from qualification.yaml_lines import with_values
from tests.qualification.stories import RULES, YAML

ACTIONS = """
demo_request 30 q i f · pricing_request 30 q i f · quote_request 30 q i f · call_request 30 q i f ·
positive_reply 30 q i f · contact_form 20 q · free_trial 25 q f · referral 20 q · webinar_attended 15 q ·
chat 15 q · webinar_signup 10 q · content_download 10 q · event_badge 10 q · newsletter_signup 5 q ·
pricing_page 10 · product_page 2 · product_video 5 · blog_page 1 (cap 5) · time_on_page_60s 2 (cap 6) ·
email_click 5 (cap 15) · email_open 0 · careers_page -10 · unsubscribe -20
"""
BANT = {
    "budget": [10, 7, 6, 2, 0],
    "authority": [10, 9, 7, 2, 0],
    "need": [10, 9, 4, 1, 0],
    "timeline": [10, 9, 5, 2, 0],
}
BACK = {"unreachable": 30, "no_budget": 90, "wrong_person": 30}
DISQUALIFY = (
    "unreachable, no_need, no_budget, no_fit, wrong_person, competitor, vendor, student, job_seeker, "
    "existing_customer, duplicate, bad_data, spam, test, opted_out"
)


def test_every_action_is_worth_what_the_design_says():
    told = {line.split()[0]: line.split()[1:] for line in ACTIONS.replace("\n", " ").split(" · ")}

    assert set(RULES.actions) == set(told)
    for name, (points, *marks) in told.items():
        action = RULES.actions[name]
        assert action.points == int(points), name
        assert action.qualifies == ("q" in marks), name
        assert action.is_inquiry(with_message=False) == ("i" in marks), name
        assert action.is_fast(with_message=False) == ("f" in marks), name
        assert action.cap == (int(marks[-1].strip(")")) if "(cap" in marks else None), name
        assert action.observed == ("q" not in marks), name


def test_a_contact_form_with_a_message_is_a_direct_inquiry():
    action = RULES.actions["contact_form"]
    assert action.is_inquiry(with_message=True)
    assert action.is_fast(with_message=True)
    assert action.qualifies


def test_every_bant_option_is_worth_what_the_design_says():
    assert {letter: [o.points for o in q.options] for letter, q in RULES.questions.items()} == BANT
    blocking = {(q.letter, o.id) for q in RULES.questions.values() for o in q.options if o.blocks_sql}
    assert blocking == {
        ("budget", "below_floor"),
        ("budget", "none"),
        ("need", "curious"),
        ("need", "none"),
    }


def test_reasons_say_when_a_lead_may_come_back_and_whether_it_counts():
    codes = RULES.disqualify_reasons
    assert list(codes) == DISQUALIFY.split(", ")
    assert {name: code.back_days for name, code in codes.items() if code.back_days} == BACK
    assert RULES.left_out == {"spam", "test", "duplicate", "existing_customer"}
    assert {name for name, code in codes.items() if code.final} == {"spam", "test", "duplicate", "opted_out"}
    assert "right person" in codes["wrong_person"].ask
    assert list(RULES.lost_reasons) == (
        ["price", "competitor", "no_decision", "timing", "missing_feature", "lost_contact", "other"]
    )


def test_thresholds_and_clocks():
    assert (RULES.mql_score, RULES.mql_engagement) == (35, 15)
    assert (RULES.sql_score, RULES.sql_letters, RULES.sql_bant) == (75, 3, 20)
    assert RULES.sql_direct_inquiry
    clocks = RULES.clocks
    minutes = [c.total_seconds() / 60 for c in (clocks.inquiry_to_claim, clocks.mql_to_claim)]
    assert minutes == [5, 60]
    assert clocks.claim_to_touch.total_seconds() == clocks.late_after.total_seconds() == 24 * 3600
    assert (clocks.days, clocks.opens, clocks.closes) == ((0, 1, 2, 3, 4), "09:00", "18:00")
    assert (RULES.half_life.days, RULES.inquiry_holds.days, RULES.waits.days) == (30, 30, 7)
    assert (RULES.score_max_before_call, RULES.inquiry_points, RULES.post_from) == (60, 30, "mql")


def test_norway_is_a_country():
    assert "no" in RULES.lists.countries


def changed(**changes):
    """The shipped definition with values at dotted places replaced, or taken out where the value is None."""
    raw = yaml.safe_load(YAML)
    for place, value in changes.items():
        *path, last = place.split("__")
        part = raw
        for name in path:
            part = part[name]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return yaml.safe_dump(raw, allow_unicode=True)


DEMO = {"points": 30, "qualifies": True, "inquiry": True, "fast": True, "says": "Asked"}
SMALL = {"from": 10, "to": 49, "points": 7, "says": "small"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": None}, "lacks title"),
        ({"bant": None}, "lacks bant"),
        ({"bant__need": None}, "lacks bant.need"),
        ({"sql__letters": None}, "lacks sql.letters"),
        ({"fit__title__levels": None}, "lacks fit.title.levels"),
        ({"titel": "x"}, "titel is nothing"),
        ({"actions__demo_request": {**DEMO, "quailfies": True}}, "actions.demo_request.quailfies is nothing"),
        ({"bant__money": {"asks": "?"}}, "bant.money is nothing"),
        ({"actions__demo_request": {**DEMO, "points": "many"}}, "must be a whole number, not 'many'"),
        ({"actions__demo_request": {**DEMO, "points": True}}, "must be a whole number, not True"),
        ({"actions__demo_request": {**DEMO, "qualifies": "yes"}}, "must be true or false, not 'yes'"),
        ({"actions__demo_request": {**DEMO, "says": 7}}, "must be text, not 7"),
        ({"actions__demo_request": 30}, "actions.demo_request must be a mapping"),
        ({"actions__demo_request": {**DEMO, "cap": 0}}, "must be at least 1, not 0"),
        ({"actions": {}}, "actions is empty"),
        ({"actions__Demo Request": DEMO}, "must be named in small letters"),
        ({"engagement__half_life_days": 0}, "must be a number above 0, not 0"),
        ({"engagement__half_life_days": float("nan")}, "must be a number above 0"),
        ({"engagement__half_life_days": 1e-12}, "engagement.half_life_days must last at least 60 seconds"),
        ({"engagement__half_life_days": float("inf")}, "1,000,000,000 at most"),
        (
            {"actions__demo_request": {**DEMO, "half_life_days": 1e-7}},
            "demo_request.half_life_days must last",
        ),
        ({"engagement__inquiry_holds_days": 1e-12}, "must last at least 60 seconds, and 1e-12 is less"),
        ({"permission__waits_days": 1e9}, "permission.waits_days must be 1,000,000 at most"),
        ({"clocks__late_after_hours": 1e-9}, "clocks.late_after_hours must last at least 60 seconds"),
        ({"behaviour__fast_click_seconds": 1e-9}, "must last at least 0.001 seconds"),
        ({"bant__claimed_share": 2}, "at most 1"),
        ({"bant__need__options": []}, "at least one entry"),
        ({"bant__need__options": [{"id": "a", "points": 9, "says": "A"}] * 2}, "two options with the same"),
        ({"lists__countries": "DE"}, "lists.countries must be a list of words"),
        ({"clocks__work_days": ["mon", "funday"]}, "clocks.work_days must be some of mon"),
        ({"clocks__work_days": []}, "clocks.work_days must be some of mon"),
        ({"clocks__opens": "nine"}, "clocks.opens must be a time"),
        ({"clocks__opens": "19:00"}, "clocks.opens must be before"),
        ({"post_from": "never"}, "post_from must be lead or mql"),
        ({"permission__by_request": ["demo"]}, "an action that does not exist: demo"),
        ({"fit__size__ranges": [SMALL, {**SMALL, "from": 40, "to": 60}]}, "overlap at 40"),
        ({"fit__size__ranges": [{**SMALL, "to": 5}]}, "from 10 down to 5"),
        ({"sql__score": 101}, "Nobody can reach sql.score 101: the most there can be is 100"),
        ({"sql__bant": 41}, "Nobody can reach sql.bant 41"),
        ({"sql__letters": 5}, "Nobody can reach sql.letters 5"),
        ({"mql__score": 61}, "Nobody can reach mql.score 61"),
        ({"mql__engagement": 31}, "Nobody can reach mql.engagement 31"),
        ({"actions": {"visit": {"points": 1, "says": "Came by"}}, "permission__by_request": []}, "No action"),
        (
            {
                "actions": {"badge": {"points": 1, "qualifies": True, "says": "B"}},
                "permission__by_request": [],
            },
            "no action is one",
        ),
    ],
)
def test_a_bad_definition_is_refused_with_the_place(changes, says):
    with pytest.raises(BadDefinition) as refused:
        parse_definition(changed(**changes))
    assert says in str(refused.value)
    assert isinstance(refused.value, Refused)


@pytest.mark.parametrize(
    ("text", "says"), [("a: [", "not valid YAML"), ("- a", "must be a mapping"), ("", "must be a mapping")]
)
def test_what_is_no_definition_at_all_is_refused(text, says):
    with pytest.raises(BadDefinition, match=says):
        parse_definition(text)


def written(old, new):
    """The shipped file with one passage replaced, and the line where that passage stands."""
    assert YAML.count(old) == 1, old
    return YAML.replace(old, new), YAML[: YAML.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "says", "hint"),
    [
        (
            "by_request: [demo_request,",
            "by_request: [demo_reqest,",
            "an action that does not exist: demo_reqest",
            "Did you mean demo_request?",
        ),
        ("  waits_days: 7", "  wait_days: 7", "lacks permission.waits_days", "You wrote wait_days"),
        ("post_from: mql", "post_from: mpl", "post_from must be lead or mql", "Did you mean mql?"),
        (
            "free_trial:       {points: 25,",
            'free_trial:       {points: "25",',
            "actions.free_trial.points must be a whole number, not '25'",
            "Write 25 without quotes.",
        ),
        (
            '{points: 20, qualifies: true, says: "Was referred"}',
            '{points: 20, qualifys: true, says: "Was referred"}',
            "actions.referral.qualifys is nothing the definition knows",
            "Did you mean qualifies?",
        ),
        ("{from: 10, to: 49,", "{from: 10, to: 60,", "overlap at 50: 10 to 60 and 50 to 500", "begin at 61"),
        ("free_mail: -4", "free_mail: -4\n  free_mail: -5", "fit.free_mail stands there twice", ""),
        ('opens: "09:00"', "opens: 10:30", "clocks.opens must be text", "Write it in quotes."),
        ("post_from: mql", "post_from: mql\n\tx: 1", "not valid YAML", "Look for a tab"),
        ("sql: {score: 75,", "sql: {score: 101,", "Nobody can reach sql.score 101", "Write 100 or less."),
        (
            "sql: {score: 75,",
            "sql: {score: 95,",
            "sql.score 95 can't be reached with sql.letters 3: the most there can be is 90",
            "Write letters: 4, or score: 90 or less.",
        ),
        (
            "bant: 20, direct_inquiry: true}",
            "bant: 35, direct_inquiry: true}",
            "sql.bant 35 can't be reached with sql.letters 3: the most there can be is 30",
            "Write letters: 4, or bant: 30 or less.",
        ),
        (
            "industry: {listed: 4,",
            "industry: {listed: 6,",
            "adds up to 32 (title 12 + size 10 + industry 6 + country 4)",
            "Write max: 32, or change a part by 2.",
        ),
        (
            "engagement: {max: 30,",
            "engagement: {max: 20,",
            "The parts add up to 90, and a score is read out of 100: fit 30 + engagement 20 + BANT 40",
            "With engagement.max: 30 they would.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_why_and_what_would_be_right(old, new, says, hint):
    text, line = written(old, new)
    with pytest.raises(BadDefinition) as refused:
        parse_definition(text)
    assert says in refused.value.reason
    assert hint in refused.value.hint
    # The line of the mistake, or of the part that it makes impossible to add up.
    assert refused.value.line is not None
    near = {line, line + 1}
    if "adds up" in says:
        near = {YAML[: YAML.index("  max: 30\n  title")].count("\n") + 1}
    elif "overlap" in says:
        near = {YAML[: YAML.index("{from: 50")].count("\n") + 1}
    assert refused.value.line in near
    assert str(refused.value).startswith(f"Line {refused.value.line}: ")


NEED = """      - {id: deadline, points: 10, says: "Deadline or measured cost"}
      - {id: clear_pain, points: 9, says: "Clear pain, searching"}
      - {id: known, points: 4, says: "Known, not urgent"}
"""


def test_a_gate_that_no_answer_can_pass_is_refused():
    text, _ = written(NEED, NEED.replace('"}', '", blocks_sql: true}'))
    with pytest.raises(BadDefinition, match="Every answer to Need rules an SQL out"):
        parse_definition(text)


def test_what_was_agreed_stays_in_force_when_we_check_more_strictly_since():
    text, _ = written("engagement: {max: 30,", "engagement: {max: 20,")
    assert parse_definition(text, 7, agreed=True).engagement_max == 20


def test_a_value_is_changed_in_place_and_comments_stay():
    text = with_values(YAML, {"sql.score": 80, "actions.referral.points": 25, "sql.direct_inquiry": False})
    assert text.count("\n") == YAML.count("\n")
    assert "# q: makes a contact a lead" in text
    new = parse_definition(text)
    assert (new.sql_score, new.actions["referral"].points, new.sql_direct_inquiry) == (80, 25, False)
    assert (
        with_values(text, {"sql.score": 75, "actions.referral.points": 20, "sql.direct_inquiry": True})
        == YAML
    )
    with pytest.raises(BadDefinition, match=r"lacks sql\.scores"):
        with_values(YAML, {"sql.scores": 1})


BOMB = "\n".join(
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}\ntitle: *a29\n",
        YAML.replace("title: Our leads definition", f"{BOMB}\ntitle: *a29"),
        YAML.replace("industries: [software,", f"industries: [[{'[' * 50}{']' * 50}],"),
        "[" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        YAML.replace("post_from: mql", "post_from: 2026-13-45"),
        YAML.replace("points: 25,", f"points: {'9' * 5_000},"),
        YAML.replace("points: 25,", f"points: {'9' * 400},"),
        YAML.replace("waits_days: 7", "waits_days: 1.0e+300"),
        YAML.replace("waits_days: 7", "waits_days: .inf"),
        YAML.replace("waits_days: 7", "waits_days: !!python/object/apply:os.system [id]"),
        "\x00",
        "a: " + "x" * 300_000,
    ],
    ids=range(13),
)
def test_a_hostile_file_is_refused_in_a_sentence(text):
    with pytest.raises(BadDefinition) as refused:
        parse_definition(text)
    assert len(str(refused.value)) < 500


def test_a_changed_definition_is_another_version():
    stricter = parse_definition(changed(sql__score=80, sql__direct_inquiry=False), version=2)
    assert (stricter.version, stricter.sql_score, stricter.sql_direct_inquiry) == (2, 80, False)


def test_a_half_life_of_nothing_is_refused_at_its_line():
    text = YAML.replace("half_life_days: 30", "half_life_days: 0.000000000001", 1)
    with pytest.raises(BadDefinition) as refused:
        parse_definition(text)
    assert refused.value.line == text[: text.index("0.000000000001")].count("\n") + 1


@pytest.mark.parametrize(
    ("name", "domains", "says"),
    [
        (
            "customer_domains",
            "[acme.com, gmail.com]",
            "lists.customer_domains has gmail.com: anybody can have",
        ),
        (
            "customer_domains",
            '["https://x y"]',
            "has “https://x y”, which is no domain. Write it like acme.com.",
        ),
        ("competitor_domains", '["@acme.com"]', "has “@acme.com”, which is no domain. Write acme.com."),
        ("own_domains", '["https://acme.com/about"]', "which is no domain. Write acme.com."),
        ("own_domains", "[acme]", "has “acme”, which is no domain"),
        ("disposable_domains", "[rival.com]", "has rival.com, which stands in competitor_domains too"),
    ],
)
def test_a_list_takes_domains_of_one_company_only(name: str, domains: str, says: str) -> None:
    text = YAML.replace("competitor_domains: []", "competitor_domains: [rival.com]")
    text = re.sub(rf"{name}: \[.*?\]", f"{name}: {domains}", text)
    with pytest.raises(BadDefinition) as refused:
        parse_definition(text)
    assert says in str(refused.value)
    line = text.splitlines()[refused.value.line - 1]
    assert name in line
    assert parse_definition(text, agreed=True), "what was agreed before stays in force"
