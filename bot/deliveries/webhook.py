"""Every stage change as a signed webhook, so that another system can follow."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

import aiohttp

from bot.deliveries.desk import Desk
from bot.outbound import NotThere, seconds_asked
from qualification.events import Kind
from store.outcomes import Dead, Done, Hold, Job, Outcome, Retry

REASONS = {Kind.UNDONE: "undone", Kind.MERGED: "merged", Kind.UNMERGED: "unmerged"}
ASKED = 30.0
"""Seconds to hold when nobody says how long."""
TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """Posts to GREENLIGHT_WEBHOOK_URL.

    The body is signed like our own intake: `X-Timestamp` (Unix seconds) and
    `X-Signature: sha256=` hex HMAC(secret, timestamp + "." + body). `Idempotency-Key` stays the same however
    often the event is sent; `X-Request-Id` is the id of the request it goes back to, if there was one.
    """

    desk: Desk
    session: aiohttp.ClientSession
    url: str
    secret: str

    async def stage(self, job: Job) -> Outcome:
        """One stage change. Without a URL nobody listens, and that is fine."""
        if not self.url:
            return Done()
        news = await self.desk.news(job)
        if news is None or not news.events:
            return Done()
        event, lead = news.events[0], news.seen.lead
        # Some steps move a lead without being a stage change themselves: the job says from where to where.
        moved = job.payload if event.kind in REASONS else event.data
        body = json.dumps(
            {
                "event": "lead.stage",
                "id": f"{lead.name}:{job.payload['event']}",
                "lead": lead.name,
                "external_id": lead.external_id,
                "from": moved["from"],
                "to": moved["to"],
                "reason": event.data.get("reason") or REASONS.get(event.kind),
                "at": event.at.isoformat(),
                "by": event.actor,
                "score": news.seen.score.total,
                "owner": lead.owner,
                "source": lead.source,
                "campaign": lead.campaign,
                "amount_minor": event.data.get("amount_minor"),
                "currency": event.data.get("currency"),
                "definition_version": event.version,
            }
        )
        stamp = str(int(self.desk.office.clock().timestamp()))
        signed = hmac.new(self.secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": f"sha256={signed}",
            "Idempotency-Key": f"greenlight-{job.workspace}-{job.id}",
        }
        if job.trace:
            headers["X-Request-Id"] = job.trace
        try:
            # Not where the other side may send us: what is signed for one address is for no other.
            async with self.session.post(
                self.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                return _outcome(answer)
        except aiohttp.ClientConnectorError as lost:
            if isinstance(lost.os_error, NotThere):
                return Dead("the webhook's address is one that no other system can have: set another")
            return Retry(f"the webhook did not answer ({type(lost).__name__})")
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            return Retry(f"the webhook did not answer ({type(lost).__name__})")


def _outcome(answer: aiohttp.ClientResponse) -> Outcome:
    if answer.status < 300:
        return Done()
    if answer.status < 400:
        return Dead(f"the webhook answered {answer.status}, which sends us elsewhere: set its final address")
    if answer.status == 429:
        return Hold(seconds_asked(answer.headers.get("Retry-After"), otherwise=ASKED))
    if answer.status in (400, 401, 403, 404, 410, 422):
        return Dead(f"the webhook refused it with {answer.status}")
    return Retry(f"the webhook answered {answer.status}")
