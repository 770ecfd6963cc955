"""What every delivery works with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.slack_out import SlackOut
from handlers.flows.office import Office, Rules
from handlers.views.crm import crm_url
from qualification.events import Event
from qualification.seen import Seen
from store.outcomes import Job


@dataclass(frozen=True, slots=True)
class News:
    """A lead at send time, with the events a job speaks of."""

    seen: Seen
    rules: Rules
    events: list[Event]
    history: list[Event]
    """All of it, in recorded order."""

    @property
    def crm_url(self) -> str | None:
        """Where the CRM shows this lead, when a template is set and its fields are known."""
        return crm_url(self.rules.setup.crm_url, self.seen.lead)


@dataclass(frozen=True, slots=True)
class Desk:
    """The office to look things up in, and Slack to tell them."""

    office: Office
    slack: SlackOut

    async def lead(self, job: Job) -> Seen | None:
        """The lead as it stands now; None when it is gone."""
        rules = await self.office.rules(job.workspace)
        async with self.office.store.read(job.workspace) as work:
            lead = await work.leads.get(job.payload["lead"])
        return rules.see(lead, self.office.clock()) if lead else None

    async def standing(self, job: Job) -> News | None:
        """As `news`, of the lead that stands for the number now: what was promised under it goes on there."""
        news = await self.news(job)
        if news is None or news.seen.lead.merged_into is None:
            return news
        async with self.office.store.read(job.workspace) as work:
            lead = await work.leads.standing(job.payload["lead"])
            since = await work.leads.history(lead.number) if lead else []
        if lead is None:
            return None
        # Until it was merged only its own story counts for what was promised, and then the survivor's.
        told = [*news.history, *(event for event in since if event.seq > news.history[-1].seq)]
        return replace(news, seen=news.rules.see(lead, news.seen.at), history=told)

    async def news(self, job: Job) -> News | None:
        """The lead and the events the job names by their place: `event`, or `first` to `last`."""
        rules = await self.office.rules(job.workspace)
        first = job.payload.get("first", job.payload.get("event", 1))
        last = job.payload.get("last", first)
        async with self.office.store.read(job.workspace) as work:
            lead = await work.leads.get(job.payload["lead"])
            history = await work.leads.history(job.payload["lead"])
        if lead is None:
            return None
        return News(rules.see(lead, self.office.clock()), rules, history[first - 1 : last], history)
