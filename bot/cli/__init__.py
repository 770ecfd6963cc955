"""The commands of `python -m bot`. Exit codes: 0 well, 1 it failed or was refused, 2 used wrongly."""

from __future__ import annotations

from bot.cli.root import app

__all__ = ["app"]
