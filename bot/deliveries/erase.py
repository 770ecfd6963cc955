"""What an erasure still has to do: our messages in Slack, SQLite's log, and telling the admins."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from bot.deliveries.desk import Desk
from bot.deliveries.ops import UNREACHABLE
from handlers.flows.own_page import erase_when_due
from handlers.views.erasure import asked_message, erased_message, receipt_message
from handlers.views.message import Message
from handlers.views.text import day
from store.outcomes import Dead, Done, Job, Outcome, Retry
from store.privacy import Place
from store.work import Work

PAGES = 50
"""Pages of 200 messages that are looked through in one channel; where there are more, the receipt says so."""
GONE = ("message_not_found", "channel_not_found", "is_archived", "thread_not_found", "not_in_channel")
FIXED = ("cant_update_message", "edit_window_closed", "is_inactive")
"""Slack's words for a message of ours that it doesn't let us change."""
_SOUGHT = re.compile(r" for “[^”\n]*”")
"""What a shared list was searched by: mostly somebody's name."""
ERASED_NOW = "erased"
Json = dict[str, Any]


@dataclass
class _Tally:
    """What was done, for the receipt. Permalinks and counts only."""

    rewritten: int = 0
    gone: int = 0
    by_hand: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ErasureDeliveries:
    """Erasing reaches Slack: cards, threads, alerts, direct messages, digests and shared lists."""

    desk: Desk

    async def slack(self, job: Job) -> Outcome:
        """Rewrite every message of ours about the lead. Doing it again changes nothing."""
        number = int(job.payload["lead"])
        async with self.desk.office.store.read(job.workspace) as work:
            places = await work.privacy.places(number)
            lead = await work.leads.get(number)
            erasure = await work.privacy.erasure(int(job.payload["erasure"]))
        if lead is None or not lead.erased or erasure is None:
            return Done()
        sweep = _Sweep(self.desk, f"L-{number}", _Tally())
        for place in places:
            await sweep.message(place)
            if place.kind in ("card", "alert"):
                await sweep.thread(place.channel, place.ts)
        await sweep.channels(lead.received_at.timestamp(), {(p.channel, p.ts) for p in places})
        tally = sweep.tally
        told = dict(erasure.receipt)
        for name in ("rewritten", "gone"):
            told[name] = int(told.get(name, 0)) + getattr(tally, name)
        told["by_hand"] = sorted({*told.get("by_hand", []), *tally.by_hand})
        told["cut_short"] = sorted({*told.get("cut_short", []), *tally.cut_short})

        async def save(work: Work) -> None:
            await work.privacy.progress(erasure.id, state="done", receipt=told)
            for place in places:
                await work.cards.drawn(place.id, ERASED_NOW)
            if not job.payload.get("again"):
                await work.outbox.put(
                    "erase.receipt", dedup=f"erase-receipt:{erasure.id}", erasure=erasure.id
                )

        return Done(save)

    async def asked(self, job: Job) -> Outcome:
        """Somebody asked on their own page to be erased: admins may look at it first."""
        seen = await self.desk.lead(job)
        async with self.desk.office.store.read(job.workspace) as work:
            erasure = await work.privacy.erasure(int(job.payload["erasure"]))
        if seen is None or erasure is None or erasure.state != "asked" or erasure.due is None:
            return Done()
        shown = asked_message(seen.lead, day(erasure.due, seen.zone))
        channel, ts = await self.desk.slack.post_once(job, job.payload["to"], shown.text, shown.blocks)

        async def save(work: Work) -> None:
            await work.cards.posted(seen.lead.number, "dm", channel, ts, "", self.desk.office.clock())

        return Done(save)

    async def due(self, job: Job) -> Outcome:
        """Nobody said why not, so it happens now."""
        payload = job.payload
        await erase_when_due(self.desk.office, job.workspace, int(payload["lead"]), int(payload["erasure"]))
        return Done()

    async def receipt(self, job: Job) -> Outcome:
        """Tell the admins, and whoever did it, what was done and what only they can do."""
        rules = await self.desk.office.rules(job.workspace)
        async with self.desk.office.store.read(job.workspace) as work:
            erasure = await work.privacy.erasure(int(job.payload["erasure"]))
        if erasure is None:
            return Done()
        shown = receipt_message(erasure, rules.names, is_sqlite=self.desk.office.store.is_sqlite)
        people = [erasure.by] if erasure.by in rules.names else list(rules.setup.admins[:1])
        for person in people:
            try:
                await self.desk.slack.post_once(job, person, shown.text, shown.blocks)
            except Dead as dead:
                if dead.reason not in UNREACHABLE:
                    raise
        return Done()

    async def forget(self, job: Job) -> Outcome:
        """Empty SQLite's log, in which what was deleted can still be read; a reader may be in the way."""
        if await self.desk.office.store.forget_deleted():
            return Done()
        return Retry("somebody reads an older state of the database", after=2)


