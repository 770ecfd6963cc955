"""The message shortcut "Make this a lead": what the message says, in a dialog that a person checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.new_lead_dialog import new_lead_dialog
from qualification.guess import guess_lead

_TEXTS = ("text", "title", "fallback", "value", "plain_text", "preview_plain_text", "subject")
_DEPTH = 6


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the shortcut; the dialog is saved where `/lead new` is."""
    office = reception.office

    @app.shortcut(ids.MAKE_LEAD)
    async def make_lead_chosen(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_them(respond)):
            where = reception.where(body)
            message = body.get("message") or {}
            channel = str((body.get("channel") or {}).get("id") or "")

            async def view() -> View:
                rules = await office.rules(where)
                metadata = {"channel": channel, "ts": message.get("ts"), "thread": message.get("thread_ts")}
                link = await permalink(client, channel, str(message.get("ts") or ""))
                if link:
                    metadata["link"] = link
                guess = guess_lead(text_of(message), rules.setup.country)
                return new_lead_dialog(rules.definition, metadata=metadata, guess=guess)

            trigger = str(body.get("trigger_id") or "")
            await reception.open_dialog(client, trigger, "Make this a lead", view())
        await ack()


def text_of(message: Mapping[str, Any]) -> str:
    """Everything a message says: its text, else its blocks; its attachments; mails and files in it."""
    parts = [str(message.get("text") or "") or "\n".join(_texts(message.get("blocks")))]
    parts += _texts(message.get("attachments"))
    for file in message.get("files") or []:
        senders = file.get("from") or []
        parts += [str(sender.get("original") or sender.get("address") or "") for sender in senders]
        parts += _texts({name: file.get(name) for name in _TEXTS})
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _texts(node: Any, depth: int = 0) -> list[str]:
    return list(_walk(node, depth))


def _walk(node: Any, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    if isinstance(node, list):
        for each in node:
            yield from _walk(each, depth + 1)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in _TEXTS and isinstance(value, str):
                yield value
            elif name == "url" and str(value).startswith("mailto:"):
                yield str(value).removeprefix("mailto:")
            elif isinstance(value, dict | list):
                yield from _walk(value, depth + 1)


async def permalink(client: AsyncWebClient, channel: str, ts: str) -> str | None:
    """The message's address, or None where the app may not look."""
    try:
        return str((await client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
    except SlackApiError:
        return None
