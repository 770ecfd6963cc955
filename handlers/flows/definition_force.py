"""A version of the definition comes into force: by approval, by rollback, or at the shell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.flows.house_state import NotAllowed
from handlers.flows.news import LEADS_LANE
from handlers.flows.office import Office, Rules
from qualification.definition import BadDefinition, parse_definition
from qualification.errors import Refused
from store.outbox import NewJob
from store.proposals import MANAGER, MARKETER, ROLES
from store.work import Work


async def put_in_force(
    work: Work, office: Office, text: str, author: str, *, approved: Mapping[str, Any], origin: str
) -> int:
    """Let it rule from now on, within the caller's transaction; who must hear of it is told afterwards.

    Returns:
        The number of the new version.
    """
    version = await work.house.put_in_force(text, author, office.clock(), approved=approved, origin=origin)
    stale = [
        NewJob("proposal.redraw", {"proposal": number}, once=f"proposal:{number}", lane=LEADS_LANE)
        for number in await work.proposals.outdate()
    ]
    told = NewJob("definition.told", {"version": version}, dedup=f"definition:{version}", lane=LEADS_LANE)
    rescore = NewJob("definition.rescore", {"version": version, "after": 0}, dedup=f"rescore:{version}:0")
    await work.outbox.put_many([told, rescore, *stale])
    return version


async def apply_at_shell(office: Office, where: str, text: str, user: str, *, base: int) -> int:
    """The shell user stands for both teams.

    Args:
        base: The version whose effect they saw the change against.
    Raises:
        Refused: another version came into force meanwhile.
    """
    async with office.store.begin(where) as work:
        await work.house.one_definition_at_a_time()
        current = await work.house.definition_text()
        if current and current[0] != base:
            raise Refused(f"Version {current[0]} came into force meanwhile. Run it again to see the effect.")
        when = {"by": user, "at": office.clock().isoformat()}
        version = await put_in_force(
            work, office, text, user, approved=dict.fromkeys(ROLES, when), origin="shell"
        )
    office.forget_rules()
    return version


async def roll_back(office: Office, where: str, version: int, who: str) -> int:
    """Put an older version's text in force again, at once, as a new version. Twice does it once.

    Returns:
        The number of the version that is in force now.
    Raises:
        NotAllowed: they are neither a manager nor a marketer.
        Refused: there is no such version, or what it says can't be put in force any more.
    """
    rules = await office.rules(where)
    roles = roles_of(rules, who)
    if not roles:
        raise NotAllowed(f"Only managers and marketers can roll back. {ask_them(rules, *ROLES)}")
    async with office.store.begin(where) as work:
        await work.house.one_definition_at_a_time()
        older, current = await work.proposals.version(version), await work.house.definition_text()
        if older is None or current is None:
            raise Refused(f"There is no version {version}.")
        if older.text == current[1]:
            return current[0]
        try:
            parse_definition(older.text)
        except BadDefinition as bad:
            raise Refused(f"Version {version} can't be put in force any more. {bad}") from bad
        when = {"by": who, "at": office.clock().isoformat()}
        number = await put_in_force(
            work,
            office,
            older.text,
            who,
            approved=dict.fromkeys(roles, when),
            origin=f"rollback to {version}",
        )
    office.forget_rules()
    return number


def roles_of(rules: Rules, who: str) -> tuple[str, ...]:
    """For which teams they may approve."""
    holders = {MANAGER: rules.setup.managers, MARKETER: rules.setup.marketers}
    return tuple(role for role in ROLES if who in holders[role])


def ask_them(rules: Rules, *roles: str) -> str:
    """Whom to ask, in words that call nobody."""
    holders = {MANAGER: rules.setup.managers, MARKETER: rules.setup.marketers}
    people = dict.fromkeys(person for role in roles for person in holders[role])
    if not people:
        return "Nobody is one yet: an admin sets that in the app's Home."
    return f"Ask {', '.join(rules.names.get(person) or f'<@{person}>' for person in people)}."
