"""What went wrong with a call of Slack's, for a log."""

from __future__ import annotations

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from qualification.errors import fault

SLACKS_OWN = (SlackClientError, ClientError, TimeoutError, OSError)
"""Slack refused it or could not be reached: nothing that we could mend."""


PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
"""Slack's words for a bad moment of its own."""


def is_busy(refused: SlackApiError) -> bool:
    """Whether we were told to come less often."""
    return status_of(refused) == 429 or word_of(refused) == "ratelimited"


def passes(failure: BaseException) -> bool:
    """Whether it is a bad moment of Slack's: the same call may well go through a little later."""
    if not isinstance(failure, SlackApiError):
        return isinstance(failure, (SlackClientError, ClientError, TimeoutError))
    return is_busy(failure) or status_of(failure) >= 500 or word_of(failure) in {"", *PASSING}


def trouble(failure: BaseException) -> str:
    """The kind and the place of a failure, and Slack's own word for it, which quotes nobody."""
    if not isinstance(failure, SlackApiError):
        return fault(failure)
    return f"{word_of(failure) or 'no word'}, {fault(failure)}"


def status_of(refused: SlackApiError) -> int:
    """The HTTP status Slack refused a call with."""
    return int(getattr(refused.response, "status_code", 200))


def word_of(refused: SlackApiError) -> str:
    """Slack's word for why it refused, "" without one."""
    response = refused.response
    return str(response.get("error") or "") if hasattr(response, "get") else ""
