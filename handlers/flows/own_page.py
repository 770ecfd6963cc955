"""The page on which a person sees what is held about them, opts out, and asks for deletion."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.flows.disqualify import opt_out_lead
from handlers.flows.office import Office
from handlers.flows.permission import withdraw
from qualification.errors import Refused
from qualification.events import THEMSELVES
from qualification.lead import Lead
from qualification.receipts import Receipt, receipts_of_all
from qualification.scoring import Score, score
from store.erasures import Erasure
from store.outbox import NewJob
from store.work import Work

LASTS = timedelta(days=180)
"""A link in an old mail must still work; one that leaked must not work for ever."""
GRACE = timedelta(days=7)
"""How long an admin may look at a deletion asked for by a link, which whoever has the mail can open.

Then it happens by itself: the law allows a month, and nobody should have to ask twice.
"""
KEPT_FOR: Mapping[str, str] = {
    "contract": "An invoice or a contract must be kept",
    "claim": "It is needed for a legal claim",
    "unsure": "We could not tell whether it was them",
}
"""Why an admin may keep the data, as codes for the record."""
_SHOWN = ("submission", "details")


class NoSuchPage(Refused):
    """No such link, or it counts no more: the page says the same about both, and nothing about anybody."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a person sees of themselves. Notes of our own people are in the export an admin makes."""

    lead: Lead
    receipts: tuple[Receipt, ...]
    told: tuple[tuple[datetime, Mapping[str, Any]], ...]
    did: tuple[tuple[datetime, str], ...]
    asked: Erasure | None
    score: Score


def hashed(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


async def make_link(office: Office, where: str, number: int, by: str, public_url: str) -> str:
    """The address of a lead's page. Each is new, for only its hash is kept; older ones stay good."""
    token = secrets.token_urlsafe(24)
    now = office.clock()
    async with office.store.begin(where) as work:
        await work.privacy.link(hashed(token), number, by, now, now + LASTS)
    return f"{public_url.rstrip('/')}/u/{token}"


async def see_own_page(office: Office, where: str, token: str) -> OwnPage:
    """What stands on the page.

    Raises:
        NoSuchPage: no link has this token, it is too old, or nothing is left to show.
    """
    number = await _behind(office, where, token)
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        lead = await work.leads.standing(number)
        if lead is None or lead.erased:
            raise NoSuchPage("")
        histories = await work.people.histories(_numbers(lead))
        facts = [fact for n in _numbers(lead) for fact in await work.privacy.facts(n)]
        erasures = await _erasures(work, lead)
    facts.sort(key=lambda fact: (fact.at, fact.id))
    actions = rules.definition.actions
    return OwnPage(
        lead=lead,
        receipts=tuple(receipts_of_all(histories, {fact.id: fact.data for fact in facts})),
        told=tuple((fact.at, fact.data) for fact in facts if fact.kind in _SHOWN),
        did=tuple(
            (a.at, actions[a.action].says if a.action in actions else a.action) for a in lead.activities
        ),
        asked=next((one for one in erasures if one.state in ("asked", "kept")), None),
        score=score(lead, rules.definition, office.clock()),
    )


async def opt_out_by_link(office: Office, where: str, token: str) -> None:
    """They want no contact any more: at once, and as often as a mail program asks."""
    await opt_out_lead(office, where, await _behind(office, where, token), THEMSELVES)


async def withdraw_by_link(office: Office, where: str, token: str, purpose: str) -> None:
    """They take back one purpose."""
    await withdraw(office, where, await _behind(office, where, token), THEMSELVES, purpose)


async def ask_erasure(office: Office, where: str, token: str) -> None:
    """They want to be erased: admins hear of it now, and it happens by itself when the grace is over.

    Kept under the number of the link: should it be split again, nobody else is erased in their place.
    """
    number = await _behind(office, where, token)
    async with office.at_lead(where, number) as at:
        if any(one.state == "asked" for one in await _erasures(at.work, at.lead)):
            return
        due = at.now + GRACE
        asked = await at.work.privacy.note(
            lead=number, why="request", by=THEMSELVES, state="asked", asked_at=at.now, due=due
        )
        people = [
            NewJob(
                "erase.asked",
                {"lead": at.lead.number, "erasure": asked, "to": admin},
                dedup=f"erase-asked:{asked}:{admin}",
                lane=f"post:{admin}",
            )
            for admin in at.rules.setup.admins
        ]
        payload = {"lead": number, "erasure": asked}
        timer = NewJob("erase.due", payload, dedup=f"erase-due:{asked}", due=due)
        await at.work.outbox.put_many([*people, timer])


async def keep_after_all(office: Office, where: str, number: int, admin: str, reason: str) -> None:
    """An admin says why the data must stay; their page tells them.

    Raises:
        Refused: nothing is asked for any more.
    """
    async with office.at_lead(where, number) as at:
        asked = [one for one in await _erasures(at.work, at.lead) if one.state == "asked"]
        for one in asked:
            receipt = {"kept_for": reason, "kept_by": admin}
            await at.work.privacy.progress(one.id, state="kept", receipt=receipt)
    if not asked:
        raise Refused(f"Nobody waits for L-{number} to be erased any more.")


def _numbers(lead: Lead) -> tuple[int, ...]:
    return (lead.number, *lead.merged)


async def _erasures(work: Work, lead: Lead) -> list[Erasure]:
    """What was asked for and done under any of their numbers, newest first."""
    found = [one for number in _numbers(lead) for one in await work.privacy.erasures_of(number)]
    return sorted(found, key=lambda one: one.id, reverse=True)


async def _behind(office: Office, where: str, token: str) -> int:
    """The number a link was made for; flows follow it to the lead that stands for it."""
    async with office.store.read(where) as work:
        number = await work.privacy.lead_behind(hashed(token), office.clock())
    if number is None:
        raise NoSuchPage("")
    return number
