"""What to call the form a submission came from."""

from __future__ import annotations

from qualification.new_lead import NewLead

LONGEST = 200
_NAMES = ("form_name", "form", "form_id", "page_title")
"""What form builders call their forms, among the fields we don't know."""


def form_of(new: NewLead) -> str:
    """Its own name, else where and how it came."""
    named = next((new.extra[name] for name in _NAMES if new.extra.get(name)), None)
    asked = new.consent.form if new.consent else None
    return (asked or named or f"{new.label.replace('_', ' ')} by {new.captured_by or 'intake'}")[:LONGEST]
