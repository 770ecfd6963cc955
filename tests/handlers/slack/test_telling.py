"""Whatever goes wrong behind a click, the person hears of it, and the log quotes nobody."""

from __future__ import annotations

import asyncio
import logging

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.flows.claim import claim_lead
from handlers.slack import telling as telling_file
from handlers.slack.click import Click
from handlers.slack.telling import telling
from qualification.errors import Refused
from tests.office import open_office


async def heard(trouble: BaseException | None, *, slow: bool = False) -> tuple[list[str], bool]:
    """What is said when a listener's work ends so, and whether it counts as refused."""
    said: list[str] = []

    async def say(words: str) -> None:
        said.append(words)

    async with telling(say) as told:
        if slow:
            await asyncio.sleep(60)
        if trouble:
            raise trouble
    return said, told.refused


async def test_a_refusal_is_said_as_it_stands_and_calls_nobody() -> None:
    assert await heard(Refused("<@UBEN> already has it.")) == (["<@UBEN> already has it."], True)
    assert await heard(Refused("“<!channel>” is no date.")) == (["“&lt;!channel>” is no date."], True)
    assert await heard(None) == ([], False)


async def test_a_failure_is_told_with_a_code_that_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    (said,), refused = await heard(ValueError("ada@acme.example is no number"))
    assert refused
    assert "nothing was saved" in said
    code = said.split("`")[1]
    written = caplog.text
    assert code in written
    assert "ValueError" in written
    assert "test_telling" in written, "the log says where"
    assert "ada@acme" not in written + said


async def test_what_slack_sent_in_another_shape_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []

    async def say(words: str) -> None:
        said.append(words)

    async with telling(say) as told:
        Click.read({"actions": {"ada@acme.example": []}, "user": {"id": "UANA"}})
    assert told.refused
    assert said == ["Slack sent this in a way I can't read, so nothing was saved."]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "KeyError" in caplog.text
    assert "ada@acme" not in caplog.text


@pytest.mark.parametrize(
    ("status", "word", "passing"),
    [(429, "ratelimited", True), (500, "", True), (200, "invalid_blocks", False)],
)
async def test_a_bad_moment_of_slacks_is_no_error_of_ours(
    status: int, word: str, passing: bool, caplog: pytest.LogCaptureFixture
) -> None:
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data={"error": word}, headers={},
        status_code=status,
    )  # fmt: skip
    (said,), refused = await heard(SlackApiError("no", answer))
    assert refused
    assert [record.levelname for record in caplog.records] == ["WARNING" if passing else "ERROR"]
    assert said.startswith("Slack did not answer just now") is passing


async def test_what_takes_too_long_is_called_off_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling_file, "LIMIT", 0.01)
    (said,), refused = await heard(None, slow=True)
    assert refused
    assert "was not saved" in said


async def test_what_fails_after_the_save_is_not_called_unsaved(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    async def say(words: str) -> None:
        said.append(words)

    async with open_office(sqlite_url) as desk:
        async with telling(say):
            await desk.form()
            raise ValueError("the words could not be drawn")
        monkeypatch.setattr(telling_file, "LIMIT", 0.5)
        async with telling(say):
            await claim_lead(desk.office, desk.where, 1001, "UANA")
            await asyncio.sleep(60)
        async with telling(say):
            await desk.office.look(desk.where, 1001)
            raise ValueError("only looked")
    assert ["That is saved" in words for words in said] == [True, True, False]
    assert ["saved. Please" in words for words in said] == [False, False, True]


async def test_a_person_who_cannot_be_told_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def say(words: str) -> None:
        raise ConnectionError(words)

    with caplog.at_level(logging.WARNING):
        async with telling(say):
            raise Refused("No, ada@acme.example")
    assert "could not tell" in caplog.text
    assert "ada@acme" not in caplog.text
