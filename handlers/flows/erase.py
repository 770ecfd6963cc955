"""Erase a person: the database in one transaction, Slack by jobs queued with it; the counts stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from handlers.flows.home import OPENED
from handlers.flows.house_state import NotAllowed
from handlers.flows.office import SECRET, AtLead, NoSuchLead, Office, Rules
from handlers.flows.whose import Whose, look_up
from qualification.events import Event, Kind
from qualification.lead import Lead
from qualification.personal import Traces, keyed, traces_of
from store.outbox import NewJob
from store.work import Work

ERASE_LANE = "erase"
"""One after the other, at a pace Slack allows: a night's retention must not hold up a card."""
SETTLED = timedelta(minutes=5)
"""After this nothing is under way any more that was drawn before: then Slack is looked at once more."""
REQUEST, RETENTION, AGAIN = "request", "retention", "again"


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of one lead, or of somebody who only waited (`lead` is None).

    Attributes:
        number: of the record in `erasures`.
        receipt: counts, codes and permalinks; nothing about the person.
    """

    lead: str | None
    number: int
    receipt: Mapping[str, Any]


async def erase_person(office: Office, where: str, who: str, by: str, *, why: str = REQUEST) -> list[Erased]:
    """Erase whoever `who` names, for good: no Undo.

    They are put on the suppression list unless it is retention, after which they may come back by themselves.

    Raises:
        Refused, Nobody: as `find_whose`.
    """
    rules = await office.rules(where)
    async with office.store.read(
        where
    ) as work:  # looking for mentions reads everything: nobody waits for that
        found = await look_up(work, rules, who.strip())
    async with office.store.begin(where) as work:
        done = await erase_found(work, rules, found, by, why, office.clock())
    office.forget_rules()
    return done


async def erase_by_admin(office: Office, where: str, number: int, admin: str) -> list[Erased]:
    """The same from Slack.

    Raises:
        NotAllowed: they are no admin.
    """
    await must_be_admin(office, where, admin)
    async with office.store.read(where) as work:
        if await work.leads.get(number) is None:
            raise NoSuchLead(number)
    return await erase_person(office, where, f"L-{number}", admin)


async def must_be_admin(office: Office, where: str, person: str) -> None:
    """Let pass admins only.

    Raises:
        NotAllowed: says who may.
    """
    admins = (await office.rules(where)).setup.admins
    if person not in admins:
        known = ", ".join(f"<@{user}>" for user in admins)
        raise NotAllowed(
            f"Only admins can erase a person. Ask {known}." if known else "There is no admin yet."
        )


async def erase_found(
    work: Work,
    rules: Rules,
    found: Whose,
    by: str,
    why: str,
    now: datetime,
    *,
    followed: bool = True,
) -> list[Erased]:
    """Erase what was found, in the caller's transaction.

    Args:
        followed: False leaves Slack and the log to the caller's `queue_followups`.
    """
    locked = await work.leads.many([lead.number for lead in found.leads], lock=True)
    left = [lead for lead in locked.values() if not lead.erased]
    found = await _as_of_now(work, rules, found, left)
    secret = str(await work.house.set_first(SECRET, token_hex(32)))
    if why != RETENTION or any(lead.permission.opted_out for lead in left):
        await _suppress(work, secret, found.traces, left, now)
    done = []
    for lead in left:
        done.append(await _erase_lead(work, rules, lead, found, by, why, now))
    if not left and (found.waiting or found.quarantined or found.named):
        gone = await work.privacy.forget(None, found.traces)
        number = await work.privacy.note(
            lead=None, why=why, by=by, state="done", asked_at=now, erased_at=now, receipt=gone
        )
        done.append(Erased(None, number, gone))
    if done:
        await _blacken_others(work, rules, found, now)
    if done and followed:
        await queue_followups(work, done)
    return done


async def _as_of_now(work: Work, rules: Rules, found: Whose, leads: Sequence[Lead]) -> Whose:
    """With what they told us since it was looked up."""
    told = [fact.data for lead in leads for fact in await work.privacy.facts(lead.number)]
    return replace(found, traces=found.traces.and_also(traces_of(told, rules.setup.country)))


async def _erase_lead(
    work: Work, rules: Rules, lead: Lead, found: Whose, by: str, why: str, now: datetime
) -> Erased:
    made_from = [
        str(fact.data["extra"]["slack_message"])
        for fact in await work.privacy.facts(lead.number)
        if "slack_message" in (fact.data.get("extra") or {})
    ]
    gone: dict[str, Any] = await work.privacy.forget(lead.number, found.traces)
    receipt = {
        **gone,
        "made_from": made_from,
        "imported": lead.imported,
        "others": [f"L-{number}" for number in found.mentioned_in],
    }
    # Asked for earlier by the person themselves: that is answered now.
    for earlier in await work.privacy.erasures_of(lead.number):
        if earlier.state == "asked":
            await work.privacy.progress(earlier.id, state="answered")
    number = await work.privacy.note(
        lead=lead.number, why=why, by=by, state="erased", asked_at=now, erased_at=now, receipt=receipt
    )
    at = AtLead(work, lead, rules, now)
    await at.record([Event(Kind.ERASED, now, by, {"why": why})], refold=True)
    return Erased(lead.name, number, receipt)


async def _suppress(work: Work, secret: str, traces: Traces, leads: Sequence[Lead], now: datetime) -> None:
    first = min((lead.number for lead in leads), default=None)
    rows = [("email", value, True) for value in traces.emails]
    rows += [("phone", value, not traces.emails) for value in traces.phones]
    for lead in leads:
        rows += [("external", key, True) for key in await work.privacy.external_keys(lead.number)]
    await work.privacy.suppress(
        [
            {"key": keyed(secret, kind, value), "kind": kind, "alone": alone, "lead": first, "at": now}
            for kind, value, alone in rows
        ]
    )


async def _blacken_others(work: Work, rules: Rules, found: Whose, now: datetime) -> None:
    """What was told about somebody else names them no longer; that lead is folded and drawn anew."""
    known: dict[str, Any] = {
        "step": "",
        "definition": rules.definition,
        "country": rules.setup.country,
        "now": now,
    }
    for number in found.mentioned_in:
        lead = await work.leads.get(number, lock=True)
        told = [fact.data for fact in await work.privacy.facts(number)]
        theirs = found.traces.without_numbers_of(traces_of(told, rules.setup.country))
        if lead is None or not await work.privacy.rewrite_facts(number, theirs):
            continue
        await work.leads.rewrite(lead, [], **known)
        await work.outbox.put_once("card.redraw", f"card:{number}", lead=number)
        await work.outbox.put_once("alert.redraw", f"alert:{number}", lead=number)


async def erased_meanwhile(work: Work, number: int, message: str) -> None:
    """A message about a lead was posted: if it was drawn before an erasure, Slack is looked at again.

    Args:
        message: Names the message, so that this is asked once.
    """
    lead = await work.leads.get(number)
    if lead is None or not lead.erased:
        return
    done = next((one for one in await work.privacy.erasures_of(number) if one.erased_at), None)
    if done is not None:
        payload = {"leads": [number], "erasures": [done.id], "again": True}
        key = f"erase:{done.id}:{message}"
        await work.outbox.put_many([NewJob("erase.slack", payload, dedup=key, lane=ERASE_LANE)])


async def queue_followups(work: Work, done: Sequence[Erased], *, together: bool = False) -> None:
    """What must follow in Slack and in the file: queued with the erasure itself, so it can't be lost.

    Args:
        together: One pass over Slack for all of them.
    """
    jobs = []
    later = work.moment() + SETTLED
    leads = [one for one in done if one.lead is not None]
    for some in ([leads] if together else [[one] for one in leads]) if leads else []:
        numbers = [int(str(one.lead).removeprefix("L-")) for one in some]
        payload = {"leads": numbers, "erasures": [one.number for one in some]}
        key, again = f"erase:{some[0].number}", {**payload, "again": True}
        jobs.append(NewJob("erase.slack", payload, dedup=f"{key}:1", lane=ERASE_LANE))
        jobs.append(NewJob("erase.slack", again, dedup=f"{key}:2", lane=ERASE_LANE, due=later))
    homes = [name.removeprefix(OPENED) for name in await work.house.settings() if name.startswith(OPENED)]
    jobs += [NewJob("home.redraw", {"person": one}, once=f"home:{one}") for one in homes]
    jobs.append(NewJob("erase.forget", {}, once="erase.forget"))
    await work.outbox.put_many(jobs)
