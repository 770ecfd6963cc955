"""Where the CRM shows a lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from qualification.lead import Lead

FIELDS = ("lead", "number", "external_id")
"""What a template may name in braces."""


def unknown_fields(template: str) -> list[str]:
    """Names in braces that the template asks for and nothing can fill."""
    return [name for name in re.findall(r"\{(\w*)\}", template) if name not in FIELDS]


def crm_url(template: str, lead: Lead) -> str | None:
    """The template with `{lead}`, `{number}` and `{external_id}` filled in. Links carry nothing personal."""
    known: Mapping[str, str | None] = {
        "lead": lead.name,
        "number": str(lead.number),
        "external_id": lead.external_id if lead.external_id and "@" not in lead.external_id else None,
    }
    if not template:
        return None
    for name, value in known.items():
        if f"{{{name}}}" in template and not value:
            return None
        template = template.replace(f"{{{name}}}", quote(value or "", safe=""))
    return template
