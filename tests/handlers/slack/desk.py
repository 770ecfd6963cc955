"""What stories about one lead have in common: it came in, somebody has it, somebody looks."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.house import House

GOOD_CALL = {
    "Budget": "Can be found for a good case",
    "Authority": "One approval away",
    "Need": "Clear pain, searching",
    "Timeline": "This quarter",
}
LEAD = 1001


async def came_in(h: House, **fields: Any) -> dict[str, Any]:
    """A demo request, once the bot knows who is in the workspace; gives its card."""
    while not (await h.bot.office.rules(h.bot.where)).names:
        await asyncio.sleep(0.01)
    assert (await h.form(**fields))["http"] == 202
    return (await h.cards())[-1]


async def claimed(h: House, by: str = "ana") -> dict[str, Any]:
    """A demo request that somebody has."""
    card = await came_in(h)
    await h.slack.click(by, "Claim", channel="leads")
    await h.quiet()
    return card


async def handed_over(h: House, by: str = "ana", to: str | None = "ben") -> dict[str, Any]:
    """A demo request that a rep made an SQL; gives its card."""
    card = await came_in(h)
    await qualified(h, by, to)
    return card


async def qualified(h: House, by: str = "ana", to: str | None = "ben") -> dict[str, Any]:
    """Fill the dialog so that the gate holds, and save."""
    await h.quiet()
    await h.slack.click(by, "Qualify", channel="leads")
    sent = await h.slack.submit(by, {**GOOD_CALL, **({"Hand to": to} if to else {})})
    await h.quiet()
    return sent


async def menu(h: House, who: str, choice: str, number: int = LEAD) -> dict[str, Any]:
    """Choose in the card's menu; gives the dialog it opens."""
    await h.quiet()
    await h.slack.click(who, action_id="lead.more", channel="leads", value=f"{choice}:{number}")
    view = await h.slack.view(who)
    assert view is not None
    return view


async def card_text(h: House) -> str:
    """Everything that stands on the newest card."""
    return text_of((await h.cards())[-1])


def text_of(message: dict[str, Any] | None) -> str:
    """All words of a message or dialog."""
    return "\n".join(_words((message or {}).get("blocks", [])))


def _words(part: Any) -> list[str]:
    if isinstance(part, list):
        return [word for one in part for word in _words(one)]
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [word for one in part.values() if isinstance(one, (dict, list)) for word in _words(one)]
    return []


async def echo(h: House, who: str) -> str:
    """The newest thing the app told this person alone."""
    await h.quiet()
    return await h.slack.seen_by(who) or ""
