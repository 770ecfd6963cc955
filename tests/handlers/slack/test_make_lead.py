"""What a message says of a lead: in its text, its blocks, what it quotes, and mails dropped into Slack."""

from __future__ import annotations

from handlers.slack.make_lead import text_of
from qualification.guess import guess_lead


def test_text_and_attachments_are_read() -> None:
    message = {
        "text": "New form entry",
        "attachments": [
            {"fields": [{"title": "Email", "value": "<mailto:ada@acme.example|ada@acme.example>"}]}
        ],
    }
    assert guess_lead(text_of(message), "DE").email == "ada@acme.example"


def test_blocks_are_read_where_there_is_no_text() -> None:
    link = {"type": "link", "url": "mailto:ada@acme.example", "text": "write to Ada"}
    message = {
        "text": "",
        "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}],
    }
    assert guess_lead(text_of(message), "DE").email == "ada@acme.example"


def test_a_mail_dropped_into_slack_is_read() -> None:
    mail = {
        "mode": "email",
        "subject": "Prices?",
        "from": [
            {"address": "ada@acme.example", "name": "Ada", "original": "Ada Lovelace <ada@acme.example>"}
        ],
        "plain_text": "Hello,\nwhat does it cost for 250 people?\n\n"
        "Best regards\nAda Lovelace\nVP Engineering\nAcme GmbH",
    }
    guess = guess_lead(text_of({"text": "", "files": [mail]}), "DE")
    assert (guess.email, guess.name, guess.company) == ("ada@acme.example", "Ada Lovelace", "Acme GmbH")
    assert guess.message is not None
    assert "what does it cost" in guess.message


def test_nothing_is_nothing() -> None:
    assert text_of({}) == ""
    assert text_of({"text": None, "blocks": None, "files": None, "attachments": None}) == ""


def test_what_is_nested_without_end_is_cut() -> None:
    node: dict[str, object] = {"text": "deep@acme.example"}
    for _ in range(500):
        node = {"elements": [node]}
    assert text_of({"attachments": [node]}) == ""
