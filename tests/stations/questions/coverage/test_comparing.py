"""Comparing: gains and losses point by point, between moments, modes and plans."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import QuestionError
from stations.questions.coverage import Add, Close, Comparison, CoverageQuery, Move, compare, serve
from stations.station import Station
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 6500.0, 900.0)),
)


def between(stations: list[Station], before: dict, after: dict) -> Comparison:
    atlas, snapshot = town_of(ROAD, (WEST, EAST)), snapshot_of(stations)
    return compare(serve(CoverageQuery(**before), snapshot, atlas), serve(CoverageQuery(**after), snapshot, atlas))


def test_a_station_that_moves_gains_and_loses() -> None:
    """From 500 to 2500 m to 1000 to 3000 m."""
    found = between([station("A", 1500)], {}, {"changes": (Move("A", at(2000, 0)),)})
    west, east = found.rows
    assert (west.gained, west.lost) == pytest.approx((500, 500), abs=110)
    assert (east.gained, east.lost) == (pytest.approx(0, abs=60), 0.0)
    assert west.difference == pytest.approx(west.gained - west.lost)
    assert (found.begun, found.ended, found.moved) == ((), (), ("A",))


def test_a_station_more_gains_where_nobody_was_served() -> None:
    found = between([station("A", 1500)], {}, {"changes": (Add(at(4500, 0)),)})
    assert found.total.gained == pytest.approx(2000, abs=110)
    assert found.total.lost == 0.0
    assert found.rows[0].difference == 0.0
    assert found.rows[1].share_after == pytest.approx(2 / 3, abs=0.05)
    assert (found.begun, found.ended) == (("+1",), ())


def test_two_moments_differ_by_the_stations_that_open_and_close() -> None:
    stations = [station("A", 1500, hours="Mo-Su 08:00-18:00"), station("B", 4500, hours="Mo-Su 20:00-23:00")]
    found = between(stations, {"at": MONDAY_NOON}, {"at": MONDAY_NOON + timedelta(hours=10)})
    assert (found.begun, found.ended) == (("B",), ("A",))
    assert (found.total.gained, found.total.lost) == pytest.approx((2000, 2000), abs=110)


def test_two_modes_and_two_plans_of_minutes() -> None:
    stations = [station("A", 3000)]
    assert between(stations, {}, {"mode": "ebike"}).total.gained == pytest.approx(4000, abs=110)
    shorter = between(stations, {}, {"minutes": 5.0}).total
    assert (shorter.gained, shorter.lost) == pytest.approx((0, 2000 * 2 / 3), abs=110)


def test_two_revisions_of_the_registry() -> None:
    atlas = town_of(ROAD, (WEST, EAST))
    old, new = snapshot_of([station("A", 1500)], 7), snapshot_of([station("A", 1500), station("B", 1500)], 9)
    found = compare(serve(CoverageQuery(), old, atlas), serve(CoverageQuery(), new, atlas))
    assert (found.total.difference, found.begun) == (0.0, ("B",))
    assert found.total.twice_before == 0.0
    assert found.total.twice_after == pytest.approx(2000, abs=110)


def test_what_cannot_be_held_against_each_other_is_refused() -> None:
    with pytest.raises(QuestionError, match="metres of street and square metres"):
        between([], {"weight": "street"}, {"weight": "area"})
    here = serve(CoverageQuery(), snapshot_of([]), town_of(ROAD, (WEST, EAST)))
    there = serve(CoverageQuery(), snapshot_of([]), town_of("a 0 0\nb 900 0\na-b highway=residential"))
    with pytest.raises(QuestionError, match="different ground"):
        compare(here, there)


east = st.lists(st.integers(0, 60), max_size=4)


@given(east, east)
@settings(max_examples=16)
def test_gains_less_losses_are_the_difference_everywhere(one, other) -> None:
    stations = [station(f"A{i}", 100.0 * x) for i, x in enumerate(one)]
    changes = (*(Close(f"A{i}") for i in range(len(one))), *(Add(at(100.0 * x, 0)) for x in other))
    found = between(stations, {}, {"changes": changes})
    for row in (*found.rows, found.total):
        assert row.gained - row.lost == pytest.approx(row.after - row.before, abs=1e-6)
        assert 0.0 <= row.gained <= row.after
        assert 0.0 <= row.lost <= row.before
    for figure in ("demand", "before", "after", "gained", "lost", "twice_before", "twice_after"):
        assert sum(getattr(row, figure) for row in found.rows) == pytest.approx(getattr(found.total, figure))
    back = compare(
        serve(CoverageQuery(changes=changes), snapshot_of(stations), town_of(ROAD, (WEST, EAST))),
        serve(CoverageQuery(), snapshot_of(stations), town_of(ROAD, (WEST, EAST))),
    )
    assert (back.total.gained, back.total.lost) == (found.total.lost, found.total.gained)
