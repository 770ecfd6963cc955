"""Leads as they come in real life, for drawing: a bare one, a rich one, a hostile one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from qualification.definition import Definition, parse_definition
from qualification.lead import Activity, Answers, Given, Lead, Letter, Permission, Profile, Span, Stage
from qualification.seen import Seen, see

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
DEFINITION: Definition = parse_definition(Path("qualification/definition.yml").read_text("utf-8"))

ADA = Profile(
    email="ada@acme.de",
    phone="+49 30 901820",
    first_name="Ada",
    last_name="Lovelace",
    company="Acme",
    title="VP Engineering",
    employees=250,
    industry="software",
    country="DE",
    website="acme.de",
)
NASTY = "<!channel> <@UEVIL> *bold* `code` _it_ ~no~ & \u202egnp.exe \u200b\ufeff\x00\x1b[31m \ud800 👩‍👩‍👧 <http://x|y>"
LONG = "Please <!here> & call me.\n" * 115


def lead(profile: Profile = ADA, action: str = "demo_request", **changes: object) -> Lead:
    """An MQL that nobody has yet."""
    plain = Lead(
        number=1042,
        created_at=NOW,
        received_at=NOW,
        source="linkedin",
        stage=Stage.MQL,
        stage_since=NOW,
        mql_at=NOW,
        revision=3,
        given=(Given(NOW, profile),),
        activities=(Activity(action, NOW),),
        permission=Permission(contact=True, basis="their request"),
        message="Need it by March",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def looked_at(one: Lead, at: datetime = NOW) -> Seen:
    return see(one, DEFINITION, at, ZONE)


def answered(**letters: str) -> Answers:
    return Answers(**{name: Letter(confirmed=option) for name, option in letters.items()})


GOOD_CALL = answered(budget="findable", authority="one_away", need="clear_pain", timeline="this_quarter")


def bare() -> Lead:
    """An address and nothing else."""
    return Lead(number=7, created_at=NOW, received_at=NOW, given=(Given(NOW, Profile(email="a@b.example")),))


def erased() -> Lead:
    return lead(given=(), message=None, activities=(), erased=True)


def nothing_known() -> Lead:
    return Lead(number=8, created_at=NOW, received_at=NOW)


def hostile() -> Lead:
    """Every outside field tries to ping, format, hide or overflow."""
    bad = Profile(
        email=f"{NASTY}@x.example",
        phone=NASTY,
        first_name=NASTY,
        last_name=NASTY * 40,
        company=NASTY * 40,
        title=NASTY * 40,
        employees=10**9,
        industry=NASTY,
        country=NASTY,
        website=NASTY,
    )
    return lead(
        bad,
        message=NASTY + LONG,
        notes=NASTY + LONG,
        next_step=NASTY * 20,
        next_step_at=NOW,
        activities=(Activity(NASTY, NOW), Activity("demo_request", NOW)),
        source=NASTY,
        campaign=NASTY,
        variant=NASTY,
        captured_by=NASTY,
        reason=NASTY,
        currency=NASTY,
        amount_minor=10**30,
        permission=Permission(contact=True, basis=NASTY),
        extra=tuple((f"{NASTY}{n}", NASTY * 60) for n in range(40)),
        answers=Answers(budget=Letter(NASTY, NASTY), need=Letter("curious")),
    )


def emoji_only() -> Lead:
    return lead(
        Profile(email="x@y.example", first_name="🚀", last_name="\u200b\u202e", company="🏳️‍🌈" * 50),
        message="🔥" * 3000,
    )


def owned(one: Lead, rep: str = "UANA") -> Lead:
    return replace(one, owner=rep, claimed_at=NOW, owned=(Span(NOW),))


def sql(one: Lead | None = None) -> Lead:
    return replace(
        owned(one or lead()),
        stage=Stage.SQL,
        sql_at=NOW,
        answers=GOOD_CALL,
        approved_by="UANA",
        handed_to="UBEN",
        next_step="Send the offer",
        next_step_at=NOW + timedelta(days=2),
        notes="Wants SSO",
    )


EVERYBODY: dict[str, Callable[[], Lead]] = {
    "bare": bare,
    "rich": lead,
    "hostile": hostile,
    "hostile and owned": lambda: owned(hostile()),
    "hostile SQL": lambda: replace(hostile(), stage=Stage.SQL, handed_to="UBEN", approved_by="UANA"),
    "emoji": emoji_only,
    "nothing known": nothing_known,
    "erased": erased,
    "owned": lambda: owned(lead()),
    "ready": lambda: owned(lead(answers=GOOD_CALL)),
    "sql": sql,
    "taken": lambda: replace(owned(sql(), "UBEN"), taken_by="UBEN"),
    "won": lambda: replace(sql(), stage=Stage.CUSTOMER, won_at=NOW, amount_minor=1200000, currency="EUR"),
    "lost": lambda: replace(sql(), stage=Stage.LOST, lost_at=NOW, reason="price"),
    "hostile and lost": lambda: replace(hostile(), stage=Stage.LOST),
    "hostile and won": lambda: replace(hostile(), stage=Stage.CUSTOMER),
    "hostile and closed": lambda: replace(hostile(), stage=Stage.DISQUALIFIED, until=NOW),
    "nurture": lambda: lead(stage=Stage.NURTURE, until=NOW + timedelta(days=30)),
    "disqualified": lambda: lead(
        stage=Stage.DISQUALIFIED, reason="no_budget", until=NOW + timedelta(days=90)
    ),
    "opted out": lambda: lead(permission=Permission(opted_out=True)),
    "snoozed": lambda: owned(lead(snoozed_until=NOW + timedelta(hours=1))),
    "claimed letters": lambda: lead(answers=Answers(budget=Letter(claimed="planned"))),
}

STRANGE = ("bare", "rich", "hostile", "emoji", "nothing known", "erased", "opted out")
"""Those whose names, numbers and texts differ, for views that don't depend on the stage."""
