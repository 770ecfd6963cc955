"""Details: everything about one lead in a dialog, kept up to date while its buttons are pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from handlers.flows.details import WholeLead, whole_lead
from handlers.flows.same_person import around
from handlers.slack.click import Click
from handlers.slack.opening import carried, in_dialog
from handlers.slack.reception import Reception
from handlers.views.crm import crm_url
from handlers.views.details import details_dialog
from handlers.views.news import HistoryLine, history_line
from handlers.views.same_person import people_part
from qualification.masking import Level, as_shown, masked_text


async def open_details(
    reception: Reception, client: AsyncWebClient, body: Mapping[str, Any], number: int | None = None
) -> None:
    """Open Details, on top of an open dialog where there is one.

    Args:
        number: The lead, where the click doesn't carry it (a command).
    Raises:
        Refused: there is no such lead.
    """
    click, where = Click.read(body), reception.where(body)
    wanted = click.number if number is None else number
    view = details_view(reception, where, wanted, click.rep, carried(body))
    await reception.open_dialog(client, click.trigger, "Details", view, push=in_dialog(body))


async def details_view(
    reception: Reception, where: str, number: int, rep: str, metadata: Mapping[str, Any]
) -> View:
    """The dialog as this person sees it now."""
    whole = await whole_lead(reception.office, where, number, rep)
    beside = await around(reception.office, where, whole.seen.lead.number)
    # Who revealed this lead has not revealed those it may be, too.
    here = whole.rules.level(str(metadata.get("channel") or ""), rep)
    beside = replace(beside, pairs=tuple(pair.as_shown(here) for pair in beside.pairs))
    level = Level.FULL if metadata.get("revealed") == number else here
    return details_dialog(
        as_shown(whole.seen, level),
        history_lines(whole, level),
        metadata=metadata,
        undo=whole.undo,
        crm_url=crm_url(whole.rules.setup.crm_url, whole.seen.lead),
        more=whole.older,
        admin=rep in whole.rules.setup.admins,
        receipts=whole.receipts,
        own_page=bool(whole.rules.setup.public_url),
        people=people_part(beside, whole.seen, whole.rules.names),
        masked=level is not Level.FULL,
    )


def history_lines(whole: WholeLead, level: Level = Level.FULL) -> list[HistoryLine]:
    """Who did what, when and under which version, newest first."""
    seen, names = whole.seen, whole.rules.names

    def words(text: str) -> str:
        if level is Level.NUMBER:
            return ""
        return text if level is Level.FULL else masked_text(text, seen.lead.profile.country)

    return [
        history_line(told.event, seen.definition, seen.zone, words(told.text), names, undone=told.undone)
        for told in whole.history
    ]


async def update_open(client: AsyncWebClient, view_id: str, view: View) -> None:
    """Draw a dialog anew if it is still open."""
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as refused:
        if refused.response.get("error") != "not_found":  # closed meanwhile
            raise
