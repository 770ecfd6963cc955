"""Calls to Slack, with what may follow from them said in the worker's words: done, wait, again, never."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.outbound import seconds_asked
from handlers.slack.trouble import is_busy, passes, status_of, word_of
from store.outcomes import Dead, Hold, Job, Retry

METADATA = "greenlight_job"
SETTLES = 15.0
"""Seconds after an unknown outcome before looking for the message: Slack's own index needs a moment."""
CLOCKS_DIFFER = 86_400.0
"""Seconds by which our clock may have been ahead of Slack's when a message was posted: somebody set it since,
or it showed local time until the machine asked for the right one. Too far back costs a page or two."""
NO_ENTRY = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
"""Our token is wrong: that passes when an admin sets the right one, and must not end every job until then."""
PLACE_GONE = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
NO_CHANNEL = (
    "no channel is set: open the app's Home, or set GREENLIGHT_LEADS_CHANNEL and GREENLIGHT_ALERTS_CHANNEL"
)


class SlackOut:
    """Our side of Slack's Web API.

    Args:
        client: With a timeout below the worker's lease, and without retries of its own.
    Attributes:
        well: whether Slack took our last call for what it was, for /readyz; False before the first.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.well = False
        self._channels: dict[str, str] = {}
        self._me: frozenset[str] = frozenset()

    async def call(self, answer: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        """Await one Web API call.

        Raises:
            Hold: Slack asked to wait.
            Retry: the outcome is unknown, or it failed in a way that passes.
            Dead: it can never work as asked.
        """
        try:
            answered = await answer
        except SlackApiError as refused:
            verdict = _verdict(refused)
            # Who asks us to wait, or says that a channel is gone, is well.
            self.well = not isinstance(verdict, Retry)
            if isinstance(verdict, Dead) and verdict.reason in PLACE_GONE:
                self._channels.clear()  # another channel may have its name by now
            raise verdict from refused
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            self.well = False
            raise Retry(f"no answer from Slack ({type(lost).__name__})", after=SETTLES) from lost
        self.well = True
        return answered

    async def is_ours(self, told: Mapping[str, Any]) -> bool:
        """Whether we wrote a message. What was posted to a response_url may name our bot and no user."""
        if not self._me:
            me = await self.call(self.client.auth_test())
            self._me = frozenset(str(me[name]) for name in ("user_id", "bot_id") if me.get(name))
        return bool(told.get("bot_id")) and not self._me.isdisjoint(
            {str(told["bot_id"]), str(told.get("user"))}
        )

    async def channel(self, name: str) -> str:
        """The id of a channel given by id, by name or by #name.

        Raises:
            Dead: nothing is set, or there is no such channel.
        """
        name = name.strip().lstrip("#")
        if not name:
            raise Dead(NO_CHANNEL)
        if name not in self._channels:
            await self._learn_channels()
        if name not in self._channels:
            # An id we can't list (a private channel, a missing scope) may still take our messages.
            if name[:1] in "CGD" and name.isupper():
                return name
            raise Dead(f"there is no channel #{name} that the app can see: invite it there")
        return self._channels[name]

    async def _learn_channels(self) -> None:
        cursor = ""
        while True:
            answer = await self.call(
                self.client.conversations_list(
                    limit=500,
                    cursor=cursor or None,
                    exclude_archived=True,
                    types="public_channel,private_channel",
                )
            )
            for channel in answer["channels"]:
                self._channels[channel["name"]] = self._channels[channel["id"]] = channel["id"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def post_once(
        self, job: Job, channel: str, text: str, blocks: Sequence[Any], thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Post a message exactly once, however often the job is tried.

        Slack has no idempotency key: a repeated attempt first looks whether the message is there already,
        by an opaque key in its metadata.

        Returns:
            The channel's id (of the direct message, when `channel` is a person) and the message's ts.
        """
        key = key_of(job)
        if job.attempts > 1:
            if channel.startswith(("U", "W")):
                opened = await self.call(self.client.conversations_open(users=channel))
                channel = opened["channel"]["id"]

            def is_it(message: Mapping[str, Any]) -> bool:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                return metadata.get("event_type") == METADATA and payload.get("key") == key

            found = await self.find_earlier(job, channel, is_it, thread_ts)
            if found:
                return channel, found
        answer = await self.call(
            self.client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=list(blocks),
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": METADATA, "event_payload": {"key": key}},
            )
        )
        return str(answer["channel"]), str(answer["ts"])

    async def find_earlier(
        self, job: Job, channel: str, is_it: Callable[[Mapping[str, Any]], bool], thread_ts: str | None = None
    ) -> str | None:
        """The ts of what an earlier attempt at this job has posted, or None: nothing of it is there."""
        oldest, cursor = job.first_claimed.timestamp() - CLOCKS_DIFFER, ""
        while True:
            window: dict[str, Any] = {
                "channel": channel,
                "oldest": f"{oldest:.6f}",
                "include_all_metadata": True,
                "limit": 200,
            }
            if cursor:
                window["cursor"] = cursor
            if thread_ts:
                answer = await self.call(self.client.conversations_replies(ts=thread_ts, **window))
            else:
                answer = await self.call(self.client.conversations_history(**window))
            for message in answer["messages"]:
                if is_it(message):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Any]) -> bool:
        """Redraw a message; False when somebody deleted it."""
        try:
            await self.call(self.client.chat_update(channel=channel, ts=ts, text=text, blocks=list(blocks)))
        except Dead as dead:
            if dead.reason in (
                "message_not_found",
                "cant_update_message",
                "channel_not_found",
                "is_archived",
            ):
                return False
            raise
        return True

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, for people to open; empty when it is gone."""
        try:
            answer = await self.call(self.client.chat_getPermalink(channel=channel, message_ts=ts))
        except Dead:
            return ""
        return str(answer["permalink"])


def key_of(job: Job) -> str:
    """What marks a message as this job's, however often it is tried: 32 letters that tell nobody anything."""
    return hashlib.sha256(f"{job.workspace}:{job.id}:{job.dedup}".encode()).hexdigest()[:32]


def _verdict(refused: SlackApiError) -> Hold | Retry | Dead:
    error = word_of(refused)
    if is_busy(refused):
        return Hold(seconds_asked(refused.response.headers.get("Retry-After"), otherwise=1.0))
    if error in NO_ENTRY:
        return Retry(error, after=60.0)
    if passes(refused):
        return Retry(error or f"Slack answered {status_of(refused)}", after=SETTLES)
    return Dead(error)


def digest_of(text: str, blocks: Sequence[Any]) -> str:
    """What a message shows, hashed: redrawing an unchanged one is not worth a call."""
    shown = repr([block if isinstance(block, dict) else block.to_dict() for block in blocks])
    return hashlib.sha256(f"{text}\n{shown}".encode()).hexdigest()[:32]
