"""Keys for programs: the list, making one, and the one moment at which a new one is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, ConfirmObject, InteractiveElement
from slack_sdk.models.views import View

from handlers.flows.keyring import NUMBERS
from handlers.flows.keys import LONGEST_NAME, OPENS, OVERLAP, NewKey
from handlers.views import ids
from handlers.views.fields import BadField, Values, chosen, dialog, option, select, text_field, typed_text
from handlers.views.message import button, context, controls, sections
from handlers.views.text import line, mention, when
from store.keys import Key

BEARER, SIGNED = "bearer", "signed"
_SENDS = {BEARER: "The key itself", SIGNED: "A signature made with it"}
_SHOWN = 45
"""Two blocks each; Slack takes a hundred."""
_HOURS = f"{OVERLAP.total_seconds() / 3600:g} hours"
_EXPLAINS = (
    "Each program that hands something in has its own key, for one thing. Only their hashes are kept, so a "
    f"key is shown once. After *Replace* the old one works for {_HOURS} more; after *Revoke* none does. "
    "`GREENLIGHT_INTAKE_KEY`, where it is set, opens everything that comes in."
)


def keys_dialog(keys: Sequence[Key], zone: ZoneInfo) -> View:
    """Every key that opens something, and a button for one more."""
    blocks: list[Block] = [
        *sections([_EXPLAINS]),
        *controls(ids.KEY_NEW, [button(ids.KEY_NEW, "New key", "new", style="primary")]),
    ]
    for key in keys[:_SHOWN]:
        blocks += [*sections([_told(key, zone)]), *controls(f"key.{key.id}", _buttons(key))]
    if not keys:
        blocks += sections(["There is none yet."])
    if len(keys) > _SHOWN:
        blocks += context([f"… and {len(keys) - _SHOWN} more"])
    return dialog(ids.KEYS, "Keys", blocks, submit=None, metadata={})


def new_key_dialog(metadata: Mapping[str, Any]) -> View:
    """Who will use it, what for, and how."""
    opens = [option(name, says) for name, says in OPENS.items()]
    sends = [option(name, says) for name, says in _SENDS.items()]
    hint = (
        "“The key itself” is right nearly always. To check signatures its hash is enough, so whoever reads "
        "the database could sign as this source."
    )
    blocks = [
        text_field(
            ids.KEY_NAME, "Who uses it", hint="Like Website or HubSpot.", optional=False, longest=LONGEST_NAME
        ),
        select(ids.KEY_OPENS, "For", opens, chosen_value="leads"),
        select(ids.KEY_SENDS, "It sends", sends, chosen_value=BEARER, hint=hint),
    ]
    return dialog(ids.KEY_SAVED, "New key", blocks, submit="Make it", metadata=metadata)


def read_new_key(values: Values) -> tuple[str, str, bool]:
    """Name, what it opens, and whether it signs; BadField when nothing was typed."""
    name = typed_text(values, ids.KEY_NAME)
    if name is None:
        raise BadField(ids.KEY_NAME, "Name who will use it.")
    return name, chosen(values, ids.KEY_OPENS) or "", chosen(values, ids.KEY_SENDS) == SIGNED


def key_shown(made: NewKey, zone: ZoneInfo) -> View:
    """The only time that it can be read."""
    how = (
        "Sign each request with it: `X-Timestamp` (Unix seconds) and `X-Signature: sha256=` and the hex "
        'HMAC-SHA256 of timestamp + "." + body.'
        if made.signs
        else "Send it as `Authorization: Bearer KEY`."
    )
    old = f"The one before works until {when(made.old_until, zone)}." if made.old_until else ""
    words = [f"*{line(made.name)}* · {OPENS[made.opens]}", f"`{made.secret}`"]
    words += ["Copy it now: it is kept nowhere and never shown again.", how, old]
    return dialog(ids.LOADING, "Your new key", sections(words), submit=None, metadata={})


def _told(key: Key, zone: ZoneInfo) -> str:
    numbers = key.opens == NUMBERS
    whose = mention(key.name) if numbers else f"*{line(key.name)}*"
    opens = "reads numbers" if numbers else OPENS.get(key.opens, line(key.opens))
    parts = [opens, *(["may sign"] if key.signs else []), *([f"ends in `{key.ends}`"] if key.ends else [])]
    made = f"made {when(key.at, zone)}" + ("" if numbers else f" by {mention(key.by)}")
    used = f"last used {when(key.used, zone)}" if key.used else "not used yet"
    until = f"\n*Works until {when(key.until, zone)}*, another took its place" if key.until else ""
    return f"{whose} · {' · '.join(parts)} · {made} · {used}{until}"


def _buttons(key: Key) -> list[InteractiveElement]:
    sure = ConfirmObject(
        title="Revoke this key?",
        text="Whoever uses it is turned away at once. This can't be undone.",
        confirm="Revoke",
        deny="Cancel",
        style="danger",
    )
    value = str(key.id)
    revoke = button(ids.KEY_REVOKE, "Revoke", value, about=key.name, style="danger", confirm=sure)
    if key.opens == NUMBERS or key.until:
        return [revoke]
    return [button(ids.KEY_REPLACE, "Replace", value, about=key.name), revoke]
