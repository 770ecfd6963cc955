"""The form of an entry in the list of KPIs: everything that is said about one number, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Basis = Literal["flow", "cohort", "now"]
Dimension = Literal["source", "campaign", "rep", "variant"]
Milestone = Literal["created", "mql", "promise", "rejected"]
ANY: tuple[Dimension, ...] = ("source", "campaign", "rep", "variant")
PAID: tuple[Dimension, ...] = ("source", "campaign")
"""What spend is entered for."""


@dataclass(frozen=True)
class Example:
    """A worked example that anybody can check by hand, and that the tests do check.

    Attributes:
        says: The example in a sentence, for the documents.
        given: What the formula is given after `asked`: counts, as the store hands them in.
        gives: Fields of the total as JSON has them; fractions to four places.
    """

    says: str
    given: tuple[object, ...]
    gives: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Kpi:
    """One number: what it answers, how it is counted, how it is shown. Each is itself and no other.

    Attributes:
        window: The period when none is named, in the words of `periods`.
        dimensions: What it can be split by.
        formula: The arithmetic, in a line.
        counted: How it is counted, in plain words: **How is this counted?** says it, and the documents.
        fields: Names in the total and in every row, in the order in which machines read them.
        bars: Fields drawn as bars of a split; none draws no chart of it.
        columns: Fields in the table of a split, where not all of them are.
        always_by: The dimension it is split by when none was named.
        rows_are: What the rows are called when they are no values of a dimension, as in a table's head.
        left_out_by: By which date of theirs spam and the like are counted as left out; None where that can't
            be: what is won or lost is no spam.
        who: Who may ask. A split by rep is for managers whatever the number, a rep sees the own row of it.
    """

    name: str
    question: str
    basis: Basis
    window: str
    dimensions: tuple[Dimension, ...]
    formula: str
    counted: str
    fields: tuple[str, ...]
    example: Example
    bars: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    always_by: Dimension | None = None
    rows_are: str = ""
    left_out_by: Milestone | None = None
    who: Literal["everyone", "managers"] = "everyone"


def rate(value: float, low: float | None, high: float | None, k: int, n: int) -> Mapping[str, object]:
    """A rate as JSON has it."""
    return {"value": value, "low": low, "high": high, "k": k, "n": n}


def money(minor: int, currency: str = "EUR") -> Mapping[str, object]:
    """An amount as JSON has it."""
    return {"minor": minor, "currency": currency}
