"""No loose wires: every control and dialog has a listener, every job a delivery, and the reverse."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.deliveries.all import all_deliveries
from bot.settings import Settings
from bot.slack_out import SlackOut
from bot.worker import nobody_waits
from handlers.flows.kpi_board import Board
from handlers.flows.office import Office, Setup
from handlers.slack import register_all
from handlers.slack.reception import Reception
from handlers.views import dialogs, direct_messages, echoes, ids
from handlers.views.actions_dialog import actions_dialog
from handlers.views.alert import alert_card
from handlers.views.details import details_dialog
from handlers.views.kpi_ask_back import ask_back
from handlers.views.kpi_board import board_blocks
from handlers.views.lead_card import digest_card, lead_card
from handlers.views.message import message
from handlers.views.qualify_dialog import qualify_dialog
from handlers.views.snooze_dialog import snooze_dialog
from qualification.kpi import KPIS, Asked
from qualification.kpi_people import overview
from qualification.lead import Permission
from qualification.periods import parse_period
from qualification.qualify import known_call, preview
from store.store import Store
from tests.handlers.views.people import DEFINITION, EVERYBODY, NOW, looked_at

ROOT = Path(__file__).parents[2]
VIEWS = sorted((ROOT / "handlers" / "views").glob("*.py"))
CODE = [p for name in ("bot", "handlers", "store") for p in sorted((ROOT / name).rglob("*.py"))]
PUTS = {"NewJob", "put", "put_once", "_timer", "_job", "ensure_cron"}
SENDERS = {"OverflowMenuElement", "ButtonElement"}
FIRST_WORDS = ("", "spend", "key", "benchmark edit", "schedules", "schedule weekly")
"""What follows a command where different listeners share it."""
PRESSED = {"button", "_button", "_press"}
Json = dict[str, Any]


async def never(where: str, number: int) -> str:
    raise AssertionError


@pytest.fixture
async def app(sqlite_url: str) -> AsyncIterator[AsyncApp]:
    """The app with every listener, as the bot builds it; nothing is sent."""
    office = Office(Store(sqlite_url), Setup(zone=ZoneInfo("UTC")), lambda: NOW)
    app = AsyncApp(client=AsyncWebClient(token="xoxb-none"), signing_secret="none")
    async with aiohttp.ClientSession() as session:
        register_all(app, Reception(office, "W1", lambda: None, session, nobody_waits, never))
        yield app


async def listeners_of(app: AsyncApp, body: Json) -> list[Any]:
    """Those who would hear this payload. Bolt has no public list of them."""
    request = AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")
    answer = BoltResponse(status=200)
    return [one for one in app._async_listeners if await one.async_matches(req=request, resp=answer)]


def pressed(action_id: str, value: str = "") -> Json:
    return {
        "type": "block_actions",
        "user": {"id": "UANA"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def saved(callback_id: str) -> Json:
    return {
        "type": "view_submission",
        "user": {"id": "UANA"},
        "view": {"type": "modal", "callback_id": callback_id},
    }


@cache
def drawn() -> list[Json]:
    """Every message and dialog about every lead, as JSON."""
    given = Permission(contact=True, marketing=True, profiling=True, sharing=True)
    permitted = looked_at(EVERYBODY["rich"]().but(permission=given))
    found: list[Any] = [
        digest_card(3),
        details_dialog(permitted, [], metadata={}, admin=True, own_page=True),
        message("Home", board_blocks(a_board())),
        ask_back("Which one?", [("the funnel", "funnel 90d")]),
    ]
    for make in EVERYBODY.values():
        seen = looked_at(make())
        shown = preview(seen.lead, "UANA", known_call(seen.lead), NOW, DEFINITION)
        small = [one for name, one in vars(dialogs).items() if re.fullmatch("[a-z]+(_[a-z]+)*_dialog", name)]
        found += [draw(seen, metadata={}) for draw in (*small, snooze_dialog)]
        found += [
            lead_card(seen, crm_url="https://crm.example"),
            alert_card(seen, by="UANA", crm_url="https://crm.example"),
            details_dialog(seen, [], metadata={}, undo="s1", crm_url="https://crm.example"),
            actions_dialog(seen, "UANA", metadata={}),
            qualify_dialog(shown, seen, revision=1, metadata={}),
            echoes.echo_message("Done.", seen.lead, undo="s1", back=True),
            direct_messages.handed_over_dm(seen, by="UANA", permalink="https://x.example"),
            direct_messages.reassigned_dm(seen, by="UANA"),
            direct_messages.sent_back_dm(seen, by="UBEN", reason="No date"),
            direct_messages.taken_back_dm(seen, by="UANA"),
            direct_messages.new_inquiry_dm(seen),
            direct_messages.reminder_dm(seen, due=NOW),
            direct_messages.came_back_dm(seen),
            direct_messages.next_step_dm(seen),
        ]
    return [one.to_dict() if hasattr(one, "to_dict") else {"blocks": one.blocks} for one in found]


def a_board() -> Board:
    """A manager's board."""
    period = parse_period("this month", NOW, ZoneInfo("UTC"))
    return Board(overview(Asked(period), *KPIS["overview"].example.given), "October", (), period)  # type: ignore[arg-type]


