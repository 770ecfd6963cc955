"""`/lead import`: choose a file, see what would happen, do it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.import_file import OpenFile, open_file
from handlers.flows.import_leads import import_leads
from handlers.flows.import_plan import plan_leads
from handlers.flows.import_spend import SpendTally, import_spend
from handlers.flows.import_tally import Tally
from handlers.flows.office import Office
from handlers.flows.spend import let_in
from handlers.imports.rows import Choices
from handlers.imports.table import NoTable
from handlers.slack.click import Submission
from handlers.slack.echo import saving
from handlers.slack.reception import Reception
from handlers.slack.typed import Typed
from handlers.slack.uploads import Upload, downloaded
from handlers.views import ids
from handlers.views.fields import note_dialog
from handlers.views.import_dialog import import_dialog, plan_dialog, read_import, tally_lines
from handlers.views.message import message, sections
from handlers.views.shapes import reading
from handlers.views.text import line
from qualification.errors import Refused

Do = Callable[[OpenFile, Upload], Awaitable[View]]


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen for the two dialogs."""
    office = reception.office

    @app.view(ids.IMPORT_READ_SAVED)
    async def file_chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.IMPORT_FILE) as answer:
            sent, where = Submission.read(body), reception.where(body)
            picked = read_import(sent.values)
            metadata = {**sent.metadata, "file": picked.file, "basis": picked.basis, "action": picked.action}

            async def plan(opened: OpenFile, upload: Upload) -> View:
                tally = await planned(office, where, opened, sent.rep)
                return plan_dialog(upload.name, opened.columns, tally, metadata=metadata)

            answer.view = note_dialog("Import", "Reading the file…")
            reception.errand(with_file(office, client, where, sent.view_id, metadata, plan))

    @app.view(ids.IMPORT_APPLIED_SAVED)
    async def import_pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        async with saving(reception, ack, body, ids.IMPORT_FILE) as answer:
            sent, where = Submission.read(body), reception.where(body)

            async def apply(opened: OpenFile, upload: Upload) -> View:
                tally = await applied(office, where, opened, sent.rep)
                told = [f"*{line(upload.name)}* is imported.", *tally_lines(tally, done=True)]
                await tell(client, sent, told)
                return note_dialog("Imported", "\n".join(told))

            answer.view = note_dialog(
                "Import", "Importing… You can close this and go on working: the numbers come when it is done."
            )
            reception.errand(with_file(office, client, where, sent.view_id, sent.metadata, apply))


async def open_import(typed: Typed) -> None:
    """Open the dialog that asks for the file."""

    async def view() -> View:
        rules = await typed.office.rules(typed.where)
        return import_dialog(rules.definition, metadata=typed.place)

    await typed.reception.open_dialog(typed.client, typed.trigger, "Import", view())


async def with_file(
    office: Office, client: AsyncWebClient, where: str, view_id: str, metadata: Mapping[str, Any], do: Do
) -> None:
    """Fetch the file, do it, and show in the dialog what came of it, also when nothing did."""
    try:
        with reading():
            file, action = str(metadata["file"]), str(metadata["action"])
        async with downloaded(client, file) as upload:
            choices = Choices(upload.created, str(metadata.get("basis") or ""), action)
            view = await do(await open_file(office, where, upload.path, choices), upload)
    except (Refused, NoTable) as no:
        view = note_dialog("Not imported", line(str(no), 2_000))
    except SlackApiError as gone:
        view = note_dialog("Not imported", f"Slack did not hand out the file ({gone.response.get('error')}).")
    except Exception:
        stopped = "It stopped before the end. What was taken is saved: import the file again to go on."
        await show(client, view_id, note_dialog("Not finished", stopped))
        raise
    await show(client, view_id, view)


async def planned(office: Office, where: str, opened: OpenFile, rep: str) -> Tally | SpendTally:
    """What importing would do.

    Raises:
        Refused: it is spend, and not this person's to enter.
    """
    if opened.columns.kind == "spend":
        await let_in(office, where, rep)
        return await import_spend(office, where, opened.spend(), by=rep, dry=True)
    return await plan_leads(office, where, opened.leads())


async def applied(office: Office, where: str, opened: OpenFile, rep: str) -> Tally | SpendTally:
    """Import, beside everything else the bot does.

    Raises:
        Refused: it is spend, and not this person's to enter.
    """
    if opened.columns.kind == "spend":
        await let_in(office, where, rep)
        return await import_spend(office, where, opened.spend(), by=rep)
    return await import_leads(office, where, opened.leads(), serving=lambda: True)


async def show(client: AsyncWebClient, view_id: str, view: View) -> None:
    """Draw the dialog anew, if it is still open."""
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as refused:
        if refused.response.get("error") != "not_found":
            raise


async def tell(client: AsyncWebClient, sent: Submission, told: list[str]) -> None:
    """Say the outcome where the command was typed too: by now the dialog may be closed."""
    channel, said = sent.metadata.get("channel"), message("The import is done.", sections(told))
    if not channel:
        return
    # Where the app is no member it can't; the dialog has said it, and the import stands all the same.
    with contextlib.suppress(SlackApiError):
        await client.chat_postEphemeral(channel=channel, user=sent.rep, text=said.text, blocks=said.blocks)
