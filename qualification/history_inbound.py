"""One more inbound touch in a lead's history. What it leads to depends on its time, never on its arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from qualification.events import Event
from qualification.lead import LETTERS, PROFILE, Activity, Answers, Given, Lead, Profile, Stage

Facts = Mapping[str, Mapping[str, Any]]
"""Fact id → its data; a fact that was erased is simply not there."""


def came_in(lead: Lead, event: Event, facts: Facts) -> Lead:
    """The lead with what the person did and told us."""
    data, fact = event.data, facts.get(event.data.get("fact", ""), {})
    claims = tuple(sorted(data["claims"].items())) if data.get("claims") else ()
    activity = Activity(
        data["action"],
        event.at,
        bool(data.get("with_message")),
        bool(data.get("counts", True)),
        claims,
        data.get("uncounted", ""),
        data.get("watched", ""),
    )
    changes: dict[str, Any] = {
        "activities": (*lead.activities, activity),
        "given": with_profile(lead.given, event.at, fact),
    }
    if data.get("qualifies") and _touch(event.at, data) < _touch(lead.created_at, lead.__dict__):
        # The first qualifying touch dates the lead and names its source, also when it arrives late.
        changes |= {
            "created_at": event.at,
            "source": data.get("source") or "unknown",
            "campaign": data.get("campaign"),
            "variant": data.get("variant"),
            "captured_by": data.get("captured_by", ""),
        }
        if lead.stage is Stage.LEAD:
            changes["stage_since"] = event.at
    if data.get("qualifies") and data.get("late") is not None:
        changes["asked_live"] = bool(lead.asked_live) or not data["late"]
    if claims:
        changes["answers"] = _with_claims(lead.answers, changes["activities"])
    if fact.get("external_id"):
        changes["external_id"] = fact["external_id"]
    message = fact.get("message")
    if message and (lead.message_at is None or (event.at, message) > (lead.message_at, lead.message)):
        changes |= {"message": message, "message_at": event.at}
    if fact.get("extra"):
        changes["extra"] = tuple(sorted({**dict(lead.extra), **fact["extra"]}.items()))
    return lead.but(**changes)


def _touch(at: datetime, told: Mapping[str, Any]) -> tuple[Any, ...]:
    """Orders touches by time; at one instant a known source comes first, then the alphabet, never arrival."""
    source = told.get("source") or "unknown"
    rest = (told.get("campaign") or "", told.get("variant") or "", told.get("captured_by") or "")
    return (at, source == "unknown", source, *rest)


def _with_claims(answers: Answers, activities: Iterable[Activity]) -> Answers:
    """The letters with what forms said of them last, by the time of the form and not of its arrival."""
    claims: dict[str, str] = {}
    for activity in sorted(activities, key=lambda a: (a.at, a.action)):
        claims.update(activity.claims)
    letters = {
        name: replace(answers.letter(name), claimed=claims[name]) for name in LETTERS if name in claims
    }
    return replace(answers, **letters)


def with_profile(given: tuple[Given, ...], at: datetime, fact: Mapping[str, Any]) -> tuple[Given, ...]:
    """What was told so far and what this fact tells, as far as it says anything about the person."""
    told = {name: fact[name] for name in PROFILE if fact.get(name) is not None}
    return (*given, Given(at, Profile(**told))) if told else given
