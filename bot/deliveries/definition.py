"""Proposals and versions of the definition: their effect, their messages, and open leads scored anew."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.flows.definition_effect import effect_of
from handlers.flows.kpi_against import REPLAYED
from handlers.flows.news import LEADS_LANE
from handlers.flows.rescore import Page, rescore_page, rescored
from handlers.views.message import Message
from handlers.views.proposal import proposal_message, version_message
from qualification.definition import parse_definition
from qualification.definition_changes import changes_between
from store.outcomes import Dead, Done, Hold, Job, Outcome, Retry
from store.proposals import OPEN, Proposal
from store.work import Work

LOOK_EVERY = 2.0
"""Seconds between two redraws of the progress: Slack takes one a second and channel, and others wait too."""
TOLD = "definition.told."
"""Begins the settings that say where the news of a version stands."""


@dataclass(frozen=True, slots=True)
class DefinitionDeliveries:
    """What Slack hears about the rules. All of it in the leads channel: both teams read it."""

    desk: Desk

    async def effect(self, job: Job) -> Outcome:
        """Post the proposal, replay the history under it, and show what came of it."""
        number = int(job.payload["proposal"])
        proposal = await self._proposal(job, number)
        if proposal is None or proposal.effect is not None or proposal.state != OPEN:
            return Done()
        office, rules = self.desk.office, await self.desk.office.rules(job.workspace)
        people = (*rules.setup.managers, *rules.setup.marketers)
        to = tuple(dict.fromkeys(people))
        shown = proposal_message(proposal, rules.names, to=to)
        channel = await self.desk.slack.channel(rules.setup.leads_channel)
        channel, ts = await self.desk.slack.post_once(job, channel, shown.text, shown.blocks)
        looked = time.monotonic()

        async def progress(done: int, of: int) -> None:
            nonlocal looked
            if time.monotonic() - looked > LOOK_EVERY:
                looked = time.monotonic()
                now = proposal_message(proposal, rules.names, to=to, progress=(done, of))
                async with office.store.begin(job.workspace) as work:
                    await work.house.set({f"{REPLAYED}{number}": {"done": done, "of": of}})
                # Nobody replays the history again because Slack was busy for a moment.
                with suppress(Hold, Retry, Dead):
                    await self.desk.slack.update(channel, ts, now.text, now.blocks)

        definition = parse_definition(proposal.text, proposal.base + 1)
        effect = (await effect_of(office, job.workspace, definition, progress)).as_json()
        effect["links"] = await self._links(job, [one["lead"] for one in effect["named"]])

        async def save(work: Work) -> None:
            await work.proposals.save(number, effect=effect, channel=channel, ts=ts)
            await work.house.set({f"{REPLAYED}{number}": None})
            await work.outbox.put_once(
                "proposal.redraw", f"proposal:{number}", lane=LEADS_LANE, proposal=number
            )

        return Done(save)

    async def redraw(self, job: Job) -> Outcome:
        """The proposal's message as it stands now."""
        proposal = await self._proposal(job, int(job.payload["proposal"]))
        if proposal is None or not proposal.channel or not proposal.ts:
            return Done()  # not posted yet: it is drawn as it stands then
        rules = await self.desk.office.rules(job.workspace)
        to = tuple(dict.fromkeys((*rules.setup.managers, *rules.setup.marketers)))
        shown = proposal_message(proposal, rules.names, to=to)
        await self.desk.slack.update(proposal.channel, proposal.ts, shown.text, shown.blocks)
        return Done()

    async def told(self, job: Job) -> Outcome:
        """Everybody hears that other rules are in force."""
        version = int(job.payload["version"])
        shown = await self._news(job, version)
        if shown is None:
            return Done()
        rules = await self.desk.office.rules(job.workspace)
        channel = await self.desk.slack.channel(rules.setup.leads_channel)
        channel, ts = await self.desk.slack.post_once(job, channel, shown.text, shown.blocks)

        async def save(work: Work) -> None:
            await work.house.set({f"{TOLD}{version}": {"channel": channel, "ts": ts}})
            # The leads may have been scored anew while it was on its way.
            await work.outbox.put_once(
                "definition.progress", f"definition:{version}", lane=LEADS_LANE, version=version
            )

        return Done(save)

    async def progress(self, job: Job) -> Outcome:
        """How far the open leads are."""
        version = int(job.payload["version"])
        async with self.desk.office.store.read(job.workspace) as work:
            place = (await work.house.settings()).get(f"{TOLD}{version}")
        shown = await self._news(job, version)
        if place and shown:
            await self.desk.slack.update(place["channel"], place["ts"], shown.text, shown.blocks)
        return Done()

    async def rescore(self, job: Job) -> Outcome:
        """One page of open leads under the new rules; the page after it is planned with it."""
        page = Page(**job.payload)

        async def save(work: Work) -> None:
            await rescore_page(work, self.desk.office, page)

        return Done(save)

    async def _proposal(self, job: Job, number: int) -> Proposal | None:
        async with self.desk.office.store.read(job.workspace) as work:
            return await work.proposals.get(number)

    async def _news(self, job: Job, version: int) -> Message | None:
        rules = await self.desk.office.rules(job.workspace)
        async with self.desk.office.store.read(job.workspace) as work:
            told = await work.proposals.version(version)
            new = await work.house.definition_version(version)
            old = await work.house.definition_version(version - 1)
            state = await rescored(work, version)
        if told is None or new is None:
            return None
        changes = changes_between(old, new) if old else []
        return version_message(told, changes, rules.names, state)

    async def _links(self, job: Job, named: list[str]) -> dict[str, str]:
        links = {}
        for name in named:
            async with self.desk.office.store.read(job.workspace) as work:
                card = await work.cards.current(int(name.removeprefix("L-")), "card")
            if card and (address := await self.desk.slack.permalink(card.channel, card.ts)):
                links[name] = address
        return links
