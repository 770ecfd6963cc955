"""Proposing a change, and the versions there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, ConfirmObject, DividerBlock, InputBlock, Option, PlainTextObject
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.definition_text import approved_words
from handlers.views.event_words import actor_name
from handlers.views.fields import (
    BadField,
    Values,
    chosen,
    dialog,
    number_field,
    option,
    picked_file,
    select,
    text_field,
    typed_text,
    whole_number,
)
from handlers.views.message import button, context, controls, sections
from handlers.views.text import line, when
from qualification.definition import Definition
from store.proposals import Version

NOTHING = "nothing"
_NUMBERS: Mapping[str, tuple[str, str]] = {
    ids.PROPOSE_MQL: ("mql.score", "MQL from (fit and engagement)"),
    ids.PROPOSE_ENGAGEMENT: ("mql.engagement", "MQL from (engagement alone)"),
    ids.PROPOSE_SQL: ("sql.score", "SQL from (points of 100)"),
    ids.PROPOSE_LETTERS: ("sql.letters", "BANT answers an SQL needs (of 4)"),
    ids.PROPOSE_BANT: ("sql.bant", "BANT points an SQL needs (of 40)"),
}
_OPTIONS = 100
SHOWN = 20
_CHANGES = 3
"""Changes named of each version."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was asked for: values by their place in the file, or a file instead.

    Attributes:
        file: Slack's id of the uploaded file, None when the fields count.
    """

    values: Mapping[str, int | bool]
    file: str | None
    why: str


def propose_dialog(
    definition: Definition, *, metadata: Mapping[str, Any], why: str = "", refused: str = ""
) -> View:
    """The common changes as fields, everything else as a file.

    Args:
        why: The reason typed before, where a file was refused: nobody types it twice.
        refused: What was wrong with that file.
    """
    now = _values(definition)
    numbers = [
        number_field(block, label, value=int(now[place])) for block, (place, label) in _NUMBERS.items()
    ]
    file = FileInputElement(action_id=ids.PROPOSE_FILE, filetypes=["yaml", "yml", "txt"], max_files=1)
    blocks: list[Block] = [
        *sections([f":warning: *Not proposed.* {line(refused, 2_000)}"] if refused else []),
        *context(
            [
                "You see what it would have done to the leads we had before anything changes. It is in force "
                "once a manager and a marketer approved."
            ]
        ),
        *numbers,
        select(
            ids.PROPOSE_INQUIRY,
            "An SQL needs a direct inquiry",
            [option("yes", "Yes"), option("no", "No")],
            chosen_value="yes" if definition.sql_direct_inquiry else "no",
        ),
        select(
            ids.PROPOSE_RULE,
            "Points of one rule",
            [option(NOTHING, "Change none"), *_rules(definition)],
            chosen_value=NOTHING,
        ),
        text_field(ids.PROPOSE_POINTS, "Its new points", hint="A whole number, like 25 or -10.", longest=5),
        InputBlock(
            block_id=ids.PROPOSE_FILE,
            label="Or the whole definition, as a file",
            element=file,
            optional=True,
            hint="YAML, as “definition show” prints it at the shell. Leave the fields above alone then.",
        ),
        text_field(
            ids.PROPOSE_WHY,
            "Why",
            value=why,
            multiline=True,
            hint="Whoever approves reads it.",
            longest=1_000,
        ),
    ]
    return dialog(ids.PROPOSE_SAVED, "Propose a change", blocks, submit="Propose", metadata=metadata)


def _rules(definition: Definition) -> list[Option]:
    actions = [
        option(f"actions.{a.name}.points", f"{a.says} ({a.points})") for a in definition.actions.values()
    ]
    answers = [
        option(f"bant.{q.letter}.options[{place}].points", f"{q.letter.capitalize()}: {o.says} ({o.points})")
        for q in definition.questions.values()
        for place, o in enumerate(q.options, 1)
    ]
    # Slack takes a hundred, one of them is "none"; a longer definition is changed by file.
    return [*actions, *answers][: _OPTIONS - 1]


def _values(definition: Definition) -> dict[str, int | bool]:
    return {
        "mql.score": definition.mql_score,
        "mql.engagement": definition.mql_engagement,
        "sql.score": definition.sql_score,
        "sql.letters": definition.sql_letters,
        "sql.bant": definition.sql_bant,
        "sql.direct_inquiry": definition.sql_direct_inquiry,
    }


def read_change(values: Values, definition: Definition) -> Change:
    """What differs from the definition in force.

    Raises:
        BadField: points without a rule, no number, or a file beside changed fields.
    """
    file = picked_file(values, ids.PROPOSE_FILE)
    why = typed_text(values, ids.PROPOSE_WHY) or ""
    before, changed = _values(definition), dict[str, int | bool]()
    for block, (place, _) in _NUMBERS.items():
        number = whole_number(values, block)
        if number is not None and number != before[place]:
            changed[place] = number
    needs = chosen(values, ids.PROPOSE_INQUIRY) == "yes"
    if needs != before["sql.direct_inquiry"]:
        changed["sql.direct_inquiry"] = needs
    changed |= _points(values)
    if file and changed:
        raise BadField(
            ids.PROPOSE_FILE,
            "Take the file or the fields, not both: a field above is changed too. Write that into the file, "
            "or remove the file.",
        )
    if file:
        return Change({}, file, why)
    if not changed:
        raise BadField(ids.PROPOSE_WHY, "Nothing is changed yet: change a field above, or add a file.")
    return Change(changed, None, why)


def _points(values: Values) -> dict[str, int]:
    rule, typed = chosen(values, ids.PROPOSE_RULE), typed_text(values, ids.PROPOSE_POINTS)
    if rule in (None, NOTHING):
        if typed:
            raise BadField(ids.PROPOSE_RULE, "Choose the rule that shall have these points.")
        return {}
    digits = (typed or "").replace("−", "-").removeprefix("+")
    if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit()):
        raise BadField(ids.PROPOSE_POINTS, "Write its new points as a whole number, like 25 or -10.")
    assert rule is not None
    return {rule: int(digits)}


def field_of(place: str) -> str:
    """The field in which a value was typed that the definition's checks refuse; else the last one."""
    named = next((block for block, (at, _) in _NUMBERS.items() if at in place), None)
    if named is None and any(word in place for word in ("actions.", "bant.", "BANT", "add up")):
        return ids.PROPOSE_POINTS
    return named or ids.PROPOSE_WHY


