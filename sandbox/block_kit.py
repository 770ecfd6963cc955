"""What Slack accepts as blocks and views, checked before anyone sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox import block_limits as limits
from sandbox import block_schema, charts
from sandbox.errors import SlackError
from sandbox.shapes import an_object, objects, within

Json = dict[str, Any]
Problem = tuple[str, str]  # JSON pointer, what is wrong

_NUMBER_OF = {
    "datepicker": ("initial_date", r"\d{4}-\d\d-\d\d"),
    "timepicker": ("initial_time", r"[012]\d:[0-5]\d"),
}


def accept_blocks(blocks: Any, surface: str = "message") -> list[Json]:
    """The blocks of a message, when Slack would take them.

    Raises:
        SlackError: invalid_blocks (every problem in its messages), invalid_blocks_format when it is no list,
            msg_blocks_too_long above 13,200 characters of JSON.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError(
            "invalid_blocks_format", ["[ERROR] blocks must be an array of objects [json-pointer:/blocks]"]
        )
    found = problems(blocks, surface)
    if found:
        raise SlackError("invalid_blocks", _worded(found))
    size = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    if size > limits.MESSAGE_CHARACTERS:
        raise SlackError(
            "msg_blocks_too_long", [f"[ERROR] {size} characters of blocks [json-pointer:/blocks]"]
        )
    return blocks


def accept_view(view: Any, kind: str) -> Json:
    """A view, when Slack would show it.

    Args:
        kind: `modal` or `home`.
    Raises:
        SlackError: invalid_arguments (every problem in its messages), view_too_large above 250 KB.
    """
    if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
        raise SlackError("invalid_arguments", ["[ERROR] must be an object with blocks [json-pointer:/view]"])
    found: list[Problem] = []
    if view.get("type") != kind:
        found.append(("/view/type", f"must be {kind}"))
    found += [(f"/view{pointer}", words) for pointer, words in _object(view, kind, "")]
    found += [(f"/view{pointer}", words) for pointer, words in problems(view["blocks"], kind)]
    found += [(f"/view{pointer}", words) for pointer, words in block_schema.problems_in_view(view, kind)]
    if kind == "modal" and not view.get("submit") and any(b.get("type") == "input" for b in view["blocks"]):
        found.append(("/view/submit", "must be given when there are input blocks"))
    if str(view["blocks"]).count("'focus_on_load': True") > 1:
        found.append(("/view/blocks", "only one element may have focus_on_load"))
    if found:
        raise SlackError("invalid_arguments", _worded(found))
    if len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES:
        raise SlackError("view_too_large", ["[ERROR] above 250 KB [json-pointer:/view]"])
    return view


def _worded(found: list[Problem]) -> list[str]:
    return [f"[ERROR] {words} [json-pointer:{pointer}]" for pointer, words in found]


def problems(blocks: list[Json], surface: str) -> list[Problem]:
    """Everything wrong with these blocks on this surface (`message`, `modal`, `home`), in reading order."""
    found: list[Problem] = []
    most = limits.BLOCKS_IN[surface]
    if len(blocks) > most:
        found.append(("/blocks", f"no more than {most} items allowed [{len(blocks)}]"))
    for index, block in enumerate(blocks):
        here = f"/blocks/{index}"
        if not isinstance(block, dict):
            found.append((here, "must be an object"))
            continue
        found += _block(block, surface, here)
        found += block_schema.problems_in_block(block, here)
    found += _repeats(blocks)
    found += _together(blocks)
    return found


