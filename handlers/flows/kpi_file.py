"""An answer as a file in the direct messages of whoever asked for it."""

from __future__ import annotations

from handlers.flows.kpi import ask
from handlers.flows.office import Office

TOPIC = "kpi.csv"


async def order_file(office: Office, where: str, text: str, user: str, answer: str) -> bool:
    """Have the rows of `/kpi text` sent as a file; False when this press was made within the minute already.

    Args:
        answer: The message that the button stands in.
    Raises:
        Refused: it can't be read, or is not for this person.
    """
    await ask(office, where, text, user)
    # Twice does it once; later the numbers are newer and it is another file.
    key = f"{TOPIC}:{user}:{answer}:{office.clock():%Y%m%d%H%M}"
    async with office.store.begin(where) as work:
        return await work.outbox.put(TOPIC, dedup=key, lane=f"dm:{user}", asked=text, to=user) is not None
