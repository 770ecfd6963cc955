"""What a person has typed or chosen: the values of a dialog's controls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.errors import ScreenError, SlackError

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

Json = dict[str, Any]

# Where each kind of control keeps its value, and the property that prefills it.
_KEEPS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
_LISTS = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")


def holds_value(element: Json) -> bool:
    """True for controls that appear in `state.values`: everything but buttons and overflow menus."""
    return element.get("type") in _KEEPS


def initial(element: Json) -> Json:
    """The control's value as the app prefilled it."""
    kind = element["type"]
    key, prefill = _KEEPS[kind]
    return {"type": kind, key: element.get(prefill, [] if key in _LISTS else None)}


def still_fits(element: Json, value: Json) -> bool:
    """Whether a value typed before survives in the redrawn control: same kind, choice still offered."""
    if value.get("type") != element.get("type"):
        return False
    offered = options(element)
    if not offered or "external" in element["type"]:
        return True
    known = [option.get("value") for option in offered]
    chosen = value.get("selected_options") or [value.get("selected_option")]
    return all(option is None or option.get("value") in known for option in chosen)


def options(element: Json) -> list[Json]:
    """Every option of a control, groups flattened."""
    found: list[Json] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        found.extend(group.get("options", []))
    return found


def option_named(element: Json, wanted: Any) -> Json:
    """The option whose text or value this is.

    Raises:
        ScreenError: none is; the error lists the texts.
    """
    if isinstance(wanted, dict):
        wanted = wanted.get("value")
    offered = options(element)
    for option in offered:
        if option["text"]["text"] == wanted:
            return option
    for option in offered:
        if option.get("value") == str(wanted):
            return option
    for option in offered:
        if option["text"]["text"].casefold().strip() == str(wanted).casefold().strip():
            return option
    raise ScreenError("no_such_option", wanted=wanted, there=[option["text"]["text"] for option in offered])


def chosen(element: Json, raw: Any, workspace: Workspace, person: str) -> Json:
    """What `state.values` holds after a person entered `raw` (None or "" clears).

    Args:
        raw: option text or value, a list of them, plain text, ISO date, HH:MM, a person's or channel's
            name or id, or for files `{"name", "content"}` or a list of those.
    """
    kind = element["type"]
    key = _KEEPS[kind][0]
    if raw is None or raw in ("", []):
        return {"type": kind, key: [] if key in _LISTS else None}
    many = raw if isinstance(raw, list) else [raw]
    match key:
        case "selected_option":
            return {"type": kind, key: option_named(element, raw)}
        case "selected_options":
            return {"type": kind, key: [option_named(element, one) for one in many]}
        case "selected_user":
            return {"type": kind, key: _person(workspace, raw)}
        case "selected_users":
            return {"type": kind, key: [_person(workspace, one) for one in many]}
        case "selected_conversation" | "selected_channel":
            return {"type": kind, key: _channel(workspace, raw, person)}
        case "selected_conversations" | "selected_channels":
            return {"type": kind, key: [_channel(workspace, one, person) for one in many]}
        case "selected_date_time":
            return {"type": kind, key: int(raw)}
        case "files":
            return {"type": kind, key: [workspace.files.take(one, person) for one in many]}
        case "rich_text_value" if isinstance(raw, str):
            text = {"type": "rich_text_section", "elements": [{"type": "text", "text": raw}]}
            return {"type": kind, key: {"type": "rich_text", "elements": [text]}}
        case _:
            return {"type": kind, key: raw if isinstance(raw, dict) else str(raw)}


def _person(workspace: Workspace, ref: Any) -> str:
    try:
        return workspace.person(str(ref)).id
    except SlackError:
        names = [person.name for person in workspace.people.values()]
        raise ScreenError("no_such_person", wanted=ref, there=names) from None


def _channel(workspace: Workspace, ref: Any, person: str) -> str:
    try:
        return workspace.channel(str(ref), person).id
    except SlackError:
        names = [channel.name for channel in workspace.channels.values()]
        raise ScreenError("no_such_channel", wanted=ref, there=names) from None


def shown(value: Json, workspace: Workspace) -> Any:
    """The value as a person reads it: option texts, names, plain text; None when empty."""
    match value:
        case {"selected_option": option}:
            return option["text"]["text"] if option else None
        case {"selected_options": chosen_options}:
            return [option["text"]["text"] for option in chosen_options]
        case {"selected_user": user}:
            return workspace.name_of(user) if user else None
        case {"selected_users": users}:
            return [workspace.name_of(user) for user in users]
        case {"files": files}:
            return [file["name"] for file in files]
        case {"selected_channel": channel} | {"selected_conversation": channel}:
            return workspace.channels[channel].name if channel in workspace.channels else channel
        case _:
            return next((held for key, held in value.items() if key != "type"), None)


def is_empty(value: Json) -> bool:
    """Nothing typed or chosen."""
    return all(held in (None, "", []) for key, held in value.items() if key != "type")


def mistake(element: Json, value: Json) -> str | None:
    """What the client itself would object to, before anything is sent; None when it is fine."""
    held = value.get("value")
    if is_empty(value) or not isinstance(held, str):
        return None
    match element["type"]:
        case "plain_text_input":
            if len(held) < int(element.get("min_length") or 0):
                return f"Please enter at least {element['min_length']} characters."
            if len(held) > int(element.get("max_length") or 3000):
                return f"Please enter at most {element.get('max_length') or 3000} characters."
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", held):
            return "Please enter a valid email address."
        case "url_text_input" if not re.match(r"https?://\S+", held):
            return "Please enter a valid URL."
        case "number_input":
            return _number_mistake(element, held)
    return None


def _number_mistake(element: Json, held: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, held):
        return (
            "Please enter a valid number."
            if element.get("is_decimal_allowed")
            else "Please enter a whole number."
        )
    if element.get("min_value") is not None and float(held) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") is not None and float(held) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
