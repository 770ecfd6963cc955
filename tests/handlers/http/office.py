"""A small office behind the intake edge: it remembers what was handed in, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import qualification
from handlers.flows.receive import Verdict, external_key
from handlers.flows.repeats import CONFLICT, Answer, Conflict, Name, Once
from handlers.http.desk import Aside, Desk, StoreDown
from handlers.http.keys import matches
from qualification.arrival import NewLead
from qualification.definition import Definition, parse_definition
from store.intake import SpendRow

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
KEY, WORKSPACE = "demo-key", "W1"
RULES = parse_definition((Path(qualification.__file__).parent / "definition.yml").read_text(encoding="utf-8"))


@dataclass
class Office:
    """Takes leads in as the house does, as far as the edge can see it."""

    leads: list[NewLead] = field(default_factory=list)
    spent: list[SpendRow] = field(default_factory=list)
    aside: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[str, Answer]] = field(default_factory=dict)
    down: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    trouble: Exception | None = None
    """What submitting runs into."""
    culprit: str | None = None
    """An address that breaks something on our side, for itself alone."""

    async def key(self, presented: str, opens: str) -> str | None:
        self._up()
        return WORKSPACE if matches(presented, KEY) else None

    async def secrets(self, opens: str) -> Sequence[tuple[str | bytes, str]]:
        self._up()
        return [("another-key", "W0"), (KEY, WORKSPACE)]

    async def signed_with(self, secret: str | bytes) -> None:
        assert secret == KEY

    async def submit(self, workspace: str, leads: Sequence[NewLead]) -> Sequence[Verdict | Exception]:
        self._up()
        await asyncio.sleep(0)  # as a database would, let others go on meanwhile
        if self.trouble:
            raise self.trouble
        verdicts: list[Verdict | Exception] = []
        for lead in leads:
            if self.culprit and lead.email_key == self.culprit:
                verdicts.append(RuntimeError("of ours"))
                continue
            if not (lead.email_key or lead.phone_key):
                verdicts.append(Verdict("not_a_lead", reasons=("No contact data",)))
                continue
            before = [old for old in self.leads if (key := external_key(lead)) and external_key(old) == key]
            if not before:
                self.leads.append(lead)
            status = "duplicate" if before else "created"
            verdicts.append(Verdict(status, f"L-{1000 + len(self.leads)}", "mql", 45, lead.warnings))
        return verdicts

    async def submit_once(
        self, workspace: str, leads: Sequence[NewLead], once: Once[Verdict]
    ) -> Answer | Conflict:
        async with self.turn:
            before = await self.recall(workspace, once.name)
            if before is not None:
                return before
            taken = len(self.leads)
            verdicts = []
            for verdict in await self.submit(workspace, leads):
                if isinstance(verdict, Exception):
                    del self.leads[taken:]
                    raise verdict
                verdicts.append(verdict)
            return await self.keep(workspace, once.name, once.answer(verdicts), [])

    async def recall(self, workspace: str, name: Name) -> Answer | Conflict | None:
        self._up()
        known = self.answers.get((workspace, name.key))
        if known is None:
            return None
        return known[1] if known[0] == name.body else CONFLICT

    async def keep(
        self, workspace: str, name: Name, answer: Answer, aside: Sequence[Aside]
    ) -> Answer | Conflict:
        before = await self.recall(workspace, name)
        if before is not None:
            return before
        kept = replace(answer, kept=True)
        self.answers[workspace, name.key] = (name.body, kept)
        for one in aside:
            await self.quarantine(workspace, one)
        return kept

    async def quarantine(self, workspace: str, aside: Aside) -> None:
        self._up()
        self.aside.append((workspace, aside.source, aside.raw, aside.why))

    async def spend(self, workspace: str, rows: Sequence[SpendRow]) -> int:
        self._up()
        self.spent += rows
        return len(rows)

    async def spend_once(
        self, workspace: str, rows: Sequence[SpendRow], once: Once[SpendRow]
    ) -> Answer | Conflict:
        await self.spend(workspace, rows)
        return await self.keep(workspace, once.name, once.answer(rows), [])

    async def definition(self, workspace: str) -> Definition:
        return RULES

    def _up(self) -> None:
        if self.down:
            raise StoreDown

    def desk(self) -> Desk:
        return Desk(
            keys=self.key,
            secrets=self.secrets,
            signed_with=self.signed_with,
            submit=self.submit,
            submit_once=self.submit_once,
            recall=self.recall,
            keep=self.keep,
            quarantine=self.quarantine,
            spend=self.spend,
            spend_once=self.spend_once,
            definition=self.definition,
            country="DE",
            currency="EUR",
            zone=ZoneInfo("Europe/Berlin"),
            clock=lambda: NOW,
            parsers={"pings": lambda raw, headers: [] if raw == b"ping" else [{"email": raw.decode()}]},
        )
