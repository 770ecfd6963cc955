"""Dates as they are written between the Rhine and the Oder, turned into those the reader knows."""

from __future__ import annotations

import re

from qualification.dates import MONTHS

_NAMES = (
    *("januar", "februar", "märz", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "dezember"),
)
_ENGLISH = {german: MONTHS[at] for at, german in enumerate(_NAMES)}
_MONTH = re.compile(rf"(?<!\w)({'|'.join(_NAMES)})(?!\w)")
_DAY = re.compile(r"(?<![\w.])(\d{1,2})\. ?(\d{1,2})\.(\d{4}|\d{2})?(?![\w.])")
_TO = re.compile(r"(?<=\d|[a-z]) ?(?:-|–|—|\bbis(?: zum)?\b) ?(?=§)")


def usual_dates(text: str) -> str:
    """A lower-case text with "1.10." as "1 october", "01.10.2026" as "2026-10-01" and "mai" as "may".

    What is no date, like "31.2." or "1.13.", is left as it is: its words stay for whoever explains the rest.
    """

    def day(match: re.Match[str]) -> str:
        number, month, year = int(match[1]), int(match[2]), match[3]
        if not 1 <= month <= 12 or not 1 <= number <= 31:
            return match[0]
        if year is None:
            return f"§{number} {MONTHS[month - 1]}"
        return f"§{2000 + int(year) if len(year) == 2 else year}-{month:02}-{number:02}"

    found = _DAY.sub(day, text)
    if "§" in found:
        found = re.sub(r"(?<!\w)vo[nm](?: dem)? (?=§)", "from ", found)
        found = _TO.sub(" to ", found).replace("§", "")
    return _MONTH.sub(lambda match: _ENGLISH[match[1]], found)
