"""What follows a saved step on the screen of who saved it; nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Saved
from handlers.slack.click import Click, Submission
from handlers.slack.details import details_view, update_open
from handlers.slack.echo import echo, echo_in_channel
from handlers.slack.opening import in_dialog
from handlers.slack.reception import Reception
from handlers.slack.shown import actions_here
from handlers.views import ids


def after_dialog(
    reception: Reception,
    client: AsyncWebClient,
    sent: Submission,
    where: str,
    saved: Saved,
    words: str,
    *,
    undo: bool = True,
) -> None:
    """An echo where the dialog was opened, and the dialog below it drawn anew."""
    reception.errand(echo_in_channel(reception, client, sent, where, saved, words, undo=undo))
    if below := sent.metadata.get("under"):
        kept = {name: sent.metadata[name] for name in ("channel", "ts") if sent.metadata.get(name)}
        shown = Open(str(below), str(sent.metadata.get("below")), kept)
        reception.errand(redraw(reception, client, shown, where, saved.lead.number, sent.rep))


@dataclass(frozen=True, slots=True)
class Open:
    """A dialog that stands open: its id, what it is (a callback id), and what it carries."""

    view_id: str
    callback: str
    metadata: Mapping[str, Any]


async def redraw(
    reception: Reception, client: AsyncWebClient, shown: Open, where: str, number: int, rep: str
) -> None:
    """Show in an open dialog what was saved; one that only says something stays as it is."""
    match shown.callback:
        case ids.DETAILS:
            view = await details_view(reception, where, number, rep, shown.metadata)
        case ids.ACTIONS_DIALOG:
            view = await actions_here(reception.office, where, number, shown.metadata, rep)
        case _:
            return
    await update_open(client, shown.view_id, view)


def after_click(
    reception: Reception,
    client: AsyncWebClient,
    respond: AsyncRespond,
    body: Mapping[str, Any],
    saved: Saved,
    words: str,
    *,
    undo: bool = False,
) -> None:
    """An echo beside the message that was clicked, in place of an echo's own buttons, or a fresh dialog."""
    click = Click.read(body)
    if in_dialog(body):
        view = Submission.read(body)
        shown = Open(view.view_id, str(body["view"].get("callback_id")), dict(view.metadata))
        reception.errand(
            redraw(reception, client, shown, reception.where(body), saved.lead.number, click.rep)
        )
    elif (body.get("container") or {}).get("is_ephemeral"):
        reception.errand(respond(text=words, response_type="ephemeral", replace_original=True))
    elif body.get("response_url"):
        reception.errand(echo(respond, saved, words, undo=undo))
