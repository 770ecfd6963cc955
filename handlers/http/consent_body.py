"""What came with a submission about permission: an object, a checkbox, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.http.told import Told, kind_of, yes_or_no
from qualification.permission import PURPOSES, Consent


def read_consent(
    said: object, flat: Mapping[str, Any], form: Told, zone: ZoneInfo, now: datetime
) -> Consent | None:
    """The consent in a body, or None where it says nothing.

    Args:
        said: The value of `consent`.
        flat: What came beside it as `consent_at`, `consent_purposes` and so on.
        form: Takes the mistakes, at `consent.…`.
    """
    if isinstance(said, Mapping):
        parts: dict[str, Any] = {**flat, **said}
    elif said is None or (isinstance(said, str) and not said.strip()):
        if not flat:
            return None
        # A note on permission without a yes or no is no permission; it stays readable among the extras.
        if "granted" not in flat:
            return None
        parts = dict(flat)
    else:
        parts = {**flat, "granted": said}
    granted = yes_or_no(parts.get("granted"))
    if granted is None:
        where = "consent.granted" if isinstance(said, Mapping) or "granted" in flat else "consent"
        form.wrong(where, f"Must be true or false, not {kind_of(parts.get('granted'))}")
        return None
    inside = Told(parts, prefix=f"{form.prefix}consent.", mistakes=form.mistakes)
    return Consent(
        granted=granted,
        purposes=_purposes(parts.get("purposes"), inside),
        text_version=inside.text("text_version"),
        at=inside.moment("at", zone, now),
        basis=inside.text("basis"),
        form=inside.text("form"),
        page=inside.text("page"),
    )


def _purposes(said: object, inside: Told) -> tuple[str, ...]:
    if said is None or said == "":
        return ("contact",)
    words = [word.strip() for word in said.split(",")] if isinstance(said, str) else said
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        inside.wrong("purposes", f"Must be a list of {', '.join(PURPOSES)}")
        return ()
    if any(word.lower() not in PURPOSES for word in words):
        inside.wrong("purposes", f"Unknown purpose: use {', '.join(PURPOSES)}")
        return ()
    return tuple(dict.fromkeys(word.lower() for word in words))
