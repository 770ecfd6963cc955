"""Won and Lost: how an SQL ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.outcome import lose_lead, win_lead
from handlers.slack.after import after_dialog
from handlers.slack.click import Submission
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import open_about
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.dialogs import lost_dialog, read_lost, read_won, won_dialog
from handlers.views.echoes import lost_words, won_words
from qualification.seen import Seen
from qualification.stages import must_be_sql


def won_if_sql(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """The dialog; where it could only be refused, it says so before anybody fills it."""
    must_be_sql(seen.lead, "won")
    return won_dialog(seen, metadata=metadata)


def lost_if_sql(seen: Seen, *, metadata: Mapping[str, Any]) -> View:
    """As `won_if_sql`."""
    must_be_sql(seen.lead, "lost")
    return lost_dialog(seen, metadata=metadata)


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Won, Lost and their dialogs."""
    office = reception.office

    @app.action(ids.WON)
    async def won_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            await open_about(reception, client, body, "Won", won_if_sql)
        await ack()

    @app.action(ids.LOST)
    async def lost_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            await open_about(reception, client, body, "Lost", lost_if_sql)
        await ack()

    @app.view(ids.WON_SAVED)
    async def won_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.WON_AMOUNT):
            sent, where = Submission.read(body), reception.where(body)
            saved = await win_lead(office, where, sent.number, sent.rep, read_won(sent.values))
            after_dialog(reception, client, sent, where, saved, won_words(saved.lead))

    @app.view(ids.LOST_SAVED)
    async def lost_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.LOST_REASON):
            sent, where = Submission.read(body), reception.where(body)
            why = read_lost(sent.values)
            saved = await lose_lead(office, where, sent.number, sent.rep, why.reason, why.note)
            words = lost_words((await office.rules(where)).see(saved.lead, office.clock()))
            after_dialog(reception, client, sent, where, saved, words)