def controls_in(shown: Json) -> Iterator[tuple[str, str]]:
    """Action id and value of everything that is sent when it is pressed or chosen."""
    for block in shown["blocks"]:
        if block["type"] == "input" and not block.get("dispatch_action"):
            continue
        elements = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in elements:
            if element and element.get("action_id"):
                values = [option["value"] for option in element.get("options", [])]
                for value in values or [str(element.get("value") or "")]:
                    yield element["action_id"], value


async def test_whatever_can_be_pressed_has_exactly_one_listener(app: AsyncApp) -> None:
    seen = {control for shown in drawn() for control in controls_in(shown)}
    assert {ids.CLAIM, ids.MORE, ids.UNDO, ids.BACK, ids.TAKE, ids.OPT_OUT, ids.OPEN_CRM} <= {
        a for a, _ in seen
    }
    heard = {control: len(await listeners_of(app, pressed(*control))) for control in sorted(seen)}
    assert {control: count for control, count in heard.items() if count != 1} == {}


async def test_whatever_a_view_names_as_a_button_has_a_listener(app: AsyncApp) -> None:
    deaf = set()
    for name in buttons_named():
        bodies = [pressed(getattr(ids, name), value) for value in ("", "find:", "1042")]
        if not [one for body in bodies for one in await listeners_of(app, body)]:
            deaf.add(name)
    assert deaf == set()


async def test_whatever_can_be_saved_has_exactly_one_listener(app: AsyncApp) -> None:
    names = dialogs_named()
    assert {"NURTURE_SAVED", "QUALIFY_SAVED", "NEW_LEAD_SAVED"} <= names
    heard = {name: len(await listeners_of(app, saved(getattr(ids, name)))) for name in names}
    assert {name: count for name, count in heard.items() if count != 1} == {}
    callbacks = {getattr(ids, name) for name in names}
    assert {one["callback_id"] for one in drawn() if one.get("submit")} <= callbacks


async def test_every_listener_can_be_reached(app: AsyncApp) -> None:
    controls = {control for shown in drawn() for control in controls_in(shown)}
    controls |= {(getattr(ids, name), value) for name in buttons_named() for value in ("", "find:", "1042")}
    bodies = [pressed(*control) for control in controls]
    bodies += [saved(getattr(ids, name)) for name in dialogs_named()]
    bodies += declared()
    reached = [one for body in bodies for one in await listeners_of(app, body)]
    unreached = [one.ack_function.__qualname__ for one in app._async_listeners if one not in reached]
    assert unreached == []


