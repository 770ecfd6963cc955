"""What the rules say no with."""

from __future__ import annotations


class Refused(Exception):
    """The rules say no. `str()` of it can be shown to a person as it stands."""
