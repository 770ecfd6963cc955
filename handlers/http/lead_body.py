"""From what a form or a program sent to a cleaned lead: strict about types, kind about words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import urandom
from typing import Any
from zoneinfo import ZoneInfo

from handlers.http.came_from import came_from
from handlers.http.consent_body import read_consent
from handlers.http.contact import read_contact
from handlers.http.countries import country_code
from handlers.http.lead_fields import ALIASES, CLAIMED, FIELDS, GROUPS, plain_name
from handlers.http.told import LONGEST, BadBody, Mistake, Told, as_note, kind_of, printable, yes_or_no
from qualification.arrival import NewLead
from qualification.definition import Definition
from qualification.lead import Profile
from qualification.permission import Consent

MOST_EXTRA = 50
"""Unknown fields kept per lead."""
LONGEST_NAME = 200
"""Characters in an unknown field's name."""
DEFAULT_ACTION = "contact_form"
"""A form that doesn't say what was done was filled in, which is just that."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs to know: who we are, and what time it is."""

    definition: Definition
    country: str
    """ISO 3166 code that national phone numbers are read for."""
    zone: ZoneInfo
    now: datetime
    captured_by: str = "intake"
    tells: bool = False
    """Say what was assumed, for a program that reads our answer."""


@dataclass(slots=True)
class _Sorted:
    """A body with its known fields apart from the unknown ones."""

    known: dict[str, Any]
    utm: dict[str, Any]
    consent: dict[str, Any]
    other: dict[str, Any]


def read_lead(body: object, reader: Reader) -> NewLead:
    """One submission, cleaned. It need not be a lead: that is for the rules to say.

    Raises:
        BadBody: a value is of the wrong kind, too long or impossible; has all mistakes at once.
    """
    if not isinstance(body, Mapping):
        raise BadBody([Mistake("", f"Must be an object with a lead's fields, not {kind_of(body)}")])
    sorted_ = _sort(body)
    form = Told(sorted_.known)
    warnings: list[str] = []
    notes = _extra(sorted_, form, warnings)
    utm = Told(sorted_.utm, prefix="utm.", mistakes=form.mistakes)
    country = _country(form, notes, warnings)
    reached = read_contact(form, country, reader.country, notes, warnings)
    first, last = _names(form, notes)
    profile = Profile(
        email=reached.email,
        phone=reached.phone,
        first_name=first,
        last_name=last,
        company=form.text("company"),
        title=form.text("title"),
        employees=form.count("employees"),
        industry=form.text("industry"),
        country=country,
        website=_website(form, notes, warnings),
    )
    _parameters(sorted_.other.get("utm"), form, warnings)
    if reader.tells:
        warnings += _assumed(sorted_)
    own = reader.definition.lists.own_domains
    new = NewLead(
        profile=profile,
        action=_action(form),
        occurred_at=form.moment("occurred_at", reader.zone, reader.now) or reader.now.astimezone(UTC),
        fact_id=urandom(16).hex(),
        email_key=reached.email_key,
        phone_key=reached.phone_key,
        source=came_from(form.text("source"), utm.text("source"), notes, own),
        campaign=utm.text("campaign") or form.text("campaign"),
        variant=form.text("variant"),
        captured_by=reader.captured_by,
        message=form.text("message", lines=True),
        external_id=form.text("external_id"),
        consent=_consent(sorted_, form, reader),
        claims=_claims(form, reader.definition, notes),
        extra=notes,
        warnings=tuple(warnings),
    )
    if form.mistakes:
        raise BadBody(form.mistakes)
    return new


def _sort(body: Mapping[str, Any]) -> _Sorted:
    known: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {"utm": {}, "consent": {}}
    other: dict[str, Any] = {}
    loose: list[tuple[str, Any]] = []
    for name, value in body.items():
        if value is None or value == "":
            continue
        if name in FIELDS:
            known[name] = value
        else:
            loose.append((name, value))
    for name, value in loose:
        plain = plain_name(name)
        plain = ALIASES.get(plain, plain)
        group, _, part = plain.partition("_")
        if plain in FIELDS and plain not in known:
            known[plain] = value
        elif group in GROUPS and part and part not in groups[group]:
            groups[group][part] = value
        else:
            other[name] = value
    utm = known.get("utm")
    if isinstance(utm, Mapping):
        groups["utm"].update({part: value for part, value in utm.items() if value not in (None, "")})
    elif utm is not None:
        other["utm"] = known.pop("utm")
    return _Sorted(known, groups["utm"], groups["consent"], other)


