"""Keys for programs, in App Home: an admin makes, replaces and revokes them."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.keys import make_key, revoke_key, rotate_key, see_keys
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving, to_whoever_clicked
from handlers.slack.home import to_home
from handlers.slack.opening import carried, in_dialog
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.keys_dialog import key_shown, keys_dialog, new_key_dialog, read_new_key


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the button in Home, the list behind it, and its dialog."""
    _listed(app, reception)
    _made(app, reception)
    _changed(app, reception)


async def _list(reception: Reception, where: str, person: str) -> View:
    zone = (await reception.office.rules(where)).setup.zone
    return keys_dialog(await see_keys(reception.office, where, person), zone)


def _listed(app: AsyncApp, reception: Reception) -> None:
    @app.action(ids.OPEN_KEYS)
    async def keys_opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            shown = _list(reception, reception.where(body), click.rep)
            await reception.open_dialog(client, click.trigger, "Keys", shown)
        await ack()


def _made(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.KEY_NEW)
    async def new_key(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            # Whoever may not make one hears it before they fill in anything.
            await see_keys(office, where, click.rep)
            opener = client.views_push if in_dialog(body) else client.views_open
            await opener(trigger_id=click.trigger, view=new_key_dialog(carried(body)))
        await ack()

    @app.view(ids.KEY_SAVED)
    async def key_made(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.KEY_NAME) as answer:
            sent, where = Submission.read(body), reception.where(body)
            name, opens, signs = read_new_key(sent.values)
            made = await make_key(office, where, sent.rep, name, opens, signs=signs)
            # In the answer itself: a key that was made but never shown would be good for nothing.
            answer.view = key_shown(made, (await office.rules(where)).setup.zone)
            if below := sent.metadata.get("under"):
                reception.errand(_redraw(reception, client, str(below), where, sent.rep))


def _changed(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.KEY_REPLACE)
    async def key_replaced(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            made = await rotate_key(office, where, click.rep, click.number)
            shown = key_shown(made, (await office.rules(where)).setup.zone)
            opener = client.views_push if in_dialog(body) else client.views_open
            await opener(trigger_id=click.trigger, view=shown)
            if in_dialog(body):
                below = Submission.read(body).view_id
                reception.errand(_redraw(reception, client, below, where, click.rep))
        await ack()

    @app.action(ids.KEY_REVOKE)
    async def key_revoked(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await revoke_key(office, where, click.rep, click.number)
            if in_dialog(body):
                below = Submission.read(body).view_id
                reception.errand(_redraw(reception, client, below, where, click.rep))
        await ack()


async def _redraw(reception: Reception, client: AsyncWebClient, view: str, where: str, person: str) -> None:
    await client.views_update(view_id=view, view=await _list(reception, where, person))
