"""Proposing a change of the definition, agreeing on it, or dropping it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

from handlers.flows.definition_force import ask_them, put_in_force, roles_of
from handlers.flows.house_state import NotAllowed
from handlers.flows.news import LEADS_LANE
from handlers.flows.office import Office
from qualification.definition import BadDefinition, Definition, parse_definition
from qualification.definition_changes import changes_between
from qualification.errors import Refused
from store.proposals import IN_FORCE, MANAGER, OPEN, OUTDATED, ROLES, WITHDRAWN, Proposal, Version
from store.work import Work

TEAMS = {"manager": "sales", "marketer": "marketing"}
LONGEST_WHY = 1_000


@dataclass(frozen=True, slots=True)
class Agreed:
    """A proposal after somebody approved.

    Attributes:
        roles: For which teams this press counted: one person may hold both roles.
        version: Set when it is in force by it.
    """

    proposal: Proposal
    roles: tuple[str, ...]
    version: int | None


async def current_text(office: Office, where: str) -> tuple[int, str]:
    """The version in force and its text."""
    async with office.store.read(where) as work:
        told = await work.house.definition_text()
    if told is None:
        raise LookupError("This workspace has no definition yet. Run: python -m bot migrate")
    return told[0], told[1]


async def past_versions(office: Office, where: str) -> list[Version]:
    """Every version there was, newest first, with who put it in force."""
    async with office.store.read(where) as work:
        return await work.proposals.versions()


def changes_of(versions: Sequence[Version]) -> dict[int, list[str]]:
    """What each of these changed of the one before, in words; what can't be read any more says nothing.

    Args:
        versions: newest first.
    """
    read: dict[int, Definition] = {}
    for one in versions:
        with suppress(BadDefinition):  # newer checks may refuse what once was in force
            read[one.version] = parse_definition(one.text, one.version)
    return {
        new.version: changes_between(read[old.version], read[new.version])
        for new, old in pairwise(versions)
        if old.version in read and new.version in read
    }


async def propose(office: Office, where: str, who: str, text: str, *, base: int, why: str = "") -> Proposal:
    """Keep the proposal and have its effect computed. The same text twice is one proposal.

    Raises:
        BadDefinition: it contradicts itself; says line, reason and what would be right.
        Refused: it changes nothing, or another version came into force meanwhile.
    """
    definition = parse_definition(text)
    async with office.store.begin(where) as work:
        await work.house.one_definition_at_a_time()
        told = await work.house.definition_text()
        if told is None or told[0] != base:
            raise Refused("Another version came into force meanwhile. Open `/lead definition` again.")
        changes = changes_between(await work.house.definition(), definition)
        if not changes and told[1] == text:
            raise Refused("That is what is in force already, so there is nothing to propose.")
        known = await work.proposals.open_with(base, text)
        if known:
            return known
        changes = changes or ["Words and comments only: no rule is different"]
        number = await work.proposals.add(
            base=base, text=text, why=why[:LONGEST_WHY], author=who, now=office.clock(), changes=changes
        )
        await work.outbox.put("proposal.effect", dedup=f"proposal.effect:{number}", proposal=number)
        added = await work.proposals.get(number)
    assert added is not None  # it was saved in this transaction
    return added


async def approve(office: Office, where: str, number: int, who: str, role: str) -> Agreed:
    """Approve for one team, or for both when they hold both roles. Twice does it once.

    Raises:
        NotAllowed: they don't hold the role.
        Refused: it was withdrawn, is outdated, or its effect is not known yet.
    """
    rules = await office.rules(where)
    held = roles_of(rules, who)
    if role not in held:
        raise NotAllowed(f"Only a {role} can approve for {TEAMS[role]}. {ask_them(rules, role)}")
    async with office.store.begin(where) as work:
        await work.house.one_definition_at_a_time()
        proposal = await _open(work, number)
        if proposal.state == IN_FORCE:
            return Agreed(proposal, (), proposal.version)
        if proposal.effect is None:
            raise Refused("Its effect is still being computed: look at it before you approve. One moment.")
        fresh = tuple(one for one in held if one not in proposal.approvals)
        when = {"by": who, "at": office.clock().isoformat()}
        approvals = {**proposal.approvals, **dict.fromkeys(fresh, when)}
        version = None
        if all(one in approvals for one in ROLES):
            await work.proposals.save(number, state=IN_FORCE, approvals=approvals)
            version = await put_in_force(
                work,
                office,
                proposal.text,
                proposal.author,
                approved=approvals,
                origin=f"proposal {number}",
            )
            await work.proposals.save(number, version=version)
        elif fresh:
            await work.proposals.save(number, approvals=approvals)
        await _redraw(work, number)
    if version:
        office.forget_rules()
    state = IN_FORCE if version else OPEN
    return Agreed(replace(proposal, approvals=approvals, version=version, state=state), fresh, version)


async def withdraw(office: Office, where: str, number: int, who: str) -> None:
    """Take it back: its author may, and who could approve it. Twice does it once.

    Raises:
        NotAllowed: they are neither.
        Refused: it is in force already, or outdated.
    """
    rules = await office.rules(where)
    async with office.store.begin(where) as work:
        await work.house.one_definition_at_a_time()
        proposal = await work.proposals.get(number, lock=True)
        if proposal is not None and proposal.state == WITHDRAWN:
            return
        proposal = await _open(work, number)
        if who != proposal.author and not roles_of(rules, who):
            raise NotAllowed(f"Only who proposed it, managers and marketers can. {ask_them(rules, MANAGER)}")
        if proposal.state == IN_FORCE:
            raise Refused("It is in force already. To go back, use Versions under `/lead definition`.")
        await work.proposals.save(number, state=WITHDRAWN)
        await _redraw(work, number)


async def _open(work: Work, number: int) -> Proposal:
    """The proposal, ours alone; also when it is in force already."""
    proposal = await work.proposals.get(number, lock=True)
    if proposal is None:
        raise Refused("There is no such proposal any more.")
    if proposal.state == OUTDATED:
        raise Refused(
            f"This was proposed against version {proposal.base}, and another version is in force since. "
            "Open `/lead definition` and propose it again: its effect is another one now."
        )
    if proposal.state == WITHDRAWN:
        raise Refused("This proposal was withdrawn.")
    return proposal


async def _redraw(work: Work, number: int) -> None:
    await work.outbox.put_once("proposal.redraw", f"proposal:{number}", lane=LEADS_LANE, proposal=number)
