"""Which variant wins, from what a website's tracker tells to the answer. On both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from handlers.flows.disqualify import opt_out_lead
from handlers.flows.erase import erase_person
from handlers.flows.forget import forget_the_old
from handlers.flows.kpi import ask
from handlers.flows.merge import merge_leads
from handlers.flows.permission import withdraw
from handlers.flows.receive import take_in
from qualification.arrival import NewLead
from qualification.errors import Refused
from qualification.experiments import WITHIN
from qualification.lead import Profile
from qualification.matching import email_key
from qualification.permission import Consent
from qualification.sequential import people_needed
from qualification.signal import hashed
from store.kpi_experiments import APART
from store.tables.watched import exposures, visitor_days
from tests.behaviour.calls import NO_ANALYTICS, YES, hears, identify, page, track
from tests.kpi.crowd import Person, a_crowd, by_hand, number_of, saw, visits
from tests.kpi.firm import BERLIN, DEFINITION, Firm, firm

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
DAY = timedelta(days=1)


async def asks(f: Firm, name: str = "signup-form") -> Any:
    """The answer, as machines read it."""
    return (await f.asks(f"ab {name}")).answer.to_json()


def rows(told: Any) -> dict[str, Any]:
    return {row["key"]: row for row in told["rows"]}


async def agree(f: Firm, part: str) -> None:
    """Both teams agree on an experiment."""
    async with f.office.store.begin(f.where) as work:
        await work.house.put_in_force(f"{DEFINITION}\nexperiments:\n  {part}\n", "UMAYA", f.clock())
    f.office.forget_rules()


async def kept(f: Firm, table: Any = exposures) -> Sequence[Any]:
    async with f.office.store.read(f.where) as work:
        return list(await work.execute(table.select()))


async def fold(f: Firm) -> None:
    """The nightly forgetting."""
    await forget_the_old(f.office, f.where)


@pytest.mark.parametrize("seed", [1])
async def test_a_crowd_is_counted_as_by_hand_now_later_and_when_it_is_forgotten(
    database_url: str, seed: int
) -> None:
    async with firm(database_url, NOW) as f:
        people = a_crowd(Random(seed), NOW, 90)
        await visits(f, people)
        _, at_first = by_hand(people, NOW, WITHIN)
        assert min(at_first[why] for why in APART.values()) > 1, at_first
        for later in (0, 10, 100):
            f.clock.moment = NOW + later * DAY
            if later == 100:
                await fold(f)
                assert await kept(f) == [], "nobody is kept for longer than that"
            told = await asks(f)
            arms, apart = by_hand(people, f.clock(), WITHIN)
            for arm in ("A", "B"):
                found = {name: rows(told)[arm][name] for name in ("seen", "immature", "conversions")}
                assert found == {name: arms[arm][name] for name in found}, (later, arm)
            if later < 100:
                for why, n in apart.items():
                    assert f"{n} {why}" in told["text"], (later, why)
        assert min(arms[arm]["conversions"] for arm in "AB") > 2, arms
        assert set(rows(await asks(f))["A"]) >= {"seen", "rate", "lift", "p", "verdict"}


async def test_who_consents_is_followed_to_the_stage_that_was_agreed_on(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        await agree(f, "Signup Form: {arms: {A: 1, B: 1}, outcome: mql, within_days: 7}")
        at = f.clock()
        for name, consents in (("ada", True), ("bo", False)):
            person = Person(name, [f"b-{name}"], [(at, f"b-{name}", "B")], consents, at)
            await visits(f, [person])
        f.clock.moment = NOW
        told = await asks(f, "signup form")
        assert rows(told)["B"]["rate"]["k"] == 1, "bo became an MQL too, but nobody may know that it was bo"
        assert rows(told)["B"]["rate"]["n"] == 2
        assert rows(told)["A"]["rate"] is None
        assert told["missing"]["A.rate"].startswith("nobody who saw it")
        assert "A conversion: became an MQL within 7 days" in told["text"]


async def test_whoever_says_no_or_takes_it_back_is_in_no_count(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        at = f.clock()
        await hears(
            f,
            saw(at, "no-1", "A", context=NO_ANALYTICS),
            page("/", at, anonymousId="no-1", context=NO_ANALYTICS),
        )
        assert await kept(f) == [] == await kept(f, visitor_days)

        await hears(f, saw(at, "maybe", "A"), page("/", at, anonymousId="maybe"))
        assert (len(await kept(f)), len(await kept(f, visitor_days))) == (1, 1)
        await hears(f, page("/", at, anonymousId="maybe", context=NO_ANALYTICS))
        assert await kept(f) == [] == await kept(f, visitor_days), "they said no later"

        ada = Person("ada", ["b-ada"], [(at, "b-ada", "A")], consents=True, asked=at)
        await visits(f, [ada])
        assert len(await kept(f)) == 1
        await withdraw(f.office, f.where, await number_of(f, ada), "UANA", "profiling")
        assert await kept(f) == []


async def test_whoever_takes_it_back_by_any_door_is_in_no_count(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        at = f.clock()
        bo, cleo, dora = (
            Person(name, [f"b-{name}"], [(at, f"b-{name}", "A")], consents=True, asked=at)
            for name in ("bo", "cleo", "dora")
        )
        await visits(f, [bo, cleo, dora])
        assert len(await kept(f)) == 3
        await merge_leads(f.office, f.where, await number_of(f, bo), await number_of(f, cleo), "UANA")
        await opt_out_lead(f.office, f.where, await number_of(f, bo), "UANA")
        assert [row.person for row in await kept(f)] == [hashed(f.where, "visitor", "b-dora")], "both are bo"
        await hears(f, identify(at, {**dora.traits, "consent": {"granted": False}}, anonymousId="b-dora"))
        assert await kept(f) == []


async def test_erasing_somebody_leaves_nothing_of_what_they_saw(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        at = f.clock()
        ada = Person("ada", ["b-ada"], [(at, "b-ada", "A")], consents=True, asked=at)
        await visits(f, [ada, Person("bo", ["b-bo"], [(at, "b-bo", "B")])])
        await erase_person(f.office, f.where, "ada@ada.example", "UADAM")
        assert [row.arm for row in await kept(f)] == ["B"]


async def test_robots_see_nothing_and_a_message_twice_is_heard_once(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        robot = {"userAgent": "Googlebot/2.1"}
        await hears(f, saw(f.clock(), "r-1", "A", context=robot))
        once = saw(f.clock(), "b-1", "A")
        await hears(f, once)
        await hears(f, once)
        f.clock.moment = NOW
        assert rows(await asks(f))["A"]["seen"] == 1


async def test_the_first_arm_counts_whatever_order_it_is_heard_in(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        at = f.clock()
        await hears(f, saw(at, "b-1", "A"))
        await hears(f, saw(at - DAY, "b-1", "A"), saw(at + timedelta(minutes=1), "b-1", "A"))
        (row,) = await kept(f)
        assert (row.at, row.mixed) == (at - DAY, False)


async def crowd_of(f: Firm, shown: dict[str, tuple[int, int]]) -> None:
    """For each arm so many who only saw it, of whom so many became leads."""
    at = f.clock()
    calls = [saw(at, f"{arm}-{n}", arm) for arm, (people, _) in shown.items() for n in range(people)]
    for start in range(0, len(calls), 500):
        await hears(f, *calls[start : start + 500])
    async with f.office.store.begin(f.where) as work:
        rows = sorted(await work.execute(exposures.select()), key=lambda row: (row.arm, row.person))
        left = {arm: converted for arm, (_, converted) in shown.items()}
        for row in rows:
            if left[row.arm]:
                left[row.arm] -= 1
                await work.watched.became_leads({row.person: row.at})


async def test_the_answer_says_who_wins_and_what_is_needed_until_then(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW - 30 * DAY) as f:
        await agree(f, "signup-form: {arms: {A: 1, B: 1}, baseline: 0.1, smallest: 0.05}")
        before = await asks(f)
        assert before["text"] == (
            "No data: nobody has seen “signup-form” yet. "
            "You need about 2,700 people to find a difference of 5 points."
        )
        assert before["total"]["needed"] == people_needed(0.1, 0.05) == 2_647

        await crowd_of(f, {"A": (300, 30), "B": (310, 33)})
        f.clock.moment += 15 * DAY
        told = await asks(f)
        assert told["text"].startswith(
            "Not decided: B against A: 10.6% against 10.0% of 310 and 300 people, "
        )
        assert "You need about 2,100 more people to find 5 points" in told["text"]
        assert rows(told)["A"]["verdict"] == "control"
        assert (rows(told)["B"]["verdict"], told["total"]["verdict"]) == ("open", None)
        assert told["missing"]["verdict"] == "not decided yet"


async def test_a_winner_is_named_and_an_uneven_split_refuses_any(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW - 20 * DAY) as f:
        await crowd_of(f, {"A": (600, 40), "B": (610, 100)})
        f.clock.moment = NOW
        told = await asks(f)
        assert told["text"].startswith("B beats A: 16.4% against 6.7% of 610 and 600 people, ")
        assert (rows(told)["B"]["verdict"], told["total"]["verdict"]) == ("better", "B")
        lift = rows(told)["B"]["lift"]
        assert 0 < lift["low"] < lift["value"] < lift["high"] < 0.2
        assert "It is not in the definition: equal parts and the first name as control." in told["text"]

        f.clock.moment = NOW + 90 * DAY
        await forget_the_old(f.office, f.where)
        assert await kept(f) == []
        assert {**(await asks(f)), "from": 0, "to": 0} == {**told, "from": 0, "to": 0}, (
            "who it was is not needed"
        )

        await agree(f, "signup-form: {arms: {A: 2, B: 1}}")
        told = await asks(f)
        assert told["text"].startswith(
            "No verdict: the arms were not shown as planned "
            "(A 600 and B 610 people, A 66.7% and B 33.3% were meant)"
        )
        b = rows(told)["B"]
        assert (b["verdict"], b["lift"], b["p"], told["total"]["verdict"]) == ("none", None, None, None)
        assert told["total"]["sample_ratio_p"] < 0.001

        await agree(f, "signup-form: {arms: {B: 1, A: 1}}")
        told = await asks(f)
        assert told["text"].startswith("Keep B: A is worse than B: 6.7% against 16.4%")


async def test_a_name_nobody_knows_is_answered_with_those_we_know(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        assert "No “Experiment Viewed” was heard so far." in (await asks(f, "sing-up"))["text"]
        await hears(f, saw(NOW - DAY, "b-1", "A"))
        assert rows(await asks(f, "Signup_FORM"))["A"]["immature"] == 1
        assert rows(await asks(f, ""))["A"]["immature"] == 1, "there is only one"
        await hears(f, saw(NOW - DAY, "b-1", "A", "prices"))
        which = "Which experiment? I know prices, signup form: ask `/kpi ab prices`."
        assert (await asks(f, ""))["text"] == which
        assert "I know prices, signup form." in (await asks(f, "sing-up"))["text"]
        with pytest.raises(Refused, match="takes no period"):
            await f.asks("ab signup-form", "30d")


async def test_one_source_of_an_experiment_is_refused_and_not_answered_with_all(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW, BERLIN) as f:
        await hears(f, saw(NOW, "anna-1", "A", "signup-form"), saw(NOW, "ben-2", "B", "signup-form"))
        for text in ("ab signup-form only source=linkedin", 'ab only campaign="black friday" signup-form'):
            with pytest.raises(Refused, match=r"judged from its start, whole.* nor `only`"):
                await ask(f.office, f.where, text, "UMAYA")
        for name in ("only source linkedin", "button only source x"):
            told = await ask(f.office, f.where, f'ab "{name}" share', "UMAYA")
            assert f"“{name}”" in told.answer.text, "in quotes it is a name"
            assert told.asked == f'ab "{name}"', "for the buttons, too"


async def test_forms_that_name_the_arm_but_not_who_saw_it_are_told_apart(sqlite_url: str) -> None:
    async with firm(sqlite_url, NOW) as f:
        await hears(f, saw(NOW - 15 * DAY, "b-1", "A"))
        new = NewLead(
            Profile(email="bo@bo.example"),
            "demo_request",
            NOW - 14 * DAY,
            "f-1",
            email_key=email_key("bo@bo.example"),
            variant="signup-form: A",
            consent=Consent(True, ("contact",)),
        )
        await take_in(f.office, f.where, [new])
        told = await asks(f)
        assert "1 lead names this experiment but nobody we saw" in told["text"]
        assert rows(told)["A"]["conversions"] == 0


async def test_a_visitor_on_two_browsers_is_one_person_once_they_allow_it(database_url: str) -> None:
    async with firm(database_url, NOW - 20 * DAY) as f:
        at = f.clock()
        await hears(f, saw(at, "phone", "A"), saw(at, "laptop", "A"))
        f.clock.moment = NOW
        assert rows(await asks(f))["A"]["seen"] == 2
        told = {"email": "ada@ada.example", "consent": YES}
        await hears(
            f,
            identify(at + DAY, told, anonymousId="phone"),
            identify(at + DAY, told, anonymousId="laptop"),
            track("Demo Requested", at + DAY, anonymousId="laptop"),
        )
        row = rows(await asks(f))["A"]
        assert (row["seen"], row["conversions"]) == (1, 1)


async def test_a_person_is_forgotten_whole_however_many_browsers_they_used(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        for name, later in (("ada", "B"), ("bo", "A")):
            f.clock.moment = NOW
            await hears(f, saw(NOW, f"{name}-phone", "A"))
            at = f.clock.moment = NOW + 10 * DAY
            both = [f"{name}-phone", f"{name}-laptop"]
            await visits(f, [Person(name, both, [(at, both[1], later)], consents=True, asked=at)])
        f.clock.moment = NOW + 89 * DAY
        before = await asks(f)
        assert "1 saw two variants" in before["text"]
        assert (rows(before)["A"]["seen"], rows(before)["A"]["conversions"]) == (1, 1)
        # What was seen on the phone is over now, what was seen on the laptop is not.
        f.clock.moment = NOW + 95 * DAY
        await fold(f)
        after = await asks(f)
        assert {key: row["seen"] for key, row in rows(after).items() if row["seen"]} == {"A": 1}
        assert rows(after)["A"]["conversions"] == 1
        assert await kept(f) == []
