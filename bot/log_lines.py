"""Log lines for people and machines (logfmt): `at=… level=… in=… trace=… says="…"`, and nothing personal."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from qualification.errors import fault
from store.trace import trace

OURS = ("greenlight", "bot", "handlers", "store")


class LogLine(logging.Formatter):
    """One record as one line. Of an error kind and place are told, never its words: they may quote a lead."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        parts = [f"at={at}", f"level={record.levelname.lower()}", f"in={record.name}"]
        if name := trace.get():
            parts.append(f"trace={name}")
        parts.append(f"says={json.dumps(record.getMessage(), ensure_ascii=False)}")
        if record.exc_info and record.exc_info[1] is not None:
            parts.append(f"fault={json.dumps(fault(record.exc_info[1]))}")
        return " ".join(parts)


def log_to_stderr(level: str) -> None:
    """Libraries only when something is wrong."""
    _log_to(logging.StreamHandler(sys.stderr), level)


def log_to_file(file: Path) -> None:
    """The demo's terminal stays readable."""
    _log_to(logging.FileHandler(file, encoding="utf-8"), "INFO")


def _log_to(handler: logging.Handler, level: str) -> None:
    handler.setFormatter(LogLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
