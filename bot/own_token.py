"""Who the app is, as Bolt wants to know it before every listener."""

from __future__ import annotations

from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize


class OwnToken(AsyncAuthorize):
    """We have one token, and it is ours.

    Bolt's own way asks Slack at the first click of a process. If Slack asks it to wait just then, Bolt
    answers 200 with words about an installation that is gone: the click is lost, and counts as saved.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._known = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    def learned(self, user: str, bot: str | None) -> None:
        """What Slack said we are: Bolt passes over events that we caused ourselves."""
        self._known = AuthorizeResult(
            enterprise_id=None, team_id=None, bot_token=self._token, bot_user_id=user, bot_id=bot
        )

    async def __call__(self, **_request: Any) -> AuthorizeResult:
        """The same for every request; no call to Slack."""
        return self._known
