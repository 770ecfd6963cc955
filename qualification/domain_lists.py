"""The definition's lists of domains: what stands there is a domain, of one company, on one list."""

from __future__ import annotations

from collections.abc import Iterator

from qualification.definition_parts import Lists
from qualification.domains import is_free_mail, is_listed, registered_domain

NAMES = ("own_domains", "customer_domains", "competitor_domains", "disposable_domains")


def wrong_domains(lists: Lists) -> Iterator[tuple[str, str, str]]:
    """Every entry that can't be meant: the list's name, what is wrong, and what would be right."""
    where: dict[str, str] = {}
    for name in NAMES:
        for domain in sorted(getattr(lists, name)):
            if wrong := _wrong(name, domain):
                yield (name, *wrong)
            elif where.setdefault(domain, name) != name:
                yield name, f"has {domain}, which stands in {where[domain]} too.", "Keep it in one of them."


def _wrong(name: str, domain: str) -> tuple[str, str] | None:
    registered = registered_domain(domain.rpartition("@")[2].strip())
    plain = not set(domain) & set(" /:@") and registered is not None and is_listed(domain, {registered})
    if not plain:
        near = registered and not set(registered) & set(" /:@")
        return f"has “{domain}”, which is no domain.", f"Write {registered if near else 'it like acme.com'}."
    if name != "disposable_domains" and is_free_mail(domain):
        return f"has {domain}: anybody can have an address there.", "Leave it out."
    return None
