"""Who can read where: channels shared with other companies or with guests in them, learned from Slack."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Office
from handlers.flows.places import Places, keep_places

_SHARED = ("is_ext_shared", "is_shared", "is_pending_ext_shared")
_GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")


async def learn_places(client: AsyncWebClient, office: Office, where: str) -> None:
    """Read which channels outsiders can see and who is a guest, and keep it for every message we draw."""
    guests = await _guests(client)
    outside: list[str] = []
    names: dict[str, str] = {}
    cursor = ""
    while True:
        answer = await client.users_conversations(
            types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor or None
        )
        for channel in answer["channels"]:
            names[str(channel.get("name") or channel["id"])] = str(channel["id"])
            if any(channel.get(flag) for flag in _SHARED) or await _has_guest(client, channel["id"], guests):
                outside.append(str(channel["id"]))
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    await keep_places(office, where, Places(tuple(sorted(outside)), tuple(sorted(guests)), names))


async def _guests(client: AsyncWebClient) -> set[str]:
    guests: set[str] = set()
    cursor = ""
    while True:
        answer = await client.users_list(limit=200, cursor=cursor or None)
        guests |= {str(one["id"]) for one in answer["members"] if any(one.get(flag) for flag in _GUEST)}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return guests


async def _has_guest(client: AsyncWebClient, channel: str, guests: set[str]) -> bool:
    """Whether one of them reads here; what can't be found out counts as yes."""
    cursor = ""
    while guests:
        try:
            answer = await client.conversations_members(channel=channel, limit=500, cursor=cursor or None)
        except SlackApiError:
            return True
        if guests & set(answer["members"]):
            return True
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    return False
