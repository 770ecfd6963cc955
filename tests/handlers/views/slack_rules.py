"""What Slack would refuse, and what no view may ever do, checked on finished JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from handlers.views.message import Message

SCHEMA = Path("../shared/schemas/block-kit.schema.json")
OURS = re.compile(
    r"<!date\^\d+\^[^|<>]*\|[^|<>]*>|<!subteam\^S[A-Z0-9]+>|<@(UANA|UBEN|UMAYA)>"
    r"|<(?:mailto|tel|https?):[^|<>]*\|[^|<>]*>"
)
LIMITS = {"section": 3000, "button": 75, "option": 75, "label": 2000}


@cache
def _validator(root: str) -> jsonschema.Draft7Validator | None:
    if not SCHEMA.exists():
        return None
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{root}", "definitions": schema["definitions"]})


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the JSON, outermost first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def mrkdwn(blocks: list[dict[str, Any]]) -> str:
    """All formatted text, in reading order."""
    return "\n".join(n["text"] for n in walk(blocks) if n.get("type") == "mrkdwn")


def shown(blocks: list[dict[str, Any]]) -> str:
    """All text a person reads."""
    return "\n".join(n["text"] for n in walk(blocks) if n.get("type") in ("mrkdwn", "plain_text"))


def labels(blocks: list[dict[str, Any]]) -> list[str]:
    """What the buttons and the overflow say, in order."""
    found = []
    for block in blocks:
        for element in block.get("elements", []):
            if element["type"] == "button":
                found.append(element["text"]["text"])
            elif element["type"] == "overflow":
                found.append("…")
    return found


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a dialog by label."""
    return {b["label"]["text"]: b for b in view["blocks"] if b["type"] == "input"}


def assert_no_ping(text: str) -> None:
    """Once our own tokens are taken away, no markup is left."""
    rest = OURS.sub("", text)
    assert "<" not in rest, rest
    assert ">" not in re.sub(r"^>", "", rest, flags=re.MULTILINE), rest


def assert_blocks(blocks: list[dict[str, Any]], most: int) -> None:
    assert 0 < len(blocks) <= most
    block_ids = [b["block_id"] for b in blocks if "block_id" in b]
    assert len(block_ids) == len(set(block_ids))
    for block in blocks:
        ids = [n["action_id"] for n in walk(block) if "action_id" in n]
        assert len(ids) == len(set(ids))
    for node in walk(blocks):
        if node.get("type") in ("section", "context") and "text" in node:
            assert 0 < len(node["text"]["text"]) <= 3000
        if node.get("type") in ("mrkdwn", "plain_text"):
            assert 0 < len(node["text"]) <= 3000
            assert not re.search(
                r"[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00\x1b\ud800-\udfff]", node["text"]
            )
        if node.get("type") == "mrkdwn":
            assert node.get("verbatim") is True
            assert_no_ping(node["text"])
        if node.get("type") == "button":
            assert len(node["text"]["text"]) <= 75
            assert len(node.get("accessibility_label", "")) <= 75
        if "options" in node:
            assert 1 <= len(node["options"]) <= (5 if node["type"] == "overflow" else 100)
            for option in node["options"]:
                assert len(option["text"]["text"]) <= 75
                assert len(option.get("description", {"text": ""})["text"]) <= 75
    json.dumps(blocks, ensure_ascii=False).encode("utf-8")


def assert_message(drawn: Message) -> None:
    """A message Slack takes, and that pings nobody from outside."""
    assert drawn.text.strip()
    assert_no_ping(drawn.text)
    assert len(drawn.text) < 3000
    assert_blocks(drawn.blocks, 50)
    assert len(json.dumps(drawn.blocks, ensure_ascii=False)) < 12_000
    if validator := _validator("MessageBlocks"):
        validator.validate(drawn.blocks)


def assert_dialog(view: dict[str, Any]) -> None:
    """A dialog Slack opens."""
    assert len(view["title"]["text"]) <= 24
    assert_blocks(view["blocks"], 100)
    assert len(view.get("private_metadata", "")) <= 3000
    has_inputs = any(b["type"] == "input" for b in view["blocks"])
    assert not has_inputs or 0 < len(view["submit"]["text"]) <= 24
    assert len(json.dumps(view)) < 250_000
    if validator := _validator("ModalView"):
        validator.validate(view)
