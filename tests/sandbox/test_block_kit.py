"""Blocks and views that Slack would refuse are refused, with the place that is wrong."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import block_schema
from sandbox.block_kit import accept_blocks, accept_view
from sandbox.errors import SlackError
from tests.sandbox.tiny_app import card, dialog, option, plain

Json = dict[str, Any]


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(*options: Json, **more: Any) -> Json:
    return actions({"type": "static_select", "action_id": "s", "options": list(options), **more})


def chart(**more: Any) -> Json:
    points = [{"label": "Jan", "value": 3}, {"label": "Feb", "value": 4}]
    drawn = {
        "type": "bar",
        "series": [{"name": "MQL", "data": points}],
        "axis_config": {"categories": ["Jan", "Feb"]},
    }
    return {"type": "data_visualization", "title": "Leads", "chart": {**drawn, **more}}


def table(*rows: list[str]) -> Json:
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in rows]
    return {"type": "data_table", "caption": "Numbers", "rows": cells}


REFUSED: list[tuple[str, list[Json], str]] = [
    ("a long header", [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ("an empty section", [{"type": "section"}], "/blocks/0"),
    ("an empty text", [{"type": "section", "text": plain("")}], "/blocks/0/text/text"),
    ("a long section", [{"type": "section", "text": plain("x" * 3001)}], "/blocks/0/text/text"),
    ("a long field", [{"type": "section", "fields": [plain("x" * 2001)]}], "/blocks/0/fields/0/text"),
    ("eleven fields", [{"type": "section", "fields": [plain("x")] * 11}], "/blocks/0/fields"),
    ("a long button", [actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    ("a long value", [actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    ("a mrkdwn button", [actions(button(text={"type": "mrkdwn", "text": "x"}))], "/blocks/0/elements/0/text"),
    ("an odd style", [actions(button(style="loud"))], "/blocks/0/elements/0/style"),
    ("no elements", [actions()], "/blocks/0/elements"),
    ("the same action twice", [actions(button(), button())], "/blocks/0/elements"),
    ("the same block twice", [{"type": "divider", "block_id": "d"}] * 2, "/blocks/1/block_id"),
    ("51 blocks", [{"type": "divider"}] * 51, "/blocks"),
    ("a long option value", [select(option("a", "x" * 151))], "/blocks/0/elements/0/options/0/value"),
    ("101 options", [select(*[option("a", str(n)) for n in range(101)])], "/blocks/0/elements/0/options"),
    ("an option twice", [select(option("a", "1"), option("b", "1"))], "/blocks/0/elements/0/options"),
    ("no options", [select()], "/blocks/0/elements/0"),
    (
        "a start that is not offered",
        [select(option("a", "1"), initial_option=option("b", "2"))],
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "six choices in an overflow",
        [actions({"type": "overflow", "action_id": "o", "options": [option("a", str(n)) for n in range(6)]})],
        "/blocks/0/elements/0/options",
    ),
    (
        "a confirm without words",
        [actions(button(confirm={"title": plain("?")}))],
        "/blocks/0/elements/0/confirm/text",
    ),
    ("a field in an actions block", [actions({"type": "plain_text_input"})], "/blocks/0/elements/0"),
    (
        "an image without words",
        [{"type": "image", "image_url": "https://x.example/a.png"}],
        "/blocks/0/alt_text",
    ),
    ("eleven in a context", [{"type": "context", "elements": [plain("x")] * 11}], "/blocks/0/elements"),
    ("an unknown block", [{"type": "hologram"}], "/blocks/0/type"),
    ("an alert in a message", [{"type": "alert", "text": plain("x")}], "/blocks/0/type"),
    (
        "a chart with a hole",
        [chart(axis_config={"categories": ["Jan", "Mar"]})],
        "/blocks/0/chart/series/0/data",
    ),
    ("three charts", [chart()] * 3, "/blocks"),
    ("an uneven table", [table(["a", "b"], ["c"])], "/blocks/0/rows"),
    ("an empty cell", [table(["a"], [""])], "/blocks/0/rows/1/0/text"),
    ("21 columns", [table(["a"] * 21, ["b"] * 21)], "/blocks/0/rows"),
    ("a long markdown", [{"type": "markdown", "text": "x" * 7000}] * 2, "/blocks"),
]


@pytest.mark.parametrize(("what", "blocks", "pointer"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(what: str, blocks: list[Json], pointer: str) -> None:
    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        accept_blocks(blocks)
    assert any(line.endswith(f"[json-pointer:{pointer}]") for line in caught.value.messages), (
        caught.value.messages
    )


def test_a_start_value_must_fit_its_field() -> None:
    element = {"type": "plain_text_input", "action_id": "n", "max_length": 5, "initial_value": "x" * 6}
    field = {"type": "input", "label": plain("Notes"), "element": element}
    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        accept_blocks([field])
    assert caught.value.messages == [
        "[ERROR] must be less than 6 characters [json-pointer:/blocks/0/element/initial_value]"
    ]


def test_what_is_right_is_taken_as_it_is() -> None:
    for blocks in (card(), [chart()], [table(["a", "b"], ["1", "2"])], [select(option("a", "1"))]):
        assert accept_blocks(blocks) == blocks


def test_many_small_texts_can_be_too_much_together() -> None:
    blocks = [{"type": "section", "text": plain("x" * 2900)}] * 5
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        accept_blocks(blocks)


@pytest.mark.skipif(not block_schema.SCHEMA_FILE.is_file(), reason="the schema file is not there")
def test_fields_slack_does_not_know_are_found_where_they_are() -> None:
    blocks = card()
    blocks[1]["elements"][0]["colour"] = "red"
    with pytest.raises(SlackError) as caught:
        accept_blocks(blocks)
    assert caught.value.messages == [
        "[ERROR] unknown field: colour [json-pointer:/blocks/1/elements/0/colour]"
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": plain("x" * 25)}, "/view/title/text"),
        ({"submit": None}, "/view/submit"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"type": "home"}, "/view/type"),
        ({"blocks": [chart()], "submit": None}, "/view/blocks/0/type"),
    ],
)
def test_dialogs_that_cannot_open(change: Json, pointer: str) -> None:
    view = {key: value for key, value in {**dialog(), **change}.items() if value is not None}
    with pytest.raises(SlackError, match="invalid_arguments") as caught:
        accept_view(view, "modal")
    assert any(line.endswith(f"[json-pointer:{pointer}]") for line in caught.value.messages), (
        caught.value.messages
    )


def test_some_fields_only_stand_in_dialogs() -> None:
    field = {"type": "email_text_input", "action_id": "e"}
    blocks = [{"type": "input", "label": plain("Mail"), "element": field}]
    assert accept_view({**dialog(), "blocks": blocks}, "modal")
    with pytest.raises(SlackError):
        accept_view({"type": "home", "blocks": blocks}, "home")


def test_a_huge_dialog() -> None:
    options = [option("x" * 75, f"{n:03d}" + "v" * 140) for n in range(100)]
    element = {"type": "static_select", "action_id": "s", "options": options}
    blocks = [{"type": "input", "label": plain(str(n)), "element": element} for n in range(10)]
    with pytest.raises(SlackError, match="view_too_large"):
        accept_view({**dialog(), "blocks": blocks}, "modal")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
valid = st.sampled_from(
    [card(), [chart()], [table(["a"], ["b"])], dialog()["blocks"], [select(option("a", "1"))]]
)


def spoil(blocks: list[Json], data: st.DataObject) -> Any:
    """The same blocks with junk in one place."""
    spoiled: Any = copy.deepcopy(blocks)
    node: Any = spoiled
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            node[key] = data.draw(junk)
            return spoiled
        node = node[key]


@settings(deadline=None)
@given(valid, st.data())
def test_whatever_is_put_in_the_answer_is_yes_or_a_reason(blocks: list[Json], data: st.DataObject) -> None:
    try:
        accept_blocks(spoil(blocks, data))
    except SlackError as no:
        assert json.dumps(no.body())


@pytest.mark.skipif(not block_schema.SCHEMA_FILE.is_file(), reason="the schema file is not there")
@settings(deadline=None)
@given(valid, st.data())
def test_the_schema_is_read_as_a_general_validator_reads_it(blocks: list[Json], data: st.DataObject) -> None:
    judge = jsonschema.Draft7Validator(
        {"definitions": block_schema.definitions(), "$ref": "#/definitions/KnownBlock"}
    )
    for block in spoil(blocks, data):
        if isinstance(block, dict) and block.get("type") in ("section", "actions", "input", "data_table"):
            assert bool(block_schema.problems_in_block(block, "")) != judge.is_valid(block)
