"""Points and why: what every part of the score is made of."""

from __future__ import annotations

import math

from qualification.value import value


@value
class Reason:
    """Points and why, in words a rep can repeat to the lead."""

    points: float
    text: str


def rounded(points: float) -> int:
    """Half up, so that 4.5 of a half-believed answer reads 5 and never depends on its neighbour."""
    return math.floor(points + 0.5)
