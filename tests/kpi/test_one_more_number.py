"""Adding a number is one entry, one counting query and one worked example: no other place is touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_number_that_is_added_answers_at_every_door(sqlite_url: str) -> None:
    words = [sys.executable, "-m", "tests.kpi.one_more_number", sqlite_url]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
