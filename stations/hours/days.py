"""What a date may be to a rule: which weekday it follows, and of which holidays it is one.

A public holiday keeps its weekday: a rule that does not name ``PH`` holds on it
as on any other. A make-up workday (调休) follows a weekday: the Saturday the
Friday before it, the Sunday the Monday after it, which matters where the five
weekdays differ. A date whose kind nobody knows may be several of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from stations.calendar import Calendar, DayKind

FRIDAY, MONDAY, SATURDAY, SUNDAY = 4, 0, 5, 6
ONE_DAY = timedelta(days=1)
MOST_DAYS = 6
"""Days that are matched together. With the one before them they are a week, in which each weekday occurs once."""


class Wants(NamedTuple):
    """What some rules ask of the calendar.

    Attributes
    ----------
    weekdays
        Whether they name a weekday.
    offsets
        Days from a public holiday on which they hold: 0 for ``PH``, -1 for ``PH -1 day``.
    school
        Whether they name school holidays.
    """

    weekdays: bool = False
    offsets: frozenset[int] = frozenset()
    school: bool = False

    @classmethod
    def of_all(cls, many: Iterable[Wants]) -> Wants:
        """What several rules ask for together."""
        wanted = [*many]
        return cls(
            any(wants.weekdays for wants in wanted),
            frozenset[int]().union(*(wants.offsets for wants in wanted)),
            any(wants.school for wants in wanted),
        )

    def mind(self, first: date, last: date, calendar: Calendar) -> bool:
        """Whether any date from the first to the last may be another than its ordinary weekday to these rules."""
        if not calendar.consulted or not (self.weekdays or self.offsets or self.school):
            return False
        if self.school:
            return True
        if not self.offsets:
            first, last = _announced(first, last, calendar)
            return first <= last and not calendar.all_ordinary(first, last, but_holidays=True)
        reach, back = max(0, *self.offsets), min(0, *self.offsets)
        return not calendar.all_ordinary(moved(first, -reach), moved(last, -back))


class Facts(NamedTuple):
    """What a date is.

    Attributes
    ----------
    weekday
        The weekday it follows, 0 for Monday.
    public
        Those of the wanted offsets at which a public holiday lies.
    school
        Whether it is in the school holidays.
    """

    weekday: int
    public: frozenset[int] = frozenset()
    school: bool = False


Pattern = tuple[Facts, ...]
"""What each of some successive dates is."""


class Stretch(NamedTuple):
    """Successive dates of one year, all ordinary to some rules or all such that they may not be."""

    begin: date
    length: int
    special: bool


# Thousands of rules ask for the same dates, one after another.
@lru_cache(maxsize=64)
def stretches(begin: date, end: date, wants: Wants, calendar: Calendar) -> tuple[Stretch, ...]:
    """Part dates, the last included, into ordinary ones and short stretches of others, or nights after others."""

    def special_on(day: date) -> bool:
        return wants.mind(moved(day, -1), day, calendar)

    found: list[Stretch] = []
    day = begin
    while day <= end:
        special = special_on(day)
        last = found[-1] if found else None
        if (
            last is not None
            and special is last.special
            and day.year == last.begin.year
            and not (special and last.length == MOST_DAYS)
        ):
            found[-1] = last._replace(length=last.length + 1)
        else:
            found.append(Stretch(day, 1, special))
        if day == date.max:
            break
        day += ONE_DAY
    return tuple(found)


@lru_cache(maxsize=256)
def patterns(days: tuple[date, ...], wants: Wants, calendar: Calendar, *, nights: bool) -> tuple[Pattern, ...]:
    """What some successive dates may be: every possibility of each date occurs, the ordinary ones first.

    With `nights`, where a date may reach into the next, every pair of
    possibilities of two neighbours occurs. No rule reaches further.
    """
    options = [possible(day, wants, calendar) for day in days]
    most = range(max(map(len, options)))
    return tuple(
        tuple(choice[(odd if place % 2 else even) % len(choice)] for place, choice in enumerate(options))
        for even, odd in (product(most, repeat=2) if nights else zip(most, most, strict=True))
    )


def possible(day: date, wants: Wants, calendar: Calendar) -> tuple[Facts, ...]:
    """What a date may be; what it is where the calendar is announced and no school holidays are asked for."""
    kind = calendar.kind_of(day)
    weekday, followed = day.weekday(), {SATURDAY: FRIDAY, SUNDAY: MONDAY}
    if kind is DayKind.MAKE_UP_WORKDAY:
        weekday = followed.get(weekday, weekday)
    publics = [frozenset[int]()]
    for offset in sorted(wants.offsets):
        there = calendar.kind_of(moved(day, -offset))
        with_it = [public | {offset} for public in publics]
        if there is DayKind.PUBLIC_HOLIDAY:
            publics = with_it
        elif there is DayKind.NOT_ANNOUNCED:
            publics += with_it
    found = [Facts(weekday, public) for public in publics]
    if kind is DayKind.NOT_ANNOUNCED and wants.offsets and weekday in followed:
        found += [Facts(followed[weekday], public) for public in publics if 0 not in public]
    if wants.school:
        found += [facts._replace(school=True) for facts in found]
    return tuple(found)


def _announced(first: date, last: date, calendar: Calendar) -> tuple[date, date]:
    """The announced part of a stretch of dates."""
    begin, end = date(calendar.first_year or 1, 1, 1), date(calendar.last_year or 9999, 12, 31)
    return max(first, begin), min(last, end)


def moved(day: date, days: int) -> date:
    """A date some days later; the same where that is past all dates."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
