"""Our reading of the public suffix list, against the library that bundles it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tldextract import TLDExtract

from qualification.domains import registered_domain
from qualification.public_suffix import _rules, public_suffix

THEIRS = TLDExtract(suffix_list_urls=(), cache_dir=None)
HOSTS = """
    www.acme.co.uk acme.de city.kawasaki.jp www.city.kawasaki.jp a.b.kawasaki.jp www.ck x.www.ck a.b.ck
    acme.github.io shop.xn--p1ai xn--fiqs8s a.xn--55qx5d.cn foo.com.au k12.ca.us x.k12.ca.us
    """


@pytest.mark.parametrize("host", HOSTS.split())
def test_the_cases_of_the_format(host: str) -> None:
    parts = THEIRS(host)
    assert (public_suffix(host) or "") == parts.suffix
    assert registered_domain(host) == (f"{parts.domain}.{parts.suffix}" if parts.domain else None)


@given(
    st.sampled_from(sorted(rule for rule in _rules() if rule[0] not in "!*")),
    st.sampled_from(("", "a.", "b.a.")),
)
def test_every_rule_ends_where_the_library_says(rule: str, below: str) -> None:
    assert public_suffix(below + rule) == THEIRS(below + rule).suffix


def test_a_name_may_be_written_in_its_own_letters() -> None:
    assert registered_domain("https://shop.müller.de/") == "xn--mller-kva.de"
    assert registered_domain("кто.рф") == registered_domain("xn--j1ail.xn--p1ai")
