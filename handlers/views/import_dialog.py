"""Bringing in a file: choose it, see what would happen, see what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from handlers.flows.import_spend import SpendTally
from handlers.flows.import_tally import Tally
from handlers.imports.columns import ColumnMap
from handlers.views import ids
from handlers.views.fields import BadField, Values, chosen, dialog, option, picked_file, select
from handlers.views.message import context, sections
from handlers.views.new_lead_dialog import BASES, PERMISSIONS
from handlers.views.text import line
from qualification.definition import Definition
from qualification.money import Money

DEFAULT_ACTION = "contact_form"
IN_THE_FILE = "file"
_SHOWN = 8
_COLUMNS_SHOWN = 40
_KINDS = ["csv", "txt", "tsv"]


@dataclass(frozen=True, slots=True)
class FileChosen:
    """Slack's id of the file, and what holds for rows that don't say it themselves."""

    file: str
    basis: str
    action: str


def import_dialog(definition: Definition, *, metadata: Mapping[str, Any]) -> View:
    """Choose a file of leads or of spend."""
    given = {word: says for word, says in PERMISSIONS.items() if word in BASES and word != "other"}
    permissions = [
        option(IN_THE_FILE, "The file says it, in a consent column"),
        *(option(w, s) for w, s in given.items()),
    ]
    actions = [option(a.name, a.says) for a in definition.actions.values() if a.qualifies]
    file = FileInputElement(action_id=ids.IMPORT_FILE, filetypes=_KINDS, max_files=1)
    blocks: list[Block] = [
        InputBlock(
            block_id=ids.IMPORT_FILE,
            label="File",
            element=file,
            hint="CSV, also as HubSpot or Salesforce export it. You see first what would happen.",
        ),
        select(
            ids.IMPORT_PERMISSION,
            "How they gave permission to be contacted",
            permissions,
            chosen_value=IN_THE_FILE,
            hint="For rows that don't say it themselves. Without permission a row is refused or waits.",
        ),
        select(
            ids.IMPORT_ACTION,
            "What they did",
            actions,
            chosen_value=DEFAULT_ACTION,
            hint="For rows that don't say it themselves.",
        ),
        *context(["Imported leads post no cards, call nobody and start no clock; they stand in the queue."]),
    ]
    return dialog(ids.IMPORT_READ_SAVED, "Import", blocks, submit="Next", metadata=metadata)


def read_import(values: Values) -> FileChosen:
    """Raises BadField without a file."""
    file = picked_file(values, ids.IMPORT_FILE)
    if file is None:
        raise BadField(ids.IMPORT_FILE, "Choose a file.")
    basis = BASES.get(chosen(values, ids.IMPORT_PERMISSION) or "", "")
    return FileChosen(file, basis, chosen(values, ids.IMPORT_ACTION) or DEFAULT_ACTION)


def plan_dialog(
    name: str, columns: ColumnMap, tally: Tally | SpendTally, *, metadata: Mapping[str, Any]
) -> View:
    """What importing this file would do; Import does it."""
    would = sections([f"*{line(name)}* holds {columns.kind}.", *tally_lines(tally, done=False)])
    meant = [f"{line(c.name, 60)} → {_meaning(c.field, columns.kind)}" for c in columns.columns]
    rest = len(meant) - _COLUMNS_SHOWN
    shown = [*meant[:_COLUMNS_SHOWN], *([f"… and {rest} more"] if rest > 0 else [])]
    blocks = [*would, *sections(["*How its columns are understood*", *shown])]
    submit = "Import" if changes(tally) else None
    return dialog(ids.IMPORT_APPLIED_SAVED, "Import", blocks, submit=submit, metadata=metadata)


def changes(tally: Tally | SpendTally) -> bool:
    """Whether importing would change anything."""
    return bool(tally.created or tally.updated if isinstance(tally, Tally) else tally.new or tally.changed)


def tally_lines(tally: Tally | SpendTally, *, done: bool) -> list[str]:
    """The numbers of a plan or of an import, and what wants attention."""
    would = "" if done else "would be "
    if isinstance(tally, SpendTally):
        total = ", ".join(str(Money(minor, code)) for code, minor in sorted(tally.total.items()))
        says = (
            f"{_rows(tally.rows)}: *{tally.new:,} {would}added*, {tally.changed:,} {would}changed, "
            f"{tally.same:,} known already, {tally.refused:,} refused. Together {total or 'nothing'}."
        )
        return [says, *_refused(tally.why, tally.examples)]
    says = (
        f"{_rows(tally.rows)}: *{tally.created:,} {would}created*, {tally.updated:,} {would}merged, "
        f"{tally.duplicate:,} known already, {tally.refused:,} refused."
    )
    return [
        says,
        *_refused(tally.why, tally.examples),
        *_counted("*Taken, but*", tally.warnings),
        *_counted("*Owners nobody is called here* (their leads come without one)", tally.unknown_owners),
    ]


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _meaning(field: str, kind: str) -> str:
    if field:
        return field
    return "kept as an extra fact" if kind == "leads" else "ignored"


def _refused(why: Counter[str], examples: Sequence[tuple[int, str]]) -> list[str]:
    lines = ["*Refused*"] if why else []
    for reason, count in why.most_common(_SHOWN):
        rows = [str(row) for row, said in examples if said == reason][:5]
        where = f" (row {', '.join(rows)}{', …' if count > len(rows) else ''})" if rows else ""
        lines.append(f"• {count:,} × {line(reason, 200)}{where}")
    return [*lines, *_rest(why)]


def _counted(title: str, counted: Counter[str]) -> list[str]:
    if not counted:
        return []
    lines = [f"• {count:,} × {line(what, 200)}" for what, count in counted.most_common(_SHOWN)]
    return [title, *lines, *_rest(counted)]


def _rest(counted: Counter[str]) -> list[str]:
    left = len(counted) - _SHOWN
    return [f"… and {left} more kinds"] if left > 0 else []
