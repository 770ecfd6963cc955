"""From a bank's telephone leads to the sample in this folder; see SAMPLE.md for source and licence.

What is real: each lead's kind of job, channel, order in time, earlier contact and outcome, so rates and their
drift are real. Invented, and clearly so: names, companies, addresses, amounts, actions and exact dates.
The call's `duration` is not used: it is known only once the outcome is.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SAMPLE = HERE / "sample_leads.csv"
ORIGINAL = HERE.parents[1] / "shared" / "data" / "bank-additional-full.csv.gz"
PEOPLE = 860
"""Leads in the sample; with their earlier contacts it stays under 1,000 rows."""
YEAR = 364.0
OPEN = 12
"""The newest leads, which nobody has claimed: the demo's queue."""
BASIS = "Sample data: invented contact"

TITLES = {
    "admin.": "Office Manager",
    "blue-collar": "Production Supervisor",
    "entrepreneur": "Founder",
    "housemaid": "Facility Assistant",
    "management": "Head of Operations",
    "retired": "Adviser",
    "self-employed": "Owner",
    "services": "Service Manager",
    "student": "Student",
    "technician": "IT Technician",
    "unemployed": "Freelancer",
    "unknown": "",
}
# The data knows two kinds of contact; the day of the week splits them further, without a look at outcomes.
SOURCES = {
    "cellular": {
        "mon": "linkedin",
        "tue": "google-ads",
        "wed": "google-ads",
        "thu": "linkedin",
        "fri": "newsletter",
    },
    "telephone": {
        "mon": "trade-fair",
        "tue": "trade-fair",
        "wed": "outbound",
        "thu": "outbound",
        "fri": "referral",
    },
}
CAMPAIGNS = {
    "google-ads": ("brand-search", "problem-search"),
    "linkedin": ("webinar-series", "whitepaper"),
    "newsletter": ("monthly-letter",),
    "trade-fair": ("spring-fair", "autumn-fair"),
    "outbound": ("outbound-calls",),
    "referral": ("",),
}
ACTIONS = {
    "google-ads": ("demo_request", "demo_request", "pricing_request", "contact_form", "content_download"),
    "linkedin": ("webinar_signup", "webinar_attended", "content_download", "demo_request"),
    "newsletter": ("newsletter_signup", "content_download", "demo_request"),
    "trade-fair": ("event_badge", "event_badge", "call_request"),
    "outbound": ("positive_reply", "call_request"),
    "referral": ("referral", "referral", "demo_request"),
}
QUIET = ("newsletter_signup", "content_download", "event_badge", "webinar_signup", "referral")
EARLIER = {"success": "webinar_attended", "failure": "content_download"}
FAMILIES = (
    "Rivera",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Tanaka",
    "Novak",
    "Haddad",
    "Costa",
    "Fischer",
    "Byrne",
)
TRADES = (
    "Bakery",
    "Logistics",
    "Software",
    "Clinic",
    "Foundry",
    "Hotel",
    "Print",
    "Energy",
    "Garden",
    "Studio",
)
INDUSTRIES = {
    "Software": "software",
    "Logistics": "logistics",
    "Clinic": "healthcare",
    "Foundry": "manufacturing",
    "Energy": "energy",
}
COUNTRIES = ("DE", "DE", "PT", "ES", "FR", "GB", "US", "BR")
REASONS = ("no_need", "no_need", "no_need", "no_budget", "no_fit", "wrong_person", "bad_data")
LOST = ("price", "price", "no_decision", "no_decision", "timing", "competitor", "missing_feature")
HEADER = (
    "external_id",
    "email",
    "phone",
    "first_name",
    "last_name",
    "company",
    "title",
    "employees",
    "industry",
    "country",
    "source",
    "campaign",
    "action",
    "occurred_at",
    "stage",
    "owner",
    "mql_at",
    "sql_at",
    "won_at",
    "lost_at",
    "disqualified_at",
    "reason",
    "amount",
    "currency",
    "consent_basis",
)

Cells = dict[str, str]


@dataclass
class _Way:
    """How far a lead has come. Times are days before today, so they fall; 0 is today."""

    created: float
    chance: Random
    cells: Cells

    def after(self, name: str, since: float, median: float) -> float | None:
        """A step that takes about `median` days; None when that is still to come."""
        at = since - min(median * self.chance.lognormvariate(0, 0.7), 90)
        if at < 0.2:
            return None
        self.cells[name] = _days(at)
        return at


