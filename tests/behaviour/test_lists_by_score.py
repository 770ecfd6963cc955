"""Lists stand by the score of now, at any time and without anybody rewriting rows. On both databases."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deliveries.desk import Desk as Post
from bot.deliveries.scores import Scores
from handlers.flows.find import my_leads, the_queue
from qualification.lead import Activity, Lead, Span
from qualification.ownership import claim
from qualification.scoring import score
from store.migrate import downgrade, upgrade
from store.outcomes import Job
from tests.numbers import all_numbers
from tests.office import Desk, open_office
from tests.qualification.stories import MONDAY, after
from tests.qualification.test_behaviour import ACTIONS, CAPPED
from tests.qualification.test_definition import changed

FIRST = (
    "demo_request",
    "webinar_attended",
    "content_download",
    "newsletter_signup",
    "referral",
    "free_trial",
)
MINUS = ("unsubscribe", "careers_page") * 6
ALL = (*FIRST, "pricing_page", "blog_page", "careers_page", "unsubscribe", "product_video")


FADING = changed(
    actions__careers_page={
        "points": -10,
        "half_life_days": 4,
        "observed": True,
        "says": "Saw the careers page",
    },
    actions__unsubscribe={"points": -20, "half_life_days": 6, "observed": True, "says": "Unsubscribed"},
)
"""Minus points that fade faster than plus points: such a lead rises while nothing happens."""


async def fill(desk: Desk, count: int, seed: int) -> None:
    """Leads of all sorts over three months, some with minus points, every fifth somebody's."""
    async with desk.office.store.begin(desk.where) as work:
        await work.house.put_in_force(FADING, "test", desk.clock())
    desk.office.forget_rules()
    dice = random.Random(seed)
    titles = (None, "CEO", "Head of IT", "intern", "Engineer")
    for n in range(count):
        back = timedelta(days=dice.choice((0, 1, 2, 40)), seconds=dice.randint(0, 9))
        who = {
            "email": f"a{n}@firm{n}.example",
            "phone": None,
            "title": dice.choice(titles),
            "employees": n * 9,
        }
        consent = {"granted": True, "purposes": ["contact", "profiling"]}
        forms = [
            await desk.new(
                **who,
                action=dice.choice(FIRST) if number == 0 else dice.choice((*ALL, *MINUS)),
                message=None,
                consent=consent,
                occurred_at=(desk.clock() - back - timedelta(hours=number)).isoformat(),
            )
            for number in range(dice.randint(1, 5))
        ]
        await desk.take_in(*forms)
    async with desk.office.store.read(desk.where) as work:
        numbers = await all_numbers(work)
    for number in numbers[::5]:
        async with desk.office.at_lead(desk.where, number) as at:
            await at.record(claim(at.lead, "UANA", at.now))


async def everybody(desk: Desk) -> list[Lead]:
    async with desk.office.store.read(desk.where) as work:
        return list((await work.leads.many(await all_numbers(work))).values())


def by_hand(leads: list[Lead], now: datetime, definition) -> list[int]:
    """The queue as the rules say, each lead scored at this moment."""
    asks = {
        name for name, action in definition.actions.items() if action.inquiry and not action.needs_message
    }
    rows = []
    for lead in leads:
        if lead.owner or lead.stage not in ("lead", "mql") or lead.permission.opted_out:
            continue
        asked = max((a.at for a in lead.activities if a.action in asks), default=None)
        clock = (lead.claim_due is None, lead.claim_due or asked) if asked else ()
        rows.append((asked is None, clock, -score(lead, definition, now).total, lead.number))
    return [row[-1] for row in sorted(rows)]


