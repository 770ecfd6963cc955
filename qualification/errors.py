"""What our rules say when the answer is no."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error
    """A rule said no. `str()` of it is a plain sentence that can be shown to a person as it stands."""