@dataclass
class _Sweep:
    desk: Desk
    name: str
    tally: _Tally

    async def message(self, place: Place) -> None:
        """A message that is all about them."""
        await self._rewrite(place.channel, place.ts, erased_message(self.name))

    async def thread(self, channel: str, ts: str) -> None:
        """The lines under a card: ours are rewritten, everybody else's are theirs to delete."""
        async for reply in self._pages("conversations.replies", channel=channel, ts=ts):
            if reply["ts"] == ts:
                continue
            if reply.get("bot_id") is None or not await self._is_ours(reply):
                link = await self.desk.slack.permalink(channel, reply["ts"])
                self.tally.by_hand += [link] if link else []
            elif reply.get("text") != erased_message(self.name).text:
                await self._rewrite(channel, reply["ts"], erased_message(self.name))

    async def channels(self, since: float, known: set[tuple[str, str]]) -> None:
        """Digests and shared lists name several people: only this one's lines go."""
        named = re.compile(rf"\b{self.name}\b")
        async for channel in self._mine():
            pages, seen = 0, 0
            window = {"channel": channel, "oldest": f"{since - 1:.6f}"}
            async for told in self._pages("conversations.history", **window):
                seen += 1
                pages = seen // 200
                if (channel, told["ts"]) in known or not await self._is_ours(told):
                    continue
                if named.search(json.dumps([told.get("text"), told.get("blocks")])):
                    await self._cut(channel, told, named)
            if pages >= PAGES:
                self.tally.cut_short.append(channel)

    async def _cut(self, channel: str, told: Json, named: re.Pattern[str]) -> None:
        blocks = [_without(block, named, self.name) for block in told.get("blocks") or []]
        text = _lines_without(str(told.get("text") or ""), named, self.name)
        if (blocks, text) != (told.get("blocks") or [], told.get("text")):
            await self._rewrite(channel, told["ts"], Message(text, blocks))

    async def _rewrite(self, channel: str, ts: str, shown: Message) -> None:
        client = self.desk.slack.client
        try:
            await self.desk.slack.call(
                client.chat_update(channel=channel, ts=ts, text=shown.text, blocks=shown.blocks)
            )
        except Dead as dead:
            if dead.reason in GONE:
                self.tally.gone += 1
            elif dead.reason in FIXED:
                link = await self.desk.slack.permalink(channel, ts)
                self.tally.by_hand += [link] if link else []
            else:
                raise
        else:
            self.tally.rewritten += 1

    async def _is_ours(self, told: Json) -> bool:
        return bool(told.get("bot_id")) and told.get("user") == await self.desk.slack.me()

    async def _mine(self) -> AsyncIterator[str]:
        """Every channel we are in."""
        cursor = ""
        while True:
            answer = await self.desk.slack.call(
                self.desk.slack.client.users_conversations(
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=200,
                    cursor=cursor or None,
                )
            )
            for channel in answer["channels"]:
                yield str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def _pages(self, method: str, **window: Any) -> AsyncIterator[Json]:
        """Messages, a page of 200 at a time. A place that is gone has none."""
        client, cursor = self.desk.slack.client, ""
        ask = client.conversations_replies if "ts" in window else client.conversations_history
        for _ in range(PAGES):
            try:
                answer = await self.desk.slack.call(ask(**window, limit=200, cursor=cursor or None))
            except Dead as dead:
                if dead.reason in GONE:
                    return
                raise
            for told in answer["messages"]:
                yield told
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return


def _without(block: Json, named: re.Pattern[str], name: str) -> Json:
    """A block in which the lines that name the lead only say that it was erased, and no button names it."""
    kept = dict(block)
    if named.search(json.dumps(block, ensure_ascii=False)) or _carries(block, name):
        kept.pop("accessory", None)
    if isinstance(kept.get("text"), dict):
        words = _lines_without(str(kept["text"].get("text", "")), named, name)
        kept["text"] = {**kept["text"], "text": words}
    if isinstance(kept.get("elements"), list):
        kept["elements"] = [
            {**one, "text": _lines_without(one["text"], named, name)}
            if isinstance(one.get("text"), str)
            else one
            for one in kept["elements"]
        ]
    return kept


def _carries(block: Json, name: str) -> bool:
    accessory = block.get("accessory") or {}
    return str(accessory.get("value", "")).rpartition(":")[2] == name.removeprefix("L-")


def _lines_without(text: str, named: re.Pattern[str], name: str) -> str:
    lines = [f"{name}: erased" if named.search(line) else line for line in text.split("\n")]
    return _SOUGHT.sub("", "\n".join(lines))
