"""Marketing hands in what campaigns cost."""

from __future__ import annotations

from datetime import date

import pytest

from store.intake import SpendRow
from tests.handlers.http.conftest import Post
from tests.handlers.http.office import Office

ROW = {
    "source": "LinkedIn",
    "campaign": "spring",
    "from": "2026-10-01",
    "to": "2026-10-31",
    "amount": "1234.50",
}
DAYS = (date(2026, 10, 1), date(2026, 10, 31))


async def test_one_row_is_saved_in_cents_of_the_workspaces_currency(post: Post, office: Office):
    assert await post("spend", json=ROW) == (202, {"saved": 1})
    assert office.spent == [SpendRow("linkedin", "spring", *DAYS, 123450, "EUR")]


async def test_a_form_may_hand_it_in_too(post: Post, office: Office):
    assert (await post("spend", data=ROW))[0] == 202
    assert office.spent[0].amount_minor == 123450


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(0.1, "EUR", 10), (1234, "jpy", 1234), ("1.234", "KWD", 1234), (0, "EUR", 0), ("1e3", "EUR", 100000)],
)
async def test_amounts_have_their_currencys_decimals(post: Post, office: Office, amount, currency, minor):
    await post("spend", json={"rows": [{**ROW, "amount": amount, "currency": currency}]})

    assert (office.spent[0].amount_minor, office.spent[0].currency) == (minor, currency.upper())


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"source": None}, "source"),
        ({"source": []}, "source"),
        ({"from": "1.10.2026"}, "from"),
        ({"from": 20261001}, "from"),
        ({"from": "1900-01-01"}, "from"),
        ({"to": "2026-09-30"}, "to"),
        ({"to": "2028-01-01"}, "to"),
        ({"to": None}, "to"),
        ({"amount": "12.345"}, "amount"),
        ({"amount": "1.234,50"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "Infinity"}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"amount": "1e-400"}, "amount"),
        ({"amount": "9" * 4000}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "ABC"}, "currency"),
        ({"currency": 5}, "currency"),
    ],
)
async def test_a_row_that_cant_be_saves_nothing(post: Post, office: Office, change, path):
    status, answer = await post("spend", json={"rows": [ROW, {**ROW, **change}]})

    assert status == 422
    assert [e["path"] for e in answer["errors"]] == [f"rows.1.{path}"]
    assert office.spent == []


@pytest.mark.parametrize("body", [[], 3, {"rows": []}, {"rows": {}}, {"rows": [3]}, {"rows": [ROW] * 501}])
async def test_rows_must_be_rows(post: Post, office: Office, body):
    assert (await post("spend", json=body))[0] == 422
    assert office.spent == []


async def test_spend_sent_twice_is_counted_once(post: Post, office: Office):
    for _ in range(2):
        assert await post("spend", json=ROW, headers={"Idempotency-Key": "october"}) == (202, {"saved": 1})

    assert len(office.spent) == 1


async def test_one_key_may_serve_a_lead_and_spend(post: Post):
    once = {"Idempotency-Key": "october"}

    assert (await post("spend", json=ROW, headers=once))[0] == 202
    assert (await post("leads", json={"email": "ada@acme.example"}, headers=once))[0] == 202
