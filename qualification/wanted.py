"""What would make this lead an MQL or an SQL, in two short lines at most."""

from __future__ import annotations

from qualification.definition import Definition
from qualification.gate import knock_out
from qualification.lead import Lead, Stage
from qualification.scoring import Score, is_direct_inquiry, open_letters

NUMBERS = ("no", "one", "two", "three", "four")


def wanted(lead: Lead, shown: Score, definition: Definition) -> tuple[str, ...]:
    """Lines for the card, the next step first; none where there is no next step, or nobody may take it.

    Args:
        shown: The lead's score now.
    """
    if lead.stage not in (Stage.LEAD, Stage.MQL) or lead.permission.opted_out or lead.erased:
        return ()
    refused = knock_out(lead.profile, definition)
    if lead.stage is Stage.MQL:
        return (
            (f"No SQL: {refused[0].lower()}{refused[1:]}",) if refused else _for_sql(lead, shown, definition)
        )
    # Who is not even an MQL needs no list for an SQL, until a rep has begun to ask.
    begun = _for_sql(lead, shown, definition) if shown.letters_known and not refused else ()
    return (_for_mql(shown, definition), *begun)


def _for_mql(shown: Score, definition: Definition) -> str:
    """ "A demo request or 5 more points of engagement make this an MQL"."""
    short = max(
        definition.mql_engagement - shown.engagement,
        definition.mql_score - shown.fit - shown.engagement,
    )
    if short <= 0:
        return "Whatever they do next makes this an MQL"
    fast = [a.name for a in definition.actions.values() if a.fast and not a.needs_message]
    ways = [_a(fast[0].replace("_", " "))] if fast else []
    if shown.engagement + short <= definition.engagement_max:
        ways.append(f"{_points(short, 'more ')} of engagement")
    if not ways:
        return f"An MQL needs a better fit: {definition.mql_score} points with engagement"
    said = " or ".join(ways)
    verb = "makes" if len(ways) == 1 and (fast or short == 1) else "make"
    return f"{said[0].upper()}{said[1:]} {verb} this an MQL"


def _for_sql(lead: Lead, shown: Score, definition: Definition) -> tuple[str, ...]:
    """ "For an SQL: Need, one more letter, 12 points"; nothing when nothing is missing."""
    unknown = open_letters(lead.answers, definition)
    bad = [
        name.capitalize()
        for name, question in definition.questions.items()
        if (option := question.option(lead.answers.letter(name).confirmed)) and option.blocks_sql
    ]
    missing = [f"better {' and '.join(bad)}"] if bad else []
    letters = definition.sql_letters - shown.letters_known
    if "need" in unknown:
        missing.append("Need")
        letters -= 1
    if letters > 0:
        more = "more " if shown.letters_known or "need" in unknown else ""
        missing.append(f"{NUMBERS[letters]} {more}{'letter' if letters == 1 else 'letters'}")
    if definition.sql_direct_inquiry and not is_direct_inquiry(lead, definition):
        missing.append("a direct inquiry")
    score, bant = definition.sql_score - shown.total, definition.sql_bant - shown.bant
    if bant > 0 and bant >= score:
        missing.append(_points(bant, "BANT "))
    elif score > 0:
        missing.append(_points(score))
    return (f"For an SQL: {', '.join(missing)}",) if missing else ()


def _points(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'point' if count == 1 else 'points'}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
