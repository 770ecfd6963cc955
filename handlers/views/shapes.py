"""What Slack sends has Slack's shapes, or it can't be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qualification.errors import Refused

SHAPES = (ValueError, AttributeError, TypeError, LookupError)
"""What reading a value that isn't there, or is something else, raises."""


class Misshapen(Refused):
    """A part of a payload is missing or is something else; forged, or Slack changed it."""


@contextmanager
def reading() -> Iterator[None]:
    """Around the reading of a payload alone: what breaks there is no fault of ours.

    Raises:
        Misshapen: the payload has another shape.
    """
    try:
        yield
    except Refused:
        raise
    except SHAPES as other:
        raise Misshapen("Slack sent this in a way I can't read, so nothing was saved.") from other
