"""A file of leads is planned, taken in once, and nothing floods; on both databases."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.flows.erase import erase_person
from handlers.flows.import_file import Choices, made_at, open_file
from handlers.flows.import_leads import import_leads
from handlers.flows.import_plan import plan_leads
from handlers.flows.import_tally import Tally
from handlers.flows.office import Office
from handlers.flows.receive import take_in
from handlers.imports.rows import NO_PERMISSION, Row
from qualification.arrival import NewLead
from qualification.history import fold
from qualification.lead import Lead, Profile, Stage
from store.store import Store
from tests.imports.conftest import NOW, WriteFile
from tests.numbers import all_numbers

HEADER = (
    "email,first_name,action,occurred_at,stage,owner,mql_at,sql_at,won_at,reason,amount,currency,"
    "consent_basis\n"
)
WON = (
    "ada@acme.example,Ada,demo_request,2026-01-05,customer,ana,2026-01-05,2026-01-09,2026-02-01,,1200.50,EUR,"
    "trade fair\n"
)
OPEN = "bo@bolt.example,Bo,demo_request,2026-11-19T10:00:00Z,,,,,,,,,web form\n"
SPAM = "x@spam.example,X,contact_form,2026-10-01,disqualified,ben,,,,spam,,,web form\n"
SILENT = "cy@core.example,Cy,demo_request,2026-10-02,,,,,,,,,\n"


async def read(office: Office, here: str, file: Path, **choices: str) -> list[Row]:
    """The file's rows as submissions."""
    opened = await open_file(office, here, file, Choices(made_at(file, NOW), **choices))  # type: ignore[arg-type]
    return list(opened.leads())


async def lead_of(store: Store, here: str, email: str) -> Lead | None:
    async with store.read(here) as work:
        emails, _ = await work.leads.by_person([email], [])
        return await work.leads.get(emails[email]) if emails else None


async def waiting_jobs(store: Store, here: str) -> list[str]:
    async with store.read(here) as work:
        topics = (
            "card.post",
            "cards.digest",
            "thread.say",
            "alert.post",
            "dm.send",
            "webhook.stage",
            "card.redraw",
        )
        timers = ("clock.claim", "clock.touch", "lead.back", "lead.wake", "lead.next_step")
        return [topic for topic in (*topics, *timers) if await work.outbox.waiting(topic)]


def counts(tally: Tally) -> tuple[int, int, int, int, int]:
    return tally.rows, tally.created, tally.updated, tally.duplicate, tally.refused


