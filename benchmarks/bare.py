"""The limit: an aiohttp server that does what nobody can leave out, and nothing else.

`python -m benchmarks.bare PORT`
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from urllib.parse import parse_qs

from aiohttp import web

from benchmarks.requests import SECRET


async def click(request: web.Request) -> web.Response:
    """Check Slack's signature, parse the payload, answer 200."""
    body = await request.read()
    stamp = request.headers["X-Slack-Request-Timestamp"]
    if abs(time.time() - int(stamp)) > 300:
        return web.Response(status=401)
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v0={signed}", request.headers["X-Slack-Signature"]):
        return web.Response(status=401)
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    return web.Response(text="" if payload["actions"] else "nothing")


async def lead(request: web.Request) -> web.Response:
    """Parse a lead's JSON, answer 202 with a verdict's worth of JSON."""
    told = json.loads(await request.read())
    return web.json_response({"status": "created", "lead": told["email"]}, status=202)


async def healthz(_: web.Request) -> web.Response:
    """It runs."""
    return web.Response(text="ok")


def main() -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/slack/events", click)
    app.router.add_post("/intake/leads", lead)
    app.router.add_get("/healthz", healthz)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
