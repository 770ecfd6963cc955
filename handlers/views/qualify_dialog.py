"""Qualify: four BANT questions, what saving would do, live, and reading the answers back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import (
    Values,
    chosen,
    date_field,
    dialog,
    number_field,
    option,
    person_field,
    picked_day,
    picked_person,
    select,
    text_field,
    typed_text,
    whole_number,
)
from handlers.views.message import context, sections
from handlers.views.standing import score_line, stage_name, who
from handlers.views.text import clip, line
from qualification.definition import Question
from qualification.lead import LETTERS, Lead, Stage
from qualification.masking import Level, as_shown
from qualification.qualify import Call, Preview, known_call
from qualification.scoring import asked_at
from qualification.seen import Seen

UNKNOWN = "unknown"
"""The value of "Not asked yet"."""
_NOT_ASKED = "Not asked yet"
_THEY_SAID = " (they said)"
_DID_THEY = "Did they ask for a demo, price, quote or call?"
_THEY_DID = "They asked by themselves: that counts as Yes unless you choose No."
_MISSING_SHOWN = 5
_CHANGES_SHOWN = 6
_BLOCKS = {
    "budget": ids.QUALIFY_BUDGET,
    "authority": ids.QUALIFY_AUTHORITY,
    "need": ids.QUALIFY_NEED,
    "timeline": ids.QUALIFY_TIMELINE,
}


def qualify_dialog(
    preview: Preview,
    seen: Seen,
    *,
    revision: int,
    metadata: Mapping[str, Any],
    changed: Sequence[str] = (),
    typed: Call | None = None,
    level: Level = Level.FULL,
) -> View:
    """The Qualify dialog, for opening it and for every redraw while it is open.

    Args:
        preview: What saving what stands in it would do: the live line on top.
        seen: The lead as it is saved now: what is prefilled, and which fields are there at all.
        revision: The lead's revision this dialog was opened on: a save on an older one is stale.
        metadata: More ids to carry, e.g. channel and ts of the card.
        changed: What somebody else saved meanwhile, as finished mrkdwn lines (`news.thread_line`).
        typed: What stands in the dialog already; wins over what is saved.
        level: How much of who they are is said. Fields are never masked: a mask would be saved.
    """
    lead, call = seen.lead, typed or known_call(seen.lead)
    blocks: list[Block] = [
        *_stale(changed),
        *sections([live_line(preview, seen), *_missing(preview)], ids.QUALIFY_LIVE),
        *context([who(as_shown(seen, level).lead.profile)]),
        DividerBlock(),
        *[_letter(seen.definition.questions[name], lead, call) for name in LETTERS],
        _inquiry(seen, call),
        *_about_them(lead, call),
        text_field(ids.QUALIFY_NOTES, "Notes", value=call.notes, multiline=True),
        text_field(ids.QUALIFY_NEXT_STEP, "Next step", value=call.next_step, longest=300),
        date_field(
            ids.QUALIFY_NEXT_STEP_DATE,
            "Next step date",
            value=call.next_step_at.astimezone(seen.zone).date() if call.next_step_at else None,
        ),
        person_field(
            ids.QUALIFY_HAND_TO,
            "Hand to",
            value=call.hand_to,
            hint="Who in sales takes it on; they get a message.",
        ),
    ]
    return dialog(
        ids.QUALIFY_SAVED,
        f"Qualify {lead.name}",
        blocks,
        submit="Save and hand over" if _hands_over(preview, seen) else "Save",
        metadata={**metadata, "lead": lead.number, "revision": revision},
    )


def read_qualify(state_values: Values, zone: ZoneInfo) -> Call:
    """What stands in the dialog. Fields that aren't there or are empty read as unknown.

    A date becomes nine o'clock in `zone`. Emptied notes read "", which takes back what was noted.
    """
    answers = {
        letter: value
        for letter, block_id in _BLOCKS.items()
        if (value := chosen(state_values, block_id)) and value != UNKNOWN
    }
    said = {"yes": True, "no": False}
    notes = typed_text(state_values, ids.QUALIFY_NOTES)
    return Call(
        answers=answers,
        inquiry=said.get(chosen(state_values, ids.QUALIFY_INQUIRY) or UNKNOWN),
        title=typed_text(state_values, ids.QUALIFY_TITLE),
        employees=whole_number(state_values, ids.QUALIFY_SIZE),
        notes=notes or "" if ids.QUALIFY_NOTES in state_values else None,
        next_step=typed_text(state_values, ids.QUALIFY_NEXT_STEP),
        next_step_at=picked_day(state_values, ids.QUALIFY_NEXT_STEP_DATE, zone),
        hand_to=picked_person(state_values, ids.QUALIFY_HAND_TO),
    )


def live_line(preview: Preview, seen: Seen) -> str:
    """Score and the stage saving would reach."""
    score = score_line(seen, preview.score)
    if _hands_over(preview, seen):
        return f"{score}\nSaving makes this an *SQL* and hands it over to sales."
    verb = "keeps it" if preview.would_be is seen.lead.stage else "makes it"
    return f"{score}\nSaving {verb} {_article(preview.would_be)}."


def _hands_over(preview: Preview, seen: Seen) -> bool:
    return preview.would_be is Stage.SQL and seen.lead.stage is not Stage.SQL


def _article(stage: Stage) -> str:
    return {Stage.LEAD: "a lead", Stage.MQL: "an MQL", Stage.SQL: "an SQL"}.get(
        stage, stage_name(stage).lower()
    )


def _missing(preview: Preview) -> list[str]:
    missing = [f"•  {line(words)}" for words in preview.gate.missing]
    if not missing or preview.lead.stage is Stage.SQL:
        return []
    return ["Still missing for an SQL:", *missing[:_MISSING_SHOWN]]


def _stale(changed: Sequence[str]) -> list[Block]:
    if not changed:
        return []
    more = len(changed) - _CHANGES_SHOWN
    left_out = [f"•  and {more} more, under Details"] if more > 0 else []
    lines = [f"•  {said}" for said in changed[:_CHANGES_SHOWN]]
    top = "*This lead changed while you were typing.* What you typed is kept. Check it, then save again."
    return sections([top, *lines, *left_out])


def _letter(question: Question, lead: Lead, call: Call) -> Block:
    claimed = lead.answers.letter(question.letter).claimed
    options = [option(UNKNOWN, _NOT_ASKED)]
    for one in question.options:
        says = clip(one.says, 60) + _THEY_SAID if one.id == claimed else one.says
        options.append(option(one.id, says))
    return select(
        _BLOCKS[question.letter],
        question.letter.capitalize(),
        options,
        chosen_value=_offered(call.answers.get(question.letter), question),
        hint=question.asks,
        dispatch=True,
    )


def _offered(option_id: str | None, question: Question) -> str:
    """The option if the definition still has it, else "Not asked yet"."""
    return option_id if option_id and question.option(option_id) else UNKNOWN


def _inquiry(seen: Seen, call: Call) -> Block:
    # What a form said counts already: the rep leaves it standing, confirms it, or says that it is not so.
    asked = asked_at(seen.lead, seen.definition) is not None
    options = [option(UNKNOWN, _NOT_ASKED), option("yes", "Yes"), option("no", "No")]
    return select(
        ids.QUALIFY_INQUIRY,
        "Direct inquiry",
        options,
        chosen_value=UNKNOWN if call.inquiry is None else "yes" if call.inquiry else "no",
        hint=_THEY_DID if asked else _DID_THEY,
        dispatch=True,
    )


def _about_them(lead: Lead, call: Call) -> list[Block]:
    """Title and company size, only where nobody told us: a dialog is no place to correct a form."""
    fields = []
    if not lead.profile.title:
        fields.append(text_field(ids.QUALIFY_TITLE, "Title", value=call.title, longest=200))
    if not lead.profile.employees:
        fields.append(
            number_field(ids.QUALIFY_SIZE, "Company size", value=call.employees, hint="How many people")
        )
    return fields
