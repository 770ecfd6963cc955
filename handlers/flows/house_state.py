"""How the house is: the definition in force, and what waits for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.flows.office import Office, Rules
from qualification.definition import Definition
from qualification.errors import Refused
from store.job_care import counts

BEHIND = timedelta(minutes=2)
"""A job due longer than this means that the worker stands still, or that Slack does."""


class NotAllowed(Refused):
    """Only some people may; the text says who."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The definition that rules, who put it in force and when."""

    definition: Definition
    author: str
    since: datetime
    approved: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    older: bool = False
    """Whether there is a version to go back to."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What an admin should know.

    Attributes:
        waiting: submissions without permission.
        quarantine: payloads nobody could read.
        oldest: since when the job due longest is due.
        missing: what was never set up, in words.
    """

    open_jobs: int
    late_jobs: int
    dead_jobs: int
    oldest: datetime | None
    behind: bool
    waiting: int
    quarantine: int
    missing: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Nothing stands still and nothing is missing."""
        return not (self.behind or self.dead_jobs or self.quarantine or self.missing)


async def definition_in_force(office: Office, where: str) -> InForce:
    """The definition with its signature."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        versions = await work.proposals.versions(2)
        current = await work.house.definition()
    if not versions:  # `serve` seeds one before it listens
        return InForce(rules.definition, "installation", office.clock())
    newest = versions[0]
    return InForce(current, newest.author, newest.at, newest.approved, older=len(versions) > 1)


async def condition(office: Office, where: str, person: str) -> Condition:
    """How everything is, for admins.

    Raises:
        NotAllowed: they are none.
    """
    await must_run_it(office, where, person)
    return await look_around(office, where)


async def must_run_it(office: Office, where: str, person: str) -> None:
    """Let pass admins only.

    Raises:
        NotAllowed: they are none; says who is.
    """
    rules = await office.rules(where)
    if person not in rules.setup.admins:
        raise NotAllowed(f"Only admins can see this. {_admins(rules)}")


async def look_around(office: Office, where: str) -> Condition:
    """The same, for whoever was let in already."""
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        jobs = await counts(work)
        waiting = await work.intake.waiting_length()
        quarantine = await work.intake.quarantine_length()
    behind = jobs.oldest is not None and office.clock() - jobs.oldest > BEHIND
    return Condition(
        jobs.open, jobs.late, jobs.dead, jobs.oldest, behind, waiting, quarantine, missing_setup(rules)
    )


def missing_setup(rules: Rules) -> tuple[str, ...]:
    """What nobody has set up yet, in words."""
    setup = rules.setup
    asked = {
        "the leads channel": setup.leads_channel,
        "the sales alerts channel": setup.alerts_channel,
        "an admin": setup.admins,
        "a manager": setup.managers,
    }
    return tuple(name for name, value in asked.items() if not value)


def _admins(rules: Rules) -> str:
    known = ", ".join(f"<@{user}>" for user in rules.setup.admins)
    return f"Ask {known}." if known else "Nobody is one yet: open the app's Home to set it up."
