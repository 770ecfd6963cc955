"""First run: who may set the app up, what is set, and keeping it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.flows.house_state import NotAllowed
from handlers.flows.office import Office, Rules

CODE = "admin_code"
ASKED = ("leads_channel", "alerts_channel", "admins", "managers", "marketers", "reps_group")
"""What App Home asks for. What the environment sets stands as it is."""
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without the ones that are mistaken for others when read aloud."""
_LENGTH = 10

Chosen = Mapping[str, str | Sequence[str] | None]


class WrongCode(NotAllowed):
    """That is not the admin code."""

    def __init__(self) -> None:
        super().__init__("That is not the code. `python -m bot serve` prints it when it starts.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """How the app is set up.

    Attributes:
        fixed: names the environment decides; they can't be changed here.
    """

    rules: Rules
    fixed: frozenset[str]


async def admin_code(office: Office, where: str) -> str | None:
    """The code that lets somebody set the app up; made at the first asking. None once there is an admin."""
    rules = await office.rules(where)
    if rules.setup.admins or "admins" in office.fixed:
        return None
    async with office.store.begin(where) as work:
        known = (await work.house.settings()).get(CODE)
        if known:
            return str(known)
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        await work.house.set({CODE: code})
    return code


async def check_code(office: Office, where: str, typed: str) -> None:
    """Let in whoever has the code.

    Raises:
        WrongCode: it is another, or none was made.
    """
    async with office.store.read(where) as work:
        code = str((await work.house.settings()).get(CODE) or "")
    plain = "".join(typed.upper().split()).replace("-", "")
    if not code or not hmac.compare_digest(code.encode(), plain.encode()):
        raise WrongCode


async def see_setup(office: Office, where: str) -> SetUp:
    """What is set, and what of it can be changed in App Home."""
    rules = await office.rules(where)
    return SetUp(rules, frozenset(name for name in ASKED if name in office.fixed))


async def save_setup(office: Office, where: str, person: str, chosen: Chosen, *, has_code: bool) -> None:
    """Keep what was chosen; whoever sets the first admins spends the code.

    Args:
        has_code: The dialog was opened with the right code.
    Raises:
        NotAllowed: neither an admin nor in possession of the code, or nobody would be an admin.
    """
    rules = await office.rules(where)
    if person not in rules.setup.admins and not (has_code and not rules.setup.admins):
        raise NotAllowed("Only admins can change this.")
    wanted = {name: value or None for name, value in chosen.items() if name not in office.fixed}
    if "admins" in wanted and not wanted["admins"]:
        raise NotAllowed("Somebody has to be an admin.")
    kept = {name: list(v) if v and not isinstance(v, str) else v for name, v in wanted.items()}
    async with office.store.begin(where) as work:
        await work.house.set({**kept, **({CODE: None} if wanted.get("admins") else {})})
    office.forget_rules()
