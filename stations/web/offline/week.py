"""The hours of the days to come, as spans that a phone can look up without knowing how hours are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stations.hours import HORIZON, Hours
from stations.hours.states import Said

Spans = tuple[tuple[int, Said], ...]
"""From which minute on what is said, by rising minute; the first is 0."""

DAYS = 8
"""Whole days: seven from any moment of the first."""


@dataclass(frozen=True, slots=True)
class Week:
    """The days that are kept, from the midnight that begins the first.

    Attributes
    ----------
    zone
        Whose midnight.
    first
        The date of the first day.
    """

    zone: ZoneInfo
    first: date

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo) -> Week:
        """The days that begin with the one of a moment."""
        return cls(zone, now.astimezone(zone).date())

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date on which a door may be said to change: on the last day one looks as far ahead as on any other."""
        return tuple(self.first + timedelta(days=number) for number in range(DAYS + HORIZON.days + 1))

    @property
    def midnight(self) -> float:
        """When the first day begins, seconds since 1970."""
        return self._begin(self.first)

    @property
    def end(self) -> float:
        """When the last day ends, seconds since 1970."""
        return self._begin(self.first + timedelta(days=DAYS))

    @property
    def minutes(self) -> int:
        """How many minutes are kept; where clocks change, not a multiple of 1440."""
        return round((self.end - self.midnight) / 60.0)

    def offsets(self) -> list[tuple[int, int]]:
        """What the clock on the wall is ahead of UTC, minutes, and from which minute of the week on."""
        found: list[tuple[int, int]] = []
        for minute in range(0, self.minutes + 1, 15):
            ahead = datetime.fromtimestamp(self.midnight + minute * 60.0, self.zone).utcoffset() or timedelta()
            if not found or found[-1][1] != round(ahead.total_seconds() / 60.0):
                found.append((minute, round(ahead.total_seconds() / 60.0)))
        return found

    def spans(self, rule: Hours) -> Spans:
        """What one rule says, and from which minute of the week on.

        Beyond the last day stands the next change of state, if it comes within the days for which the clock rule looks
        ahead, so that the last day too can say until when a door is open.
        """
        return _spans(self, rule)

    def _begin(self, day: date) -> float:
        return datetime.combine(day, time(), self.zone).timestamp()


@lru_cache(maxsize=4096)  # a millisecond each, ten about a holiday, and most edits of a list leave the hours alone
def _spans(week: Week, rule: Hours) -> Spans:
    begin, end = week.midnight, week.end
    spans: list[tuple[int, Said]] = []
    for span in rule.together.spans(begin, end + HORIZON.total_seconds()):
        if span.start >= end and span.said.state is spans[-1][1].state:
            continue
        spans.append((round((span.start - begin) / 60.0), span.said))
        if span.start >= end:
            break
    return tuple(spans)
