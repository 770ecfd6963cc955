"""Proof of permission: what was given or withdrawn for which purpose, when, where and in whose words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qualification.events import Event, Kind


@dataclass(frozen=True, slots=True)
class Receipt:
    """One purpose, given or withdrawn once.

    Attributes:
        source: the system or person that handed it in.
        legal_basis: what the definition calls it here, else consent or steps they asked for themselves.
        wording: the version of the text they agreed to.
        form, page: where they did.
    """

    purpose: str
    granted: bool
    at: datetime
    source: str
    legal_basis: str
    basis: str = ""
    wording: str = ""
    form: str = ""
    page: str = ""

    def as_json(self) -> dict[str, Any]:
        """For an export; empty parts are left out."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**{k: v for k, v in told.items() if v != ""}, "at": self.at.isoformat()}


def receipts_of(history: Sequence[Event], facts: Mapping[str, Mapping[str, Any]]) -> list[Receipt]:
    """Every time a purpose was given or withdrawn, in recorded order.

    An event names the purposes that came with it (`purposes`) or went (`withdrawn`); older ones, which only
    say how things stood afterwards, are read by what changed.
    """
    undone = {event.data["step"] for event in history if event.kind is Kind.UNDONE}
    undone |= {step for event in history for step in event.data.get("given_back", ())}
    held: dict[str, bool] = {}
    found: list[Receipt] = []
    for event in history:
        if event.step in undone:
            continue
        if event.kind is Kind.OPTED_OUT:
            found += [
                _gone(name, event, "objection") for name in ("contact", "marketing", "profiling", "sharing")
            ]
            held.clear()
        if event.kind is not Kind.PERMISSION:
            continue
        data, fact = event.data, facts.get(str(event.data.get("fact", "")), {})
        now = {n: bool(data[n]) for n in ("contact", "marketing", "profiling", "sharing") if n in data}
        given = data.get("purposes")
        if given is None:
            given = [name for name, yes in now.items() if yes and not held.get(name)]
        gone = data.get("withdrawn") or [name for name, yes in now.items() if not yes and held.get(name)]
        found += [_given(name, event, fact) for name in given]
        found += [_gone(name, event, str(data.get("basis") or "withdrawn")) for name in gone]
        held |= now
    return found


def receipts_of_all(
    histories: Mapping[int, Sequence[Event]], facts: Mapping[str, Mapping[str, Any]]
) -> list[Receipt]:
    """Those of all numbers that are one person: of one in recorded order, of several the oldest first.

    Each number's own: what was given under one was not withdrawn by what was not given under another.
    """
    found = [receipt for history in histories.values() for receipt in receipts_of(history, facts)]
    return sorted(found, key=lambda receipt: receipt.at) if len(histories) > 1 else found


def _given(purpose: str, event: Event, fact: Mapping[str, Any]) -> Receipt:
    data = event.data
    basis = str(fact.get("consent_basis") or data.get("basis") or "")
    asked = purpose == "contact" and (data.get("by_request") or basis == "their request")
    plain = "steps at their request" if asked else "consent"
    return Receipt(
        purpose=purpose,
        granted=True,
        at=event.at,
        source=event.actor,
        legal_basis=str((data.get("legal") or {}).get(purpose) or plain),
        basis=basis,
        wording=str(data.get("text_version") or fact.get("consent_text_version") or ""),
        form=str(fact.get("consent_form") or ""),
        page=str(fact.get("consent_page") or ""),
    )


def _gone(purpose: str, event: Event, basis: str) -> Receipt:
    return Receipt(purpose, False, event.at, event.actor, "withdrawn", basis)
