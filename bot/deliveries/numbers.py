"""Numbers that are sent: as a file to one person, as a digest to a channel."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.desk import Desk
from bot.slack_files import send_file
from handlers.flows.kpi import ask
from handlers.http.kpi_csv import as_csv
from handlers.views.text import clip, plain_line
from qualification.errors import Refused
from store.outcomes import Dead, Done, Job, Outcome

NO_SCOPE = (
    "The app may not send files here yet, so there is no CSV. Please ask an admin to reinstall Greenlight "
    "with the scope `files:write`. Until then `/kpi key` gives you an address to read the same rows from."
)
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Numbers:
    """Deliveries of answers to `/kpi`."""

    desk: Desk

    async def csv(self, job: Job) -> Outcome:
        """The rows as they are now; whoever may not see them any more reads why."""
        asked, person = str(job.payload["asked"]), str(job.payload["to"])
        try:
            told = await ask(self.desk.office, job.workspace, asked, person)
        except Refused as no:
            await self.desk.slack.post_once(job, person, str(no), [])
            return Done()
        day = told.at.astimezone(told.answer.period.zone).date().isoformat()
        title = clip(plain_line(f"/kpi {asked}".strip()), LONGEST_TITLE)
        name = f"{told.answer.kpi}-{day}.csv"
        try:
            await send_file(self.desk.slack, job, person, name, title, as_csv(told.answer))
        except Dead as dead:
            if dead.reason != "missing_scope":
                raise
            await self.desk.slack.post_once(job, person, NO_SCOPE, [])
        return Done()
