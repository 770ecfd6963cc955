"""Which channel brought a lead: click-id, then utm, then referrer, then what was given (design §1)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from urllib.parse import parse_qsl, urlsplit

from qualification.domains import registered_domain

CLICK_IDS = {
    "gclid": "google-ads",
    "gbraid": "google-ads",
    "wbraid": "google-ads",
    "fbclid": "facebook-ads",
    "li_fat_id": "linkedin-ads",
    "msclkid": "microsoft-ads",
    "ttclid": "tiktok-ads",
}
PAGES = ("page_url", "landing_page", "page", "url")
"""Fields in which forms tell the page they stood on; its query often has what the form lost."""


def came_from(
    given: str | None,
    utm_source: str | None,
    loose: Mapping[str, str],
    own_domains: Set[str],
) -> str:
    """The source's name in lower case; "unknown" where nothing tells.

    Args:
        loose: The other fields that came, cleaned: click-ids, `referrer` and the page's address among them.
        own_domains: A referrer from here is our own site, not a source.
    """
    if loose:
        for name, source in CLICK_IDS.items():
            if name in loose:
                return source
        asked = _query(loose)
        for name, source in CLICK_IDS.items():
            if name in asked:
                return source
        utm_source = utm_source or asked.get("utm_source")
    if utm_source:
        return utm_source.lower()
    referrer = (loose.get("referrer") or loose.get("referer")) if loose else None
    if referrer and (domain := registered_domain(referrer)) and domain not in own_domains:
        return domain.lower()
    return given.lower() if given else "unknown"


def _query(loose: Mapping[str, str]) -> dict[str, str]:
    for name in PAGES:
        page = loose.get(name)
        if page and "?" in page:
            try:
                return dict(parse_qsl(urlsplit(page).query, max_num_fields=100))
            except ValueError:
                return {}
    return {}
