"""Dated closures: shut from the first midnight to the last, with a reason, and open again by itself."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from stations.hours import CLOSED_FOR_NOW, OUT_OF_SEASON, Hours, State
from stations.station import Closure

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN, CLOSED, UNKNOWN = State.OPEN, State.CLOSED, State.UNKNOWN


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def asked(text, moment, *closures, **parts):
    found = Hours.parse(text, SHANGHAI, closures=closures, **parts).state_at(local(moment))
    return found.state, found.until and found.until.isoformat(" ", "minutes")[:16], found.reason


PAINTING = Closure(first=date(2025, 3, 4), last=date(2025, 3, 5), reason="粉刷")
STOCKTAKING = Closure(first=date(2025, 3, 5), last=date(2025, 3, 6))


def test_shut_through_both_days_and_open_again_by_itself():
    assert asked("24/7", "2025-03-03 23:59", PAINTING) == (OPEN, "2025-03-04 00:00", "")
    assert asked("24/7", "2025-03-04 00:00", PAINTING) == (CLOSED, "2025-03-06 00:00", "粉刷")
    assert asked("24/7", "2025-03-05 23:59", PAINTING) == (CLOSED, "2025-03-06 00:00", "粉刷")
    assert asked("24/7", "2025-03-06 00:00", PAINTING) == (OPEN, None, "")


def test_the_next_change_is_the_door_that_opens_not_the_closure_that_ends():
    assert asked("08:00-18:00", "2025-03-05 12:00", PAINTING)[1] == "2025-03-06 08:00"
    assert asked("08:00-18:00", "2025-03-03 20:00", PAINTING) == (CLOSED, "2025-03-06 08:00", "")


def test_a_closure_cuts_a_night_at_midnight():
    assert asked("22:00-06:00", "2025-03-03 23:00", PAINTING) == (OPEN, "2025-03-04 00:00", "")
    assert asked("22:00-06:00", "2025-03-06 01:00", PAINTING) == (OPEN, "2025-03-06 06:00", "")


def test_a_closure_without_a_reason_has_one_of_ours():
    assert asked("24/7", "2025-03-06 12:00", STOCKTAKING) == (CLOSED, "2025-03-07 00:00", CLOSED_FOR_NOW)


def test_closures_may_overlap_and_the_first_named_gives_the_reason():
    assert asked("24/7", "2025-03-05 12:00", PAINTING, STOCKTAKING) == (CLOSED, "2025-03-07 00:00", "粉刷")
    assert asked("24/7", "2025-03-05 12:00", STOCKTAKING, PAINTING)[2] == CLOSED_FOR_NOW


def test_a_closure_holds_whatever_else_is_said():
    assert asked("", "2025-03-04 12:00", PAINTING) == (CLOSED, "2025-03-06 00:00", "粉刷")
    assert asked("08:00-18:00", "2025-03-04 12:00", PAINTING, self_service="24/7")[0] is CLOSED
    assert asked("24/7", "2025-03-04 12:00", PAINTING, season="Jun 01-Sep 30") == (CLOSED, None, "粉刷")
    assert asked("24/7", "2025-03-06 12:00", PAINTING, season="Jun 01-Sep 30") == (CLOSED, None, OUT_OF_SEASON)


def test_a_long_closure_has_no_end_in_sight():
    assert asked("24/7", "2025-06-01 12:00", Closure(first=date(2025, 1, 1), last=date(2025, 12, 31)))[:2] == (
        CLOSED,
        None,
    )


def test_a_closure_is_in_the_days_of_the_station():
    berlin = ZoneInfo("Europe/Berlin")
    spring = Closure(first=date(2025, 3, 30), last=date(2025, 3, 30))
    hours = Hours.parse("24/7", berlin, closures=(spring,))
    found = hours.state_at(datetime(2025, 3, 30, 12, tzinfo=berlin))
    assert (found.state, found.until) == (CLOSED, datetime(2025, 3, 31, tzinfo=berlin))


def test_equal_only_with_the_same_closures():
    assert Hours.parse("24/7", SHANGHAI, closures=(PAINTING,)) == Hours.parse("24/7", SHANGHAI, closures=(PAINTING,))
    assert Hours.parse("24/7", SHANGHAI, closures=(PAINTING,)) != Hours.parse("24/7", SHANGHAI)


DAYS = st.dates(date(2025, 1, 1), date(2025, 2, 28))
CLOSURES = st.builds(lambda days: Closure(first=min(days), last=max(days)), st.tuples(DAYS, DAYS))


@given(st.lists(CLOSURES, max_size=4), st.datetimes(datetime(2025, 1, 1), datetime(2025, 2, 28)))  # noqa: DTZ001  local below
def test_closed_on_a_day_of_any_closure_and_as_usual_otherwise(closures, moment):
    usual = Hours.parse("Mo-Fr 08:00-12:00,22:00-03:00", SHANGHAI)
    closing = Hours.parse(usual.text, SHANGHAI, closures=tuple(closures))
    moment = moment.replace(tzinfo=SHANGHAI)
    shut = any(closure.first <= moment.date() <= closure.last for closure in closures)
    assert closing.state_at(moment).state is (CLOSED if shut else usual.state_at(moment).state)
