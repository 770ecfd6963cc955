"""The commands as an admin types them: what they print, what they do, how they end."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.serve import serve

ROOT = Path(__file__).parents[2]


OURS = ("SLACK_", "GREENLIGHT_", "DATABASE_")
APART = ("serve", "worker")
"""These run as programs of their own, the others within this one: starting takes a second each time.
`start` is `serve` within this one, for a start that fails."""


SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:9/"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """`python -m bot …` in an empty folder with a database of its own: exit code and everything printed."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/greenlight.db")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def typed(*words: str, **more: str) -> tuple[int, str]:
        if words[0] in APART:
            return _apart(words, more)
        capfd.readouterr()
        code = 0
        with monkeypatch.context() as now:
            now.setattr(sys, "argv", ["bot", *words])
            now.setattr(sys, "stdin", io.StringIO())
            for name, value in more.items():
                now.setenv(name, value)
            try:
                if words == ("start",):
                    sys.exit(serve())
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        said = capfd.readouterr()
        return code, said.out + said.err

    return typed


def _apart(words: tuple[str, ...], more: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_commands_need_tables_and_say_how_to_get_them(run) -> None:
    code, said = run("jobs", "list")
    assert (code, "python -m bot migrate" in said) == (1, True)

    code, said = run("migrate")
    assert code == 0
    assert "Version 1 of the leads definition is in force." in said
    assert run("jobs", "list") == (0, "Nothing was given up.\n")
    assert run("migrate") == (0, "The tables are in the newest form.\n")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://localhost/leads", "must begin with sqlite or postgresql"),
        ("DATABASE_URL", "greenlight.db", "write it like sqlite+aiosqlite:///greenlight.db"),
        ("GREENLIGHT_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("GREENLIGHT_COUNTRY", "Germany", "2 capital letters, like DE"),
        ("PUBLIC_URL", "greenlight.example.com", "https://"),
        ("SLACK_API_URL", "slack.com/api", "https://"),
        ("GREENLIGHT_WEBHOOK_URL", "htps://crm.example/hook", "https://"),
    ],
)
def test_a_setting_that_can_not_be_is_named(run, name: str, value: str, says: str) -> None:
    code, said = run("check", **{name: value})
    assert (code, said.startswith(f"{name}: "), says in said) == (2, True, True), said


