"""Forged Slack payloads, signed: `python -m tests.fuzz.clicks [COUNT [SEED]] [--on sqlite|postgres]`.

Every control, dialog, shortcut, command and event is tried in wrong shapes, with stale triggers, from foreign
teams, by people who may not, about leads that are not there, and with metadata of somebody else's dialog.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from handlers.views import ids
from store.tables.base import metadata
from tests.fuzz.databases import KINDS, fresh
from tests.fuzz.requests import NASTY as OF_FORMS
from tests.handlers.test_wiring import buttons_named, declared, dialogs_named
from tests.house import House, house
from tests.journeys.test_forged_clicks import signed, slack_request

Json = dict[str, Any]
NASTY = tuple(one for one in OF_FORMS if one != "\ud800")
"""Slack itself writes no half of a letter, and its stand-in here can't read one."""
PROTECTED = ("keys", "definitions", "erasures")
"""What no rep changes by anything they press or type."""
_WHOLE = ("user", "user_id", "team", "team_id", "trigger_id", "command", "response_url")
"""Who speaks and where, and a trigger, even if a stale one: without it Slack would be asked nonsense. And
where to answer, which only Slack can say."""
_DICE_VALUES = (
    "1001",
    "1002",
    "4242",
    "nurture:1001",
    "reassign:1001",
    "1001:1002",
    "1001:step",
    "1",
    "find:x",
    "",
)


def names_of_controls() -> list[str]:
    """Every id that a control sends, with the prefixes made whole."""
    found = sorted(str(getattr(ids, name)) for name in buttons_named())
    return [one + ("x" if one.endswith(".") else "") for one in found]


def names_of_fields() -> list[str]:
    """Every id there is: those of fields, which send nothing, and of dialogs, too."""
    return sorted({value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)})


def names_of_dialogs() -> list[str]:
    return sorted(str(getattr(ids, name)) for name in dialogs_named())


