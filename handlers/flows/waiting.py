"""Waiting for permission: which forms' submissions wait and why, and deciding that a form does ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from handlers.flows.house_state import NotAllowed
from handlers.flows.office import Office, Rules
from handlers.flows.receive import Verdict, receive
from qualification.arrival import NewLead
from qualification.errors import Refused
from qualification.permission import Consent
from store.intake import Waiting
from store.waiting_forms import WaitingForm, count_of, forms_waiting, take_from
from store.work import Work

AT_ONCE = 25
"""Submissions decided in one transaction: others' clicks wait for it."""
FIRST = timedelta(seconds=1)
"""Until the first page: the dialog's own answer reaches Slack before what the job draws in it."""
DECIDED = "waiting.decided."
"""Begins the settings that say how far a decision is, until whoever made it was told the end."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said about a form, and how far it is.

    Attributes:
        run: names this decision among others on the same form.
        basis: how permission was given, as it is kept with each of them.
        view: the dialog it was said in, which shows how far it is.
        leads: how many became leads; `others` did not, for other reasons.
        total: how many waited when it was said.
    """

    form: str
    run: str
    by: str
    basis: str
    view: str
    total: int
    leads: int = 0
    others: int = 0
    ended: bool = False

    @property
    def done(self) -> int:
        """How many are decided."""
        return self.leads + self.others


async def see_waiting(office: Office, where: str, person: str) -> list[WaitingForm]:
    """What waits, by form, most first.

    Raises:
        NotAllowed: they are neither admin nor marketer.
    """
    may_decide(await office.rules(where), person)
    async with office.store.read(where) as work:
        return await forms_waiting(work)


async def form_asks(
    office: Office, where: str, person: str, form: str, words: str, view: str = ""
) -> Decision:
    """Decide anew on what waits from a form, because it does ask for permission to contact.

    They are taken in a page at a time by a job. Who decided, when and by which words is kept with each of
    them as how permission was given. While one decision on a form is under way, another joins it.

    Args:
        words: Where and how the form asks, as the person types it.
        view: The dialog that shows how far it is.
    Raises:
        NotAllowed: they are neither admin nor marketer.
        Refused: nothing of this form waits any more.
    """
    rules = await office.rules(where)
    may_decide(rules, person)
    name = rules.names.get(person, person)
    today = office.clock().astimezone(rules.setup.zone)
    basis = f"The form asks: {words} (said by {name}, {today:%Y-%m-%d})"
    async with office.store.begin(where) as work:
        key = key_of(form)
        there = await decision(work, key)
        if there and not there.ended and await work.outbox.is_waiting(_job(there.run)):
            return there
        total = await count_of(work, form)
        if not total:
            raise Refused("Nothing of this form waits any more.")
        made = Decision(form, uuid4().hex, person, basis, view, total)
        await _keep(work, key, made, office.clock() + FIRST)
    return made


async def decide_page(work: Work, office: Office, key: str, run: str) -> None:
    """Take the next of a form in and plan the page after it, in the caller's transaction."""
    now = await decision(work, key)
    if now is None or now.run != run or now.ended:
        return
    # Before their rows are touched: an arrival of the same person takes the two in this order.
    await work.leads.one_at_a_time()
    rules = await office.rules(work.workspace)
    waits = await take_from(work, now.form, AT_ONCE)
    arriving = [_permitted(one, now) for one in waits]
    verdicts: Sequence[Verdict] = await receive(work, arriving, rules, office.clock()) if arriving else ()
    leads = now.leads + sum(1 for verdict in verdicts if verdict.lead)
    others = now.others + sum(1 for verdict in verdicts if not verdict.lead)
    now = replace(now, leads=leads, others=others, ended=len(waits) < AT_ONCE)
    await _keep(work, key, now)
    if now.ended:
        await work.outbox.put_once("home.redraw", f"home:{now.by}", person=now.by)


async def decision(work: Work, key: str) -> Decision | None:
    """How far the decision on a form is; None where nobody made one, or its end was told."""
    told: Mapping[str, Any] | None = (await work.house.settings()).get(f"{DECIDED}{key}")
    return Decision(**told) if told else None


async def forget_decision(work: Work, key: str, run: str) -> None:
    """Its end was told."""
    there = await decision(work, key)
    if there and there.run == run:
        await work.house.set({f"{DECIDED}{key}": None})


def key_of(form: str) -> str:
    """How jobs name a form: its name is somebody's text."""
    return sha256(form.encode()).hexdigest()[:16]


async def _keep(work: Work, key: str, now: Decision, due: datetime | None = None) -> None:
    await work.house.set({f"{DECIDED}{key}": asdict(now)})
    if not now.ended:
        page = f"{_job(now.run)}{now.done}"
        await work.outbox.put("waiting.decide", dedup=page, due=due, form=key, run=now.run)
    if now.done or now.ended:
        await work.outbox.put_once("waiting.progress", f"waiting.progress:{key}", form=key)


def _job(run: str) -> str:
    return f"waiting.decide:{run}:"


def _permitted(one: Waiting, now: Decision) -> NewLead:
    said = one.new.consent or Consent(granted=True)
    purposes = tuple(dict.fromkeys(("contact", *(said.purposes if one.new.consent else ()))))
    consent = replace(
        said,
        granted=True,
        purposes=purposes,
        at=said.at or one.received_at,
        basis=now.basis,
        form=now.form,
        decided_by=now.by,
    )
    return replace(one.new, consent=consent)


def may_decide(rules: Rules, person: str) -> None:
    """Let pass admins and marketers.

    Raises:
        NotAllowed: says who may.
    """
    if person not in (*rules.setup.admins, *rules.setup.marketers):
        raise NotAllowed("Only admins and marketers decide on permission.")
