"""What waits for permission, by form and without a name, and the dialog to decide on a form anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, SectionBlock
from slack_sdk.models.views import View

from handlers.flows.waiting import Decision
from handlers.views import ids
from handlers.views.fields import BadField, Values, dialog, note_dialog, text_field, typed_text
from handlers.views.message import Message, button, context, message, sections, words
from handlers.views.text import day, line
from store.waiting_forms import WaitingForm

_SHOWN = 40
_EXPLAINS = (
    "They left contact data but no permission, so they are no leads. After a week their personal data goes "
    "and only the count stays. Send `consent` along with the form, and the next ones pass by themselves."
)


def waiting_dialog(forms: Sequence[WaitingForm], zone: ZoneInfo) -> View:
    """One section a form, with the way to say that it does ask."""
    if not forms:
        return note_dialog("Waiting", "Nobody waits for permission.")
    blocks: list[Block] = [*sections([_EXPLAINS])]
    for one in forms[:_SHOWN]:
        said = f"*{line(one.form, 100)}*: {one.count:,} since {day(one.oldest, zone)}"
        text = f"{said}\n{line(one.why, 200)}. The first goes {day(one.until, zone)}."
        press = button(ids.FORM_ASKS, "This form asks…", one.form, about=one.form)
        blocks.append(SectionBlock(text=words(text), accessory=press))
    if len(forms) > _SHOWN:
        blocks += context([f"… and {len(forms) - _SHOWN:,} more forms"])
    return dialog(ids.WAITING, "Waiting", blocks, submit=None, metadata={})


def form_asks_dialog(form: str, metadata: Mapping[str, Any]) -> View:
    """How does the form ask?"""
    hint = "Kept with every one of them as how permission was given, with your name and today's date."
    blocks = [
        *sections([f"*{line(form, 100)}*"]),
        text_field(
            ids.FORM_WORDS,
            "This form asks for it:",
            multiline=True,
            hint=hint,
            optional=False,
            longest=500,
        ),
    ]
    carried = {**metadata, "form": form}
    return dialog(ids.FORM_ASKS_SAVED, "Decide anew", blocks, submit="They gave it", metadata=carried)


def read_form_words(values: Values) -> str:
    """Raises BadField when nothing was typed."""
    typed = typed_text(values, ids.FORM_WORDS)
    if typed is None or len(typed) < 10:
        raise BadField(ids.FORM_WORDS, "Say where and in which words the form asks, so that it is a proof.")
    return typed


def decided_view(now: Decision) -> View:
    """How far it is, or what became of them."""
    if now.ended:
        return note_dialog("Decided", _became(now))
    of = max(now.total, now.done)
    going = f"{now.done:,} of {of:,} are decided. You can close this: you are told when it is done."
    return note_dialog("Deciding…", going)


def decided_message(now: Decision) -> Message:
    """The same for whoever closed the dialog."""
    said = f"*{line(now.form, 100)}*, the form that asks for permission: {_became(now)}"
    return message(said, sections([said]))


def _became(now: Decision) -> str:
    leads = f"{now.leads:,} {'is a lead' if now.leads == 1 else 'are leads'} now"
    others = f"; {now.others:,} are none for other reasons" if now.others else ""
    return f"{leads}{others}."
