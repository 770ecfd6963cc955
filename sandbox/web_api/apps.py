"""auth.test and what else concerns the app itself."""

from __future__ import annotations

from typing import Any

from sandbox import block_kit
from sandbox.errors import SlackError
from sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, TEAM_NAME
from sandbox.web_api.call import Call

Json = dict[str, Any]


def api_test(call: Call) -> Json:
    """Echoes its arguments, or fails with the error that was asked for."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=dict(call.given))
    return {"args": dict(call.given)}


def auth_test(call: Call) -> Json:
    """Who the token belongs to; the granted scopes stand in the header `x-oauth-scopes`."""
    return {
        "url": call.workspace.base_url + "/",
        "team": TEAM_NAME,
        "user": call.workspace.people[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """An address for Socket Mode, good for one connection."""
    host = call.workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{host}/socket?ticket={call.workspace.tickets.door()}"}


def bots_info(call: Call) -> Json:
    """The bot behind BGREENLIGHT."""
    if call.text("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    bot = {
        "id": BOT_ID,
        "deleted": False,
        "name": "greenlight",
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "icons": {},
    }
    return {"bot": bot}


def team_info(_call: Call) -> Json:
    """The workspace's name and domain."""
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "sandbox.example"}
    }


def blocks_validate(call: Call) -> Json:
    """Check `blocks`, `message` or `view` without showing them to anyone."""
    view = call.structure("view", "invalid_arguments")
    message = call.structure("message", "invalid_arguments")
    blocks = call.structure("blocks", "invalid_blocks_format")
    try:
        if view is not None:
            block_kit.accept_view(view, str(view.get("type", "modal")) if isinstance(view, dict) else "modal")
        else:
            block_kit.accept_blocks(message.get("blocks") if isinstance(message, dict) else blocks)
    except SlackError as refused:
        raise SlackError(
            refused.error, refused.messages, errors=[_pointed(line) for line in refused.messages]
        ) from None
    return {"errors": []}


def _pointed(line: str) -> Json:
    words, _, pointer = line.removeprefix("[ERROR] ").rpartition(" [json-pointer:")
    return {"message": words, "pointer": pointer.rstrip("]")}
