"""`python -m tests.faults`: break everything, for as long as you like, and count anew. See `--help`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.faults.databases import postgres_server, sqlite_file
from tests.faults.run import Report, killing, run

BOTH = ("sqlite", "postgres")


def main() -> int:
    """Run what was asked for; 1 when anything was lost, made up or done twice."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--on", choices=BOTH, action="append", help="only on this database")
    parser.add_argument("--kills", type=int, default=200, help="kill -9, on each database")
    parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong when")
    parser.add_argument("--logs", type=Path, help="keep the replicas' logs in this folder")
    asked = parser.parse_args()
    broken = False
    with tempfile.TemporaryDirectory(prefix="greenlight-faults-") as temporary:
        folder = asked.logs or Path(temporary)
        for kind in asked.on or BOTH:
            report = asyncio.run(_killing(kind, folder / kind, asked))
            print("\n".join(report.lines()), flush=True)
            broken = broken or bool(report.violations)
    return int(broken)


async def _killing(kind: str, folder: Path, asked: argparse.Namespace) -> Report:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server()) if kind == "postgres" else None
        url = await server.database() if server else await sqlite_file(folder)

        return await run(
            f"kill -9 on {kind}",
            url,
            folder,
            lambda trouble: killing(trouble, asked.kills),
            seed=asked.seed,
            server=server,
        )


if __name__ == "__main__":
    sys.exit(main())
