"""People and user groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.errors import SlackError
from sandbox.people import TEAM_ID, Person
from sandbox.web_api.call import Call, page
from sandbox.web_api.conversations import as_slack as channel_as_slack
from sandbox.web_api.conversations import type_of
from sandbox.workspace import Workspace

Json = dict[str, Any]


def info(call: Call) -> Json:
    """One person; deactivated ones answer with `deleted` true."""
    person = call.workspace.people.get(call.text("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": as_slack(person, call.workspace)}


def list_all(call: Call) -> Json:
    """Everyone, the bot and deactivated people too."""
    some, cursor = page(list(call.workspace.people.values()), call, 200, 1000)
    shown = [as_slack(person, call.workspace) for person in some]
    return {
        "members": shown,
        "cache_ts": int(call.workspace.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def lookup_by_email(call: Call) -> Json:
    """The active person with this address."""
    email = call.need("email").casefold()
    for person in call.workspace.people.values():
        if person.email == email and not person.deleted and not person.is_bot:
            return {"user": as_slack(person, call.workspace)}
    raise SlackError("users_not_found")


def conversations(call: Call) -> Json:
    """The channels a person (or the app itself) is in."""
    user = call.text("user", "UGREENLIGHT")
    types = call.text("types", "public_channel").split(",")
    theirs = [channel for channel in call.workspace.channels.values() if user in channel.members]
    found = [channel for channel in theirs if type_of(channel) in types]
    if call.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    some, cursor = page(found, call, 100, 1000)
    return {
        "channels": [channel_as_slack(each) for each in some],
        "response_metadata": {"next_cursor": cursor},
    }


def usergroups_list(call: Call) -> Json:
    """All user groups."""
    groups = [
        {
            "id": group.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "date_delete": 0,
            "user_count": len(group.users),
            **({"users": group.users} if call.flag("include_users") else {}),
        }
        for group in call.workspace.groups.values()
    ]
    return {"usergroups": groups}


def usergroups_users_list(call: Call) -> Json:
    """Ids of a group's people."""
    group = call.workspace.groups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": group.users}


def as_slack(person: Person, workspace: Workspace) -> Json:
    """The user object; the e-mail address only with users:read.email."""
    now = datetime.fromtimestamp(workspace.clock(), UTC).astimezone(ZoneInfo(person.tz))
    offset = now.utcoffset()
    profile = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": TEAM_ID,
    }
    if "users:read.email" in workspace.scopes and not person.is_bot:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": now.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }
