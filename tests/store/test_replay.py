"""The history replayed: under the same rules nothing moves, under others exactly what they decide."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from qualification.definition import Definition
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.qualify import Call, save_call
from qualification.replay import Replayed, Rules, replay
from qualification.stages import lost, won
from store.replay import page_of_histories
from tests.office import Desk, open_office
from tests.qualification.stories import RULES
from tests.store.test_rebuild import Story, people

GOOD = {"budget": "findable", "authority": "one_away", "need": "clear_pain", "timeline": "this_quarter"}


class Team(Story):
    """Reps who know their job: every other thing they do is a good call, or how it ended."""

    async def work(self) -> None:
        if not self.numbers or self.random.random() < 0.4:
            return await super().work()
        number, rep = self.random.choice(sorted(self.numbers)), self.random.choice(("UANA", "UBEN"))
        with suppress(Refused):
            async with self.desk.office.at_lead(self.desk.where, number) as at:
                ended = self.random.random()
                if at.lead.stage is not Stage.SQL:
                    dropped = self.random.choice((*GOOD, None))
                    call = Call({k: v for k, v in GOOD.items() if k != dropped}, inquiry=True)
                    events = save_call(at.lead, rep, call, at.now, at.rules.definition, [])
                elif ended < 0.3:
                    events = won(at.lead, rep, None, at.now)
                else:
                    events = lost(at.lead, rep, "price", at.now, at.rules.definition) if ended < 0.5 else []
                await at.record(events)
        return None


async def replayed(desk: Desk, definition: Definition) -> list[Replayed]:
    async with desk.office.store.read(desk.where) as work:
        found, after = [], 0
        while page := await page_of_histories(work, after, 3):
            after = page[-1].number
            found += page
    return [replay(one, Rules(definition, RULES)) for one in found]


async def test_under_the_same_rules_nothing_moves(database_url: str) -> None:
    rounds = 16 if "sqlite" in database_url else 6
    met: Counter[str] = Counter()
    async with open_office(database_url) as desk:
        story = Team(desk, 7, people(60))
        for _ in range(rounds):
            await story.live(25)
            found = await replayed(desk, RULES)
            wrong = [(one.number, one.then, one.now) for one in found if one.then != one.now]
            assert not wrong, wrong[:3]
            met.update(str(one.then.stage) for one in found)
            met["handed over"] += sum(bool(one.then.handed_over) for one in found)
    assert len(met) >= (6 if rounds > 6 else 4), f"the stories were too tame: {met}"
