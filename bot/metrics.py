"""What Prometheus can see: verdicts, clicks and the outbox. No personal data in labels."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from handlers.flows.news import ALERTS_LANE, LEADS_LANE
from handlers.flows.receive import Verdict
from store.job_care import counts, lane_waits
from store.signs import DatabaseAway
from store.store import Store

PATIENCE = 2.0
"""Seconds for the outbox's numbers: a scrape that hangs is a scrape that failed."""
CLICK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)


class Metrics:
    """One process's numbers.

    Attributes:
        registry: What `/metrics` prints.
        clicks: Seconds from a Slack request to its answer, by status.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._verdicts = Counter(
            "greenlight_intake_verdicts_total", "Submissions by verdict.", ["status"], registry=self.registry
        )
        self.clicks = Histogram(
            "greenlight_slack_request_seconds",
            "From a request of Slack's to its answer.",
            ["status"],
            buckets=CLICK_BUCKETS,
            registry=self.registry,
        )
        self._jobs = Gauge("greenlight_jobs", "Jobs in the outbox.", ["state"], registry=self.registry)
        self._age = Gauge(
            "greenlight_queue_age_seconds",
            "For how long the job that waits longest has been due.",
            ["workspace"],
            registry=self.registry,
        )
        self._lanes = Gauge(
            "greenlight_lane_wait_seconds",
            "The same of each kind of lane, which sends one message after the other.",
            ["lane"],
            registry=self.registry,
        )

    def judged(self, verdicts: Sequence[Verdict]) -> None:
        """Count what became of submissions."""
        for verdict in verdicts:
            self._verdicts.labels(verdict.status).inc()

    async def look_at_outbox(self, store: Store, where: str) -> None:
        """Read the outbox's numbers, for the scrape that asks now; without a database there are none."""
        try:
            async with asyncio.timeout(PATIENCE), store.read(where) as work:
                found, waits, now = await counts(work), await lane_waits(work), work.moment()
        except (DatabaseAway, TimeoutError):
            # The counters are still worth reading, but an old number would look as if all were well.
            for gauge in (self._jobs, self._age, self._lanes):
                gauge.clear()
            return
        for state in ("open", "late", "dead"):
            self._jobs.labels(state).set(getattr(found, state))
        self._age.labels(where).set(_seconds(found.oldest, now))
        self._lanes.clear()
        longest: dict[str, float] = {}
        for lane, waited in waits.items():
            kind = _kind(lane)
            longest[kind] = max(waited, longest.get(kind, 0.0))
        for kind, waited in longest.items():
            self._lanes.labels(kind).set(waited)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _kind(lane: str) -> str:
    """A label for many lanes: each lead and each person has their own, and that is nobody's business here."""
    return lane if lane in (LEADS_LANE, ALERTS_LANE) else lane.partition(":")[0]
