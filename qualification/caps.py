"""How much of an action's points still counts after what came before it: caps of a day and of a lifetime."""

from __future__ import annotations

from datetime import UTC, date, datetime

from qualification.definition_parts import Action


class Allowance:
    """What is used up of the caps, for one lead.

    Activities must come in the order of time: then a day's cap goes to the same ones whatever the order in
    which they arrived. A day is a day in UTC, so that moving an office's zone changes no score.
    """

    def __init__(self) -> None:
        self._days: dict[tuple[str, date], int] = {}
        self._lives: dict[str, int] = {}

    def take(self, action: Action, at: datetime) -> int:
        """The points that this one brings, before decay; minus points are capped by their size."""
        if action.cap_day is None and action.cap_lifetime is None:
            return action.points
        size, day = abs(action.points), (action.name, at.astimezone(UTC).date())
        if action.cap_day is not None:
            size = min(size, action.cap_day - self._days.get(day, 0))
        if action.cap_lifetime is not None:
            size = min(size, action.cap_lifetime - self._lives.get(action.name, 0))
        self._days[day] = self._days.get(day, 0) + size
        self._lives[action.name] = self._lives.get(action.name, 0) + size
        return size if action.points > 0 else -size
