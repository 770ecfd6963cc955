"""App Home: my leads by what needs me next, the queue, a manager's numbers, an admin's installation."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock
from slack_sdk.models.views import View

from handlers.flows.home import Home
from handlers.views import ids
from handlers.views.health import health_lines
from handlers.views.kpi_board import board_blocks
from handlers.views.lead_lists import lead_rows
from handlers.views.message import button, context, controls, sections

TOP, SETUP, ADMIN, WAITING = "home.top", "home.setup", "home.admin", "home.waiting"
SCHEDULES = "home.schedules"
"""The blocks of its rows of buttons."""


def home_view(home: Home, notice: str = "") -> View:
    """The whole tab. It also makes sense with nothing in it.

    Args:
        notice: What just went wrong, as mrkdwn; Home has no other place to say it.
    """
    blocks: list[Block] = [
        *sections([notice]),
        *_first_run(home),
        *(board_blocks(home.board) if home.board else []),
        *_schedules(home),
        *_mine(home),
        *_queue(home),
        *_waiting(home),
        *_installation(home),
        DividerBlock(),
        *context(["`/lead help` lists everything there is. `/kpi` shows the numbers."]),
    ]
    return View(type="home", callback_id="home", blocks=blocks)


def _first_run(home: Home) -> list[Block]:
    """While something needed is missing: how to set it."""
    if not home.code_counts:
        return []
    missing = ", ".join(home.unset)
    text = (
        f"*Greenlight is not set up yet.* Missing: {missing}. Whoever installed it has an admin code: "
        "`python -m bot serve` printed it when it started."
    )
    enter = button(ids.ENTER_CODE, "Enter admin code", "code", style="primary")
    return [*sections([text]), *controls(SETUP, [enter]), DividerBlock()]


def _mine(home: Home) -> list[Block]:
    blocks: list[Block] = [
        HeaderBlock(text="Your leads"),
        *controls(TOP, [button(ids.HOME_NEW, "New lead", "new")]),
    ]
    if not home.mine.leads:
        return [*blocks, *sections(["You have no open leads. Claim one below, or type one in."])]
    more = ["There are more: `/lead find` has them all."] if home.mine.more else []
    return [*blocks, *lead_rows(home.mine, otherwise=ids.ACTIONS, owner=False), *context(more)]


def _queue(home: Home) -> list[Block]:
    total = home.queue.total or 0
    if not total:
        return [HeaderBlock(text="Queue"), *sections(["Nobody is waiting: everybody has been claimed."])]
    more = [f"`/lead queue` shows all {total:,}."] if home.queue.more else []
    return [
        HeaderBlock(text=f"Queue: {total:,} {'waits' if total == 1 else 'wait'} for a rep"),
        *lead_rows(home.queue, claim=ids.HOME_CLAIM, otherwise=ids.ACTIONS, owner=False),
        *context(more),
    ]


def _schedules(home: Home) -> list[Block]:
    """For managers and admins: what is sent by itself, and an end to it."""
    setup = home.rules.setup
    if home.person not in (*setup.managers, *setup.admins):
        return []
    return controls(SCHEDULES, [button(ids.KPI_SCHEDULES, "Scheduled numbers", "schedules")])


def _waiting(home: Home) -> list[Block]:
    """For admins and marketers, while somebody waits."""
    if not home.waiting:
        return []
    press = button(ids.OPEN_WAITING, f"Waiting for permission ({home.waiting:,})", "waiting")
    return controls(WAITING, [press])


def _installation(home: Home) -> list[Block]:
    if home.condition is None:
        return []
    change = button(ids.OPEN_SETUP, "Change people and channels", "setup")
    keep = button(ids.OPEN_RETENTION, "Retention…", "retention")
    keys = button(ids.OPEN_KEYS, "Keys…", "keys")
    state = health_lines(home.condition, home.rules.setup.zone)
    rules = f"• Definition: version {home.rules.definition.version}, `/lead definition` shows it"
    return [
        HeaderBlock(text="Installation"),
        *sections([*state, rules]),
        *controls(ADMIN, [change, keep, keys]),
    ]
