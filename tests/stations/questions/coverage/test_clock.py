"""The clock: every hour of the week as if it were asked alone; the worst hour, a holiday, unknown hours as a band."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.calendar import Calendar
from stations.questions.coverage import Add, Close, CoverageQuery, coverage, serve, week
from stations.questions.coverage.clock import Week, holiday_for
from stations.station import Station
from tests.stations.questions.town import SHANGHAI, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 6500.0, 900.0)),
)
MONDAY = date(2026, 3, 2)


def clock(stations: list[Station], *, week_of: date = MONDAY, holidays: Calendar | None = None, **asked) -> Week:
    served = serve(CoverageQuery(**asked), snapshot_of(stations), town_of(ROAD, (WEST, EAST)))
    return week(served, week_of, holidays)


def test_the_hours_of_one_station_are_the_hours_of_the_clock() -> None:
    found = clock([station("A", 1500, hours="Mo-Fr 08:00-18:00")])
    assert found.monday == MONDAY
    for hour, share in enumerate(found.shares):
        day, of_day = divmod(hour, 24)
        assert share == pytest.approx(1 / 3 if day < 5 and 8 <= of_day < 18 else 0.0, abs=0.02), hour
    assert (found.worst, found.best) == (0, 8)
    assert found.moment(found.best) == (MONDAY, 8)
    assert found.moment(167) == (MONDAY + timedelta(days=6), 23)
    assert found.open_stations.sum() == 50


def test_any_day_of_the_week_gives_its_monday() -> None:
    stations = [station("A", 1500, hours="Mo 08:00-18:00")]
    for offset in range(7):
        found = clock(stations, week_of=MONDAY + timedelta(days=offset))
        assert found.monday == MONDAY
        assert found.shares[9] > 0


def test_unknown_hours_are_a_band_and_not_a_guess() -> None:
    found = clock([station("A", 1000, hours="24/7"), station("B", 5000)])
    assert found.shares == pytest.approx(np.full(168, 1 / 3), abs=0.02)
    assert found.shares_if == pytest.approx(np.full(168, 2 / 3), abs=0.03)
    assert found.unsure_stations.tolist() == [1] * 168
    assert found.township_shares[1] == pytest.approx(np.zeros(168), abs=0.02)
    assert found.township_shares_if[1] == pytest.approx(np.full(168, 2 / 3), abs=0.05)


def test_two_stations_cover_twice_while_both_are_open() -> None:
    found = clock([station("A", 2000, hours="Mo-Su 08:00-20:00"), station("B", 2000, hours="Mo-Su 19:00-22:00")])
    assert found.shares_twice[19] == pytest.approx(1 / 3, abs=0.02)
    assert found.shares_twice[[18, 20]].tolist() == [0.0, 0.0]


def test_a_holiday_is_asked_with_the_hours_of_a_holiday() -> None:
    """Tomb-Sweeping Day is on Sunday, 5 April 2026; the days off begin on Saturday."""
    found = clock([station("A", 1500, hours="Mo-Su 08:00-18:00; PH off"), station("B", 4500, hours="PH 10:00-12:00")])
    assert (found.holiday, found.holiday_name) == (date(2026, 4, 4), "tomb_sweeping_day")
    assert found.holiday_shares.size == 24
    assert found.holiday_shares[9] == 0.0
    assert found.holiday_shares[10] == pytest.approx(1 / 3, abs=0.02)
    assert found.holiday_township_shares[1, 11] == pytest.approx(2 / 3, abs=0.05)
    assert found.shares[9] == pytest.approx(1 / 3, abs=0.02)


def test_where_none_to_come_is_announced_the_last_holiday_is_asked_from_its_first_day() -> None:
    days = {date(2025, 10, 1): "national_day", date(2025, 10, 2): "national_day", date(2025, 5, 1): "labour_day"}
    found = clock([station("A", 1500, hours="24/7")], holidays=Calendar(holidays=days))
    assert found.monday == date(2026, 3, 2)
    assert (found.holiday, found.holiday_name) == (date(2025, 10, 1), "national_day")
    assert found.holiday_shares.size == 24
    assert holiday_for(Calendar(holidays=days), date(2025, 9, 29)) == date(2025, 10, 1), "one to come is before all"
    assert holiday_for(Calendar(holidays=days), date(2025, 10, 2)) == date(2025, 10, 2)
    assert holiday_for(Calendar(holidays=days), date(2027, 3, 1)) is None, "older than a year"


def test_where_no_holiday_is_announced_there_is_none() -> None:
    found = clock([station("A", 1500, hours="24/7")], holidays=Calendar())
    assert found.holiday is None
    assert found.holiday_name == ""
    assert found.holiday_shares.size == 0
    assert found.holiday_township_shares.shape == (2, 0)
    assert found.shares.size == 168


def test_amenities_and_changes_hold_through_the_week() -> None:
    stations = [station("A", 1500, hours="24/7", amenities={"toilet": "yes"}), station("B", 4500, hours="24/7")]
    toilet = {"amenities": frozenset({"toilet"})}
    assert clock(stations, **toilet).shares == pytest.approx(np.full(168, 1 / 3), abs=0.02)
    assert not clock(stations, **toilet, changes=(Close("A"),)).shares.any()
    added = clock(stations, changes=(Add(stations[0].position, hours="Sa 10:00-11:00"),))
    assert np.flatnonzero(added.shares_twice).tolist() == [5 * 24 + 10]


def test_the_moment_of_the_question_does_not_matter() -> None:
    stations = [station("A", 1500, hours="Mo-Fr 08:00-18:00"), station("B", 4500)]
    moment = datetime(2026, 3, 1, 3, tzinfo=SHANGHAI)
    assert np.array_equal(clock(stations, at=moment).shares, clock(stations).shares)


def test_without_stations_every_hour_is_dark() -> None:
    found = clock([])
    assert not found.shares.any()
    assert not found.shares_if.any()
    assert found.names == ("西街道", "东乡")


def test_a_township_without_demand_has_no_share() -> None:
    empty = ("360681003", "空乡", (20_000.0, -900.0, 22_000.0, 900.0))
    served = serve(CoverageQuery(), snapshot_of([station("A", 1500, hours="24/7")]), town_of(ROAD, (WEST, EAST, empty)))
    found = week(served, MONDAY)
    assert np.isnan(found.township_shares[2]).all()
    assert not np.isnan(found.shares).any()


# Rules of many sorts, so that the hours of the week are of more kinds than one word of 64 bits holds.
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MANY = [
    station(f"S{i:02}", 60.0 * i, hours=f"{DAYS[i % 7]} {i % 23:02}:00-{i % 23 + 1:02}:00" if i % 9 else "")
    for i in range(100)
]


def test_many_sorts_of_hours_take_more_than_one_word() -> None:
    assert len({one.hours for one in MANY}) > 64
    found = clock(MANY)
    assert [found.open_stations[hour] for hour in range(168)].count(1) > 64


@given(st.sets(st.integers(0, 99), max_size=40), st.integers(0, 167))
@settings(max_examples=40)
def test_each_hour_is_as_if_it_were_asked_alone(chosen, hour) -> None:
    stations, atlas = [MANY[i] for i in sorted(chosen)], town_of(ROAD, (WEST, EAST))
    found = clock(stations)
    moment = datetime(2026, 3, 2, tzinfo=SHANGHAI) + timedelta(hours=hour)
    alone = coverage(CoverageQuery(at=moment), snapshot_of(stations), atlas)
    total = alone.total
    assert found.shares[hour] == pytest.approx(total.covered / total.demand)
    assert found.shares_twice[hour] == pytest.approx(total.covered_twice / total.demand)
    assert found.shares_if[hour] == pytest.approx((total.covered + total.perhaps) / total.demand)
    assert found.unsure_stations[hour] == alone.unsure
    assert found.open_stations[hour] == total.stations
    for at, row in enumerate(alone.rows):
        assert found.township_shares[at, hour] == pytest.approx(row.share)
        assert found.township_shares_if[at, hour] == pytest.approx((row.covered + row.perhaps) / row.demand)
