"""The score of one lead explained: every reason, and what an SQL still needs."""

from __future__ import annotations

from handlers.views.alert import bant_summary
from handlers.views.message import Message, context, message, sections
from handlers.views.standing import score_line, score_parts, stage_name, state_lines, who
from handlers.views.text import line, when
from qualification.lead import IN_PLAY, Stage
from qualification.seen import Seen

_REASONS = 40


def why_message(seen: Seen, *, then: bool = False) -> Message:
    """The answer to `/lead L-1042 why`.

    Args:
        then: It is looked at as it stood at `seen.at`, under the rules of that time.
    """
    lead = seen.lead
    as_of = f"As it stood {when(seen.at, seen.zone)}, by what was known then" if then else ""
    blocks = [
        *sections([f"*{lead.name}* · {who(lead.profile)}", as_of, score_line(seen)]),
        *sections(["*What it is made of*", *score_parts(seen.score, _REASONS)]),
        *sections(["*BANT*", *bant_summary(lead, seen.definition)]),
        *sections(_missing(seen)),
        *context(
            [stage_name(lead.stage), *state_lines(seen), f"Scored by definition {seen.definition.version}"]
        ),
    ]
    return message(f"{lead.name}: why it has {seen.score.total} points", blocks)


def _missing(seen: Seen) -> list[str]:
    if seen.lead.stage not in IN_PLAY:
        return []
    if seen.lead.stage is Stage.SQL:
        return ["*Missing for an SQL*: nothing, it is one."]
    if seen.gate.holds:
        return ["*Missing for an SQL*: nothing. Press Qualify and save, and sales is told."]
    return ["*Missing for an SQL*", *(f"• {line(words)}" for words in seen.gate.missing)]
