"""`definition`: show, test and apply."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.desk import agreed, opened, shell_user
from handlers.flows.definition_effect import Progress, effect_of, nobody_looks
from handlers.flows.definition_force import apply_at_shell
from handlers.flows.office import Office
from handlers.views.effect_words import effect_lines, named_moves
from qualification.definition import Definition, parse_definition
from qualification.definition_changes import changes_between
from qualification.effect import Effect
from qualification.errors import Refused

NO_HISTORY = "There is no database here to test it against (DATABASE_URL)."


async def show() -> int:
    """The text in force, as YAML, under a line that says which version it is."""
    async with opened() as (_, office, where):
        async with office.store.read(where) as work:
            current = await work.house.definition_text()
        names = (await office.rules(where)).names if current else {}
    if current is None:
        raise LookupError("This workspace has no definition yet. Run: python -m bot migrate")
    version, text, author, at = current
    print(f"# version {version}, by {names.get(author, author)}, {at:%Y-%m-%d %H:%M} UTC\n{text}")
    return 0


async def test(file: Path, as_json: bool) -> int:
    """Refuses a definition that contradicts itself, with line and reason; else shows what it would change."""
    definition = parse_definition(_read(file))
    try:
        async with opened() as (_, office, where):
            base, effect = await _effect(office, where, definition, quiet=as_json)
    except LookupError:
        print(
            json.dumps({"ok": True}) if as_json else f"This definition could be put in force.\n{NO_HISTORY}"
        )
        return 0
    changed = changes_between(base, definition)
    if as_json:
        print(json.dumps({"ok": True, "changes": changed, "effect": effect.as_json()}, ensure_ascii=False))
        return 0
    _tell(base, changed, effect)
    print("\nThis definition could be put in force.")
    return 0


async def apply(file: Path, yes: bool) -> int:
    """The next version, recorded as approved by the shell user for both teams."""
    text = _read(file)
    definition = parse_definition(text)
    async with opened() as (_, office, where):
        async with office.store.read(where) as work:
            current = await work.house.definition_text()
        if current and current[1] == text:
            print(f"This is version {current[0]} already; nothing to do.")
            return 0
        base = current[0] if current else 0
        if current and not yes:
            rules, effect = await _effect(office, where, definition, quiet=False)
            _tell(rules, changes_between(rules, definition), effect)
        if not agreed(f"Put {file} in force as version {base + 1}?", yes):
            return 1
        version = await apply_at_shell(office, where, text, shell_user(), base=base)
    print(f"Version {version} is in force.")
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as other:
        raise Refused(f"{file} is no text in UTF-8.") from other


async def _effect(
    office: Office, where: str, definition: Definition, *, quiet: bool
) -> tuple[Definition, Effect]:
    base = (await office.rules(where)).definition
    # A page makes tens of thousands of objects and hardly a cycle among them: looking for some took a sixth
    # of the time, and memory stays as flat without.
    gc.disable()
    try:
        with _progress(quiet) as show:
            return base, await effect_of(office, where, definition, show)
    finally:
        gc.enable()


def _tell(base: Definition, changed: list[str], effect: Effect) -> None:
    print(f"Against version {base.version}, which is in force:")
    for line in changed or ["It says the same."]:
        print(f"  {line}")
    told = effect.as_json()
    print("\nHad it always been in force:")
    for line in effect_lines(told):
        print(f"  {line}")
    for move, numbers in named_moves(told):
        print(f"  {move}: {', '.join(numbers)}")


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield nobody_looks
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Replaying")

        async def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield show
