"""How high a score can still be, so that lists are sorted by the score of now without rewriting every row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from qualification.definition import Definition
from qualification.lead import Lead
from qualification.reason import Reason, rounded

SHORTEST = timedelta(hours=1)
"""No row is looked at more often than this for time alone."""


def most_engagement(
    lead: Lead, reasons: Sequence[Reason], definition: Definition, now: datetime
) -> tuple[int, datetime | None]:
    """The most that engagement can be from `now` on while nothing happens, and until when that is close.

    Points only ever get less by time. Minus points do so too, which lifts the sum again: so the bound is the
    sum of the plus points alone. Whatever is dated a little ahead of us counts in full.

    Args:
        reasons: Those of engagement at `now`, each with what is left of it.
    Returns:
        A whole number, never below the engagement of any later moment; and the first moment at which it might
        be lower by one (the shortest half-life there is, nothing held still), or None when it can't.
    """
    plus = sum(reason.points for reason in reasons if reason.points > 0)
    for activity in lead.activities:
        if activity.at > now and activity.counts and activity.action in definition.actions:
            plus += max(0, definition.actions[activity.action].points)
    most = rounded(min(float(definition.engagement_max), plus))
    if most < 1:
        return most, None
    own = [action.half_life for action in definition.actions.values() if action.half_life]
    halvings = math.log2(plus / (most - 0.5))
    return most, now + max(SHORTEST, halvings * min([definition.half_life, *own]))
