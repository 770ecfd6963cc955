"""`python -m tests.faults`: break everything, for as long as you like, and count anew. See `--help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tests.faults.databases import Disk, Server, disk, postgres_server, sqlite_file
from tests.faults.run import Plan, Report, clocks, full_disk, killing, run

BOTH = ("sqlite", "postgres")
WHAT = ("kills", "clocks", "disk")


def main() -> int:
    """Run what was asked for; 1 when anything was lost, made up or done twice."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--on", choices=BOTH, action="append", help="only on this database")
    parser.add_argument("--what", choices=WHAT, action="append", help="only this trouble")
    parser.add_argument("--seconds", type=float, default=120, help="how long clocks are set and disks full")
    parser.add_argument("--kills", type=int, default=200, help="kill -9, on each database")
    parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong when")
    parser.add_argument("--logs", type=Path, help="keep the replicas' logs in this folder")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    broken = False
    with tempfile.TemporaryDirectory(prefix="greenlight-faults-") as temporary:
        folder = asked.logs or Path(temporary)
        for kind in asked.on or BOTH:
            for what in asked.what or WHAT:
                if (what, kind) == ("disk", "postgres"):
                    continue  # that server's disk is not ours to fill
                report = asyncio.run(_run(what, kind, folder / f"{what}-{kind}", asked))
                print("\n".join(report.lines()), flush=True)
                broken = broken or bool(report.violations)
    return int(broken)


@asynccontextmanager
async def _database(kind: str, folder: Path) -> AsyncIterator[tuple[str, Server | None, Disk | None]]:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if kind == "postgres":
            server = stack.enter_context(postgres_server())
            yield await server.database(), server, None
        else:
            place = stack.enter_context(disk(folder / "disk"))
            yield await sqlite_file(place.folder), None, place


async def _run(what: str, kind: str, folder: Path, asked: argparse.Namespace) -> Report:
    plans: dict[str, Plan] = {
        "kills": lambda trouble: killing(trouble, asked.kills),
        "clocks": lambda trouble: clocks(trouble, asked.seconds),
        "disk": lambda trouble: full_disk(trouble, asked.seconds),
    }
    module = "tests.faults.stepping" if what == "clocks" else "bot"
    async with _database(kind, folder) as (url, server, place):
        made = {"seed": asked.seed, "server": server, "disk": place, "module": module}
        return await run(f"{what} on {kind}", url, folder, plans[what], **made)


if __name__ == "__main__":
    sys.exit(main())