def convert(original: Path = ORIGINAL) -> list[Cells]:
    """The sample's rows, oldest first; times are days before today, as -12.5."""
    with gzip.open(original, "rt", encoding="utf-8", newline="") as text:
        calls = list(csv.DictReader(text, delimiter=";"))
    chance = Random(2014)
    rows: list[Cells] = []
    for number in range(PEOPLE):
        # Every 48th call, in the order of time: that keeps the won rate and how it climbs.
        call = calls[number * len(calls) // PEOPLE]
        created = YEAR * (1 - (number + chance.random()) / PEOPLE) + 0.25
        rows += _lead(number + 1, call, created, PEOPLE - number <= OPEN, chance)
    return sorted(rows, key=lambda row: float(row["occurred_at"]))


def _lead(number: int, call: Mapping[str, str], created: float, is_open: bool, chance: Random) -> list[Cells]:
    person = _person(number, call, chance)
    source = SOURCES[call["contact"]][call["day_of_week"]]
    action = chance.choice(ACTIONS[source])
    cells = {
        **person,
        "external_id": f"sample-{number:04}",
        "source": source,
        "campaign": chance.choice(CAMPAIGNS[source]),
        "action": action,
        "occurred_at": _days(created),
    }
    if not is_open:
        _fate(_Way(created, chance, cells), call)
    earlier = EARLIER.get(call["poutcome"])
    if earlier is None or created + 3 > YEAR:
        return [cells]
    first = {
        **person,
        "external_id": f"sample-{number:04}-earlier",
        "source": "newsletter",
        "campaign": "monthly-letter",
        "action": earlier,
        "occurred_at": _days(min(created + chance.uniform(3, 40), YEAR)),
        "owner": cells.get("owner", ""),
    }
    return [first, cells]


def _fate(way: _Way, call: Mapping[str, str]) -> None:
    """Won where the call sold; else lost, closed or nurtured; still open where the next step lies ahead."""
    chance, cells = way.chance, way.cells
    cells["owner"] = chance.choice(("UANA", "UBEN"))
    if cells["action"] in QUIET and call["y"] != "yes" and chance.random() < 0.6:
        cells["stage"] = "lead"  # closed before it ever deserved a rep
        _closed(way, call, way.created)
        return
    cells["stage"] = "mql"
    mql = way.after("mql_at", way.created, 0.1) or way.created
    cells["mql_at"] = _days(mql)
    won, kind = call["y"] == "yes", chance.random()
    if not won and kind < 0.62:
        _closed(way, call, mql)
        return
    if not won and kind < 0.74:
        if way.created > 20:
            cells.update(stage="nurture", owner="")
        return
    sql = way.after("sql_at", mql, 4)
    if sql is None:
        return
    cells["stage"] = "sql"
    if won and way.after("won_at", sql, 16):
        amount = min(max(chance.lognormvariate(8.9, 0.8), 900), 60_000)
        cells.update(stage="customer", amount=f"{round(amount / 50) * 50}.00", currency="EUR")
    elif not won and way.after("lost_at", sql, 20):
        cells.update(stage="lost", reason=chance.choice(LOST))


def _closed(way: _Way, call: Mapping[str, str], mql: float) -> None:
    if way.after("disqualified_at", mql, 3) is None:
        return
    reason = way.chance.choice(REASONS)
    if int(call["campaign"]) >= 4:  # called again and again without an answer
        reason = "unreachable"
    if call["job"] == "student":
        reason = "student"
    odd = way.chance.random()
    for share, left_out in (
        (0.035, "spam"),
        (0.05, "test"),
        (0.06, "duplicate"),
        (0.07, "existing_customer"),
    ):
        if odd < share:
            reason = left_out
            break
    way.cells.update(stage="disqualified", reason=reason)


def _person(number: int, call: Mapping[str, str], chance: Random) -> Cells:
    trade = chance.choice(TRADES)
    return {
        "email": f"sample.{number:04}@sample.example",
        # Ofcom keeps 020 7946 0000 to 0999 free for fiction.
        "phone": f"+44 20 7946 0{number % 1000:03}" if chance.random() < 0.3 else "",
        "first_name": f"Sample {number:04}",
        "last_name": chance.choice(FAMILIES),
        "company": f"Sample {trade} {number % 97 + 1}",
        "title": TITLES[call["job"]],
        "employees": str(chance.choice((4, 18, 35, 60, 120, 180, 300, 450, 900, 3000))),
        "industry": INDUSTRIES.get(trade, ""),
        "country": chance.choice(COUNTRIES),
        "consent_basis": BASIS,
    }


def _days(before: float) -> str:
    return f"{-before:.3f}"


def write(rows: list[Cells], file: Path = SAMPLE) -> None:
    """Keep the rows beside the program."""
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, HEADER, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
