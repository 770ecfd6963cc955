"""Slack on a bad day, on demand."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import ScreenError

KINDS = ("429", "500", "timeout", "drop", "half")
CARRIED_OUT = ("drop", "half")
"""Those after which Slack has done what was asked, and the app does not know it."""


@dataclass
class Fault:
    """What the next `times` calls of a method meet.

    429: refused with Retry-After (seconds). 500: refused. timeout: NOT carried out; no answer comes until
    the caller gives up. drop: carried out, but the connection closes without an answer. half: carried out,
    but it closes in the middle of the answer.
    """

    kind: str
    times: int
    retry_after: int = 1


class Faults:
    """The faults still to come, by method; `*` stands for every method."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}

    def plan(self, method: str, kind: str, times: int = 1, retry_after: int = 1) -> None:
        """Add a fault; `times` 0 takes back what was planned for the method.

        Raises:
            ScreenError: unknown kind.
        """
        if kind not in KINDS:
            raise ScreenError("unknown_kind", wanted=kind, there=list(KINDS))
        if times <= 0:
            self._waiting.pop(method, None)
            return
        self._waiting.setdefault(method, []).append(Fault(kind, times, retry_after))

    def next(self, method: str) -> Fault | None:
        """The fault this call meets, used up once."""
        for name in (method, "*"):
            queue = self._waiting.get(name)
            if queue:
                fault = queue[0]
                fault.times -= 1
                if fault.times <= 0:
                    queue.pop(0)
                return fault
        return None