def _block(block: Json, surface: str, here: str) -> Iterator[Problem]:  # noqa: PLR0912
    kind = str(block.get("type"))
    surfaces = limits.BLOCK_SURFACES.get(kind)
    if surfaces is None:
        yield f"{here}/type", f"unsupported type: {kind}"
        return
    if surface not in surfaces:
        yield f"{here}/type", f"{kind} is not allowed in a {surface}"
    yield from _object(block, kind, here)
    match kind:
        case "section":
            if not block.get("text") and not block.get("fields"):
                yield here, "text or fields required"
            for index, text in enumerate(_items(block.get("fields"))):
                yield from _text(text, 2000, f"{here}/fields/{index}")
        case "image":
            if bool(block.get("image_url")) == bool(block.get("slack_file")):
                yield here, "either image_url or slack_file required"
        case "card":
            if not any(block.get(part) for part in ("hero_image", "title", "body", "actions")):
                yield here, "hero_image, title, body or actions required"
        case "container":
            for index, child in enumerate(objects(block.get("child_blocks"))):
                if child.get("type") == "container":
                    yield f"{here}/child_blocks/{index}", "containers cannot be nested"
                else:
                    yield from _block(child, surface, f"{here}/child_blocks/{index}")
        case "carousel":
            for index, card in enumerate(objects(block.get("elements"))):
                yield from _block(card, surface, f"{here}/elements/{index}")
        case "data_visualization":
            yield from charts.problems_in_chart(block, here)
        case "data_table" | "table":
            yield from charts.problems_in_table(block, here)
    yield from _elements(block, kind, surface, here)


