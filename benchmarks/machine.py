"""The machine in words, and who runs on which core."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("aiohttp", "slack-bolt", "slack-sdk", "sqlalchemy", "asyncpg", "pydantic")


def described() -> list[str]:
    """Processor, memory, disk, system, versions, and how busy it was: ratios travel, numbers don't."""
    cores = len(os.sched_getaffinity(0))
    processor = _line("/proc/cpuinfo", r"model name\s*: (.*)") or platform.processor()
    memory = int(_line("/proc/meminfo", r"MemTotal:\s*(\d+)") or 0) / 1024 / 1024
    load = " ".join(f"{part:.1f}" for part in os.getloadavg())
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{cores} cores {processor}, {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}",
        f"load before: {load}; {'server and client on a core each' if cores > 1 else 'one core'}",
    ]


def cores() -> tuple[int, int]:
    """The core of the server and that of the client, apart where there are two."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes started within stay on this core."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def cpu_of(process: int) -> float:
    """Seconds of processor a process has used, all its threads together; other people's load hardly shows."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_of(process: int) -> float:
    """A process's share of memory in MB (proportional set size; shared pages counted once among sharers)."""
    kilobytes = _line(f"/proc/{process}/smaps_rollup", r"Pss:\s*(\d+)")
    return int(kilobytes or 0) / 1024


def _line(file: str, pattern: str) -> str | None:
    found = re.search(pattern, Path(file).read_text(encoding="utf-8"))
    return found.group(1) if found else None
