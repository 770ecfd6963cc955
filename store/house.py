"""What a workspace set up: settings, the definition in force, its people, and where its cards stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from qualification.definition import Definition, parse_definition
from store.hot import hot
from store.tables.house import cards, definitions, people, settings
from store.tables.workspaces import workspaces

if TYPE_CHECKING:
    from store.work import Work

_parsed: dict[str, Definition] = {}
"""Definitions by version and text: parsing takes milliseconds and versions never change."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack."""

    user: str
    handle: str
    name: str
    email: str
    zone: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One message of ours about a lead."""

    id: int
    lead: int
    kind: str
    channel: str
    ts: str
    drawn: str
    at: datetime


class House:
    """Settings, definitions and people, within one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def settings(self) -> dict[str, Any]:
        """Everything asked at first run or set since, by name."""
        query = select(settings.c.name, settings.c.value).where(settings.c.workspace == self._work.workspace)
        return {row.name: row.value for row in await self._work.execute(query)}

    async def set(self, values: Mapping[str, Any]) -> None:
        """Keep settings; a name set to None is forgotten."""
        for name, value in values.items():
            if value is None:
                gone = delete(settings).where(
                    settings.c.workspace == self._work.workspace, settings.c.name == name
                )
                await self._work.execute(gone)
                continue
            insert = self._work.insert(settings).values(
                workspace=self._work.workspace, name=name, value=value
            )
            await self._work.execute(
                insert.on_conflict_do_update(
                    index_elements=[settings.c.workspace, settings.c.name],
                    set_={"value": insert.excluded.value},
                )
            )

    async def set_first(self, name: str, value: Any) -> Any:
        """Keep a setting unless it is set already; returns the one that is kept."""
        row = {"workspace": self._work.workspace, "name": name, "value": value}
        await self._work.execute(self._work.insert(settings).values(row).on_conflict_do_nothing())
        return (await self.settings())[name]

    async def definition(self) -> Definition:
        """The definition in force.

        Raises:
            LookupError: none was seeded; `serve`, `migrate` and `demo` do it.
        """
        query = (
            select(definitions.c.version, definitions.c.text)
            .where(definitions.c.workspace == self._work.workspace, definitions.c.in_force)
            .order_by(definitions.c.version.desc())
            .limit(1)
        )
        row = (await self._work.execute(query)).one_or_none()
        if row is None:
            raise LookupError("This workspace has no definition yet. Run: python -m bot migrate")
        return parsed(row.text, row.version)

    async def definition_version(self, version: int) -> Definition | None:
        """One version, in force or not."""
        query = select(definitions.c.text).where(
            definitions.c.workspace == self._work.workspace, definitions.c.version == version
        )
        text = (await self._work.execute(query)).scalar_one_or_none()
        return parsed(text, version) if text else None

    async def definition_text(self) -> tuple[int, str, str, datetime] | None:
        """Version, text, author and date of the definition in force."""
        query = (
            select(definitions.c.version, definitions.c.text, definitions.c.author, definitions.c.at)
            .where(definitions.c.workspace == self._work.workspace, definitions.c.in_force)
            .order_by(definitions.c.version.desc())
            .limit(1)
        )
        row = (await self._work.execute(query)).one_or_none()
        return (row.version, row.text, row.author, row.at) if row else None

    async def one_definition_at_a_time(self) -> None:
        """Let one transaction at a time decide about the definition: two must not both be the next version.

        Take this before any lock on a proposal, or two that approve different ones wait for each other.
        """
        if not self._work.is_sqlite:
            # No lock on a row: whoever inserts anything shares the workspace's.
            key = func.hashtextextended("definition:" + self._work.workspace, 0)
            await self._work.execute(select(func.pg_advisory_xact_lock(key)))

    async def put_in_force(
        self,
        text: str,
        author: str,
        now: datetime,
        *,
        approved: Mapping[str, Any] | None = None,
        origin: str | None = None,
    ) -> int:
        """Add the next version of the definition and let it rule from now on.

        Args:
            approved: Role → who and when.
            origin: "proposal 3", "rollback to 1" or "shell".
        """
        await self.one_definition_at_a_time()
        mine = definitions.c.workspace == self._work.workspace
        latest = select(definitions.c.version).where(mine).order_by(definitions.c.version.desc()).limit(1)
        version = ((await self._work.execute(latest)).scalar_one_or_none() or 0) + 1
        await self._work.execute(update(definitions).where(mine).values(in_force=False))
        row = {"version": version, "text": text, "author": author, "at": now, "in_force": True}
        row |= {"workspace": self._work.workspace, "approved": approved, "origin": origin}
        await self._work.execute(definitions.insert(), row)
        return version

    async def seed_definition(self, text: str, author: str, now: datetime) -> None:
        """The first version, unless there is one; another replica may start at this moment too."""
        row = {"version": 1, "text": text, "author": author, "at": now, "in_force": True}
        insert = self._work.insert(definitions).values({**row, "workspace": self._work.workspace})
        await self._work.execute(insert.on_conflict_do_nothing())

    async def name_team(self, team: str) -> None:
        """Slack told us which workspace this is."""
        here = workspaces.c.id == self._work.workspace
        await self._work.execute(
            update(workspaces).where(here, workspaces.c.team_id.is_(None)).values(team_id=team)
        )

    async def team(self) -> str | None:
        """Slack's id of this workspace, once it was told."""
        query = select(workspaces.c.team_id).where(workspaces.c.id == self._work.workspace)
        return (await self._work.execute(query)).scalar_one_or_none()

    async def remember(self, found: Sequence[Person], now: datetime) -> None:
        """Keep who is in the workspace, so that a click never waits for Slack to tell us.

        Only who is new or changed is written: everybody else waits while we do.
        """
        rows = await self._work.execute(select(people).where(people.c.workspace == self._work.workspace))
        known = {row.user: _person(row) for row in rows}
        told = {person.user: person for person in found}
        changed = [
            {**asdict(person), "workspace": self._work.workspace, "seen_at": now}
            for _, person in sorted(told.items())
            if known.get(person.user) != person
        ]
        if changed:
            insert = self._work.insert(people)
            newer = {name: insert.excluded[name] for name in changed[0] if name not in ("workspace", "user")}
            keys = [people.c.workspace, people.c.user]
            await self._work.execute(insert.on_conflict_do_update(index_elements=keys, set_=newer), changed)

    async def people(self, limit: int = 50_000) -> list[Person]:
        """Everybody we know of by name, those who left last: history still names them."""
        query = (
            select(people)
            .where(people.c.workspace == self._work.workspace)
            .order_by(people.c.active.desc(), people.c.name, people.c.user)
            .limit(limit)
        )
        return [_person(row) for row in await self._work.execute(query)]

    async def person(self, user: str) -> Person | None:
        """One of them."""
        query = select(people).where(people.c.workspace == self._work.workspace, people.c.user == user)
        row = (await self._work.execute(query)).one_or_none()
        return _person(row) if row else None


