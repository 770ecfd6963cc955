"""The card's menu: each choice opens a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.click import Click
from handlers.slack.details import open_details
from handlers.slack.echo import to_whoever_clicked
from handlers.slack.opening import Draw, open_about
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.dialogs import disqualify_dialog, nurture_dialog, reassign_dialog
from handlers.views.snooze_dialog import snooze_dialog
from qualification.errors import Refused

CHOICES: Mapping[str, tuple[str, Draw]] = {
    ids.NURTURE: ("Nurture", nurture_dialog),
    ids.DISQUALIFY: ("Disqualify", disqualify_dialog),
    ids.SNOOZE: ("Snooze", snooze_dialog),
    ids.REASSIGN: ("Reassign", reassign_dialog),
}


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the menu."""

    @app.action(ids.MORE)
    async def choice_made(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            choice = Click.read(body).choice
            if choice == ids.DETAILS_OPTION:
                await open_details(reception, client, body)
            elif choice in CHOICES:
                title, draw = CHOICES[choice]
                await open_about(reception, client, body, title, draw)
            else:
                raise Refused("That choice is from an older version. Open the menu again.")
        await ack()
