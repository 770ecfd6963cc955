"""Every route we serve: what it takes, what it answers, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.http.events import MOST_MESSAGES
from handlers.http.intake import MOST_LEADS
from handlers.http.spend_body import MOST_ROWS


@dataclass(frozen=True, slots=True)
class Route:
    """One route: what it takes and what it answers."""

    method: str
    path: str
    does: str
    answers: Mapping[int, tuple[str, str]]
    """Status → what it means, and the name of the schema of its body ("" for none)."""
    takes: str = ""
    """The name of the schema of the request's body."""
    open: bool = False
    """Served without a key."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """What may stand in the address behind the question mark: its name → what it means."""


KPI_PARAMETERS: Mapping[str, str] = {
    "period": "The window, as in 30d, last month, Q3 or 2026-07-01..2026-07-31",
    "by": "What it is split by: source, campaign, rep or variant",
    "only": "One value of one of these by itself, as in source=linkedin or campaign=black friday",
    "against": "The window to compare with: a period, before or year-before",
    "model": "For sources: the attribution, first, last, linear, u, w or decay",
    "experiment": "For ab: its name",
    "exact": "For speed: yes looks at each lead, where times of many are read from buckets else",
}
"""What `/kpi/NAME` takes, as the command does."""


REFUSALS: dict[int, tuple[str, str]] = {
    400: ("Broken JSON, form or packing", "Errors"),
    401: ("No key we know, or a signature that doesn't hold", "Errors"),
    408: ("The body did not come to its end in time", "Errors"),
    409: ("The Idempotency-Key came with another body before", "Errors"),
    413: ("Over 1 MiB", "Errors"),
    415: ("Neither JSON nor a form", "Errors"),
    422: ("Fields that can't be taken, each with its path", "Errors"),
    429: (
        "Too much at once, or too many unknown keys; come back after Retry-After seconds. Nothing was saved",
        "Errors",
    ),
    503: (
        "The database can't be reached, and nothing was saved; or it does not answer, and nobody knows",
        "Errors",
    ),
}


def _intake(
    path: str, does: str, saved: tuple[str, str], *, status: int = 202, unknown: str = "", takes: str = ""
) -> Route:
    """A route that takes something in: what is wrong with it is said alike everywhere.

    Args:
        saved: What the status means where it went well, and the schema of that answer.
        unknown: What 404 means, where the address names something.
    """
    answers = {status: saved, **({404: (unknown, "Errors")} if unknown else {}), **REFUSALS}
    return Route("post", f"/intake/{path}", does, answers, takes=takes)


ROUTES: tuple[Route, ...] = (
    _intake(
        "leads",
        f"Hand in one lead, or up to {MOST_LEADS} as {{leads: […]}}. Unknown fields are kept as extra facts.",
        ("Saved", "LeadAnswer"),
        takes="LeadRequest",
    ),
    _intake(
        "events",
        "Hand in what visitors do: one call of Segment's or RudderStack's shape, or up to "
        f"{MOST_MESSAGES:,} as {{batch: […]}}. The key may come as the user name of Basic or as writeKey.",
        ("Heard; says which messages could not be taken, and why", "EventAnswer"),
        status=200,
        takes="EventRequest",
    ),
    _intake(
        "events/v1/{call}",
        "The same at the address that Segment's libraries make of it: batch, track, page and so on.",
        ("Heard", "EventAnswer"),
        status=200,
        unknown="No such call; says which there are",
        takes="EventRequest",
    ),
    _intake(
        "spend",
        f"Hand in what campaigns cost: one row, or up to {MOST_ROWS} as {{rows: […]}}. All or none.",
        ("Saved", "SpendAnswer"),
        takes="SpendRequest",
    ),
    _intake(
        "{source}",
        "Hand in another system's own payload. An unreadable one is kept raw: quarantined.",
        ("Saved", "LeadAnswer"),
        unknown="No such source; says which there are",
    ),
    Route(
        "get",
        "/kpi/{name}.{kind}",
        "A number as json or csv, for a manager's key; the parameters mean what they mean after /kpi.",
        {
            200: ("The answer", ""),
            401: ("No manager's key", "Errors"),
            404: ("No such number; says which there are", "Errors"),
            422: ("A question that can't be asked", "Errors"),
            429: ("Too many unknown keys came from your address; come back after Retry-After", "Errors"),
            503: (
                "The database can't be reached, or counting took too long; Retry-After says when",
                "Errors",
            ),
        },
        asks=KPI_PARAMETERS,
    ),
    Route("get", "/healthz", "The process answers.", {200: ("It does", "")}, open=True),
    Route(
        "get",
        "/readyz",
        "Database, schema and worker are well. Slack is only reported.",
        {200: ("Ready", "Readiness"), 503: ("Not ready", "Readiness")},
        open=True,
    ),
    Route("get", "/metrics", "Numbers for Prometheus.", {200: ("Prometheus text", "")}, open=True),
    Route("get", "/openapi.json", "This description.", {200: ("OpenAPI 3.1", "")}, open=True),
)
