"""The intake edge wired to the house: keys, group commit, idempotency, quarantine, spend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.joining import Joining, Said
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.flows import repeats
from handlers.flows.asked import hear_asked, take_in_asked
from handlers.flows.keyring import ALL
from handlers.flows.office import Office
from handlers.flows.receive import Verdict
from handlers.flows.repeats import Answer, Asked, Conflict, Name, Once, answer_each
from handlers.http.desk import Aside, Desk, StoreDown
from handlers.http.keys import matches
from qualification.arrival import NewLead
from qualification.definition import Definition
from qualification.signal import Signal
from store.intake import SpendRow
from store.signs import DatabaseAway
from store.trace import trace
from store.work import Work


def intake_desk(
    office: Office,
    where: str,
    settings: Settings,
    stack: AsyncExitStack,
    metrics: Metrics,
    people_first: Callable[[float], Awaitable[None]],
) -> Desk:
    """The desk behind `/intake/*`. What was accepted is finished when `stack` closes.

    Args:
        people_first: Leaves a gap between two transactions where people are at work.
    """

    async def commit(asked: Sequence[Asked[NewLead, Verdict]]) -> Sequence[Said[Verdict]]:
        said, verdicts = await take_in_asked(office, where, asked)
        metrics.judged(verdicts)
        return said

    leads = Joining(commit, people_first)
    stack.push_async_callback(leads.drain)
    keys, keeping = _Keys(settings.greenlight_intake_key, office, where), _Keeping(office)
    setup = settings.setup
    return Desk(
        keys=keys.known,
        secrets=keys.secrets,
        signed_with=keys.signed_with,
        submit=lambda _where, arriving: leads.each(arriving, trace.get()),
        submit_once=lambda _where, arriving, once: leads.once(arriving, trace.get(), once),
        recall=keeping.recall,
        keep=keeping.keep,
        quarantine=keeping.quarantine,
        spend=keeping.spend,
        spend_once=keeping.spend_once,
        definition=keeping.definition,
        country=setup.country,
        currency=setup.currency,
        zone=setup.zone,
        clock=office.clock,
    )


class EventEar:
    """What hears `/intake/events`; arguments as for `intake_desk`."""

    def __init__(
        self,
        office: Office,
        where: str,
        stack: AsyncExitStack,
        people_first: Callable[[float], Awaitable[None]],
    ) -> None:
        # Every intake key belongs to the one workspace this process serves, so a commit has one workspace.
        self._joining: Joining[Signal, str] = Joining(
            lambda asked: hear_asked(office, where, asked), people_first
        )
        stack.push_async_callback(self._joining.drain)

    async def hear(self, _workspace: str, signals: Sequence[Signal]) -> Sequence[str | Exception]:
        """A word for each."""
        return await self._joining.each(signals, trace.get())

    async def hear_once(
        self, _workspace: str, signals: Sequence[Signal], once: Once[str]
    ) -> Answer | Conflict:
        """The answer for all of them, saved with them."""
        return await self._joining.once(signals, trace.get(), once)


@dataclass(frozen=True, slots=True)
class _Keys:
    """The environment's key, which opens everything, and those made in Slack; all of one workspace."""

    key: str
    office: Office
    where: str

    async def known(self, presented: str, opens: str) -> str | None:
        # First what needs no database.
        if self.key and matches(presented, self.key):
            return self.where
        with _away_is_down():
            found = await self.office.keyring.find(self.where, presented)
        if found is None or found.opens not in (opens, ALL):
            return None
        await self.office.keyring.note_use(self.where, found)
        return self.where

    async def secrets(self, opens: str) -> Sequence[tuple[str | bytes, str]]:
        with _away_is_down():
            made = await self.office.keyring.keys(self.where)
        able = [key for key in made if key.signs and key.opens in (opens, ALL)]
        found: list[tuple[str | bytes, str]] = [(bytes.fromhex(key.hash), self.where) for key in able]
        return [(self.key, self.where), *found] if self.key else found

    async def signed_with(self, secret: str | bytes) -> None:
        with _away_is_down():
            for key in await self.office.keyring.keys(self.where):
                if isinstance(secret, bytes) and key.hash == secret.hex():
                    await self.office.keyring.note_use(self.where, key)


@contextmanager
def _away_is_down() -> Iterator[None]:
    try:
        yield
    except DatabaseAway as away:
        raise StoreDown from away


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What the edge keeps and looks up besides leads, each in a transaction of its own."""

    office: Office

    @asynccontextmanager
    async def _writing(self, workspace: str) -> AsyncIterator[Work]:
        with _away_is_down():
            async with self.office.store.begin(workspace, alone=True) as work:
                yield work

    async def recall(self, workspace: str, name: Name) -> Answer | Conflict | None:
        with _away_is_down():
            async with self.office.store.read(workspace) as work:
                return await repeats.recall(work, name, self.office.clock())

    async def keep(
        self, workspace: str, name: Name, answer: Answer, aside: Sequence[Aside]
    ) -> Answer | Conflict:
        async with self._writing(workspace) as work:
            now = self.office.clock()
            before = await repeats.keep(work, name, answer, now)
            if before is not None:
                return before
            for one in aside:
                await work.intake.quarantined(one.source, one.raw, one.why, now)
        return answer

    async def quarantine(self, workspace: str, aside: Aside) -> None:
        async with self._writing(workspace) as work:
            await work.intake.quarantined(aside.source, aside.raw, aside.why, self.office.clock())

    async def spend(self, workspace: str, rows: Sequence[SpendRow]) -> int:
        async with self._writing(workspace) as work:
            return await work.intake.save_spend(rows, "intake", self.office.clock())

    async def spend_once(
        self, workspace: str, rows: Sequence[SpendRow], once: Once[SpendRow]
    ) -> Answer | Conflict:
        now = self.office.clock()
        async with self._writing(workspace) as work:

            async def save(given: Sequence[SpendRow], _requests: Sequence[str]) -> Sequence[SpendRow]:
                await work.intake.save_spend(given, "intake", now)
                return given

            [said] = await answer_each(work, "spend", [Asked(rows, trace.get(), once)], save, now)
        assert isinstance(said, Answer | Conflict)
        return said

    async def definition(self, workspace: str) -> Definition:
        with _away_is_down():
            return (await self.office.rules(workspace)).definition
