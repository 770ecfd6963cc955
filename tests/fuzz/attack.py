"""Send them, many at once, and note what should not have been."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from yarl import URL

from tests.fuzz.promises import API, broken_promise
from tests.fuzz.requests import Attacker, Sent
from tests.fuzz.server import KEY, Target

AT_ONCE = 16
KEPT = 20
"""Findings that are shown whole."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@dataclass
class Report:
    """How many were sent, how they were answered, and what should not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def sent(self) -> int:
        return self.statuses.total()

    def wrong(self, words: str) -> None:
        self.count += 1
        if len(self.found) < KEPT:
            self.found.append(words)


async def ours(target: Target, count: int, number: int) -> Report:
    """So many of our own, from this seed."""
    report, attacker = Report(), Attacker(number, target.kpi_key, time.time)
    left = iter(range(count))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:

        async def one_after_the_other() -> None:
            for _ in left:
                await _send(http, target, attacker.request(), report)

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return report


async def _send(http: aiohttp.ClientSession, target: Target, sent: Sent, report: Report) -> None:
    url = URL(target.url + sent.url, encoded=True)
    try:
        async with http.request(
            sent.method, url, data=sent.body or None, headers=sent.headers, allow_redirects=False
        ) as answer:
            body = await answer.read()
            report.statuses[answer.status] += 1
            if wrong := broken_promise(sent, answer.status, answer.content_type, body):
                report.wrong(
                    f"{wrong}: {sent.method} {sent.url[:200]} {dict(sent.headers)} {sent.body[:300]!r}"
                )
    except aiohttp.ServerDisconnectedError:
        # It hangs up on a body that it will not read; what it must not do is die.
        report.statuses[0] += 1
    except (aiohttp.ClientError, TimeoutError) as lost:
        if isinstance(lost, aiohttp.ClientOSError):
            report.statuses[0] += 1
            return
        report.wrong(f"{type(lost).__name__}: {sent.method} {sent.url[:200]} {sent.body[:300]!r}")


def drawn(target: Target, count: int, number: int) -> Report:
    """So many by schemathesis, drawn from the description, good and bad, each operation alike."""
    report, api = Report(), schemathesis.openapi.from_dict(API)
    operations = [one.ok() for one in api.get_all_operations()]
    closed = [one for one in operations if one.definition.raw.get("security") != []]
    plans = [(one, GenerationMode.POSITIVE) for one in operations]
    plans += [(one, GenerationMode.NEGATIVE) for one in closed]
    with requests.Session() as session:
        for operation, mode in plans:
            _drawn(operation, mode, max(1, count // len(plans)), number, session, target, report)
    return report


def _drawn(
    operation: schemathesis.APIOperation,  # type: ignore[type-arg]
    mode: GenerationMode,
    count: int,
    number: int,
    session: requests.Session,
    target: Target,
    report: Report,
) -> None:
    key = target.kpi_key if operation.path.startswith("/kpi") else KEY

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        answer = case.call(base_url=target.url, session=session, headers={"Authorization": f"Bearer {key}"})
        report.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except Exception as failure:
            report.wrong(f"{operation.label}: {failure}"[:1500])

    send()
