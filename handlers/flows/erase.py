"""Erase a person: the database in one transaction, Slack by jobs queued with it; the counts stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from handlers.flows.home import OPENED
from handlers.flows.house_state import NotAllowed
from handlers.flows.office import AtLead, LeadErased, NoSuchLead, Office, Rules
from handlers.flows.whose import Whose, look_up, numbers_now
from qualification.events import Event, Kind
from qualification.lead import Lead
from qualification.personal import Traces, keyed, traces_of
from store.erasures import SECRET
from store.outbox import NewJob
from store.work import Work

ERASE_LANE = "erase"
"""One after the other, at a pace Slack allows: a night's retention must not hold up a card."""
SETTLED = timedelta(minutes=5)
"""After this nothing is under way any more that was drawn before: then Slack is looked at once more."""
REQUEST, RETENTION, AGAIN = "request", "retention", "again"
TO_BE_DONE = ("asked", "ordered")
"""States of an erasure that is to happen: asked for by the person themselves, or ordered by an admin."""


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


async def erase_person(
    office: Office, where: str, who: str, by: str, *, why: str = REQUEST, asked: int | None = None
) -> list[Erased]:
    """Erase whoever `who` names, for good: no Undo.

    They are put on the suppression list unless it is retention, after which they may come back by themselves.

    Args:
        asked: Only while this record says that it is to happen.
    Raises:
        Refused, Nobody: as `find_whose`.
    """
    rules = await office.rules(where)
    # Looking for mentions reads everything: nobody waits for that.
    async with office.store.read(where) as work:
        found = await look_up(work, rules, who.strip())
    return await erase_whom(office, where, found, by, why=why, asked=asked)


async def erase_whom(
    office: Office, where: str, found: Whose, by: str, *, why: str = REQUEST, asked: int | None = None
) -> list[Erased]:
    """The same for whom somebody looked up already."""
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        done = await erase_found(work, rules, found, by, why, office.clock(), asked=asked)
        await queue_followups(work, done)
    office.forget_rules()
    return done


async def order_by_admin(office: Office, where: str, number: int, admin: str) -> None:
    """The same from Slack: it is kept that it must happen, and a job does it, for nobody waits that long.

    Raises:
        NotAllowed: they are no admin.
        LeadErased: it happened already.
    """
    await must_be_admin(office, where, admin)
    async with office.store.begin(where) as work:
        lead = await work.leads.get(number)
        if lead is None:
            raise NoSuchLead(number)
        if lead.erased:
            raise LeadErased(lead)
        now = office.clock()
        ordered = await work.privacy.note(
            lead=number, why=REQUEST, by=admin, state="ordered", asked_at=now, due=now
        )
        await work.outbox.put("erase.due", dedup=f"erase-due:{ordered}", lead=number, erasure=ordered)


async def erase_when_due(office: Office, where: str, number: int, erasure: int) -> None:
    """The time has come: erase, unless somebody decided otherwise meanwhile."""
    async with office.store.read(where) as work:
        asked = await work.privacy.erasure(erasure)
        lead = await work.leads.get(number)
    if asked and asked.state in TO_BE_DONE and lead and not lead.erased:
        await erase_person(office, where, f"L-{number}", asked.by, asked=erasure)


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
    work: Work, rules: Rules, found: Whose, by: str, why: str, now: datetime, *, asked: int | None = None
) -> list[Erased]:
    """Erase what was found, in the caller's transaction; Slack and the log are left to the caller.

    Nothing is taken in or merged beside it, so nobody adds to a lead that is just being erased.

    Args:
        asked: Only while this record says that it is to happen: whoever keeps the data after all is heard.
    """
    await nobody_comes_in(work)
    mine = await numbers_now(work, found)
    others = await work.leads.many(sorted(set(found.mentioned_in) - mine))
    standing = {lead.merged_into or number for number, lead in others.items()}
    locked = await work.leads.many(sorted({*mine, *others, *standing}), lock=True)
    if asked is not None and not await _is_to_happen(work, asked):
        return []
    left = [lead for number, lead in locked.items() if number in mine and not lead.erased]
    if not found.these_alone:
        found = await _as_of_now(work, rules, found, left)
    secret = str(await work.house.set_first(SECRET, token_hex(32)))
    if why != RETENTION or any(lead.permission.opted_out for lead in left):
        await _suppress(work, secret, found.traces, left, now)
    gone = {} if found.these_alone else await _forget_beside(work, found, left)
    done = []
    for lead in left:
        done.append(await _erase_lead(work, rules, lead, found, gone, by, why, now))
        gone = {}
    if any(gone.values()):  # they were no lead
        number = await work.privacy.note(
            lead=None, why=why, by=by, state="done", asked_at=now, erased_at=now, receipt=gone
        )
        done.append(Erased(None, number, gone))
    if done:
        await _blacken_others(work, rules, found, [n for n in others if n in locked], locked, now)
    return done


