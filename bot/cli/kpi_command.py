"""`kpi NAME`: a number at the terminal, as words and a table, or as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from bot.cli.desk import opened
from handlers.flows.kpi import Told, answer, ask_with_every_right
from handlers.flows.kpi_asking import AskBack, read_parts
from handlers.views.kpi_words import Row, absences, is_empty, table_rows
from qualification.errors import Refused


async def show_kpi(
    name: str, period: str = "", by: str = "", model: str = "", as_json: bool = False, experiment: str = ""
) -> int:
    """Print the answer. Whoever has the database may see every number.

    Args:
        name: A number's name, or a whole question in the short grammar or in plain words.
    Raises:
        Refused: it can't be read, or could mean several things; the words say what could be asked.
    """
    async with opened() as (_, office, where):
        if period or by or model or experiment:
            question = await read_parts(
                office, where, name, period=period, by=by, model=model, experiment=experiment
            )
            told = await answer(office, where, question, None)
        else:
            try:
                told = await ask_with_every_right(office, where, name)
            except AskBack as unsure:
                choices = [f"  kpi {shlex.quote(one.asked)}    ({one.says})" for one in unsure.choices]
                raise Refused("\n".join([unsure.why, *choices])) from None
    if as_json:
        print(json.dumps(told.answer.to_json(), ensure_ascii=False, indent=2))
    else:
        print(in_words(told))
    return 0


def in_words(told: Told) -> str:
    """The sentence, the table and why something is missing, for a terminal."""
    parts = [f"Understood: {told.understood}." if told.understood else "", told.answer.text]
    if not is_empty(told.answer):
        parts.append(_aligned(table_rows(told.answer, told.names)))
        reasons = absences(told.answer)
        parts += [f"– means: {'; '.join(reasons)}."] if reasons else []
    return "\n\n".join(_printable(part) for part in parts if part)


def _aligned(rows: Sequence[Row]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        numbers = [cell.strip().rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first, *numbers]).rstrip())
    return "\n".join(lines)


def _printable(text: str) -> str:
    """Without control characters: a campaign's name must not move the cursor of who reads it."""
    return "".join(char for char in text if char == "\n" or char.isprintable())
