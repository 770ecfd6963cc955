"""Dates as exports write them, brought into ISO form; what can mean two days is asked back, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.http.told import Told

Order = Literal["day-first", "month-first", ""]
"""What 03/04/2026 means. Empty: nobody said, so only dates that can mean one day are taken."""

_LOCAL = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?)?"
)


class RefusedRow(Exception):
    """Why a row can't be taken; without the row's own values, so that equal reasons can be counted."""


@dataclass(frozen=True, slots=True)
class Dates:
    """How this file's times are read. Those without a zone are meant in `zone`."""

    zone: ZoneInfo
    now: datetime
    order: Order = ""

    def iso(self, said: str, name: str) -> str:
        """A date in ISO form; what is in no form we know stays as it is and is refused by its reader.

        Raises:
            RefusedRow: it can mean two days.
        """
        match = _LOCAL.fullmatch(said.strip())
        if match is None:
            return said
        first, mark, second, year, hour, minute, second_of, half = match.groups()
        day, month = int(first), int(second)
        if self.order == "month-first" and mark != ".":
            day, month = month, day
        elif self.order != "day-first" and mark != "." and day != month:
            if day <= 12 and month <= 12:
                raise RefusedRow(
                    f"{name}: can mean two days; say --dates day-first or month-first, or write 2026-11-02"
                )
            if month > 12:
                day, month = month, day
        date = f"{year}-{month:02}-{day:02}"
        if hour is None:
            return date
        of_day = int(hour) % 12 + (12 if half.lower() == "p" else 0) if half else int(hour)
        return f"{date}T{of_day:02}:{minute}:{second_of or '00'}"

    def read(self, said: str, name: str, not_before: datetime) -> datetime:
        """An instant in UTC. A mere date on the day of `not_before` is that instant: it can't be before it.

        Raises:
            RefusedRow: no date, ambiguous, before 2000 or in the future.
        """
        form = Told({name: self.iso(said, name)})
        moment = form.moment(name, self.zone, self.now)
        if moment is None:
            raise RefusedRow(f"{name}: {form.mistakes[0].message}" if form.mistakes else f"{name}: no date")
        local = moment.astimezone(self.zone)
        if local.time() == time() and local.date() == not_before.astimezone(self.zone).date():
            return max(moment, not_before)
        return moment
