"""The workspaces this installation serves; mostly one."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from store.tables.base import UtcDateTime, metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String, primary_key=True),
    # Known only after Slack's auth.test answered; the bot works, and takes leads, before that.
    Column("team_id", String, unique=True),
    Column("created", UtcDateTime, nullable=False),
)
