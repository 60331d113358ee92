"""Seats for people: the two steps as published, by hand, and what is not known said and not guessed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from stations.questions.coverage import CoverageQuery, Floating, floating, serve
from stations.questions.coverage.floating import two_steps
from stations.station import Station
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 6500.0, 900.0)),
)


def seats_of(stations: list[Station], **asked: object) -> Floating:
    return floating(serve(CoverageQuery(**asked), snapshot_of(stations), town_of(ROAD, (WEST, EAST))))


def test_the_published_case_of_four_places_and_six_services():
    """E. Grüebler, R package fca, test of spai_2sfca: populations 1 to 4, capacities 1 to 6, all in reach of all."""
    load, access = two_steps(csr_array(np.ones((4, 6))), np.arange(1.0, 5.0), np.arange(1.0, 7.0))
    assert load == pytest.approx(np.full(6, 10.0))
    assert access == pytest.approx(np.full(4, 2.1))


def test_a_case_by_hand_with_zones():
    """Station 1, ten seats: 100 people near and 100 in its outer zone; station 2, four seats: the last 100 near."""
    pairs = csr_array(np.array([[1.0, 0.0], [0.22, 1.0]]))
    load, access = two_steps(pairs, np.array([100.0, 100.0]), np.array([10.0, 4.0]))
    assert load == pytest.approx([122.0, 100.0])
    assert access == pytest.approx([10 / 122, 0.22 * 10 / 122 + 4 / 100])


def test_the_seats_of_a_road_fall_to_those_within_reach():
    found = seats_of([station("A", 1500, seats=30), station("B", 4500, seats=12)])
    assert (found.seats, found.known, found.unknown, found.idle) == (42, 2, (), 0)
    assert found.zones == pytest.approx((5.0, 10.0, 15.0))
    west, east = found.rows
    assert west.seats == pytest.approx(30, abs=0.5)
    assert east.seats == pytest.approx(12, abs=0.5)
    assert west.per_thousand == pytest.approx(10.0, abs=0.3)
    assert found.total.seats == pytest.approx(42)
    assert found.total.per_thousand == pytest.approx(7.0, abs=0.1)
    assert found.unit == "metres of street"


def test_what_is_near_gets_more_than_what_is_far():
    """A third of the way is 333 m: beside the station, behind it and at the end people count 1, 0.68 and 0.22."""
    thirds = tuple(
        (f"36068100{i}", name, (3000.0 + 333.3 * i, -900.0, 3333.3 + 333.3 * i, 900.0))
        for i, name in enumerate(("近", "中", "远"))
    )
    found = floating(serve(CoverageQuery(), snapshot_of([station("A", 3000, seats=19)]), town_of(ROAD, thirds)))
    near, middle, far, outside = (row.seats / row.demand for row in found.rows)
    assert (middle / near, far / near) == pytest.approx((0.68, 0.22), abs=0.09)
    assert outside > 0.0
    assert found.total.seats == pytest.approx(19)


def test_seats_that_are_not_known_are_said_and_not_guessed():
    found = seats_of([station("A", 1500, seats=30), station("B", 4500), station("C", 4600, seats=0)])
    assert (found.known, found.unknown, found.seats) == (2, ("B",), 30)
    assert found.rows[1].per_thousand == 0.0
    nothing = seats_of([station("B", 4500)])
    assert (nothing.known, nothing.total.per_thousand) == (0, None)
    assert [row.per_thousand for row in nothing.rows] == [None, None]


def test_seats_that_nobody_reaches_are_idle():
    found = seats_of([station("A", 1500, seats=30), station("B", 3000, 700, seats=8)])
    assert (found.seats, found.idle) == (38, 8)
    assert found.total.seats == pytest.approx(30)


def test_only_stations_that_count_have_seats():
    stations = [station("A", 1500, seats=30, hours="24/7"), station("B", 1500, seats=8, hours="Mo-Su 20:00-22:00")]
    assert seats_of(stations, at=MONDAY_NOON).seats == 30


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=6), st.sampled_from([6.0, 15.0, 40.0]))
@settings(max_examples=30)
def test_no_seat_is_lost_and_none_is_found(places, minutes):
    stations = [station(f"S{i}", 100.0 * x, seats=seats) for i, (x, seats) in enumerate(places)]
    found = seats_of(stations, minutes=minutes)
    assert found.total.seats == pytest.approx(found.seats - found.idle)
    assert sum(row.seats for row in found.rows) == pytest.approx(found.total.seats)
