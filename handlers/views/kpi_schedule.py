"""Numbers on a schedule: how to ask for one, which run, and what is said in their channels."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    SectionBlock,
)
from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import dialog, option, select
from handlers.views.message import Message, button, message, sections, words
from handlers.views.text import line, mention
from qualification.kpi_schedule import DAYS, EXAMPLE
from store.kpi_schedules import Schedule

AT = "at 09:00"
NONE = f"Nothing is sent on a schedule. {EXAMPLE}"


def schedule_dialog(asked: str, channel: str | None) -> View:
    """How often and where; `channel` is the one it was asked in."""
    often = [option("weekly", "Every Monday"), option("monthly", "On the first of every month")]
    picks = ConversationSelectElement(
        action_id=ids.SCHEDULE_CHANNEL,
        initial_conversation=channel,
        filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
    )
    blocks: list[Block] = [
        *sections([f"`{line(f'/kpi {asked}'.strip(), 300)}`"]),
        select(ids.SCHEDULE_EVERY, "How often", often, chosen_value="weekly", hint=f"In the morning, {AT}."),
        InputBlock(block_id=ids.SCHEDULE_CHANNEL, label="Channel", element=picks),
    ]
    metadata = {"asked": asked}
    return dialog(ids.KPI_SCHEDULE_SAVED, "Schedule", blocks, submit="Save", metadata=metadata)


def scheduled_words(one: Schedule, *, new: bool) -> str:
    """What was scheduled, or was so already."""
    begin = "Scheduled" if new else "That is scheduled already"
    return (
        f"{begin}: `{line(f'/kpi {one.asked}'.strip(), 300)}` comes {DAYS[one.every]} {AT} into "
        f"{_place(one.channel)}, first on {one.due.isoformat()}. When nothing happens it pauses. "
        "`/kpi schedules` lists and stops it."
    )


def schedules_message(found: Sequence[Schedule]) -> Message:
    """Those that run, each with Stop."""
    title = "Numbers on a schedule" if found else NONE
    return message(title, schedules_blocks(found))


def schedules_dialog(found: Sequence[Schedule]) -> View:
    """The same, opened from App Home."""
    return dialog(ids.SCHEDULES, "Scheduled numbers", schedules_blocks(found), submit=None, metadata={})


def schedules_blocks(found: Sequence[Schedule]) -> list[Block]:
    """A line and a Stop for each."""
    if not found:
        return sections([NONE])
    return [*sections(["*Numbers on a schedule*"]), *[_row(one) for one in found]]


def sent_by(one: Schedule) -> str:
    """What stands above a digest."""
    often = "Every week" if one.every == "weekly" else "Every month"
    return f"{often} `{line(f'/kpi {one.asked}'.strip(), 300)}`, scheduled by {mention(one.by)}"


def quiet_note(one: Schedule) -> Message:
    """Said once: nothing came in or moved on, so nothing is sent until something does."""
    span = "week" if one.every == "weekly" else "month"
    text = (
        f"`{line(f'/kpi {one.asked}'.strip(), 300)}`: no lead came in or moved on in the last {span}. "
        f"This pauses until one does. Scheduled by {mention(one.by)}; `/kpi schedules` stops it."
    )
    return message(f"No lead came in or moved on in the last {span}.", sections([text]))


def ended_dm(one: Schedule) -> Message:
    """For who scheduled it and may not any more."""
    text = (
        f"`{line(f'/kpi {one.asked}'.strip(), 300)}` is sent no more to {_place(one.channel)}: numbers on a "
        "schedule are for managers and admins, and you are neither now. One of them can schedule it anew."
    )
    return message("A number you scheduled is sent no more.", sections([text]))


def _row(one: Schedule) -> SectionBlock:
    quiet = f", quiet since {one.quiet_since.isoformat()}" if one.quiet_since else ""
    text = (
        f"`{line(f'/kpi {one.asked}'.strip(), 300)}` {DAYS[one.every]} into {_place(one.channel)}\n"
        f"Next on {one.due.isoformat()}{quiet}. Scheduled by {mention(one.by)}"
    )
    press = button(ids.KPI_STOP, "Stop", str(one.id), about=f"/kpi {one.asked}")
    return SectionBlock(text=words(text), accessory=press)


def _place(channel: str) -> str:
    is_id = channel[:1] in "CG" and channel.isalnum() and channel.isupper()
    return f"<#{channel}>" if is_id else f"#{line(channel, 80)}"
