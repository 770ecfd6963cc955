"""The short form of `python -m tests.fuzz`."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.fuzz.attack import Report, drawn, ours
from tests.fuzz.promises import broken_promise
from tests.fuzz.requests import Sent
from tests.fuzz.server import running


async def test_nothing_that_is_sent_breaks_it(tmp_path: Path, sqlite_url: str) -> None:
    chosen = random.randrange(10**6)
    async with running(tmp_path, sqlite_url) as target:
        reports = [
            await asyncio.to_thread(drawn, target, 16, chosen),
            await ours(target, 400, chosen),
        ]
    assert not [words for report in reports for words in report.found], f"seed {chosen}"
    assert target.complaints() == [], f"seed {chosen}"
    assert all(saw_much(report) for report in reports)


def saw_much(report: Report) -> bool:
    """Both what is taken and what is refused, or nothing was tried."""
    taken = report.statuses[200] + report.statuses[202]
    return taken > 0 and report.sent > taken


def test_what_is_not_as_described_is_found() -> None:
    spend = Sent("POST", "/intake/spend", "/intake/spend")
    assert broken_promise(spend, 202, "application/json", b'{"saved":1}') is None
    assert "'saved' is a required property" in str(broken_promise(spend, 202, "application/json", b"{}"))
    assert broken_promise(spend, 500, "text/plain", b"") == "500"
    assert broken_promise(spend, 418, "application/json", b"{}") == "418 is not described"
    assert broken_promise(spend, 401, "text/html", b"") == "401 came as text/html"
    leads = Sent("POST", "/intake/leads", "/intake/leads")
    kept = b'{"status":"quarantined","lead":null,"stage":null,"score":null,"reasons":[]}'
    assert "kept aside" in str(broken_promise(leads, 202, "application/json", kept))
