"""The requests that are sent: invented people's leads, and presses of Claim as Slack signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import posted

KEY, SECRET, TEAM = "bench-key", "bench-secret", "TBENCH"
_TITLES = ("VP Engineering", "Head of Sales", "Office Manager", "Developer", "CFO")
_ACTIONS = ("demo_request", "contact_form", "webinar_attended", "free_trial", "content_download")
_SOURCES = ("linkedin", "google", "newsletter", "partner", "event")


def person(number: int) -> dict[str, Any]:
    """One invented person, unlike all others."""
    return {
        "email": f"person{number}@company{number % 997}.example",
        "phone": f"+4930{10_000_000 + number}",
        "first_name": "Ada",
        "last_name": f"Example{number}",
        "company": f"Company {number % 997}",
        "title": _TITLES[number % 5],
        "employees": 10 + number % 700,
        "industry": "software",
        "country": "DE",
        "website": "acme.example",
        "source": _SOURCES[number % 5],
        "campaign": f"campaign-{number % 50}",
        "action": _ACTIONS[number % 5],
        "message": "Need it by March",
        "utm": {"source": _SOURCES[number % 5], "medium": "cpc"},
        "consent": {"granted": True, "purposes": ["contact", "marketing"], "text_version": "2026-05"},
    }


def lead_posted(number: int, path: str = "/intake/leads") -> bytes:
    """A web form's request."""
    body = json.dumps(person(number)).encode()
    return posted(path, body, Content_Type="application/json", Authorization=f"Bearer {KEY}")


def claim_pressed(number: int, slack_port: int) -> bytes:
    """Somebody presses Claim on L-`number`: signed now, so send it within five minutes."""
    stamp = str(int(time.time()))
    body = urlencode({"payload": json.dumps(_claim(number, slack_port))}).encode()
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return posted(
        "/slack/events",
        body,
        Content_Type="application/x-www-form-urlencoded",
        X_Slack_Request_Timestamp=stamp,
        X_Slack_Signature=f"v0={signed}",
    )


def _claim(number: int, slack_port: int) -> dict[str, Any]:
    """A block_actions payload as big as Slack's: it carries the whole message that was clicked."""
    text = {"type": "plain_text", "text": "Claim", "emoji": True}
    button = {
        "type": "button",
        "action_id": "lead.claim",
        "block_id": "controls",
        "value": str(number),
        "text": text,
    }
    section = {
        "type": "section",
        "block_id": "top",
        "text": {"type": "mrkdwn", "text": "*Ada Example* · " * 20},
    }
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "Fits, hot. " * 10}]}
    blocks = [section, context, {"type": "actions", "block_id": "controls", "elements": [button]}]
    ts = f"1790000000.{number:06d}"
    return {
        "type": "block_actions",
        "user": {"id": f"UREP{number % 20}", "username": "rep", "name": "rep", "team_id": TEAM},
        "api_app_id": "ABENCH",
        "token": "unused",
        "container": {
            "type": "message",
            "message_ts": ts,
            "channel_id": "CLEADS",
            "is_ephemeral": False,
        },
        "trigger_id": f"{number}.bench",
        "team": {"id": TEAM, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "CLEADS", "name": "leads"},
        "message": {
            "type": "message",
            "user": "UBOT",
            "ts": ts,
            "bot_id": "BBOT",
            "text": "Demo request",
            "blocks": blocks,
        },
        "state": {"values": {}},
        "response_url": f"http://127.0.0.1:{slack_port}/respond/{number}",
        "actions": [{**button, "action_ts": ts}],
    }
