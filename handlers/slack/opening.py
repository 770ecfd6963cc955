"""Open a dialog about one lead, from a card, from a message to one person, or on top of another dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.click import Click, Submission
from handlers.slack.reception import Reception
from handlers.slack.shown import look_here
from qualification.seen import Seen


class Draw(Protocol):
    """One of the small dialogs of `views.dialogs`."""

    def __call__(self, seen: Seen, *, metadata: Mapping[str, Any]) -> View: ...


def in_dialog(body: Mapping[str, Any]) -> bool:
    """Whether the click was made in an open dialog; App Home is a view too, and none."""
    view = body.get("view")
    return isinstance(view, Mapping) and view.get("type") == "modal"


def carried(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a dialog remembers of where it was opened: `channel`, `ts`, and the dialog below it.

    That one is `under` by its id, and `below` by what it is (a callback id), so that it can be drawn anew.
    """
    if in_dialog(body):
        below = Submission.read(body)
        known = {name: below.metadata[name] for name in ("channel", "ts") if below.metadata.get(name)}
        return {**known, "under": below.view_id, "below": (body.get("view") or {}).get("callback_id")}
    click = Click.read(body)
    return {"channel": click.channel, "ts": click.ts} if click.channel else {}


async def open_about(
    reception: Reception, client: AsyncWebClient, body: Mapping[str, Any], title: str, draw: Draw
) -> None:
    """Open `draw`'s dialog about the lead that was clicked.

    Raises:
        Refused: there is no such lead.
    """
    click, where = Click.read(body), reception.where(body)

    async def view() -> View:
        place = carried(body)
        return draw(await look_here(reception.office, where, click.number, place, click.rep), metadata=place)

    await reception.open_dialog(client, click.trigger, title, view(), push=in_dialog(body))
