"""What our rules say when the answer is no."""

from __future__ import annotations


class Refused(Exception):
    """A rule said no. `str()` of it is a plain sentence that can be shown to a person as it stands."""
