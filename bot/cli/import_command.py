"""`python -m bot import FILE.csv`: show how the file is understood and what would happen, ask, do it."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.desk import must_have_tables
from bot.settings import Settings
from handlers.flows.import_file import OpenFile, made_at, open_file
from handlers.flows.import_leads import import_leads
from handlers.flows.import_plan import plan_leads
from handlers.flows.import_spend import import_spend
from handlers.flows.import_tally import Tally
from handlers.flows.office import Office
from handlers.imports.moments import Order
from handlers.imports.refused import refused_rows
from handlers.imports.rows import Choices
from handlers.imports.table import NoTable
from store.lock import DatabaseInUse, hold_database
from store.signs import DatabaseAway, why_away
from store.store import Store

if TYPE_CHECKING:
    from rich.console import Console

DONE, FAILED, MISUSED = 0, 1, 2
LOOK = 2.0
"""Seconds between two looks whether a bot serves beside us."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What was said on the command line. Field by field the options of `import`."""

    yes: bool = False
    consent_basis: str = ""
    action: str = "contact_form"
    dates: Order = ""
    announce: bool = False
    refused: Path | None = None


def import_file(
    file: Path, options: ImportOptions, settings: Settings, console: Console | None = None
) -> int:
    """Import leads or spend; which of the two, the columns say.

    Returns:
        The exit code: 0 done (refused rows are said), 1 not done, 2 not understood.
    """
    if console is None:
        # A fifth of a second: only who types this command waits for it.
        from rich.console import Console as Terminal

        console = Terminal()
    if options.refused and options.refused.resolve() == file.resolve():
        console.print("--refused must name another file than the one that is imported.")
        return MISUSED
    # A batch makes a hundred thousand objects and not one cycle: looking for some took a fifth of the time,
    # most of it among what was there before.
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    try:
        return asyncio.run(_import(file, options, settings, console))
    except (NoTable, LookupError, DatabaseAway, OSError) as error:
        console.print(_words(error), markup=False)
        return FAILED
    except KeyboardInterrupt:
        console.print("Stopped. What was taken is saved; run the same command again to go on.")
        return FAILED


def _words(error: Exception) -> str:
    if isinstance(error, DatabaseAway):
        return f"The database can't be reached or has no tables ({why_away(error)}). Try: python -m bot check"
    return str(error.args[0]) if error.args else str(error)


async def _import(file: Path, options: ImportOptions, settings: Settings, console: Console) -> int:
    async with _office(settings) as office:
        where = await office.store.workspace()
        rules = await office.rules(where)
        if options.action not in rules.definition.actions:
            known = ", ".join(rules.definition.actions)
            console.print(f"--action {options.action} is none we know. Use one of: {known}", markup=False)
            return MISUSED
        choices = Choices(
            as_of=made_at(file, office.clock()),
            consent_basis=options.consent_basis,
            action=options.action,
            dates=options.dates,
        )
        opened = await open_file(office, where, file, choices)
        run = _Run(office, where, opened, options, console, _Serving(settings.database_url))
        return await (run.spend() if opened.columns.kind == "spend" else run.leads())


@asynccontextmanager
async def _office(settings: Settings) -> AsyncIterator[Office]:
    await must_have_tables(settings)
    store = Store(settings.database_url)
    try:
        await store.open()
        yield Office(store, settings.setup, store.moment)
    finally:
        await store.close()


@dataclass(frozen=True, slots=True)
class _Run:
    office: Office
    where: str
    file: OpenFile
    options: ImportOptions
    console: Console
    serving: Callable[[], bool]

    async def leads(self) -> int:
        """Plan, ask, import, sum up."""
        from bot.cli.import_report import show_columns, show_leads

        show_columns(self.console, self.file.columns)
        self._say_defaults()
        if not self.options.yes:
            with self._progress("Reading") as show:
                plan = await plan_leads(self.office, self.where, self.file.leads(), on_progress=show)
            show_leads(self.console, plan, done=False)
            if not (plan.created or plan.updated):
                self.console.print("There is nothing to import.")
                return FAILED if plan.refused else DONE
            if not self._agreed():
                return FAILED
        with (
            refused_rows(self.options.refused, self.file.table.header) as refused,
            self._progress("Importing") as show,
        ):
            tally = await import_leads(
                self.office,
                self.where,
                self.file.leads(),
                serving=self.serving,
                announce=self.options.announce,
                on_progress=show,
                on_refused=(lambda row, reason: refused.add(row.line, reason)) if refused else None,
            )
        show_leads(self.console, tally, done=True)
        self._say_refused(tally.refused)
        return DONE

    async def spend(self) -> int:
        """The same for what campaigns cost."""
        from bot.cli.import_report import show_columns, show_spend

        show_columns(self.console, self.file.columns)
        if not self.options.yes:
            plan = await import_spend(self.office, self.where, self.file.spend(), by="import", dry=True)
            show_spend(self.console, plan, done=False)
            if not (plan.new or plan.changed):
                self.console.print("There is nothing to import.")
                return FAILED if plan.refused else DONE
            if not self._agreed():
                return FAILED
        with refused_rows(self.options.refused, self.file.table.header) as refused:
            tally = await import_spend(
                self.office,
                self.where,
                self.file.spend(),
                by="import",
                on_refused=(lambda line, reason: refused.add(line.line, reason)) if refused else None,
            )
        show_spend(self.console, tally, done=True)
        self._say_refused(tally.refused)
        return DONE

    def _say_defaults(self) -> None:
        columns, choices = self.file.columns, self.file.reader.choices
        if not columns.has("action"):
            self.console.print(f"No column says what people did: counted as {choices.action} (--action).")
        if not columns.has("occurred_at"):
            day = choices.as_of.date().isoformat()
            self.console.print(f"No column says when: counted at the file's own date, {day}.")
        if not (columns.has("consent") or columns.has("consent_basis") or choices.consent_basis):
            self.console.print("No column says how permission was given. Say it with --consent-basis TEXT.")

    def _say_refused(self, count: int) -> None:
        if count and self.options.refused:
            self.console.print(f"Refused rows are in {self.options.refused}.", markup=False)

    def _agreed(self) -> bool:
        try:
            answer = self.console.input("Import now? [y/N] ", markup=False)
        except EOFError:
            answer = ""
        if answer.strip().lower() in ("y", "yes"):
            return True
        self.console.print("Nothing was imported.")
        return False

    @contextmanager
    def _progress(self, doing: str) -> Iterator[Callable[[Tally], None]]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(doing, total=None)
            yield lambda tally: progress.update(task, completed=tally.rows)


class _Serving:
    """Whether a bot serves the same SQLite file. PostgreSQL has no such limit of one writer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._looked = float("-inf")
        self._answer = False

    def __call__(self) -> bool:
        # Looking takes the lock for an instant, and a bot that starts in that instant would be turned away.
        if time.monotonic() - self._looked >= LOOK:
            try:
                with hold_database(self._url):
                    self._answer = False
            except DatabaseInUse:
                self._answer = True
            self._looked = time.monotonic()
        return self._answer
