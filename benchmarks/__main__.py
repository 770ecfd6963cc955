"""`python -m benchmarks [NAME…] [--peer-url URL]`: measure, print the table. Takes about eight minutes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import beside, clicks, counted, folding, imports, intake, kpis, peer, replays, rush, start
from benchmarks.machine import cores, described
from benchmarks.report import Row, table

MEASURED: dict[str, Callable[[], list[Row]]] = {
    "click": clicks.measure,
    "intake": intake.measure,
    "counts": counted.measure,
    "import": imports.measure,
    "beside": beside.measure,
    "rush": rush.measure,
    "kpi": kpis.measure,
    "start": start.measure,
    "fold": folding.measure,
    "replay": replays.measure,
}


def main(arguments: list[str]) -> int:
    """Measure what was asked for, or everything.

    Returns:
        0 when every aim was reached, 1 when one was missed, 2 for a name that is none, or a peer that
        does not answer.
    """
    asked = _asked(arguments)
    names, measured = asked.names or [*MEASURED], dict(MEASURED)
    if asked.peer_url:
        body = asked.peer_body.read_text(encoding="utf-8") if asked.peer_body else peer.OURS
        headers = {**peer.AS_JSON, **dict(asked.peer_header)}
        other = peer.Endpoint(asked.peer_url, headers, body)
        names = [*(name for name in names if name != "peer"), "peer"]
        measured["peer"] = lambda: peer.measure(other)
    unknown = [name for name in names if name not in measured]
    if unknown:
        print(f"{', '.join(unknown)}: choose from {', '.join(MEASURED)}", file=sys.stderr)
        return 2
    for line in described():
        print(line)
    os.sched_setaffinity(0, {cores()[1]})
    rows: list[Row] = []
    for name in names:
        began = time.perf_counter()
        try:
            rows += measured[name]()
        except peer.NoAnswer as silent:
            print(silent, file=sys.stderr)
            return 2
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print()
    print(table(rows))
    return 1 if any(row.reached is False for row in rows) else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURED))
    parser.add_argument("--peer-url", help="another system's endpoint, sent the same load in the same run")
    parser.add_argument(
        "--peer-header", action="append", default=[], type=_header, help="“Name: value”, sent with each"
    )
    parser.add_argument("--peer-body", type=Path, help="a file to send, with {email} and so on in it")
    return parser.parse_args(arguments)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not (colon and name.strip()):
        raise argparse.ArgumentTypeError(f"{line!r} is no “Name: value”")
    return name.strip(), value.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