class Forger:
    """Makes payloads without end; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._controls, self._fields = names_of_controls(), names_of_fields()
        self._dialogs, self._declared = names_of_dialogs(), declared()

    def body(self, user: str, team: str, answer_at: str) -> str:
        """The next one, as the body of a request; `answer_at` is where Slack would take an answer."""
        dice = self._dice
        drawn = dice.random()
        payload: Json
        if drawn < 0.45:
            payload = self._press(dice.choice(self._controls if drawn < 0.42 else self._fields))
        elif drawn < 0.75:
            payload = {"type": "view_submission", "view": self._view(dice.choice(self._dialogs))}
        elif drawn < 0.8:
            payload = {"type": "view_closed", "view": self._view(dice.choice(self._dialogs))}
        else:
            payload = dict(dice.choice(self._declared))
        payload = {
            "user": {"id": user},
            "team": {"id": team},
            "trigger_id": "stale.1.x",
            "team_id": team,
            **payload,
        }
        payload["user_id"] = user
        if "view" not in payload and "event" not in payload:
            payload["response_url"] = answer_at
        if "command" in payload:
            payload["text"] = self._line(str(payload.get("text") or ""))
            return urlencode(
                {k: v for k, v in self._bent(payload, keep=_WHOLE).items() if isinstance(v, str)},
                errors="replace",
            )
        if payload.get("type") == "event_callback":
            payload["event"] = {**payload["event"], "user": user}
        return urlencode({"payload": json.dumps(self._bent(payload, keep=_WHOLE))})

    def _press(self, control: str) -> Json:
        dice = self._dice
        action: Json = {
            "type": "button",
            "action_id": control,
            "block_id": dice.choice(("b", ids.PROPOSAL_MOVED)),
        }
        action["value"] = dice.choice((*_DICE_VALUES, *NASTY))
        if dice.random() < 0.3:
            action["selected_option"] = dice.choice(({"value": dice.choice(_DICE_VALUES)}, *NASTY))
        pressed: Json = {"type": "block_actions", "actions": [self._bent(action, keep=("action_id",))]}
        if dice.random() < 0.4:
            pressed["view"] = self._view(dice.choice(self._dialogs))
        else:
            pressed["container"] = {
                "channel_id": "CLEADS",
                "message_ts": "1.2",
                "is_ephemeral": dice.random() < 0.5,
            }
        return pressed

    def _view(self, callback: str) -> Json:
        dice = self._dice
        element: Any = dice.choice(
            (
                {"value": dice.choice(("x", "10", "4-6%"))},
                {"selected_option": {"value": dice.choice(("leads", "known", "call", "-"))}},
                {
                    "selected_date": "2026-13-45",
                    "selected_users": ["UANA"],
                    "selected_conversation": "CLEADS",
                },
                {"files": [{"id": "F1"}]},
                dice.choice(NASTY),
            )
        )
        fields = [name for name in self._fields if name.startswith(callback.partition("_")[0])] or ["x"]
        values: Any = {name: {name: element} for name in fields}
        about: Any = dice.choice(
            (
                *(
                    {"lead": 1001},
                    {"lead": 4242},
                    {"lead": "1001", "code": True},
                    {"form": "x"},
                    {"file": "F1"},
                ),
                *({"under": "V1", "below": "details", "channel": "CLEADS"}, {"asked": "funnel"}, *NASTY),
            )
        )
        return self._bent(
            {
                "type": dice.choice(("modal", "home")),
                "id": "VFORGED",
                "hash": "1.x",
                "callback_id": callback,
                "state": {"values": values},
                "private_metadata": about if isinstance(about, str) else json.dumps(about),
            },
            keep=("callback_id",),
        )

    def _line(self, begin: str) -> str:
        dice = self._dice
        words = (
            "L-1001",
            "L-4242",
            "claim",
            "qualify",
            "won",
            "1 EUR",
            "undo",
            "key",
            "edit",
            "<@UBEN|ben>",
            "find",
        )
        parts = [begin, *(str(dice.choice((*words, *NASTY))) for _ in range(dice.randrange(4)))]
        return " ".join(parts)[:8000]

    def _bent(self, payload: Json, keep: tuple[str, ...] = ()) -> Json:
        """Now and then a part is missing, or is something else."""
        dice = self._dice
        if dice.random() < 0.7:
            return payload
        part = dice.choice([name for name in payload if name not in keep] or [""])
        bent = {name: value for name, value in payload.items() if name != part}
        if dice.random() < 0.6 and part:
            bent[part] = dice.choice(([], {}, ["x"], [None], {"id": []}, *NASTY))
        return bent


async def everything(h: House, *names: str) -> Json:
    """All rows of these tables, or of all but those that are counted from others by and by."""
    found: Json = {}
    async with h.bot.store.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in names or not (names or table.name.startswith("kpi_")):
                rows = (await connection.execute(select(table))).all()
                found[table.name] = sorted(map(str, rows))
    return found


async def forge(h: House, count: int, seed: int) -> Counter[int]:
    """Try so many; raises AssertionError for the first that did what it must not."""
    forger, statuses = Forger(seed), Counter[int]()

    def address(person: str) -> str:
        return h.workspace.tickets.address(person, "CLEADS", "commands")

    await h.quiet()
    before = await everything(h)
    for _ in range(count // 2):
        body = forger.body("UADAM", "TOTHER", address("UADAM"))
        statuses[await _sent(h, body, seed)] += 1
    await h.quiet()
    after = await everything(h)
    changed = {name for name in before if before[name] != after[name]}
    assert not changed, (seed, changed)
    before = await everything(h, *PROTECTED)
    for _ in range(count // 2):
        statuses[await _sent(h, forger.body("UANA", "TSANDBOX", address("UANA")), seed)] += 1
    await h.quiet()
    assert await everything(h, *PROTECTED) == before, seed
    return statuses


async def _sent(h: House, body: str, seed: int) -> int:
    status = await slack_request(h, body, signed(body))
    assert status < 500, (seed, status, body)
    return status


STALE = re.compile(r" (invalid|expired|exchanged)_trigger_id, ")
"""What Slack answers to a click that is forged, or so old that its dialog can't be opened any more."""


MEANT = re.compile(r"the app was removed|bot tokens were revoked")
"""What an admin is to be told when it is so; forged here, among the other events."""


class Complaints(logging.Handler):
    """Keeps what nobody should have to read: every error but those two kinds."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.exc_info or (
            record.levelno >= logging.ERROR and not (STALE.search(said) or MEANT.search(said))
        ):
            self.found.append(f"{record.name}: {said[:500]}")


async def _main(count: int, seed: int, kind: str) -> int:
    heard = Complaints()
    logging.getLogger().addHandler(heard)
    with tempfile.TemporaryDirectory(prefix="greenlight-forged-") as folder:
        async with fresh(kind, Path(folder)) as url, house(url) as h:
            await h.form()
            statuses = await forge(h, count, seed)
    print(f"{count:,} forged payloads: {dict(statuses)}, {len(heard.found)} complaints in the log")
    for words in heard.found[:20]:
        print(f"  {words}")
    return 1 if heard.found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.clicks", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--on", choices=KINDS, default="sqlite", help="the kind of database behind it")
    asked = parser.parse_args()
    sys.exit(asyncio.run(_main(asked.count, asked.seed, asked.on)))
