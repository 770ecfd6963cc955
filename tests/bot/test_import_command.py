"""`import` in a terminal: what it understood, what it would do, the question, the outcome."""

from __future__ import annotations

import asyncio
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli.import_command import DONE, FAILED, MISUSED, ImportOptions, import_file
from bot.settings import Settings
from store.lock import hold_database
from store.store import Store

DEFINITION = Path(__file__).parents[2] / "qualification" / "definition.yml"
HEADER = "Email,First Name,Action,Colour,Consent basis\n"
PEOPLE = HEADER + "ada@acme.example,Ada,demo_request,blue,fair\nbo@bolt.example,Bo,demo_request,=1+1,\n"


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    """Settings of a database with rules."""

    async def seed() -> None:
        store = Store(sqlite_url)
        async with store.begin(await store.workspace()) as work:
            text = DEFINITION.read_text(encoding="utf-8")
            await work.house.put_in_force(text, "seed", datetime.now(UTC))
        await store.close()

    asyncio.run(seed())
    return Settings(_env_file=None, database_url=sqlite_url)


def queue_length(settings: Settings) -> int:
    async def count() -> int:
        store = Store(settings.database_url)
        async with store.read(await store.workspace()) as work:
            length = await work.lists.queue_length(datetime.now(UTC))
        await store.close()
        return length

    return asyncio.run(count())


def run(file: Path, settings: Settings, answer: str = "", **options: object) -> tuple[int, str]:
    """The exit code and what was printed, with `answer` typed."""
    screen, keyboard = io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(answer)
    try:
        console = Console(file=screen, width=200)
        code = import_file(file, ImportOptions(**options), settings, console)  # type: ignore[arg-type]
    finally:
        sys.stdin = keyboard
    return code, screen.getvalue()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of two people, one without a word on permission."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    return file


def test_the_plan_comes_first_and_no_means_no(settings: Settings, people: Path) -> None:
    for answer in ("n\n", "\n", ""):
        code, said = run(people, settings, answer)
        assert code == FAILED
        assert "2 rows: 1 would be created, 0 would be merged, 0 duplicates, 1 refused" in said
        assert "Colour" in said
        assert "kept as an extra fact" in said
        assert "(row 3)" in said
        assert "Nothing was imported" in said
    assert queue_length(settings) == 0


def test_yes_imports_and_the_refused_rows_come_back_in_a_file(
    settings: Settings, people: Path, tmp_path: Path
) -> None:
    refused = tmp_path / "refused.csv"
    code, said = run(people, settings, "y\n", refused=refused)
    assert code == DONE
    assert "1 created" in said
    assert queue_length(settings) == 1
    rows = refused.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "bo@bolt.example,Bo,demo_request,'=1+1,," in rows[1]

    code, said = run(refused, settings, yes=True, consent_basis="asked by phone")
    assert (code, queue_length(settings)) == (DONE, 2)
    code, said = run(people, settings, yes=True, consent_basis="asked by phone")
    assert "0 created, 0 merged, 2 duplicates" in said


def test_beside_a_serving_bot_it_works_too(settings: Settings, people: Path) -> None:
    with hold_database(settings.database_url):
        code, _ = run(people, settings, yes=True)
    assert (code, queue_length(settings)) == (DONE, 1)


def test_spend_is_recognised_and_asked_for_too(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text("source,from,to,amount\nads,2026-03-01,2026-03-31,900\n", encoding="utf-8")
    code, said = run(file, settings, "y\n")
    assert code == DONE
    assert "1 rows: 1 would be added" in said
    assert "900.00 EUR" in said


def test_what_can_t_be_understood_is_said(settings: Settings, people: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "absent.csv", settings)[0] == FAILED
    assert run(people, settings, action="dance")[0] == MISUSED
    assert run(people, settings, refused=people)[0] == MISUSED
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n", encoding="utf-8")
    code, said = run(odd, settings)
    assert code == FAILED
    assert "No column of odd.csv is an e-mail address" in said
    nowhere = Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    code, said = run(people, nowhere)
    assert code == FAILED
    assert "database" in said
