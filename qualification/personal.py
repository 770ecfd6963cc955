"""Where a person shows in what is kept: addresses, numbers and name; finding them, blackening them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

import phonenumbers

from qualification.matching import email_key, phone_key_for

BLACK = "[erased]"
_BETWEEN = r"[\s().\-/–]*"
_SHORTEST = 6
"""Digits: a shorter number stands in too many texts by chance."""
_WHO = frozenset({"email", "phone", "first_name", "last_name"})
"""Who the fact itself is about. A title or company may name somebody else: "assistant to Ada Lovelace"."""
_ADDRESS = re.compile(r"[^\s@\"'<>,;:=&]+@[^\s@\"'<>,;:=&]+\.[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Traces:
    """Everything that names one person.

    Attributes:
        emails: as they are compared; `phones` as E.164.
        spelled: addresses as they were written, in small letters.
        names: first and last name together, in small letters; never one of them alone.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def and_also(self, more: Traces) -> Traces:
        """With what else names them."""
        return Traces(
            *(
                tuple(sorted({*getattr(self, name), *getattr(more, name)}))
                for name in ("emails", "phones", "spelled", "names")
            )
        )

    def without_numbers_of(self, others: Traces) -> Traces:
        """Without numbers that are somebody else's too: a switchboard's names nobody."""
        return replace(self, phones=tuple(phone for phone in self.phones if phone not in others.phones))

    def are_in(self, data: Any) -> bool:
        """Whether they are named in a text or in any text of some data."""
        return bool(self._pattern and any(self._pattern.search(text) for text in _texts(data)))

    def are_in_raw(self, body: bytes) -> bool:
        """The same for a payload nobody could read. A number beside somebody else's address is theirs."""
        text = body.decode("utf-8", "replace")
        parts = _items(body)
        if parts is not None:
            return any(self._is_about(part) for part in parts)
        return self._is_about([text, unquote_plus(text)])

    def cut_out(self, body: bytes) -> bytes | None:
        """A payload without them, or None where nothing is left."""
        parts = _items(body)
        rest = [part for part in parts or [] if not self._is_about(part)]
        return json.dumps({"leads": rest}).encode() if rest else None

    def blackened(self, data: Any) -> Any:
        """The data with every mention of them made unreadable."""
        if isinstance(data, str):
            return self._pattern.sub(BLACK, data) if self._pattern else data
        if isinstance(data, Mapping):
            return {name: self.blackened(value) for name, value in data.items()}
        return [self.blackened(one) for one in data] if isinstance(data, list) else data

    def is_theirs(self, email: str | None, phone: str | None) -> bool:
        """Whether a submission with these keys is this person's; a shared number alone doesn't say so."""
        if email is not None:
            return email in self.emails or (not self.emails and phone in self.phones)
        return phone in self.phones

    def _is_about(self, part: Any) -> bool:
        texts = list(_texts(part))
        if self._named and any(self._named.search(text) for text in texts):
            return True
        others = any(_ADDRESS.search(text) for text in texts)
        return bool(self._numbers and not others and any(self._numbers.search(text) for text in texts))

    @cached_property
    def words(self) -> list[str]:
        """Addresses and names, the longest first."""
        return sorted({*self.spelled, *self.emails, *self.names}, key=lambda word: (-len(word), word))

    @cached_property
    def digits(self) -> list[str]:
        """Their numbers without the country's code, those long enough to name somebody."""
        return [digits for phone in self.phones if len(digits := _national(phone)) >= _SHORTEST]

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        calls = [r"(?:\+|00)\d{1,3}" + _BETWEEN + r"(?:\(0\))?" + _BETWEEN, r"(?<!\d)0?"]
        numbers = [f"(?:{'|'.join(calls)}){_BETWEEN.join(digits)}(?!\\d)" for digits in self.digits]
        return re.compile("|".join(numbers)) if numbers else None

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        addresses = [re.escape(word) for word in self.words if word not in self.names]
        return re.compile("|".join(addresses), re.IGNORECASE) if addresses else None

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        words = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in self.words]
        numbers = [self._numbers.pattern] if self._numbers else []
        return re.compile("|".join((*words, *numbers)), re.IGNORECASE) if words or numbers else None


def words_in(fact: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody wrote, without the fields that say who the fact itself is about."""
    return {name: value for name, value in fact.items() if name not in _WHO}


def traces_of(told: Iterable[Mapping[str, Any]], country: str) -> Traces:
    """What names a person, from everything told about them.

    Args:
        told: The data of their facts.
        country: ISO 3166 code that national numbers are read for.
    """
    emails, phones, spelled, names = set[str](), set[str](), set[str](), set[str]()
    first: str | None = None
    last: str | None = None
    for fact in told:
        if written := fact.get("email"):
            spelled.add(str(written).lower())
            emails.add(email_key(str(written)) or str(written).lower())
        if number := fact.get("phone"):
            phones.add(phone_key_for(str(number), fact.get("country"), country) or "")
        first, last = fact.get("first_name") or first, fact.get("last_name") or last
        if first and last:
            names.add(f"{first} {last}".lower())
    return Traces(
        tuple(sorted(emails)), tuple(sorted(phones - {""})), tuple(sorted(spelled)), tuple(sorted(names))
    )


def keyed(secret: str, kind: str, value: str) -> str:
    """The hash by which somebody who was erased is known again: HMAC-SHA-256 under our own secret."""
    return hmac.new(secret.encode(), f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()


def _national(phone: str) -> str:
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(phone, None))
    except phonenumbers.NumberParseException:
        return phone.lstrip("+")


def _items(body: bytes) -> list[Any] | None:
    """The people in a payload, one part each; None when it is no JSON."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(read, dict) and isinstance(read.get("leads"), list):
        return list(read["leads"])
    return [read]


def _texts(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, int) and not isinstance(data, bool):
        yield str(data)
