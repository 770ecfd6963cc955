"""Who uses the bot while it is being broken: forms, reps, Slack and websites that repeat themselves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp

from handlers.views import ids
from sandbox.driver import SandboxError
from sandbox.payloads import event
from tests.faults.town import REPS, Town
from tests.house import KEY
from tests.journeys.test_forged_clicks import signed
from tests.journeys.test_nothing_lost_nothing_twice import ANSWERS

AUTH = {"Authorization": f"Bearer {KEY}"}
LOST = (aiohttp.ClientError, TimeoutError, ConnectionError)
ACTIONS = ("demo_request", "demo_request", "pricing_request", "call_request")
TRIES = 12
MOST_WAITING = 8
_people = count(1)
Send = Callable[[Town], Awaitable[None]]


def person(town: Town) -> dict[str, Any]:
    """Somebody unlike everybody else, so that nobody is taken for somebody else."""
    number = next(_people)
    return {
        "email": f"person{number}@firm{number}.example",
        "first_name": f"First{number:x}",
        "last_name": f"Last{number * 7919:x}",
        "company": f"Firm {number * 104729:x}",
        "title": "VP Engineering",
        "employees": 250,
        "industry": "software",
        "country": "DE",
        "source": town.chance.choice(("linkedin", "google", "partner")),
        "campaign": f"campaign-{number % 7}",
        "action": town.chance.choice(ACTIONS),
        "message": "Need it by March",
        "consent": {"granted": True, "purposes": ["contact", "marketing", "profiling"]},
    }


def open_for_business(town: Town, *, leads_per_second: float = 5, saves_per_second: float = 0.4) -> None:
    """Let everybody begin; until `close_of_business`."""
    work: list[tuple[Send, float]] = [
        (one_form, leads_per_second * 0.7),
        (form_sent_twice, leads_per_second * 0.15),
        (several_in_one_request, leads_per_second * 0.05),
        (website_repeats_itself, 0.5),
        (two_reps_want_one, 0.1),
        (home_is_opened_again_and_again, 0.3),
    ]
    for send, rate in work:
        town.tasks.append(asyncio.create_task(_at_random(town, send, rate)))
    for rep in REPS:
        town.tasks.append(asyncio.create_task(_rep(town, rep, saves_per_second / len(REPS))))


async def _at_random(town: Town, send: Send, rate: float) -> None:
    begun: set[asyncio.Task[None]] = set()
    try:
        while town.working:
            await town.pause(rate)
            if len(begun) >= MOST_WAITING:
                continue  # whoever waits tries again every second: thousands of them are another test
            task = asyncio.create_task(send(town))
            begun.add(task)
            task.add_done_callback(begun.discard)
        await asyncio.gather(*begun)
    finally:
        for task in begun:
            task.cancel()


async def handed_in(town: Town, path: str, body: Any, **headers: str) -> dict[str, Any]:
    """Send until it is acknowledged, as whoever has something to lose does; the answer."""
    began = time.monotonic()
    while True:
        try:
            url = f"{town.anyone().url}{path}"
            async with town.http.post(url, json=body, headers={**AUTH, **headers}) as answer:
                if answer.status < 300:
                    told: dict[str, Any] = await answer.json()
                    town.ledger.waits.append((time.monotonic(), "form", time.monotonic() - began))
                    return told
                town.ledger.counts[f"answered {answer.status}"] += 1
                if answer.status < 500 and answer.status != 429:
                    town.ledger.wrong.append(f"{path} was answered with {answer.status}: {body}")
                    return {}
        except LOST:
            town.ledger.counts["no answer"] += 1
        await asyncio.sleep(0.3 + town.chance.random())


async def one_form(town: Town) -> None:
    """A form, with a key that stays the same until somebody answers."""
    body = person(town)
    town.ledger.sent.add(body["email"])
    town.ledger.counts["forms"] += 1
    told = await handed_in(town, "/intake/leads", body, **{"Idempotency-Key": body["email"]})
    town.ledger.heard(body["email"], told)


async def form_sent_twice(town: Town) -> None:
    """A webhook that is redelivered: at once to somebody else, and again later."""
    body = person(town)
    town.ledger.sent.add(body["email"])
    town.ledger.counts["forms redelivered"] += 1
    key = {"Idempotency-Key": body["email"]}
    heard = await asyncio.gather(*(handed_in(town, "/intake/leads", body, **key) for _ in range(2)))
    await asyncio.sleep(town.chance.random() * 3)
    heard.append(await handed_in(town, "/intake/leads", body, **key))
    for told in heard:
        town.ledger.heard(body["email"], told)
    if len({json.dumps(told) for told in heard if told}) > 1:
        town.ledger.wrong.append(f"one form was answered differently: {heard}")


async def several_in_one_request(town: Town) -> None:
    """Five people at once; each must get their own answer."""
    batch = [person(town) for _ in range(5)]
    town.ledger.sent.update(body["email"] for body in batch)
    town.ledger.counts["forms in batches"] += len(batch)
    key = {"Idempotency-Key": batch[0]["email"]}
    told = await handed_in(town, "/intake/leads", {"leads": batch}, **key)
    for body, result in zip(batch, told.get("results", [{}] * len(batch)), strict=True):
        town.ledger.heard(body["email"], result)


async def website_repeats_itself(town: Town) -> None:
    """Three steps of somebody known, delivered in any order and more than once, as a library sends them or
    as Segment forwards them: whatever our clock shows, none is refused."""
    if not town.ledger.leads:
        return
    email = town.chance.choice(sorted(town.ledger.leads))
    steps: list[dict[str, Any]] = []
    for _ in range(3):
        await asyncio.sleep(0.002)
        at = datetime.now(UTC)
        step = {"type": "track", "event": "pricing_page", "messageId": f"{email}-{at.timestamp():.6f}"}
        step |= {"userId": email, "context": {"traits": {"email": email}}, "timestamp": at.isoformat()}
        steps.append(step)
    town.ledger.counts["website steps"] += len(steps)
    town.chance.shuffle(steps)
    forwarded = town.chance.random() < 0.5
    for step in (*steps, town.chance.choice(steps)):
        body = _forwarded(step) if forwarded else {**step, "sentAt": datetime.now(UTC).isoformat()}
        told = await handed_in(town, "/intake/events", {"batch": [body]})
        if told.get("errors"):
            town.ledger.wrong.append(f"a website step was refused: {told['errors']}")
        elif told.get("success"):
            town.ledger.told.add((email, str(step["messageId"])))


def _forwarded(step: dict[str, Any]) -> dict[str, Any]:
    """As Segment passes it on: with its own times in place of when the website sent it."""
    return {**step, "originalTimestamp": step["timestamp"], "receivedAt": datetime.now(UTC).isoformat()}


async def two_reps_want_one(town: Town) -> None:
    """Two press Claim at one moment, at two replicas where there are two, and Slack says one of it twice."""
    free = sorted(set(town.ledger.leads.values()) - town.ledger.fought - town.ledger.saved)
    if not free:
        return
    number = town.chance.choice(free)
    claims = [_claim(town, rep, number) for rep in ("UANA", "UBEN")]
    claims.append(claims[0])
    statuses = await asyncio.gather(*(_pressed(town, body) for body in claims))
    town.ledger.counts["claims"] += len(claims)
    if statuses.count(200) > 0:
        town.ledger.fought.add(number)


def _claim(town: Town, rep: str, number: int) -> str:
    action = {"type": "button", "action_id": ids.CLAIM, "block_id": "controls", "value": str(number)}
    return urlencode(
        {
            "payload": json.dumps(
                {
                    "type": "block_actions",
                    "team": {"id": "TSANDBOX"},
                    "user": {"id": rep},
                    "api_app_id": "ASANDBOX",
                    "response_url": town.workspace.tickets.address(rep, "CLEADS"),
                    "actions": [action],
                }
            )
        }
    )


async def _pressed(town: Town, body: str) -> int:
    return await _slack_sends(town, body, signed(body))


async def _slack_sends(town: Town, body: str, headers: dict[str, str]) -> int:
    try:
        url = f"{town.anyone().url}/slack/events"
        async with town.http.post(url, data=body, headers=headers) as answer:
            return answer.status
    except LOST:
        return 0


async def home_is_opened_again_and_again(town: Town) -> None:
    """One event, redelivered as Slack does when it heard nothing, and some more."""
    inner = {"type": "app_home_opened", "user": "UANA", "channel": "DANA", "tab": "home"}
    body = json.dumps(event(town.workspace, inner))
    for _ in range(3):
        headers = {**signed(body), "Content-Type": "application/json"}
        town.ledger.counts["Slack events"] += 1
        await _slack_sends(town, body, headers)


async def _rep(town: Town, rep: str, rate: float) -> None:
    """Qualifies one lead after the other, and tries again where it heard nothing."""
    while town.working:
        await town.pause(rate)
        free = sorted(set(town.ledger.leads.values()) - town.ledger.saved)
        if free:
            number = town.chance.choice(free)
            try:
                await _qualify(town, rep, number)
            except SandboxError:
                town.ledger.counts["dialogs that went away"] += 1


async def _qualify(town: Town, rep: str, number: int) -> None:
    for _ in range(TRIES):
        await town.slack.command(rep, f"/lead L-{number} qualify")
        there = await town.slack.view(rep)
        if there is not None and f"L-{number} " in f"{there['title']['text']} ":
            break
        if there is not None:  # still loading, or one that came late when they had gone on to another lead
            town.ledger.counts["dialogs of another moment"] += 1
            await town.slack.close(rep)
        await asyncio.sleep(0.5)
    else:
        town.ledger.counts["dialogs that never opened"] += 1
        return
    for _ in range(TRIES):
        began = time.monotonic()
        answer = await town.slack.submit(rep, {**ANSWERS, "Hand to": "ben"})
        town.ledger.counts["saves"] += 1
        if answer["status"] == 200 and await town.slack.view(rep) is None:
            town.ledger.saved.add(number)
            town.ledger.waits.append((time.monotonic(), "save", time.monotonic() - began))
            return
        await asyncio.sleep(0.5)
    await town.slack.close(rep)
