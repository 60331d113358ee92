"""Seven days of a station's hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.calendar import DayKind
from stations.hours import Hours, State
from stations.phrases.week import Way, reason_in_words, span_in_words, week
from stations.station import Closure

SHANGHAI = ZoneInfo("Asia/Shanghai")


def table(hours: Hours, monday: str, language="zh"):
    return {
        f"{day.weekday} {day.date:%m-%d}": (" ".join(span_in_words(span, language) for span in day.spans), day.note)
        for day in week(hours, date.fromisoformat(monday), language)
    }


def test_the_week_of_the_national_day():
    hours = Hours.parse("Mo-Fr 08:30-12:00,13:00-17:30; PH off", SHANGHAI)
    days = week(hours, date(2026, 10, 5), "zh")
    assert [day.kind for day in days] == [
        *[DayKind.PUBLIC_HOLIDAY] * 3,
        *[DayKind.ORDINARY] * 2,
        DayKind.MAKE_UP_WORKDAY,
        DayKind.ORDINARY,
    ]
    assert table(hours, "2026-10-05") == {
        "周一 10-05": ("", "国庆节"),
        "周二 10-06": ("", "国庆节"),
        "周三 10-07": ("", "国庆节"),
        "周四 10-08": ("08:30–12:00 13:00–17:30", ""),
        "周五 10-09": ("08:30–12:00 13:00–17:30", ""),
        "周六 10-10": ("08:30–12:00 13:00–17:30", "国庆节调休上班"),
        "周日 10-11": ("", ""),
    }
    assert table(hours, "2026-10-05", "en")["Saturday 10-10"][1] == "make-up workday for National Day"


def test_a_night_is_told_with_the_day_it_begins_on():
    hours = Hours.parse("08:00-20:00", SHANGHAI, self_service="22:00-06:00")
    days = table(hours, "2026-06-01")
    assert days["周一 06-01"][0] == "00:00–06:00 自助 08:00–20:00 22:00–次日06:00 自助"
    assert days["周二 06-02"][0] == days["周日 06-07"][0] == "08:00–20:00 22:00–次日06:00 自助"
    assert table(hours, "2026-06-01", "en")["Tuesday 06-02"][0] == "08:00–20:00 22:00–06:00 next day, self-service"


def test_staffed_hours_and_self_service_hours_are_told_apart():
    hours = Hours.parse("08:00-22:00", SHANGHAI, self_service="22:00-08:00")
    tuesday = week(hours, date(2026, 6, 1), "zh")[1]
    assert [(span.way, span.start, span.end, span.next_day) for span in tuesday.spans] == [
        (Way.OPEN, "08:00", "22:00", False),
        (Way.SELF_SERVICE, "22:00", "08:00", True),
    ]


def test_always_open_is_every_day_whole():
    assert {said for said, _ in table(Hours.parse("24/7", SHANGHAI), "2026-06-01").values()} == {"00:00–24:00"}


def test_closures_and_seasons_are_noted():
    closure = Closure(first=date(2026, 3, 3), last=date(2026, 3, 4), reason="装修")
    days = table(Hours.parse("08:00-18:00", SHANGHAI, season="Mar-Dec", closures=(closure,)), "2026-02-28")
    assert days["周六 02-28"] == ("", "春节调休上班；不在服务日期")
    assert days["周日 03-01"] == ("08:00–18:00", "")
    assert days["周二 03-03"] == ("", "装修")


def test_a_year_that_is_not_announced_is_noted_where_it_matters():
    days = table(Hours.parse("Fr 18:00-02:00; PH off", SHANGHAI), "2031-12-29")
    assert days["周五 01-02"] == ("18:00–次日02:00 不详", "2032年放假安排尚未公布")
    assert table(Hours.parse("08:00-18:00", SHANGHAI), "2031-12-29")["周五 01-02"] == ("08:00–18:00", "")


def test_hours_that_are_not_known_are_not_closed():
    assert set(table(Hours.parse("", SHANGHAI), "2026-06-01").values()) == {("00:00–24:00 不详", "开放时间不详")}


def test_the_end_of_time_is_not_known():
    assert len(week(Hours.parse("24/7", SHANGHAI), date(1899, 1, 2), "zh")) == 7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reason_of_staff_stays_as_it_is(language):
    assert reason_in_words("装修", language) == "装修"


SPAN = st.builds("{:02}:{:02}-{:02}:{:02}".format, *[st.integers(0, 23), st.sampled_from([0, 30])] * 2)
TEXTS = st.builds("{}{}{}".format, st.sampled_from(["", "Mo-Fr ", "Sa,PH "]), SPAN, st.sampled_from(["", "; PH off"]))


@given(TEXTS, st.one_of(st.just(""), SPAN), st.dates(date(2025, 12, 1), date(2027, 2, 1)))
def test_the_table_says_what_the_clock_says(text, self_service, monday):
    hours = Hours.parse(text, SHANGHAI, self_service=self_service)
    held: set[tuple[datetime, bool]] = set()
    for day in week(hours, monday, "zh"):
        for span in day.spans:
            minutes = [60 * int(clock[:2]) + int(clock[3:]) for clock in (span.start, span.end)]
            length = minutes[1] - minutes[0] + 1440 * span.next_day
            begin = datetime.combine(day.date, time(), SHANGHAI) + timedelta(minutes=minutes[0])
            held |= {(begin + timedelta(minutes=step), span.way is Way.UNKNOWN) for step in range(0, length, 30)}
    start = datetime.combine(monday, time(), SHANGHAI)
    for step in range(7 * 48):
        moment = start + timedelta(minutes=30 * step)
        state = hours.state_at(moment).state
        assert ((moment, False) in held) == (state is State.OPEN)
        assert ((moment, True) in held) == (state is State.UNKNOWN)
