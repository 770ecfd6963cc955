"""What is read from a lead's body, field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.http.contact import key_of_email
from handlers.http.countries import BY_NAME, CODES, country_code
from handlers.http.lead_body import MOST_EXTRA, Reader, read_lead
from handlers.http.told import BadBody
from qualification.arrival import NewLead
from qualification.matching import email_key
from qualification.permission import Consent
from tests.handlers.http.office import NOW, RULES

READER = Reader(RULES, "DE", ZoneInfo("Europe/Berlin"), NOW)
CONTRACT = {
    "email": "ada@acme.example", "phone": "+49 30 901820", "first_name": "Ada", "last_name": "L",
    "company": "Acme", "title": "VP Engineering", "employees": 250, "industry": "software", "country": "DE",
    "website": "acme.example", "source": "linkedin", "campaign": "spring-webinar", "variant": "B",
    "action": "demo_request", "message": "Need it by March", "external_id": "crm-881",
    "occurred_at": "2026-11-02T09:30:00Z", "utm": {"source": "linkedin", "medium": "cpc"},
    "consent": {"granted": True, "purposes": ["contact", "marketing"], "text_version": "2026-05",
                "at": "2026-11-02T09:30:00Z"},
}  # fmt: skip


def read(**body: object) -> NewLead:
    return read_lead({"email": "ada@acme.example", **body}, READER)


def refused(**body: object) -> list[str]:
    """The paths that were found wrong."""
    with pytest.raises(BadBody) as bad:
        read(**body)
    return [mistake.path for mistake in bad.value.mistakes]


def test_the_contracts_example_is_read_whole():
    lead = read_lead(CONTRACT, READER)
    then = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    for name in ("email", "phone", "first_name", "last_name", "company", "title", "employees", "website"):
        assert getattr(lead.profile, name) == CONTRACT[name]
    assert (lead.email_key, lead.phone_key) == ("ada@acme.example", "+4930901820")
    assert (lead.source, lead.campaign, lead.variant) == ("linkedin", "spring-webinar", "B")
    assert (lead.action, lead.message, lead.external_id) == ("demo_request", "Need it by March", "crm-881")
    assert lead.occurred_at == then
    assert lead.consent == Consent(True, ("contact", "marketing"), "2026-05", then)
    assert lead.extra == {"utm_medium": "cpc"}
    assert lead.warnings == ()


def test_every_mistake_is_named_at_once():
    assert refused(
        email="nobody", employees=["x"], occurred_at="1900-01-01", company={}, consent={"granted": "perhaps"}
    ) == ["email", "company", "employees", "occurred_at", "consent.granted"]


@pytest.mark.parametrize(
    "email", ["a", "a@b", "a b@acme.example", "@acme.example", "a@acme..example", "x" * 3000]
)
def test_an_address_nobody_could_write_to_is_refused(email):
    assert refused(email=email) == ["email"]


def test_addresses_are_compared_in_lower_case_and_kept_as_written():
    lead = read(email=" Ada.L@ACME.example\u200b ")

    assert (lead.email_key, lead.profile.email) == ("ada.l@acme.example", "Ada.L@ACME.example")


@given(
    st.emails()
    | st.from_regex(r"[a-zA-Z0-9._+-]{1,12}@[a-z0-9.-]{1,20}\.(com|test|de|local|example)", fullmatch=True)
)
def test_the_short_way_to_an_address_agrees_with_the_long_one(address):
    assert key_of_email(address) == email_key(address)


def test_a_phone_that_is_none_is_kept_as_a_note_beside_a_good_address():
    lead = read(phone="call me maybe")

    assert (lead.profile.phone, lead.phone_key) == (None, None)
    assert lead.extra["phone"] == "call me maybe"
    assert lead.warnings == ("The phone number can't be called, kept as a note",)


def test_without_an_address_a_phone_must_be_callable():
    assert refused(email=None, phone="call me maybe") == ["phone"]
    assert refused(email="x", phone="y") == ["email", "phone"]
    assert read(email=None, phone="030 901820").phone_key == "+4930901820"


def test_a_bad_address_beside_a_good_phone_is_a_note():
    lead = read(email="ada at acme", phone="+49 30 901820")

    assert (lead.email_key, lead.extra["email"]) == (None, "ada at acme")


def test_a_national_number_is_read_for_the_leads_country_first():
    assert read(phone="020 7946 0018", country="UK").phone_key == "+442079460018"
    assert read(phone="030 901820", country="US").phone_key == "+4930901820"


@pytest.mark.parametrize(
    ("said", "people"),
    [
        (250, 250),
        ("250", 250),
        (250.0, 250),
        ("50-200", 50),
        ("50–200", 50),
        ("1,000", 1000),
        ("1.000+", 1000),
        ("10 000", 10000),
        ("ca. 50", 50),
        ("> 500", 500),
        ("1-10", 1),
        (0, 0),
    ],
)
def test_company_size_as_people_write_it(said, people):
    assert read(employees=said).profile.employees == people


@pytest.mark.parametrize("said", ["many", -5, "-5", True, [], {}, 1e400, 2.5, 10**30, "9" * 40])
def test_company_size_that_is_no_number(said):
    assert refused(employees=said) == ["employees"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("de", "DE"),
        ("Deutschland", "DE"),
        ("U.S.A.", "US"),
        ("UK", "GB"),
        ("Österreich", "AT"),
        ("GBR", "GB"),
        ("Côte", None),
        ("Türkiye", "TR"),
        ("xx", None),
        ("", None),
    ],
)
def test_countries_by_code_or_name(said, code):
    assert country_code(said) == code


def test_every_country_name_leads_to_a_code():
    assert set(BY_NAME.values()) <= CODES


def test_a_country_nobody_knows_is_a_note():
    lead = read(country="Narnia")

    assert (lead.profile.country, lead.extra["country"]) == (None, "Narnia")
    assert lead.warnings


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("2026-11-02T09:30:00Z", "2026-11-02T09:30:00+00:00"),
        ("2026-11-02T09:30:00+05:30", "2026-11-02T04:00:00+00:00"),
        ("2026-11-02 09:30", "2026-11-02T08:30:00+00:00"),
        ("2026-11-02", "2026-11-01T23:00:00+00:00"),
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00+00:00"),
        ("2026-11-22T07:05:00Z", "2026-11-22T07:05:00+00:00"),
    ],
)
def test_times_are_read_in_the_workspaces_zone_unless_they_say_theirs(said, then):
    assert read(occurred_at=said).occurred_at.isoformat() == then


@pytest.mark.parametrize(
    "said",
    [
        "1900-01-01",
        "1999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "2026-11-22T07:05:01Z",
        "9999-12-31T23:59:59-12:00",
        "2099-01-01",
        "yesterday",
        "2026-13-01",
        1762075800,
        True,
        [],
        {},
        "2026-11-02T25:00:00Z",
    ],
)
def test_times_that_cant_be(said):
    assert refused(occurred_at=said) == ["occurred_at"]


def test_without_a_time_it_happened_now():
    assert read().occurred_at == NOW
    assert read(occurred_at="").occurred_at == NOW


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (
            {"gclid": "x", "utm_source": "news", "referrer": "https://a.example", "source": "web"},
            "google-ads",
        ),
        ({"fbclid": "x"}, "facebook-ads"),
        ({"li_fat_id": "x"}, "linkedin-ads"),
        ({"msclkid": "x"}, "microsoft-ads"),
        ({"ttclid": "x"}, "tiktok-ads"),
        (
            {"utm": {"source": "NewsLetter"}, "referrer": "https://www.blog.example/x", "source": "web"},
            "newsletter",
        ),
        ({"utm[source]": "news"}, "news"),
        ({"utm.source": "news"}, "news"),
        ({"page_url": "https://us.example/?utm_source=Partner&x=1", "source": "web"}, "partner"),
        ({"page_url": "https://us.example/?gclid=1", "utm_source": "news"}, "google-ads"),
        ({"page_url": "https://[broken/?gclid=1", "source": "web"}, "web"),
        ({"referrer": "https://www.blog.example/x", "source": "web"}, "blog.example"),
        ({"referrer": "no address", "source": "Web"}, "web"),
        ({"source": "LinkedIn"}, "linkedin"),
        ({}, "unknown"),
    ],
)
def test_the_source_is_the_surest_thing_that_tells(body, source):
    assert read(**body).source == source


def test_our_own_site_is_no_source():
    ours = replace(RULES, lists=replace(RULES.lists, own_domains=frozenset({"us.example"})))
    body = {"email": "ada@acme.example", "referrer": "https://www.us.example/pricing", "source": "web"}

    assert read_lead(body, replace(READER, definition=ours)).source == "web"
    assert read_lead(body, READER).source == "us.example"


def test_the_campaign_of_the_link_goes_before_the_one_given():
    assert read(utm_campaign="link", campaign="given").campaign == "link"
    assert read(campaign="given").campaign == "given"


@pytest.mark.parametrize(
    ("said", "consent"),
    [
        ("on", True),
        (True, True),
        ("1", True),
        (1, True),
        ("Yes", True),
        ({"granted": "yes"}, True),
        (False, False),
        ("false", False),
        (0, False),
        ({"granted": False}, False),
    ],
)
def test_permission_as_checkboxes_and_programs_say_it(said, consent):
    assert read(consent=said).consent == Consent(consent)


def test_no_word_on_permission_is_no_consent():
    assert read().consent is None
    assert read(consent="").consent is None
    assert read(consent_basis="on the phone").consent is None
    assert read(consent_basis="on the phone").extra == {"consent_basis": "on the phone"}


def test_permission_may_come_flat():
    assert read(consent="true", consent_basis="on the phone").consent == Consent(True, basis="on the phone")
    assert read(**{"consent[granted]": "on", "consent[purposes]": "contact, marketing"}).consent == Consent(
        True, ("contact", "marketing")
    )


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("perhaps", "consent"),
        ([], "consent"),
        ({}, "consent.granted"),
        ({"granted": None}, "consent.granted"),
        ({"granted": True, "purposes": ["spying"]}, "consent.purposes"),
        ({"granted": True, "purposes": 5}, "consent.purposes"),
        ({"granted": True, "purposes": [5]}, "consent.purposes"),
        ({"granted": True, "at": "2999-01-01"}, "consent.at"),
        ({"granted": True, "text_version": []}, "consent.text_version"),
    ],
)
def test_permission_that_cant_be_understood_is_asked_back(said, path):
    assert refused(consent=said) == [path]


def test_what_a_form_asked_about_bant_is_a_claim_and_anything_else_a_note():
    lead = read(
        budget="approved", authority="One approval away", need="a new roof", timeline="within_30_days"
    )

    assert lead.claims == {"budget": "approved", "authority": "one_away", "timeline": "within_30_days"}
    assert lead.extra == {"need": "a new roof"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": "Ada Love Lace"}, ("Ada", "Love Lace")),
        ({"name": "Lovelace, Ada"}, ("Ada", "Lovelace")),
        ({"name": "Ada"}, ("Ada", None)),
        ({"Full Name": "Ada L"}, ("Ada", "L")),
        ({"fname": "Ada", "name": "X Y"}, ("Ada", None)),
    ],
)
def test_one_name_is_split_where_two_were_not_given(body, name):
    lead = read(**body)

    assert (lead.profile.first_name, lead.profile.last_name) == name


def test_hidden_characters_and_wild_spacing_go():
    lead = read(company="  Ac\u200bme\u202e \x00 \t Inc ", last_name="\ud800L", first_name="Jose\u0301")

    assert (lead.profile.company, lead.profile.last_name, lead.profile.first_name) == (
        "Acme Inc",
        "L",
        "José",
    )


def test_what_would_ping_a_channel_stays_plain_text_for_the_screens_to_escape():
    assert read(company="<!channel> 🎉").profile.company == "<!channel> 🎉"


@pytest.mark.parametrize(
    "name", ["company", "message", "action", "source", "campaign", "favourite_colour", "phone"]
)
def test_three_thousand_characters_are_the_most(name):
    assert refused(**{name: "x" * 3001}) == [name]
    assert refused(**{name: "x" * 1_000_000}) == [name]
    if name != "phone":
        read(**{name: "x" * 3000})


@pytest.mark.parametrize("value", [["x"], {"x": 1}, True, 1.5])
def test_text_must_be_text(value):
    assert refused(company=value) == ["company"]


def test_a_number_where_text_is_meant_is_its_digits():
    assert read(external_id=881).external_id == "881"
    assert refused(external_id=10**5000) == ["external_id"]


def test_utm_is_an_object_or_a_note_that_is_said():
    assert [refused(utm=wrong) for wrong in (5, True, ["x"])] == [["utm"]] * 3
    lead = read(utm="spring")
    assert lead.extra == {"utm": "spring"}
    assert lead.warnings == ("utm is text and no object with source, medium, campaign: kept as a note",)


@pytest.mark.parametrize(
    ("consent", "words"),
    [("yes", "taken for true"), ("off", "taken for false"), ({"granted": "yes"}, "taken for true")],
)
def test_a_program_hears_what_was_assumed_and_a_file_does_not(consent, words):
    body = {"email": "ada@acme.example", "consent": consent}
    heard = read_lead(body, replace(READER, tells=True)).warnings
    assert heard[0] == "No action was given, taken for contact_form"
    assert words in heard[1]
    assert read_lead(body, READER).warnings == ()
    plain = {"email": "ada@acme.example", "consent": True, "action": "chat"}
    assert read_lead(plain, replace(READER, tells=True)).warnings == ()


def test_unknown_fields_are_kept_as_text():
    lead = read(colour="blue", tags=["a", 1], deep={"a": None}, vip=True, size=1.5, nothing=None, blank="")

    assert lead.extra == {
        "colour": "blue",
        "tags": '["a",1]',
        "deep": '{"a":null}',
        "vip": "true",
        "size": "1.5",
    }


def test_too_many_unknown_fields_are_cut_and_said():
    lead = read(**{f"field{n}": "x" for n in range(MOST_EXTRA + 3)})

    assert len(lead.extra) == MOST_EXTRA
    assert lead.warnings == ("3 more unknown fields were left out",)


def test_an_unknown_fields_name_and_depth_have_bounds():
    nested: list[object] = []
    for _ in range(5_000):
        nested = [nested]

    assert refused(**{"n" * 201: "x"}) == ["n" * 80]
    assert refused(deep=nested) == ["deep"]
    assert refused(big=["x" * 4000]) == ["big"]


def test_a_website_that_runs_code_is_only_a_note():
    lead = read(website="javascript:alert(1)")

    assert (lead.profile.website, lead.extra["website"]) == (None, "javascript:alert(1)")
    assert read(website="https://acme.example/x").profile.website == "https://acme.example/x"
    assert read(website="acme.example:8080").profile.website == "acme.example:8080"


def test_actions_are_read_in_any_spelling():
    assert read(action="Demo Request").action == "demo_request"
    assert read(action="something-new").action == "something_new"


def test_two_submissions_never_share_their_facts():
    assert read().fact_id != read().fact_id


@pytest.mark.parametrize("name", ["do_not_sell", "Do not sell or share", "do_not_sell_or_share"])
def test_do_not_sell_or_share_is_heard_however_a_form_names_it(name: str) -> None:
    assert read(**{name: "yes"}).objects
    assert not read(**{name: "no"}).objects
    assert not read().objects
