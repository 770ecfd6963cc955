"""Slack's Web API, one file per family of methods."""

from __future__ import annotations

from sandbox.web_api.call import Call, Method
from sandbox.web_api.methods import METHODS

__all__ = ["METHODS", "Call", "Method"]
