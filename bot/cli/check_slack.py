"""`check`, the part that asks Slack: token, clock, scopes, channels, people, command name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.cli.finding import OK, WARNING, WRONG, Finding
from bot.clock import utc_now
from bot.settings import Settings
from handlers.flows.office import Office, Setup
from store.signs import DatabaseAway
from store.store import Store

MANIFEST = Path(__file__).parents[2] / "app.manifest.yml"
ROLES = ("admins", "managers", "marketers")
RECENT = timedelta(days=30)


async def slack_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that only Slack can tell. Slack being away is no reason not to run."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=settings.slack_bot_token, base_url=settings.slack_api_url, session=session, timeout=10
        )
        try:
            me = await client.auth_test()
        except SlackApiError as refused:
            error = refused.response.get("error")
            says = f"Slack refuses SLACK_BOT_TOKEN ({error}). Reinstall the app and copy the new token."
            yield Finding(WRONG, "token", says)
            return
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            says = f"can't be reached ({type(lost).__name__}). Leads are taken in, and told when it is back."
            yield Finding(WARNING, "Slack", says)
            return
        yield Finding(OK, "token", f"{me.get('user')} in {me.get('team')}")
        yield _clock(me)
        yield _scopes(me)
        setup, heard = await _kept(settings)
        async for finding in _channels(client, setup):
            yield finding
        async for finding in _people(client, setup):
            yield finding
        yield _command(heard)


def _clock(me: AsyncSlackResponse) -> Finding:
    sent = _header(me, "date")
    if not sent:
        return Finding(WARNING, "clock", "Slack did not say its time, so ours can't be compared.")
    away = abs((utc_now() - parsedate_to_datetime(sent).astimezone(UTC)).total_seconds())
    if away <= 120:
        return Finding(OK, "clock", "agrees with Slack's")
    says = f"{away:.0f} s away from Slack's. From 300 s on every click is refused. Turn on NTP."
    return Finding(WRONG if away > 300 else WARNING, "clock", says)


def _scopes(me: AsyncSlackResponse) -> Finding:
    has = {scope.strip() for scope in _header(me, "x-oauth-scopes").split(",") if scope.strip()}
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    missing = sorted(set(manifest["oauth_config"]["scopes"]["bot"]) - has)
    if missing:
        says = f"missing {', '.join(missing)}. Add them under OAuth & Permissions, then reinstall the app."
        return Finding(WRONG, "scopes", says)
    return Finding(OK, "scopes", f"{len(has)} granted, all that the manifest asks for")


def _header(me: AsyncSlackResponse, name: str) -> str:
    headers: dict[str, Any] = dict(me.headers)
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")


async def _kept(settings: Settings) -> tuple[Setup, str]:
    """The setup with what App Home added, and when a command last reached us."""
    store = Store(settings.database_url)
    try:
        where = await store.workspace()
        setup = (await Office(store, settings.setup, utc_now).rules(where)).setup
        async with store.read(where) as work:
            return setup, str((await work.house.settings()).get("command_heard", ""))
    except (DatabaseAway, LookupError):
        return settings.setup, ""
    finally:
        await store.close()


async def _channels(client: AsyncWebClient, setup: Setup) -> AsyncIterator[Finding]:
    try:
        answer = await client.conversations_list(limit=1000, types="public_channel,private_channel")
    except SlackApiError as refused:
        yield Finding(WRONG, "channels", f"can't be listed ({refused.response.get('error')})")
        return
    seen = {key: channel for channel in answer["channels"] for key in (channel["id"], channel["name"])}
    for about, name, setting in (
        ("leads channel", setup.leads_channel, "GREENLIGHT_LEADS_CHANNEL"),
        ("alerts channel", setup.alerts_channel, "GREENLIGHT_ALERTS_CHANNEL"),
    ):
        yield _channel(about, name.lstrip("#"), setting, seen.get(name.lstrip("#")))


def _channel(about: str, name: str, setting: str, channel: dict[str, Any] | None) -> Finding:
    if not name:
        return Finding(WARNING, about, f"not chosen yet. App Home asks for it, or set {setting}.")
    if channel is None:
        return Finding(WRONG, about, f"#{name} is not there, or private without the app. Type /invite there.")
    if channel.get("is_archived"):
        return Finding(WRONG, about, f"#{channel['name']} is archived. Choose another one.")
    if channel.get("is_private") and not channel.get("is_member"):
        return Finding(WRONG, about, f"the app is not in #{channel['name']}. Type /invite there.")
    return Finding(OK, about, f"#{channel['name']}")


async def _people(client: AsyncWebClient, setup: Setup) -> AsyncIterator[Finding]:
    for role in ROLES:
        people = getattr(setup, role)
        says = f"nobody, or nobody who is in the workspace. Set GREENLIGHT_{role.upper()}, or use App Home."
        yield Finding(OK, role, f"{len(people)} named") if people else Finding(WARNING, role, says)
    if not setup.reps_group:
        return
    try:
        groups = {group["id"] for group in (await client.usergroups_list())["usergroups"]}
    except SlackApiError as refused:
        yield Finding(WARNING, "reps group", f"can't be looked up ({refused.response.get('error')})")
        return
    if setup.reps_group in groups:
        yield Finding(OK, "reps group", setup.reps_group)
    else:
        yield Finding(WRONG, "reps group", f"{setup.reps_group} is no user group here. Copy its id (S…).")


def _command(heard: str) -> Finding:
    """No call says who owns a command's name (the last app wins it): what reached us is the proof."""
    if heard and utc_now() - datetime.fromisoformat(heard) < RECENT:
        return Finding(OK, "command name", f"/lead last reached us on {heard[:10]}")
    says = "no /lead has reached us lately. Type it: if another app answers, it took the name. Rename one."
    return Finding(WARNING, "command name", says)
