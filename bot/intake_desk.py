"""The intake edge wired to the house: keys, group commit, idempotency, quarantine, spend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.collector import Collector
from bot.collector import Overloaded as Full
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.flows.behaviour import hear_all
from handlers.flows.keyring import ALL
from handlers.flows.office import Office
from handlers.flows.receive import Verdict, take_in
from handlers.http.desk import CONFLICT, Answer, Conflict, Desk, Overloaded, StoreDown
from handlers.http.events import Hear
from handlers.http.keys import matches
from qualification.arrival import NewLead
from qualification.definition import Definition
from qualification.signal import Signal
from store.intake import SpendRow
from store.signs import DatabaseAway
from store.trace import trace

REPEATS = timedelta(hours=24)


def intake_desk(
    office: Office, where: str, settings: Settings, stack: AsyncExitStack, metrics: Metrics
) -> Desk:
    """The desk behind `/intake/*`. What was accepted is finished when `stack` closes."""

    async def commit(arriving: Sequence[tuple[NewLead, str]]) -> Sequence[Verdict]:
        leads, traces = zip(*arriving, strict=True)
        verdicts = await take_in(office, where, leads, traces)
        metrics.judged(verdicts)
        return verdicts

    collector: Collector[tuple[NewLead, str], Verdict] = Collector(commit, concerns_all=(DatabaseAway,))
    stack.push_async_callback(collector.drain)
    keys, keeping = _Keys(settings.greenlight_intake_key, office, where), _Keeping(office)
    setup = settings.setup
    return Desk(
        keys=keys.known,
        secrets=keys.secrets,
        submit=_Submitting(collector).submit,
        recall=keeping.recall,
        keep=keeping.keep,
        quarantine=keeping.quarantine,
        spend=keeping.spend,
        definition=keeping.definition,
        country=setup.country,
        currency=setup.currency,
        zone=setup.zone,
        clock=office.clock,
    )


def event_ear(office: Office, stack: AsyncExitStack) -> Hear:
    """What hears `/intake/events`. What was accepted is finished when `stack` closes."""

    async def commit(arriving: Sequence[tuple[str, Signal]]) -> Sequence[str]:
        return await hear_all(office, arriving[0][0], [signal for _, signal in arriving])

    # Every intake key belongs to the one workspace this process serves, so a commit has one workspace.
    collector: Collector[tuple[str, Signal], str] = Collector(commit, concerns_all=(DatabaseAway,))
    stack.push_async_callback(collector.drain)

    async def hear(workspace: str, signals: Sequence[Signal]) -> Sequence[str | Exception]:
        try:
            answers = await collector.put_many([(workspace, signal) for signal in signals])
        except Full as full:
            raise Overloaded from full
        for answer in answers:
            if isinstance(answer, DatabaseAway):
                raise StoreDown from answer
        return answers

    return hear


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
        return self.where if found and found.opens in (opens, ALL) else None

    async def secrets(self, opens: str) -> Sequence[tuple[str | bytes, str]]:
        with _away_is_down():
            made = await self.office.keyring.keys(self.where)
        able = [key for key in made if key.signs and key.opens in (opens, ALL)]
        found: list[tuple[str | bytes, str]] = [(bytes.fromhex(key.hash), self.where) for key in able]
        return [(self.key, self.where), *found] if self.key else found


@contextmanager
def _away_is_down() -> Iterator[None]:
    try:
        yield
    except DatabaseAway as away:
        raise StoreDown from away


@dataclass(frozen=True, slots=True)
class _Submitting:
    """Leads by group commit; what concerns all of them is raised, not told one by one."""

    collector: Collector[tuple[NewLead, str], Verdict]

    async def submit(self, _workspace: str, arriving: Sequence[NewLead]) -> Sequence[Verdict | Exception]:
        try:
            name = trace.get()
            answers = await self.collector.put_many([(new, name) for new in arriving])
        except Full as full:
            raise Overloaded from full
        for answer in answers:
            if isinstance(answer, DatabaseAway):
                raise StoreDown from answer
        return answers


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What the edge keeps and looks up besides leads, each in a transaction of its own."""

    office: Office

    async def recall(self, workspace: str, key_hash: str, body_hash: str) -> Answer | Conflict | None:
        async with self.office.store.read(workspace) as work:
            known = await work.intake.answer(key_hash, self.office.clock() - REPEATS)
        if known is None:
            return None
        body, answer = known
        return Answer(answer["status"], answer["body"]) if body == body_hash else CONFLICT

    async def keep(self, workspace: str, key_hash: str, body_hash: str, answer: Answer) -> None:
        async with self.office.store.begin(workspace) as work:
            kept = {"status": answer.status, "body": answer.body}
            now = self.office.clock()
            await work.intake.keep_answer(key_hash, body_hash, kept, now, now - REPEATS)

    async def quarantine(self, workspace: str, source: str, raw: bytes, error: str) -> None:
        async with self.office.store.begin(workspace) as work:
            await work.intake.quarantined(source, raw, error, self.office.clock())

    async def spend(self, workspace: str, rows: Sequence[SpendRow]) -> int:
        async with self.office.store.begin(workspace) as work:
            return await work.intake.save_spend(rows, "intake", self.office.clock())

    async def definition(self, workspace: str) -> Definition:
        return (await self.office.rules(workspace)).definition
