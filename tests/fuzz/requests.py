"""Requests as forms, libraries and attackers send them, put together and broken at random from one seed."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from handlers.http.keys import signature
from qualification.kpi import KPIS
from tests.fuzz.server import KEY

NASTY: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**400, 1e308, -0.0, "", " ", "\x00", "\u202e", "\u200b", "\ud800"),
    *(
        "a" * 4000,
        "<!channel>",
        "<@UADAM>",
        "<!subteam^S1>",
        "*b*`c`",
        "=1+1",
        "@SUM(A1)",
        "+49 30 901820",
        "none",
    ),
    *("ada@acme.example", "a@b", "@", "ada@acme.example\r\nBcc: x@y.example", "x" * 300 + "@acme.example"),
    *("2026-11-02T09:30:00Z", "2026-11-02", "0000-00-00", "99999-01-01", "1e9", "now", "on", "true", "NaN"),
    *(
        "demo_request",
        "pricing_page",
        "DE",
        "EUR",
        "../../etc/passwd",
        "%00",
        "' OR 1=1 --",
        "${7*7}",
        "{{7*7}}",
    ),
    *("http://169.254.169.254/", "javascript:alert(1)", "🎉" * 200, "ﷺ" * 50, "é" * 1000, "İ", "ß"),
)
NAMES = (
    *("email", "phone", "first_name", "last_name", "company", "title", "employees", "industry", "country"),
    *("website", "source", "campaign", "variant", "action", "message", "external_id", "occurred_at", "utm"),
    *("consent", "consent[granted]", "consent.at", "leads", "rows", "batch", "type", "event", "anonymousId"),
    *(
        "userId",
        "messageId",
        "previousId",
        "traits",
        "properties",
        "context",
        "timestamp",
        "writeKey",
        "from",
    ),
    *("to", "amount", "currency", "gclid", "referrer", "page_url", "form_name", "__proto__", "", "\x00"),
)
POSTED = ("/intake/leads", "/intake/events", "/intake/events/v1/{call}", "/intake/spend", "/intake/{source}")
CALLS = ("track", "identify", "page", "group", "alias", "batch", "screen", "t", "")
KINDS = (
    *("application/json",) * 6,
    *("application/x-www-form-urlencoded",) * 3,
    *(
        "application/ld+json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "x",
        ";;",
    ),
    *("application/json; charset=utf-16", "application/json; charset=nope", "a/b; charset=zz", ""),
)
_LEAD = {"email": "ada@acme.example", "action": "demo_request", "source": "web", "first_name": "Ada"}
_SPEND = {"source": "google", "from": "2026-10-01", "to": "2026-10-31", "amount": 5, "campaign": "x"}
_TRACK = {
    "type": "track",
    "event": "Pricing Viewed",
    "anonymousId": "b1",
    "messageId": "m",
    "properties": {"a": 1},
}
_GOOD = {"/intake/leads": _LEAD, "/intake/spend": _SPEND}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. `path` is the described one, "" where nobody described it."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Attacker:
    """Makes requests without end; the same seed makes the same ones."""

    def __init__(self, seed: int, kpi_key: str, now: Callable[[], float]) -> None:
        self._dice = random.Random(seed)
        self._kpi_key, self._now = kpi_key, now

    def request(self) -> Sent:
        """The next one."""
        dice = self._dice
        drawn = dice.random()
        if drawn < 0.8:
            return self._posted()
        if drawn < 0.9:
            return self._number()
        return self._anywhere()

    def _posted(self) -> Sent:
        dice = self._dice
        path = dice.choice(POSTED)
        call = dice.choice(CALLS) or quote(str(dice.choice(NASTY))[:40].encode("utf-8", "replace"), safe="")
        url = path.replace("{call}", call or "x").replace("{source}", quote(call or "x", safe=""))
        content = self._content(path)
        kind = dice.choice(KINDS)
        if kind.startswith("application/x-www") and isinstance(content, dict):
            flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in content.items()}
            raw = urlencode(flat, errors="replace").encode()
        else:
            raw = json.dumps(content).encode()
        raw = self._broken(raw)
        headers = {"Content-Type": kind} if kind else {}
        raw, packed = self._packed(raw)
        headers |= packed | self._known(raw, packed)
        if dice.random() < 0.2:
            headers["Idempotency-Key"] = dice.choice(
                ("a", "b", "x" * 255, "x" * 256, "é", " ", "k" + str(dice.random()))
            )
        if dice.random() < 0.1:
            headers["Sec-GPC"] = dice.choice(("1", "0"))
        # These never reach a route: a path it doesn't match, a packing that is not what it says.
        elsewhere = any(c in url for c in ("%7B", "%2F", "%7D")) or "Content-Encoding" in packed
        return Sent("POST", url, "" if elsewhere else path, headers, raw)

    def _content(self, path: str) -> Any:
        dice = self._dice
        good = _GOOD.get(path, _TRACK)
        if dice.random() < 0.1:
            return dice.choice(NASTY)
        one = {**good, **{dice.choice(NAMES): self._value(3) for _ in range(dice.randrange(4))}}
        if dice.random() < 0.5 and "email" in one:
            one["email"] = f"p{dice.randrange(5000)}@acme{dice.randrange(50)}.example"
        if dice.random() < 0.25:
            name = {"/intake/leads": "leads", "/intake/spend": "rows"}.get(path, "batch")
            return {name: [{**one, dice.choice(NAMES): self._value(2)} for _ in range(dice.randrange(6))]}
        return one

    def _value(self, depth: int) -> Any:
        dice = self._dice
        if depth and dice.random() < 0.25:
            if dice.random() < 0.5:
                return [self._value(depth - 1) for _ in range(dice.randrange(3))]
            return {str(dice.choice(NAMES)): self._value(depth - 1) for _ in range(dice.randrange(3))}
        return dice.choice(NASTY)

    def _broken(self, raw: bytes) -> bytes:
        dice = self._dice
        drawn = dice.random()
        if drawn < 0.75 or not raw:
            return raw
        at = dice.randrange(len(raw))
        if drawn < 0.82:
            return raw[:at]
        if drawn < 0.89:
            return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
        if drawn < 0.94:
            return raw[:at] + raw[at // 2 :]
        if drawn < 0.96:
            return b"[" * 5000 + raw
        return dice.randbytes(dice.randrange(200))

    def _packed(self, raw: bytes) -> tuple[bytes, dict[str, str]]:
        dice = self._dice
        drawn = dice.random()
        if drawn < 0.9:
            return raw, {}
        if drawn < 0.94:
            return gzip.compress(raw), {"Content-Encoding": "gzip"}
        if drawn < 0.96:
            return zlib.compress(raw), {"Content-Encoding": "deflate"}
        if drawn < 0.97:
            return gzip.compress(b"0" * 3_000_000), {"Content-Encoding": "gzip"}
        return raw, {"Content-Encoding": dice.choice(("gzip", "deflate", "br", "zstd", "nope"))}

    def _known(self, raw: bytes, packed: Mapping[str, str]) -> dict[str, str]:
        """Mostly the right key: what is behind the door is worth more than the door."""
        dice = self._dice
        drawn = dice.random()
        if drawn < 0.85:
            return {"Authorization": f"Bearer {KEY}"}
        if drawn < 0.93 and not packed:
            stamp = str(int(self._now()))
            return {"X-Timestamp": stamp, "X-Signature": signature(KEY, stamp, raw)}
        return dice.choice(
            (
                {},
                {"Authorization": "Bearer "},
                {"Authorization": "Basic !!!"},
                {"Authorization": "Basic ZnV6ei1rZXk6"},
                {"X-Timestamp": "²", "X-Signature": "sha256=00"},
                {"Authorization": f"Bearer {dice.choice(('é', 'x', 'gl_' + 'a' * 64))}"},
            )
        )

    def _number(self) -> Sent:
        dice = self._dice
        name = dice.choice((*KPIS, "nope", "%00", ".."))
        asked = {
            dice.choice(("period", "by", "model", "experiment", "x")): str(
                dice.choice(("90d", "this month", "2026-13", "source", "rep", "first", "Q9 2026", *NASTY))
            )[:500]
            for _ in range(dice.randrange(3))
        }
        query = urlencode(asked, errors="replace")
        url = f"/kpi/{name}.{dice.choice(('json', 'csv', 'xml', 'json.csv'))}?{query}"
        key = self._kpi_key if dice.random() < 0.95 else KEY
        return Sent("GET", url, "/kpi/{name}.{kind}", {"Authorization": f"Bearer {key}"})

    def _anywhere(self) -> Sent:
        """Doors that need no key, and places where there is none."""
        dice = self._dice
        if dice.random() < 0.4:
            path = dice.choice(("/healthz", "/readyz", "/openapi.json", "/metrics"))
            return Sent("GET", path, path)
        url = dice.choice(
            (
                *(
                    "/u/" + "a" * 30,
                    "/u/..%2f..%2fetc",
                    "/u/%00",
                    "/slack/events",
                    "/",
                    "/intake",
                    "/intake/",
                    "/kpi/",
                ),
                *("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//", "/" + "a" * 3000, "/intake/leads/"),
            )
        )
        method = dice.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "XYZ"))
        headers = {"Content-Type": dice.choice(KINDS) or "x", "Authorization": f"Bearer {KEY}"}
        if dice.random() < 0.5:
            headers |= {
                "X-Slack-Signature": "v0=00",
                "X-Slack-Request-Timestamp": dice.choice(("0", "x", "²")),
            }
        body = self._broken(json.dumps(self._value(3)).encode()) if method not in ("GET", "HEAD") else b""
        return Sent(method, url, "", headers, body)
