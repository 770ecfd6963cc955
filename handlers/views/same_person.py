"""Two leads side by side: are they one person? And what is said once somebody has decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ConfirmObject, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from handlers.flows.same_person import Beside, Pair, TookIn
from handlers.views import ids
from handlers.views.event_words import actor_name
from handlers.views.fields import Values, chosen, dialog, option, select
from handlers.views.message import Message, button, context, controls, message, sections, words
from handlers.views.shapes import reading
from handlers.views.standing import NAME, outcome, stage_name, who, who_plain
from handlers.views.text import clip, line, link, plain_line, when
from qualification.lead import Lead
from qualification.masking import HIDDEN, Level, masked_word
from qualification.merge_choice import Told
from qualification.ownership import TOUCHES
from qualification.seen import Seen
from store.same_person import APART, MERGED

_FIELD = 1900
"""Slack refuses a field over 2,000 characters."""
_WHY = {"phone": "The same phone number", "company": "The same company"}


def same_person_message(pair: Pair) -> Message:
    """The question with both leads beside each other, or what somebody answered."""
    said, older, newer = pair.said, pair.older, pair.newer
    names = pair.rules.names
    both = f"{older.lead.name} and {newer.lead.name}"
    if said.state == MERGED:
        text = f"{actor_name(said.by or '', names)} merged them: {newer.lead.name} is now {_now(pair)}."
        return message(text, [*sections([text]), *context([_split_hint(pair)])])
    if said.state == APART:
        text = f"{actor_name(said.by or '', names)} says that {both} are two people."
        return message(text, sections([text]))
    if older.lead.merged_into or newer.lead.merged_into:
        text = f"{both} changed since; Details of {_now(pair)} shows how they stand."
        return message(text, sections([text]))
    title = f"Same person? {older.lead.name} {who_plain(older.lead.profile)} and {newer.lead.name}"
    return message(title, [*sections([f"*Same person?* {why(pair)}"]), *side_by_side(pair), *answers(pair)])


def _now(pair: Pair) -> str:
    into = pair.newer.lead.merged_into
    return f"L-{into}" if into else pair.older.lead.name


def _split_hint(pair: Pair) -> str:
    return f"Not so? Open Details of {_now(pair)} and press Split again: both are as they were."


def why(pair: Pair) -> str:
    """What they have in common, in words."""
    alike = f", and the names are {pair.said.score}% alike" if pair.said.why == "company" else ""
    return f"{_WHY.get(pair.said.why, 'They look alike')}{alike}."


def side_by_side(pair: Pair) -> list[Block]:
    """Both leads as two columns; where a mask hides that two addresses or numbers differ, it is said."""
    columns = [_column(seen, pair.same, pair.rules.names) for seen in (pair.older, pair.newer)]
    return [SectionBlock(fields=[words(clip(column, _FIELD)) for column in columns])]


def _column(seen: Seen, same: Collection[str], names: Mapping[str, str]) -> str:
    lead = seen.lead
    owner = f"with {actor_name(lead.owner, names)}" if lead.owner else "nobody has it"
    last = TOUCHES.get(lead.last_touch or "") if lead.last_touch_at else None
    touched = "Never contacted"
    if lead.last_touch_at:
        touched = f"Last touch: {last or 'in touch'}, {when(lead.last_touch_at, seen.zone)}"
    rows = [
        f"*{lead.name}*",
        who(lead.profile) if lead.profile.name != lead.name else "",
        _contact(lead.profile.email, "email" in same),
        _contact(lead.profile.phone, "phone" in same),
        f"{stage_name(lead.stage)}, {owner}",
        outcome(seen),
        touched,
    ]
    return "\n".join(row for row in rows if row)


def _contact(told: str | None, same: bool) -> str:
    if not told:
        return ""
    masked = "***@" in told or HIDDEN in told
    shown = "***".join(line(part, NAME) for part in told.split("***"))  # a mask keeps its stars
    return f"{shown} (not the same)" if masked and not same else shown


def answers(pair: Pair) -> list[Block]:
    """Merge and Keep apart. The block's id is the pair's own: Details shows several."""
    value = ids.pair(pair.said.older, pair.said.newer)
    about = f"{pair.older.lead.name} and {pair.newer.lead.name}"
    pressed = [
        button(ids.MERGE, "Merge", value, about=about, style="primary"),
        button(ids.KEEP_APART, "Keep apart", value, about=about),
    ]
    return controls(f"person:{value}", pressed)


def people_part(beside: Beside, seen: Seen, names: Mapping[str, str]) -> list[Block]:
    """For Details: who this may be too, whom it took in, and who else is there from the company."""
    blocks: list[Block] = []
    for pair in beside.pairs:
        other = pair.newer if pair.older.lead.number == seen.lead.number else pair.older
        said = f"*Same person?* {other.lead.name} {who(other.lead.profile)}. {why(pair)}"
        blocks += [*sections([said]), *answers(pair)]
    for one in beside.took_in:
        blocks += _took_in(one, seen, names)
    colleagues = "\n".join(colleague_lines(beside, names))
    return [*blocks, *(sections([f"*Same company*\n{colleagues}"]) if colleagues else [])]


def _took_in(one: TookIn, seen: Seen, names: Mapping[str, str]) -> list[Block]:
    by = actor_name(one.by, names)
    said = f"*L-{one.other} is this person too.* {by} merged them, {when(one.at, seen.zone)}."
    sure = ConfirmObject(
        title="Split them again?",
        text=PlainTextObject(
            text=f"L-{one.other} is then as it was. What was done since stays with {seen.lead.name}."
        ),
        confirm="Split",
        deny="Cancel",
    )
    press = button(
        ids.SPLIT_AGAIN, "Split again", ids.undo(one.number, one.step), about=f"L-{one.other}", confirm=sure
    )
    return [*sections([said]), *controls(f"person:{one.number}:{one.other}", [press])]


def colleague_lines(beside: Beside, names: Mapping[str, str]) -> list[str]:
    """ "Also from this company: L-990, SQL, with Ben", best stage first."""
    if not beside.colleagues:
        return []
    shown = "; ".join(_colleague(lead, names) for lead in beside.colleagues)
    more = f" and {beside.more:,} more" if beside.more else ""
    return [f"Also from this company: {shown}{more}"]


def _colleague(lead: Lead, names: Mapping[str, str]) -> str:
    owner = f", with {actor_name(lead.owner, names)}" if lead.owner else ""
    return f"{lead.name}, {stage_name(lead.stage)}{owner}"


def merge_dialog(
    older: int, newer: int, asked: Mapping[str, Sequence[Told]], metadata: Mapping[str, Any], level: Level
) -> View:
    """Whose word stays, for the fields that the definition's merge policy asks about."""
    intro = f"L-{newer} and L-{older} say different things. Which of them hold?"
    fields = [_field(name, words, level) for name, words in asked.items()]
    carried = {**metadata, "lead": older, "newer": newer}
    return dialog(ids.MERGE_SAVED, "Merge", [*sections([intro]), *fields], submit="Merge", metadata=carried)


