"""Take back one thing a person did, while nothing rests on it yet."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.flows.details import last_undoable
from handlers.flows.office import AtLead, Office, Saved
from qualification.errors import Refused
from qualification.lead import Stage
from qualification.stages import promote
from qualification.undo import undo


@dataclass(frozen=True, slots=True)
class Undone:
    """The lead as it was before, and the stage that was taken back with it."""

    saved: Saved
    was: Stage


async def undo_step(office: Office, where: str, number: int, step: str, who: str) -> Undone:
    """Take back `step`. A second time nothing happens, and `saved.step` is empty.

    Raises:
        Refused: not theirs, over ten minutes ago, or somebody built upon it.
    """
    async with office.at_lead(where, number) as at:
        return await _take_back(at, step, who)


async def undo_last(office: Office, where: str, number: int, who: str) -> Undone:
    """Take back the last thing `who` did to the lead.

    Raises:
        Refused: there is nothing that could be taken back.
    """
    async with office.at_lead(where, number) as at:
        step = last_undoable(await at.work.leads.history(number), who, at.now)
        if step is None:
            raise Refused(f"There is nothing of yours to undo at {at.lead.name}. Undo works for ten minutes.")
        return await _take_back(at, step, who)


async def _take_back(at: AtLead, step: str, who: str) -> Undone:
    was = at.lead.stage
    event = undo(await at.work.leads.history(at.lead.number), step, who, at.now)
    if event is None:
        return Undone(Saved(at.lead, ""), was)
    saved = await at.record([event], refold=True)
    # What came in meanwhile may have earned it a stage that the step had hidden.
    earned = promote(at.lead, at.rules.definition)
    return Undone(await at.record(earned) if earned else saved, was)
