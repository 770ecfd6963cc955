"""Slack listeners: one file per thing a rep does."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers.slack import claim, home, lead_command, make_lead, new_lead, qualify, queue, setup, share
from handlers.slack.reception import Reception

PARTS = (claim, qualify, lead_command, new_lead, make_lead, queue, share, home, setup)


def register_all(app: AsyncApp, reception: Reception) -> None:
    """Every listener of the app. A control or dialog without one fails a test."""
    for part in PARTS:
        part.register(app, reception)
