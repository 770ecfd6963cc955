"""What admins do with a person's data: erase it (no Undo), keep it after all, give them their page."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.erase import must_be_admin, order_by_admin
from handlers.flows.own_page import keep_after_all, make_link
from handlers.flows.permission import withdraw
from handlers.flows.reveal import reveal
from handlers.slack.after import after_click
from handlers.slack.click import Click, Submission
from handlers.slack.details import details_view, update_open
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.opening import in_dialog
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.erasure import erased_dialog, keep_dialog, link_dialog
from handlers.views.fields import BadField, chosen
from qualification.errors import Refused


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for Erase (Slack has asked whether they are sure), Keep, Their page, Reveal and Withdraw."""
    _erase(app, reception)
    _keep(app, reception)
    _their_page(app, reception)
    _reveal(app, reception)
    _withdraw(app, reception)


def _erase(app: AsyncApp, reception: Reception) -> None:
    @app.action(ids.ERASE)
    async def erase_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await order_by_admin(reception.office, where, click.number, click.rep)
            view = body.get("view") or {}
            for open_ in {str(view.get("id") or ""), str(view.get("previous_view_id") or "")} - {""}:
                reception.errand(update_open(client, open_, erased_dialog(f"L-{click.number}")))
        await ack()


def _keep(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.KEEP)
    async def keep_clicked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await must_be_admin(office, where, click.rep)
            await client.views_open(trigger_id=click.trigger, view=keep_dialog(click.number))
        await ack()

    @app.view(ids.KEEP_SAVED)
    async def kept(ack: AsyncAck, body: dict[str, Any]) -> None:
        async with saving(reception, ack, body, ids.KEEP_REASON):
            sent, where = Submission.read(body), reception.where(body)
            await must_be_admin(office, where, sent.rep)
            reason = chosen(sent.values, ids.KEEP_REASON)
            if reason is None:
                raise BadField(ids.KEEP_REASON, "Choose why.")
            await keep_after_all(office, where, sent.number, sent.rep, reason)


def _their_page(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.OWN_PAGE)
    async def page_wanted(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await must_be_admin(office, where, click.rep)
            setup = (await office.rules(where)).setup
            if not setup.public_url:
                raise Refused("Set PUBLIC_URL first: their page needs an address they can reach.")
            address = await make_link(office, where, click.number, click.rep, setup.public_url)
            opener = client.views_push if in_dialog(body) else client.views_open
            await opener(trigger_id=click.trigger, view=link_dialog(f"L-{click.number}", address))
        await ack()


def _reveal(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.REVEAL)
    async def revealed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where, stands = Click.read(body), reception.where(body), Submission.read(body)
            await reveal(office, where, click.number, click.rep)
            carried = {**stands.metadata, "revealed": click.number}
            view = await details_view(reception, where, click.number, click.rep, carried)
            reception.errand(update_open(client, stands.view_id, view))
        await ack()


def _withdraw(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(re.compile(re.escape(ids.WITHDRAW)))
    async def withdrawn(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            purpose = str(body["actions"][0]["action_id"]).removeprefix(ids.WITHDRAW)
            saved = await withdraw(office, where, click.number, click.rep, purpose)
            after_click(
                reception, client, respond, body, saved, f"{saved.lead.name}: {purpose} is withdrawn."
            )
        await ack()
