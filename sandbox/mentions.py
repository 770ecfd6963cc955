"""Who a text pings, and how Slack rewrites what a person types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

_PING = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)[^>]*>|<!(channel|here|everyone)[^>]*>"
)
_REFERENCE = re.compile(
    r"<(?:[@#][A-Z0-9]+|!(?:subteam\^|date\^|channel|here|everyone)|https?://|mailto:|tel:)[^<>]*>"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?<![\w<|])https?://[^\s<>|]+")
_AT = re.compile(r"(?<![\w<.+-])@([a-z][\w-]*)")
_HASH = re.compile(r"(?<![\w<&])#([a-z][\w-]*)")


def pinged(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """Ids of people and groups, and `channel`, `here` or `everyone`, that this message notifies, in order.

    Text and blocks both count: what stands in either can reach a person.
    """
    found: dict[str, None] = {}
    for piece in (text, *_mrkdwn(blocks)):
        for match in _PING.finditer(piece):
            found[next(group for group in match.groups() if group)] = None
    for name in _rich_mentions(blocks):
        found[name] = None
    return list(found)


def _mrkdwn(node: Any) -> Iterator[str]:
    """Every text that Slack would read as markup."""
    if isinstance(node, list):
        for item in node:
            yield from _mrkdwn(item)
    elif isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "markdown") and isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _mrkdwn(value)


def _rich_mentions(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _rich_mentions(item)
    elif isinstance(node, dict):
        match node:
            case {"type": "user", "user_id": str(name)}:
                yield name
            case {"type": "usergroup", "usergroup_id": str(name)}:
                yield name
            case {"type": "broadcast", "range": str(name)}:
                yield name
            case _:
                for value in node.values():
                    yield from _rich_mentions(value)


def as_typed(text: str, workspace: Workspace) -> str:
    """A person's message as Slack stores it: escaped, with mentions, links and mail addresses marked up."""
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    text = _REFERENCE.sub(lambda m: keep(m.group()), text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _LINK.sub(lambda m: keep(f"<{m.group()}>"), text)
    text = _MAIL.sub(lambda m: keep(f"<mailto:{m.group()}|{m.group()}>"), text)
    text = escape_names(text, workspace, labels=False)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], text)


def escape_names(text: str, workspace: Workspace, *, labels: bool = True) -> str:
    """`@ana`, `#leads` with ids, as `should_escape: true` sends them: `<@UANA|ana>`, `<#CLEADS|leads>`."""

    def person(match: re.Match[str]) -> str:
        name = match.group(1)
        for someone in workspace.people.values():
            if someone.name == name:
                return f"<@{someone.id}|{name}>" if labels else f"<@{someone.id}>"
        for group in workspace.groups.values():
            if group.handle == name:
                return f"<!subteam^{group.id}|@{name}>" if labels else f"<!subteam^{group.id}>"
        return match.group()

    def channel(match: re.Match[str]) -> str:
        name = match.group(1)
        for place in workspace.channels.values():
            if place.name == name and not place.is_im:
                return f"<#{place.id}|{name}>"
        return match.group()

    return _HASH.sub(channel, _AT.sub(person, text))
