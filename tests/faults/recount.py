"""What must hold after every fault, counted anew from the rows and from what stands in Slack.

Who was told what is the ledger's; what is saved is read with the drivers; what was posted is the workspace's
own record. Only the two projections (a lead's row, the day-wise counts) are compared by code of ours, for
they are defined by it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from bot.settings import DEFINITION
from handlers.flows.office import Office, Setup
from qualification.definition import parse_definition
from sandbox.messages import Message
from store.store import Store
from tests.faults.rows import data, one, rows
from tests.faults.town import Town
from tests.kpi.recount import counted, recounted
from tests.store.rebuild import wrong_columns

NOT_SAVED = re.compile("nothing was saved|was not saved")
_NUMBER = re.compile(r"\bL-(\d+)\b")


async def violations(town: Town) -> list[str]:
    """Everything that is not as it must be once all is quiet; empty when nothing was broken."""
    found = list(town.ledger.wrong)
    for check in (_leads, _behaviour, _saves, _posts, _webhooks, _jobs, _projections):
        found += [f"{check.__name__.strip('_')}: {said}" async for said in check(town)]
    return found


async def _leads(town: Town) -> AsyncIterator[str]:
    """Who was acknowledged is there once, under the number that was said; who was never sent is not."""
    there: dict[str, set[int]] = defaultdict(set)
    for lead, kept in await rows(town.database_url, "SELECT lead, data FROM facts WHERE kind = 'submission'"):
        if email := data(kept).get("email"):
            there[email].add(lead)
    numbers = {number for (number,) in await rows(town.database_url, "SELECT number FROM leads")}
    for email, number in town.ledger.leads.items():
        if there.get(email) != {number} or number not in numbers:
            yield f"{email} was acknowledged as L-{number} and is {sorted(there.get(email, ()))}"
    for email in there.keys() - town.ledger.sent:
        yield f"{email} is there and was never sent"
    for number in numbers - set().union(*there.values()):
        yield f"L-{number} is there without what was handed in"
    for email, held in there.items():
        if len(held) > 1:
            yield f"{email} is there {len(held)} times: {sorted(held)}"
    asked = await rows(
        town.database_url,
        "SELECT lead, count(*) FROM lead_events WHERE kind = 'activity' AND actor = 'intake' GROUP BY lead",
    )
    for lead, times in asked:
        if times != 1:
            yield f"L-{lead} asked once and is counted {times} times"


async def _behaviour(town: Town) -> AsyncIterator[str]:
    """What a website reported is there once, in whatever order and however often it came.

    Counted by lead, not by moment: by a clock of ours that is set meanwhile it happened at another one.
    """
    query = (
        "SELECT lead, count(*) FROM lead_events WHERE kind = 'activity' AND actor = 'events' GROUP BY lead"
    )
    there = Counter(dict(await rows(town.database_url, query)))
    told = Counter(town.ledger.leads[email] for email, _ in town.ledger.told)
    for lead in {*told, *there}:
        if told[lead] != there[lead]:
            yield f"L-{lead} did {told[lead]} things that were acknowledged, and {there[lead]} are there"


async def _saves(town: Town) -> AsyncIterator[str]:
    """Every entry into SQL has one alert and one direct message, and every answered Save is there: as an
    entry, or as answers that were given before the inquiry by the clock they were saved with."""
    entries: Counter[int] = Counter()
    claims: Counter[int] = Counter()
    asked, answered = dict[int, int](), dict[int, int]()
    query = "SELECT lead, kind, at, actor, data FROM lead_events ORDER BY seq"
    for lead, kind, at, actor, told in await rows(town.database_url, query):
        claims[lead] += kind == "claimed"
        entries[lead] += kind == "stage" and data(told)["to"] == "sql"
        if kind == "activity" and actor == "intake":
            asked[lead] = at
        if kind == "answered":
            answered[lead] = at
    alerts = Counter(_lead_of(message) for message in _of_bot(town, "CALERTS"))
    handed = Counter(_lead_of(message) for message in _of_bot(town, "DBEN") if "handed" in message.text)
    for lead in sorted(town.ledger.saved):
        if lead not in answered:
            yield f"L-{lead} was saved, and none of it is there"
        # An inquiry that came while the clock was fast lies ahead: who saves meanwhile has no points for it.
        elif not entries[lead] and asked[lead] <= answered[lead]:
            yield f"L-{lead} was saved, had asked before, and is no SQL"
    for lead in town.ledger.fought:
        if claims[lead] > 1:
            yield f"L-{lead} was claimed by two at once and has {claims[lead]} claims"
    # Slack's 200 means saved, unless whoever clicked was told that it was not.
    nobody = sorted(lead for lead in town.ledger.fought if not claims[lead])
    refused = [call for call in town.workspace.calls if NOT_SAVED.search(str(call["body"]))]
    if len(nobody) > len(refused):
        yield f"{nobody} were claimed, nobody has them, and {len(refused)} were told so"
    for lead in {*entries, *alerts, *handed}:
        if entries[lead] > 1:
            yield f"L-{lead} entered SQL {entries[lead]} times"
        if not entries[lead] == alerts[lead] == handed[lead]:
            yield (
                f"L-{lead}: {entries[lead]} entries into SQL, {alerts[lead]} alerts, "
                f"{handed[lead]} direct messages"
            )


async def _posts(town: Town) -> AsyncIterator[str]:
    """Nothing was posted twice: neither with one key, nor two cards or two lines that say the same."""
    keys: Counter[str] = Counter()
    lines: Counter[tuple[str, str | None, str]] = Counter()
    cards: Counter[int] = Counter()
    for channel in town.workspace.messages:
        for message in _of_bot(town, channel, threads=True):
            keys[str((message.metadata or {}).get("event_payload", {}).get("key"))] += 1
            if message.is_reply:
                lines[channel, message.thread_ts, message.text] += 1
            elif channel == "CLEADS" and "waiting" not in message.text and (lead := _lead_of(message)):
                cards[lead] += 1
    for key, times in keys.items():
        if times > 1:
            yield f"the key {key} was posted {times} times"
    for (channel, thread, text), times in lines.items():
        if times > 1:
            yield f"{text!r} stands {times} times in {channel} under {thread}"
    for lead, times in cards.items():
        if times > 1:
            yield f"L-{lead} has {times} cards"


async def _webhooks(town: Town) -> AsyncIterator[str]:
    """Each stage change reached the other system, a lead's in their order, a repeated one under its key."""
    keys: dict[tuple[int, int], set[str]] = defaultdict(set)
    latest: dict[int, int] = defaultdict(int)
    for key, lead, place in town.ledger.webhooks:
        if place < latest[lead] and (lead, place) not in keys:
            yield f"L-{lead}: event {place} came after {latest[lead]}"
        latest[lead] = max(latest[lead], place)
        keys[lead, place].add(key)
    for (lead, place), held in keys.items():
        if len(held) > 1:
            yield f"L-{lead}: event {place} came under {len(held)} keys"
    query = "SELECT lead, kind FROM lead_events ORDER BY lead, seq"
    places: Counter[int] = Counter()
    for lead, kind in await rows(town.database_url, query):
        places[lead] += 1
        if kind == "stage" and (lead, places[lead]) not in keys:
            yield f"L-{lead}: event {places[lead]} never reached the other system"


