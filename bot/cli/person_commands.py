"""`export` and `erase`: everything held about one person, and taking it out of everywhere."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from bot.cli.desk import agreed, opened, shell_user
from bot.settings import Settings
from handlers.flows.erase import AGAIN, erase_person
from handlers.flows.export import Held, as_json, as_text, export_person
from handlers.flows.office import Office
from handlers.flows.retention import A_NIGHT, erase_the_old, see_retention
from handlers.flows.suppression import NO_LEAD, Listed, list_as_json, read_list, reapply
from handlers.flows.whose import Whose, find_whose

TRIES, PAUSE = 30, 0.1
"""How often and how fast we look whether nobody reads an older state of SQLite's file any more."""


async def export(who: str, machine: bool, out: Path | None) -> int:
    """Print or write everything held about somebody."""
    async with opened() as (settings, office, where):
        held = await export_person(office, where, who)
        await _add_links(held, settings, office, where)
    as_data = machine or (out is not None and out.suffix == ".json")
    text = as_json(held) if as_data else as_text(held)
    if out is None:
        print(text)
        return 0
    _write(out, text)
    print(f"Written to {out}. It holds personal data: give it to them, then delete it.")
    return 0


async def _add_links(held: Held, settings: Settings, office: Office, where: str) -> None:
    """Where they can see this themselves, opt out and ask for deletion; needs our public address."""
    if not settings.public_url:
        return
    from handlers.flows.own_page import make_link

    for lead in held["leads"]:
        if not lead["erased"]:
            number = int(lead["lead"].removeprefix("L-"))
            lead["their_page"] = await make_link(office, where, number, shell_user(), settings.public_url)


async def erase(who: str, yes: bool) -> int:
    """Show what would go, ask, do it, and say what is left for people to do."""
    async with opened() as (_, office, where):
        found = await find_whose(office, where, who)
        if not found.held:
            print("\n".join(_already(found)))
            return 0
        print("\n".join(_plan(found)))
        if not agreed("Erase for good? There is no undo.", yes):
            return 1
        done = await erase_person(office, where, who, shell_user())
        emptied = await _empty_log(office)
        for one in done:
            print("\n".join(_receipt(one.lead, dict(one.receipt))))
        print(_database(office, emptied))
        if any(one.lead for one in done):
            print(
                "Slack: the bot rewrites its messages now, or when it next runs, and sends you or the first "
                "admin a receipt with links to what only a person can delete, such as replies in threads. "
                "`erase` once more shows it here."
            )
    return 0


async def again(file: Path | None, yes: bool) -> int:
    """Erase once more whom an older backup brought back."""
    async with opened() as (_, office, where):
        listed = _read(file) if file else None
        back = await reapply(office, where, listed, dry=True)
        print(f"{len(back)} of the people on the list are in this database: {_named(back)}.")
        if back and not agreed("Erase them again? There is no undo.", yes):
            return 1
        done = await reapply(office, where, listed, by=shell_user(), why=AGAIN)
        print(f"Erased: {_named(done)}." if done else "Nothing had to be erased.")
        print(_database(office, await _empty_log(office)))
    return 0


async def retention(yes: bool) -> int:
    """Show whom the retention rules concern now; asked or with --yes, erase them, also while they are off."""
    async with opened() as (_, office, where):
        state = await see_retention(office, where)
        for stage, months in state.months.items():
            print(f"{stage}: {state.concerned[stage]} silent for {months} months")
            if state.who[stage]:
                print(f"  {', '.join(f'L-{number}' for number in state.who[stage])}")
        print(f"The nightly job is {'on' if state.on else 'off'}; an admin turns it on in the app's Home.")
        if not sum(state.concerned.values()):
            return 0
        if not agreed(f"Erase them now, at most {A_NIGHT}? There is no undo.", yes):
            return 1
        print(f"Erased: {await erase_the_old(office, where, shell_user())}.")
        print(_database(office, await _empty_log(office)))
    return 0


async def show_list(out: Path | None) -> int:
    """The suppression list, to keep beside the backups: keyed hashes and the key, no addresses."""
    async with opened() as (_, office, where):
        text = await list_as_json(office, where)
    if out is None:
        print(text)
        return 0
    _write(out, text)
    print(f"{len(json.loads(text)['suppressed'])} entries written to {out}.")
    return 0


def _write(out: Path, text: str) -> None:
    # Also a file that is there already must be ours alone before anything personal stands in it.
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text + "\n")


def _named(people: list[str]) -> str:
    """Those with an L-number by it, the others counted."""
    leads = [name for name in people if name != NO_LEAD]
    others = len(people) - len(leads)
    return ", ".join([*leads, *([f"{others} who are no lead"] if others else [])]) or "none"


def _read(file: Path) -> Listed:
    return read_list(file.read_text(encoding="utf-8"))


def _plan(found: Whose) -> list[str]:
    lines = []
    for lead in found.leads:
        state = (
            "erased already" if lead.erased else f"{lead.stage.value}, came in {lead.received_at:%Y-%m-%d}"
        )
        lines.append(f"{lead.name}: {state}.")
    lines.append("This would go for good, from the database and from the bot's own messages in Slack:")
    lines.append("  what they told us, notes about them, ids of other systems, links to their page")
    counted = ((len(found.waiting), "waiting for permission"), (len(found.quarantined), "kept raw"))
    lines += [f"  submissions {what}: {count}" for count, what in counted if count]
    if found.mentioned_in:
        names = ", ".join(f"L-{number}" for number in found.mentioned_in)
        lines.append(f"  mentions of them in what was told about {names}")
    return [*lines, "Dates, stages and counts stay. They can't be imported or taken in again."]


def _already(found: Whose) -> list[str]:
    lines = []
    for one in found.erasures:
        when = f"{one.erased_at:%Y-%m-%d %H:%M} UTC" if one.erased_at else "not yet"
        lines.append(f"L-{one.lead} was erased: {when}, by {one.by} ({one.why}).")
        lines += _receipt(f"L-{one.lead}", dict(one.receipt))[1:]
    return lines or ["They are on the suppression list: nothing is held, and nothing is taken in again."]


def _receipt(lead: str | None, receipt: dict[str, object]) -> list[str]:
    said = [f"{lead or 'They'}: erased."]
    counts = {
        "facts": "Told by them or noted by us",
        "waiting": "Submissions that waited",
        "quarantine": "Submissions kept raw",
        "answers": "Stored answers",
        "rewritten": "Messages rewritten in Slack",
    }
    said += [f"  {says}: {receipt[name]}" for name, says in counts.items() if receipt.get(name)]
    by_hand = [*_listed(receipt, "made_from"), *_listed(receipt, "by_hand")]
    if receipt.get("imported"):
        by_hand.append("the file they were imported from")
    by_hand += [f"threads of {name}: notes about it named them" for name in _listed(receipt, "others")]
    if by_hand:
        said += ["  Only a person can delete:", *(f"    {one}" for one in by_hand)]
    return said


def _listed(receipt: dict[str, object], name: str) -> list[str]:
    value = receipt.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


async def _empty_log(office: Office) -> bool:
    for _ in range(TRIES):
        if await office.store.forget_deleted():
            return True
        await asyncio.sleep(PAUSE)
    return False


def _database(office: Office, emptied: bool) -> str:
    if not office.store.is_sqlite:
        return "PostgreSQL: unreadable by SQL from now on; VACUUM clears it from the disk's pages."
    if emptied:
        return "SQLite: it is gone from the file and from its log."
    return "SQLite: gone from the tables. Somebody still reads, so the running bot empties the log soon."
