"""Taking people out of our messages in Slack: cards, threads, alerts, direct messages, lists."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack_out import SlackOut
from handlers.views.erasure import erased_message
from handlers.views.message import Message
from store.outcomes import Dead, Hold
from store.privacy import Place

PAGES = 50
"""Pages of 200 messages that are looked through in one channel; where there are more, the receipt says so."""
PATIENCE, LONGEST_WAIT = 20, 90.0
"""How often one call waits when Slack asks for it, and how long at most: starting anew would never end."""
GONE = ("message_not_found", "channel_not_found", "is_archived", "thread_not_found", "not_in_channel")
FIXED = ("cant_update_message", "edit_window_closed", "is_inactive")
"""Slack's words for a message of ours that it doesn't let us change."""
_SOUGHT = re.compile(r" for “[^”\n]*”")
"""What a shared list was searched by: mostly somebody's name."""
Json = dict[str, Any]
Ask = Callable[[], Awaitable[AsyncSlackResponse]]


@dataclass
class Tally:
    """What was done, for the receipt. Permalinks and counts only."""

    rewritten: int = 0
    gone: int = 0
    by_hand: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)


class Rewriting:
    """One pass over everything we said about some leads. Doing it again changes nothing.

    Args:
        numbers: their L-numbers.
    """

    def __init__(self, slack: SlackOut, numbers: Iterable[int]) -> None:
        self.slack, self.tally = slack, Tally()
        self._numbers = {str(number) for number in numbers}
        either = "|".join(sorted(self._numbers, key=len, reverse=True))
        self._named = re.compile(rf"\bL-(?:{either})\b")

    async def message(self, place: Place, name: str) -> None:
        """A message that is all about one of them, and the thread under it."""
        if place.kind in ("card", "alert"):
            await self._thread(place.channel, place.ts, erased_message(name))
        await self._rewrite(place.channel, place.ts, erased_message(name))

    async def _thread(self, channel: str, ts: str, left: Message) -> None:
        """Our lines are rewritten, everybody else's are theirs to delete."""
        async for reply in self._pages(channel=channel, ts=ts):
            if reply["ts"] == ts:
                continue
            if not await self.slack.is_ours(reply):
                await self._for_a_person(channel, reply["ts"])
            elif reply.get("text") != left.text:
                await self._rewrite(channel, reply["ts"], left)

    async def channels(self, since: float, known: set[tuple[str, str]]) -> None:
        """Digests and shared lists name several people: only these ones' lines go.

        Args:
            since: Unix seconds; nothing was said about them before.
            known: (channel, ts) of what `message` rewrites.
        """
        async for channel in self._mine():
            seen = 0
            async for told in self._pages(channel=channel, oldest=f"{since - 1:.6f}"):
                seen += 1
                ours = (channel, told["ts"]) not in known and await self.slack.is_ours(told)
                if ours and self._speaks_of_them(told):
                    await self._cut(channel, told)
            if seen >= PAGES * 200:
                self.tally.cut_short.append(channel)

    def _speaks_of_them(self, told: Json) -> bool:
        said = json.dumps([told.get("text"), told.get("blocks")], ensure_ascii=False)
        return bool(self._named.search(said))

    async def _cut(self, channel: str, told: Json) -> None:
        before = (told.get("blocks") or [], str(told.get("text") or ""))
        after = ([self._without(block) for block in before[0]], self._lines_without(before[1]))
        if after != before:
            await self._rewrite(channel, told["ts"], Message(after[1], after[0]))

    def _without(self, block: Json) -> Json:
        """A block in which their lines only say that they were erased, and no button names them."""
        kept = dict(block)
        value = str((block.get("accessory") or {}).get("value", "")).rpartition(":")[2]
        if value in self._numbers or self._named.search(json.dumps(block, ensure_ascii=False)):
            kept.pop("accessory", None)
        if isinstance(kept.get("text"), dict):
            words = self._lines_without(str(kept["text"].get("text", "")))
            kept["text"] = {**kept["text"], "text": words}
        if isinstance(kept.get("elements"), list):
            kept["elements"] = [
                {**one, "text": self._lines_without(one["text"])} if isinstance(one.get("text"), str) else one
                for one in kept["elements"]
            ]
        return kept

    def _lines_without(self, text: str) -> str:
        lines = [
            f"{found[0]}: erased" if (found := self._named.search(line)) else line
            for line in text.split("\n")
        ]
        return _SOUGHT.sub("", "\n".join(lines))

    async def _rewrite(self, channel: str, ts: str, shown: Message) -> None:
        client = self.slack.client
        try:
            await self._patiently(
                lambda: client.chat_update(channel=channel, ts=ts, text=shown.text, blocks=shown.blocks)
            )
        except Dead as dead:
            if dead.reason in GONE:
                self.tally.gone += 1
            elif dead.reason in FIXED:
                await self._for_a_person(channel, ts)
            else:
                raise
        else:
            self.tally.rewritten += 1

    async def _for_a_person(self, channel: str, ts: str) -> None:
        link = await self.slack.permalink(channel, ts)
        self.tally.by_hand += [link] if link else []

    async def _mine(self) -> AsyncIterator[str]:
        """Every channel we are in."""
        cursor = ""
        while True:
            page = {"limit": 200, "cursor": cursor or None, "types": "public_channel,private_channel"}
            answer = await self._patiently(
                lambda page=page: self.slack.client.users_conversations(exclude_archived=True, **page)  # type: ignore[misc]
            )
            for channel in answer["channels"]:
                yield str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def _pages(self, **window: Any) -> AsyncIterator[Json]:
        """Messages of a channel, or with `ts` of a thread. A place that is gone has none."""
        client, cursor = self.slack.client, ""
        ask = client.conversations_replies if "ts" in window else client.conversations_history
        for _ in range(PAGES):
            page = {**window, "limit": 200, "cursor": cursor or None}
            try:
                answer = await self._patiently(lambda page=page: ask(**page))  # type: ignore[misc]
            except Dead as dead:
                if dead.reason in GONE:
                    return
                raise
            for told in answer["messages"]:
                yield told
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def _patiently(self, ask: Ask) -> AsyncSlackResponse:
        for _ in range(PATIENCE):
            try:
                return await self.slack.call(ask())
            except Hold as hold:
                if hold.seconds > LONGEST_WAIT:
                    raise
                await asyncio.sleep(hold.seconds)
        return await self.slack.call(ask())
