"""A file of costs is compared first, saved once, and corrected by a later one; on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from handlers.flows.import_file import open_file
from handlers.flows.import_spend import SpendTally, import_spend
from handlers.flows.office import Office
from store.intake import SpendRow
from store.store import Store
from tests.imports.conftest import WriteFile

HEADER = "Source;Campaign;From;To;Amount;Currency\n"
MARCH = "Google-Ads;brand;2026-03-01;2026-03-31;900.00;EUR\n"


async def run(office: Office, here: str, file: Path, dry: bool = False) -> SpendTally:
    opened = await open_file(office, here, file)
    return await import_spend(office, here, opened.spend(), by="import", dry=dry)


async def saved(store: Store, here: str) -> list[SpendRow]:
    async with store.read(here) as work:
        return await work.intake.spend_touching(date(2026, 1, 1), date(2026, 12, 31))


async def test_what_a_file_would_change_and_then_changes(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    file = write_file(HEADER + MARCH + "linkedin;;01.04.2026;30.04.2026;1200.5;\n")

    plan = await run(office, here, file, dry=True)
    assert (plan.rows, plan.new, plan.changed, plan.same, plan.refused) == (2, 2, 0, 0, 0)
    assert plan.total == {"EUR": 210050}
    assert await saved(store, here) == []

    done = await run(office, here, file)
    assert (done.new, done.total) == (2, plan.total)
    assert await saved(store, here) == [
        SpendRow("google-ads", "brand", date(2026, 3, 1), date(2026, 3, 31), 90000, "EUR"),
        SpendRow("linkedin", "", date(2026, 4, 1), date(2026, 4, 30), 120050, "EUR"),
    ]

    again = await run(office, here, write_file(HEADER + MARCH.replace("900", "950")))
    assert (again.new, again.changed, again.same) == (0, 1, 0)
    assert (await saved(store, here))[0].amount_minor == 95000
    assert (await run(office, here, file)).same == 1, "the other row stands as it was"


async def test_bad_rows_are_refused_by_number_and_the_rest_is_saved(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    bad = ";x;2026-03-01;2026-03-31;5;EUR\nads;x;2026-04-02;2026-04-01;5;EUR\n"
    bad += "ads;x;2026-04-01;2026-04-02;a lot;EUR\n"

    tally = await run(office, here, write_file(HEADER + bad + MARCH + MARCH))

    assert (tally.rows, tally.new, tally.refused) == (5, 1, 4)
    assert [row for row, _ in tally.examples] == [2, 3, 4, 6]
    assert "earlier row" in tally.examples[3][1], "one campaign's days twice: a sum or a correction?"
    assert len(await saved(store, here)) == 1
