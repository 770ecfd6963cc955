"""How an SQL ended: won or lost; and what sales does before: take it, or send it back."""

from __future__ import annotations

from handlers.flows.notes import note_fact
from handlers.flows.office import Office, Saved
from qualification.errors import Refused
from qualification.money import parse_amount
from qualification.ownership import take
from qualification.stages import lost, send_back, won


async def win_lead(office: Office, where: str, number: int, who: str, amount: str | None) -> Saved:
    """It bought.

    Args:
        amount: As typed, "12000 EUR"; without a currency the workspace's own counts. None leaves it open.
    Raises:
        AmbiguousAmount: "12.000" can be two amounts; the text has both.
        Refused: no amount at all, or not an SQL.
    """
    rules = await office.rules(where)
    read = parse_amount(amount, rules.setup.currency) if amount else None
    async with office.at_lead(where, number) as at:
        return await at.record(won(at.lead, who, read, at.now))


async def lose_lead(
    office: Office, where: str, number: int, who: str, reason: str, note: str | None = None
) -> Saved:
    """It did not buy.

    Args:
        reason: A code of the definition's `lost_reasons`.
    """
    async with office.at_lead(where, number) as at:
        fact = note_fact(note, at.now)
        events = lost(at.lead, who, reason, at.now, at.rules.definition, fact.id if fact else None)
        return await at.record(events, [fact] if fact else [])


async def take_lead(office: Office, where: str, number: int, who: str) -> Saved:
    """Somebody in sales goes on with it."""
    async with office.at_lead(where, number) as at:
        return await at.record(take(at.lead, who, at.now))


async def send_back_lead(office: Office, where: str, number: int, who: str, reason: str) -> Saved:
    """Back to the rep who approved it, who is told why.

    Raises:
        Refused: no reason, or no longer an SQL.
    """
    async with office.at_lead(where, number) as at:
        fact = note_fact(reason.strip(), at.now)
        if fact is None:
            raise Refused("Say why, so that they know what to do next.")
        return await at.record(send_back(at.lead, who, fact.id, at.now), [fact])
