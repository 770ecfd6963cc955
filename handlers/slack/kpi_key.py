"""`/kpi key`: a manager's key for reading numbers by a program; `/kpi key revoke` ends theirs."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers.flows.keys import OVERLAP
from handlers.flows.kpi_keys import make_key, revoke_keys
from handlers.slack.echo import to_them
from handlers.slack.reception import Reception
from handlers.slack.telling import telling


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the command's word."""

    @app.command("/kpi", matchers=[_is_key])
    async def key_asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        words = ""
        async with telling(to_them(respond)):
            where, person = reception.where(body), str(body["user_id"])
            if _words(body)[1:2] == ["revoke"]:
                words = _ended(await revoke_keys(reception.office, where, person))
            else:
                words = _told(await make_key(reception.office, where, person))
        # Told in the answer itself: a key that was made but never shown would lock its manager out.
        await (ack(text=words, response_type="ephemeral") if words else ack())


def _told(key: str) -> str:
    return (
        f"Your key, shown this once: `{key}`\n"
        "Send it as `Authorization: Bearer KEY` to `/kpi/funnel.json?period=90d&amp;by=source` on "
        "Greenlight's address, or to `.csv` for a table. Whoever has it reads every number, so keep it like "
        f"a password. `/kpi key` again replaces it, and an older one works for "
        f"{OVERLAP.total_seconds() / 3600:g} hours more; `/kpi key revoke` ends all of yours at once."
    )


def _ended(count: int) -> str:
    return "Your keys for numbers don't work any more." if count else "You have no key for numbers."


async def _is_key(body: dict[str, Any]) -> bool:
    return _words(body)[:1] == ["key"]


def _words(body: dict[str, Any]) -> list[str]:
    return str(body.get("text") or "").lower().split()
