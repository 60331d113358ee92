"""Hours under the official calendar: facts from the notices for 2024 to 2026, and what nobody can know yet."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.calendar import DayKind, china
from stations.hours import NOT_ANNOUNCED, SCHOOL_HOLIDAYS, Hours, State

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN, CLOSED, UNKNOWN = State.OPEN, State.CLOSED, State.UNKNOWN
WEEKDAYS = "Mo-Fr 08:00-18:00"
OFFICE = "Mo-Fr 08:00-18:00; PH off"
SHOP = "Mo-Fr 08:00-18:00; Sa,Su 09:00-12:00; PH 10:00-16:00"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def asked(text: str, moment: str, **parts: str):
    found = Hours.parse(text, SHANGHAI, **parts).state_at(local(moment))
    return found.state, found.until and found.until.isoformat(" ", "minutes")[:16]


# Spring Festival 2026: off from Sunday 15 to Monday 23 February; Saturdays 14 and 28 are workdays.
FACTS = [
    # A make-up workday follows the weekdays.
    (WEEKDAYS, "2026-02-14 10:00", OPEN, "2026-02-14 18:00"),
    (OFFICE, "2026-02-14 10:00", OPEN, "2026-02-14 18:00"),
    (SHOP, "2026-02-14 15:00", OPEN, "2026-02-14 18:00"),
    ("Sa,Su 09:00-12:00", "2026-02-14 10:00", CLOSED, "2026-02-15 09:00"),
    ("Mo-Th 08:00-18:00; Fr 08:00-17:00", "2026-02-14 17:30", CLOSED, "2026-02-16 08:00"),
    ("Mo 08:00-12:00; Tu-Fr 08:00-18:00", "2026-01-04 15:00", CLOSED, "2026-01-05 08:00"),  # a Sunday, as a Monday
    ("Mo-Fr 22:00-06:00", "2026-02-15 03:00", OPEN, "2026-02-15 06:00"),
    ("Mo-Fr 22:00-06:00; Sa,Su off", "2026-02-15 03:00", OPEN, "2026-02-15 06:00"),
    # The evening before is a Friday's, and lasts into the Saturday that is a workday.
    ("Mo-Fr 22:00-04:00; Sa 10:00-12:00", "2026-02-14 02:00", OPEN, "2026-02-14 04:00"),
    ("Mo-Fr 22:00-04:00; Sa 10:00-12:00", "2026-02-14 11:00", CLOSED, "2026-02-14 22:00"),
    # A public holiday.
    (OFFICE, "2026-02-17 10:00", CLOSED, "2026-02-24 08:00"),
    (OFFICE, "2026-02-13 19:00", CLOSED, "2026-02-14 08:00"),
    (OFFICE, "2026-02-24 10:00", OPEN, "2026-02-24 18:00"),
    (WEEKDAYS, "2026-02-17 10:00", OPEN, "2026-02-17 18:00"),
    (SHOP, "2026-02-17 09:00", CLOSED, "2026-02-17 10:00"),
    (SHOP, "2026-02-17 10:00", OPEN, "2026-02-17 16:00"),
    (SHOP, "2026-02-15 09:30", CLOSED, "2026-02-15 10:00"),  # a Sunday of the break
    ("PH 10:00-16:00", "2026-02-22 12:00", OPEN, "2026-02-22 16:00"),
    ("PH 10:00-16:00", "2026-02-24 12:00", CLOSED, None),
    ("Mo-Sa,PH 10:00-16:00", "2026-02-15 12:00", OPEN, "2026-02-15 16:00"),
    ("24/7; PH off", "2026-02-23 12:00", CLOSED, "2026-02-24 00:00"),
    ('24/7; PH off "春节"', "2026-02-14 12:00", OPEN, "2026-02-15 00:00"),
    # The night that began before the holiday lasts to its end, and that of the holiday never begins.
    ("22:00-06:00; PH off", "2026-02-15 03:00", OPEN, "2026-02-15 06:00"),
    ("22:00-06:00; PH off", "2026-02-16 03:00", CLOSED, None),
    ("22:00-06:00; PH off", "2026-02-24 03:00", CLOSED, "2026-02-24 22:00"),
    # Days around a holiday, holidays on weekdays, and what adds to or falls back on another rule.
    ("08:00-18:00; PH -1 day 08:00-12:00", "2025-12-31 13:00", CLOSED, "2026-01-01 08:00"),
    ("PH +1 day 08:00-12:00", "2026-02-24 09:00", OPEN, "2026-02-24 12:00"),
    ("Mo-Su 08:00-18:00; PH Mo-Fr off", "2026-02-16 09:00", CLOSED, "2026-02-21 08:00"),
    ("Mo-Su 08:00-18:00; PH Mo-Fr off", "2026-03-02 09:00", OPEN, "2026-03-02 18:00"),
    ("Mo-Fr 08:00-12:00, PH 14:00-16:00", "2026-02-17 11:00", OPEN, "2026-02-17 12:00"),
    ("Mo-Fr 08:00-12:00, PH 14:00-16:00", "2026-02-17 15:00", OPEN, "2026-02-17 16:00"),
    ("Mo-Fr 08:00-18:00; PH off || PH 10:00-16:00", "2026-02-17 15:00", OPEN, "2026-02-17 16:00"),
    ('Mo-Fr 08:00-18:00; PH off || "打电话"', "2026-02-17 15:00", UNKNOWN, "2026-02-24 08:00"),
    ("Mo-Fr 08:00+; PH 10:00+", "2026-02-17 09:00", CLOSED, "2026-02-17 10:00"),
    # A date that is named wins where the grammar says so.
    ("Mo-Fr 08:00-18:00; 2026 Feb 14 off", "2026-02-14 10:00", CLOSED, "2026-02-16 08:00"),
    ("Mo-Fr 08:00-18:00; PH off; 2026 Feb 17 09:00-10:00", "2026-02-17 09:30", OPEN, "2026-02-17 10:00"),
    ("Mo-Fr 08:00-18:00; PH off; Feb 10:00-11:00", "2026-02-17 10:30", OPEN, "2026-02-17 11:00"),
    ("Sa[2] 08:00-10:00", "2026-02-14 09:00", OPEN, "2026-02-14 10:00"),
    # Months and weeks of a rule hold on a holiday as on any day.
    ("Jun-Aug PH 10:00-12:00", "2026-02-17 11:00", CLOSED, None),
    ("Jun-Aug PH 10:00-12:00", "2026-06-19 11:00", OPEN, "2026-06-19 12:00"),
]


@pytest.mark.parametrize(("text", "moment", "state", "until"), FACTS)
def test_holidays_and_workdays_as_announced(text, moment, state, until):
    assert asked(text, moment) == (state, until)


NOBODY_KNOWS = NOT_ANNOUNCED.format(year=2027)


@pytest.mark.parametrize(
    ("text", "moment", "state", "reason"),
    [
        (OFFICE, "2027-02-08 10:00", UNKNOWN, NOBODY_KNOWS),  # a Monday
        (OFFICE, "2027-02-08 03:00", CLOSED, ""),
        (OFFICE, "2027-02-13 10:00", UNKNOWN, NOBODY_KNOWS),  # a Saturday may become a workday
        (OFFICE, "2027-02-13 19:00", CLOSED, ""),
        (OFFICE, "2026-12-31 10:00", OPEN, ""),
        (SHOP, "2027-02-08 11:00", OPEN, ""),  # open either way
        (SHOP, "2027-02-08 17:00", UNKNOWN, NOBODY_KNOWS),
        (SHOP, "2027-02-14 11:00", OPEN, ""),  # a Sunday, a workday or a holiday
        (WEEKDAYS, "2027-02-08 10:00", OPEN, ""),
        (WEEKDAYS, "2027-02-13 10:00", CLOSED, ""),
        ("24/7", "2027-02-08 10:00", OPEN, ""),
        ("PH 10:00-16:00", "2027-02-08 12:00", UNKNOWN, NOBODY_KNOWS),
        ("PH 10:00-16:00", "2003-02-03 12:00", UNKNOWN, NOT_ANNOUNCED.format(year=2003)),
        ("22:00-06:00; PH off", "2027-01-01 03:00", OPEN, ""),  # the night of a day that is known
        ("22:00-06:00; PH off", "2027-01-02 03:00", UNKNOWN, NOBODY_KNOWS),
        # Open after two ordinary days and in the second of two holidays, closed on the day after one.
        ("22:00-06:00; PH 00:00-06:00", "2027-02-08 03:00", UNKNOWN, NOBODY_KNOWS),
        ("PH -1 day off; Mo-Fr,PH 08:00-18:00", "2026-12-30 09:00", OPEN, ""),
        ("Mo-Fr 08:00-18:00; PH -1 day off", "2026-12-31 09:00", UNKNOWN, NOBODY_KNOWS),
        ("Mo-Fr 08:00-18:00; PH off || PH 10:00-16:00", "2027-02-08 12:00", OPEN, ""),
        ("Mo-Fr 08:00-18:00; PH off; 2027 Feb 08 09:00-10:00", "2027-02-08 09:30", OPEN, ""),
    ],
)
def test_a_year_that_is_not_announced_is_unknown_only_where_it_matters(text, moment, state, reason):
    found = Hours.parse(text, SHANGHAI).state_at(local(moment))
    assert (found.state, found.reason) == (state, reason)


def test_staffed_and_self_service_hours_are_weighed_together():
    by_day = {"text": OFFICE, "self_service": "PH 00:00-24:00"}
    assert asked(**by_day, moment="2027-02-08 10:00")[0] is OPEN  # by staff, or else by oneself
    assert asked(**by_day, moment="2027-02-08 20:00")[0] is UNKNOWN
    assert asked(OFFICE, "2027-02-08 10:00", self_service="24/7") == (OPEN, None)
    assert asked(OFFICE, "2027-02-08 10:00", season="Jun-Aug") == (CLOSED, None)


@pytest.mark.parametrize(
    ("text", "moment", "state", "reason"),
    [
        ("Mo-Fr 08:00-18:00; SH off", "2026-03-02 10:00", UNKNOWN, SCHOOL_HOLIDAYS),
        ("Mo-Fr 08:00-18:00; SH off", "2026-03-02 19:00", CLOSED, ""),
        ("Mo-Fr 08:00-18:00; SH 10:00-12:00", "2026-03-02 11:00", OPEN, ""),
        ("SH Mo-Fr 08:00-18:00", "2026-03-02 10:00", UNKNOWN, SCHOOL_HOLIDAYS),
        ("SH Mo-Fr 08:00-18:00", "2026-03-01 10:00", CLOSED, ""),
        ("Mo-Fr 08:00-18:00; SH,PH off", "2026-02-17 10:00", CLOSED, ""),
        ("Mo-Fr 08:00-18:00; SH,PH off", "2027-03-02 10:00", UNKNOWN, NOBODY_KNOWS),
        ("Mo-Fr 08:00-18:00; SH off", "2027-03-02 10:00", UNKNOWN, SCHOOL_HOLIDAYS),
    ],
)
def test_school_holidays_have_no_official_list(text, moment, state, reason):
    found = Hours.parse(text, SHANGHAI).state_at(local(moment))
    assert (found.state, found.reason) == (state, reason)


def test_outside_mainland_china_holidays_are_not_consulted():
    berlin = ZoneInfo("Europe/Berlin")
    for text, state in ((OFFICE, OPEN), ("PH 08:00-18:00", CLOSED), ("SH Mo-Fr 08:00-18:00", CLOSED)):
        for moment in (datetime(2026, 2, 17, 10, tzinfo=berlin), datetime(2027, 2, 16, 10, tzinfo=berlin)):
            assert Hours.parse(text, berlin).state_at(moment).state is state
    assert Hours.parse(WEEKDAYS, berlin).state_at(datetime(2026, 2, 14, 10, tzinfo=berlin)).state is CLOSED


def test_an_unknown_day_ends_with_the_next_thing_that_is_known():
    assert asked(OFFICE, "2027-02-08 10:00") == (UNKNOWN, "2027-02-08 18:00")
    assert asked(OFFICE, "2026-12-31 19:00") == (CLOSED, "2027-01-01 08:00")


HOURS_OF_DAY = st.integers(0, 22).flatmap(lambda begin: st.tuples(st.just(begin), st.integers(begin + 1, 24)))


@given(
    HOURS_OF_DAY, HOURS_OF_DAY, HOURS_OF_DAY, st.booleans(), st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.data()
)
def test_each_kind_of_day_has_its_own_hours(weekday, weekend, holiday, separately, day, data):
    spans = [f"{begin:02}:00-{end:02}:00" for begin, end in (weekday, weekend, holiday)]
    text = "Mo-Fr {}; Sa,Su {}; PH {}".format(*spans) if separately else "Mo-Fr {0}; Sa,Su,PH {2}".format(*spans)
    if not separately:
        weekend = holiday
    kind = china().kind_of(day)
    if kind is DayKind.PUBLIC_HOLIDAY:
        begin, end = holiday
    elif kind is DayKind.MAKE_UP_WORKDAY or day.weekday() < 5:
        begin, end = weekday
    else:
        begin, end = weekend
    hour = data.draw(st.integers(0, 23))
    found = Hours.parse(text, SHANGHAI).state_at(datetime(day.year, day.month, day.day, hour, 30, tzinfo=SHANGHAI))
    assert found.state is (OPEN if begin <= hour < end else CLOSED)


@given(st.dates(date(2024, 1, 2), date(2026, 12, 30)), st.integers(0, 47))
def test_a_night_belongs_to_the_day_it_began_on(day, half_hour):
    hours = Hours.parse("Mo-Fr 20:00-03:00; Sa,Su 22:00-05:00; PH off", SHANGHAI)

    def evening(of):
        kind = china().kind_of(of)
        if kind is DayKind.PUBLIC_HOLIDAY:
            return None
        return (20, 27) if kind is DayKind.MAKE_UP_WORKDAY or of.weekday() < 5 else (22, 29)

    hour = half_hour / 2
    tonight, last_night = evening(day), evening(day - timedelta(days=1))
    is_open = (tonight and tonight[0] <= hour) or (last_night and hour + 24 < last_night[1])
    moment = datetime(day.year, day.month, day.day, half_hour // 2, half_hour % 2 * 30, tzinfo=SHANGHAI)
    assert hours.state_at(moment).state is (OPEN if is_open else CLOSED)
