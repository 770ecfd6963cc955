"""Guessing is slow for whoever guesses, and for nobody else."""

from __future__ import annotations

import pytest

from handlers.flows import guessing
from handlers.flows.guessing import MOST_WRONG, WITHIN, Guesses


class Moment:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def tried(guesses: Guesses, address: str, times: int = MOST_WRONG) -> None:
    for _ in range(times):
        guesses.wrong(address)


def test_past_the_limit_an_address_waits_out_the_minute() -> None:
    moment = Moment()
    guesses = Guesses(moment)
    tried(guesses, "10.0.0.1", MOST_WRONG - 1)
    assert guesses.wait("10.0.0.1", "k") is None
    tried(guesses, "10.0.0.1", 1)
    assert guesses.wait("10.0.0.1", "k") == WITHIN
    assert guesses.wait("10.0.0.2", "k") is None
    moment.now += WITHIN
    assert guesses.wait("10.0.0.1", "k") is None
    tried(guesses, "10.0.0.1", 1)
    assert guesses.wait("10.0.0.1", "k") is None, "a new minute begins"


def test_a_key_that_was_right_from_there_goes_on_behind_a_shared_address() -> None:
    guesses = Guesses(Moment())
    guesses.right("10.0.0.1", "right")
    tried(guesses, "10.0.0.1")
    assert guesses.wait("10.0.0.1", "right") is None
    assert guesses.wait("10.0.0.1", "other") is not None
    tried(guesses, "10.0.0.9")
    assert guesses.wait("10.0.0.9", "right") is not None, "known elsewhere is not known here"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "", True),
    ],
)
def test_who_can_choose_their_address_is_one_caller(one: str, other: str, same: bool) -> None:
    guesses = Guesses(Moment())
    tried(guesses, one)
    assert (guesses.wait(other, "k") is not None) is same


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "REMEMBERED", 10)
    guesses = Guesses(Moment())
    for n in range(50):
        guesses.wrong(f"10.0.0.{n}")
        guesses.right(f"10.0.1.{n}", "k")
    assert len(guesses._wrong) == len(guesses._known) == 10
