"""Who can read where, as Slack said: kept for every message we draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.flows.office import PLACES, Office


@dataclass(frozen=True, slots=True)
class Places:
    """Channels that outsiders can read, people who are guests, and our channels' ids by name."""

    outside: tuple[str, ...]
    guests: tuple[str, ...]
    names: Mapping[str, str]


async def keep_places(office: Office, where: str, places: Places) -> None:
    """Keep what was found; where other channels have outsiders now, what stands in them is drawn anew."""
    found = {"outside": list(places.outside), "guests": list(places.guests), "names": dict(places.names)}
    async with office.store.read(where) as work:
        known = (await work.house.settings()).get(PLACES) or {}
    if known == found:
        return
    async with office.store.begin(where) as work:
        await work.house.set({PLACES: found})
        if set(known.get("outside", [])) != set(places.outside):
            await work.outbox.put_once("privacy.redraw", "privacy.redraw")
    office.forget_rules()
