"""What time it was where the lead is: nobody likes to be called at six in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as phone_zones

_NEARLY_THE_SAME = timedelta(hours=1)


def their_time(phone: str | None, country: str | None, at: datetime) -> str | None:
    """`at` as "14:05 in Berlin", or None where the phone and country leave the hour open.

    A landline's area code decides first, then the country's main zone, unless the country spreads over
    more than an hour (the United States, Australia), where a guess would mislead.
    """
    zone = _zone_of_phone(phone, country, at) or _zone_of_country(country, at)
    if zone is None:
        return None
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return f"{at.astimezone(zone):%H:%M} in {city}"


def _zone_of_phone(phone: str | None, country: str | None, at: datetime) -> ZoneInfo | None:
    if not phone:
        return None
    region = country.upper() if country and len(country) == 2 and country.isascii() else None
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    names = phone_zones.time_zones_for_number(number)
    if len(names) == 1:
        return _zone(names[0])
    return _zone_of_country(phonenumbers.region_code_for_number(number), at)


def _zone_of_country(country: str | None, at: datetime) -> ZoneInfo | None:
    zones = [zone for name in _zones().get((country or "").upper(), ()) if (zone := _zone(name))]
    if not zones:
        return None
    offsets = [at.astimezone(zone).utcoffset() or timedelta() for zone in zones]
    return zones[0] if max(offsets) - min(offsets) <= _NEARLY_THE_SAME else None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # "Etc/Unknown" stands for satellite phones and the like
        return None


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """Zones by country code, the most populous first.

    Source: zone.tab of the IANA time zone database, as the tzdata package carries it.
    """
    table: dict[str, tuple[str, ...]] = {}
    for row in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            code, _, name = row.split("\t")[:3]
            table[code] = (*table.get(code, ()), name)
    return table