async def test_a_file_is_taken_in_with_its_past_and_the_same_file_again_changes_nothing(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    rows = await read(office, here, write_file(HEADER + WON + OPEN + SPAM + SILENT))

    tally = await import_leads(office, here, rows)

    assert counts(tally) == (4, 3, 0, 0, 1)
    assert tally.why == {NO_PERMISSION: 1}
    assert tally.examples == [(5, NO_PERMISSION)]
    ada = await lead_of(store, here, "ada@acme.example")
    assert ada is not None
    assert (ada.stage, ada.owner, ada.amount_minor, ada.currency) == (Stage.CUSTOMER, "UANA", 120050, "EUR")
    assert ada.permission.basis == "trade fair"
    assert ada.sql_at == datetime(2026, 1, 8, 23, tzinfo=UTC), "dates are Berlin's"
    assert ada.won_at == datetime(2026, 1, 31, 23, tzinfo=UTC)
    spam = await lead_of(store, here, "x@spam.example")
    assert spam is not None
    assert (spam.stage, spam.reason, spam.disqualified_by) == (Stage.DISQUALIFIED, "spam", "UBEN")

    again = await import_leads(office, here, rows)
    assert counts(again) == (4, 0, 0, 3, 1)
    assert await lead_of(store, here, "ada@acme.example") == ada


async def test_nothing_is_posted_and_open_leads_stand_in_the_queue_without_a_clock(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    rows = await read(office, here, write_file(HEADER + WON + OPEN + SPAM))

    await import_leads(office, here, rows)

    assert await waiting_jobs(store, here) == []
    async with store.read(here) as work:
        queue = await work.lists.queue(NOW, (await office.rules(here)).definition)
    assert [(lead.profile.email, lead.stage, lead.claim_due) for lead in queue] == [
        ("bo@bolt.example", Stage.MQL, None)
    ]

    await import_leads(
        office, here, await read(office, here, write_file(HEADER + SILENT), consent_basis="a list")
    )
    assert await waiting_jobs(store, here) == []


async def test_announce_queues_one_digest_only_when_something_is_new(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    rows = await read(office, here, write_file(HEADER + OPEN))
    await import_leads(office, here, rows, announce=True)
    assert await waiting_jobs(store, here) == ["cards.digest"]


async def test_what_reps_did_since_is_not_undone_by_a_file(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    await import_leads(office, here, await read(office, here, write_file(HEADER + WON)))
    older = "ada@acme.example,Ada,webinar_signup,2026-01-04,mql,ben,2026-01-06,,,,,,trade fair\n"

    tally = await import_leads(office, here, await read(office, here, write_file(HEADER + older)))

    assert counts(tally) == (1, 0, 1, 0, 0)
    ada = await lead_of(store, here, "ada@acme.example")
    assert ada is not None
    assert (ada.stage, ada.owner, len(ada.activities)) == (Stage.CUSTOMER, "UANA", 2)


async def test_who_says_no_in_a_later_export_is_heard_although_the_rest_is_known(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    header = "email,external_id,action,occurred_at,consent\n"
    row = "ada@acme.example,7,demo_request,2026-01-05,"
    await import_leads(office, here, await read(office, here, write_file(f"{header}{row}true\n")))

    tally = await import_leads(office, here, await read(office, here, write_file(f"{header}{row}false\n")))

    assert tally.updated == 1
    ada = await lead_of(store, here, "ada@acme.example")
    assert ada is not None
    assert ada.permission.opted_out


async def test_a_list_without_dates_is_the_same_list_when_it_was_copied(
    office: Office, here: str, write_file: WriteFile
) -> None:
    text = "email,action,consent\nada@acme.example,event_badge,true\n"
    await import_leads(office, here, await read(office, here, write_file(text)))
    copied = write_file(text)
    os.utime(copied)

    tally = await import_leads(office, here, await read(office, here, copied))

    assert counts(tally) == (1, 0, 0, 1, 0)


async def test_the_plan_writes_nothing_and_its_memory_is_the_file_s_not_the_workspace_s(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    await take_in(office, here, [submission("ada@acme.example")])
    rows = await read(office, here, write_file(HEADER + WON + OPEN + OPEN))

    plan = await plan_leads(office, here, rows)

    assert counts(plan) == (3, 1, 1, 1, 0)
    assert await lead_of(store, here, "bo@bolt.example") is None
    ada = await lead_of(store, here, "ada@acme.example")
    assert ada is not None
    assert ada.stage is Stage.MQL
    assert counts(await import_leads(office, here, rows)) == counts(plan)


async def test_an_interrupted_import_goes_on_where_it_stopped(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    people = "".join(f"p{n}@many.example,P,demo_request,2026-10-02,,,,,,,,,fair\n" for n in range(1200))
    rows = await read(office, here, write_file(HEADER + people))

    class Stopped(Exception):
        pass

    def stop(tally: Tally) -> None:
        raise Stopped

    with contextlib.suppress(Stopped):
        await import_leads(office, here, rows, on_progress=stop)
    assert counts(await import_leads(office, here, rows)) == (1200, 700, 0, 500, 0)


async def test_beside_a_serving_bot_batches_are_small(
    office: Office, here: str, write_file: WriteFile
) -> None:
    people = "".join(f"p{n}@many.example,P,demo_request,2026-10-02,,,,,,,,,fair\n" for n in range(25))
    sizes: list[int] = []
    rows = await read(office, here, write_file(HEADER + people))

    tally = await import_leads(
        office, here, rows, serving=lambda: True, on_progress=lambda t: sizes.append(t.rows)
    )

    assert counts(tally) == (25, 25, 0, 0, 0)
    assert sizes[0] == 10, "nothing was measured yet, so the first is small"


async def test_a_row_that_can_t_be_saved_is_refused_alone(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    people = "".join(f"p{n}@many.example,P,demo_request,2026-10-02,,,,,,,,,fair\n" for n in range(9))
    rows = await read(office, here, write_file(HEADER + people))
    spoiled = rows[4].new
    assert spoiled is not None
    rows[4] = replace(rows[4], new=replace(spoiled, occurred_at=spoiled.occurred_at.replace(tzinfo=None)))

    tally = await import_leads(office, here, rows)

    assert counts(tally) == (9, 8, 0, 0, 1)
    assert tally.examples[0][0] == 6


async def test_rows_rebuild_from_events_and_facts(
    office: Office, store: Store, here: str, write_file: WriteFile
) -> None:
    await import_leads(office, here, await read(office, here, write_file(HEADER + WON + OPEN + SPAM)))
    async with store.read(here) as work:
        for number in await all_numbers(work):
            events, facts = await work.leads.history(number), await work.leads.facts_of(number)
            assert fold(events, facts) == await work.leads.get(number)


def submission(email: str, action: str = "demo_request", days: int = 3) -> NewLead:
    at = NOW - timedelta(days=days)
    return NewLead(Profile(email=email), action, at, f"fact-{email}-{action}-{days}", email_key=email)


cells = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["", "a@one.example", "A@one.example", "b@two.example", "nonsense"]),
        "phone": st.sampled_from(["", "+49 30 901820", "+4930901820", "12"]),
        "first_name": st.sampled_from(["", "Ada", "Bo"]),
        "action": st.sampled_from(["", "demo_request", "webinar_signup", "blog_page", "dance"]),
        "occurred_at": st.sampled_from(["", "2026-01-05", "2026-03-05T10:00:00Z", "yesterday"]),
        "stage": st.sampled_from(["", "mql", "customer", "lost", "disqualified", "nurture", "odd"]),
        "sql_at": st.sampled_from(["", "2026-04-01", "2025-01-01"]),
        "external_id": st.sampled_from(["", "1", "2"]),
        "consent": st.sampled_from(["", "true", "false"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=12), before=st.lists(cells, max_size=4))
async def test_a_plan_s_numbers_are_those_of_the_import(
    office: Office, here: str, write_file: WriteFile, rows: list[dict[str, str]], before: list[dict[str, str]]
) -> None:
    def text(some: list[dict[str, str]]) -> str:
        header = "email,phone,first_name,action,occurred_at,stage,sql_at,external_id,consent\n"
        return header + "".join(",".join(row.values()) + "\n" for row in some)

    known = await read(office, here, write_file(text(before)))
    await take_in(office, here, [replace(row.new, past=None) for row in known if row.new])
    reading = await read(office, here, write_file(text(rows)))

    plan = await plan_leads(office, here, reading)
    done = await import_leads(office, here, reading)

    assert (counts(plan), plan.why, plan.warnings) == (counts(done), done.why, done.warnings)
    again = await import_leads(office, here, reading)
    assert (again.created, again.updated) == (0, 0)


async def test_who_was_erased_is_not_imported_and_the_plan_says_so(
    office: Office, here: str, write_file: WriteFile
) -> None:
    first = await read(office, here, write_file(HEADER + OPEN))
    await import_leads(office, here, first)
    await erase_person(office, here, "bo@bolt.example", "UADAM")

    again = await read(office, here, write_file(HEADER + OPEN.replace("bo@", "BO@") + SPAM))
    plan = await plan_leads(office, here, again)
    assert counts(plan) == (2, 1, 0, 0, 1)
    assert counts(await import_leads(office, here, again)) == counts(plan)
    assert await lead_of(office.store, here, "bo@bolt.example") is None
