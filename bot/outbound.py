"""Connections to other systems: never to where only this machine's own host answers."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from aiohttp import ClientSession, TCPConnector

CREDENTIALS = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200")))
"""Where clouds hand out credentials, besides on link-local addresses."""


class NotThere(OSError):
    """No other system can have this address."""


def guarded_session() -> ClientSession:
    """A session for everything we fetch or tell.

    The address is looked at when it is connected to, after its name was resolved: a name that answers first
    with one address and then with another gains nothing. Private networks are let through, for automation
    servers stand there; link-local ones are not, for clouds hand out their credentials on them.
    """
    return ClientSession(connector=TCPConnector(socket_factory=_checked_socket))


def _checked_socket(address: Any) -> socket.socket:
    family, kind, protocol, _, place = address
    must_be_elsewhere(str(place[0]))
    made = socket.socket(family=family, type=kind, proto=protocol)
    made.setblocking(False)
    return made


def must_be_elsewhere(host: str) -> None:
    """Let pass an address that another system may have.

    Raises:
        NotThere: it is link-local, multicast, none at all, or a cloud's for credentials.
    """
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in CREDENTIALS:
        raise NotThere(f"{address} is no other system's address")


def seconds_asked(retry_after: str | None, *, otherwise: float) -> float:
    """For how long a `Retry-After` asks us to wait; `otherwise` when it is a date, nonsense or missing."""
    asked = retry_after or ""
    return float(asked) if asked.isascii() and asked.isdigit() else otherwise
