"""A lead as a row and back. The row's body is the whole lead; its columns answer questions to many leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from qualification.definition import Definition
from qualification.kpi_cells import first_contact
from qualification.lead import Lead, Together
from qualification.matching import email_key, phone_key_for
from qualification.same_person import company_key, name_key
from qualification.scoring import Score, asked_at, score
from store.tables.lead_body import BODY

MERGED = "merged"
"""The stage of a row that only redirects to another lead."""


def lead_of(body: Mapping[str, Any]) -> Lead:
    """The lead in a row's body."""
    return BODY.validate_python(body, strict=False)


def row_of(
    lead: Lead, definition: Definition, country: str, now: datetime, shown: Score | None = None
) -> dict[str, Any]:
    """The row of a lead, without its workspace.

    Args:
        shown: Its score at `now` by this definition, where it is known; else it is worked out here.
    """
    profile, tied = lead.profile, lead.together or Together()
    # Each number keeps what forms found it by, whatever is shown of the person since it was merged.
    email, phone = tied.email or profile.email, tied.phone or profile.phone
    shown = shown or score(lead, definition, now)
    parts = (
        profile.first_name,
        profile.last_name,
        profile.company,
        profile.email,
        profile.phone,
        profile.title,
        *(one for one in (tied.email, tied.phone) if one not in (profile.email, profile.phone)),
        *_former(lead, email),
    )
    mine = lead.merged_into is None
    return {
        **dict(zip(_AS_THEY_ARE, _COLUMNS(lead), strict=True)),
        "body": lead,
        "email_key": email_key(email) if email else None,
        "phone_key": phone_key_for(phone, profile.country, country) if phone else None,
        "search": " ".join(filter(None, parts)).lower(),
        "stage": lead.stage.value if mine else MERGED,
        "score_most": shown.most,
        "score_falls_at": shown.falls_at,
        "changed_at": now,
        "asked_at": asked_at(lead, definition),
        "claimed_at": lead.first_claimed_at,
        "touched_at": lead.first_touch_at,
        "contact_at": first_contact(lead),
        "lost_at": lead.first_lost_at,
        "opted_out": lead.permission.opted_out,
        "survivor": lead.merged_into,
        "company_key": company_key(profile) if mine else None,
        "name_key": name_key(profile) if mine else None,
    }


_AS_THEY_ARE = tuple(
    """
    number revision owner source campaign variant imported late reason created_at received_at claim_due
    accepted_at qualified_at mql_at sql_at won_at let_go_at disqualified_at disqualified_by rejected_at
    rejected_for approved_by snoozed_until next_step_at amount_minor currency
    """.split()  # noqa: SIM905
)
"""Columns that are fields of the lead by the same name."""
_COLUMNS = attrgetter(*_AS_THEY_ARE)


def _former(lead: Lead, email: str | None) -> list[str]:
    """Addresses they had before: whoever looks for one of them means this lead."""
    if len(lead.given) < 2 or lead.merged_into is not None:
        return []
    told = dict.fromkeys(given.profile.email for given in lead.given)
    return [one for one in told if one and one not in (email, lead.profile.email)]
