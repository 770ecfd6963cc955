"""Definition, proposal and versions as Slack takes them: also when somebody writes a very long definition."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.flows.house_state import InForce
from handlers.views.definition_text import definition_message
from handlers.views.proposal import proposal_message, version_message
from handlers.views.proposal_dialog import propose_dialog, versions_dialog
from qualification.definition import Definition, parse_definition
from qualification.effect import Effect
from qualification.lead import Stage
from qualification.replay import Replayed, Standing
from store.proposals import Proposal, Version
from tests.handlers.views.slack_rules import assert_dialog, assert_message
from tests.qualification.stories import RULES, YAML

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
NAMES = {"UANA": "Ana <!channel> Torres", "UMAYA": "Maya"}
BY = {"by": "UMAYA", "at": NOW.isoformat()}


def monstrous() -> Definition:
    """Two hundred actions, each with a long name, and a thousand domains."""
    more = "\n".join(
        f'  action_{n}: {{points: 1, qualifies: true, says: "{"Did something long " * 8}{n}"}}'
        for n in range(200)
    )
    domains = ", ".join(f"firm-number-{n}.example" for n in range(1000))
    text = YAML.replace("engagement: {max", f"{more}\n\nengagement: {{max")
    return parse_definition(text.replace("competitor_domains: []", f"competitor_domains: [{domains}]"))


def effect() -> dict[str, Any]:
    counted = Effect(until=NOW, since=NOW.replace(month=9))
    for number in range(40):
        then = Standing(Stage.CUSTOMER, NOW, NOW, (NOW.replace(day=3),))
        now = Standing(Stage.CUSTOMER if number % 2 else Stage.MQL, NOW)
        counted.add(Replayed(1000 + number, then, now, True, None, ("an_action_" + "x" * 3_000,)))
    links = {f"L-{1000 + n}": f"https://sandbox.example/archives/CLEADS/p179499960{n}" for n in range(20)}
    return {**counted.as_json(), "links": links}


def proposal(**changes: Any) -> Proposal:
    told: dict[str, Any] = {
        "id": 7,
        "base": 1,
        "text": YAML,
        "why": "Because <!here> *sales* said so. " * 60,
        "author": "UANA",
        "at": NOW,
        "changes": [f"“{'Very long words ' * 30}”: {n} points" for n in range(30)],
        "effect": effect(),
        "state": "open",
        "approvals": {},
        "version": None,
        "channel": "CLEADS",
        "ts": "1.2",
        **changes,
    }
    return Proposal(**told)


@pytest.mark.parametrize("rules", [RULES, monstrous()], ids=["ours", "monstrous"])
def test_any_definition_can_be_read_and_changed(rules: Definition) -> None:
    told = InForce(rules, "UANA", NOW, {"manager": BY, "marketer": BY}, older=True)
    assert_message(definition_message(told, ZONE, NAMES))
    assert_message(definition_message(told, ZONE, NAMES, shared_by="Ana"))
    assert_dialog(propose_dialog(rules, metadata={"base": 1}).to_dict())


@pytest.mark.parametrize("state", ["open", "in force", "withdrawn", "outdated"])
@pytest.mark.parametrize("approvals", [{}, {"manager": BY}], ids=["nobody", "manager"])
def test_a_proposal_stands_in_every_state(state: str, approvals: dict[str, Any]) -> None:
    for told in (effect(), None):
        shown = proposal_message(
            proposal(state=state, approvals=approvals, effect=told),
            NAMES,
            to=("UMAYA",),
            progress=(500, 9000),
        )
        assert_message(shown)
        words = str(shown.blocks)
        assert "<!" not in words
        assert ("Approve as marketer" in words) == (state == "open" and told is not None)
        assert ("Approve as manager" in words) == (state == "open" and told is not None and not approvals)


def test_what_it_would_have_done_is_said_in_numbers_and_names() -> None:
    words = str(proposal_message(proposal(), NAMES).blocks)
    assert "40 of 40 leads would have gone another way" in words
    assert "20 × customer → MQL" in words
    assert "20 × customer either way, would not have been handed over" in words
    assert "SQL recall: 100% (40 of 40) → 0% (0 of 40)" in words
    assert "The first 20 of them" in words
    assert "customer, would not have been handed over: <https://" in words


def test_versions_and_their_news() -> None:
    versions = [
        Version(n, YAML, "UANA", NOW, NOW if n < 40 else None, {"manager": BY}, "rollback to 1")
        for n in range(40, 0, -1)
    ]
    assert_dialog(versions_dialog(versions, ZONE, NAMES).to_dict())
    for state in (None, {"done": 50, "total": 90, "mqls": 1, "ended": False}):
        assert_message(version_message(versions[0], ["MQL from 40 points"] * 40, NAMES, state))
