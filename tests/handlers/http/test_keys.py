"""Only who holds a key may hand leads in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.http.keys import bearer_key, matches, signature, signed_by
from tests.handlers.http.conftest import Door
from tests.handlers.http.office import KEY, NOW, Office

BODY = b'{"email": "ada@acme.example", "action": "demo_request"}'


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": KEY},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": "Bearer schlüssel"},
        {"X-Timestamp": str(int(NOW.timestamp()))},
        {"X-Signature": "sha256=00"},
    ],
)
async def test_a_stranger_is_turned_away_and_nothing_is_saved(door: Door, office: Office, headers):
    answer = await door.post("/intake/leads", data=BODY, headers=headers)

    assert answer.status == 401
    assert (await answer.json())["errors"][0]["message"]
    assert office.leads == []


@pytest.mark.parametrize(
    ("seconds_off", "status"), [(0, 202), (-299, 202), (299, 202), (-301, 401), (301, 401)]
)
async def test_a_signature_holds_for_five_minutes_either_way(door: Door, office: Office, seconds_off, status):
    stamp = str(int((NOW + timedelta(seconds=seconds_off)).timestamp()))
    headers = {
        "X-Timestamp": stamp,
        "X-Signature": signature(KEY, stamp, BODY),
        "Content-Type": "application/json",
    }

    answer = await door.post("/intake/leads", data=BODY, headers=headers)

    assert answer.status == status
    assert len(office.leads) == (status == 202)


@pytest.mark.parametrize(
    ("stamp", "signed"),
    [
        ("now", "sha256=00"),
        ("²", "sha256=00"),
        ("9" * 400, "sha256=00"),
        (str(int(NOW.timestamp())), ""),
        (str(int(NOW.timestamp())), "sha256=ünsinn"),
        (str(int(NOW.timestamp())), signature("other", str(int(NOW.timestamp())), BODY)),
        (str(int(NOW.timestamp())), signature(KEY, str(int(NOW.timestamp())), BODY + b" ")),
    ],
)
async def test_a_forged_signature_is_refused(door: Door, office: Office, stamp, signed):
    answer = await door.post(
        "/intake/leads", data=BODY, headers={"X-Timestamp": stamp, "X-Signature": signed}
    )

    assert answer.status == 401
    assert office.leads == []


def test_the_signature_is_the_contracts():
    # HMAC-SHA256 of '1700000000.{"a":1}' under "topsecret", computed apart with `openssl dgst`.
    assert signature("topsecret", "1700000000", b'{"a":1}') == OPENSSL


OPENSSL = "sha256=6a939b0c71853d606167625a15168ee9188c6a511c773ef4f42d307f3849e50f"


def test_the_workspace_is_the_one_whose_key_signed():
    stamp = str(int(NOW.timestamp()))
    secrets = [("a", "WA"), ("b", "WB"), ("", "WNONE")]

    assert signed_by(secrets, stamp, signature("b", stamp, BODY), BODY, NOW) == "WB"
    assert signed_by(secrets, stamp, signature("a", stamp, BODY).upper(), BODY, NOW) == "WA"
    assert signed_by(secrets, stamp, signature("", stamp, BODY), BODY, NOW) is None


def test_an_unset_key_matches_nothing():
    assert not matches("", "")
    assert matches("k", "k")


def test_the_scheme_is_read_in_any_case():
    assert bearer_key("bearer  k ") == "k"
    assert bearer_key(None) is None
