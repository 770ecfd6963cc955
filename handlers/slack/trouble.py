"""What went wrong with a call of Slack's, for a log."""

from __future__ import annotations

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from qualification.errors import fault

SLACKS_OWN = (SlackClientError, ClientError, TimeoutError, OSError)
"""Slack refused it or could not be reached: nothing that we could mend."""


def trouble(failure: BaseException) -> str:
    """The kind and the place of a failure, and Slack's own word for it, which quotes nobody."""
    if not isinstance(failure, SlackApiError):
        return fault(failure)
    word = failure.response.get("error") if hasattr(failure.response, "get") else None
    return f"{word or 'no word'}, {fault(failure)}"
