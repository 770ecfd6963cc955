"""Looking for a person in everything that is kept: bytes of a file, rows of a server, messages in Slack."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import String, cast, select, text

from store.store import Store
from store.tables.base import metadata
from tests.house import House

WORDS = ("ada@acme.example", "lovelace", "901820", "90 18 20")
"""Her address, her name, her number in two ways of writing it."""


async def in_rows(store: Store, words: tuple[str, ...] = WORDS) -> set[str]:
    """Table, column and word of every row that holds one of them."""
    found = set()
    async with store.reading() as connection:
        for table in metadata.sorted_tables:
            for column in table.c:
                rows = (await connection.execute(select(cast(column, String)))).scalars().all()
                if str(column.type) == "BLOB":
                    query = select(text("hex(body)") if store.is_sqlite else text("encode(body, 'escape')"))
                    rows = (await connection.execute(query.select_from(table))).scalars().all()
                    rows = [bytes.fromhex(r).decode() for r in rows] if store.is_sqlite else rows
                for word in words:
                    if any(word in str(value).lower() for value in rows):
                        found.add(f"{table.name}.{column.name}: {word}")
    return found


def in_file(url: str, words: tuple[str, ...] = WORDS) -> set[str]:
    """Words whose bytes stand in SQLite's file or in one of the files beside it."""
    file = Path(url.partition("///")[2])
    found = set()
    for part in file.parent.glob(f"{file.name}*"):
        held = part.read_bytes().lower()
        found |= {f"{part.name}: {word}" for word in words if word.encode() in held}
    return found


async def in_slack(h: House, words: tuple[str, ...] = WORDS) -> list[str]:
    """Messages of the app's that hold one of them, in channels, threads and direct messages; and Homes."""
    found = []
    for messages in h.workspace.messages.values():
        for one in messages:
            if one.bot and not one.ephemeral_for and not one.deleted:
                held = f"{one.text} {one.blocks}".lower()
                found += [f"{one.channel} {one.text}: {word}" for word in words if word in held]
    for who in ("ana", "ben", "maya", "adam"):
        home = str(await h.slack.home(who)).lower()
        found += [f"home of {who}: {word}" for word in words if word in home]
    return found
