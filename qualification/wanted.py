"""What would make this lead an MQL or an SQL, in two short lines at most."""

from __future__ import annotations

from collections.abc import Sequence

from qualification.definition import Definition
from qualification.gate import Gap, gaps
from qualification.lead import Lead, Stage
from qualification.scoring import Score

NUMBERS = ("no", "one", "two", "three", "four")


def wanted(lead: Lead, shown: Score, definition: Definition) -> tuple[str, ...]:
    """Lines for the card, the next step first; none where there is no next step, or nobody may take it.

    Args:
        shown: The lead's score now.
    """
    if lead.stage not in (Stage.LEAD, Stage.MQL) or lead.permission.opted_out or lead.erased:
        return ()
    missing = gaps(lead, shown, definition)
    refused = next((gap.says for gap in missing if gap.kind == "knock_out"), "")
    if lead.stage is Stage.MQL:
        return (f"No SQL: {refused[0].lower()}{refused[1:]}",) if refused else _for_sql(missing)
    # Who is not even an MQL needs no list for an SQL, until a rep has begun to ask.
    begun = _for_sql(missing) if shown.letters_known and not refused else ()
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


def _for_sql(missing: Sequence[Gap]) -> tuple[str, ...]:
    """ "For an SQL: Need, one more BANT answer, 12 points"; nothing when nothing is missing.

    BANT points count for the score too, so of the two numbers the larger one says it all.
    """
    by_kind = {gap.kind: gap for gap in missing}
    bad = [gap.letters[0].capitalize() for gap in missing if gap.kind == "answer"]
    said = [f"better {' and '.join(bad)}"] if bad else []
    need, letters = "need" in by_kind, by_kind.get("letters")
    if need:
        said.append("Need")
    if letters and (count := letters.short - need):
        more = "more " if letters.has or need else ""
        said.append(f"{NUMBERS[count]} {more}BANT {'answer' if count == 1 else 'answers'}")
    if "inquiry" in by_kind:
        said.append("a direct inquiry")
    score, bant = (by_kind[kind].short if kind in by_kind else 0 for kind in ("score", "bant"))
    if bant and bant >= score:
        said.append(_points(bant, "BANT "))
    elif score:
        said.append(_points(score))
    return (f"For an SQL: {', '.join(said)}",) if said else ()


def _points(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'point' if count == 1 else 'points'}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
