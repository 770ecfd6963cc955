"""Answers only the person who clicked can see."""

from __future__ import annotations

from slack_bolt.async_app import AsyncRespond
from slack_sdk.models.blocks import ActionsBlock, Block, MarkdownTextObject, SectionBlock

from handlers.flows.office import Saved
from handlers.slack.telling import Say
from handlers.views import ids
from handlers.views.message import button


def to_them(respond: AsyncRespond) -> Say:
    """Say something to the person who clicked, and leave the message they clicked on alone."""

    async def say(words: str) -> object:
        return await respond(text=words, response_type="ephemeral", replace_original=False)

    return say


async def echo(respond: AsyncRespond, saved: Saved, words: str) -> None:
    """Say what was done, with Undo. Nothing was done: nothing is said."""
    if not saved.step:
        return
    blocks: list[Block] = [
        SectionBlock(text=MarkdownTextObject(text=words)),
        ActionsBlock(
            elements=[
                button(ids.UNDO, "Undo", ids.undo(saved.lead.number, saved.step), about=saved.lead.name)
            ]
        ),
    ]
    await respond(text=words, blocks=blocks, response_type="ephemeral", replace_original=False)


async def dismayed(words: str) -> None:
    """Nowhere to say it: a global shortcut or Home has no message to answer in, and no dialog opened."""
