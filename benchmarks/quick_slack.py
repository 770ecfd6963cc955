"""A Slack that says ok to everything at once, so that only the bot's own work is measured.

`python -m benchmarks.quick_slack PORT`
"""

from __future__ import annotations

import json
import sys
from itertools import count

from aiohttp import web

from benchmarks.requests import TEAM

_moments = count(1)


async def answer(request: web.Request) -> web.Response:
    """One answer with whatever any method's caller looks for."""
    await request.read()
    ts = f"1790000000.{next(_moments):06d}"
    told = {
        "ok": True,
        "team_id": TEAM,
        "user_id": "UBOT",
        "ts": ts,
        "channel": "CLEADS",
        "channels": [{"id": "CLEADS", "name": "leads"}, {"id": "CALERTS", "name": "sales-alerts"}],
        "members": [],
        "messages": [],
        "permalink": "http://127.0.0.1/message",
        "view": {"id": "V1", "hash": "1"},
        "response_metadata": {"next_cursor": ""},
    }
    return web.Response(body=json.dumps(told).encode(), content_type="application/json")


def main() -> None:
    """Serve until killed."""
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/{way:.*}", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
