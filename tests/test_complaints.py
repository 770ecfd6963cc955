"""Whoever looks for errors in our logs knows how they are written."""

from __future__ import annotations

import logging
import sys

import pytest

from bot.log_lines import LogLine
from tests.complaints import is_complaint


@pytest.mark.parametrize(
    ("level", "loud"),
    [
        *((logging.INFO, False), (logging.WARNING, False)),
        *((logging.ERROR, True), (logging.CRITICAL, True)),
    ],
)
def test_an_error_is_known_by_its_level_and_not_by_what_it_says(level: int, loud: bool) -> None:
    record = logging.LogRecord("bot.worker", level, __file__, 1, "no ERROR, no level=error at all", (), None)
    assert is_complaint(LogLine().format(record)) is loud


def test_what_died_without_a_log_is_a_complaint_too(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("nobody caught it")
    except ValueError as fault:
        sys.excepthook(type(fault), fault, fault.__traceback__)
    assert is_complaint(capsys.readouterr().err.splitlines()[0])
