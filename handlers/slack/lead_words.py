"""The words of `/lead L-1042 …`: each does what its button does, through the same flow."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.views import View

from handlers.flows.claim import claim_lead, reassign_lead, release_lead, snooze_lead
from handlers.flows.disqualify import disqualify_lead, opt_out_lead
from handlers.flows.find import find_person
from handlers.flows.log import log_touch
from handlers.flows.nurture import nurture_lead
from handlers.flows.office import Saved
from handlers.flows.outcome import lose_lead, win_lead
from handlers.flows.qualify import open_dialog
from handlers.flows.same_person import undo_last_merge
from handlers.flows.then import lead_then
from handlers.flows.undo import undo_last
from handlers.slack.details import open_details
from handlers.slack.lead_line import read_person, read_reason, read_touch
from handlers.slack.opening import Draw
from handlers.slack.outcome import lost_if_sql, won_if_sql
from handlers.slack.qualify import drawn, opened_on
from handlers.slack.shown import level_here, look_here, seen_here
from handlers.slack.typed import Typed, Word
from handlers.views.crm import crm_url
from handlers.views.dialogs import (
    disqualify_dialog,
    log_dialog,
    nurture_dialog,
    reassign_dialog,
)
from handlers.views.echoes import (
    claimed_words,
    closed_words,
    echo_message,
    logged_words,
    lost_words,
    nurture_words,
    opted_out_words,
    reassigned_words,
    released_words,
    snoozed_words,
    undone_words,
    won_words,
)
from handlers.views.lead_card import lead_card
from handlers.views.message import Message
from handlers.views.same_person import split_words
from handlers.views.snooze_dialog import snooze_dialog
from handlers.views.why import why_message
from qualification.dates import parse_moment, parse_past, parse_when
from qualification.errors import Refused
from qualification.seen import Seen


async def card(typed: Typed) -> Message:
    """The lead in short, with its buttons."""
    rules = await typed.office.rules(typed.where)
    seen = await typed.office.look(typed.where, typed.number)
    now = f"L-{typed.number} is now {seen.lead.name}" if seen.lead.number != typed.number else None
    shown = await seen_here(typed, seen)
    return lead_card(shown, crm_url=crm_url(rules.setup.crm_url, seen.lead), also=now)


async def why(typed: Typed) -> Message:
    """The score explained, as it is or as it was on a day."""
    if not typed.asked.rest:
        return why_message(await seen_here(typed, await typed.office.look(typed.where, typed.number)))
    zone = (await typed.office.rules(typed.where)).setup.zone
    moment = parse_past(typed.asked.rest, typed.office.clock(), zone)
    then = await lead_then(typed.office, typed.where, typed.number, moment)
    return why_message(await seen_here(typed, then), then=True)


async def claim(typed: Typed) -> Message:
    """Take it."""
    saved = await claim_lead(typed.office, typed.where, typed.number, typed.rep)
    if not saved.step:
        return echo_message(f"{saved.lead.name} is yours already.", saved.lead)
    return echo_message(claimed_words(saved.lead), saved.lead, undo=saved.step, back=True)


async def back(typed: Typed) -> Message:
    """Back to the queue."""
    saved = await release_lead(typed.office, typed.where, typed.number, typed.rep)
    if not saved.step:
        return echo_message(f"Nobody has {saved.lead.name}, so there is nothing to put back.", saved.lead)
    return told(released_words(saved.lead), saved)


async def qualify(typed: Typed) -> None:
    """The Qualify dialog."""

    async def view() -> View:
        dialog = await open_dialog(typed.office, typed.where, typed.number, typed.rep)
        level = await level_here(typed.office, typed.where, typed.channel, typed.rep)
        return drawn(dialog, level, opened={**opened_on(dialog), **typed.place})

    await typed.reception.open_dialog(typed.client, typed.trigger, "Qualify", view())


async def details(typed: Typed) -> None:
    """Everything known, with the history."""
    await open_details(typed.reception, typed.client, typed.body, typed.number)


async def log(typed: Typed) -> Message | None:
    """A call, mail or meeting; without saying which, the dialog asks."""
    touch = read_touch(typed.asked.rest)
    if touch is None:
        return await open_about(typed, "Log", log_dialog)
    kind, note = touch
    saved = await log_touch(typed.office, typed.where, typed.number, typed.rep, kind, note, typed.trigger)
    return told(logged_words(saved.lead), saved)


async def nurture(typed: Typed) -> Message | None:
    """Hand it back until a date."""
    if not typed.asked.rest:
        return await open_about(typed, "Nurture", nurture_dialog)
    rules = await typed.office.rules(typed.where)
    until = parse_when(typed.asked.rest, typed.office.clock(), rules.setup.zone)
    saved = await nurture_lead(typed.office, typed.where, typed.number, typed.rep, until)
    return told(nurture_words(await seen_after(typed, saved)), saved)


async def snooze(typed: Typed) -> Message | None:
    """Keep it, remind me."""
    if not typed.asked.rest:
        return await open_about(typed, "Snooze", snooze_dialog)
    rules = await typed.office.rules(typed.where)
    until = parse_moment(typed.asked.rest, typed.office.clock(), rules.setup.zone)
    saved = await snooze_lead(typed.office, typed.where, typed.number, typed.rep, until)
    return told(snoozed_words(await seen_after(typed, saved)), saved)


async def disqualify(typed: Typed) -> Message | None:
    """Close it, with a reason."""
    if not typed.asked.rest:
        return await open_about(typed, "Disqualify", disqualify_dialog)
    rules = await typed.office.rules(typed.where)
    reason, note = read_reason(typed.asked.rest, rules.definition.disqualify_reasons)
    saved = await disqualify_lead(typed.office, typed.where, typed.number, typed.rep, reason, note)
    undo = "" if reason == "opted_out" else saved.step
    return echo_message(closed_words(await seen_after(typed, saved)), saved.lead, undo=undo or None)


async def reassign(typed: Typed) -> Message | None:
    """Give it to somebody, who is told."""
    rest = typed.asked.rest
    if not rest:
        return await open_about(typed, "Reassign", reassign_dialog)
    to = read_person(rest) or await find_person(typed.office, typed.where, rest)
    if to is None:
        raise Refused("Give it to whom? Type their name as a mention, like `reassign @ben`.")
    saved = await reassign_lead(typed.office, typed.where, typed.number, typed.rep, to)
    names = (await typed.office.rules(typed.where)).names
    return echo_message(reassigned_words(saved.lead, typed.rep, names), saved.lead)


async def won(typed: Typed) -> Message | None:
    """It bought, for an amount; without one the dialog asks."""
    if not typed.asked.rest:
        return await open_about(typed, "Won", won_if_sql)
    saved = await win_lead(typed.office, typed.where, typed.number, typed.rep, typed.asked.rest)
    return told(won_words(saved.lead), saved)


async def lost(typed: Typed) -> Message | None:
    """It did not buy, and why."""
    if not typed.asked.rest:
        return await open_about(typed, "Lost", lost_if_sql)
    rules = await typed.office.rules(typed.where)
    reason, note = read_reason(typed.asked.rest, rules.definition.lost_reasons)
    saved = await lose_lead(typed.office, typed.where, typed.number, typed.rep, reason, note)
    return told(lost_words(await seen_after(typed, saved)), saved)


async def optout(typed: Typed) -> Message:
    """They asked not to be contacted."""
    saved = await opt_out_lead(typed.office, typed.where, typed.number, typed.rep)
    return echo_message(opted_out_words(saved.lead), saved.lead)


async def undo(typed: Typed) -> Message:
    """Take back what I just did."""
    split = await undo_last_merge(typed.office, typed.where, typed.number, typed.rep)
    if split:
        lead = split.saved.lead
        return echo_message(split_words(lead.number, split.other), lead)
    undone = await undo_last(typed.office, typed.where, typed.number, typed.rep)
    return echo_message(undone_words(undone.saved.lead, undone.was), undone.saved.lead)


async def open_about(typed: Typed, title: str, draw: Draw) -> Message | None:
    """Open one of the small dialogs, which answers itself, so there is nothing else to say."""

    async def view() -> View:
        seen = await look_here(typed.office, typed.where, typed.number, typed.place, typed.rep)
        return draw(seen, metadata=typed.place)

    await typed.reception.open_dialog(typed.client, typed.trigger, title, view())
    return None


async def seen_after(typed: Typed, saved: Saved) -> Seen:
    """The lead as it stands after the step."""
    return (await typed.office.rules(typed.where)).see(saved.lead, typed.office.clock())


def told(words: str, saved: Saved) -> Message:
    """What was done, with Undo while there is something to undo."""
    return echo_message(words, saved.lead, undo=saved.step or None)


WORDS: Mapping[str, Word] = {
    "card": card,
    "why": why,
    "claim": claim,
    "back": back,
    "qualify": qualify,
    "details": details,
    "log": log,
    "nurture": nurture,
    "snooze": snooze,
    "disqualify": disqualify,
    "reassign": reassign,
    "won": won,
    "lost": lost,
    "optout": optout,
    "undo": undo,
}
