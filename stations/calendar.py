"""What kind of day a date officially is in China: ordinary, public holiday or make-up workday (调休).

The dates are the State Council's yearly notices, as chinesecalendar carries them.
A notice for a year comes out in the November before it, and the days of a year
without one are not announced: they are never guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

MAINLAND_ZONES = frozenset(
    f"Asia/{city}" for city in ("Shanghai", "Urumqi", "Chongqing", "Chungking", "Harbin", "Kashgar")
) | {"PRC"}
"""Time zones of the tz database in which the calendar holds."""


class DayKind(StrEnum):
    """What a date officially is."""

    ORDINARY = "ordinary"
    PUBLIC_HOLIDAY = "public_holiday"
    MAKE_UP_WORKDAY = "make_up_workday"
    NOT_ANNOUNCED = "not_announced"


@dataclass(frozen=True, slots=True)
class HolidayName:
    """What a holiday is called."""

    zh: str
    en: str


HOLIDAY_NAMES: Mapping[str, HolidayName] = MappingProxyType(
    {
        "new_years_day": HolidayName("元旦", "New Year's Day"),
        "spring_festival": HolidayName("春节", "Spring Festival"),
        "tomb_sweeping_day": HolidayName("清明节", "Tomb-Sweeping Day"),
        "labour_day": HolidayName("劳动节", "Labour Day"),
        "dragon_boat_festival": HolidayName("端午节", "Dragon Boat Festival"),
        "mid_autumn_festival": HolidayName("中秋节", "Mid-Autumn Festival"),
        "national_day": HolidayName("国庆节", "National Day"),
        "anti_fascist_70th_day": HolidayName("抗战胜利70周年纪念日", "70th Victory Day"),
    }
)
"""Names by the key that `Calendar.name_of` gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The official kind of every date. Made by `calendar_of`.

    Attributes
    ----------
    holidays, workdays
        Key of the holiday by date: the statutory days off, weekends among them
        included, and the make-up workdays.
    first_year, last_year
        Years that are announced, both included; None of both where no calendar
        is consulted and every day is ordinary.
    """

    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: Mapping[date, str] = field(default_factory=dict)
    first_year: int | None = None
    last_year: int | None = None
    _special: tuple[date, ...] = ()
    _workdays: tuple[date, ...] = ()

    @property
    def consulted(self) -> bool:
        """Whether there is an official calendar at all."""
        return self.last_year is not None

    def kind_of(self, day: date) -> DayKind:
        """What a date officially is."""
        if day in self.holidays:
            return DayKind.PUBLIC_HOLIDAY
        if day in self.workdays:
            return DayKind.MAKE_UP_WORKDAY
        return DayKind.ORDINARY if self.announced(day) else DayKind.NOT_ANNOUNCED

    def name_of(self, day: date) -> str:
        """Key in `HOLIDAY_NAMES` of the holiday that a date is, or makes up for; empty for neither."""
        return self.holidays.get(day) or self.workdays.get(day, "")

    def announced(self, day: date) -> bool:
        """Whether the kind of a date is known; true everywhere where no calendar is consulted."""
        if self.first_year is None or self.last_year is None:
            return True
        return self.first_year <= day.year <= self.last_year

    def all_ordinary(self, first: date, last: date, *, but_holidays: bool = False) -> bool:
        """Whether every date from the first to the last, both included, is an ordinary one, or perhaps a holiday."""
        if not (self.announced(first) and self.announced(last)):
            return False
        days = self._workdays if but_holidays else self._special
        found = bisect_left(days, first)
        return found == len(days) or days[found] > last


def calendar_of(timezone: ZoneInfo) -> Calendar:
    """Official calendar of a time zone: China's in mainland China, and elsewhere one of ordinary days only."""
    return china() if timezone.key in MAINLAND_ZONES else _NO_CALENDAR


@cache
def china() -> Calendar:
    """Official calendar of mainland China."""
    import chinese_calendar  # here, as what never asks for a day need not load it

    keys = {holiday.value: holiday.name for holiday in chinese_calendar.Holiday}
    holidays = {day: keys[name] for day, name in chinese_calendar.holidays.items()}
    workdays = {day: keys[name] for day, name in chinese_calendar.workdays.items()}
    special = tuple(sorted({*holidays, *workdays}))
    return Calendar(
        MappingProxyType(holidays),
        MappingProxyType(workdays),
        special[0].year,
        special[-1].year,
        special,
        tuple(sorted(workdays)),
    )


_NO_CALENDAR = Calendar()
