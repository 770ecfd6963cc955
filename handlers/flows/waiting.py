"""Waiting for permission: which forms' submissions wait and why, and deciding that a form does ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.flows.house_state import NotAllowed
from handlers.flows.office import Office, Rules
from handlers.flows.receive import Verdict, receive
from qualification.arrival import NewLead
from qualification.errors import Refused
from qualification.permission import Consent
from store.intake import Waiting

MOST = 10_000
AT_ONCE = 200
"""Submissions decided in one transaction: others' clicks wait for it."""
_NAMES = ("form_name", "form", "form_id", "page_title")
"""What form builders call their forms, among the fields we don't know."""


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """What waits from one form. `until` is when the first of them loses its personal data."""

    form: str
    why: str
    count: int
    oldest: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a form's submissions."""

    leads: int
    others: int


def form_of(new: NewLead) -> str:
    """What to call the form a submission came from: its own name, else where and how it came."""
    if new.consent and new.consent.form:
        return new.consent.form
    named = next((new.extra[name] for name in _NAMES if new.extra.get(name)), None)
    return (named or f"{new.label.replace('_', ' ')} by {new.captured_by or 'intake'}")[:200]


async def see_waiting(office: Office, where: str, person: str) -> list[WaitingForm]:
    """What waits, by form, most first.

    Raises:
        NotAllowed: they are neither admin nor marketer.
    """
    may_decide(await office.rules(where), person)
    async with office.store.read(where) as work:
        waits = await work.intake.still_waiting(MOST)
    by_form: dict[str, list[Waiting]] = {}
    for one in waits:
        by_form.setdefault(form_of(one.new), []).append(one)
    found = [
        WaitingForm(
            form,
            ours[0].why,
            len(ours),
            min(one.received_at for one in ours),
            min(one.expires_at for one in ours),
        )
        for form, ours in by_form.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.form))


async def form_asks(office: Office, where: str, person: str, form: str, words: str) -> Decided:
    """Decide anew on what waits from a form, because it does ask for permission to contact.

    Who decided, when and by which words is kept with each of them as how permission was given.

    Args:
        words: Where and how the form asks, as the person types it.
    Raises:
        NotAllowed: they are neither admin nor marketer.
        Refused: nothing of this form waits any more.
    """
    rules = await office.rules(where)
    may_decide(rules, person)
    now = office.clock()
    name = rules.names.get(person, person)
    basis = f"The form asks: {words} (said by {name}, {now.astimezone(rules.setup.zone):%Y-%m-%d})"
    leads = others = 0
    while True:
        async with office.store.begin(where) as work:
            waits = [w for w in await work.intake.still_waiting(MOST) if form_of(w.new) == form][:AT_ONCE]
            await work.intake.stop_waiting([one.id for one in waits])
            arriving = [_permitted(one, form, basis, person) for one in waits]
            verdicts: Sequence[Verdict] = await receive(work, arriving, rules, now) if arriving else ()
        taken = sum(1 for verdict in verdicts if verdict.lead)
        leads, others = leads + taken, others + len(verdicts) - taken
        if len(waits) < AT_ONCE:
            break
    if not leads and not others:
        raise Refused("Nothing of this form waits any more.")
    return Decided(leads, others)


def _permitted(one: Waiting, form: str, basis: str, person: str) -> NewLead:
    said = one.new.consent or Consent(granted=True)
    purposes = tuple(dict.fromkeys(("contact", *(said.purposes if one.new.consent else ()))))
    consent = replace(
        said,
        granted=True,
        purposes=purposes,
        at=said.at or one.received_at,
        basis=basis,
        form=form,
        decided_by=person,
    )
    return replace(one.new, consent=consent)


def may_decide(rules: Rules, person: str) -> None:
    """Let pass admins and marketers.

    Raises:
        NotAllowed: says who may.
    """
    if person not in (*rules.setup.admins, *rules.setup.marketers):
        raise NotAllowed("Only admins and marketers decide on permission.")
