"""The same bot without day-wise counts: nothing noted, nothing folded. To see what they cost the intake."""

from __future__ import annotations

import sys
from typing import Any

from bot.serve import serve
from store.counting import Counting


async def _nothing(_counting: Counting, *_: Any) -> None:
    """A lead changed, and no number is to know."""


if __name__ == "__main__":
    setattr(Counting, "note", _nothing)  # noqa: B010
    sys.exit(serve())
