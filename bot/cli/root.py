"""Every command, its words and options. The work is done in one file a command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from handlers.imports.moments import Order

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Greenlight: lead qualification in Slack.",
)
jobs = typer.Typer(no_args_is_help=True, help="What the bot could not do, and trying it again.")
definition = typer.Typer(no_args_is_help=True, help="The leads definition in force.")
app.add_typer(jobs, name="jobs")
quarantine = typer.Typer(
    no_args_is_help=True, help="Submissions kept as they came, and taking them in again."
)
app.add_typer(quarantine, name="quarantine")
app.add_typer(definition, name="definition")

Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def run(work: Coroutine[Any, Any, int]) -> None:
    """Run a command to its exit code; what it refuses is said in one line."""
    from qualification.errors import Refused
    from store.lock import DatabaseInUse
    from store.signs import DatabaseAway, why_away

    try:
        code = asyncio.run(work)
    except (Refused, DatabaseInUse, LookupError, FileNotFoundError) as no:
        print(str(no), file=sys.stderr)
        code = 1
    except DatabaseAway as away:
        print(f"The database can't be reached ({why_away(away)}). Check DATABASE_URL.", file=sys.stderr)
        code = 1
    raise typer.Exit(code)


@app.command()
def serve() -> None:
    """HTTP, Socket Mode and worker in one process."""
    from bot.serve import serve as serve_now

    raise typer.Exit(serve_now())


@app.command()
def worker() -> None:
    """Only the worker; needs PostgreSQL."""
    from bot.serve import serve as serve_now

    raise typer.Exit(serve_now(http=False))


@app.command()
def demo() -> None:
    """A workspace, the bot and a year of sample leads on this machine."""
    from bot.demo import demo as demo_now

    raise typer.Exit(demo_now())


@app.command()
def check() -> None:
    """Say what is wrong with the installation and how to mend it."""
    from bot.cli.check import check_installation

    run(check_installation())


@app.command()
def migrate() -> None:
    """Bring the database's tables to the newest form."""
    from bot.cli.migrate import migrate_now

    run(migrate_now())


@app.command()
def move(
    to_url: Annotated[str, typer.Argument(help="postgresql://USER@HOST/DATABASE, empty.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would move.")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="Give a move up: use this file again.")] = False,
    yes: Yes = False,
) -> None:
    """Move everything from SQLite (DATABASE_URL) to PostgreSQL."""
    from bot.cli import move as moving

    if stay:
        run(moving.stay_here())
    elif not to_url:
        raise typer.BadParameter("Say where to: postgresql://USER@HOST/DATABASE", param_hint="TO_URL")
    else:
        run(moving.move(to_url, yes=yes, dry_run=dry_run))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Leads or spend, as CSV.")],
    yes: Yes = False,
    consent_basis: Annotated[str, typer.Option(help="How they gave permission.")] = "",
    action: Annotated[str, typer.Option(help="What they did, where the file doesn't say.")] = "contact_form",
    dates: Annotated[str, typer.Option(help="day-first or month-first.")] = "",
    announce: Annotated[bool, typer.Option("--announce", help="Post one digest.")] = False,
    refused: Annotated[Path | None, typer.Option(help="Write the refused rows to this CSV file.")] = None,
) -> None:
    """Import leads or spend: shows what it would do, asks, does it."""
    from bot.cli.import_command import ImportOptions, import_file
    from bot.settings import read_settings

    if dates not in ("", "day-first", "month-first"):
        raise typer.BadParameter("Write day-first or month-first.", param_hint="--dates")
    options = ImportOptions(yes, consent_basis, action, cast("Order", dates), announce, refused)
    raise typer.Exit(import_file(file, options, read_settings()))


@app.command()
def export(
    who: Annotated[str, typer.Argument(help="An e-mail address, a phone number or L-1042.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it to this file; .json is for machines.")] = None,
) -> None:
    """Everything held about one person."""
    from bot.cli.person_commands import export as export_now

    run(export_now(who, as_json, out))


@app.command()
def erase(
    who: Annotated[str, typer.Argument(help="An e-mail address, a phone number or L-1042.")] = "",
    yes: Yes = False,
    again: Annotated[bool, typer.Option("--again", help="Erase whom an older backup brought back.")] = False,
    retention: Annotated[bool, typer.Option("--retention", help="Whom the retention rules concern.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show the suppression list.")] = False,
    from_: Annotated[Path | None, typer.Option("--from", help="With --again: a list kept in a file.")] = None,
    out: Annotated[Path | None, typer.Option(help="With --list: write it to this file.")] = None,
) -> None:
    """Erase one person from the database and from Slack: shows what would go, asks, does it."""
    from bot.cli import person_commands as person

    if list_:
        run(person.show_list(out))
    elif again:
        run(person.again(from_, yes))
    elif retention:
        run(person.retention(yes))
    elif not who:
        raise typer.BadParameter("Say whom: an e-mail address, a phone number or L-1042.", param_hint="WHO")
    else:
        run(person.erase(who, yes))


@app.command()
def kpi(
    name: Annotated[
        str, typer.Argument(help="overview, funnel, conversion, cpl, sources … or a question in quotes.")
    ] = "overview",
    experiment: Annotated[str, typer.Argument(help="For ab: which one.")] = "",
    period: Annotated[str, typer.Option(help="30d, last month, Q3 2026, 2026-07-01..2026-07-31 …")] = "",
    by: Annotated[str, typer.Option(help="source, campaign, rep or variant.")] = "",
    model: Annotated[str, typer.Option(help="first, last, linear, u, w or decay; for sources.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Ask for a number."""
    from bot.cli.kpi_command import show_kpi

    run(show_kpi(name, period, by, model, as_json, experiment))


@jobs.command("list")
def jobs_list() -> None:
    """Jobs that were given up, newest first."""
    from bot.cli.jobs import list_dead

    run(list_dead())


@jobs.command("replay")
def jobs_replay(job: Annotated[str, typer.Argument(help="The job's number, or all.")]) -> None:
    """Try again what was given up."""
    from bot.cli.jobs import replay_jobs

    run(replay_jobs(job))


@quarantine.command("list")
def quarantine_list() -> None:
    """Submissions that broke something on our side, oldest first."""
    from bot.cli.quarantine import list_kept

    run(list_kept())


@quarantine.command("replay")
def quarantine_replay(
    submission: Annotated[str, typer.Argument(help="The submission's number, or all.")],
) -> None:
    """Take in again what was kept."""
    from bot.cli.quarantine import replay_kept

    run(replay_kept(submission))


@definition.command("show")
def definition_show() -> None:
    """The definition in force, with version, author and date."""
    from bot.cli.definition import show

    run(show())


DefinitionFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A definition, as YAML.")]


@definition.command("test")
def definition_test(
    file: DefinitionFile,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What a definition file would change: the history replayed under it."""
    from bot.cli.definition import test

    run(test(file, as_json))


@definition.command("apply")
def definition_apply(file: DefinitionFile, yes: Yes = False) -> None:
    """Put a definition file in force as the next version: shows its effect, asks, does it."""
    from bot.cli.definition import apply

    run(apply(file, yes))