def test_tables_of_a_newer_version_are_left_alone_and_called_so(run, tmp_path: Path) -> None:
    run("migrate")
    with sqlite3.connect(tmp_path / "greenlight.db") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("migrate", "jobs list", "check", "start"):
        code, said = run(*command.split(), **SLACK)
        assert (code, "newer Greenlight" in said, "Traceback" in said) == (1, True, False), said
    with sqlite3.connect(tmp_path / "greenlight.db") as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_what_can_not_be_opened_is_said_with_its_reason(run, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Ada, " * 100)
    for url, reason in (
        ("postgresql://127.0.0.1:9/leads", "Connect call failed"),
        (f"sqlite+aiosqlite:///{tmp_path}/letter.db", "file is not a database"),
        ("sqlite+aiosqlite:////nowhere/greenlight.db", "unable to open database file"),
    ):
        for command in ("jobs list", "kpi overview", "check"):
            code, said = run(*command.split(), DATABASE_URL=url)
            assert (code, reason in said) == (1, True), said


def test_rules_that_make_no_sense_never_become_the_first_version(run, tmp_path: Path) -> None:
    (tmp_path / "odd.yml").write_text("actions:\n  - [demo\n")
    for command, file, reason in (
        ("migrate", "odd.yml", "not valid YAML"),
        ("start", "none.yml", "No such file"),
        ("check", "odd.yml", "not valid YAML"),
    ):
        code, said = run(command, **SLACK, GREENLIGHT_DEFINITION=str(tmp_path / file))
        assert (code, f"{file}, can't be used: " in said, reason in said) == (1, True, True), said
    code, said = run("migrate")
    assert "Version 1 of the leads definition is in force." in said


def test_serve_says_that_its_host_is_elsewhere(run) -> None:
    code, said = run("start", **SLACK, HOST="192.0.2.1")
    assert (code, "Set HOST" in said) == (1, True), said


def test_wrong_usage_ends_with_two(run) -> None:
    assert run("nonsense")[0] == 2
    code, said = run("serve", PORT="many")
    assert (code, "PORT" in said) == (2, True)
    code, said = run("serve")
    assert (code, "SLACK_SIGNING_SECRET" in said) == (2, True)
    code, said = run("worker", SLACK_BOT_TOKEN="xoxb-1")
    assert (code, "PostgreSQL" in said) == (2, True)


def test_a_definition_is_shown_tested_and_applied(run, tmp_path: Path) -> None:
    run("migrate")
    code, said = run("definition", "show")
    assert (code, said.startswith("# version 1, by installation")) == (0, True)

    text = (ROOT / "qualification" / "definition.yml").read_text(encoding="utf-8")
    bad, good = tmp_path / "bad.yml", tmp_path / "good.yml"
    bad.write_text(text.replace("sql: {score: 75", "sql: {score: 175"), encoding="utf-8")
    good.write_text(text.replace("sql: {score: 75", "sql: {score: 80"), encoding="utf-8")
    code, said = run("definition", "test", str(bad))
    assert (code, "Nobody can reach sql.score 175: the most there can be is 100" in said) == (1, True)
    assert said.startswith("Line ")
    assert run("definition", "test", str(tmp_path / "none.yml"))[0] == 2
    leads = tmp_path / "leads.csv"
    leads.write_text("email,action\nada@acme.example,webinar_attended\n", encoding="utf-8")
    assert run("import", str(leads), "--yes", "--consent-basis", "trade fair")[0] == 0
    higher = tmp_path / "higher.yml"
    higher.write_text(text.replace("mql: {score: 35, engagement: 15}", "mql: {score: 10, engagement: 5}"))
    code, said = run("definition", "test", str(higher), "--json")
    told = json.loads(said)
    assert (code, told["effect"]["moved"]) == (0, [{"from": "lead", "to": "mql", "leads": 1}])
    assert told["changes"][0] == "MQL from 10 points of fit and engagement, not 35"
    assert told["effect"]["named"][0]["lead"] == "L-1001"

    code, said = run("definition", "apply", str(good))
    assert (code, "--yes" in said, "0 of 1 lead would have gone another way" in said) == (1, True, True)
    assert "version 1," in run("definition", "show")[1]
    assert run("definition", "apply", str(good), "--yes") == (0, "Version 2 is in force.\n")
    assert "version 2, by shell:" in run("definition", "show")[1]
    with sqlite3.connect(tmp_path / "greenlight.db") as database:
        query = "SELECT approved, origin FROM definitions WHERE version = 2"
        ((approved, origin),) = database.execute(query).fetchall()
    by = {role: approval["by"].partition(":")[0] for role, approval in json.loads(approved).items()}
    assert (by, origin) == ({"manager": "shell", "marketer": "shell"}, "shell")


def test_a_given_up_job_is_listed_and_tried_again(run, tmp_path: Path) -> None:
    run("migrate")
    with sqlite3.connect(tmp_path / "greenlight.db") as database:
        database.execute(
            "INSERT INTO jobs (workspace, topic, payload, dirty, place, due, attempts, state, error, created,"
            " finished) VALUES ('W1', 'card.post', '{\"lead\": 1}', 0, 0, 0, 8, 2, 'channel_not_found', 0, 0)"
        )
    code, said = run("jobs", "list")
    assert (code, "card.post" in said, "channel_not_found" in said) == (0, True, True)
    number = said.split()[0]
    assert run("jobs", "replay", number)[0] == 0
    assert run("jobs", "list") == (0, "Nothing was given up.\n")
    assert run("jobs", "replay", number)[0] == 1


def test_a_submission_kept_aside_is_listed_and_taken_in(run, tmp_path: Path) -> None:
    run("migrate")
    with sqlite3.connect(tmp_path / "greenlight.db") as database:
        database.execute(
            "INSERT INTO quarantine (workspace, source, received_at, error, body) VALUES ('W1', 'leads', 0,"
            ' \'KeyError (12ab)\', CAST(\'{"email": "ada@acme.example", "action": "demo_request"}\' AS BLOB))'
        )
    code, said = run("quarantine", "list")
    assert (code, "KeyError (12ab)" in said, "ada@" in said) == (0, True, False)
    assert run("quarantine", "replay", "all") == (0, f"Submission {said.split()[0]}: 1 taken in.\n")
    assert run("quarantine", "list") == (0, "Nothing is kept aside.\n")
    assert run("quarantine", "replay", said.split()[0])[0] == 1


def test_a_file_is_imported_after_a_dry_run(run, tmp_path: Path) -> None:
    run("migrate")
    file = tmp_path / "leads.csv"
    file.write_text(
        "email,first_name,action,occurred_at,consent_basis\n"
        "ada@acme.example,Ada,demo_request,2026-10-01T10:00:00Z,trade fair\n"
        "not-an-address,Bo,demo_request,2026-10-01T10:00:00Z,trade fair\n",
        encoding="utf-8",
    )
    code, said = run("import", str(file))
    assert (code, "1" in said) == (1, True), said
    with sqlite3.connect(tmp_path / "greenlight.db") as database:
        assert database.execute("SELECT count(*) FROM leads").fetchone() == (0,)
    code, said = run("import", str(file), "--yes")
    assert code == 0, said
    with sqlite3.connect(tmp_path / "greenlight.db") as database:
        assert database.execute("SELECT count(*) FROM leads").fetchone() == (1,)
