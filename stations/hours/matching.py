"""On which dates a rule holds: its weekdays and holidays against what a date officially is."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import cache
from typing import NamedTuple

import opening_hours

from stations.hours.days import Facts
from stations.hours.rules import WEEKDAYS, Part, read, read_parts

Library = opening_hours.OpeningHours

_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_SUN = re.compile("sun|dawn|dusk")
_DAY_MIN = 24 * 60


class Matcher(NamedTuple):
    """When a rule holds, but for its times.

    Attributes
    ----------
    weekdays
        Weekdays it names, 0 for Monday.
    numbered
        Those it counts in a month, ``Sa[1]``.
    offsets
        Days from a public holiday: 0 for ``PH``, -1 for ``PH -1 day``.
    school, within
        Whether it names school holidays, and needs both a holiday and a weekday.
    every
        Whether it names neither weekdays nor holidays.
    dates
        Its years, months, weeks and dates; None for all year.
    """

    weekdays: frozenset[int]
    numbered: tuple[Library, ...]
    offsets: frozenset[int]
    school: bool
    within: bool
    every: bool
    dates: Library | None

    @classmethod
    def of(cls, part: Part) -> Matcher:
        """Read the days and dates of a rule."""
        weekdays: frozenset[int] = frozenset()
        numbered: list[Library] = []
        offsets: set[int] = set()
        for day in part.days:
            if day.startswith("PH"):
                offsets.add(offset_of(day))
            elif "[" in day:
                numbered.append(read(day))
            elif not day.startswith("SH"):
                weekdays |= _range(day)
        dates = read_parts((Part(dates=part.dates),)) if part.dates else None
        return cls(
            weekdays,
            tuple(numbered),
            frozenset(offsets),
            part.names_school_holidays,
            part.within,
            not part.days,
            dates,
        )

    def takes(self, day: date, facts: Facts) -> bool:
        """Whether weekdays and holidays fit a date that is what the facts say."""
        if self.every:
            return True
        holiday = bool(self.offsets & facts.public) or (self.school and facts.school)
        if holiday is not self.within:
            return holiday
        # "Sa[1]" is a date, whatever is made of that Saturday.
        return facts.weekday in self.weekdays or any(_has(library, day) for library in self.numbered)

    def dated(self, day: date) -> bool:
        """Whether years, months, weeks and dates fit."""
        return self.dates is None or _has(self.dates, day)


def offset_of(day: str) -> int:
    """Days from the holiday itself: -1 for ``PH -1 days``, 0 for ``PH``."""
    return int(day.split()[1]) if " " in day else 0


def minutes_past_midnight(part: Part) -> int:
    """How far the times of a rule reach into the next day, in minutes; a whole day where the sun decides."""
    longest = 0
    for times in part.times:
        if _SUN.search(times):
            return _DAY_MIN
        if found := _SPAN.match(times):
            begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
            longest = max(longest, end if end <= begin else end - _DAY_MIN)
    return longest


@cache
def _range(day: str) -> frozenset[int]:
    """The weekdays of ``Fr-Mo`` or ``Fr``."""
    first, last = WEEKDAYS.index(day[:2]), WEEKDAYS.index(day[-2:])
    return frozenset(number % 7 for number in range(first, last + (7 if last < first else 0) + 1))


def _has(library: Library, day: date) -> bool:
    return library.is_open(datetime.combine(day, time(12)))
