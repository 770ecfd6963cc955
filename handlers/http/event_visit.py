"""What a visitor did, read from a call: which action it is, where they came from, which experiment's arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.http.came_from import came_from
from handlers.http.lead_body import Reader
from handlers.http.told import tidy
from qualification.behaviour import plain_event
from qualification.domains import registered_domain
from qualification.signal import Visit

LONGEST_LABEL = 80
_EXPERIMENT = "experiment viewed"


def read_visit(
    event: str, properties: Mapping[str, Any], context: Mapping[str, Any], reader: Reader
) -> Visit:
    """What was done: an action by the definition's rules, where from, and which arm of an experiment."""
    definition = reader.definition
    behaviour = definition.behaviour
    action = behaviour.counts_as(event, properties, definition.actions.keys()) or ""
    agent = context.get("userAgent")
    agent = agent if isinstance(agent, str) else None
    now = reader.now
    campaign = inner(context, "campaign")
    page = inner(context, "page")
    loose = {
        "page_url": str(properties.get("url") or page.get("url") or ""),
        "referrer": str(properties.get("referrer") or page.get("referrer") or ""),
    }
    loose = {name: value for name, value in loose.items() if value}
    own = definition.lists.own_domains
    source = came_from(None, _label(campaign.get("source")), loose, own | _site(loose))
    return Visit(
        now,
        action,
        uncounted=behaviour.uncounted(action, now, None, agent),
        source=_label(source) or "unknown",
        campaign=_label(campaign.get("name")),
        variant=_arm(properties) if is_experiment(event) else None,
    )


def _site(loose: Mapping[str, str]) -> frozenset[str]:
    """The site's own domain: from one of its pages to the next is no way in."""
    own = registered_domain(loose.get("page_url", ""))
    return frozenset({own}) if own else frozenset()


def is_experiment(event: str) -> bool:
    """Whether somebody saw an experiment, by Segment's name for it."""
    return plain_event(event) == _EXPERIMENT


def experiment_seen(properties: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The experiment and the arm that were seen."""
    return (
        _label(properties.get("experiment_name") or properties.get("experiment_id")),
        _label(properties.get("variation_name") or properties.get("variation_id")),
    )


def _arm(properties: Mapping[str, Any]) -> str | None:
    return ": ".join(part for part in experiment_seen(properties) if part) or None


def _label(value: object) -> str | None:
    """A short name that holds nothing personal; an address is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    said = tidy(str(value)[:LONGEST_LABEL])
    return None if said is None or "@" in said else said


def inner(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in the context, or an empty one: libraries put all sorts of things there."""
    value = outer.get(name)
    return value if isinstance(value, Mapping) else {}