def _field(name: str, words: Sequence[Told], level: Level) -> Block:
    newest = max(words, key=lambda one: (one.at, str(one.value), one.number))
    shown = [(one.number, plain_line(masked_word(name, one.value, level), 60)) for one in words]
    options = [option(str(number), f"{said} (L-{number})") for number, said in shown]
    label = name.replace("_", " ").capitalize()
    return select(f"{ids.MERGE_FIELD}{name}", label, options, chosen_value=str(newest.number))


@reading()
def read_choice(values: Values) -> dict[str, int]:
    """Field → the number whose word was chosen."""
    picked = {block.removeprefix(ids.MERGE_FIELD): chosen(values, block) for block in values}
    return {name: int(number) for name, number in picked.items() if number}


def merged_words(lead: Lead, others: Sequence[int]) -> str:
    """After Merge."""
    gone = " and ".join(f"L-{number}" for number in others)
    return f"{gone} is now {lead.name}: one person, with what both did."


def split_words(number: int, other: int) -> str:
    """After a split."""
    return f"L-{number} and L-{other} are two leads again, as they were."


def split_echo(saved_words: str, number: int, step: str) -> Message:
    """What whoever merged reads, with Undo."""
    pressed = [button(ids.SPLIT, "Undo", ids.undo(number, step), about=f"L-{number}")]
    return message(saved_words, [*sections([saved_words]), *controls(ids.CONTROLS, pressed)])


def redirect_card(number: int, seen: Seen, permalink: str | None) -> Message:
    """What is left of the card of a number that was merged."""
    text = f"L-{number} is now {seen.lead.name}, {who(seen.lead.profile)}."
    there = f" {link(permalink, 'Go to its card')}" if permalink else ""
    return message(f"L-{number} is now {seen.lead.name}", sections([f"{text}{there}"]))
