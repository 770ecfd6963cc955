"""What the documents promise is there: files, settings, commands, pictures."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from bot.cli.root import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), ROOT / "bot" / "SAMPLE.md"]
)
PACKAGES = "bot|handlers|qualification|store|sandbox|tests|benchmarks|docs|\\.ci"
SECTION = {"slack", "http", "flows", "views", "imports", "journeys"}
"""Folders the documents name by their last part."""
LARGEST = 200_000
"""Bytes of a picture: a README must open on a phone."""


def names_of(documents: list[Path]) -> list[str]:
    return [str(document.relative_to(ROOT)) for document in documents]


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)

    for link in links:
        if link.startswith(("http://", "https://")):
            continue
        path, _, heading = link.partition("#")
        target = (document.parent / unquote(path)) if path else document
        assert target.exists(), f"{document.name} links to {link}"
        if heading:
            assert heading in anchors(target), f"{document.name} links to {link}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_every_file_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(rf"`((?:{PACKAGES})/[\w./-]*)`", text))

    gone = sorted(name for name in named if not (ROOT / name).exists())

    assert not gone


def test_every_setting_is_in_the_readme_and_nothing_else() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*)\|", readme(), re.MULTILINE)
    told = {name for name, _ in rows}

    assert told == {name.upper() for name in Settings.model_fields}
    for name, says in rows:
        default = Settings.model_fields[name.lower()].default
        shown = re.fullmatch(r"`(.+)`", says.strip())
        # The definition's default is a file of ours, named so that one finds it.
        if shown and name != "GREENLIGHT_DEFINITION":
            assert shown[1] == f"{default:g}" if isinstance(default, float) else str(default), name
        elif not shown:
            assert default == "", name


@pytest.mark.parametrize("document", DOCUMENTS, ids=names_of(DOCUMENTS))
def test_every_command_named_can_be_run(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    known = commands(typer.main.get_command(app))

    # "Sub-command lists such as `jobs list` may stand alone; those with the interpreter must be whole.
    for first, second in re.findall(r"-m bot ([a-z]+)(?: ([a-z]+))?", text):
        assert first in known, f"python -m bot {first}"
        if known[first]:
            assert second in known[first], f"python -m bot {first} {second}"


def test_every_command_in_the_readmes_table_can_be_run() -> None:
    table = readme().split("| `python -m bot …` | |", 1)[1].split("\n\n", 1)[0]
    known = commands(typer.main.get_command(app))

    for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE):
        first = ""
        for command in re.findall(r"`([^`]+)`", row):
            words = [word for word in command.split() if word.islower()]
            # "`definition show`, `test FILE`": the later ones belong to the first.
            first = words[0] if words[0] in known else first
            assert first in known, command
            assert not known[first] or words[-1] in known[first], command


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)

    assert set(re.findall(r"(?:^|`)make ([a-z]+)\b(?! sure)", text, re.MULTILINE)) <= targets


def test_the_readme_starts_with_what_it_is_a_picture_and_two_commands() -> None:
    first_screen = readme().split("\n## ", 1)[0]

    assert first_screen.count("\n") < 25
    assert re.search(r"!\[[^\]]{20,}\]\(docs/screens/[\w-]+\.png\)", first_screen)
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_the_proxy_lets_through_what_the_world_calls_and_nothing_else() -> None:
    hosting = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    opened = re.search(r"@open path (.+)", hosting)
    assert opened
    let_in = opened[1].split()
    code = [ROOT / "bot" / "app.py", *(ROOT / "handlers" / "http").glob("*.py")]
    served = {
        path
        for file in code
        for path in re.findall(r'router\.add_\w+\((?:"\*", )?"(/[^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(served) > 8

    inside = {path for path in served if not any(fnmatch(path, one) for one in let_in)}

    assert inside == {"/metrics", "/readyz"}
    assert "PUBLIC_URL=https://greenlight.example.com\n" in hosting


def test_pictures_are_small_and_each_is_shown_somewhere() -> None:
    text = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    pictures = sorted((ROOT / "docs" / "screens").glob("*.png"))

    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < LARGEST, picture.name
        assert f"screens/{picture.name}" in text, f"nobody shows {picture.name}"


def test_the_version_of_the_changelog_is_the_projects() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)

    assert version and newest
    assert newest[1] == version[1]


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    """The headings of a document as links call them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(group: typer.core.TyperCommand | typer.core.TyperGroup) -> dict[str, set[str]]:
    """Command → its own commands, if it has any."""
    found = getattr(group, "commands", {})
    return {name: set(getattr(command, "commands", {})) for name, command in found.items()}
