"""A crowd on a website, told by its tracker; and how many of them an experiment has, counted by hand.

The count looks at what the story did to each person, at no table, query or formula of ours.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from handlers.flows.disqualify import disqualify_lead
from qualification.matching import email_key
from tests.behaviour.calls import YES, hears, identify, track
from tests.kpi.firm import Firm


@dataclass
class Person:
    """Somebody, with all they did: browsers, arms seen under them, and what became of it."""

    name: str
    browsers: list[str]
    seen: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When, in which browser, which arm."""
    consents: bool = False
    asked: datetime | None = None
    spam: bool = False

    @property
    def traits(self) -> dict[str, object]:
        """What they say about themselves when they ask for something."""
        told = {"email": f"{self.name}@{self.name}.example", "firstName": self.name.title()}
        return {**told, "consent": YES} if self.consents else {**told}


def saw(
    at: datetime, browser: str, arm: str, experiment: str = "signup-form", **more: object
) -> dict[str, object]:
    """Segment's own name for it."""
    properties = {"experiment_name": experiment, "variation_name": arm}
    return track("Experiment Viewed", at, properties, anonymousId=browser, **more)


async def visits(f: Firm, people: list[Person]) -> None:
    """Everything they did reaches us, each person's own in order, a batch for each."""
    for person in people:
        for at, browser, arm in person.seen:
            if person.asked is None or at <= person.asked:
                await hears(f, saw(at, browser, arm))
        if person.asked:
            await hears(
                f,
                *(identify(person.asked, person.traits, anonymousId=one) for one in person.browsers),
                track("Demo Requested", person.asked, anonymousId=person.browsers[0]),
            )
        for at, browser, arm in person.seen:
            if person.asked is not None and at > person.asked:
                await hears(f, saw(at, browser, arm))
        if person.spam:
            await disqualify_lead(f.office, f.where, await number_of(f, person), "UANA", "spam")


async def number_of(f: Firm, person: Person) -> int:
    """Their L-number."""
    key = email_key(f"{person.name}@{person.name}.example")
    async with f.office.store.read(f.where) as work:
        found, _ = await work.leads.by_person([key or ""], [])
    return found[key or ""]


def by_hand(
    people: list[Person], now: datetime, within: timedelta
) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Per arm how many were seen, are too young, converted; and who is in no arm."""
    arms: dict[str, Counter[str]] = {}
    apart: Counter[str] = Counter()
    for person in people:
        for seen in _as_we_know_them(person):
            first, arm = min((at, arm) for at, arm in seen)
            converted = person.asked
            if len({arm for _, arm in seen}) > 1:
                apart["saw two variants"] += 1
            elif person.consents and person.spam:
                apart["left out by the rules"] += 1
            elif converted and converted < first and person.consents:
                apart["were there before"] += 1
            elif first + within > now:
                arms.setdefault(arm, Counter())["immature"] += 1
            else:
                one = arms.setdefault(arm, Counter())
                one["seen"] += 1
                knows_it = person.consents or person.browsers[0] in _browsers(person, seen)
                one["conversions"] += bool(converted and first <= converted <= first + within and knows_it)
    return arms, apart


def _as_we_know_them(person: Person) -> list[list[tuple[datetime, str]]]:
    """All their browsers are one person with consent, and as many as there are without."""
    if person.consents and person.asked:
        return [[(at, arm) for at, _, arm in person.seen]] if person.seen else []
    each = [[(at, arm) for at, browser, arm in person.seen if browser == one] for one in person.browsers]
    return [seen for seen in each if seen]


def _browsers(person: Person, seen: list[tuple[datetime, str]]) -> set[str]:
    return {browser for at, browser, arm in person.seen if (at, arm) in seen}


def a_crowd(chance: Random, now: datetime, size: int) -> list[Person]:
    """People as they come: most only look, some see two arms, some ask, some of those are spam."""
    people = []
    for n in range(size):
        person = Person(f"p{n}", [f"b{n}-{k}" for k in range(chance.choice((1, 1, 1, 2)))])
        person.consents = chance.random() < 0.6
        begun = now - timedelta(hours=chance.randrange(2, 60 * 24))
        for browser in person.browsers:
            arm = chance.choice(("A", "B"))
            for _ in range(chance.choice((1, 1, 2))):
                at = begun + timedelta(minutes=chance.randrange(0, 120))
                if chance.random() < 0.25:
                    arm = chance.choice(("A", "B"))
                person.seen.append((min(at, now), browser, arm))
        if chance.random() < 0.5:
            person.asked = begun + timedelta(hours=chance.choice((-30, 3, 24, 24 * 13, 24 * 20)))
            if person.asked > now:
                person.asked = None
        person.spam = person.asked is not None and chance.random() < 0.2
        person.seen.sort()
        people.append(person)
    return people
