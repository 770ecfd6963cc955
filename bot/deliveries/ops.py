"""What operators must hear."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.views.message import sections
from store.outcomes import Done, Job, Outcome


@dataclass(frozen=True, slots=True)
class OperatorNews:
    """Tells the admins in Slack what the bot could not do."""

    desk: Desk

    async def dead_job(self, job: Job) -> Outcome:
        """A job was given up. It is kept and can be replayed."""
        rules = await self.desk.office.rules(job.workspace)
        dead = job.payload
        text = (
            f"I could not do something and gave up: `{dead.get('of')}`. "
            f"It is kept. When the cause is mended, run `python -m bot jobs replay {dead.get('job')}`."
        )
        for admin in rules.setup.admins[:1]:
            blocks = [block.to_dict() for block in sections([text])]
            await self.desk.slack.post_once(job, admin, text, blocks)
        return Done()
