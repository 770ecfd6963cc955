"""The `/lead` command: read the line, do what it says, answer only to who typed it."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.heard import heard_command
from handlers.slack import house_words, lead_words
from handlers.slack.lead_line import must_stand_alone, read_line
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.slack.typed import Typed

COMMAND = "/lead"
WORDS = {**house_words.WORDS, **lead_words.WORDS}
"""Every word → what answers it. A word of the parser without an answer fails a test."""


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the command."""

    @app.command(COMMAND)
    async def lead_typed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async def say(words: str) -> object:
            return await ack(text=words, response_type="ephemeral")

        async with telling(say) as told:
            asked = read_line(str(body.get("text") or ""))
            must_stand_alone(asked)
            typed = Typed.read(body, asked, reception, client)
            reception.errand(heard_command(reception.office, typed.where))
            answer = await WORDS[asked.word](typed)
        if told.refused:
            return
        if answer is None:
            await ack()
        else:
            await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")