async def test_every_job_has_a_delivery_and_every_delivery_a_job(sqlite_url: str) -> None:
    office = Office(Store(sqlite_url), Setup(), lambda: NOW)
    async with aiohttp.ClientSession() as session:
        deliveries = all_deliveries(office, SlackOut(AsyncWebClient()), session, Settings(_env_file=None))
    asked = topics_put()
    assert {"card.post", "alert.post", "lead.wake", "ops.dead_job"} <= asked
    assert asked - deliveries.keys() == set(), "jobs that nobody delivers"
    assert deliveries.keys() - asked == set(), "deliveries that nobody asks for"


def test_listeners_pages_and_views_leave_transactions_to_flows() -> None:
    """What imports can't show: a flow's office hands its store to whoever holds it."""
    held = [
        f"{path.name}:{node.lineno}"
        for part in ("slack", "http", "views")
        for path in sorted((ROOT / "handlers" / part).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "store"
    ]
    assert held == []


@cache
def buttons_named() -> frozenset[str]:
    """Names of ids that the views' source hands to a button, a menu or a row that makes one."""
    found = set()
    for node in (n for path in VIEWS for n in ast.walk(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Call) and _called(node) in PRESSED:
            found |= {name for one in node.args if (name := _id(one))}
        if isinstance(node, ast.Call):
            # A field's action id is only sent along; a menu or button sends itself.
            sends = ("action_id",) if _called(node) in SENDERS else ()
            given = (*sends, "claim", "otherwise")
            found |= {name for k in node.keywords if k.arg in given and (name := _id(k.value))}
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Constant):
            found |= {name for one in node.elts[:1] if (name := _id(one))}
    return frozenset(found)


@cache
def dialogs_named() -> frozenset[str]:
    """Names of the callback ids of dialogs that can be saved."""
    found = set()
    for node in (n for path in VIEWS for n in ast.walk(ast.parse(path.read_text("utf-8")))):
        if not isinstance(node, ast.Call) or _called(node) not in ("dialog", "_dialog"):
            continue
        submit = next((k.value for k in node.keywords if k.arg == "submit"), None)
        closes_only = isinstance(submit, ast.Constant) and submit.value is None
        if node.args and not closes_only and (name := _id(node.args[0])):
            found.add(name)
    return frozenset(found)


def declared() -> list[Json]:
    """A payload of every command, shortcut and event that the manifest declares."""
    import yaml

    manifest = yaml.safe_load((ROOT / "app.manifest.yml").read_text("utf-8"))
    features = manifest["features"]
    commands = [
        {"command": one["command"], "text": word, "user_id": "UANA"}
        for one in features["slash_commands"]
        for word in FIRST_WORDS
    ]
    kinds = {"global": "shortcut", "message": "message_action"}
    shortcuts = [{"type": kinds[s["type"]], "callback_id": s["callback_id"]} for s in features["shortcuts"]]
    names = manifest["settings"]["event_subscriptions"]["bot_events"]
    events = [{"type": "event_callback", "event": {"type": name, "tab": "home"}} for name in names]
    return [*commands, *shortcuts, *events]


@cache
def topics_put() -> frozenset[str]:
    """Every topic that the source puts into the outbox by name."""
    found: set[str] = set()
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        named = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in PUTS:
                given = [named.get(one.id, one) if isinstance(one, ast.Name) else one for one in node.args]
                texts = [one.value for one in given if isinstance(one, ast.Constant)]
                found |= {text for text in texts[:1] if isinstance(text, str) and _is_topic(text)}
    return frozenset(found)


def _is_topic(text: str) -> bool:
    words = text.split(".")
    return len(words) == 2 and all(word.replace("_", "").isalpha() for word in words)


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _id(node: ast.expr) -> str | None:
    """X of `ids.X`."""
    match node:
        case ast.Attribute(value=ast.Name(id="ids"), attr=name) if name.isupper():
            return name
    return None
