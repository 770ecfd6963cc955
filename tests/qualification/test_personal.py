"""Finding a person in texts, however their number is written, and blackening nobody else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.personal import BLACK, Traces, keyed, traces_of, words_in

ADA = traces_of(
    [
        {"email": "Ada.L@Gmail.com", "phone": "030 901820", "first_name": "Ada"},
        {"email": "ada@acme.example", "last_name": "Lovelace", "country": "DE"},
    ],
    "DE",
)
PREFIXES = ("+49 30", "+49 (0)30", "0049 30", "030", "(030)", "+4930")


def test_everything_told_over_time_names_them():
    assert ADA.emails == ("ada@acme.example", "adal@gmail.com")
    assert ADA.phones == ("+4930901820",)
    assert ADA.names == ("ada lovelace",)
    for named in ("ADA.L@gmail.com", "mailto:ada@acme.example", "Ms Ada Lovelace,", "<ada@acme.example>"):
        assert ADA.are_in({"deep": [{"text": named}]}), named
    for other in (
        "Ada",
        "Lovelace",
        "bada@acme.example",
        "Ada Lovelacey",
        "130901820",
        "3090182",
        "L-901820",
    ):
        assert not ADA.are_in(other), other
    assert not Traces().are_in("anything")


@settings(max_examples=80)
@given(
    st.sampled_from(PREFIXES),
    st.lists(st.sampled_from(["", " ", "-", ".", "/"]), min_size=6, max_size=6),
    st.sampled_from(["call ", "", "tel:", "Tel. "]),
    st.sampled_from([" today", "", ".", ", please"]),
)
def test_a_number_is_found_however_it_is_written(prefix, between, before, after):
    number = prefix + "".join(gap + digit for gap, digit in zip(between, "901820", strict=True))
    assert ADA.are_in(f"{before}{number}{after}")
    left = ADA.blackened(f"{before}{number}{after}")
    assert BLACK in left
    assert "".join(c for c in left if c.isdigit()) in ("", "030", "0")
    assert left.endswith(after)


def test_a_raw_payload_loses_only_them():
    shared = b'{"phone": "030901820", "e": "c@d.example"}'
    body = b'{"leads": [{"mail": "ada@acme.example"}, {"phone": "030/901820"}, %s]}' % shared
    assert ADA.are_in_raw(body)
    left = ADA.cut_out(body)
    assert left is not None
    assert b"c@d.example" in left, "a number beside another address is a switchboard's"
    assert b"ada@" not in left
    assert ADA.cut_out(b'{"email": "ada@acme.example"}') is None
    assert ADA.are_in_raw(b"mail=ada%40acme.example&x=1")
    assert not ADA.are_in_raw(b"\xff\xfe broken")
    assert words_in({"email": "x", "message": "y", "first_name": "z"}) == {"message": "y"}


def test_hashes_differ_by_kind_and_by_installation():
    assert len({keyed(s, kind, "a@b.example") for s in ("one", "two") for kind in ("email", "phone")}) == 4
