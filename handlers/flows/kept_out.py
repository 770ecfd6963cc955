"""Who asked us to erase their data: nothing is taken in about them, whichever way it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from handlers.flows.office import Rules
from qualification.new_lead import NewLead
from qualification.personal import keyed
from store.work import Work


class KeptOut:
    """The suppression list, as far as it concerns one batch."""

    def __init__(self, work: Work, rules: Rules) -> None:
        self._work, self._rules, self._secret = work, rules, ""
        self._listed: Mapping[str, bool] = {}

    async def look_up(self, arriving: Iterable[NewLead]) -> None:
        """Ask the list for all of them at once."""
        # Rules are remembered for seconds, and whoever was erased a moment ago must not come back.
        self._secret = self._rules.secret or await self._work.privacy.secret()
        if self._secret:
            keys = [key for new in arriving for key in self._hashed(new)]
            self._listed = await self._work.privacy.are_suppressed(keys)

    def holds(self, new: NewLead) -> bool:
        """Whether they are on it. A number beside another address may be a switchboard's: that decides."""
        if not self._listed:
            return False
        email, phone, external = self._hashed(new)
        if email in self._listed or external in self._listed:
            return True
        return phone in self._listed and (not email or self._listed[phone])

    def _hashed(self, new: NewLead) -> list[str]:
        """How the list would name this person: by address, by number, by another system's id."""
        told = {"email": new.email_key, "phone": new.phone_key, "external": external_key(new)}
        return [keyed(self._secret, kind, value) if value else "" for kind, value in told.items()]


def external_key(new: NewLead) -> str | None:
    """A hash over the source system and its id (it may be an e-mail address), else over the request's."""
    if new.external_id:
        named = f"{new.captured_by}\n{new.source}\n{new.external_id}"
    elif new.request_id:
        named = f"request\n{new.request_id}"
    else:
        return None
    return hashlib.sha256(named.encode()).hexdigest()[:40]
