"""A lead as a row and back. The row's body is the whole lead; its columns answer questions to many leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
        "number": lead.number,
        "revision": lead.revision,
        "body": lead,
        "email_key": email_key(email) if email else None,
        "phone_key": phone_key_for(phone, profile.country, country) if phone else None,
        "search": " ".join(part for part in parts if part).lower(),
        "stage": lead.stage.value if mine else MERGED,
        "owner": lead.owner,
        "source": lead.source,
        "campaign": lead.campaign,
        "variant": lead.variant,
        "score_most": shown.most,
        "score_falls_at": shown.falls_at,
        "imported": lead.imported,
        "late": lead.late,
        "reason": lead.reason,
        "created_at": lead.created_at,
        "received_at": lead.received_at,
        "changed_at": now,
        "asked_at": asked_at(lead, definition),
        "claim_due": lead.claim_due,
        "claimed_at": lead.first_claimed_at,
        "touched_at": lead.first_touch_at,
        "contact_at": first_contact(lead),
        "accepted_at": lead.accepted_at,
        "qualified_at": lead.qualified_at,
        "mql_at": lead.mql_at,
        "sql_at": lead.sql_at,
        "won_at": lead.won_at,
        "lost_at": lead.first_lost_at,
        "let_go_at": lead.let_go_at,
        "disqualified_at": lead.disqualified_at,
        "disqualified_by": lead.disqualified_by,
        "rejected_at": lead.rejected_at,
        "rejected_for": lead.rejected_for,
        "approved_by": lead.approved_by,
        "snoozed_until": lead.snoozed_until,
        "next_step_at": lead.next_step_at,
        "amount_minor": lead.amount_minor,
        "currency": lead.currency,
        "opted_out": lead.permission.opted_out,
        "survivor": lead.merged_into,
        "company_key": company_key(profile) if mine else None,
        "name_key": name_key(profile) if mine else None,
    }


def _former(lead: Lead, email: str | None) -> list[str]:
    """Addresses they had before: whoever looks for one of them means this lead."""
    if len(lead.given) < 2 or lead.merged_into is not None:
        return []
    told = dict.fromkeys(given.profile.email for given in lead.given)
    return [one for one in told if one and one not in (email, lead.profile.email)]
