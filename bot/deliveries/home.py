"""App Home, redrawn when a lead of its person changed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deliveries.desk import Desk
from handlers.flows.home import has_opened, see_home
from handlers.views.home import home_view
from store.outcomes import Done, Job, Outcome


@dataclass(frozen=True, slots=True)
class HomeDelivery:
    """Only for people who look at theirs: for everybody else it is drawn when they first open it."""

    desk: Desk

    async def redraw(self, job: Job) -> Outcome:
        """Publish the Home as it is now."""
        office, person = self.desk.office, str(job.payload["person"])
        if not await has_opened(office, job.workspace, person):
            return Done()
        view = home_view(await see_home(office, job.workspace, person))
        client = self.desk.slack.client
        await self.desk.slack.call(client.views_publish(user_id=person, view=view))
        return Done()
