"""How the installation is, for admins, with what was given up or kept aside and a button for each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, SectionBlock

from handlers.flows.house_state import Condition
from handlers.flows.repair import GivenUp, Repairs
from handlers.views import ids
from handlers.views.message import Message, button, context, message, sections, words
from handlers.views.ops_words import CAUSES, TASKS
from handlers.views.text import line, when
from store.intake import Aside

_IN_SLACK = "`/lead health` lists them"


def health_message(found: Repairs, zone: ZoneInfo, notice: str = "") -> Message:
    """The answer to `/lead health`: one word first, then what each part says and what to do about it.

    Args:
        notice: What came of the button that was pressed, as mrkdwn.
    """
    state = found.condition
    title = "Everything is well" if state.well else "Something needs you"
    blocks = sections([f"*{title}*", *health_lines(state, zone, lists="Listed below"), notice])
    blocks += [_job(one, zone) for one in found.jobs]
    if state.dead_jobs > len(found.jobs):
        more = state.dead_jobs - len(found.jobs)
        blocks += context([f"… and {more:,} older. `python -m bot jobs replay all` tries all of them"])
    blocks += [_aside(one, zone) for one in found.aside]
    if state.quarantine > len(found.aside):
        more = state.quarantine - len(found.aside)
        blocks += context(
            [f"… and {more:,} newer. `python -m bot quarantine replay all` takes all of them in"]
        )
    return message(title, blocks)


def health_lines(state: Condition, zone: ZoneInfo, *, lists: str = _IN_SLACK) -> list[str]:
    """One line for each part.

    Args:
        lists: Where what was given up is listed.
    """
    return [
        "• Database: answers",
        f"• Sending: {_sending(state, zone)}",
        f"• Given up: {f'*{state.dead_jobs:,}*. {lists}' if state.dead_jobs else 'none'}",
        f"• Unreadable submissions: {_unreadable(state.quarantine, lists)}",
        f"• Waiting for permission: {state.waiting:,}",
        f"• Set up: {'complete' if not state.missing else 'missing ' + ', '.join(state.missing)}",
    ]


def _job(job: GivenUp, zone: ZoneInfo) -> Block:
    about = f" of L-{job.lead}" if job.lead else ""
    task = TASKS.get(job.topic, f"do `{line(job.topic)}`")
    why = CAUSES.get(job.why, line(job.why) or "no reason is known")
    tried = (
        f"tried {job.attempts:,} {'time' if job.attempts == 1 else 'times'}, given up {when(job.since, zone)}"
    )
    press = button(ids.REPLAY_JOB, "Replay", str(job.number), about=f"job {job.number}")
    return SectionBlock(text=words(f"Could not {task}{about}: {why}\n{tried}"), accessory=press)


def _aside(kept: Aside, zone: ZoneInfo) -> Block:
    why = line(kept.error) or "it can't be read as it is"
    size = f"{max(1, kept.size // 1024):,} KB"
    said = (
        f"Submission {kept.id} to `{line(kept.source)}`, {size}: {why}\nCame {when(kept.received_at, zone)}"
    )
    press = button(ids.RETRY_KEPT, "Retry", str(kept.id), about=f"submission {kept.id}")
    return SectionBlock(text=words(said), accessory=press)


def _sending(state: Condition, zone: ZoneInfo) -> str:
    if state.behind and state.oldest:
        since = when(state.oldest, zone)
        return f"*behind since {since}*, {state.late_jobs:,} wait. Is the worker running, is Slack reachable?"
    return f"{state.open_jobs:,} planned or under way, none late" if not state.late_jobs else "at work"


def _unreadable(kept: int, lists: str) -> str:
    return f"*{kept:,}* kept for 30 days. {lists}" if kept else "none"
