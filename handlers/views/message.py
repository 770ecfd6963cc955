"""What a view hands back for a message, and the blocks all of them are built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    InteractiveElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from handlers.views.text import SECTION, clip, plain_line

BUTTON = 75
"""Slack's limit for a button's words and for its accessibility label."""


@dataclass(frozen=True, slots=True)
class Message:
    """A complete message: `text` for notifications and screen readers, `blocks` as JSON for everyone else."""

    text: str
    blocks: list[dict[str, Any]]


def message(text: str, blocks: Sequence[Block]) -> Message:
    """The message, checked against slack_sdk's own rules.

    Raises:
        SlackObjectFormationError: a block breaks one of Slack's limits.
    """
    return Message(text, [block.to_dict() for block in blocks])


def words(text: str) -> MarkdownTextObject:
    """Mrkdwn exactly as written: `verbatim` keeps Slack from turning "@here" or "#general" into links."""
    return MarkdownTextObject(text=text, verbatim=True)


def packed(paragraphs: Iterable[str], most: int = SECTION) -> list[str]:
    """Paragraphs joined into as few texts of at most `most` characters as can be; empty ones are left out."""
    texts: list[str] = []
    for paragraph in paragraphs:
        if not paragraph:
            continue
        if texts and len(texts[-1]) + 1 + len(paragraph) <= most:
            texts[-1] += "\n" + paragraph
        else:
            texts.append(paragraph)
    return texts


def sections(paragraphs: Iterable[str], block_id: str | None = None) -> list[Block]:
    """Paragraphs in as few sections as Slack's 3,000 characters allow.

    Args:
        block_id: Given to the first section; give one where a redraw must find it again.
    """
    return [
        SectionBlock(text=words(text), block_id=None if n else block_id)
        for n, text in enumerate(packed(paragraphs))
    ]


def context(paragraphs: Iterable[str]) -> list[Block]:
    """The same in small grey letters."""
    return [ContextBlock(elements=[words(text)]) for text in packed(paragraphs)]


def button(
    action_id: str,
    says: str,
    value: str | None = None,
    *,
    about: str = "",
    style: str | None = None,
    url: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button.

    Args:
        about: Whom it is about, for screen readers: "Claim, L-1042 Ada Lovelace".
        style: "primary" at most once in a row of buttons, "danger" rarely and with `confirm`.
    """
    spoken = clip(f"{says}, {plain_line(about)}", BUTTON) if about else None
    return ButtonElement(
        action_id=action_id,
        text=PlainTextObject(text=clip(says, BUTTON)),
        value=value,
        accessibility_label=spoken,
        style=style,
        url=url,
        confirm=confirm,
    )


def controls(block_id: str, elements: Sequence[InteractiveElement]) -> list[Block]:
    """A row of buttons, or nothing when there is nothing to press."""
    return [ActionsBlock(block_id=block_id, elements=list(elements))] if elements else []
