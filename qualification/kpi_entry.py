"""The form of an entry in the list of KPIs: everything that is said about one number, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Basis = Literal["flow", "cohort", "now"]
Dimension = Literal["source", "campaign", "rep", "variant"]
Milestone = Literal["created", "mql", "promise", "rejected"]
ANY: tuple[Dimension, ...] = ("source", "campaign", "rep", "variant")
PAID: tuple[Dimension, ...] = ("source", "campaign")
"""What spend is entered for."""
STAGES: Mapping[str, str] = {"leads": "lead", "mqls": "MQL", "sqls": "SQL", "customers": "customer"}
"""The counts along the funnel, in its order, and what one of each is called."""
Behind = tuple[tuple[str, str, str], ...]
"""Counts whose leads can be looked at: field of the total, its words, group of `store.kpi_leads`."""


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


@dataclass(frozen=True)
class Compared:
    """How two windows of a number are told beside each other.

    Attributes:
        how: "itself" tells of two windows anyway; "aged" grows while its leads grow older, and is compared at
            equal age; "rate", "cost" and "wait" (seconds) compare one field; "counts" stand side by side.
        field: The field that is compared.
        words: What a sentence says of a rate ("of the SQLs decided were won"), or begins with for a cost.
        before: Whether an answer about one window tells that of the window before in passing.
    """

    how: Literal["itself", "aged", "rate", "cost", "wait", "counts"] = "counts"
    field: str = ""
    words: str = ""
    before: bool = False


@dataclass(frozen=True)
class Wording:
    """How the causes of one number's change are told.

    `more` and `less` follow "webinar leads"; `noun` is what the base counts; `currency` None is a share.
    """

    what: str
    noun: str
    more: str
    less: str
    currency: str | None = None


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
        labels: What people read for its fields that no other number has.
        seconds: Fields that are durations.
        whole: Title and fields of the bars that are drawn of the total, where it is not split.
        noun: It within a sentence, as in "cost per lead of leads from linkedin"; its name if "".
        made_of: How the leads of a cohort come into their window: "created in October".
        also: Other words for its name, for the short grammar.
        asked_as: (weight, shape) of plain words that ask for it, where they touch no other number's;
            `plain_vocabulary` has those that are weighed against each other.
        by_model: Whether it can be told by an attribution model.
        first: Counts of which a question may name the one to begin with; why they changed is told by what
            each source brought.
        compared: How two windows of it are compared.
        why: How the causes of its change are told; None where it is no ratio whose change could be split.
        behind: The counts behind which one can look.
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
    labels: Mapping[str, str] = field(default_factory=dict)
    seconds: tuple[str, ...] = ()
    whole: tuple[str, tuple[str, ...]] | None = None
    noun: str = ""
    made_of: str = "created"
    also: tuple[str, ...] = ()
    asked_as: tuple[tuple[int, str], ...] = ()
    by_model: bool = False
    first: tuple[str, ...] = ()
    compared: Compared = Compared()
    why: Wording | None = None
    behind: Behind = ()


def rate(value: float, low: float | None, high: float | None, k: int, n: int) -> Mapping[str, object]:
    """A rate as JSON has it."""
    return {"value": value, "low": low, "high": high, "k": k, "n": n}


def money(minor: int, currency: str = "EUR") -> Mapping[str, object]:
    """An amount as JSON has it."""
    return {"minor": minor, "currency": currency}
