"""Which events count as which action, and which of them no person made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qualification.yaml_part import BadDefinition, Part

PAGE, SCREEN = "page", "screen"
"""Names that rules use for views of pages and screens; anything else is the name of a track event."""
CLICK, TOO_FAST = "email_click", "too_fast"
"""The action of a click in an e-mail, and why the first of them do not count."""
SCANNERS = (
    "barracuda", "mimecast", "proofpoint", "ms-office", "microsoft office", "safelinks", "fireeye",
    "trendmicro", "symantec", "forcepoint", "googleimageproxy", "yahoomailproxy", "bot/", "bot;", "bot)",
    "googlebot", "bingbot", "crawler", "spider", "slackbot", "facebookexternalhit", "headlesschrome",
    "phantomjs", "curl/", "wget/", "python-requests", "go-http-client", "uptime", "pingdom",
)  # fmt: skip
"""Words of user agents behind which nobody reads: link scanners of mail gateways, proxies, robots."""
FAST_CLICK = timedelta(seconds=2)
"""Link scanners click within moments of delivery (integrations: e-mail providers); people don't."""
PROFILING = ("profiling", "analytics", "performance", "personalization")
"""A cookie banner's "marketing" is about advertisements: no permission to write, and none to profile."""
MOST_TEXT = 500
"""Characters of a property that are compared."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One property must hold something. Text is compared without caring for case."""

    name: str
    equals: str | None = None
    prefix: str | None = None
    contains: str | None = None
    at_least: float | None = None

    def holds(self, properties: Mapping[str, Any]) -> bool:
        """Whether the property is there and is so."""
        value = properties.get(self.name)
        if value is None or isinstance(value, dict | list):
            return False
        said = ("true" if value else "false") if isinstance(value, bool) else str(value)
        said = said[:MOST_TEXT].strip().casefold()
        return (
            (self.equals is None or said == self.equals)
            and (self.prefix is None or said.startswith(self.prefix))
            and (self.contains is None or self.contains in said)
            and (self.at_least is None or _number(value) >= self.at_least)
        )

    @property
    def words(self) -> str:
        """As people read it: `path begins with “/pricing”`."""
        texts = (("is", self.equals), ("begins with", self.prefix), ("has", self.contains))
        said = [f"{self.name} {verb} “{value}”" for verb, value in texts if value is not None]
        if self.at_least is not None:
            said.append(f"{self.name} is at least {self.at_least:.15g}")
        return " and ".join(said)


@dataclass(frozen=True, slots=True)
class EventRule:
    """An event of this name, whose properties hold all this, counts as the action."""

    event: str
    counts_as: str
    where: tuple[Condition, ...] = ()

    def holds(self, event: str, properties: Mapping[str, Any]) -> bool:
        """Whether it is such an event."""
        return plain_event(event) == plain_event(self.event) and all(c.holds(properties) for c in self.where)

    @property
    def words(self) -> str:
        """Which events it is about: `“page” where path begins with “/pricing”`."""
        where = f" where {' and '.join(one.words for one in self.where)}" if self.where else ""
        return f"“{self.event}”{where}"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the definition says about observed behaviour."""

    rules: tuple[EventRule, ...] = ()
    scanners: tuple[str, ...] = SCANNERS
    fast_click: timedelta = FAST_CLICK
    profiling: tuple[str, ...] = PROFILING
    """Consent categories of a website that let us score what somebody looks at; any of them is enough."""

    def counts_as(self, event: str, properties: Mapping[str, Any], actions: Collection[str]) -> str | None:
        """The action that an event is, or None: it is traffic.

        The first rule that holds decides. Without one, an event that is called like an action is that action.
        """
        for rule in self.rules:
            if rule.holds(event, properties):
                return rule.counts_as
        named = plain_event(event).replace(" ", "_")
        return named if named in actions else None

    def uncounted(self, action: str, at: datetime, delivered: datetime | None, user_agent: str | None) -> str:
        """Why no person did this (`scanner`, `too_fast`), or "".

        Args:
            delivered: When the e-mail that was clicked in arrived; None where nobody told.
        """
        agent = (user_agent or "")[:MOST_TEXT].casefold()
        if any(word in agent for word in self.scanners):
            return "scanner"
        if action == CLICK and delivered and self.is_fast(at, delivered):
            return TOO_FAST
        return ""

    def is_fast(self, clicked: datetime, delivered: datetime) -> bool:
        """Whether a machine clicked in an e-mail that just arrived."""
        return timedelta() <= clicked - delivered < self.fast_click


NO_RULES = Behaviour()


def plain_event(name: str) -> str:
    """An event's name as we compare it: `Email_Link-Clicked` is `email link clicked`."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def read_behaviour(raw: Part | None) -> Behaviour:
    """The `behaviour:` part. A definition without one has the defaults and no rules."""
    if raw is None:
        return NO_RULES
    usual = NO_RULES
    with raw:
        fast = raw.lasts_or_none("fast_click_seconds", timedelta(seconds=1), timedelta(milliseconds=1))
        return Behaviour(
            rules=tuple(_rule(rule) for rule in raw.listed("rules")),
            scanners=raw.words_or("scanners", usual.scanners),
            fast_click=fast or usual.fast_click,
            profiling=raw.words_or("profiling", usual.profiling),
        )


def _rule(raw: Part) -> EventRule:
    with raw:
        where = raw.parts("where") if raw.part_or_none("where") else {}
        return EventRule(
            raw.text("event"),
            raw.text("counts_as"),
            tuple(_condition(name, spec) for name, spec in where.items()),
        )


def _condition(name: str, raw: Part) -> Condition:
    with raw:
        told = {key: raw.text_or_empty(key).casefold() or None for key in ("equals", "prefix", "contains")}
        condition = Condition(name, **told, at_least=raw.number_or_none("at_least"))
    if condition == Condition(name):
        raise BadDefinition(
            f"The condition on {name} says nothing: use equals, prefix, contains or at_least."
        )
    return condition


def _number(value: object) -> float:
    try:
        return float(str(value)[:40])
    except ValueError:
        return float("-inf")
