"""What several requests bring, in one transaction, each answered once."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.flows import behaviour, receive
from handlers.flows.office import Office
from handlers.flows.receive import Verdict
from handlers.flows.repeats import Answer, Asked, Conflict, answer_each
from qualification.new_lead import NewLead
from qualification.signal import Signal


async def take_in_asked(
    office: Office, where: str, asked: Sequence[Asked[NewLead, Verdict]]
) -> tuple[list[Sequence[Verdict] | Answer | Conflict], list[Verdict]]:
    """Take in leads; gives what each request hears, and the verdicts on those leads that came just now."""
    rules, now = await office.rules(where), office.clock()
    judged: list[Verdict] = []
    # They share a commit already; who clicks should not wait for theirs too.
    async with office.store.begin(where, alone=True) as work:

        async def do(arriving: Sequence[NewLead], traces: Sequence[str]) -> list[Verdict]:
            judged.extend(verdicts := await receive.receive(work, arriving, rules, now, traces))
            return verdicts

        return await answer_each(work, receive.TURN, asked, do, now), judged


async def hear_asked(
    office: Office, where: str, asked: Sequence[Asked[Signal, str]]
) -> list[Sequence[str] | Answer | Conflict]:
    """Hear what visitors did; gives what each request hears."""
    rules, now = await office.rules(where), office.clock()
    # They share a commit already; who clicks should not wait for theirs too.
    async with office.store.begin(where, alone=True) as work:

        async def do(signals: Sequence[Signal], traces: Sequence[str]) -> list[str]:
            return await behaviour.hear(work, signals, rules, now, traces)

        return await answer_each(work, behaviour.TURN, asked, do, now)
