"""The control API under /_sandbox/: what scripts, tests and the page do and read as people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox import controls, screen
from sandbox.controls import Wanted
from sandbox.delivery import Answer, Delivery
from sandbox.dialogs import View
from sandbox.errors import ScreenError
from sandbox.interactions import Interactions
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.shapes import need
from sandbox.workspace import Workspace
from sandbox.world import World

Json = dict[str, Any]
Act = Callable[[Json], Awaitable[Json]]


class Control:
    """One method per act; each takes the JSON body and answers JSON."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._people = Interactions(workspace, delivery)
        self.acts: dict[str, Act] = {
            "message": self.message,
            "command": self.command,
            "click": self.click,
            "select": self.select,
            "submit": self.submit,
            "close": self.close,
            "shortcut": self.shortcut,
            "open_home": self.open_home,
            "react": self.react,
            **World(workspace, delivery).acts,
        }

    # Acting as a person

    async def message(self, body: Json) -> Json:
        """{as, channel, text, thread_ts?, files?: [{name, content}]}"""
        person = self._as(body)
        files = [self._workspace.files.take(each, person.id) for each in body.get("files") or []]
        thread = body.get("thread_ts") or None
        message = await self._people.message(
            person, need(body, "channel"), str(body.get("text", "")), thread_ts=thread, files=files
        )
        return {"ok": True, "ts": message.ts, "channel": message.channel}

    async def command(self, body: Json) -> Json:
        """{as, channel, text}: the whole line, `/lead find acme`; or command and text apart."""
        person = self._as(body)
        if body.get("thread_ts"):
            raise ScreenError("not_in_threads", hint="Slack does not take an app's commands in a thread")
        line = str(body.get("text", ""))
        if body.get("command"):
            line = f"{body['command']} {line}"
        return self._acted(person, await self._people.command(person, need(body, "channel"), line))

    async def click(self, body: Json) -> Json:
        """{as, label | action_id, channel?, ts?, block_id?, value?, near?, option?, stale?}

        With `stale` a press on a message as it was a moment ago, when the app has redrawn it meanwhile.
        """
        person, wanted = self._as(body), _wanted(body)
        stale = bool(body.get("stale"))
        place = screen.place(
            self._workspace, person, body.get("channel"), body.get("ts"), wanted, stale=stale
        )
        await self._fill_first(person, place, body)
        control = controls.find(screen.drawn(place, wanted, stale=stale), wanted)
        if control.element["type"] in (
            "button",
            "overflow",
            "workflow_button",
            "icon_button",
            "feedback_buttons",
        ):
            option = body.get("option") or (body.get("value") if body.get("action_id") else None)
            return self._acted(person, await self._people.click(person, place, control, wanted, option))
        raw = body.get("value", body.get("label"))
        return self._acted(person, await self._people.choose(person, place, control, raw))

    async def select(self, body: Json) -> Json:
        """{as, label | action_id, value, channel?, ts?, block_id?}: in the open view, Home or a message."""
        person = self._as(body)
        wanted = _wanted({key: value for key, value in body.items() if key != "value"})
        place = screen.place(self._workspace, person, body.get("channel"), body.get("ts"), wanted)
        await self._fill_first(person, place, body)
        control = controls.find(place.blocks, wanted)
        if control.element["type"] == "overflow":
            picked = await self._people.click(person, place, control, wanted, body.get("value"))
            return self._acted(person, picked)
        return self._acted(person, await self._people.choose(person, place, control, body.get("value")))

    async def submit(self, body: Json) -> Json:
        """{as, values?: {label: value}, view_id?}; `invalid_input` when the client itself refuses."""
        person = self._as(body)
        top = self._workspace.screens.top(person.id)
        if body.get("view_id") and (top is None or top.id != body["view_id"]):
            raise ScreenError("no_open_view", wanted=body["view_id"])
        answer, errors = await self._people.submit(person, body.get("values") or {})
        acted = self._acted(person, answer)
        return (
            acted if answer is not None else acted | {"ok": False, "error": "invalid_input", "errors": errors}
        )

    async def close(self, body: Json) -> Json:
        """{as, all?}: cancel the dialog in front, or all of them."""
        person = self._as(body)
        return self._acted(person, await self._people.close(person, everything=bool(body.get("all"))))

    async def shortcut(self, body: Json) -> Json:
        """{as, callback_id, channel?, ts?}: with channel and ts a message shortcut."""
        person = self._as(body)
        message = None
        if body.get("ts"):
            channel = self._workspace.channel(need(body, "channel"), person.id)
            message = self._workspace.message(channel.id, body["ts"])
        return self._acted(person, await self._people.shortcut(person, need(body, "callback_id"), message))

    async def open_home(self, body: Json) -> Json:
        """{as, tab?}: visit the app."""
        person = self._as(body)
        answer = await self._people.open_home(person, str(body.get("tab") or "home"))
        home = screen.view(self._workspace, self._workspace.screens.home(person.id))
        return self._acted(person, answer) | {"home": home}

    async def react(self, body: Json) -> Json:
        """{as, channel, ts, name}: add a reaction, or take it back the second time."""
        person = self._as(body)
        channel = self._workspace.channel(need(body, "channel"), person.id)
        message = self._workspace.message(channel.id, need(body, "ts"))
        users = message.reactions.setdefault(need(body, "name"), [])
        if person.id in users:
            users.remove(person.id)
        else:
            users.append(person.id)
        message.reactions = {name: by for name, by in message.reactions.items() if by}
        self._workspace.changed("message", channel=channel.id, ts=message.ts)
        return {"ok": True}

    # Reading

    def read(self, what: str, query: Json) -> Json:
        """state, messages, view, home, seen or calls."""
        match what:
            case "state":
                return screen.state(self._workspace, socket=self._delivery.socket_connected)
            case "messages":
                person = self._workspace.person(query["as"]) if query.get("as") else None
                found = screen.messages(
                    self._workspace, need(query, "channel"), person, query.get("thread_ts")
                )
                return {"ok": True, "messages": found}
            case "view":
                top = self._workspace.screens.top(self._workspace.person(need(query, "as")).id)
                return {"ok": True, "view": screen.view(self._workspace, top)}
            case "home":
                home = self._workspace.screens.home(self._workspace.person(need(query, "as")).id)
                return {"ok": True, "view": screen.view(self._workspace, home)}
            case "seen":
                person = self._workspace.person(need(query, "as"))
                return {"ok": True, "messages": screen.private(self._workspace, person)}
            case "calls":
                since = int(query["since"]) if str(query.get("since", "")).isdigit() else 0
                return {"ok": True, "calls": [call for call in self._workspace.calls if call["n"] > since]}
        raise ScreenError(
            "not_found", wanted=what, there=["state", "messages", "view", "home", "seen", "calls"]
        )

    # Small things

    def _as(self, body: Json) -> Person:
        person = self._workspace.person(need(body, "as"))
        if person.deleted:
            raise ScreenError("account_inactive", wanted=person.name)
        return person

    async def _fill_first(self, person: Person, place: Message | View, body: Json) -> None:
        """`values` in a click or select: what was typed meanwhile in the same dialog."""
        if isinstance(place, View) and body.get("values"):
            await self._people.fill(person, place, body["values"])

    def _acted(self, person: Person, answer: Answer | None) -> Json:
        view = screen.view(self._workspace, self._workspace.screens.top(person.id))
        if answer is None:
            return {"ok": True, "status": None, "ack_ms": None, "ack": None, "view": view}
        ok = answer.ok and answer.error is None
        shown = {"ok": ok, "status": answer.status, "ack_ms": answer.ms, "ack": answer.body, "view": view}
        return shown if ok else shown | {"error": answer.error or f"http_{answer.status}"}


def _wanted(body: Json) -> Wanted:
    names = ("label", "action_id", "block_id", "value", "near")
    return Wanted(**{name: str(body[name]) for name in names if body.get(name) is not None})