async def test_lists_stand_by_the_score_of_now(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await fill(desk, 60, seed=4)
        definition = (await desk.office.rules(desk.where)).definition
        orders = []
        for days in (0, 1, 4, 9, 30, 300):
            desk.clock.forward(days * 86_400)
            leads, now = await everybody(desk), desk.clock()
            wanted = by_hand(leads, now, definition)
            async with desk.office.store.read(desk.where) as work:
                for limit in (1, 7, 15, 25, 35, 200):
                    found = [lead.number for lead in await work.lists.queue(now, definition, limit)]
                    assert found == wanted[:limit], (days, limit)
                since = desk.clock() - timedelta(days=1000)
                best = await work.lists.new_without_card(since, now, definition, 9)
            scores = {lead.number: score(lead, definition, now).total for lead in leads}
            quiet = [lead for lead in leads if lead.stage == "lead" and not lead.owner]
            quiet.sort(key=lambda lead: (-scores[lead.number], lead.number))
            assert [lead.number for lead in best] == [lead.number for lead in quiet[:9]]
            page = await the_queue(desk.office, desk.where, 10)
            assert [seen.lead.number for seen in page.leads] == wanted[10:20]
            mine = [seen.score.total for seen in (await my_leads(desk.office, desk.where, "UANA")).leads]
            assert len(mine) == min(20, len(leads) // 5)
            orders.append(wanted)
        assert len({tuple(order) for order in orders}) > 3, "time changed the order, or this shows nothing"


async def test_rows_follow_where_time_took_a_point_and_nowhere_else(database_url: str) -> None:
    async with open_office(database_url) as desk:
        await fill(desk, 30, seed=7)
        definition = (await desk.office.rules(desk.where)).definition
        post = Scores(Post(desk.office, None))  # type: ignore[arg-type]  # it says nothing in Slack
        job = Job.__new__(Job)
        object.__setattr__(job, "workspace", desk.where)
        touched = []
        for days in (0, 1, 2, 4, 400, 1):
            desk.clock.forward(days * 86_400)
            async with desk.office.store.read(desk.where) as work:
                touched.append(len(await work.lists.fallen(desk.clock(), 1000)))
            await post.lower(job)
            async with desk.office.store.read(desk.where) as work:
                left = await work.lists.fallen(desk.clock(), 1000)
                found = [lead.number for lead in await work.lists.queue(desk.clock(), definition, 200)]
            assert left == []
            assert found == by_hand(await everybody(desk), desk.clock(), definition)
        assert touched[0] == 0 < touched[1] < 30, touched
        assert touched[-1] == 0, "nothing is left to fall"


DONE = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(-60, 1)), max_size=9)


@settings(max_examples=60)
@given(done=DONE, owned=st.booleans(), days=st.lists(st.floats(0, 400), min_size=1, max_size=6))
def test_no_later_score_is_above_the_most_it_can_be(done, owned, days):
    """Minus points fade, work holds points still, a clock runs ahead: the bound still holds, and closely."""
    activities = tuple(Activity(action, after(hours=hour)) for action, hour in done)
    lead = Lead(1, MONDAY, MONDAY, activities=activities, owned=(Span(MONDAY),) if owned else ())
    first = score(lead, CAPPED, MONDAY)
    assert first.most >= first.total
    for day in days:
        later = score(lead, CAPPED, after(days=day))
        assert later.total <= first.most
        assert later.most <= first.most or any(a.at > MONDAY for a in activities)
        if first.falls_at is None or after(days=day) < first.falls_at - timedelta(hours=1):
            assert later.most == first.most or any(a.at > MONDAY for a in activities)


async def test_rows_from_before_the_bound_are_right_at_once_and_quick_after_the_first_look(
    database_url: str,
) -> None:
    async with open_office(database_url) as desk:
        await fill(desk, 25, seed=3)
    await downgrade(database_url, "0002")
    await upgrade(database_url)
    async with open_office(database_url) as desk:
        desk.clock.forward(5 * 86_400)
        definition = (await desk.office.rules(desk.where)).definition
        wanted = by_hand(await everybody(desk), desk.clock(), definition)
        job = Job.__new__(Job)
        object.__setattr__(job, "workspace", desk.where)
        for left in (25, 0):
            async with desk.office.store.read(desk.where) as work:
                assert [
                    lead.number for lead in await work.lists.queue(desk.clock(), definition, 9)
                ] == wanted[:9]
                assert len(await work.lists.fallen(desk.clock(), 100)) == left
            await Scores(Post(desk.office, None)).lower(job)  # type: ignore[arg-type]
