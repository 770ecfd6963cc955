"""The list of who must not come back: taking it along, and applying it to a restored backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from handlers.flows.erase import AGAIN, erase_person
from handlers.flows.office import SECRET, Office, Rules
from handlers.flows.whose import Nobody
from qualification.errors import Refused
from qualification.personal import Traces, keyed, traces_of
from store.work import Work

PAGE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A suppression list as it was kept: the key of its hashes, and the hashes."""

    secret: str
    rows: Sequence[dict[str, Any]]


async def list_as_json(office: Office, where: str) -> str:
    """The list of this workspace, for a file beside the backups."""
    async with office.store.read(where) as work:
        secret = (await work.house.settings()).get(SECRET) or token_hex(32)
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
        The L-numbers, or how many submissions without one.
    """
    rules = await office.rules(where)
    async with office.store.read(where) as work:
        if listed is None:
            secret = (await work.house.settings()).get(SECRET)
            if not secret:
                return []
            listed = Listed(str(secret), await work.privacy.suppression_list())
        found = await _who_is_back(work, rules, listed)
    if dry:
        return [name for name, _ in found]
    async with office.store.begin(where) as work:
        await work.house.set({SECRET: listed.secret})
        await work.privacy.suppress(listed.rows)
    office.forget_rules()
    for _, who in found:
        try:
            await erase_person(office, where, who, by, why=why)
        except Nobody:  # erasing another took what waited along
            continue
    return [name for name, _ in found]


async def _who_is_back(work: Work, rules: Rules, listed: Listed) -> list[tuple[str, str]]:
    """Who is on the list and in the database, as (what to call them, what finds them)."""
    alone = {row["key"]: bool(row["alone"]) for row in listed.rows}
    found: dict[str, str] = {}
    for first in range(0, await work.privacy.last_number() + 1, PAGE):
        for number, told in (await work.privacy.told_between(first, first + PAGE - 1)).items():
            if _is_listed(traces_of(told, rules.setup.country), listed.secret, alone):
                found[f"L-{number}"] = f"L-{number}"
    for waits in await work.intake.still_waiting(100_000):
        theirs = Traces(
            emails=(waits.new.email_key,) if waits.new.email_key else (),
            phones=(waits.new.phone_key,) if waits.new.phone_key else (),
        )
        who = waits.new.email_key or waits.new.phone_key
        if who and _is_listed(theirs, listed.secret, alone):
            found.setdefault("somebody who waits for permission", who)
    return list(found.items())


def _is_listed(traces: Traces, secret: str, alone: dict[str, bool]) -> bool:
    if any(keyed(secret, "email", email) in alone for email in traces.emails):
        return True
    numbers = [keyed(secret, "phone", phone) for phone in traces.phones]
    return any(key in alone and (alone[key] or not traces.emails) for key in numbers)
