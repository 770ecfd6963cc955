"""`python -m tests.fuzz [--requests 100000] [--drawn 2000] [--seed 1] [--on sqlite|postgres]`"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.attack import Report, drawn, ours
from tests.fuzz.databases import KINDS, fresh
from tests.fuzz.server import running


async def attack(asked: argparse.Namespace) -> int:
    """Both kinds, one after the other; exit code 1 when anything was found."""
    with tempfile.TemporaryDirectory(prefix="greenlight-fuzz-") as name:
        folder = Path(name)
        async with fresh(asked.on, folder) as database, running(folder, database) as target:
            reports = [
                _told("schemathesis", await asyncio.to_thread(drawn, target, asked.drawn, asked.seed)),
                _told("our own", await ours(target, asked.requests - asked.drawn, asked.seed)),
            ]
        complaints = target.complaints()
    print(f"log: {len(complaints):,} lines that should not be there")
    for line in complaints[:20]:
        print(f"  {line}")
    return 1 if complaints or any(report.count for report in reports) else 0


def _told(kind: str, report: Report) -> Report:
    answers = ", ".join(
        f"{count:,} x {status or 'hung up'}" for status, count in sorted(report.statuses.items())
    )
    at = time.strftime("%H:%M:%S")
    print(f"{kind}: {report.sent:,} requests until {at}, {report.count:,} findings; {answers}")
    for words in report.found:
        print(f"  {words}")
    return report


def main() -> int:
    """Read what was asked for, and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument(
        "--drawn", type=int, default=2_000, help="how many of them by schemathesis, which is slow"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=KINDS, default="sqlite", help="the kind of database behind it")
    return asyncio.run(attack(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
