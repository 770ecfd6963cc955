"""Numbers that are sent: as a file to one person, as a digest to a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.deliveries.desk import Desk
from bot.slack_files import send_file
from handlers.flows.kpi import ask, remember_no_charts
from handlers.flows.kpi_schedule import Digest, after_digest, digest, order_digests
from handlers.views.kpi_answer import without_chart
from handlers.views.kpi_csv import as_csv
from handlers.views.kpi_schedule import ended_dm, quiet_note, sent_by
from handlers.views.kpi_told import drawn
from handlers.views.message import Message
from handlers.views.text import clip, plain_line
from qualification.errors import Refused
from store.outcomes import Dead, Done, Job, Outcome
from store.work import Work

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

    async def order(self, job: Job) -> Outcome:
        """Every morning: what is due goes on its way."""
        office = self.desk.office
        rules = await office.rules(job.workspace)
        # By today and not by the occurrence's own day: after days without us nothing due is left out.
        today = office.clock().astimezone(rules.setup.zone).date()

        async def save(work: Work) -> None:
            await order_digests(work, today)

        return Done(save)

    async def digest(self, job: Job) -> Outcome:
        """One number into its channel, with the rights and the facts of now."""
        office, due = self.desk.office, date.fromisoformat(job.payload["day"])
        try:
            made = await digest(office, job.workspace, int(job.payload["schedule"]), due)
        except Refused as no:
            raise Dead("a scheduled number can't be counted any more") from no
        if made is None:
            return Done()
        if made.not_allowed:
            said = ended_dm(made.schedule)
            await self.desk.slack.post_once(job, made.schedule.by, said.text, said.blocks)
        elif made.told is not None:
            await self._post(job, made, drawn(made.told, made.schedule.asked, heading=sent_by(made.schedule)))
        elif made.quiet:
            await self._post(job, made, quiet_note(made.schedule))

        async def save(work: Work) -> None:
            await after_digest(work, made, due, office)

        return Done(save)

    async def _post(self, job: Job, made: Digest, said: Message) -> None:
        """Without its chart where the workspace takes none: a refused block takes all with it."""
        channel = await self.desk.slack.channel(made.schedule.channel)
        try:
            await self.desk.slack.post_once(job, channel, said.text, said.blocks)
        except Dead as dead:
            plain = without_chart(said)
            if not dead.reason.startswith("invalid_") or len(plain.blocks) == len(said.blocks):
                raise
            await self.desk.slack.post_once(job, channel, plain.text, plain.blocks)
            await remember_no_charts(self.desk.office, job.workspace)
