"""What follows a saved step on the screen of who saved it; nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.office import Saved
from handlers.slack.click import Click, Submission
from handlers.slack.details import redraw_details
from handlers.slack.echo import echo, echo_in_channel
from handlers.slack.opening import in_dialog
from handlers.slack.reception import Reception


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
    """An echo where the dialog was opened, and fresh Details where they stand below it."""
    reception.errand(echo_in_channel(reception, client, sent, where, saved, words, undo=undo))
    if below := sent.metadata.get("under"):
        kept = {name: sent.metadata[name] for name in ("channel", "ts") if sent.metadata.get(name)}
        number = saved.lead.number
        reception.errand(redraw_details(reception, client, where, number, sent.rep, str(below), kept))


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
    """An echo beside the message that was clicked, in place of an echo's own buttons, or fresh Details."""
    click = Click.read(body)
    if in_dialog(body):
        view = Submission.read(body)
        where, number = reception.where(body), saved.lead.number
        reception.errand(
            redraw_details(reception, client, where, number, click.rep, view.view_id, dict(view.metadata))
        )
    elif (body.get("container") or {}).get("is_ephemeral"):
        reception.errand(respond(text=words, response_type="ephemeral", replace_original=True))
    elif body.get("response_url"):
        reception.errand(echo(respond, saved, words, undo=undo))
