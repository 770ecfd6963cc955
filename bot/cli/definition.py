"""`definition`: show, test and apply."""

from __future__ import annotations

from pathlib import Path

from bot.cli.desk import agreed, opened, shell_user
from bot.clock import utc_now
from qualification.definition import parse_definition


async def show() -> int:
    """The text in force, as YAML, under a line that says which version it is."""
    async with opened() as (_, office, where), office.store.read(where) as work:
        current = await work.house.definition_text()
    if current is None:
        raise LookupError("This workspace has no definition yet. Run: python -m bot migrate")
    version, text, author, at = current
    print(f"# version {version}, by {author}, {at:%Y-%m-%d %H:%M} UTC\n{text}")
    return 0


async def test(file: str) -> int:
    """Refuses a definition that contradicts itself, with the reason."""
    _read(file)
    print("This definition could be put in force.")
    return 0


async def apply(file: str, yes: bool) -> int:
    """The next version, recorded as approved by the shell user for both teams."""
    text = _read(file)
    async with opened() as (_, office, where):
        async with office.store.read(where) as work:
            current = await work.house.definition_text()
        if current and current[1] == text:
            print(f"This is version {current[0]} already; nothing to do.")
            return 0
        if not agreed(f"Put {file} in force as version {(current[0] if current else 0) + 1}?", yes):
            return 1
        async with office.store.begin(where) as work:
            version = await work.house.put_in_force(text, shell_user(), utc_now())
    print(f"Version {version} is in force.")
    return 0


def _read(file: str) -> str:
    text = Path(file).read_text(encoding="utf-8")
    parse_definition(text)
    return text