def versions_dialog(
    versions: Sequence[Version],
    zone: ZoneInfo,
    names: Mapping[str, str],
    changes: Mapping[int, Sequence[str]] | None = None,
) -> View:
    """Every version with its time in force, who wrote and approved it, what it changed; one press goes back.

    Args:
        changes: What each changed of the one before it, where that is known.
    """
    blocks: list[Block] = []
    in_force = next((one.text for one in versions if one.until is None), None)
    for one in versions[:SHOWN]:
        until = f"to {when(one.until, zone)}" if one.until else "in force now"
        said = f"*Version {one.version}* · from {when(one.at, zone)}, {until}"
        by = f"By {actor_name(one.author, names)}{_came_by(one)}"
        changed = _changed((changes or {}).get(one.version))
        blocks += sections(["\n".join([said, by, *approved_words(one.approved, names), *changed])])
        if one.until and one.text == in_force:
            blocks += context(["Says the same as the one in force."])
        elif one.until:
            blocks += controls(f"version.{one.version}", [_go_back(one.version)])
        blocks.append(DividerBlock())
    if len(versions) > SHOWN:
        blocks += context(
            [f"{len(versions) - SHOWN} older ones: `python -m bot definition apply` takes a file."]
        )
    return dialog(ids.VERSIONS, "Versions", blocks, submit=None, metadata={})


def _changed(changes: Sequence[str] | None) -> list[str]:
    if changes is None:
        return []
    left = len(changes) - _CHANGES
    more = [f"• and {left} more"] if left > 0 else []
    shown = [f"• {line(one, 200)}" for one in changes[:_CHANGES]]
    return [*shown, *more] if changes else ["• Words and comments only"]


def _came_by(version: Version) -> str:
    return f" ({version.origin})" if version.origin else ""


def _go_back(version: int) -> Any:
    sure = ConfirmObject(
        title=f"Back to version {version}?",
        text=PlainTextObject(
            text=f"What version {version} says is in force at once, as a new version. Old decisions stay."
        ),
        confirm="Roll back",
        deny="Keep",
    )
    return button(
        ids.DEFINITION_ROLL_BACK, "Roll back", str(version), about=f"version {version}", confirm=sure
    )
