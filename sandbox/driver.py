"""Acting in a running sandbox from a test or script, as the people in it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import aiohttp

Json = dict[str, Any]


class SandboxError(AssertionError):
    """The screen does not offer what was tried; the message says what it does offer."""

    def __init__(self, act: str, answer: Json) -> None:
        super().__init__(
            f"{act}: {answer.get('error')}: { {k: v for k, v in answer.items() if k not in ('ok', 'error')} }"
        )
        self.error = str(answer.get("error"))
        self.answer = answer


class Slack:
    """An async client of the control API. People and channels by name or id.

    Acts return `{"ok", "status", "ack_ms", "ack", "view"}`; `ok` is false unless the app answered with 200.

    Raises (every act):
        SandboxError: there is no such control, dialog, person or channel.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close_session()

    async def close_session(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()

    # Acting

    async def say(self, who: str, text: str, channel: str = "leads", thread_ts: str | None = None) -> Json:
        """Write a message."""
        return await self._post(
            "message", {"as": who, "channel": channel, "text": text, "thread_ts": thread_ts}
        )

    async def command(self, who: str, line: str, channel: str = "leads") -> Json:
        """Type a slash command, the whole line."""
        return await self._post("command", {"as": who, "channel": channel, "text": line})

    async def click(
        self,
        who: str,
        label: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
        **more: Any,
    ) -> Json:
        """Press what carries this label, or `action_id=`: in a channel the newest message that has it,
        without a channel the open dialog or Home. `block_id=`, `value=`, `near=` tell several apart."""
        return await self._post("click", {"as": who, "label": label, "channel": channel, "ts": ts, **more})

    async def select(self, who: str, label: str | None, value: Any, **more: Any) -> Json:
        """Choose in the open dialog; sent at once where the element dispatches."""
        return await self._post("select", {"as": who, "label": label, "value": value, **more})

    async def submit(self, who: str, values: Json | None = None) -> Json:
        """Fill fields by label and submit; `error` is invalid_input when the client itself refuses."""
        return await self._post("submit", {"as": who, "values": values or {}})

    async def close(self, who: str) -> Json:
        """Cancel the dialog in front."""
        return await self._post("close", {"as": who})

    async def shortcut(
        self, who: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> Json:
        """Use a global shortcut, or with channel and ts one on a message."""
        return await self._post(
            "shortcut", {"as": who, "callback_id": callback_id, "channel": channel, "ts": ts}
        )

    async def open_home(self, who: str) -> Json:
        """Visit the app's Home tab."""
        return await self._post("open_home", {"as": who})

    async def misbehave(self, method: str, kind: str, times: int = 1, retry_after: int = 1) -> None:
        """Let a method's next calls fail: 429, 500, timeout (not carried out), drop or half (carried out)."""
        plan = {"method": method, "kind": kind, "times": times, "retry_after": retry_after}
        await self._post("misbehave", plan)

    async def act(self, name: str, /, **body: Any) -> Json:
        """Any other act of the control API: delete_message, archive_channel, deactivate, join, leave, …"""
        return await self._post(name, body)

    # Looking

    async def messages(
        self, channel: str, as_: str | None = None, thread_ts: str | None = None
    ) -> list[Json]:
        """A channel, or one thread, oldest first; with `as_` that person's ephemerals too."""
        answer = await self._get("messages", {"channel": channel, "as": as_, "thread_ts": thread_ts})
        return list(answer["messages"])

    async def view(self, who: str) -> Json | None:
        """The dialog in front of a person, with `values` by label and `errors`; None when nothing is open."""
        view: Json | None = (await self._get("view", {"as": who}))["view"]
        return view

    async def home(self, who: str) -> Json | None:
        """The person's Home tab, None before it was published."""
        view: Json | None = (await self._get("home", {"as": who}))["view"]
        return view

    async def seen_by(self, who: str) -> str | None:
        """The newest thing the app told this person alone: text of an ephemeral or direct message."""
        told = (await self._get("seen", {"as": who}))["messages"]
        return str(told[0]["text"]) if told else None

    async def told(self, who: str) -> list[Json]:
        """Everything the app told this person alone, newest first."""
        return list((await self._get("seen", {"as": who}))["messages"])

    async def calls(self, since: int = 0, method: str | None = None) -> list[Json]:
        """What the app called and acknowledged after number `since`."""
        found = (await self._get("calls", {"since": str(since)}))["calls"]
        return [call for call in found if method in (None, call["method"])]

    async def state(self) -> Json:
        """People, channels, commands, shortcuts, and how the app is connected."""
        return await self._get("state", {})

    async def _post(self, name: str, body: Json) -> Json:
        given = {key: value for key, value in body.items() if value is not None}
        async with self._sessions().post(f"{self.url}/_sandbox/{name}", json=given) as response:
            return await _answer(name, response)

    async def _get(self, name: str, query: Json) -> Json:
        given = {key: value for key, value in query.items() if value is not None}
        async with self._sessions().get(f"{self.url}/_sandbox/{name}", params=given) as response:
            return await _answer(name, response)

    def _sessions(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session


async def _answer(name: str, response: aiohttp.ClientResponse) -> Json:
    answer: Json = await response.json()
    if response.status >= 400:
        raise SandboxError(name, answer)
    return answer
