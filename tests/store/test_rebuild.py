"""Events and facts are the whole truth: every row follows from them, and nothing personal leaks out."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import String, cast, select, update

from handlers.flows.erase import RETENTION, erase_person
from handlers.flows.merge import merge_leads, split_leads
from qualification.errors import Refused
from qualification.events import Fact
from qualification.money import Money
from qualification.ownership import claim, reassign, release, snooze, touch
from qualification.qualify import Call, call_facts, save_call
from qualification.stages import come_back, disqualify, lost, nurture, opt_out, send_back, won
from qualification.undo import undo
from store.tables.base import metadata
from store.tables.leads import leads
from tests.numbers import all_numbers
from tests.office import Desk, open_office
from tests.store.rebuild import wrong_columns

REPS = ("UANA", "UBEN", "UMAYA")
Named = tuple[str, str, str, str]


def people(count: int) -> tuple[Named, ...]:
    """First and last name, address and phone number of each."""
    return tuple(
        (f"Zelda{n}", f"Quixworth{n}", f"zelda{n}@quixworth.example", f"+49 30 77001{n}0")
        for n in range(count)
    )


PEOPLE = people(5)
ACTIONS = ("demo_request", "webinar_attended", "contact_form", "pricing_page", "free_trial", "odd thing")
LETTERS = {
    "budget": ("approved", "findable", "none"),
    "authority": ("signs", "one_away"),
    "need": ("deadline", "clear_pain", "curious"),
    "timeline": ("within_30_days", "this_quarter", "someday"),
}


class Story:
    """Somebody does something, at random, again and again."""

    def __init__(self, desk: Desk, seed: int, people: tuple[Named, ...] = PEOPLE) -> None:
        self.desk, self.random, self.people = desk, random.Random(seed), people
        self.numbers: set[int] = set()
        self.steps: list[tuple[int, str]] = []
        self.acts: list[Callable[[], Awaitable[None]]] = [
            *[self.come_in] * 2,
            *[self.work] * 8,
            *[self.take_back] * 2,
            self.one_person,
            self.forget,
        ]
        self.merges: list[tuple[int, str]] = []

    async def live(self, moments: int) -> None:
        """This many things happen."""
        await self.come_in()
        for _ in range(moments):
            self.desk.clock.forward(self.random.choice((1, 60, 3600, 86_400, 5 * 86_400)))
            await self.random.choice(self.acts)()

    async def come_in(self) -> None:
        pick = self.random.choice
        first, last, email, phone = pick(self.people)
        back = timedelta(seconds=pick((0, 0, 30, 90_000, 900_000)))
        verdict = await self.desk.form(
            first_name=first,
            last_name=last,
            email=pick((email, email, None)),
            phone=phone,
            title=pick(("Quixotic VP", "student", None)),
            message=pick(("Zeldas secret plan", None)),
            action=pick(ACTIONS),
            occurred_at=(self.desk.clock() - back).isoformat(),
            external_id=pick((email, None, None)),
            source=pick(("google", "linkedin")),
            budget=pick((None, "approved")),
            hobby="quixotic windmills",
            consent=pick((None, {"granted": True, "purposes": ["contact", "marketing", "profiling"]})),
        )
        if verdict.lead:
            self.numbers.add(int(verdict.lead.removeprefix("L-")))

    async def work(self) -> None:
        """A rep does something with a lead; what the rules refuse changes nothing."""
        if not self.numbers:
            return
        number, rep, pick = (
            self.random.choice(sorted(self.numbers)),
            self.random.choice(REPS),
            self.random.choice,
        )
        try:
            async with self.desk.office.at_lead(self.desk.where, number) as at:
                lead, now, rules = at.lead, at.now, at.rules.definition
                note = Fact(uuid4().hex, "note", now, {"text": "Zelda told me about the quixotic budget"})
                later = now + timedelta(days=pick((1, 3, 30)))
                call = Call(
                    answers={
                        name: pick(options) for name, options in LETTERS.items() if pick((True, True, False))
                    },
                    inquiry=pick((True, True, False, None)),
                    title=pick((None, "Quixotic Chief")),
                    notes=pick((None, "Zelda noted")),
                    next_step=pick((None, "Call Zelda")),
                    next_step_at=pick((None, later)),
                    hand_to=pick((None, "UBEN")),
                )
                told = call_facts(lead, call, now, lambda: uuid4().hex)
                does = pick(
                    (
                        lambda: (claim(lead, rep, now), []),
                        lambda: (release(lead, rep, now, by_manager=True), []),
                        lambda: (reassign(lead, rep, pick(REPS), now), []),
                        lambda: (snooze(lead, rep, later, now), []),
                        lambda: (touch(lead, rep, pick(("call", "no_answer")), now, note.id), [note]),
                        lambda: (save_call(lead, rep, call, now, rules, told), told),
                        lambda: (save_call(lead, rep, call, now, rules, told), told),
                        lambda: (nurture(lead, rep, later, now, note.id), [note]),
                        lambda: (disqualify(lead, rep, pick(("no_budget", "spam")), now, rules), []),
                        lambda: (send_back(lead, rep, note.id, now), [note]),
                        lambda: (won(lead, rep, Money(1_200_000, "EUR"), now), []),
                        lambda: (lost(lead, rep, "price", now, rules, note.id), [note]),
                        lambda: (come_back(lead, "clock", now), []),
                        lambda: (opt_out(lead, rep, now) if self.random.random() < 0.1 else [], []),
                    )
                )
                events, facts = does()
                saved = await at.record(events, facts)
                if saved.step:
                    self.steps.append((saved.lead.number, saved.step))
        except Refused:
            return

    async def one_person(self) -> None:
        """Two of them turn out to be one, or not after all; nobody merges with who was erased."""
        where, numbers = self.desk.where, sorted(self.numbers)
        if self.merges and self.random.random() < 0.4:
            number, step = self.merges.pop(self.random.randrange(len(self.merges)))
            await split_leads(self.desk.office, where, number, step, "UANA", for_good=False)
        elif len(numbers) > 1:
            with suppress(Refused):  # one of them was erased
                merged = await merge_leads(self.desk.office, where, *self.random.sample(numbers, 2), "UANA")
                if merged.saved.step:
                    self.merges.append((merged.saved.lead.number, merged.saved.step))

    async def take_back(self) -> None:
        """Undo of the last step, when it still may go."""
        if not self.steps:
            return
        number, step = self.steps.pop()
        try:
            async with self.desk.office.at_lead(self.desk.where, number) as at:
                history = await at.work.leads.history(at.lead.number)
                who = next((event.actor for event in history if event.step == step), "")
                taken = undo(history, step, who, at.now)
                if taken:
                    await at.record([taken], refold=True)
        except Refused:
            return

    async def forget(self) -> None:
        """Somebody was kept long enough; they may come back."""
        if self.numbers and self.random.random() < 0.2:
            number = self.random.choice(sorted(self.numbers))
            await erase_person(self.desk.office, self.desk.where, f"L-{number}", "UADAM", why=RETENTION)


async def test_every_row_is_what_its_events_and_facts_say(database_url: str) -> None:
    async with open_office(database_url) as desk:
        for seed in range(6):
            story = Story(desk, seed)
            await story.live(70)
        rules = await desk.office.rules(desk.where)
        async with desk.office.store.read(desk.where) as work:
            numbers = await all_numbers(work)
            kinds = {event.kind for number in numbers for event in await work.leads.history(number)}
            for number in numbers:
                assert not await wrong_columns(work, number, rules.definition, rules.setup.country)
        assert len(kinds) >= 15 and {"merged", "unmerged"} <= kinds, (
            f"the stories were too tame: {sorted(kinds)}"
        )


async def test_a_row_that_is_wrong_is_found(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as desk:
        await desk.form()
        async with desk.office.store.begin(desk.where) as work:
            await work.execute(update(leads).values(owner="UANA"))
        rules = await desk.office.rules(desk.where)
        async with desk.office.store.read(desk.where) as work:
            assert await wrong_columns(work, 1001, rules.definition, "DE") == {"owner": ("UANA", None)}
            with pytest.raises(LookupError):
                await wrong_columns(work, 1002, rules.definition, "DE")


async def test_personal_data_stands_in_facts_and_the_projection_alone(database_url: str) -> None:
    async with open_office(database_url) as desk:
        for seed in range(3):
            await Story(desk, seed).live(40)
        # Their homes: facts and the row that is drawn from them; what waits for permission; raw quarantine.
        homes = {"facts", "leads", "waiting", "quarantine"}
        found: dict[str, set[str]] = {}
        async with desk.office.store.reading() as connection:
            for table in metadata.sorted_tables:
                for column in table.c:
                    rows = (await connection.execute(select(cast(column, String)))).scalars().all()
                    for word in ("zelda", "quix", "77001", "windmill"):
                        if any(word in str(value).lower() for value in rows):
                            found.setdefault(table.name, set()).add(f"{column.name}: {word}")
        assert set(found) <= homes, {name: words for name, words in found.items() if name not in homes}
        assert {"facts", "leads"} <= set(found), "the search finds what is there"
