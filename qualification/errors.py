"""What our rules say when the answer is no, and how a failure is told without quoting anybody."""

from __future__ import annotations

import traceback
from pathlib import Path


class Refused(Exception):
    """A rule said no. `str()` of it is a plain sentence that can be shown to a person as it stands."""


def fault(error: BaseException) -> str:
    """What failed and where, for a log, without the error's words: they may quote what a person wrote."""
    # Without reading the source lines: this is for a log, and the rules touch no files.
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    way = " > ".join(f"{Path(frame.filename).stem}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} in {way}"
