"""Whatever can be pressed or saved is listened for, and nothing is listened for that isn't there."""

from __future__ import annotations

from typing import Any

from handlers.slack import PARTS
from handlers.views import ids
from tests.test_manifest import Heard

CONTROLS = (
    *("lead", "alert", "answer", "queue", "home", "actions", "kpi"),
    *("definition", "proposal", "person", "health", "keys"),
)
"""First parts of ids that are pressed. Other ids with a dot are fields, read when their dialog is saved."""
PREFIXES = {"QUALIFY_PREFIX", "ACTIONS_MORE", "KPI_CONTROLS", "KPI_READING", "KPI_LEADS", "KPI_LEADS_OF_ONE"}
"""Heard by pattern, or a block's name."""


def heard() -> Any:
    ear = Heard()
    for part in PARTS:
        part.register(ear, type("Nobody", (), {"office": None})())
    return ear.by_kind


def constants() -> dict[str, str]:
    return {name: value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}


def test_every_control_has_a_listener_and_every_listener_a_control() -> None:
    known = {name: value for name, value in constants().items() if name not in PREFIXES}
    pressed = {value for value in known.values() if "." in value and value.partition(".")[0] in CONTROLS}
    listened = {what for what in heard()["action"] if not what.startswith("re.compile")}
    assert pressed == listened


def test_every_saved_dialog_has_a_listener_and_the_reverse() -> None:
    saved = {value for name, value in constants().items() if name.endswith("_SAVED")}
    assert saved == heard()["view"]


def test_every_shortcut_has_a_name_of_ours() -> None:
    assert heard()["shortcut"] == {ids.NEW_LEAD, ids.MAKE_LEAD, ids.LEAD_ACTIONS}
