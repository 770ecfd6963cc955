"""Who is handing something in: a bearer key, or a signature over time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

ALLOWED_SKEW = 300
"""Seconds that a signed request's time may differ from ours, either way."""
MAC_PREFIX = "sha256="
Whose = TypeVar("Whose")


def matches(presented: str, known: str) -> bool:
    """Whether both are the same key, in a time that tells nothing. An empty key never matches."""
    return bool(known) and hmac.compare_digest(_bytes(presented), _bytes(known))


def bearer_key(authorization: str | None) -> str | None:
    """The key in an `Authorization: Bearer KEY` header, or None."""
    scheme, _, key = (authorization or "").strip().partition(" ")
    return (key.strip() or None) if scheme.lower() == "bearer" else None


def basic_key(authorization: str | None) -> str | None:
    """The user name in an `Authorization: Basic` header, where Segment's libraries put the write key."""
    scheme, _, packed = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        said = base64.b64decode(packed.strip(), validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        return None
    return said.partition(":")[0] or None


def signature(key: str | bytes, timestamp: str, body: bytes) -> str:
    """The value of X-Signature: `sha256=` and the hex HMAC-SHA256 of `timestamp.body` under the key.

    Args:
        key: The key, or the SHA-256 digest of one longer than 64 bytes: to HMAC they are the same (RFC 2104).
    """
    signed = _bytes(timestamp) + b"." + body
    secret = key if isinstance(key, bytes) else _bytes(key)
    return MAC_PREFIX + hmac.new(secret, signed, hashlib.sha256).hexdigest()


def signed_by(
    secrets: Iterable[tuple[str | bytes, Whose]], timestamp: str, presented: str, body: bytes, now: datetime
) -> Whose | None:
    """Whose key signed this body, or None: a wrong signature, or signed too long ago.

    Args:
        secrets: (key or its digest, whose) pairs; all are tried, so that time tells nothing.
        timestamp: X-Timestamp, Unix seconds.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        return None
    if abs(now.timestamp() - int(timestamp)) > ALLOWED_SKEW:
        return None
    found = None
    for key, whose in secrets:
        if key and hmac.compare_digest(
            _bytes(signature(key, timestamp, body)), _bytes(presented.strip().lower())
        ):
            found = whose
    return found


def _bytes(text: str) -> bytes:
    # Headers may hold bytes that are no UTF-8; compare_digest takes no such text.
    return text.encode("utf-8", "surrogateescape")
