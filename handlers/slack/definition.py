"""Changing the definition together: propose, approve, withdraw, look at the versions, roll back."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.definition_force import roll_back
from handlers.flows.definition_proposals import (
    Agreed,
    approve,
    changes_of,
    current_text,
    past_versions,
    propose,
    withdraw,
)
from handlers.flows.office import Office
from handlers.slack.click import Click, Submission
from handlers.slack.echo import saving, to_them, to_whoever_clicked
from handlers.slack.import_file import show
from handlers.slack.opening import carried
from handlers.slack.reception import Reception
from handlers.slack.telling import telling
from handlers.slack.uploads import downloaded
from handlers.views import ids
from handlers.views.fields import BadField, note_dialog
from handlers.views.proposal_dialog import (
    SHOWN,
    Change,
    field_of,
    propose_dialog,
    read_change,
    versions_dialog,
)
from qualification.definition import BadDefinition
from qualification.errors import Refused
from qualification.yaml_lines import with_values
from store.proposals import MANAGER, MARKETER

PROPOSED = (
    "Proposed. Its effect is being computed from the history; then it stands in the leads channel, where "
    "everybody it concerns can read it, for one manager and one marketer to approve."
)


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the buttons under the definition, under a proposal, and in the list of versions."""
    _propose(app, reception)
    _agree(app, reception)
    _versions(app, reception)


def _propose(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    @app.action(ids.DEFINITION_PROPOSE)
    async def propose_pressed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)

            async def view() -> View:
                definition = (await office.rules(where)).definition
                return propose_dialog(definition, metadata={**carried(body), "base": definition.version})

            await reception.open_dialog(client, click.trigger, "Propose a change", view())
        await ack()

    @app.view(ids.PROPOSE_SAVED)
    async def propose_sent(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.PROPOSE_WHY) as answer:
            sent, where = Submission.read(body), reception.where(body)
            change = read_change(sent.values, (await office.rules(where)).definition)
            base = int(sent.metadata.get("base") or 0)
            if change.file:
                answer.view = note_dialog("Propose a change", "Reading the file…")
                reception.errand(_from_file(office, client, where, sent, change, base))
            else:
                await _from_fields(office, where, sent.rep, change, base)
                answer.view = note_dialog("Proposed", PROPOSED)


async def _from_fields(office: Office, where: str, who: str, change: Change, base: int) -> None:
    _, text = await current_text(office, where)
    try:
        await propose(office, where, who, with_values(text, change.values), base=base, why=change.why)
    except BadDefinition as bad:
        # Whoever fills in fields sees no file, so its line would say nothing.
        raise BadField(field_of(bad.reason), f"{bad.reason} {bad.hint}".strip()) from bad


async def _from_file(
    office: Office, client: AsyncWebClient, where: str, sent: Submission, change: Change, base: int
) -> None:
    refused = ""
    try:
        async with downloaded(client, str(change.file)) as upload:
            content = await asyncio.to_thread(upload.path.read_bytes)
            name = upload.name
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as other:
            raise Refused(f"{name} is no text in UTF-8.") from other
        await propose(office, where, sent.rep, text, base=base, why=change.why)
    except Refused as no:
        refused = str(no)
    except SlackApiError as gone:
        refused = f"Slack did not hand out the file ({gone.response.get('error')})."
    view = note_dialog("Proposed", PROPOSED)
    if refused:
        # The dialog again with what was typed: a mistake in a file is mended and sent once more.
        definition = (await office.rules(where)).definition
        carried_on = {**sent.metadata, "base": definition.version}
        view = propose_dialog(definition, metadata=carried_on, why=change.why, refused=refused)
    await show(client, sent.view_id, view)


def _agree(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    async def approved(body: dict[str, Any], respond: AsyncRespond, role: str) -> None:
        async with telling(to_them(respond)):
            click = Click.read(body)
            agreed = await approve(office, reception.where(body), click.number, click.rep, role)
            reception.errand(to_them(respond)(_agreed_words(agreed)))  # type: ignore[arg-type]

    @app.action(ids.PROPOSAL_MANAGER)
    async def manager_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await approved(body, respond, MANAGER)
        await ack()

    @app.action(ids.PROPOSAL_MARKETER)
    async def marketer_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await approved(body, respond, MARKETER)
        await ack()

    @app.action(ids.PROPOSAL_WITHDRAW)
    async def withdraw_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        async with telling(to_them(respond)):
            click = Click.read(body)
            await withdraw(office, reception.where(body), click.number, click.rep)
        await ack()


def _agreed_words(agreed: Agreed) -> str:
    both = " You hold both roles, so this counted for sales and marketing." if len(agreed.roles) > 1 else ""
    if agreed.version:
        return f"Version {agreed.version} is in force.{both} Open leads are scored anew now."
    missing = MARKETER if MARKETER not in agreed.proposal.approvals else MANAGER
    return f"Approved. It is in force once a {missing} approves too."


def _versions(app: AsyncApp, reception: Reception) -> None:
    office = reception.office

    async def drawn(where: str) -> View:
        rules = await office.rules(where)
        versions = await past_versions(office, where)
        changes = await asyncio.to_thread(changes_of, versions[: SHOWN + 1])
        return versions_dialog(versions, rules.setup.zone, rules.names, changes)

    @app.action(ids.DEFINITION_VERSIONS)
    async def versions_pressed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await reception.open_dialog(client, click.trigger, "Versions", drawn(where))
        await ack()

    @app.action(ids.DEFINITION_ROLL_BACK)
    async def roll_back_pressed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        async with telling(to_whoever_clicked(body, client, respond)):
            click, where = Click.read(body), reception.where(body)
            await roll_back(office, where, click.number, click.rep)
            reception.errand(_redrawn(client, str((body.get("view") or {}).get("id", "")), where))
        await ack()

    async def _redrawn(client: AsyncWebClient, view_id: str, where: str) -> None:
        await show(client, view_id, await drawn(where))
