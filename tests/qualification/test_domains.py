from __future__ import annotations

import pytest

from qualification.domains import DISPOSABLE, FREE_MAIL
from qualification.matching import domain_of, is_free_mail, is_shared_domain, registered_domain, screen_domain


def test_the_domain_of_an_address() -> None:
    assert domain_of(" Ada@Acme.Example. ") == "acme.example"
    assert [domain_of(wrong) for wrong in ("ada", "@acme.example", "ada@")] == [None, None, None]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.acme.de", "acme.de"),
        ("https://shop.acme.co.uk:8080/path?x=1", "acme.co.uk"),
        ("ACME.com.", "acme.com"),
        ("www.acme.example", "acme.example"),
        ("co.uk", None),
        ("localhost", None),
        ("10.0.0.1", None),
        ("http://[::1]/", None),
        ("http://[broken", None),
        ("", None),
        ("...", None),
    ],
)
def test_what_somebody_registered(host: str, domain: str | None) -> None:
    assert registered_domain(host) == domain


def test_a_consumer_mailbox_costs_points_and_names_no_company() -> None:
    for domain in ("gmail.com", "GMX.de", "mail.yahoo.com"):
        assert is_free_mail(domain)
        assert is_shared_domain(domain)


def test_documentation_names_cost_nothing_but_name_no_company_either() -> None:
    for domain in ("acme.example", "example.com", "mail.example.org", "a.test"):
        assert not is_free_mail(domain)
        assert is_shared_domain(domain)


def test_a_company_is_neither() -> None:
    for domain in ("acme.de", "notgmail.com", "myexample.com"):
        assert not is_free_mail(domain)
        assert not is_shared_domain(domain)


def test_knock_outs_name_their_reason_and_ours_comes_first() -> None:
    own, rivals = {"greenlight.dev"}, {"rival.com", "greenlight.dev"}
    assert screen_domain("mail.greenlight.dev", own, rivals) == "own_domain"
    assert screen_domain("Rival.com", own, rivals) == "competitor"
    assert screen_domain("mailinator.com") == "disposable"
    assert screen_domain("students.uni.de") == "student"
    assert screen_domain("uni.de", own, rivals) is None
    assert screen_domain("studentenwerk.de") is None


def test_the_lists_hold_domains_only_and_do_not_overlap() -> None:
    assert all(name == name.lower() and "." in name for name in FREE_MAIL | DISPOSABLE)
    assert not FREE_MAIL & DISPOSABLE
