"""The official calendar: every day of three years against the State Council's notices, and no guess past them."""

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.calendar import HOLIDAY_NAMES, DayKind, calendar_of, china

ORDINARY, HOLIDAY = DayKind.ORDINARY, DayKind.PUBLIC_HOLIDAY
WORKDAY, NOT_ANNOUNCED = DayKind.MAKE_UP_WORKDAY, DayKind.NOT_ANNOUNCED


def days_of(year):
    return [date(year, 1, 1) + timedelta(days=number) for number in range(366 if year % 4 == 0 else 365)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_the_official_notice(real_data, year):
    notice = json.loads((real_data / "calendar" / f"holiday-cn_{year}.json").read_text())
    official = {date.fromisoformat(day["date"]): HOLIDAY if day["isOffDay"] else WORKDAY for day in notice["days"]}
    assert {day: china().kind_of(day) for day in days_of(year)} == {
        day: official.get(day, ORDINARY) for day in days_of(year)
    }
    for day in notice["days"]:
        name = HOLIDAY_NAMES[china().name_of(date.fromisoformat(day["date"]))].zh
        # Two holidays that fall together are one break, and the file calls a workday before Labour Day 2024 by 春节.
        assert name in day["name"] or day["date"] == "2024-04-28"


def test_a_year_without_a_notice_is_not_announced(real_data):
    assert json.loads((real_data / "calendar" / "holiday-cn_2027.json").read_text())["days"] == []
    assert {china().kind_of(day) for day in days_of(2027)} == {NOT_ANNOUNCED}
    assert china().last_year == 2026


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(1, 1, 1), date(9999, 12, 31)])
def test_years_before_and_long_after_are_not_announced_either(day):
    assert china().kind_of(day) is NOT_ANNOUNCED
    assert china().name_of(day) == ""


def test_spring_festival_2026():
    calendar = calendar_of(ZoneInfo("Asia/Urumqi"))
    assert calendar.kind_of(date(2026, 2, 14)) is WORKDAY  # a Saturday
    assert calendar.kind_of(date(2026, 2, 15)) is HOLIDAY  # a Sunday
    assert calendar.kind_of(date(2026, 2, 24)) is ORDINARY
    assert calendar.name_of(date(2026, 2, 14)) == calendar.name_of(date(2026, 2, 17)) == "spring_festival"


def test_outside_mainland_china_every_day_is_ordinary():
    for zone in ("Asia/Hong_Kong", "Europe/Berlin", "UTC"):
        calendar = calendar_of(ZoneInfo(zone))
        assert not calendar.consulted
        assert calendar.kind_of(date(2026, 2, 17)) is calendar.kind_of(date(2027, 1, 1)) is ORDINARY
        assert calendar.all_ordinary(date(1900, 1, 1), date(2100, 1, 1))


def test_whether_a_stretch_is_all_ordinary():
    assert china().all_ordinary(date(2026, 3, 1), date(2026, 4, 3))
    assert not china().all_ordinary(date(2026, 3, 1), date(2026, 4, 4))
    assert not china().all_ordinary(date(2026, 2, 28), date(2026, 3, 1))
    assert china().all_ordinary(date(2026, 10, 11), date(2026, 12, 31))
    assert not china().all_ordinary(date(2026, 10, 11), date(2027, 1, 1))
    assert china().all_ordinary(date(2026, 2, 15), date(2026, 2, 27), but_holidays=True)
    assert not china().all_ordinary(date(2026, 2, 15), date(2026, 2, 28), but_holidays=True)
    days = [day for year in (2024, 2025, 2026) for day in days_of(year)]
    assert [china().all_ordinary(day, day) for day in days] == [china().kind_of(day) is ORDINARY for day in days]


def test_every_holiday_has_its_two_names():
    assert {*china().holidays.values(), *china().workdays.values()} <= {*HOLIDAY_NAMES}
