"""A workspace with rules and people, and files to import into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.office import Office, Setup
from store.house import Person
from store.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DEFINITION = Path(__file__).parents[2] / "qualification" / "definition.yml"

WriteFile = Callable[[str], Path]


@pytest.fixture
async def office(store: Store, here: str) -> Office:
    """An office with version 1 of the definition and two reps, at NOW."""
    async with store.begin(here) as work:
        await work.house.put_in_force(DEFINITION.read_text(encoding="utf-8"), "seed", NOW)
        people = [
            Person("UANA", "ana", "Ana Silva", "ana@ours.example", "Europe/Berlin"),
            Person("UBEN", "ben", "Ben Okafor", "ben@ours.example", "Europe/Berlin"),
        ]
        await work.house.remember(people, NOW)
    return Office(store, Setup(zone=ZoneInfo("Europe/Berlin")), lambda: NOW)


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Write a CSV file, last changed on 20 November."""

    def write(text: str) -> Path:
        file = tmp_path / "file.csv"
        file.write_text(text, encoding="utf-8")
        changed = datetime(2026, 11, 20, 9, 0, tzinfo=UTC).timestamp()
        os.utime(file, (changed, changed))
        return file

    return write
