"""The list of who must not come back: taking it along, and applying it to a restored backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from handlers.flows.erase import AGAIN, erase_person, erase_whom
from handlers.flows.office import Office, Rules
from handlers.flows.whose import Nobody, of_addresses
from qualification.errors import Refused
from qualification.personal import Traces, keyed, traces_of
from store.erasures import SECRET
from store.work import Work

PAGE = 500
NO_LEAD = "somebody who is no lead"
"""What whoever only waits for permission, or only said who they are as a visitor, is called."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A suppression list as it was kept: the key of its hashes, and the hashes."""

    secret: str
    rows: Sequence[dict[str, Any]]


async def list_as_json(office: Office, where: str) -> str:
    """The list of this workspace, for a file beside the backups.

    The key is kept from now on, also while the list is empty: whoever is erased later is listed under it.
    """
    async with office.store.begin(where) as work:
        secret = str(await work.house.set_first(SECRET, token_hex(32)))
        rows = await work.privacy.suppression_list()
    told = [{**row, "at": row["at"].isoformat()} for row in rows]
    return json.dumps({"secret": secret, "suppressed": told}, indent=1)


def read_list(text: str) -> Listed:
    """The list in such a file.

    Raises:
        Refused: it is none.
    """
    try:
        read = json.loads(text)
        rows = [{**row, "at": datetime.fromisoformat(row["at"])} for row in read["suppressed"]]
        for row in rows:
            if set(row) != {"key", "kind", "alone", "lead", "at"}:
                raise ValueError
        return Listed(str(read["secret"]), rows)
    except (ValueError, KeyError, TypeError) as bad:
        raise Refused("That file is no suppression list. `erase --list --out FILE` writes one.") from bad


async def reapply(
    office: Office, where: str, listed: Listed | None, *, dry: bool = False, by: str = "", why: str = AGAIN
) -> list[str]:
    """Erase everybody on the list who is in this database; the list itself is kept from then on.

    Args:
        listed: The list to apply, as it was when the backup was older; None for this database's own.
        dry: Only say who it would be.
    Returns:
        What to call each of them: the L-number, or NO_LEAD.
    Raises:
        Refused: people were erased here under another key, so the two lists can't be one.
    """
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        ours = await work.privacy.secret()
        if listed is None:
            listed = Listed(ours, await work.privacy.suppression_list())
        if not listed.rows:
            return []
        _must_be_one_list(ours, listed)
        found = await _who_is_back(work, rules, listed)
    if dry:
        return [name for name, _ in found]
    async with office.store.begin(where) as work:
        _must_be_one_list(await work.privacy.secret(), listed)
        await work.house.set({SECRET: listed.secret})
        await work.privacy.suppress(listed.rows)
    office.forget_rules()
    for name, theirs in found:
        try:
            if name == NO_LEAD:
                async with office.store.read(where) as work:
                    whose = await of_addresses(work, rules, theirs)
                await erase_whom(office, where, whose, by, why=why)
            else:
                await erase_person(office, where, name, by, why=why)
        except Nobody:  # erasing another took what waited along
            continue
    return [name for name, _ in found]


def _must_be_one_list(ours: str, listed: Listed) -> None:
    if ours and ours != listed.secret:
        raise Refused(
            "People were erased from this database under another key than this list's, and nobody can be "
            "found under both. Restore the backup once more and apply the list before anybody is erased."
        )


async def _who_is_back(work: Work, rules: Rules, listed: Listed) -> list[tuple[str, Traces]]:
    """Who is on the list and in the database: what to call them, and what names them."""
    alone = {row["key"]: bool(row["alone"]) for row in listed.rows}
    found: list[tuple[str, Traces]] = []
    for first in range(0, await work.privacy.last_number() + 1, PAGE):
        for number, told in (await work.privacy.told_between(first, first + PAGE - 1)).items():
            theirs = traces_of(told, rules.setup.country)
            if _is_listed(theirs, listed.secret, alone):
                found.append((f"L-{number}", theirs))
    no_leads: dict[Traces, None] = {}
    async for email, phone in work.privacy.keys_beside_leads():
        theirs = Traces(emails=(email,) if email else (), phones=(phone,) if phone else ())
        if theirs not in no_leads and _is_listed(theirs, listed.secret, alone):
            no_leads[theirs] = None
    return [*found, *((NO_LEAD, theirs) for theirs in no_leads)]


def _is_listed(traces: Traces, secret: str, alone: dict[str, bool]) -> bool:
    if any(keyed(secret, "email", email) in alone for email in traces.emails):
        return True
    numbers = [keyed(secret, "phone", phone) for phone in traces.phones]
    return any(key in alone and (alone[key] or not traces.emails) for key in numbers)
