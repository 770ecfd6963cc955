"""`check`: what is wrong with the installation, in plain words, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.check_slack import slack_findings
from bot.cli.finding import OK, WARNING, WRONG, Finding
from bot.outbound import NotThere, must_be_elsewhere
from bot.settings import BadSeed, Settings, given_names, read_settings
from handlers.views.crm import unknown_fields
from store.database import database_url
from store.migrate import NewerTables, is_current
from store.moved import DatabaseMoved
from store.signs import DatabaseAway, why_away
from store.store import Store

HOSTS_THAT_FORGET = {
    "DYNO": "Heroku",
    "K_SERVICE": "Cloud Run",
    "VERCEL": "Vercel",
    "AWS_LAMBDA_FUNCTION_NAME": "Lambda",
}


async def check_installation() -> int:
    """Print every finding; 1 when something is wrong, 0 when the bot can run."""
    settings = read_settings()
    wrong = 0
    async for finding in findings(settings):
        wrong += finding.state == WRONG
        print(f"{finding.state:8}{finding.about}: {finding.says}")
    print()
    print("Greenlight can run." if not wrong else f"{wrong} to mend before Greenlight can run.")
    return 1 if wrong else 0


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything looked at, in the order in which one would mend it."""
    for finding in _words(settings):
        yield finding
    async for finding in _database(settings):
        yield finding
    if settings.slack_bot_token:
        async for finding in slack_findings(settings):
            yield finding


def _words(settings: Settings) -> list[Finding]:
    """What the settings say by themselves."""
    found = []
    if not settings.slack_bot_token.startswith("xoxb-"):
        says = "SLACK_BOT_TOKEN is not set, or does not begin with xoxb-. Find it under OAuth & Permissions."
        found.append(Finding(WRONG, "token", says))
    if settings.slack_app_token and not settings.slack_app_token.startswith("xapp-"):
        says = "SLACK_APP_TOKEN does not begin with xapp-. Make an app-level token with connections:write."
        found.append(Finding(WRONG, "Socket Mode", says))
    if not settings.slack_signing_secret and not settings.slack_app_token:
        says = "nothing reaches the bot. Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)."
        found.append(Finding(WRONG, "delivery", says))
    else:
        mode = "Socket Mode" if settings.slack_app_token else "HTTP at /slack/events"
        found.append(Finding(OK, "delivery", mode))
    if not settings.greenlight_intake_key:
        says = "GREENLIGHT_INTAKE_KEY is not set: no form can hand in leads."
        found.append(Finding(WARNING, "intake", says))
    elif len(settings.greenlight_intake_key) < 16:
        says = "GREENLIGHT_INTAKE_KEY is short enough to guess. Take 32 random characters."
        found.append(Finding(WARNING, "intake", says))
    if settings.greenlight_webhook_url and not settings.greenlight_webhook_secret:
        says = "GREENLIGHT_WEBHOOK_SECRET is empty: whoever receives the webhook can't tell it is ours."
        found.append(Finding(WARNING, "webhook", says))
    if _leads_nowhere(settings.greenlight_webhook_url):
        says = "GREENLIGHT_WEBHOOK_URL is an address no other system can have, and is never connected to."
        found.append(Finding(WRONG, "webhook", says))
    if unknown := unknown_fields(settings.greenlight_crm_url):
        says = f"GREENLIGHT_CRM_URL can't name {{{unknown[0]}}}, only {{lead}}, {{number}}, {{external_id}}."
        found.append(Finding(WARNING, "CRM", says))
    if os.environ.get("SLACK_CLIENT_ID") and os.environ.get("SLACK_CLIENT_SECRET"):
        says = "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET make Slack's library ignore the token. Unset them."
        found.append(Finding(WRONG, "environment", says))
    return found + [Finding(WARNING, "settings", says) for says in _misspelt(given_names())]


def _leads_nowhere(url: str) -> bool:
    """Whether an address given by number is one that we refuse to connect to."""
    host = urlsplit(url).hostname or ""
    try:
        must_be_elsewhere(host)
    except NotThere:
        return True
    except ValueError:  # a name, which is looked at when it is connected to
        pass
    return False


def _misspelt(given: Iterable[str]) -> list[str]:
    """Names that look like ours and are not: whoever wrote them believes that something is set."""
    known = [name.upper() for name in Settings.model_fields]
    found = []
    for name in sorted(set(given) - set(known)):
        meant = get_close_matches(name, known, 1, 0.85)
        if meant or name.startswith("GREENLIGHT_"):
            says = f"{name} is no setting and does nothing."
            found.append(says + (f" Is {meant[0]} meant?" if meant else " The README lists them all."))
    return found


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    """Reachable, in the newest form, on a disk that stays, and with the definition people think it has."""
    try:
        current = await is_current(settings.database_url)
    except (DatabaseMoved, NewerTables) as not_ours:
        yield Finding(WRONG, "database", str(not_ours))
        return
    except DatabaseAway as away:
        yield Finding(WRONG, "database", f"can't be reached ({why_away(away)}). Check DATABASE_URL.")
        return
    yield Finding(OK, "database", database_url(settings.database_url).get_backend_name())
    disk = forgetful_disk(settings.database_url)
    if disk:
        says = f"the database lies on {disk} and is lost at a restart. Use a volume, or PostgreSQL."
        yield Finding(WARNING, "disk", says)
    bad = _bad_seed(settings)
    if not current:
        if bad:
            yield Finding(WRONG, "definition", bad)
        says = "the tables are old or missing. `serve` mends that, and so does: python -m bot migrate"
        yield Finding(WARNING, "schema", says)
        return
    yield Finding(OK, "schema", "the newest")
    version, text = await _definition_in_force(settings)
    if bad:
        yield Finding(WARNING if text else WRONG, "definition", bad)
    elif text and settings.greenlight_definition and text != settings.definition_text:
        says = (
            f"GREENLIGHT_DEFINITION differs from version {version}, which is in force. See: definition apply"
        )
        yield Finding(WARNING, "definition", says)


def _bad_seed(settings: Settings) -> str:
    try:
        _ = settings.definition_text
    except BadSeed as bad:
        return str(bad)
    return ""


async def _definition_in_force(settings: Settings) -> tuple[int, str]:
    store = Store(settings.database_url)
    try:
        async with store.read(await store.workspace()) as work:
            kept = await work.house.definition_text()
    except DatabaseAway:
        kept = None
    finally:
        await store.close()
    return (kept[0], kept[1]) if kept else (0, "")


def forgetful_disk(url: str) -> str | None:
    """What makes an SQLite file's disk forgetful: memory, a container's layer, a host that starts empty."""
    address = database_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    for name, host in HOSTS_THAT_FORGET.items():
        if os.environ.get(name):
            return f"{host}'s own disk"
    folder = Path(address.database or ".").resolve().parent
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    holding = [(place, kind) for place, kind in mounts if folder.is_relative_to(place)]
    _, kind = max(holding, key=lambda mount: len(mount[0]), default=("", ""))
    return {"tmpfs": "memory (tmpfs)", "overlay": "a container's own layer (overlay)"}.get(kind)
