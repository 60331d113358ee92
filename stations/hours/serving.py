"""Dates on which a station serves at all: whether a day is one, and which is the next.

The dates of a station are the season of its `Hours`, and the clock rule lays them over
its hours. Here they are asked alone, by the day: a station that is shut for its lunch
hour serves today, a stall of next month does not.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stations.hours.clock import EARLIEST, LATEST, Hours
from stations.hours.states import OUT_OF_SEASON, State, StateAt

LOOKS_AHEAD = (timedelta(days=40), timedelta(days=400), timedelta(days=8 * 366))
"""How far ahead the next date is looked for: mostly it is near, and past eight years nobody plans."""

KEPT = 4096
_NOON = time(12)


def serves_on(hours: Hours, day: date) -> bool:
    """Whether a day is one of the dates of a station; where that is not known it may be, and counts as one."""
    if not hours.season:
        return True
    return _dates_of(hours.season, hours.timezone).state_at(_noon(day, hours.timezone)).state is not State.CLOSED


def next_day(hours: Hours, day: date) -> date | None:
    """The first date from a day on, that day included, on which a station serves; None where there is none to come."""
    if serves_on(hours, day):
        return day
    dates = _dates_of(hours.season, hours.timezone)
    first = _noon(day, hours.timezone).timestamp()
    for ahead in LOOKS_AHEAD:
        last = min(first + ahead.total_seconds(), LATEST)
        if not EARLIEST <= first < last:
            return None
        for span in dates.together.spans(first, last):
            if span.said.state is not State.CLOSED:
                return datetime.fromtimestamp(span.start, hours.timezone).date()
    return None


def is_away(hours: Hours, found: StateAt) -> bool:
    """Whether a station is closed at a moment because it is none of its dates, and not merely shut."""
    return bool(hours.season) and found.state is State.CLOSED and found.reason == OUT_OF_SEASON


@lru_cache(maxsize=KEPT)
def _dates_of(season: str, timezone: ZoneInfo) -> Hours:
    """The dates alone, as hours that are open through each of them."""
    return Hours.parse(season, timezone)


def _noon(day: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(day, _NOON, timezone)
