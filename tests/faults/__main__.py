"""Break everything, for as long as you like, and count anew: `make soak ARGS="…"`."""

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
from tests.faults.outage import outage
from tests.faults.run import Plan, clocks, full_disk, killing, run
from tests.faults.soak import Soak

ON = ("sqlite", "postgres")
WHAT = ("kills", "clocks", "disk", "outage", "soak")


def main() -> int:
    """Run what was asked for; 1 when anything was lost, made up, done twice, or grew without end."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--what", choices=WHAT, action="append", help="only this; may be said several times")
    parser.add_argument("--on", choices=ON, action="append", help="only on this database")
    parser.add_argument("--kills", type=int, default=200, help="kill -9, on each database")
    parser.add_argument("--seconds", type=float, default=120, help="how long clocks are set and disks full")
    parser.add_argument("--leads", type=int, default=5000, help="how many come in while Slack is away")
    parser.add_argument("--minutes", type=float, default=60, help="how long the soak takes")
    parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong when")
    parser.add_argument("--logs", type=Path, help="keep the replicas' logs in this folder")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("faults").setLevel(logging.INFO)
    broken = 0
    with tempfile.TemporaryDirectory(prefix="greenlight-faults-") as temporary:
        for kind in asked.on or ON:
            for what in asked.what or WHAT:
                if (what, kind) == ("disk", "postgres"):
                    continue  # that server's disk is not ours to fill
                folder = (asked.logs or Path(temporary)) / f"{what}-{kind}"
                folder.mkdir(parents=True, exist_ok=True)
                broken += asyncio.run(_one(what, kind, folder, asked))
    return min(broken, 1)


async def _one(what: str, kind: str, folder: Path, asked: argparse.Namespace) -> int:
    """Run one, say what came of it, and give the number of violations."""
    async with _database(kind, folder, is_small=what != "soak") as (url, server, place):
        if what == "outage":
            found = await outage(url, asked.leads)
            said, violations = found.lines(), found.violations()
        else:
            soak = Soak()
            plans: dict[str, Plan] = {
                "kills": lambda trouble: killing(trouble, asked.kills),
                "clocks": lambda trouble: clocks(trouble, asked.seconds),
                "disk": lambda trouble: full_disk(trouble, asked.seconds),
                "soak": lambda trouble: soak.watch(trouble.town, asked.minutes),
            }
            report = await run(
                f"{what} on {kind}",
                url,
                folder,
                plans[what],
                seed=asked.seed,
                server=server,
                disk=place,
                module="tests.faults.stepping" if what == "clocks" else "bot",
                soak=soak if what == "soak" else None,
            )
            said, violations = report.lines(), report.violations
    print("\n".join(said), flush=True)
    return len(violations)


@asynccontextmanager
async def _database(
    kind: str, folder: Path, *, is_small: bool
) -> AsyncIterator[tuple[str, Server | None, Disk | None]]:
    """Args: is_small: its disk can be filled, and an hour's leads would fill it."""
    with ExitStack() as stack:
        if kind == "postgres":
            server = stack.enter_context(postgres_server())
            yield await server.database(), server, None
        elif not is_small:
            yield await sqlite_file(folder), None, None
        else:
            place = stack.enter_context(disk(folder / "disk"))
            yield await sqlite_file(place.folder), None, place


if __name__ == "__main__":
    sys.exit(main())
