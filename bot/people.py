"""Who is in the workspace, so that no click has to ask Slack."""

from __future__ import annotations

from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from store.house import Person
from store.store import Store


async def learn_people(client: AsyncWebClient, store: Store, where: str, now: datetime) -> int:
    """Read the member list and keep it; returns how many people there are."""
    found: list[Person] = []
    cursor = ""
    while True:
        answer = await client.users_list(limit=200, cursor=cursor or None)
        found += [_person(member) for member in answer["members"] if not member.get("is_bot")]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    async with store.begin(where) as work:
        await work.house.remember(found, now)
    return len(found)


def _person(member: dict[str, object]) -> Person:
    profile = member.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    return Person(
        user=str(member["id"]),
        handle=str(member.get("name") or ""),
        name=str(profile.get("real_name") or member.get("real_name") or member.get("name") or ""),
        email=str(profile.get("email") or "").lower(),
        zone=str(member.get("tz") or ""),
        active=not member.get("deleted"),
    )
