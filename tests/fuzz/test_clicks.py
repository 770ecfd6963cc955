"""The short form of `python -m tests.fuzz.clicks`."""

from __future__ import annotations

import logging
import random

from tests.fuzz.clicks import Complaints, forge
from tests.house import house


async def test_no_forged_payload_breaks_or_changes_anything(sqlite_url: str) -> None:
    heard = Complaints()
    logging.getLogger().addHandler(heard)
    try:
        async with house(sqlite_url) as h:
            await h.form()
            statuses = await forge(h, 160, random.randrange(10**6))
    finally:
        logging.getLogger().removeHandler(heard)
    assert heard.found == []
    assert statuses[200] > statuses[404], "most of them reach a listener"