class Cards:
    """Where our messages about leads stand in Slack."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def current(self, lead: int, kind: str) -> Card | None:
        """The message of this kind that shows the lead now."""
        wanted = {"here": self._work.workspace, "its_lead": lead, "its_kind": kind}
        row = (await self._work.execute(_CURRENT, wanted)).one_or_none()
        return _card(row) if row else None

    async def lead_at(self, channel: str, *timestamps: str) -> int | None:
        """The lead that a message of ours is about: its own timestamp, or that of the thread it stands in."""
        query = (
            select(cards.c.lead)
            .where(
                cards.c.workspace == self._work.workspace,
                cards.c.channel == channel,
                cards.c.ts.in_(timestamps),
            )
            .order_by(cards.c.id.desc())
            .limit(1)
        )
        return (await self._work.execute(query)).scalar_one_or_none()

    async def posted(self, lead: int, kind: str, channel: str, ts: str, drawn: str, now: datetime) -> None:
        """A new message stands; an older one of its kind is no longer the current one."""
        mine = (cards.c.workspace == self._work.workspace, cards.c.lead == lead, cards.c.kind == kind)
        if kind != "dm":
            await self._work.execute(update(cards).where(*mine).values(current=False))
        row = {
            "lead": lead,
            "kind": kind,
            "channel": channel,
            "ts": ts,
            "drawn": drawn,
            "current": True,
            "at": now,
        }
        await self._work.execute(cards.insert(), {**row, "workspace": self._work.workspace})

    async def drawn(self, card: int, drawn: str) -> None:
        """Remember what a message shows."""
        await self._work.execute(update(cards).where(cards.c.id == card).values(drawn=drawn))

    async def gone(self, card: int) -> None:
        """Somebody deleted the message in Slack."""
        await self._work.execute(update(cards).where(cards.c.id == card).values(current=False))

    async def showing(self, kind: str, after: int = 0, limit: int = 200) -> list[Card]:
        """Current messages of a kind, a page at a time, oldest first; "same:" are all that begin so."""
        query = select(cards).where(
            cards.c.workspace == self._work.workspace,
            cards.c.kind.startswith(kind) if kind.endswith(":") else cards.c.kind == kind,
            cards.c.current,
            cards.c.id > after,
        )
        return [_card(row) for row in await self._work.execute(query.order_by(cards.c.id).limit(limit))]


_CURRENT = hot(
    select(cards)
    .where(
        cards.c.workspace == bindparam("here"),
        cards.c.lead == bindparam("its_lead"),
        cards.c.kind == bindparam("its_kind"),
        cards.c.current,
    )
    .order_by(cards.c.id.desc())
    .limit(1)
)


def parsed(text: str, version: int) -> Definition:
    """A definition read once and kept."""
    key = f"{version}\n{text}"
    if key not in _parsed:
        _parsed[key] = parse_definition(text, version, agreed=True)
    return _parsed[key]


def _person(row: Any) -> Person:
    return Person(row.user, row.handle, row.name, row.email, row.zone, row.active)


def _card(row: Any) -> Card:
    return Card(row.id, row.lead, row.kind, row.channel, row.ts, row.drawn, row.at)
