"""What a database says of itself when its data goes to another one, and what keeps it still meanwhile.

The note stands in a table of its own that only a move makes, at both ends, so that whoever opens either of
them is told. On SQLite triggers refuse every change as well: that stops programs that were running already.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Column, MetaData, String, Table, inspect, select, text

from store.database import Connection
from store.signs import HAS_MOVED
from store.tables import metadata
from store.tables.base import Json, insert

MOVING, MOVED, FILLING, CHECKED = "moving", "moved", "filling", "checked"
ITSELF = "move"
"""The name under which the note stands; the other rows say how far each table has come."""

notes = Table(
    "greenlight_move",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("value", Json, nullable=False),
)


class DatabaseMoved(LookupError):
    """Nothing may be done with this database: it went to another address, or is on its way from one."""


@dataclass(frozen=True, slots=True)
class Note:
    """One move, as both of its ends remember it.

    Attributes:
        id: the same at both ends.
        state: at the source "moving", then "moved"; at the target "filling", then "checked".
        to: the target's address without its password.
        at: when it reached this state, for people to read.
    """

    id: str
    state: str
    to: str
    at: str

    def __str__(self) -> str:
        if self.state == MOVED:
            return (
                f"This database moved to {self.to} on {self.at}: set DATABASE_URL to that one. To use this "
                "one again: python -m bot move --stay (what was saved over there since stays there)."
            )
        if self.state == MOVING:
            return (
                f"This database is being moved to {self.to}. Finish that with: python -m bot move {self.to} "
                "or give it up and stay here with: python -m bot move --stay"
            )
        return (
            "This database is being filled by `python -m bot move`. Wait until that is done; if it was "
            "broken off, run it again."
        )


async def must_stand(connection: Connection) -> None:
    """Let pass a database that no move has touched, or that a move has filled to the end.

    Raises:
        DatabaseMoved: it has moved, or is on its way. The message says what to do.
    """
    if (note := await read_note(connection)) is not None:
        raise DatabaseMoved(str(note))


async def read_note(connection: Connection) -> Note | None:
    """What the database says of a move, if anything."""
    kept = (await read_notes(connection)).get(ITSELF)
    return Note(**kept) if kept else None


async def read_notes(connection: Connection) -> dict[str, dict[str, str]]:
    """The note and how far each table has come, by name; empty where there was no move."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(notes.name)):
        return {}
    return {row.name: row.value for row in await connection.execute(select(notes))}


async def write_note(connection: Connection, note: Note) -> None:
    """Say this of the move from now on."""
    await connection.run_sync(lambda sync: notes.create(sync, checkfirst=True))
    await keep(connection, ITSELF, asdict(note))


async def keep(connection: Connection, name: str, value: object) -> None:
    """Remember one thing about the move; the table is there."""
    add = insert(notes, is_sqlite=connection.dialect.name == "sqlite").values(name=name, value=value)
    again = add.on_conflict_do_update(index_elements=["name"], set_={"value": add.excluded.value})
    await connection.execute(again)


async def forget_note(connection: Connection) -> None:
    """The move is over for this database, one way or the other."""
    await connection.run_sync(lambda sync: notes.drop(sync, checkfirst=True))


async def hold_still(connection: Connection) -> None:
    """Refuse every change to this SQLite file's tables, by whatever program, until `let_go`."""
    for name, table, change in _triggers():
        await connection.execute(
            text(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{HAS_MOVED}'); END"
            )
        )


async def let_go(connection: Connection) -> None:
    """Changes are welcome again."""
    for name, _, _ in _triggers():
        await connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))


def _triggers() -> list[tuple[str, str, str]]:
    changes = ("INSERT", "UPDATE", "DELETE")
    return [
        (f"moved_{table}_{change.lower()}", table, change) for table in metadata.tables for change in changes
    ]
