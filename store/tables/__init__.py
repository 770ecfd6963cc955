"""Every table of the database, in one metadata."""

from __future__ import annotations

from store.tables import jobs, workspaces
from store.tables.base import metadata

__all__ = ["jobs", "metadata", "workspaces"]
