"""Finding the button, menu or field that a person means by its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.answers import options
from sandbox.errors import ScreenError

Json = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """One thing that can be pressed or filled. `labels` are all words a person might call it by."""

    block: Json
    element: Json
    labels: tuple[str, ...]

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def in_input(self) -> bool:
        return bool(self.block.get("type") == "input")

    @property
    def dispatches(self) -> bool:
        """Whether a choice is sent at once; inside an input block only with `dispatch_action`."""
        return not self.in_input or bool(self.block.get("dispatch_action"))


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Every control in reading order."""
    for block in blocks:
        match block.get("type"):
            case "input":
                yield Control(block, block["element"], (_text(block.get("label")),))
            case "actions" | "context_actions":
                for element in block.get("elements") or []:
                    yield Control(block, element, _labels(element))
            case "section" if isinstance(block.get("accessory"), dict):
                accessory = block["accessory"]
                if accessory.get("type") != "image":
                    yield Control(block, accessory, (*_labels(accessory), _text(block.get("text"))))
            case "card":
                for element in block.get("actions") or []:
                    yield Control(block, element, _labels(element))
            case "carousel":
                yield from controls(block.get("elements") or [])
            case "container":
                yield from controls(block.get("child_blocks") or [])


def _text(node: Any) -> str:
    return str(node.get("text", "")) if isinstance(node, dict) else ""


def _labels(element: Json) -> tuple[str, ...]:
    """Own words first, then the words of each choice in an overflow menu."""
    names = [
        _text(element.get("text")),
        str(element.get("accessibility_label", "")),
        _text(element.get("placeholder")),
    ]
    if element.get("type") in ("overflow", "checkboxes", "radio_buttons"):
        names.extend(option["text"]["text"] for option in options(element))
    return tuple(name for name in names if name)


def plain(label: str) -> str:
    """A label for comparing: without marks, case or double spaces."""
    return " ".join(label.replace("*", "").replace("_", " ").casefold().split())


@dataclass(frozen=True)
class Wanted:
    """How a caller names a control: words or id, and what narrows it down when several carry them."""

    label: str | None = None
    action_id: str | None = None
    block_id: str | None = None
    value: str | None = None
    near: str | None = None

    def describe(self) -> str:
        return self.label or self.action_id or "a control"


def find(blocks: list[Json], wanted: Wanted) -> Control:
    """The one control that is meant.

    Raises:
        ScreenError: no_such_control or ambiguous_control; both list what is there.
    """
    there = list(controls(blocks))
    named = _matching(there, wanted)
    if not named:
        raise ScreenError("no_such_control", wanted=wanted.describe(), there=offered(blocks))
    for narrower in (_same_block, _same_value, _near(blocks)):
        if len(named) > 1:
            named = narrower(named, wanted) or named
    if len(named) > 1:
        where = [
            {"block_id": c.block_id, "action_id": c.action_id, "value": c.element.get("value")} for c in named
        ]
        raise ScreenError("ambiguous_control", wanted=wanted.describe(), there=where)
    return named[0]


def offered(blocks: list[Json]) -> list[str]:
    """The words of everything that can be pressed or filled."""
    return [label for control in controls(blocks) for label in control.labels[:6] or (control.action_id,)]


def _matching(there: list[Control], wanted: Wanted) -> list[Control]:
    if wanted.action_id is not None:
        return [control for control in there if control.action_id == wanted.action_id]
    if wanted.label is None:
        return []
    exact = [control for control in there if wanted.label in control.labels]
    if exact:
        return exact
    label = plain(wanted.label)
    return [control for control in there if label in [plain(name) for name in control.labels]]


def _same_block(named: list[Control], wanted: Wanted) -> list[Control]:
    return [control for control in named if control.block_id == wanted.block_id] if wanted.block_id else []


def _same_value(named: list[Control], wanted: Wanted) -> list[Control]:
    return (
        [control for control in named if control.element.get("value") == wanted.value] if wanted.value else []
    )


def _near(blocks: list[Json]) -> Any:
    """Narrow by the words of the control's own block or of the block right above it."""

    def narrow(named: list[Control], wanted: Wanted) -> list[Control]:
        if not wanted.near:
            return []
        order = [block.get("block_id") for block in blocks]
        kept = []
        for control in named:
            at = order.index(control.block_id) if control.block_id in order else 0
            if any(wanted.near in str(block) for block in (blocks[at], blocks[max(at - 1, 0)])):
                kept.append(control)
        return kept

    return narrow
