"""Merging gives the same whichever two come first, and splitting gives back exactly what there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.arrival import NewLead, judge
from qualification.definition import Definition, parse_definition
from qualification.errors import Refused
from qualification.events import Event, Fact
from qualification.history import fold
from qualification.lead import Lead, Profile
from qualification.merge_steps import Family
from qualification.merging import fold_together
from qualification.money import Money
from qualification.ownership import claim, reassign, release, snooze, touch
from qualification.permission import Consent
from qualification.qualify import Call, call_facts, save_call
from qualification.scoring import score
from qualification.stages import disqualify, lost, nurture, opt_out, won

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
TEXT = Path("qualification/definition.yml").read_text(encoding="utf-8")
RULES = parse_definition(TEXT)
WEEK = RULES.clocks.week(ZoneInfo("Europe/Berlin"))
POLICY = parse_definition(
    TEXT.replace(
        "fields: {first_name: longest, last_name: longest}",
        "fields: {first_name: longest, title: oldest, company: source, country: ask}\n  sources: [referral]",
    )
)
NUMBERS = (1001, 1002, 1003)


@dataclass
class Book:
    """Everything recorded, in one order, as the store keeps it."""

    definition: Definition
    now: datetime = START
    seq: int = 0
    histories: dict[int, list[Event]] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=dict)
    """Number that stands for a group → the group, itself first."""

    def add(self, number: int, events: Sequence[Event], facts: Sequence[Fact] = (), step: str = "") -> None:
        """Record these."""
        self.facts |= {fact.id: fact.data for fact in facts}
        for event in events:
            self.seq += 1
            numbered = replace(event, seq=self.seq, step=event.step or step or f"step-{self.seq}")
            self.histories.setdefault(number, []).append(numbered)

    def lead(self, number: int) -> Lead:
        """As it stands."""
        group = self.groups.get(number)
        if group:
            lead = fold_together(number, {n: self.histories[n] for n in group}, self.facts)
        else:
            lead = fold(self.histories[number], self.facts)
        assert lead is not None
        return lead

    def root(self, number: int) -> int:
        """The number it stands for now."""
        return next((root for root, group in self.groups.items() if number in group), number)

    def merge(self, one: int, other: int) -> tuple[int, str]:
        """Merge the groups of two numbers; gives the survivor and the step."""
        older, newer = sorted((self.root(one), self.root(other)))
        ours, theirs = self.groups.get(older, [older]), self.groups.get(newer, [newer])
        self.now += timedelta(seconds=1)
        step = f"merge-{self.seq}"
        plan = self.family([*ours, *theirs], step).merge(ours, theirs)
        for number, events in plan.events.items():
            self.add(number, events)
        self.groups.pop(newer, None)
        self.groups[older] = [older, *sorted({*ours[1:], *theirs})]
        for number, lead in plan.after.items():
            assert not unlike(lead, self.lead(number), besides=()), "the row is what a replay gives"
        return older, step

    def split(self, number: int, step: str) -> None:
        """Take a merge back."""
        root = self.root(number)
        gone = next(e.data["other"] for e in self.histories[number] if e.step == step and "other" in e.data)
        self.now += timedelta(seconds=1)
        everybody = self.groups[root]
        plan = self.family(everybody, f"split-{self.seq}").split(everybody, number, step, gone)
        for one, events in plan.events.items():
            self.add(one, events)
        apart = [gone, *plan.after[gone].merged]
        self.groups[root] = [n for n in everybody if n not in apart]
        if len(apart) > 1:
            self.groups[gone] = apart
        if len(self.groups[root]) == 1:
            del self.groups[root]

    def family(self, numbers: Sequence[int], step: str) -> Family:
        """What a merge reads."""
        told = {n: self.histories[n] for n in numbers}
        return Family(told, self.facts, self.definition, "UMAYA", self.now, step)


def unlike(a: Lead, b: Lead, besides: Sequence[str] = ("given", "together")) -> dict[str, Any]:
    """What differs of two leads, but for how many events they had."""
    one, two = vars(a), vars(b)
    return {
        name: (one[name], two[name])
        for name in one
        if name not in ("revision", *besides) and one[name] != two[name]
    }


ACTIONS = ("demo_request", "webinar_signup", "content_download", "contact_form", "pricing_page", "free_trial")
FORM = st.fixed_dictionaries(
    {
        "what": st.just("form"),
        "action": st.sampled_from(ACTIONS),
        "back": st.sampled_from((0, 0, 60, 90_000, 3_000_000)),
        "title": st.sampled_from((None, "CEO", "Engineer", "student")),
        "company": st.sampled_from((None, "Acme", "Acme GmbH")),
        "name": st.sampled_from((None, "A", "Ada")),
        "source": st.sampled_from((None, "google", "referral")),
        "purposes": st.sampled_from(((), ("contact",), ("contact", "marketing"))),
        "budget": st.sampled_from((None, "approved", "none")),
    }
)
WORK = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            (
                "claim",
                "release",
                "reassign",
                "snooze",
                "touch",
                "save",
                "save",
                "nurture",
                "close",
                "won",
                "lost",
            )
        ),
        "rep": st.sampled_from(("UANA", "UBEN")),
        "pick": st.integers(0, 3),
    }
)
MOVES = st.tuples(st.sampled_from(NUMBERS), FORM | WORK | st.just({"what": "opt_out"}))
LIVES = st.lists(MOVES, max_size=14)


def lived(moves: Sequence[tuple[int, dict[str, Any]]], definition: Definition) -> Book:
    """Three leads, each with a first form, to whom these things happen."""
    book = Book(definition)
    for number in NUMBERS:
        first = {"action": "content_download", "purposes": ("contact", "marketing"), "title": None}
        _form(
            book, number, {**first, "back": 60, "company": None, "name": None, "source": None, "budget": None}
        )
    for number, move in moves:
        book.now += timedelta(hours=1)
        if move["what"] == "form":
            _form(book, number, move)
        else:
            _work(book, number, move)
    return book


def _form(book: Book, number: int, move: Mapping[str, Any]) -> None:
    known = book.lead(number) if number in book.histories else None
    profile = Profile(
        email=f"p{number}@acme{number}.de",
        first_name=move["name"],
        company=move["company"],
        title=move["title"],
        country="DE" if number % 2 else "FR",
    )
    new = NewLead(
        profile,
        move["action"],
        book.now - timedelta(seconds=move["back"]),
        f"fact-{book.seq}",
        email_key=profile.email,
        source=move["source"],
        message="Hello" if move["budget"] else None,
        consent=Consent(True, move["purposes"]) if move["purposes"] else None,
        claims={"budget": move["budget"]} if move["budget"] else {},
    )
    arrival = judge(new, known, number, book.now, book.definition, WEEK)
    if arrival.events:
        book.add(number, arrival.events, [new.fact], f"form-{book.seq}")


def _work(book: Book, number: int, move: Mapping[str, Any]) -> None:
    lead, now, pick, rules = book.lead(number), book.now, move.get("pick", 0), book.definition
    rep, later = move.get("rep", "UANA"), now + timedelta(days=1 + pick)
    note = Fact(f"note-{book.seq}", "note", now, {"text": f"note {book.seq}"})
    inquiry = (True, False, None, True)[pick]
    call = Call(answers={"need": "deadline", "budget": ("approved", "none")[pick % 2]}, inquiry=inquiry)
    ids = iter(f"call-{book.seq}-{n}" for n in range(9))
    told = [note]
    try:
        match move["what"]:
            case "claim":
                events = claim(lead, rep, now)
            case "release":
                events = release(lead, rep, now, by_manager=True)
            case "reassign":
                events = reassign(lead, rep, "UCAT", now)
            case "snooze":
                events = snooze(lead, rep, later, now)
            case "touch":
                events = touch(lead, rep, "call", now, note.id)
            case "save":
                told = call_facts(lead, call, now, lambda: next(ids))
                events = save_call(lead, rep, call, now, rules, told)
            case "nurture":
                events = nurture(lead, rep, later, now)
            case "close":
                events = disqualify(lead, rep, ("duplicate", "no_budget", "spam", "no_fit")[pick], now, rules)
            case "won":
                events = won(lead, rep, Money(100 * (pick + 1), "EUR"), now)
            case "lost":
                events = lost(lead, rep, "price", now, rules)
            case _:
                events = opt_out(lead, rep, now)
    except Refused:
        return
    book.add(number, events, told, f"work-{book.seq}")


def merged_in(moves: Sequence[Any], pairs: Sequence[tuple[int, int]], definition: Definition) -> Lead:
    """The one person all three are, merged in this order."""
    book = lived(moves, definition)
    for one, other in pairs:
        book.merge(one, other)
    return book.lead(NUMBERS[0])


A, B, C = NUMBERS
ORDERS = [((A, B), (A, C)), ((B, A), (C, B)), ((A, C), (A, B)), ((B, C), (A, B)), ((C, B), (C, A))]


@settings(max_examples=40, deadline=None)
@given(LIVES, st.sampled_from((RULES, POLICY)))
def test_whoever_is_merged_first_it_ends_the_same(moves: list[Any], definition: Definition) -> None:
    first, *others = (merged_in(moves, pairs, definition) for pairs in ORDERS)
    now = START + timedelta(days=3)
    for other in others:
        assert not unlike(first, other)
        assert first.profile == other.profile and first.merged == other.merged
        assert score(first, definition, now) == score(other, definition, now)


@settings(max_examples=40, deadline=None)
@given(LIVES, st.permutations(list(permutations(NUMBERS, 2))), st.booleans())
def test_splitting_gives_back_exactly_what_there_was(
    moves: list[Any], pairs: list[tuple[int, int]], backwards: bool
) -> None:
    book = lived(moves, POLICY)
    before = {number: book.lead(number) for number in NUMBERS}
    done = []
    for one, other in pairs:
        if book.root(one) != book.root(other):
            done.append(book.merge(one, other))
    assert len(done) == 2
    for number, step in reversed(done) if backwards else done:
        book.split(number, step)
    for number in NUMBERS:
        assert not unlike(before[number], book.lead(number), besides=())


@settings(max_examples=30, deadline=None)
@given(LIVES)
def test_one_of_three_goes_and_the_other_two_are_as_if_it_had_never_been(moves: list[Any]) -> None:
    book = lived(moves, RULES)  # a policy's choice is told at the merge, and these are at different times
    two = merged_in(moves, [(A, C)], RULES)
    root, step = book.merge(A, B)
    book.merge(A, C)
    book.split(root, step)
    assert not unlike(two, book.lead(A))
    assert two.profile == book.lead(A).profile
