"""Only Slack itself acts for people, and what it never sends is refused without a fault of ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from handlers.views import ids
from tests.house import House, house


def signed(body: str, stamp: int | None = None, secret: str = "sandbox-secret") -> dict[str, str]:
    """Slack's headers over a form body."""
    stamp = int(time.time()) if stamp is None else stamp
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(stamp),
        "X-Slack-Signature": f"v0={digest}",
    }


def claim_payload(
    team: str = "TSANDBOX",
    value: object = "1001",
    user: str = "UANA",
    action: str = ids.CLAIM,
    told_at: str = "http://127.0.0.1:9/nobody-listens",
) -> str:
    """A press on Claim or another button, as Slack's form body."""
    return urlencode(
        {
            "payload": json.dumps(
                {
                    "type": "block_actions",
                    "team": {"id": team},
                    "user": {"id": user},
                    "api_app_id": "ASANDBOX",
                    "response_url": told_at,
                    "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
                }
            )
        }
    )


async def slack_request(h: House, body: str, headers: dict[str, str]) -> int:
    async with h.http.post(f"{h.url}/slack/events", data=body, headers=headers) as answer:
        return answer.status


async def test_only_slack_itself_acts_for_people(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.form()
        await h.cards()
        body, now = claim_payload(), int(time.time())
        assert await slack_request(h, body, signed(body, secret="guessed")) == 401
        assert await slack_request(h, body, signed(body, stamp=now - 301)) == 401
        assert await slack_request(h, body, {"Content-Type": "application/x-www-form-urlencoded"}) == 401
        other_body = claim_payload(value="1001") + "&more=1"
        assert await slack_request(h, other_body, signed(body)) == 401
        assert (await h.lead(1001)).owner is None

        foreign = claim_payload(team="TOTHER")
        assert await slack_request(h, foreign, signed(foreign)) == 200
        assert (await h.lead(1001)).owner is None
        assert await slack_request(h, body, signed(body)) == 200
        assert (await h.lead(1001)).owner == "UANA"


@pytest.mark.parametrize(
    "body",
    [
        "payload=notjson",
        "payload=[]",
        "payload=%7B%22type%22%3A%22block_actions%22%7D",
        claim_payload(value="../../etc"),
        claim_payload(value={"a": 1}),
        claim_payload(value="99999999999999999999"),
        claim_payload(value="4242"),
        "command=%2Flead&text=%00",
        "",
        "\x00\xff",
    ],
)
async def test_a_signed_request_that_makes_no_sense_is_not_our_fault(sqlite_url: str, body: str) -> None:
    async with house(sqlite_url) as h:
        assert await slack_request(h, body, signed(body)) < 500
        assert (await h.form())["status"] == "created"
