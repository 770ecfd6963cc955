"""The container, as far as it can be read without building it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[1]


def steps() -> list[tuple[str, str]]:
    """Each instruction and what follows it, continued lines joined and comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    whole = re.sub(r"\\\n\s*", "", lines)
    found = [line.split(maxsplit=1) for line in whole.splitlines() if line.strip()]
    return [(step, says) for step, says in found]


def final_stage() -> list[tuple[str, str]]:
    last = max(place for place, (step, _) in enumerate(steps()) if step == "FROM")
    return steps()[last:]


def only(step: str) -> str:
    found = [says for name, says in final_stage() if name == step]
    assert len(found) == 1, step
    return found[0]


def test_it_runs_as_somebody_without_rights() -> None:
    user = only("USER")

    assert user not in ("root", "0")
    assert any(
        step == "RUN" and "useradd --system --uid 10001" in says and user in says for step, says in steps()
    )
    places = [step for step, _ in final_stage()]
    assert places.index("USER") < places.index("CMD")
    assert "RUN" not in places[places.index("USER") :]


def test_it_starts_small_and_keeps_no_tools() -> None:
    bases = [says.split()[0] for step, says in steps() if step == "FROM"]
    runs = " ".join(says for step, says in steps() if step == "RUN")

    assert set(bases) == {"python:3.11-slim"}
    assert "apt-get" not in runs
    assert "--only-binary :all:" in runs
    assert "--no-cache-dir" in runs
    assert not any(step == "RUN" and "pip" in says for step, says in final_stage())


def test_no_secret_can_get_in() -> None:
    assert not any(step in ("ADD", "ARG") for step, _ in steps())
    secrets = [name.upper() for name in Settings.model_fields if re.search("token|secret|key", name)]
    environment = " ".join(says for step, says in steps() if step == "ENV")
    assert secrets
    assert not any(secret in environment for secret in secrets)
    # What is copied is what .dockerignore names; everything else stays out, `.env` above all.
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    assert "**/.env" in ignored
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert {"bot", "handlers", "qualification", "store", "requirements.lock", "app.manifest.yml"} <= kept
    assert not kept & {".git", "tests", "."}


def test_it_serves_is_asked_how_it_is_and_keeps_its_data() -> None:
    environment = dict(part.split("=", 1) for part in only("ENV").split())

    assert json.loads(only("CMD")) == ["python", "-m", "bot", "serve"]
    assert only("EXPOSE") == environment["PORT"] == "3000"
    assert environment["HOST"] == "0.0.0.0"
    volume = json.loads(only("VOLUME"))[0]
    assert environment["DATABASE_URL"].startswith(f"sqlite+aiosqlite:///{volume}/")
    assert f"--home-dir {volume} " in " ".join(says for _, says in final_stage())
    assert "/readyz" in only("HEALTHCHECK")


def test_everything_it_needs_to_run_is_copied() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    serving = {"bot", "handlers", "qualification", "store"}
    imported = {
        name
        for package in serving
        for file in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    ours = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}

    assert all(f"!{package}\n" in kept for package in imported & ours)
