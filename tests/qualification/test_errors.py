"""A failure is told by its kind and place, never by its words: they may quote what a person wrote."""

from __future__ import annotations

from qualification.errors import fault
from qualification.kpi_trend import Trend


def test_a_fault_names_kind_and_place_and_quotes_nobody():
    try:
        int("ada@acme.example")
    except ValueError as error:
        told = fault(error)
    assert told.startswith("ValueError in test_errors:")
    assert "ada@" not in told


def test_a_trend_is_months_with_their_leads_and_customers():
    assert Trend(30, (("Jul 2026", 40, 2),)).months[0] == ("Jul 2026", 40, 2)
