"""One value of a dimension within a question: `only source=linkedin`, `only campaign="black friday"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from qualification.errors import Refused
from qualification.kpi import Dimension
from qualification.kpi_cells import NO_CAMPAIGN, NO_VARIANT, NOBODY

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
Only = tuple[Dimension, str]
"""One value of a dimension: ("source", "linkedin")."""
NAMELESS: Mapping[Dimension, str] = {"campaign": NO_CAMPAIGN, "variant": NO_VARIANT, "rep": NOBODY}
"""What the leads are counted under that have none."""
NO_ONE_VALUE = 'Name one as in `only source=linkedin` or `only campaign="black friday"`.'
ONLY = re.compile(
    rf"""(?<!\S)(?:--)?only[\s=]+({"|".join(DIMENSIONS)})s?[\s=]+("(?:[^"]|"")*"|<@[^>]*>|[^\s"]\S*)(?!\S)""",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


def take_only(text: str) -> tuple[str, Only | None]:
    """The text without its `only DIMENSION=VALUE`, and that.

    Raises:
        Refused: it names no value.
    """
    found = ONLY.search(text)
    if found is None:
        return text, None
    given = found[2]
    if given.startswith('"'):
        given = given[1:-1].replace('""', '"')
    mention = _MENTION.fullmatch(given)
    value = mention[1] if mention else given
    if not value.strip():
        raise Refused(f"Only which {found[1].lower()}? {NO_ONE_VALUE}")
    dimension = next(one for one in DIMENSIONS if one == found[1].lower())
    return f"{text[: found.start()]} {text[found.end() :]}", (dimension, value)


def only_words(said: str) -> str:
    """`source=black friday`, as a program says it, in the short grammar: `only source="black friday"`.

    Raises:
        Refused: it names no dimension, or no value of it.
    """
    name, _, value = (part.strip() for part in said.partition("="))
    dimension = next((one for one in DIMENSIONS if one == name.lower()), None)
    if dimension is None or not value:
        known = ", ".join(DIMENSIONS)
        raise Refused(f"“{said[:40]}” is no DIMENSION=VALUE such as source=linkedin. I know {known}.")
    in_quotes = len(value) > 1 and value.startswith('"') and value.endswith('"')
    return f"only {dimension}={value if in_quotes else quoted(value)}"


def quoted(value: str) -> str:
    """The value as the short grammar takes it; a quote in it is doubled."""
    plain = re.fullmatch(r"[\w.@+-]+", value) is not None
    return value if plain else '"' + value.replace('"', '""') + '"'
