"""First run: enter the admin code, choose channels and people."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.house_state import NotAllowed
from handlers.flows.setup import check_code, save_setup, see_setup
from handlers.slack.click import Click, Submission
from handlers.slack.home import publish, to_home
from handlers.slack.places import learn_places
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.views import ids
from handlers.views.setup_dialog import code_dialog, read_code, read_setup, setup_dialog


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the two buttons in Home and their dialogs."""
    office = reception.office

    async def drawn(client: AsyncWebClient, where: str, person: str, *, has_code: bool) -> View:
        state = await see_setup(office, where)
        return setup_dialog(state, person, await groups_of(client), has_code=has_code)

    @app.action(ids.ENTER_CODE)
    async def enter_code(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            reception.where(body)
            await client.views_open(trigger_id=click.trigger, view=code_dialog())
        await ack()

    @app.view(ids.CODE_SAVED)
    async def code_entered(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async def say(words: str) -> object:
            return await ack(response_action="errors", errors={ids.SETUP_CODE: words})

        async with telling(say) as told:
            sent = Submission.read(body)
            where = reception.where(body)
            await check_code(office, where, sent.rep, read_code(sent.values))
            view = await drawn(client, where, sent.rep, has_code=True)
        if not told.refused:
            await ack(response_action="update", view=view)

    @app.action(ids.OPEN_SETUP)
    async def setup_opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = Click.read(body)
        async with telling(to_home(reception, client, body, click.rep)):
            where = reception.where(body)
            if click.rep not in (await office.rules(where)).setup.admins:
                raise NotAllowed("Only admins can change this.")
            view = drawn(client, where, click.rep, has_code=False)
            await reception.open_dialog(client, click.trigger, "Set up Greenlight", view)
        await ack()

    @app.view(ids.SETUP_SAVED)
    async def setup_saved(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        sent = Submission.read(body)

        async def say(words: str) -> object:
            shown = [name for name in sent.values if name in (ids.SETUP_ADMINS, ids.SETUP_LEADS)]
            field = shown[-1] if shown else next(iter(sent.values), ids.SETUP_ADMINS)
            return await ack(response_action="errors", errors={field: words})

        async with telling(say) as told:
            where = reception.where(body)
            chosen, has_code = read_setup(sent.values), bool(sent.metadata.get("code"))
            await save_setup(office, where, sent.rep, chosen, has_code=has_code)
        if not told.refused:
            reception.errand(publish(reception, client, where, sent.rep))
            reception.errand(learn_places(client, office, where))
            await ack()


async def groups_of(client: AsyncWebClient) -> list[tuple[str, str]]:
    """The workspace's user groups, id and handle; none on plans that have none."""
    try:
        answer = await client.usergroups_list()
    except SlackApiError:
        return []
    return [(str(group["id"]), str(group["handle"])) for group in answer.get("usergroups") or []]
