"""What a person can do, and what the app's acknowledgement then changes on their screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox import answers, block_kit, controls, payloads
from sandbox.controls import Control, Wanted
from sandbox.delivery import Answer, Delivery
from sandbox.dialogs import View
from sandbox.errors import ScreenError, SlackError
from sandbox.mentions import as_typed, escape_names
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.responses import say
from sandbox.workspace import Workspace

Json = dict[str, Any]
Place = Message | View


class Interactions:
    """Every method is one act of one person; it returns what the app answered, None when nothing was sent."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    async def message(self, person: Person, channel_ref: str, text: str, **more: Any) -> Message:
        """Write into a channel or thread; the app hears of it when it subscribed to messages there."""
        channel = self._workspace.channel(channel_ref, person.id)
        if channel.is_archived:
            raise ScreenError("is_archived")
        message = self._workspace.post(channel.id, person.id, as_typed(text, self._workspace), **more)
        kind = "im" if channel.is_im else "channel"
        if "message.im" in self._events() if channel.is_im else "message.channels" in self._events():
            inner = message.as_slack([]) | {
                "channel": channel.id,
                "channel_type": kind,
                "event_ts": message.ts,
            }
            await self._delivery.event(payloads.event(self._workspace, inner))
        return message

    async def command(self, person: Person, channel_ref: str, line: str) -> Answer:
        """Type a slash command; the acknowledgement shows only to this person unless it says otherwise.

        Raises:
            ScreenError: no_such_command, when the manifest does not declare it.
        """
        channel = self._workspace.channel(channel_ref, person.id)
        name, _, text = line.strip().partition(" ")
        manifest = self._workspace.manifest
        declared = manifest.command(name)
        if not name.startswith("/") or (manifest.known and declared is None):
            raise ScreenError(
                "no_such_command", wanted=name, there=[each["command"] for each in manifest.commands]
            )
        if declared is None or declared.get("should_escape"):
            text = escape_names(text, self._workspace)
        payload = payloads.command(self._workspace, person, channel, name, text.strip())
        answer = await self._delivery.command(payload)
        if answer.ok and answer.body:
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            try:
                say(self._workspace, person.id, channel.id, body)
            except SlackError as refused:
                self._workspace.refuse(answer.call or {}, refused.error, refused.messages)
                return replace(answer, error=refused.error)
        return answer

    async def click(
        self, person: Person, place: Place, control: Control, wanted: Wanted, option: Any
    ) -> Answer:
        """Press a button or pick from an overflow menu; a link button is sent too, as Slack does."""
        value: Json = {}
        if control.element["type"] == "overflow":
            value = {
                "type": "overflow",
                "selected_option": answers.option_named(control.element, option or wanted.label),
            }
        return await self._act(person, place, control, value)

    async def choose(self, person: Person, place: Place, control: Control, raw: Any) -> Answer | None:
        """Fill or choose; sent at once where the element dispatches."""
        if not answers.holds_value(control.element):
            raise ScreenError("not_a_choice", wanted=control.element["type"])
        if "external" in control.element["type"] and raw:
            control = await self._with_suggestions(person, place, control, raw)
        value = answers.chosen(control.element, raw, self._workspace, person.id)
        if isinstance(place, View):
            place.values.setdefault(control.block_id, {})[control.action_id] = value
            place.errors.pop(control.block_id, None)
            self._workspace.changed("home" if place.is_home else "view", user=person.id)
        else:
            mine = place.chosen.setdefault(person.id, {})
            mine.setdefault(control.block_id, {})[control.action_id] = value
        return await self._act(person, place, control, value) if control.dispatches else None

    async def submit(self, person: Person, given: Json) -> tuple[Answer | None, dict[str, str]]:
        """Fill fields by label and press the dialog's submit button.

        Returns:
            The app's answer, and what stands on fields (by block_id). The client itself refuses empty
            required fields and wrong formats: then nothing is sent and the answer is None.
        """
        view = self._open_view(person)
        await self.fill(person, view, given)
        if not view.given.get("submit"):
            raise ScreenError("no_submit", there=controls.offered(view.blocks))
        view.errors, view.failure = _refused_by_client(view), None
        self._workspace.changed("view", user=person.id)
        if view.errors:
            return None, view.errors
        answer = await self._delivery.interaction(payloads.view_submission(self._workspace, person, view))
        self._follow(person, view, answer)
        return answer, view.errors

    async def fill(self, person: Person, view: View, given: Json) -> None:
        """Put values into fields by label, action_id or block_id, without sending anything."""
        for label, raw in given.items():
            control = _by_label_or_id(view.blocks, label)
            if "external" in control.element["type"] and raw:
                control = await self._with_suggestions(person, view, control, raw)
            value = answers.chosen(control.element, raw, self._workspace, person.id)
            view.values.setdefault(control.block_id, {})[control.action_id] = value

    async def close(self, person: Person, *, everything: bool = False) -> Answer | None:
        """Cancel the dialog in front, or the whole stack; the app hears of it with notify_on_close."""
        view = self._open_view(person)
        cleared = everything or bool(view.given.get("clear_on_close"))
        closing = list(reversed(self._workspace.screens.stack(person.id))) if cleared else [view]
        if cleared:
            self._workspace.screens.clear(person.id)
        else:
            self._workspace.screens.pop(person.id)
        answer: Answer | None = None
        for each in closing:
            if each.given.get("notify_on_close"):
                payload = payloads.view_closed(self._workspace, person, each, is_cleared=cleared)
                answer = await self._delivery.interaction(payload)
        return answer

    async def shortcut(self, person: Person, callback_id: str, message: Message | None) -> Answer:
        """A global shortcut, or one on a message, by callback_id or by its name."""
        declared = self._workspace.manifest.shortcut(callback_id)
        if self._workspace.manifest.known and declared is None:
            there = [each.get("name") for each in self._workspace.manifest.shortcuts]
            raise ScreenError("no_such_shortcut", wanted=callback_id, there=there)
        callback_id = declared["callback_id"] if declared else callback_id
        if declared and (declared.get("type") == "message") != (message is not None):
            raise ScreenError("needs_message" if message is None else "global_shortcut", wanted=callback_id)
        if message is None:
            payload = payloads.global_shortcut(self._workspace, person, callback_id)
        else:
            payload = payloads.message_shortcut(self._workspace, person, callback_id, message)
        return await self._delivery.interaction(payload)

    async def open_home(self, person: Person, tab: str = "home") -> Answer | None:
        """Visit the app; None when it did not subscribe to app_home_opened."""
        if "app_home_opened" not in self._events():
            return None
        channel = self._workspace.dm(person)
        inner: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
        inner["event_ts"] = self._workspace.new_ts()
        view = self._workspace.screens.home(person.id)
        if view is not None and tab == "home":
            inner["view"] = view.as_slack()
        return await self._delivery.event(payloads.event(self._workspace, inner))

    async def _act(self, person: Person, place: Place, control: Control, value: Json) -> Answer:
        return await self._delivery.interaction(
            payloads.block_actions(self._workspace, person, control, value, place)
        )

    async def _with_suggestions(self, person: Person, place: Place, control: Control, raw: Any) -> Control:
        """Ask the app for the options of an external select."""
        typed = str((raw[0] if raw else "") if isinstance(raw, list) else raw)
        answer = await self._delivery.interaction(
            payloads.suggestion(self._workspace, person, control, typed, place)
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        offered = {key: body[key] for key in ("options", "option_groups") if key in body}
        return Control(control.block, control.element | offered, control.labels)

    def _follow(self, person: Person, view: View, answer: Answer) -> None:
        """Do what the acknowledgement of a submission asks for."""
        screens = self._workspace.screens
        if not answer.ok:
            view.failure = "We had some trouble connecting. Try again?"
            return
        body = answer.body if isinstance(answer.body, dict) else {}
        try:
            match body.get("response_action"):
                case None:
                    if screens.top(person.id) is view:
                        screens.pop(person.id)
                case "clear":
                    screens.clear(person.id)
                case "errors":
                    view.errors = _errors_on_inputs(view, body.get("errors"))
                case "update":
                    screens.update(view, block_kit.accept_view(body.get("view"), "modal"))
                case "push":
                    screens.push(person.id, block_kit.accept_view(body.get("view"), "modal"))
                case other:
                    raise SlackError("invalid_response_action", [f"[ERROR] unknown response_action {other}"])
        except SlackError as refused:
            self._workspace.refuse(answer.call or {}, refused.error, refused.messages or [refused.error])
            view.failure = "We had some trouble connecting. Try again?"
        self._workspace.changed("view", user=person.id)

    def _open_view(self, person: Person) -> View:
        view = self._workspace.screens.top(person.id)
        if view is None:
            raise ScreenError("no_open_view")
        return view

    def _events(self) -> tuple[str, ...]:
        return self._workspace.manifest.events


def _by_label_or_id(blocks: list[Json], label: str) -> Control:
    """A field by its label; by action_id or block_id when no label says so."""
    try:
        return controls.find(blocks, Wanted(label=label))
    except ScreenError:
        for control in controls.controls(blocks):
            if label in (control.action_id, control.block_id):
                return control
        raise


def _refused_by_client(view: View) -> dict[str, str]:
    """Empty required fields and wrong formats, by block_id."""
    found: dict[str, str] = {}
    for control in controls.controls(view.blocks):
        if not control.in_input:
            continue
        value = view.values[control.block_id][control.action_id]
        if answers.is_empty(value) and not control.block.get("optional"):
            found[control.block_id] = "Please complete this required field."
            continue
        wrong = answers.mistake(control.element, value)
        if wrong:
            found[control.block_id] = wrong
    return found


def _errors_on_inputs(view: View, errors: Any) -> dict[str, str]:
    """Errors by block_id, as the app acknowledged them; only input blocks can show one.

    Raises:
        SlackError: invalid_errors, naming the block that cannot.
    """
    inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors", [f"[ERROR] errors must name input blocks: {errors}"])
    return {name: str(words) for name, words in errors.items()}