def _items(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []


def _elements(block: Json, kind: str, surface: str, here: str) -> Iterator[Problem]:
    allowed = limits.HOSTS.get(kind)
    if allowed is None:
        return
    places: list[tuple[str, Any]] = []
    match kind:
        case "input":
            places = [("element", block.get("element"))]
        case "section":
            places = [("accessory", block["accessory"])] if block.get("accessory") else []
        case "card":
            places = [(f"actions/{i}", part) for i, part in enumerate(_items(block.get("actions")))]
        case _:
            places = [(f"elements/{i}", part) for i, part in enumerate(_items(block.get("elements")))]
    for place, element in places:
        spot = f"{here}/{place}"
        if not isinstance(element, dict) or str(element.get("type")) not in allowed:
            yield spot, f"unsupported type in {kind}: {an_object(element).get('type')}"
            continue
        yield from _element(element, kind, surface, spot)


def _element(element: Json, host: str, surface: str, here: str) -> Iterator[Problem]:
    kind = element["type"]
    if surface not in limits.ELEMENT_SURFACES.get(kind, (surface,)):
        yield f"{here}/type", f"{kind} is not allowed in a {surface}"
    if kind in ("plain_text", "mrkdwn"):
        yield from _text(element, 3000, here)
        return
    yield from _object(element, kind, here)
    yield from _options(element, kind, here)
    if element.get("confirm") is not None:
        yield from _object(element["confirm"], "confirm", f"{here}/confirm")
    if kind == "button" and element.get("style") not in (None, "primary", "danger"):
        yield f"{here}/style", "must be primary or danger"
    if kind == "plain_text_input" and not within(element.get("max_length"), 1, 3000):
        yield f"{here}/max_length", "must be between 1 and 3000"
    if kind == "plain_text_input" and within(element.get("max_length"), 1, 3000):
        most = int(element.get("max_length") or 3000)
        if len(str(element.get("initial_value") or "")) > most:
            yield f"{here}/initial_value", f"must be less than {most + 1} characters"
    if kind == "file_input" and not within(element.get("max_files"), 1, 10):
        yield f"{here}/max_files", "must be between 1 and 10"
    if element.get("response_url_enabled") and (surface != "modal" or host != "input"):
        yield f"{here}/response_url_enabled", "only in the input blocks of a modal"
    if kind in _NUMBER_OF:
        key, pattern = _NUMBER_OF[kind]
        if element.get(key) is not None and not re.fullmatch(pattern, str(element[key])):
            yield f"{here}/{key}", "has the wrong format"


def _options(element: Json, kind: str, here: str) -> Iterator[Problem]:
    if kind in ("static_select", "multi_static_select") and bool(element.get("options")) == bool(
        element.get("option_groups")
    ):
        yield here, "either options or option_groups required"
    lists = [(f"{here}/options", _items(element.get("options")))]
    for index, group in enumerate(_items(element.get("option_groups"))):
        spot = f"{here}/option_groups/{index}"
        yield from _object(group, "option_group", spot)
        lists.append((f"{spot}/options", _items(an_object(group).get("options"))))
    offered: list[Any] = []
    for spot, several in lists:
        for index, option in enumerate(several):
            yield from _object(option, "option", f"{spot}/{index}")
            if kind == "overflow" and not an_object(option).get("value") and not an_object(option).get("url"):
                yield f"{spot}/{index}", "value required"
            if an_object(option).get("url") and kind != "overflow":
                yield f"{spot}/{index}/url", "only in an overflow menu"
            offered.append(option)
    if "external" in kind:
        return
    chosen = [("initial_option", element.get("initial_option"))] if element.get("initial_option") else []
    chosen += [
        (f"initial_options/{i}", each) for i, each in enumerate(_items(element.get("initial_options")))
    ]
    for place, option in chosen:
        if option not in offered:
            yield f"{here}/{place}", "must be exactly one of the options"
    values = [str(option["value"]) for option in objects(offered) if option.get("value") is not None]
    for value in {value for value in values if values.count(value) > 1}:
        yield f"{here}/options", f"duplicate option value: {value}"


def _object(node: Any, kind: str, here: str) -> Iterator[Problem]:
    """Lengths, counts, and required and plain texts of one object, by the tables."""
    if not isinstance(node, dict):
        yield here, "must be an object"
        return
    for key in limits.REQUIRED.get(kind, ()):
        if node.get(key) is None or node[key] == "":
            yield f"{here}/{key}", "missing required field"
    for key, most in {**limits.ANYWHERE, **limits.TEXTS.get(kind, {})}.items():
        if node.get(key) is not None:
            yield from _text(node[key], most, f"{here}/{key}")
    for key, (fewest, most) in limits.COUNTS.get(kind, {}).items():
        if node.get(key) is None:
            continue
        if not isinstance(node[key], list) or not fewest <= len(node[key]) <= most:
            size = len(node[key]) if isinstance(node[key], list) else "no list"
            yield f"{here}/{key}", f"must have {fewest} to {most} items [{size}]"
        elif key not in ("rows", "column_settings") and len(objects(node[key])) != len(node[key]):
            yield f"{here}/{key}", "must be an array of objects"
    for key in limits.PLAIN.get(kind, ()):
        if isinstance(node.get(key), dict) and node[key].get("type") != "plain_text":
            yield f"{here}/{key}", "must be plain_text"


def _text(node: Any, most: int, here: str) -> Iterator[Problem]:
    """A text object or a plain string: not empty, not too long."""
    text = node.get("text") if isinstance(node, dict) else node
    if isinstance(node, dict) and node.get("type") == "rich_text":
        return
    if not isinstance(text, str):
        yield here, "must be a text"
    elif isinstance(node, dict) and node.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{here}/type", "must be plain_text or mrkdwn"
    elif isinstance(node, dict) and not text:
        yield f"{here}/text", "must be more than 0 characters"
    elif len(text) > most:
        yield (
            f"{here}/text" if isinstance(node, dict) else here,
            f"must be less than {most + 1} characters [{len(text)}]",
        )


def _repeats(blocks: list[Json]) -> Iterator[Problem]:
    """block_id once per payload, action_id once per block."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        name = str(block.get("block_id") or "")
        if name and name in seen:
            yield f"/blocks/{index}/block_id", f"duplicate block_id: {name}"
        seen.add(name)
        actions = [str(part["action_id"]) for part in objects(block.get("elements")) if part.get("action_id")]
        for action in {action for action in actions if actions.count(action) > 1}:
            yield f"/blocks/{index}/elements", f"duplicate action_id: {action}"


def _together(blocks: list[Json]) -> Iterator[Problem]:
    """What only one message as a whole can break."""
    kinds = [block.get("type") for block in blocks if isinstance(block, dict)]
    for kind in limits.ONE_PER_MESSAGE:
        if kinds.count(kind) > 1:
            yield "/blocks", f"only_one_{kind}_allowed"
    if kinds.count("data_visualization") > limits.CHARTS_PER_MESSAGE:
        yield "/blocks", "no more than 2 data_visualization blocks"
    markdown = sum(
        len(str(b.get("text", ""))) for b in blocks if isinstance(b, dict) and b.get("type") == "markdown"
    )
    if markdown > limits.MARKDOWN_TOTAL:
        yield "/blocks", f"markdown blocks must be less than 12001 characters together [{markdown}]"
