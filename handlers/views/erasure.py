"""Erasing in words: what stands where a message was, what was done, and what only a person can do."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject
from slack_sdk.models.views import View

from handlers.flows.own_page import KEPT_FOR
from handlers.views import ids
from handlers.views.event_words import actor_name
from handlers.views.fields import dialog, note_dialog, option, select
from handlers.views.message import Message, button, controls, message, sections
from qualification.lead import Lead
from store.erasures import Erasure

WHY = {
    "request": "as asked",
    "retention": "by the retention rules",
    "again": "again, after a backup was restored",
}


def erase_button(lead: Lead) -> ButtonElement:
    """For admins. Slack asks first."""
    sure = ConfirmObject(
        title=f"Erase {lead.name} for good?",
        text=PlainTextObject(
            text="Everything they told us and all notes go, from the database and from my messages here. "
            "Counts stay. There is no undo."
        ),
        confirm="Erase",
        deny="Cancel",
        style="danger",
    )
    return button(ids.ERASE, "Erase…", str(lead.number), about=lead.name, style="danger", confirm=sure)


def asked_message(lead: Lead, due: str) -> Message:
    """For admins: somebody asked on their own page to be erased."""
    said = f"{lead.name} asked on their own page to be erased. It happens by itself {due}."
    lines = [
        said,
        "Erase them now, or say why the data must stay: an invoice, a contract, a legal claim. "
        "Their page tells them either way.",
    ]
    keep = button(ids.KEEP, "Keep…", str(lead.number), about=lead.name)
    return message(said, [*sections(lines), *controls(ids.CONTROLS, [erase_button(lead), keep])])


def keep_dialog(number: int) -> View:
    """Why the data must stay although they asked to be erased."""
    reasons = [option(code, says) for code, says in KEPT_FOR.items()]
    hint = "Their page says so. Who has no such reason must erase within a month."
    blocks = [select(ids.KEEP_REASON, "Why must it stay?", reasons, hint=hint)]
    return dialog(ids.KEEP_SAVED, f"Keep L-{number}", blocks, submit="Save", metadata={"lead": number})


def link_dialog(name: str, address: str) -> View:
    """The address of somebody's own page, to be sent to them alone."""
    words = (
        f"{name} can see there what is held, opt out and ask for deletion. Send it to nobody else: whoever "
        f"has it can do the same. It works for 180 days.\n```{address}```"
    )
    return note_dialog("Their page", words)


def erased_dialog(name: str) -> View:
    """What an admin sees in the dialog's place."""
    words = (
        f"{name} is being erased: from the database, then from my messages here. After that you get a "
        "receipt with links to what only a person can delete."
    )
    return note_dialog("Erasing", words)


def erased_message(name: str) -> Message:
    """What is left of a message about somebody who was erased."""
    said = f"{name}: this person's data was erased."
    return message(said, sections([said]))


def receipt_message(erasure: Erasure, names: Mapping[str, str], *, is_sqlite: bool) -> Message:
    """For admins: what was done, and what only a person can delete."""
    name = f"L-{erasure.lead}" if erasure.lead is not None else "Somebody who waited for permission"
    head = f"{name} is erased, {WHY.get(erasure.why, erasure.why)}, by {actor_name(erasure.by, names)}."
    lines = [head, *done_lines(erasure, is_sqlite=is_sqlite), *by_hand_lines(erasure)]
    return message(head, sections(lines))


def retention_message(erasure: Erasure, count: int) -> Message:
    """For an admin: the night's erasures in one message."""
    people = f"{count:,} {'lead' if count == 1 else 'leads'}"
    head = f"Retention: {people} erased, kept long enough by the rules you turned on."
    told = erasure.receipt
    lines = [head, f"• My messages in Slack, rewritten: {told.get('rewritten', 0):,}"]
    return message(head, sections([*lines, *by_hand_lines(erasure)]))


def done_lines(erasure: Erasure, *, is_sqlite: bool) -> list[str]:
    """What is gone, as bullet points."""
    told = erasure.receipt
    counted = {
        "facts": "Told by them or noted by us",
        "waiting": "Submissions that waited for permission",
        "quarantine": "Submissions kept raw",
        "answers": "Stored answers",
        "rewritten": "My messages in Slack, rewritten",
        "gone": "Messages that were gone from Slack already",
    }
    lines = [f"• {says}: {told[key]:,}" for key, says in counted.items() if told.get(key)]
    where = (
        "SQLite's file no longer holds it; its log is emptied as soon as nobody reads an older state."
        if is_sqlite
        else "Run VACUUM to clear PostgreSQL's pages."
    )
    return [*lines, f"• {where} Backups from before still do: see docs/permission.md."]


def by_hand_lines(erasure: Erasure) -> list[str]:
    """What only a person can delete, with links."""
    told = erasure.receipt
    links = [*told.get("made_from", []), *told.get("by_hand", [])]
    lines = [f"• {link}" for link in links]
    if told.get("imported"):
        lines.append("• The file they were imported from, wherever it is kept")
    if others := told.get("others"):
        lines.append(f"• Threads of {', '.join(others)}: notes about those named them")
    for channel in told.get("cut_short", []):
        lines.append(f"• <#{channel}>: too long to look through all of it")
    return ["*Only a person can delete these:*", *lines] if lines else ["Nothing is left for you to delete."]
