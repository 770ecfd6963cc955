"""Which arm somebody sees, and what the definition may say about an experiment."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.definition import BadDefinition, Definition, parse_definition
from qualification.experiments import Arm, arm_for, experiment_key
from qualification.sequential import sample_ratio_p

TEXT = (Path(__file__).parents[2] / "qualification" / "definition.yml").read_text(encoding="utf-8")
HALVES = (Arm("A", 0.5), Arm("B", 0.5))


def written(part: str) -> Definition:
    return parse_definition(f"{TEXT}\n{part}")


def test_known_people_see_what_anybody_can_compute() -> None:
    # As docs/experiments.md has them, for whoever writes it in another language.
    seen = [arm_for("signup-form", person, HALVES) for person in ("anna-1", "ben-2", "cleo-3", "dora-4")]
    assert seen == ["B", "B", "A", "B"]
    first = hashlib.sha256(b"signup-form:anna-1").hexdigest()[:8]
    assert (int(first, 16) / 2**32 >= 0.5) == (seen[0] == "B")


@given(st.text(max_size=20), st.text(max_size=40), st.lists(st.floats(0.01, 100), min_size=1, max_size=5))
def test_everybody_sees_one_arm_and_always_the_same(experiment: str, person: str, parts: list[float]) -> None:
    arms = [Arm(str(place), part) for place, part in enumerate(parts)]
    seen = arm_for(experiment, person, arms)
    assert seen in [arm.name for arm in arms]
    assert arm_for(experiment, person, arms) == seen


def test_arms_get_their_shares_and_experiments_are_independent() -> None:
    arms = (Arm("A", 50), Arm("B", 30), Arm("C", 20))
    seen = Counter(arm_for("prices", f"p{n}", arms) for n in range(20_000))
    assert sample_ratio_p([seen[arm.name] for arm in arms], [arm.share for arm in arms]) > 0.001
    both = Counter((arm_for("one", f"p{n}", HALVES), arm_for("two", f"p{n}", HALVES)) for n in range(20_000))
    assert sample_ratio_p(list(both.values()), [1.0] * 4) > 0.001
    for wrong in ((), (Arm("A", 0),)):
        with pytest.raises(ValueError, match="share"):
            arm_for("x", "y", wrong)


def test_an_agreed_experiment_is_read() -> None:
    agreed = written(
        "experiments:\n  Signup Form:\n    arms: {short: 1, long: 3}\n    outcome: sql\n    within_days: 30\n"
        "    baseline: 0.05\n    smallest: 0.01\n  plain: {}\n"
    ).experiments
    one = agreed[experiment_key("signup-form")]
    assert (one.name, one.arms) == ("Signup Form", (Arm("short", 0.25), Arm("long", 0.75)))
    assert (one.outcome, one.within, one.baseline, one.smallest) == ("sql", timedelta(days=30), 0.05, 0.01)
    plain = agreed["plain"]
    assert (plain.arms, plain.outcome, plain.within) == ((), "lead", timedelta(days=14))
    assert written("").experiments == {}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("{a: {arms: {A: 1}}}", "at least two"),
        ("{a: {arms: {1: 1, 2: 1}}}", "quotes"),
        ("{a: {outcome: customers}}", "Did you mean customer"),
        ("{a: {within_days: 61}}", "60 at most"),
        ("{a: {smallest: 2}}", "fraction"),
        ("{a: {baselin: 0.1}}", "baseline"),
        ("{a b: {}, A-B: {}}", "twice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(part: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=words):
        written(f"experiments: {part}")
