"""On which dates a station serves: what staff write, the rule that is read from it, and how it is said again."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours import Hours, serves_on
from stations.phrases import dates_in_words, read_dates, yearly_span
from stations.phrases.clauses import Dates, Day, Days
from stations.phrases.occasions import Occasion, occasions_of, osm_of

SHANGHAI, TOKYO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Tokyo")

WRITTEN = [
    ("6月至9月、12月至次年2月", "Jun-Sep,Dec-Feb"),
    ("６月１日至９月３０日", "Jun 1-Sep 30"),
    ("每年6月1日-9月30日开放", "Jun 1-Sep 30"),
    ("06-01至09-30", "Jun 1-Sep 30"),
    ("6月1日至15日", "Jun 1-Jun 15"),
    ("2027年1月28日至2月1日", "2027 Jan 28-2027 Feb 1"),
    ("2027-01-28 to 2027-02-01", "2027 Jan 28-2027 Feb 1"),
    ("2027.1.28—2027.2.1", "2027 Jan 28-2027 Feb 1"),
    ("2026年12月20日至1月10日", "2026 Dec 20-2027 Jan 10"),
    ("2026年12月至次年2月", "2026 Dec 1-2027 Feb 28"),
    ("2027年1月28日、2月1日、5日", "2027 Jan 28,2027 Feb 1,2027 Feb 5"),
    ("每月第一个周六", "Sa[1]"),
    ("每个月的第一、三个星期六、星期日", "Sa[1,3],Su[1,3]"),
    ("每月最后一个周五", "Fr[-1]"),
    ("倒数第二个周五", "Fr[-2]"),
    ("6月至9月每月第一个周六", "Jun-Sep Sa[1]"),
    ("6月第一个周六", "Jun Sa[1]"),
    ("6月至9月、每月第一个周六", "Jun-Sep; Sa[1]"),
    ("7月、8月每周六", "Jul,Aug Sa"),
    ("周末和法定节假日", "Sa-Su,PH"),
    ("周五至周一", "Mo,Fr-Su"),
    ("9月至10月每月10日至11日", "Sep 10,Oct 10,Sep 11,Oct 11"),
    ("2027年", "2027"),
    ("first Saturday of each month", "Sa[1]"),
    ("The first and last Fridays of every month", "Fr[1,-1]"),
    ("28 January to 1 February 2027", "2027 Jan 28-2027 Feb 1"),
    ("June 1 - September 30", "Jun 1-Sep 30"),
    ("1 to 15 June", "Jun 1-Jun 15"),
    ("every Saturday in July and August", "Jul,Aug Sa"),
    ("the 15th of each month in March to May", "Mar 15,Apr 15,May 15"),
    ("Jun 01-Sep 30", "Jun 1-Sep 30"),
    ("week 01-10", "week01-10"),
    ("Jun-Sep; PH off", "Jun-Sep; PH closed"),
    ("全年", ""),
    ("all year", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "osm"), WRITTEN, ids=[text for text, _ in WRITTEN])
def test_what_is_written_is_read(text, osm):
    assert read_dates(text) == osm


def test_a_day_of_each_month_is_that_day_of_all_months_that_have_it():
    assert read_dates("每月31日") == "Jan 31,Mar 31,May 31,Jul 31,Aug 31,Oct 31,Dec 31"
    assert dates_in_words(read_dates("每月15日"), "zh") == "每月15日"
    assert dates_in_words(read_dates("11月至次年2月每月1日、15日"), "en") == (
        "the 1st and 15th of each month in November to February"
    )


REFUSED = [
    ("6月至9月，每月第一个周六", "每月第一个", "more than one thing"),
    ("1月28日、2027年3月5日", "1月28日、2027年3月5日", "more than one thing"),
    ("2月30日", "2月30日", "no days of the year"),
    ("2027年9月1日至2027年6月1日", "2027年9月1日至2027年6月1日", "no days of the year"),
    ("第六个周六", "第六个", "no days of the year"),
    ("6月1日至9月", "6月1日至9月", "no days of the year"),
    ("每月", "每月", "not understood"),
    ("每月初一", "初一", "not understood"),
    ("国庆期间", "国庆期间", "not understood"),
    ("6月至", "至", "not understood"),
    ("6.1-9.30", "6.1-9.30", "not understood"),
    ("每月第一个周六9:00-16:00", "9:00-16:00", "says more than dates"),
    ("Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00", "says more than dates"),
    ('Jun-Sep "ring"', 'Jun-Sep "ring"', "says more than dates"),
    ("Jun-Sep unknown", "Jun-Sep unknown", "says more than dates"),
    ("PH off", "PH off", "says more than dates"),
    ("、".join(f"每月{day}日" for day in range(1, 20)), None, "too long"),
    ("6月" * 600, None, "too long"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "why"), REFUSED, ids=[text[:20] for text, _, _ in REFUSED])
def test_what_is_not_dates_or_could_be_two_is_refused_with_its_words(text, words, why):
    with pytest.raises(HoursError, match=why) as fault:
        read_dates(text)
    if words is not None:
        assert fault.value.values["words"] == words


@given(st.text(alphabet="6月1日至、，；第一个周六每年2027-至 of JunSat.次最后[]0", max_size=24))
def test_any_text_is_read_or_refused(text):
    try:
        found = read_dates(text)
    except HoursError:
        return
    assert read_dates(found) == found


MONTHS = st.integers(1, 12)
DAYS = st.integers(1, 28)
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1, max_size=3)


@st.composite
def stretches(draw):
    """Dates of the same kind: of named years or of none, days or months."""
    year = draw(st.sampled_from((0, 0, 2026, 2027)))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()) or year:
            ends = (
                sorted((draw(MONTHS), draw(DAYS)) for _ in range(2))
                if year
                else [(draw(MONTHS), draw(DAYS)) for _ in "ab"]
            )
            found.append(Dates(*(Day(year, *end) for end in ends)))
        else:
            found.append(Dates(Day(0, draw(MONTHS), 0), Day(0, draw(MONTHS), 0)))
    return tuple(found)


@st.composite
def several_occasions(draw):
    found = []
    for _ in range(draw(st.integers(1, 3))):
        dates = draw(st.one_of(st.just(()), stretches()))
        kind = draw(st.sampled_from(("dates", "days", "counted", "monthly")))
        if kind == "dates":
            found.append(Occasion(dates or draw(stretches())))
        elif kind == "days":
            found.append(Occasion(dates, Days(draw(WEEKDAYS), draw(st.booleans()))))
        elif kind == "counted":
            nths = draw(st.sampled_from(((1,), (1, 3), (-1,), (2, -1), (5,))))
            found.append(Occasion(dates, Days(draw(WEEKDAYS)), nths))
        else:
            months = draw(
                st.sampled_from(((), (Dates(Day(0, 3, 0), Day(0, 10, 0)),), (Dates(Day(0, 11, 0), Day(0, 2, 0)),)))
            )
            found.append(
                Occasion(months, monthly=tuple(sorted(draw(st.sets(st.integers(1, 31), min_size=1, max_size=3)))))
            )
    return found


@given(several_occasions())
def test_what_is_said_of_dates_can_be_read_again_in_both_languages(several):
    osm = osm_of(several)
    assert occasions_of(osm) is not None
    assert read_dates(osm) == osm
    for language in ("zh", "en"):
        assert read_dates(dates_in_words(osm, language)) == osm


def holds(one, day):
    """By the calendar on the wall, whatever the library thinks."""
    stretch = not one.dates or any(_within(dates, day) for dates in one.dates)
    if one.monthly:
        return stretch and day.day in one.monthly
    if one.days is None:
        return stretch
    if day.weekday() not in one.days.weekdays:
        return False
    from_first = (day.day - 1) // 7 + 1
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    from_last = -((last.day - day.day) // 7 + 1)
    return stretch and (not one.nths or from_first in one.nths or from_last in one.nths)


def _within(dates, day):
    first, last = dates.first.first(), dates.last.last()
    if first.year:
        return (
            (first.year, first.month, first.day) <= (day.year, day.month, day.day) <= (last.year, last.month, last.day)
        )
    begin, end, here = (first.month, first.day), (last.month, last.day), (day.month, day.day)
    return begin <= here <= end if begin <= end else here >= begin or here <= end


@settings(max_examples=60)
@given(several_occasions(), st.dates(date(2025, 12, 1), date(2028, 3, 31)))
def test_the_clock_finds_the_days_that_were_meant(several, first):
    # A worked Saturday is no Saturday to the Chinese calendar, but it is the first of its month all the same.
    plain = any(one.days is not None and not one.nths for one in several)
    hours = Hours.parse("24/7", TOKYO if plain else SHANGHAI, season=osm_of(several))
    for step in range(40):
        day = first + timedelta(days=step)
        assert serves_on(hours, day) == any(holds(one, day) for one in several), (osm_of(several), day)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Jun 1-Sep 30", ("06-01", "09-30")),
        ("Dec 20-Feb 10", ("12-20", "02-10")),
        ("Jun-Sep", None),
        ("2027 Jun 1-2027 Sep 30", None),
        ("Jun 1-Sep 30 Sa", None),
        ("Sa[1]", None),
        ("week01-10", None),
        ("", None),
    ],
)
def test_one_stretch_of_every_year_is_a_season(text, span):
    assert yearly_span(text) == span
