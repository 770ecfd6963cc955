"""Turn a refusal or a failure into words for the person who clicked, and keep the whole under two seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from handlers.slack.trouble import passes, trouble
from handlers.views.shapes import Misshapen
from qualification.errors import Refused, fault
from store.signs import commits

LIMIT = 2.0
"""Seconds a listener may take. Slack gives up after three and shows the person a bare error."""
BUSY = "Slack did not answer just now, so nothing was saved. Please try again."
SAVED = "That is saved, but I could not show it. Look at the lead before you try again."
log = logging.getLogger("greenlight.slack")

Say = Callable[[str], Awaitable[object]]


@dataclass
class Told:
    """Whether the person was told that it did not work; the caller still acknowledges."""

    refused: bool = False


@asynccontextmanager
async def telling(say: Say) -> AsyncIterator[Told]:
    """Run a listener's work; what goes wrong is said to the person by `say`, never raised."""
    told, committed = Told(), list[bool]()
    token = commits.set(committed)
    try:
        async with asyncio.timeout(LIMIT):
            yield told
        return
    except Misshapen as misshapen:
        log.warning("a payload of Slack's could not be read: %s", fault(misshapen.__cause__ or misshapen))
        words = str(misshapen)
    except Refused as no:
        words = calling_nobody(str(no))
    except TimeoutError:
        words = SAVED if committed else "That took too long and was not saved. Please try again."
    except Exception as failure:  # the person must hear of it, whatever it was
        if passes(failure):
            log.warning("Slack failed a click: %s", trouble(failure))
            words = SAVED if committed else BUSY
        else:
            code = uuid4().hex[:8]
            log.error("a click failed, code %s: %s", code, trouble(failure))
            begin = SAVED if committed else "That did not work and nothing was saved. Please try again."
            words = f"{begin} If it fails twice, send your admin this code: `{code}`"
    finally:
        commits.reset(token)
    told.refused = True
    try:
        await say(words)
    except Exception as failure:
        log.warning("could not tell a person why their click failed: %s", type(failure).__name__)


def calling_nobody(words: str) -> str:
    """A refusal may quote what was typed, and name the person who was first, but it calls no channel."""
    return words.replace("<!", "&lt;!")