def _extra(sorted_: _Sorted, form: Told, warnings: list[str]) -> dict[str, str]:
    """Everything nobody asked for, as text."""
    loose = {
        f"utm_{part}": value for part, value in sorted_.utm.items() if part not in ("source", "campaign")
    }
    if "consent" not in sorted_.known and "granted" not in sorted_.consent:
        loose.update({f"consent_{part}": value for part, value in sorted_.consent.items()})
    loose.update(sorted_.other)
    kept: dict[str, str] = {}
    for number, (name, value) in enumerate(loose.items()):
        if number >= MOST_EXTRA:
            warnings.append(f"{len(loose) - MOST_EXTRA} more unknown fields were left out")
            break
        if len(name) > LONGEST_NAME:
            form.wrong(name, f"The field's name is longer than {LONGEST_NAME} characters")
            continue
        if isinstance(value, str) and len(value) > LONGEST:
            form.wrong(name, f"Longer than {LONGEST:,} characters")
            continue
        try:
            note = as_note(value)
        except RecursionError:
            form.wrong(name, "Nested too deeply")
            continue
        if note is not None and not isinstance(value, str) and len(note) >= LONGEST:
            form.wrong(name, f"Longer than {LONGEST:,} characters")
        elif note is not None:
            kept[printable(name) if not name.isascii() or not name.isprintable() else name] = note
    return kept


def _country(form: Told, notes: dict[str, str], warnings: list[str]) -> str | None:
    said = form.text("country")
    if said is None:
        return None
    code = country_code(said)
    if code is None:
        notes["country"] = said
        warnings.append("The country is none we know, kept as a note")
    return code


def _names(form: Told, notes: dict[str, str]) -> tuple[str | None, str | None]:
    first, last, full = form.text("first_name"), form.text("last_name"), form.text("name")
    if full is None:
        return first, last
    if first or last:
        if full != f"{first or ''} {last or ''}".strip():
            notes["name"] = full
        return first, last
    if full.count(",") == 1:
        family, _, given = full.partition(",")
        return given.strip() or None, family.strip() or None
    given, _, family = full.partition(" ")
    return given, family or None


def _website(form: Told, notes: dict[str, str], warnings: list[str]) -> str | None:
    """A web address that a card may link; `javascript:` and the like are only noted."""
    said = form.text("website")
    if said is None:
        return None
    scheme, colon, rest = said.partition(":")
    if colon and not rest[:1].isdigit() and scheme.lower() not in ("http", "https"):
        notes["website"] = said
        warnings.append("The website is no web address, kept as a note")
        return None
    return said


def _action(form: Told) -> str:
    said = form.text("action")
    if said is None:
        return DEFAULT_ACTION
    return said.lower().replace("-", "_").replace(" ", "_")


def _consent(sorted_: _Sorted, form: Told, reader: Reader) -> Consent | None:
    said = sorted_.known.get("consent")
    if said is None and not sorted_.consent:
        return None
    return read_consent(said, sorted_.consent, form, reader.zone, reader.now)


def _parameters(utm: object, form: Told, warnings: list[str]) -> None:
    """`utm` that is no object: text was kept as a note, for a form can't send more; the rest is a mistake."""
    if isinstance(utm, str):
        warnings.append("utm is text and no object with source, medium, campaign: kept as a note")
    elif utm is not None:
        form.wrong("utm", f"Must be an object with source, medium, campaign, not {kind_of(utm)}")


def _assumed(sorted_: _Sorted) -> list[str]:
    """What we read into a body that it doesn't say in so many words."""
    assumed = []
    if "action" not in sorted_.known:
        assumed.append(f"No action was given, taken for {DEFAULT_ACTION}")
    said = sorted_.known.get("consent", sorted_.consent.get("granted"))
    if isinstance(said, Mapping):
        said = said.get("granted")
    if isinstance(said, str) and (granted := yes_or_no(said)) is not None:
        meant = "true" if granted else "false"
        assumed.append(f"Consent came as text and was taken for {meant}: send true or false")
    return assumed


def _claims(form: Told, definition: Definition, notes: dict[str, str]) -> dict[str, str]:
    """BANT as the form asked it: an option by its id or its words. Anything else is kept as a note."""
    claims: dict[str, str] = {}
    for letter in CLAIMED:
        if letter not in form.fields:
            continue
        said = form.text(letter)
        if said is None:
            continue
        asked = said.casefold()
        options = definition.questions[letter].options
        chosen = next((o.id for o in options if asked in (o.id, o.says.casefold())), None)
        if chosen is None:
            notes[letter] = said
        else:
            claims[letter] = chosen
    return claims
