"""Many random lives, each number recounted: `python -m tests.kpi [COUNT [SEED]] [--on sqlite|postgres]`.

The short form is `test_against_reference.py`. A life that disagrees is told by its seed, with what was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.faults.databases import postgres_server, sqlite_file
from tests.fuzz.databases import KINDS
from tests.kpi.against_reference import PLACES, live

STEPS = (0, 12, 60, 150, 260)


async def _many(count: int, seed: int, kind: str) -> int:
    wrong, asked = 0, Counter[str]()
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server()) if kind == "postgres" else None
        for number in range(seed, seed + count):
            place, steps = PLACES[number % len(PLACES)], Random(number).choice(STEPS)
            with tempfile.TemporaryDirectory(prefix="greenlight-recount-") as folder:
                url = await (server.database() if server else sqlite_file(Path(folder)))
                try:
                    asked += await live(url, place, number, steps)
                except AssertionError as no:
                    wrong += 1
                    print(f"{number} ({place.zone}, {steps} steps): {no}", flush=True)
    print(f"{count} lives on {kind}, {asked.total():,} answers recounted, {wrong} lives disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.kpi", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--on", choices=KINDS, default="sqlite", help="the kind of database behind it")
    given = parser.parse_args()
    sys.exit(asyncio.run(_many(given.count, given.seed, given.on)))
