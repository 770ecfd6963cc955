"""Changing the world around the app: bad days, deleted cards, closed accounts, events out of the blue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox import payloads
from sandbox.delivery import Delivery
from sandbox.people import BOT_USER, Person
from sandbox.shapes import need
from sandbox.workspace import Workspace

Json = dict[str, Any]


class World:
    """Acts of the control API that no person of the workspace does; each takes and answers JSON."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self.acts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "event": self.event,
            "misbehave": self.misbehave,
            "rate_limits": self.rate_limits,
            "request_url": self.request_url,
            "refresh_sockets": self.refresh_sockets,
            "delete_message": self.delete_message,
            "archive_channel": self.archive_channel,
            "add_person": self.add_person,
            "share_channel": self.share_channel,
            "make_guest": self.make_guest,
            "deactivate": self.deactivate,
            "join": self.join,
            "leave": self.leave,
        }

    async def event(self, body: Json) -> Json:
        """{event: {type, …}, event_id?}: any event; with a known event_id a repeated delivery of it."""
        inner = need(body, "event")
        payload = payloads.event(self._workspace, {"event_ts": self._workspace.new_ts(), **inner})
        payload["event_id"] = body.get("event_id") or payload["event_id"]
        answer = await self._delivery.event(payload)
        shown = {"ok": answer.ok, "status": answer.status, "ack_ms": answer.ms, "ack": answer.body}
        return shown | {"event_id": payload["event_id"], "view": None}

    async def misbehave(self, body: Json) -> Json:
        """{method, kind: 429|500|timeout|drop|half, times?, retry_after?}; `*` is all, times 0 stops."""
        times, wait = int(body.get("times", 1)), int(body.get("retry_after", 1))
        self._workspace.faults.plan(need(body, "method"), str(need(body, "kind")), times, wait)
        return {"ok": True}

    async def rate_limits(self, body: Json) -> Json:
        """{on}: enforce Slack's pace for chat.postMessage."""
        self._workspace.limits.on = bool(body.get("on"))
        return {"ok": True}

    async def request_url(self, body: Json) -> Json:
        """{url}: where the app listens now."""
        self._workspace.request_url = need(body, "url")
        self._workspace.changed("state")
        return {"ok": True}

    async def refresh_sockets(self, _body: Json) -> Json:
        """Ask Socket Mode clients to reconnect."""
        await self._delivery.refresh_sockets()
        return {"ok": True}

    async def delete_message(self, body: Json) -> Json:
        """{channel, ts}: by hand, whoever wrote it."""
        channel = self._workspace.channel(need(body, "channel"), body.get("as"))
        self._workspace.delete_message(channel.id, need(body, "ts"))
        return {"ok": True}

    async def archive_channel(self, body: Json) -> Json:
        """{channel, deleted?}: archive it, or remove it altogether."""
        channel = self._workspace.channel(need(body, "channel"))
        channel.is_archived = True
        if body.get("deleted"):
            del self._workspace.channels[channel.id]
        self._workspace.changed("state")
        return {"ok": True}

    async def add_person(self, body: Json) -> Json:
        """{name, real_name?, tz?}: somebody new, in every channel; the id is U and the name in capitals."""
        name = str(need(body, "name"))
        real_name, tz = str(body.get("real_name") or name.title()), str(body.get("tz") or "Europe/Berlin")
        person = Person(f"U{name.upper()}", name, real_name, "New here", tz=tz)
        self._workspace.people[person.id] = person
        for channel in self._workspace.channels.values():
            if not channel.is_im:
                channel.members.append(person.id)
        self._workspace.changed("state")
        return {"ok": True, "id": person.id}

    async def share_channel(self, body: Json) -> Json:
        """{channel, shared?}: connect it with another company, or with `shared` false no longer."""
        self._workspace.channel(need(body, "channel")).is_shared = body.get("shared", True)
        self._workspace.changed("state")
        return {"ok": True}

    async def make_guest(self, body: Json) -> Json:
        """{as, guest?}: turn a person into a guest from outside, or back."""
        self._workspace.person(need(body, "as")).is_guest = body.get("guest", True)
        self._workspace.changed("state")
        return {"ok": True}

    async def deactivate(self, body: Json) -> Json:
        """{as, active?}: close a person's account, or with `active` open it again."""
        person = self._workspace.person(need(body, "as"))
        person.deleted = not body.get("active", False)
        self._workspace.changed("state")
        return {"ok": True}

    async def join(self, body: Json) -> Json:
        """{channel, as?}: put a person, or without `as` the app, into a channel."""
        return self._membership(body, present=True)

    async def leave(self, body: Json) -> Json:
        """{channel, as?}: take a person, or without `as` the app, out of a channel."""
        return self._membership(body, present=False)

    def _membership(self, body: Json, *, present: bool) -> Json:
        who = self._workspace.person(body["as"]).id if body.get("as") else BOT_USER
        channel = self._workspace.channel(need(body, "channel"))
        channel.members = [member for member in channel.members if member != who] + ([who] if present else [])
        self._workspace.changed("state")
        return {"ok": True}
