"""On which days a station serves at all, and which is the next."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from stations.hours import Hours, State, is_away, next_day, serves_on

SHANGHAI = ZoneInfo("Asia/Shanghai")
STALL = "2027 Jan 28-2027 Feb 1"
DATES = st.sampled_from(
    ("Jun 1-Sep 30", "Dec-Feb", "Sa[1]", "Jan 15,Jul 15", STALL, "PH", "2028 Sa[-1]", "Jul Sa; Fr[-1]", "Feb 29")
)
SOON = st.dates(date(2026, 1, 1), date(2028, 6, 30))


def hours(dates, text="08:00-18:00", **more):
    return Hours.parse(text, SHANGHAI, season=dates, **more)


@given(DATES, SOON)
def test_the_next_day_is_the_first_that_serves(dates, day):
    rule = hours(dates)
    found = next_day(rule, day)
    each = (day + timedelta(days=step) for step in range(300))
    assert next((one for one in each if serves_on(rule, one)), None) == (
        found if found is not None and found < day + timedelta(days=300) else None
    )


@given(DATES, SOON)
def test_it_is_away_through_a_day_exactly_where_it_does_not_serve_on_it(dates, day):
    rule = hours(dates, "24/7")
    for hour in (0, 12, 23):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        said = rule.state_at(moment)
        assert is_away(rule, said) == (not serves_on(rule, day))
        assert said.state is not State.OPEN or serves_on(rule, day)


def test_a_stall_of_five_days_comes_and_goes():
    rule = hours(STALL)
    assert next_day(rule, date(2026, 11, 22)) == date(2027, 1, 28)
    assert [serves_on(rule, date(2027, 1, 27) + timedelta(days=step)) for step in range(7)] == [
        False, True, True, True, True, True, False,
    ]  # fmt: skip
    assert next_day(rule, date(2027, 2, 2)) is None


def test_years_ahead_are_found_and_what_is_past_has_no_next():
    assert next_day(hours("2033 May 1"), date(2026, 11, 22)) == date(2033, 5, 1)
    assert next_day(hours("2020"), date(2026, 11, 22)) is None
    assert next_day(hours("Feb 29"), date(2028, 3, 1)) == date(2032, 2, 29)


def test_a_station_without_dates_serves_on_every_day():
    assert serves_on(hours(""), date(2026, 1, 1))
    assert next_day(hours(""), date(2026, 1, 1)) == date(2026, 1, 1)


def test_holidays_that_are_not_announced_may_be_dates():
    assert serves_on(hours("PH"), date(2026, 10, 1))
    assert not serves_on(hours("PH"), date(2026, 11, 22))
    assert serves_on(hours("PH"), date(2039, 5, 7))


def test_closed_at_noon_on_a_day_of_its_own_is_not_away():
    rule = hours("Sa[1]", "08:00-11:00")
    noon = datetime(2026, 12, 5, 12, tzinfo=SHANGHAI)
    assert rule.state_at(noon).state is State.CLOSED
    assert not is_away(rule, rule.state_at(noon))
    assert is_away(rule, rule.state_at(noon + timedelta(days=1)))