async def _jobs(town: Town) -> AsyncIterator[str]:
    """Nothing is due or half done, nothing was given up, and no lane has anybody waiting."""
    dead = "SELECT topic, error, count(*) FROM jobs WHERE state = 2 GROUP BY topic, error"
    for topic, error, times in await rows(town.database_url, dead):
        yield f"{times} {topic} given up: {error}"
    waiting = f"SELECT topic, lane, count(*) FROM jobs WHERE {BEGUN} GROUP BY topic, lane"
    for topic, lane, times in await rows(town.database_url, waiting):
        yield f"{times} {topic} still wait in {lane}"


BEGUN = "state = 0 AND (lane IS NOT NULL OR token IS NOT NULL OR first_claimed IS NOT NULL)"
"""Open and no timer: what stands in a lane, runs, or was tried before."""


async def _projections(town: Town) -> AsyncIterator[str]:
    """Each lead's row is what its events say, and the day-wise counts are what its leads say."""
    store = Store(town.database_url)
    await store.open()
    try:
        where, zone = await store.workspace(), ZoneInfo("Europe/Berlin")
        definition = parse_definition(DEFINITION.read_text(encoding="utf-8"))
        for (number,) in await rows(town.database_url, "SELECT number FROM leads ORDER BY number"):
            async with store.read(where) as work:
                if wrong := await wrong_columns(work, number, definition, "DE"):
                    yield f"L-{number} has {sorted(wrong)} that its events don't bear out"
        office = Office(store, Setup(zone=zone), store.moment)
        kept, anew = await counted(office, where), await recounted(office, where, zone)
        for place in {*kept, *anew}:
            if kept.get(place) != anew.get(place):
                yield f"{place} is counted as {kept.get(place)} and is {anew.get(place)}"
    finally:
        await store.close()


async def unfinished(town: Town) -> int:
    """How many jobs are still to be done, timers left out."""
    return int(await one(town.database_url, f"SELECT count(*) FROM jobs WHERE {BEGUN}"))


def _of_bot(town: Town, channel: str, *, threads: bool = False) -> list[Message]:
    """What the bot's worker posted and nobody removed; answers to a click are another matter."""
    there = town.workspace.messages.get(channel, [])
    said = [m for m in there if m.bot and not m.ephemeral_for and not m.deleted and m.metadata]
    return [m for m in said if threads or not m.is_reply]


def _lead_of(message: Message) -> int:
    """The lead a message is about; 0 for a digest, which names several or none."""
    numbers = set(_NUMBER.findall(str(message.blocks)))
    return int(numbers.pop()) if len(numbers) == 1 else 0