async def nobody_comes_in(work: Work) -> None:
    """From now on nobody is heard, taken in or merged until we commit; locked in the order of hearing."""
    await work.leads.one_at_a_time("hear")
    await work.leads.one_at_a_time()


async def _is_to_happen(work: Work, asked: int) -> bool:
    record = await work.privacy.erasure(asked, lock=True)
    return record is not None and record.state in TO_BE_DONE


async def _as_of_now(work: Work, rules: Rules, found: Whose, leads: Sequence[Lead]) -> Whose:
    """With what they told us since it was looked up."""
    told = [fact.data for lead in leads for fact in await work.privacy.facts(lead.number)]
    return replace(found, traces=found.traces.and_also(traces_of(told, rules.setup.country)))


async def _forget_beside(work: Work, found: Whose, leads: Sequence[Lead]) -> dict[str, int]:
    numbers, raw = [lead.number for lead in leads], [kept.id for kept in found.quarantined]
    return await work.privacy.forget(found.traces, numbers, raw, found.looked_at)


async def _erase_lead(
    work: Work,
    rules: Rules,
    lead: Lead,
    found: Whose,
    beside: Mapping[str, int],
    by: str,
    why: str,
    now: datetime,
) -> Erased:
    made_from = [
        str(fact.data["extra"]["slack_message"])
        for fact in await work.privacy.facts(lead.number)
        if "slack_message" in (fact.data.get("extra") or {})
    ]
    receipt: dict[str, Any] = {
        **beside,
        "facts": await work.privacy.forget_lead(lead.number),
        "made_from": made_from,
        "imported": lead.imported,
        "others": [f"L-{number}" for number in found.mentioned_in],
    }
    # Asked for earlier: that is answered now.
    for earlier in await work.privacy.erasures_of(lead.number):
        if earlier.state in TO_BE_DONE:
            await work.privacy.progress(earlier.id, state="answered")
    number = await work.privacy.note(
        lead=lead.number, why=why, by=by, state="erased", asked_at=now, erased_at=now, receipt=receipt
    )
    await work.people.ask_no_more(lead.number)
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


async def _blacken_others(
    work: Work,
    rules: Rules,
    found: Whose,
    others: Sequence[int],
    locked: Mapping[int, Lead],
    now: datetime,
) -> None:
    """What was told about somebody else names them no longer; whoever stands for that is drawn anew."""
    known: dict[str, Any] = {
        "step": "",
        "definition": rules.definition,
        "country": rules.setup.country,
        "now": now,
    }
    changed = set()
    for number in others:
        told = [fact.data for fact in await work.privacy.facts(number)]
        theirs = found.traces.without_numbers_of(traces_of(told, rules.setup.country))
        if await work.privacy.rewrite_facts(number, theirs):
            changed.add(locked[number].merged_into or number)
    for number in sorted(changed):
        await work.leads.rewrite(locked[number], [], **known)
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


async def queue_followups(work: Work, done: Sequence[Erased]) -> None:
    """What must follow in Slack and in the file: queued with the erasure itself, so it can't be lost."""
    leads = [one for one in done if one.lead is not None]
    jobs = [
        job for one in leads for job in passes(work, [int(str(one.lead).removeprefix("L-"))], [one.number])
    ]
    await work.outbox.put_many([*jobs, *(await beside_messages(work) if done else [])])


def passes(work: Work, leads: Sequence[int], erasures: Sequence[int]) -> list[NewJob]:
    """Two passes over Slack for these leads: now, and when nothing is under way that was drawn before."""
    payload = {"leads": list(leads), "erasures": list(erasures)}
    key, again = f"erase:{erasures[0]}", {**payload, "again": True}
    later = work.moment() + SETTLED
    return [
        NewJob("erase.slack", payload, dedup=f"{key}:1", lane=ERASE_LANE),
        NewJob("erase.slack", again, dedup=f"{key}:2", lane=ERASE_LANE, due=later),
    ]


async def beside_messages(work: Work) -> list[NewJob]:
    """Homes may show a lead, and SQLite's log may hold what was deleted."""
    homes = [name.removeprefix(OPENED) for name in await work.house.settings() if name.startswith(OPENED)]
    redrawn = [NewJob("home.redraw", {"person": one}, once=f"home:{one}") for one in homes]
    return [*redrawn, NewJob("erase.forget", {}, once="erase.forget")]
