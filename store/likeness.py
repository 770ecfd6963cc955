"""Looking for words with LIKE: what people type must not mean anything else there."""

from __future__ import annotations

from qualification.personal import Traces

_PLAIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$&'()*+,-./:;<=>?@[]^{|}~`"
)


def literal(word: str) -> str:
    """A word for LIKE that stands for itself alone; the escape is a backslash."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def patterns(traces: Traces) -> list[str]:
    """For LIKE over JSON, with a backslash to escape: they let pass too much, `Traces.are_in` decides.

    SQLite knows the small letters of ASCII only, and JSON may write a letter as its code: whatever is not
    plain matches anything.
    """
    words = ["".join(_sure(letter) for letter in word) for word in traces.words]
    numbers = ["%".join(digits) for digits in traces.digits]
    return [f"%{part}%" for part in (*words, *numbers)]


def _sure(letter: str) -> str:
    if letter in "_%":
        return f"\\{letter}"
    return letter if letter in _PLAIN else "%"
