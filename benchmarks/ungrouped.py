"""The same bot without group commit: one transaction a request. To see what sharing them is worth."""

from __future__ import annotations

import sys
from functools import partial

from bot import joining
from bot.collector import Collector
from bot.serve import serve

if __name__ == "__main__":
    setattr(joining, "Collector", partial(Collector, max_batch=1))  # noqa: B010
    sys.exit(serve())
