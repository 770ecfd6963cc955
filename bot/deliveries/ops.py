"""What operators must hear: what was given up, and who can't be told any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.views.message import sections
from handlers.views.ops_words import CAUSES, TASKS
from store.job_care import why_dead
from store.outcomes import Dead, Done, Job, Outcome

UNREACHABLE = ("user_not_found", "user_disabled", "account_inactive", "cannot_dm_bot", "user_is_deactivated")
"""Slack's words for somebody who left or can't get direct messages."""


@dataclass(frozen=True, slots=True)
class OperatorNews:
    """Tells the people who can act what the bot could not do."""

    desk: Desk

    async def dead_job(self, job: Job) -> Outcome:
        """A job was given up. It is kept and can be replayed."""
        rules = await self.desk.office.rules(job.workspace)
        number, topic = job.payload["job"], str(job.payload["of"])
        async with self.desk.office.store.read(job.workspace) as work:
            reason = await why_dead(work, number)
        if reason is None:
            return Done()  # replayed meanwhile
        said = (
            f"I could not {TASKS.get(topic, f'do `{topic}`')} and gave up: {CAUSES.get(reason, reason)}. "
            f"Nothing is lost. When the cause is mended, press *Replay* in `/lead health`, or run "
            f"`python -m bot jobs replay {number}`, or `jobs replay all` if there are more."
        )
        return await self._tell_one(job, rules.setup.admins, said)

    async def unreachable(self, job: Job) -> Outcome:
        """Somebody can't be told about their lead: who can give it to somebody else hears of it."""
        rules = await self.desk.office.rules(job.workspace)
        gone, name = job.payload["person"], f"L-{job.payload['lead']}"
        said = (
            f"I can't reach <@{gone}> about {name}: their Slack account is closed. "
            f"If it is with them, give it to somebody else: `/lead {name} reassign @somebody`."
        )
        people = dict.fromkeys((*rules.setup.managers, *rules.setup.admins))
        return await self._tell_one(job, (person for person in people if person != gone), said)

    async def _tell_one(self, job: Job, people: Iterable[str], said: str) -> Outcome:
        """Tell the first of them who can be told."""
        blocks = [block.to_dict() for block in sections([said])]
        for person in people:
            try:
                await self.desk.slack.post_once(job, person, said, blocks)
            except Dead as dead:
                if dead.reason not in UNREACHABLE:
                    raise
            else:
                break
        return Done()
