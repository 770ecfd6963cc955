"""Ids: no two buttons, fields or dialogs may answer to the same name."""

from __future__ import annotations

from handlers.views import ids

CALLBACKS = {"DETAILS", "LOADING"}


def named(pick):
    return [
        value
        for name, value in vars(ids).items()
        if name.isupper() and isinstance(value, str) and pick(name, value)
    ]


def test_no_two_actions_share_a_name():
    actions = named(lambda name, value: "." in value)
    assert len(actions) == len(set(actions))


def test_no_two_dialogs_share_a_name():
    dialogs = named(lambda name, value: name.endswith("_SAVED") or name in CALLBACKS)
    assert len(dialogs) == len(set(dialogs)) >= 11


def test_values_carry_the_number():
    assert ids.more(ids.SNOOZE, 1042) == "snooze:1042"
    assert ids.undo(1042, "s7") == "1042:s7"
