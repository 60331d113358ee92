"""How sure: the answer lies within every band, and the bands are what one would get by asking."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.questions.coverage import Band, CoverageQuery, Sureness, coverage, serve, sureness
from stations.station import Station
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 6500.0, 900.0)),
)


def sure(stations: list[Station], *more: tuple, **asked: object) -> Sureness:
    return sureness(serve(CoverageQuery(**asked), snapshot_of(stations), town_of(ROAD, (WEST, EAST, *more))))


def ends(band: Band | None) -> tuple[float, float]:
    """Low and high of a band that there is."""
    assert band is not None
    return band.low, band.high


def test_one_station_in_the_middle():
    """15 minutes are 1000 m at 4 km/h, 900 at 3.6 and 1250 at 5."""
    found = sure([station("A", 3000)])
    total = found.total
    assert (found.speeds_kmh, found.position_m, found.unsure) == ((3.6, 5.0), 50.0, 0)
    assert total.share == pytest.approx(2000 / 6000, abs=0.02)
    assert ends(total.speed) == pytest.approx((1800 / 6000, 2500 / 6000), abs=0.02)
    assert ends(total.position) == pytest.approx((1900 / 6000, 2100 / 6000), abs=0.02)
    assert ends(total.hours) == (total.share, total.share)
    assert ends(total.together) == pytest.approx((1700 / 6000, 2600 / 6000), abs=0.02)


def test_unknown_hours_are_closed_at_worst_and_open_at_best():
    found = sure([station("A", 1500, hours="24/7"), station("B", 4500)], at=MONDAY_NOON)
    west, east = found.rows
    assert found.unsure == 1
    assert ends(west.hours) == (west.share, west.share)
    assert ends(east.hours) == (pytest.approx(0.0, abs=0.01), pytest.approx(2 / 3, abs=0.04))


def test_e_bikes_have_speeds_of_their_own():
    found = sure([station("A", 0)], mode="ebike", minutes=5.0)
    assert found.speeds_kmh == (15.0, 20.0)
    total = found.total
    assert ends(total.speed) == pytest.approx((1250 / 6000, 5000 / 18000), abs=0.02)


def test_the_speed_that_was_asked_for_lies_within_the_band():
    assert sure([station("A", 3000)], speed_kmh=2.0).speeds_kmh == (2.0, 5.0)
    assert sure([station("A", 3000)], speed_kmh=6.0).speeds_kmh == (3.6, 6.0)


def test_a_township_without_demand_has_no_band():
    *_, empty = sure([station("A", 3000)], ("360681003", "空乡", (20_000.0, -900.0, 22_000.0, 900.0))).rows
    assert (empty.demand, empty.share, empty.speed, empty.together) == (0.0, None, None, None)


HOURS = ("24/7", "", "Mo-Su 20:00-22:00")


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(HOURS)), max_size=6),
    st.sampled_from(["walk", "ebike"]),
    st.sampled_from([1.0, 5.0, 15.0]),
)
@settings(max_examples=16)
def test_every_answer_lies_within_its_bands_and_the_widest_holds_the_others(places, mode, minutes):
    stations = [station(f"S{i}", 100.0 * x, hours=hours) for i, (x, hours) in enumerate(places)]
    asked = {"mode": mode, "minutes": minutes, "at": MONDAY_NOON}
    found, answered = (
        sure(stations, **asked),
        coverage(CoverageQuery(**asked), snapshot_of(stations), town_of(ROAD, (WEST, EAST))),
    )
    for row, told in zip((*found.rows, found.total), (*answered.rows, answered.total), strict=True):
        assert row.share == pytest.approx(told.share)
        least, most = ends(row.together)
        for low, high in map(ends, (row.speed, row.position, row.hours)):
            assert least - 1e-9 <= low - 1e-9 <= told.covered / told.demand <= high + 1e-9 <= most + 2e-9
        assert ends(row.hours)[1] == pytest.approx((told.covered + told.perhaps) / told.demand)
    for speed, share in zip(found.speeds_kmh, ends(found.total.speed), strict=True):
        alone = coverage(CoverageQuery(**asked, speed_kmh=speed), snapshot_of(stations), town_of(ROAD, (WEST, EAST)))
        assert share == pytest.approx(alone.total.share)
