"""Slack listeners: one file per thing a rep does."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers.slack import (
    back,
    claim,
    definition,
    disqualify,
    erase,
    health,
    home,
    import_file,
    keys,
    kpi_board,
    kpi_command,
    kpi_file,
    kpi_key,
    kpi_leads,
    kpi_ranges,
    kpi_schedule,
    kpi_why,
    lead_actions,
    lead_command,
    links,
    log,
    make_lead,
    more,
    new_lead,
    nurture,
    opt_out,
    outcome,
    qualify,
    queue,
    reassign,
    removed,
    retention,
    same_person,
    send_back,
    setup,
    share,
    snooze,
    spend_dialog,
    take,
    undo,
    waiting,
)
from handlers.slack.answering import answers_by
from handlers.slack.reception import Reception

PARTS = (
    claim,
    qualify,
    back,
    definition,
    disqualify,
    erase,
    health,
    home,
    import_file,
    keys,
    kpi_board,
    kpi_command,
    kpi_file,
    kpi_key,
    kpi_leads,
    kpi_ranges,
    kpi_schedule,
    kpi_why,
    lead_actions,
    lead_command,
    links,
    log,
    make_lead,
    more,
    new_lead,
    nurture,
    opt_out,
    outcome,
    queue,
    reassign,
    removed,
    retention,
    same_person,
    send_back,
    setup,
    share,
    snooze,
    spend_dialog,
    take,
    undo,
    waiting,
)
"""The files of this folder that listen: each has `register(app, reception)`.

Bolt asks one after the other, so what people press most comes first.
"""


def register_all(app: AsyncApp, reception: Reception) -> None:
    """Every listener of the app. A control or dialog without one fails a test."""
    app.use(answers_by(reception.session))
    for part in PARTS:
        part.register(app, reception)
