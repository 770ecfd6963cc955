"""What an import would do, found out by doing it where it doesn't count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from handlers.flows.import_tally import BATCH, Tally, batches, count_batch
from handlers.flows.office import Office, Rules
from handlers.flows.receive import Verdict, external_key, receive
from handlers.imports.rows import Row
from qualification.arrival import NewLead
from store.leads import Change
from store.scratch import scratch_store
from store.store import Store

BEYOND = 1_000_000_000
"""L-numbers in a trial start here, clear of those that known leads have."""


async def plan_leads(
    office: Office, where: str, rows: Iterable[Row], *, on_progress: Callable[[Tally], None] | None = None
) -> Tally:
    """What an import of these rows would do. Nothing is written to the workspace.

    It is the import itself, into a database that is thrown away: known leads are copied there as rows name
    them. So its numbers are those of the import, and its memory doesn't grow with the file.
    """
    tally = Tally()
    rules = await office.rules(where)
    async with scratch_store(office.clock) as scratch:
        trial = _Trial(office, where, scratch, await scratch.workspace(), rules)
        await trial.open()
        for batch in batches(rows, lambda: BATCH):
            await count_batch(batch, trial.judge, tally)
            if on_progress:
                on_progress(tally)
    return tally


class _Trial:
    def __init__(self, office: Office, where: str, scratch: Store, there: str, rules: Rules) -> None:
        self.office, self.where = office, where
        self.scratch, self.there, self.rules = scratch, there, rules
        self.copied: set[int] = set()
        self.waited: set[int] = set()
        self.listed = False

    async def open(self) -> None:
        """Make room for the numbers of known leads."""
        async with self.scratch.begin(self.there) as work:
            await work.leads.reserve(BEYOND)

    async def judge(self, arriving: Sequence[NewLead]) -> Sequence[Verdict]:
        """Judge these on what the workspace knows and what the file brought so far."""
        await self._copy_known(arriving)
        async with self.scratch.begin(self.there) as work:
            return await receive(work, arriving, self.rules, self.office.clock())

    async def _copy_known(self, arriving: Sequence[NewLead]) -> None:
        """Bring over the leads, ids and waiting submissions that `receive` would look up for these."""
        emails = sorted({new.email_key for new in arriving if new.email_key})
        phones = sorted({new.phone_key for new in arriving if new.phone_key})
        keys = [key for new in arriving if (key := external_key(new))]
        now = self.office.clock()
        async with self.office.store.read(self.where) as work:
            by_email, by_phone = await work.leads.by_person(emails, phones)
            external = await work.leads.by_external_id(keys)
            wanted = {*by_email.values(), *by_phone.values(), *external.values()} - self.copied
            known = await work.leads.many(sorted(wanted))
            waits = await work.intake.waiting_for(emails, phones, now)
            listed = await work.privacy.suppression_list() if self.rules.secret else []
        waiting = [one for one in waits if one.id not in self.waited]
        self.waited.update(one.id for one in waiting)
        if listed and not self.listed:
            self.listed = True
            async with self.scratch.begin(self.there) as work:
                await work.privacy.suppress(listed)
        if not (known or external or waiting):
            return
        self.copied |= known.keys()
        definition, country = self.rules.definition, self.rules.setup.country
        async with self.scratch.begin(self.there) as work:
            changes = [Change(lead, ()) for lead in known.values()]
            await work.leads.record_many(changes, "", definition, country, now)
            await work.leads.remember_external_ids(external)
            await work.intake.wait_for_permission(
                [(one.new, one.why, one.received_at, one.expires_at) for one in waiting]
            )
