"""The fields of a lead: what each means, and the other names forms give it. OpenAPI reads this table too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qualification.lead import LETTERS


@dataclass(frozen=True, slots=True)
class Field:
    """One documented field: its JSON Schema type, what it means, an example and its other names."""

    type: str
    means: str
    example: Any
    also: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    "email": Field(
        "string",
        "E-mail address. A lead needs this or a phone number.",
        "ada@acme.example",
        ("e_mail", "mail", "email_address", "e_mail_address", "work_email", "business_email"),
    ),
    "phone": Field(
        "string",
        "Phone number; a national one is read for the lead's country, then for ours. One that can't be "
        "called is kept as a note beside a good e-mail address.",
        "+49 30 901820",
        ("tel", "telephone", "phone_number", "telephone_number", "mobile", "mobile_phone", "cell", "telefon"),
    ),
    "first_name": Field("string", "Given name", "Ada", ("firstname", "fname", "given_name", "vorname")),
    "last_name": Field(
        "string", "Family name", "L", ("lastname", "lname", "surname", "family_name", "nachname")
    ),
    "name": Field(
        "string",
        "Full name, split when first_name and last_name are absent",
        "Ada L",
        ("full_name", "fullname"),
    ),
    "company": Field(
        "string", "Company", "Acme", ("company_name", "organization", "organisation", "firma", "account_name")
    ),
    "title": Field("string", "Job title", "VP Engineering", ("job_title", "jobtitle", "position", "role")),
    "employees": Field(
        "integer",
        "How many people work there; of a range like “50-200” the lower end",
        250,
        ("company_size", "number_of_employees", "numberofemployees", "numemployees", "employee_count"),
    ),
    "industry": Field("string", "Industry", "software", ("branche", "sector")),
    "country": Field(
        "string",
        "ISO 3166 code or a common name. Another word is kept as a note.",
        "DE",
        ("country_code", "country_region", "land"),
    ),
    "website": Field("string", "The company's web address", "acme.example", ("web_site", "homepage")),
    "source": Field(
        "string",
        "Channel, where no click-id, utm.source or referrer says it better",
        "linkedin",
        ("lead_source", "leadsource"),
    ),
    "campaign": Field(
        "string", "Campaign, where utm.campaign doesn't say it", "spring-webinar", ("campaign_name",)
    ),
    "variant": Field("string", "Arm of an experiment", "B"),
    "action": Field(
        "string",
        "What the person did. contact_form when absent.",
        "demo_request",
        ("lead_action", "event_name"),
    ),
    "message": Field(
        "string",
        "What the person wrote",
        "Need it by March",
        ("comments", "comment", "msg", "enquiry", "inquiry", "question", "nachricht", "your_message"),
    ),
    "external_id": Field(
        "string",
        "Your id of this submission. The same id from the same source again is a duplicate.",
        "crm-881",
        ("externalid", "submission_id"),
    ),
    "occurred_at": Field(
        "string",
        "When it happened: ISO 8601, without a zone in the workspace's; from the year 2000 on. Absent: now.",
        "2026-11-02T09:30:00Z",
        ("submitted_at", "created_at", "timestamp"),
    ),
    "utm": Field(
        "object",
        "Campaign parameters; flat utm_source, utm_campaign … are the same",
        {"source": "linkedin", "medium": "cpc"},
    ),
    "consent": Field(
        "object",
        "Permission: an object (granted, purposes, text_version, at, basis, form, page), or true or false, "
        "as a checkbox sends it",
        {
            "granted": True,
            "purposes": ["contact", "marketing"],
            "text_version": "2026-05",
            "at": "2026-11-02T09:30:00Z",
        },
        ("gdpr_consent", "privacy_consent", "opt_in", "optin"),
    ),
    "do_not_sell_or_share": Field(
        "boolean",
        "They object to selling, sharing and profiling: wins over whatever they agreed to before. The header "
        "Sec-GPC: 1 says the same.",
        True,
        ("do_not_sell", "do_not_share", "do_not_sell_my_info", "gpc", "sec_gpc"),
    ),
    "budget": Field(
        "string", "A BANT option's id, as the form asked it; other text is kept as a note", "planned"
    ),
    "authority": Field("string", "As budget", "signs"),
    "need": Field("string", "As budget", "clear_pain"),
    "timeline": Field("string", "As budget", "this_quarter", ("timeframe",)),
}

ALIASES: dict[str, str] = {other: name for name, field in FIELDS.items() for other in field.also}
GROUPS = ("utm", "consent")
"""Objects that forms send flat: utm_source, utm.source, utm[source]."""
CLAIMED = LETTERS


def plain_name(name: str) -> str:
    """A form field's name in our spelling: `Your-E-Mail` → `e_mail`, `utm[source]` → `utm_source`."""
    bare = name.strip().lower().replace("[", "_").replace("]", "")
    for mark in "-. ":
        bare = bare.replace(mark, "_")
    return bare.removeprefix("your_")
