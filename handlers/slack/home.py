"""App Home: shown when somebody opens it, redrawn when something in it changes."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.claim import claim_lead
from handlers.flows.home import remember_opened, see_home
from handlers.slack.click import Click
from handlers.slack.new_lead import open_new_lead
from handlers.slack.reception import Reception
from handlers.slack.telling import Say, telling
from handlers.views import ids
from handlers.views.home import home_view


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for visits, and for what is pressed there."""
    office = reception.office

    @app.event("app_home_opened")
    async def home_opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with telling(nowhere):
            event = body["event"]
            if event.get("tab", "home") == "home":
                where = reception.where(body)
                await remember_opened(office, where, event["user"])
                reception.errand(publish(reception, client, where, event["user"]))
        await ack()

    @app.action(ids.HOME_CLAIM)
    async def claimed_at_home(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)) as told:
            where = reception.where(body)
            await claim_lead(office, where, click.number, click.rep)
        if not told.refused:
            reception.errand(publish(reception, client, where, click.rep))
        await ack()

    @app.action(ids.HOME_NEW)
    async def new_at_home(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            await open_new_lead(reception, client, reception.where(body), click.trigger)
        await ack()


async def publish(
    reception: Reception, client: AsyncWebClient, where: str, person: str, notice: str = ""
) -> None:
    """Draw somebody's Home as it is now."""
    view = home_view(await see_home(reception.office, where, person), notice)
    await client.views_publish(user_id=person, view=view)


def to_home(reception: Reception, client: AsyncWebClient, body: dict[str, Any], person: str) -> Say:
    """Say something at the top of somebody's Home, which has no other place for it."""

    async def say(words: str) -> None:
        reception.errand(publish(reception, client, reception.where(body), person, words))

    return say


async def nowhere(words: str) -> None:
    """A visit that could not be noted: Home stands as it was, and the next visit tries again."""
