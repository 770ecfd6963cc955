"""The workspace: everyone and everything in it, in memory."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.dialogs import Screens
from sandbox.errors import SlackError
from sandbox.files import Files
from sandbox.manifest import Manifest
from sandbox.mentions import pinged
from sandbox.messages import Message, with_ids
from sandbox.misbehave import Faults
from sandbox.people import BOT_USER, Channel, Person, first_channels, first_groups, founders
from sandbox.rate_limits import RateLimits
from sandbox.tickets import Tickets

Json = dict[str, Any]
CALLS_KEPT = 20_000


class Workspace:
    """State and its simple changes; who may do what is decided by the Web API and the control API.

    Args:
        request_url: where the app listens for events, commands and interactions; may be set later.
        clock: Unix seconds; a test may hand in its own to let triggers expire.
        patience: seconds the app has to answer; Slack gives 3.
        rate_limits: enforce about one chat.postMessage a second per channel.
        retry_pauses: seconds before each repetition of an event that was not acknowledged.
    """

    def __init__(
        self,
        request_url: str | None = None,
        signing_secret: str = "sandbox-secret",
        bot_token: str = "xoxb-sandbox",
        app_token: str = "xapp-sandbox",
        *,
        manifest: Manifest | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 3.0,
        rate_limits: bool = False,
        retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0),
    ) -> None:
        self.request_url = request_url
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.app_token = app_token
        self.manifest = manifest or Manifest()
        self.scopes: set[str] = set(self.manifest.scopes)
        self.clock = clock
        self.patience = patience
        self.retry_pauses = retry_pauses
        self.base_url = "http://127.0.0.1:3100"
        self.people: dict[str, Person] = {person.id: person for person in founders()}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in first_channels()}
        self.groups = {group.id: group for group in first_groups()}
        self.messages: dict[str, list[Message]] = {name: [] for name in self.channels}
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self.calls: deque[Json] = deque(maxlen=CALLS_KEPT)
        self.refusals: list[Json] = []
        self.screens = Screens(self)
        self.files = Files(self)
        self.tickets = Tickets(self)
        self.faults = Faults()
        self.limits = RateLimits(clock, on=rate_limits)
        self.watchers: set[asyncio.Queue[Json]] = set()
        self._numbers = itertools.count(1)
        self._call_numbers = itertools.count(1)
        self._last_ts = 0

    # Names

    def new_id(self, prefix: str) -> str:
        """An id that nothing else has."""
        return f"{prefix}{next(self._numbers):08d}"

    def new_ts(self) -> str:
        """A message timestamp later than every earlier one."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def person(self, ref: str) -> Person:
        """By id, name or @name.

        Raises:
            SlackError: user_not_found.
        """
        name = ref.removeprefix("@")
        if name in self.people:
            return self.people[name]
        for person in self.people.values():
            if name.casefold() in (person.name, person.real_name.casefold(), person.email):
                return person
        raise SlackError("user_not_found")

    def name_of(self, user_id: str) -> str:
        """The short name, or the id of somebody unknown."""
        return self.people[user_id].name if user_id in self.people else user_id

    def channel(self, ref: str, person: str | None = None) -> Channel:
        """By id, name or #name. `dm` is the person's direct message with the app; a person's name is theirs.

        Raises:
            SlackError: channel_not_found.
        """
        name = ref.removeprefix("#")
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if channel.name == name and not channel.is_im:
                return channel
        if person and name in ("dm", "@greenlight", "greenlight", BOT_USER):
            return self.dm(self.person(person))
        try:
            return self.dm(self.person(name))
        except SlackError:
            raise SlackError("channel_not_found") from None

    def dm(self, person: Person) -> Channel:
        """The direct message between this person and the app, opened when it is new."""
        channel_id = f"D{person.id[1:]}"
        if channel_id not in self.channels:
            self.add_channel(Channel(channel_id, person.name, [person.id, BOT_USER], im_with=person.id))
        return self.channels[channel_id]

    def add_channel(self, channel: Channel) -> Channel:
        """Put a new channel into the workspace."""
        self.channels[channel.id] = channel
        self.messages[channel.id] = []
        self.changed("state")
        return channel

    # Messages

    def post(
        self, channel: str, user: str, text: str, blocks: list[Json] | None = None, **more: Any
    ) -> Message:
        """Put a message into a channel; `more` are further fields of `Message`."""
        drawn = with_ids(blocks or [])
        message = Message(self.new_ts(), channel, user, text, drawn, bot=user == BOT_USER, **more)
        message.pings = pinged(text, drawn)
        self.messages[channel].append(message)
        self._by_ts[channel, message.ts] = message
        if message.is_reply and not message.ephemeral_for:
            self._threads.setdefault((channel, str(message.thread_ts)), []).append(message)
        kind = "ephemeral" if message.ephemeral_for else "message"
        self.changed(kind, channel=channel, ts=message.ts, user=message.ephemeral_for)
        return message

    def redraw(self, message: Message, text: str | None, blocks: list[Json] | None, by: str) -> None:
        """Change text, blocks or both; None leaves a part as it was."""
        if text is not None:
            message.text = text
        if blocks is not None:
            message.earlier = [*message.earlier[-2:], message.blocks]
            message.blocks = with_ids(blocks)
        message.pings = pinged(message.text, message.blocks)
        message.edited = {"user": by, "ts": self.new_ts()}
        self.changed("message", channel=message.channel, ts=message.ts, user=message.ephemeral_for)

    def message(self, channel: str, ts: str) -> Message:
        """A message that others can refer to; ephemerals and deleted ones are not among them.

        Raises:
            SlackError: message_not_found.
        """
        message = self._by_ts.get((channel, ts))
        if message is None or message.ephemeral_for or message.deleted:
            raise SlackError("message_not_found")
        return message

    def any_message(self, channel: str, ts: str | None) -> Message | None:
        """What stands at this ts, an ephemeral or a tombstone too; None when nothing does."""
        return self._by_ts.get((channel, ts or ""))

    def delete_message(self, channel: str, ts: str) -> None:
        """Remove a message; with replies a tombstone stays, as in Slack.

        Raises:
            SlackError: message_not_found.
        """
        message = self.message(channel, ts)
        if self.replies(message):
            message.deleted = True
        else:
            self.remove(message)
        self.changed("message", channel=channel, ts=ts)

    def remove(self, message: Message) -> None:
        """Take a message away without a trace."""
        self.messages[message.channel].remove(message)
        del self._by_ts[message.channel, message.ts]
        if message.is_reply and not message.ephemeral_for:
            self._threads[message.channel, str(message.thread_ts)].remove(message)

    def replies(self, parent: Message) -> list[Message]:
        """The thread below a message, oldest first, without ephemerals."""
        return list(self._threads.get((parent.channel, parent.ts), ()))

    def visible(self, channel: str, person: str | None) -> list[Message]:
        """What stands in a channel for this person, thread replies too, oldest first."""
        return [m for m in self.messages[channel] if m.ephemeral_for in (None, person)]

    # What happened

    def note_call(
        self, method: str, body: Any, error: str | None = None, messages: list[str] | None = None
    ) -> Json:
        """Keep a call of the app, an ack or a response_url body; refused shapes stand in `refusals` too."""
        number = next(self._call_numbers)
        call: Json = {"n": number, "method": method, "body": body, "ok": error is None, "error": error}
        self.calls.append(call)
        if error and messages:
            self.refuse(call, error, messages)
        self.changed("call")
        return call

    def refuse(self, call: Json, error: str, messages: list[str]) -> None:
        """Mark a call as one whose blocks, view or answer Slack would not take."""
        call |= {"ok": False, "error": error}
        self.refusals.append({**call, "messages": messages})

    def changed(self, kind: str, **where: str | None) -> None:
        """Tell whoever watches that something is different now."""
        news = {"kind": kind, **{key: value for key, value in where.items() if value}}
        for queue in self.watchers:
            queue.put_nowait(news)
