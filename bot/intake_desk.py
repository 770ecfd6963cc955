"""The intake edge wired to the house: keys, group commit, idempotency, quarantine, spend."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from bot.collector import Collector
from bot.collector import Overloaded as Full
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.flows.office import Office
from handlers.flows.receive import Verdict, take_in
from handlers.http.desk import CONFLICT, Answer, Conflict, Desk, Overloaded, SpendRow, StoreDown
from handlers.http.keys import matches
from qualification.arrival import NewLead
from qualification.definition import Definition
from store.intake import SpendRow as KeptSpend
from store.store import DatabaseAway

REPEATS = timedelta(hours=24)


def intake_desk(
    office: Office, where: str, settings: Settings, stack: AsyncExitStack, metrics: Metrics
) -> Desk:
    """The desk behind `/intake/*`. What was accepted is finished when `stack` closes."""
    key = settings.greenlight_intake_key

    async def commit(arriving: Sequence[NewLead]) -> Sequence[Verdict]:
        verdicts = await take_in(office, where, arriving)
        metrics.judged(verdicts)
        return verdicts

    collector: Collector[NewLead, Verdict] = Collector(commit, concerns_all=(DatabaseAway,))
    stack.push_async_callback(collector.drain)

    async def keys(presented: str) -> str | None:
        return where if key and matches(presented, key) else None

    async def secrets() -> Sequence[tuple[str, str]]:
        return [(key, where)] if key else []

    async def submit(_workspace: str, arriving: Sequence[NewLead]) -> Sequence[Verdict | Exception]:
        try:
            answers = await collector.put_many(arriving)
        except Full as full:
            raise Overloaded from full
        for answer in answers:
            if isinstance(answer, DatabaseAway):
                raise StoreDown from answer
        return answers

    async def recall(workspace: str, key_hash: str, body_hash: str) -> Answer | Conflict | None:
        async with office.store.read(workspace) as work:
            known = await work.intake.answer(key_hash, office.clock() - REPEATS)
        if known is None:
            return None
        body, answer = known
        return Answer(answer["status"], answer["body"]) if body == body_hash else CONFLICT

    async def keep(workspace: str, key_hash: str, body_hash: str, answer: Answer) -> None:
        async with office.store.begin(workspace) as work:
            kept = {"status": answer.status, "body": answer.body}
            now = office.clock()
            await work.intake.keep_answer(key_hash, body_hash, kept, now, now - REPEATS)

    async def quarantine(workspace: str, source: str, raw: bytes, error: str) -> None:
        async with office.store.begin(workspace) as work:
            await work.intake.quarantined(source, raw, error, office.clock())

    async def spend(workspace: str, rows: Sequence[SpendRow]) -> int:
        kept = [
            KeptSpend(row.source, row.campaign or "", row.start, row.end, row.amount_minor, row.currency)
            for row in rows
        ]
        async with office.store.begin(workspace) as work:
            return await work.intake.save_spend(kept, "intake", office.clock())

    async def definition(workspace: str) -> Definition:
        return (await office.rules(workspace)).definition

    setup = settings.setup
    return Desk(
        keys=keys,
        secrets=secrets,
        submit=submit,
        recall=recall,
        keep=keep,
        quarantine=quarantine,
        spend=spend,
        definition=definition,
        country=setup.country,
        currency=setup.currency,
        zone=setup.zone,
        clock=office.clock,
    )
