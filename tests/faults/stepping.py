"""`python -m tests.faults.stepping serve`: `bot serve` on a machine whose clock somebody sets.

SIGUSR1 sets it an hour on, SIGUSR2 an hour back. What measures durations goes on, as on such a machine.
"""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime, timedelta

import time_machine

STEP = timedelta(hours=1)


def main() -> int:
    """Serve until stopped."""
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        signal.signal(signal.SIGUSR1, lambda *_: clock.shift(STEP))
        signal.signal(signal.SIGUSR2, lambda *_: clock.shift(-STEP))
        from bot.serve import serve

        return serve()


if __name__ == "__main__":
    sys.exit(main())
