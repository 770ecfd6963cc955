"""`python -m bot demo` as a newcomer starts it: a process of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.complaints import is_complaint

ROOT = Path(__file__).parents[1]
PATIENCE = 90.0
"""Seconds for a year of sample leads on a busy machine."""


@dataclass(frozen=True)
class Demo:
    """Where the page of a running demo is, and the folder it was started in."""

    page: str
    folder: Path

    async def command(self, line: str) -> str:
        """What `python -m bot …` prints beside the demo, with the settings it left for that."""
        python = shlex.quote(sys.executable)
        run = f". .demo/env && PYTHONPATH={shlex.quote(str(ROOT))} {python} -m bot {line}"
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_shell(run, cwd=self.folder, stdout=pipe, stderr=pipe)
        out, wrong = await process.communicate()
        assert process.returncode == 0, wrong.decode()
        return out.decode()


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[Demo]:
    """Start the demo in `folder` and wait for its welcome; stop it as Ctrl-C does.

    It must end well, and its log may not hold a failure.
    """
    port, page = free_port(), free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "SANDBOX_PORT": str(page),
        "PYTHONPATH": str(ROOT),
        "MANIFEST": str(ROOT / "app.manifest.yml"),
    }
    command = (sys.executable, "-m", "bot", "demo")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    try:
        await asyncio.wait_for(_welcome(process), PATIENCE)
        yield Demo(f"http://127.0.0.1:{page}", folder)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        failures = [line for line in _log(folder).splitlines() if is_complaint(line)]
        assert failures == []
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _log(folder: Path) -> str:
    return (folder / ".demo" / "bot.log").read_text(encoding="utf-8")


async def _welcome(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    said = ""
    while "Greenlight is running" not in said:
        line = (await process.stdout.readline()).decode()
        assert line, f"the demo ended: {said}"
        said += line


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
