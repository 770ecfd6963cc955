"""Columns are recognised by the names people's systems give them."""

from __future__ import annotations

import pytest

from handlers.imports.columns import map_columns
from handlers.imports.names import HUBSPOT, SALESFORCE


def understood(*header: str) -> dict[str, str]:
    return {column.name: column.field for column in map_columns(header).columns}


def test_greenlight_s_own_names_in_any_writing() -> None:
    assert understood(
        "E-Mail", "First Name", "OCCURRED_AT", "wonAt", "consent basis", "Favourite colour"
    ) == {
        "E-Mail": "email",
        "First Name": "first_name",
        "OCCURRED_AT": "occurred_at",
        "wonAt": "won_at",
        "consent basis": "consent_basis",
        "Favourite colour": "",
    }


def test_a_hubspot_export() -> None:
    header = ("Record ID", "First Name", "Email", "Lifecycle Stage", "Contact owner", "Create Date")
    columns = map_columns((*header, "Became a Customer Date", "Original Traffic Source", "Lead Status"))
    assert [column.field for column in columns.columns] == [
        "external_id",
        "first_name",
        "email",
        "stage",
        "owner",
        "occurred_at",
        "won_at",
        "source",
        "",
    ]
    assert columns.columns[3].known_from == "HubSpot"


def test_a_salesforce_export() -> None:
    header = (
        "Lead ID",
        "Company / Account",
        "Email",
        "Lead Status",
        "Lead Owner",
        "Created Date",
        "No. of Employees",
    )
    assert list(understood(*header).values()) == [
        "external_id",
        "company",
        "email",
        "stage",
        "owner",
        "occurred_at",
        "employees",
    ]


@pytest.mark.parametrize("table", [HUBSPOT, SALESFORCE])
def test_every_name_in_the_tables_is_recognised_beside_its_system_s_others(
    table: dict[str, tuple[str, ...]],
) -> None:
    sure = (
        ("Lifecycle Stage", "hubspot_owner_id") if table is HUBSPOT else ("Lead Status", "NumberOfEmployees")
    )
    for field, names in table.items():
        for name in names:
            columns = map_columns([*sure, name])
            assert columns.columns[-1].field == field, name


def test_two_columns_with_one_meaning_stand_behind_each_other() -> None:
    columns = map_columns(["Phone", "Mobile", "Email"]).columns
    assert [(column.field, column.second) for column in columns] == [
        ("phone", False),
        ("phone", True),
        ("email", False),
    ]


def test_spend_is_told_from_leads_by_its_columns() -> None:
    assert map_columns(["Source", "Campaign", "From", "To", "Amount", "Currency"]).kind == "spend"
    assert map_columns(["source", "from", "to", "amount", "email"]).kind == "leads"
    assert map_columns(["source", "amount"]).kind == "leads"
