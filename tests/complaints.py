"""Lines of our logs that an operator would be alarmed by, read as any log reader would."""

from __future__ import annotations

import re

_LOUD = re.compile(r"^at=\S+ level=(?:error|critical) |^Traceback ")


def is_complaint(line: str) -> bool:
    """Whether a line of a log says that something broke: an error of ours, or a bare traceback."""
    return _LOUD.search(line) is not None
