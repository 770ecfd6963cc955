"""The two ways to reach a lead, and whether they can be used."""

from __future__ import annotations

import re

from handlers.http.told import Told
from qualification.matching import GMAIL, email_key, phone_key_for
from qualification.value import value

LONGEST_EMAIL = 254
"""RFC 5321, with erratum 1690."""

# What nearly every address looks like. Whatever fails here is looked at by email-validator, 50 times slower.
_ORDINARY = re.compile(
    r"(?=.{1,64}@)[a-z0-9]+(?:[._+-][a-z0-9]+)*@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})",
    re.IGNORECASE | re.ASCII,
)
_SPECIAL = frozenset({"test", "invalid", "local", "localhost", "onion", "arpa"})


@value
class Reached:
    """A lead's address and number, as written and as compared; None where unusable or absent."""

    email: str | None = None
    email_key: str | None = None
    phone: str | None = None
    phone_key: str | None = None


def key_of_email(written: str) -> str | None:
    """As `matching.email_key`, at a fiftieth of its price for ordinary addresses."""
    if len(written) <= LONGEST_EMAIL and (match := _ORDINARY.fullmatch(written)):
        domain = match[1].lower()
        if domain not in GMAIL and "--" not in domain and domain.rpartition(".")[2] not in _SPECIAL:
            return written.lower()
    return email_key(written) if len(written) <= 2 * LONGEST_EMAIL else None


def read_contact(
    form: Told, lead_country: str | None, house_country: str, notes: dict[str, str], warnings: list[str]
) -> Reached:
    """E-mail and phone of a body. One that can't be used is a mistake, unless the other one can be.

    What can't be used is put into `notes` as it was written, and `warnings` says so without repeating it.
    """
    email, phone = form.text("email"), form.text("phone")
    mail_key = key_of_email(email) if email else None
    call_key = phone_key_for(phone, lead_country, house_country) if phone else None
    if email and mail_key is None:
        if call_key is None:
            form.wrong("email", "Not an e-mail address we could write to")
        else:
            notes["email"] = email
            warnings.append("The e-mail address can't be written to, kept as a note")
        email = None
    if phone and call_key is None:
        if mail_key is None:
            form.wrong("phone", "Not a phone number we could call")
        else:
            notes["phone"] = phone
            warnings.append("The phone number can't be called, kept as a note")
        phone = None
    return Reached(email, mail_key, phone, call_key)
