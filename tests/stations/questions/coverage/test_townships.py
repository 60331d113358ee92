"""Who is covered: sums by township, twice, by circle, perhaps; and what more stations and streets must do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.atlas import Atlas
from geodata.errors import UnknownModeError
from geodata.matrix import Points, reach_matrix
from stations.questions.coverage import (
    Add,
    Close,
    CoverageAnswer,
    CoverageQuery,
    counted_stations,
    coverage,
    double15,
    reached_area,
    service_radius_m,
)
from stations.questions.reach import sites_on
from stations.station import Station
from tests.geodata.grids import at, small_modes
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

# A road of 6 km; West has its first 3000 m, East all but the last 1000 m, which lie outside both.
ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 5000.0, 900.0)),
)
# A lake in a bend: 700 m across, 2400 m by road.
BEND = """
    a 0 0
    b 0 850
    c 700 850
    d 700 0
    e 3000 0
    a-b-c-d-e highway=residential
"""


def road() -> Atlas:
    return town_of(ROAD, (WEST, EAST))


def ask(atlas: Atlas, stations: list[Station], **asked: object) -> CoverageAnswer:
    return coverage(CoverageQuery(**asked), snapshot_of(stations), atlas)


def test_a_station_covers_a_thousand_metres_of_the_road_on_either_side():
    answer = ask(road(), [station("A", 1500)])
    west, east, outside = answer.rows
    assert (west.code, west.name, west.stations) == ("360681001", "西街道", 1)
    assert west.demand == pytest.approx(3000, abs=60)
    assert west.covered == pytest.approx(2000, abs=110)
    assert (east.covered, east.stations) == (0.0, 0)
    assert east.demand == pytest.approx(2000, abs=60)
    assert (outside.code, outside.name) == ("", "")
    assert outside.demand == pytest.approx(1000, abs=60)
    assert (answer.unit, answer.revision, answer.digest) == ("metres of street", 7, road().digest)


def test_rows_add_up_to_the_total():
    answer = ask(road(), [station("A", 1500), station("B", 2900), station("C", 5900), station("D", 5800)])
    for figure in ("demand", "covered", "covered_twice", "perhaps", "circle", "uncovered", "stations"):
        assert sum(getattr(row, figure) for row in answer.rows) == pytest.approx(getattr(answer.total, figure))
    assert answer.total.demand == pytest.approx(6000, abs=1)
    for row in (*answer.rows, answer.total):
        assert row.covered + row.uncovered == pytest.approx(row.demand)
        assert row.covered_twice <= row.covered
        assert row.share == pytest.approx(row.covered / row.demand)
    assert [row.stations for row in answer.rows] == [2, 0, 2]


def test_where_two_stations_reach_it_is_covered_twice():
    """1000 to 3000 is reached by the one, 1500 to 3500 by the other: 1500 m by both."""
    answer = ask(road(), [station("A", 2000), station("B", 2500)])
    assert answer.total.covered == pytest.approx(2500, abs=210)
    assert answer.total.covered_twice == pytest.approx(1500, abs=210)


def test_two_stations_at_one_door_cover_twice():
    total = ask(road(), [station("A", 2000), station("B", 2000)]).total
    assert total.covered == total.covered_twice > 0


def test_a_circle_claims_the_far_shore_that_no_street_reaches():
    """From the west end of the bend its east end is 700 m away, and 2400 by road."""
    total = ask(town_of(BEND), [station("A", 0, 0)]).total
    assert total.covered == pytest.approx(1000, abs=110)
    assert total.circle > total.covered + 800


def test_more_minutes_cover_more_and_riders_get_farther():
    stations = [station("A", 3000)]
    few, more = ask(road(), stations, minutes=5.0), ask(road(), stations, minutes=25.0)
    assert few.total.covered == pytest.approx(2 * 1000 / 3, abs=110)
    assert more.total.covered == pytest.approx(2 * 5000 / 3, abs=110)
    assert ask(road(), stations, mode="ebike").total.covered == pytest.approx(6000, abs=1)


def test_a_station_closed_at_the_moment_does_not_count_and_one_of_unknown_hours_perhaps():
    stations = [
        station("A", 1000, hours="Mo-Su 08:00-18:00"),
        station("B", 4000, hours="Mo-Su 20:00-22:00"),
        station("C", 5500),
    ]
    whenever = ask(road(), stations)
    assert (whenever.unsure, whenever.total.perhaps, whenever.total.stations) == (0, 0.0, 3)
    noon = ask(road(), stations, at=MONDAY_NOON)
    assert (noon.unsure, noon.total.stations) == (1, 1)
    assert noon.total.covered == pytest.approx(2000, abs=110)
    assert noon.total.perhaps == pytest.approx(1500, abs=110)
    evening = ask(road(), stations, at=MONDAY_NOON + timedelta(hours=9))
    assert evening.total.covered == pytest.approx(2000, abs=110)
    assert evening.rows[0].covered == pytest.approx(0, abs=110)


def test_perhaps_holds_only_what_is_not_covered_already():
    stations = [station("A", 2000, hours="24/7"), station("B", 2000)]
    answer = ask(road(), stations, at=MONDAY_NOON)
    assert (answer.unsure, answer.total.perhaps) == (1, 0.0)
    assert answer.total.covered_twice == 0.0


def test_only_stations_with_the_amenities_count():
    stations = [
        station("A", 1000, amenities={"toilet": "yes", "microwave": "yes"}),
        station("B", 3000, amenities={"toilet": "nearby"}),
        station("C", 5000, amenities={"toilet": "no"}),
        station("D", 5500),
    ]
    assert ask(road(), stations, amenities=frozenset({"toilet"})).total.stations == 2
    both = ask(road(), stations, amenities=frozenset({"toilet", "microwave"}))
    assert both.total.stations == 1
    assert both.total.covered == pytest.approx(2000, abs=110)
    nobody = ask(road(), stations, amenities=frozenset({"fridge"}))
    assert (nobody.total.stations, nobody.total.covered) == (0, 0.0)
    surely, perhaps = counted_stations(CoverageQuery(amenities=frozenset({"toilet"})), snapshot_of(stations))
    assert (surely.tolist(), perhaps.tolist()) == ([0, 1], [])


def test_planned_and_retired_stations_cover_nobody():
    answer = ask(road(), [station("A", 1000, status="planned"), station("B", 3000, status="retired")])
    assert (answer.total.covered, answer.total.circle, answer.total.stations) == (0.0, 0.0, 0)


def test_without_stations_all_is_one_gap_or_more():
    answer = ask(road(), [])
    assert answer.total.uncovered == pytest.approx(answer.total.demand)
    assert sum(gap.demand for gap in answer.gaps) == pytest.approx(answer.total.demand)
    assert all(gap.nearest is None and gap.seconds is None for gap in answer.gaps)


def test_one_area_when_no_townships_were_given():
    (row,) = ask(town_of(ROAD), [station("A", 1500)]).rows
    assert row.demand == pytest.approx(6000, abs=1)


def test_an_unknown_mode_is_refused():
    with pytest.raises(UnknownModeError):
        ask(road(), [station("A", 1500)], mode="rocket")


def test_the_drawn_bands_are_those_of_the_figures():
    query, snapshot = (
        CoverageQuery(minutes=15.0),
        snapshot_of([station("A", 2000), station("B", 5000, status="planned")]),
    )
    areas = reached_area(query, snapshot, road())
    assert list(areas) == [5.0, 10.0, 15.0]
    near, middle, far = areas.values()
    for place, within in (((2200, 0), near), ((2600, 0), middle), ((2900, 0), far)):
        assert shapely.contains_xy(within, at(*place).lon, at(*place).lat)
    assert not shapely.contains_xy(near, at(2400, 0).lon, at(2400, 0).lat)
    assert not shapely.contains_xy(far, at(3200, 0).lon, at(3200, 0).lat)
    assert not shapely.contains_xy(far, at(5000, 0).lon, at(5000, 0).lat)
    assert service_radius_m(query, road()) == pytest.approx(1000.0)


def test_a_supposed_station_and_a_slower_walk_are_drawn():
    query = CoverageQuery(minutes=15.0, speed_kmh=2.0, changes=(Close("A"), Add(at(5000, 0))))
    (*_, far) = reached_area(query, snapshot_of([station("A", 2000)]), road()).values()
    assert shapely.contains_xy(far, at(5400, 0).lon, at(5400, 0).lat)
    for beyond in (2000, 4400, 5600):
        assert not shapely.contains_xy(far, at(beyond, 0).lon, at(beyond, 0).lat)
    assert service_radius_m(query, road()) == pytest.approx(500.0)


@pytest.mark.parametrize(
    ("minutes", "bands"),
    [
        (3.0, (3.0,)),
        (5.0, (5.0,)),
        (12.5, (5.0, 10.0, 12.5)),
        (15.0, (5.0, 10.0, 15.0)),
        (30.0, (5.0, 10.0, 15.0, 20.0, 30.0)),
        (45.0, (5.0, 10.0, 15.0, 20.0, 30.0, 45.0)),
    ],
)
def test_the_bands_end_with_the_minutes_asked_for(minutes, bands):
    """Every minute is 67 m to either side."""
    answer = ask(road(), [station("A", 3000)], minutes=minutes)
    assert answer.bands == bands
    assert answer.total.bands[-1] == pytest.approx(answer.total.covered)
    assert answer.total.bands == pytest.approx([min(2 * band * 66.667, 6000) for band in bands], abs=110)
    for at_, band in enumerate(bands):
        alone = ask(road(), [station("A", 3000)], minutes=band)
        for row, told in zip((*answer.rows, answer.total), (*alone.rows, alone.total), strict=True):
            assert row.bands[at_] == pytest.approx(told.covered)


def test_the_circle_is_told_twice_too_and_beside_the_street():
    """Two stations at one end of the bend claim its other end twice, which no street gives them."""
    total = ask(town_of(BEND), [station("A", 0, 0), station("B", 0, 0)]).total
    assert total.circle_twice == total.circle > total.covered
    assert total.only_circle == pytest.approx(total.circle - total.covered)
    assert total.circle_share == total.circle / total.demand
    assert total.overlap == total.covered_twice / total.demand


def test_a_township_without_demand_has_a_row_and_no_share():
    empty = ("360681003", "空乡", (20_000.0, -900.0, 22_000.0, 900.0))
    *_, row, _outside = ask(town_of(ROAD, (WEST, EAST, empty)), [station("A", 1500)]).rows
    assert (row.name, row.demand, row.covered, row.share, row.overlap) == ("空乡", 0.0, 0.0, None, None)
    assert row.bands == (0.0, 0.0, 0.0)


def test_the_answer_names_the_demand_it_sums():
    streets, land = ask(road(), [station("A", 1500)]), ask(road(), [station("A", 1500)], weight="area")
    assert (streets.layer, land.layer, land.unit) == ("street", "area", "square metres")
    assert streets.layer_digest == road().layer("street").digest != land.layer_digest
    boxes = [(box[2] - box[0]) * (box[3] - box[1]) for _, _, box in (WEST, EAST)]
    assert [row.demand for row in land.rows if row.name] == pytest.approx(boxes, rel=0.01)
    # On either side of the road as far as 500 m, and the farther off the less along it.
    assert land.total.covered == pytest.approx(4 * (1000 * 500 - 500**2 / 2), rel=0.04)


def test_the_double_15_report_has_a_row_for_every_township():
    report = double15(snapshot_of([station("A", 1500, hours="Mo 08:00-09:00")]), road())
    assert [(row.name, row.stations) for row in report.rows] == [("西街道", 1), ("东乡", 0), ("", 0)]
    assert report.rows[0].street == pytest.approx(2000, abs=110)
    for figure in ("demand", "circle", "circle_twice", "street", "street_twice"):
        assert sum(getattr(row, figure) for row in report.rows) == pytest.approx(getattr(report.total, figure))


def test_the_kilometre_stays_one_where_people_walk_at_another_speed():
    brisk = {key: replace(mode, speed_kmh=6.0) for key, mode in small_modes().items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.stations.questions.town.small_modes", lambda: brisk)
        atlas = town_of(ROAD + "\n")
    total = double15(snapshot_of([station("A", 3000)]), atlas).total
    assert total.circle == pytest.approx(2000, abs=110)
    assert total.street == pytest.approx(3000, abs=110)


# What must always hold

GRID = """
    a 0 0
    b 1200 0
    c 2400 0
    d 0 1200
    e 1200 1200
    f 2400 1200
    g 0 2400
    h 1200 2400
    i 2400 2400
    a-b-c highway=residential
    d-e-f highway=residential oneway=yes
    g-h-i highway=residential
    a-d-g highway=residential
    c-f-i highway=residential
"""
MORE_STREETS = GRID + "b-e-h highway=residential"

places = st.lists(st.tuples(st.floats(-300, 2700), st.floats(-300, 2700)), max_size=5)
modes = st.sampled_from(["walk", "ebike"])
asked_minutes = st.sampled_from([3.0, 8.0, 15.0])


def stations_at(spots: list[tuple[float, float]], prefix: str = "S") -> list[Station]:
    return [station(f"{prefix}{i}", east, north) for i, (east, north) in enumerate(spots)]


@given(one=places, other=places, mode=modes, minutes=asked_minutes)
@settings(max_examples=24)
def test_a_union_covers_at_least_what_each_covers(one, other, mode, minutes):
    atlas = town_of(GRID)
    a, b = stations_at(one, "A"), stations_at(other, "B")
    asked = {"mode": mode, "minutes": minutes}
    alone, beside, together = (ask(atlas, group, **asked).total for group in (a, b, a + b))
    for figure in ("covered", "covered_twice", "circle"):
        assert getattr(together, figure) >= max(getattr(alone, figure), getattr(beside, figure)) - 1e-6
    assert together.covered <= alone.covered + beside.covered + 1e-6
    assert together.covered_twice >= alone.covered + beside.covered - together.covered - 1e-6


@given(spots=places, mode=modes, minutes=asked_minutes)
@settings(max_examples=24)
def test_the_circle_claims_at_least_what_the_streets_give(spots, mode, minutes):
    atlas = town_of(GRID)
    total = ask(atlas, stations_at(spots), mode=mode, minutes=minutes).total
    assert total.circle >= total.covered - 1e-6


@given(spots=places, minutes=asked_minutes)
@settings(max_examples=16)
def test_more_streets_never_lower_the_coverage_of_what_was_there(spots, minutes):
    """Every demand point of the smaller town, asked in the larger, is as near as it was or nearer."""
    small, large = town_of(GRID), town_of(MORE_STREETS)
    snapshot = snapshot_of(stations_at(spots))
    limit_m = minutes * 60 * 4 / 3.6

    def covered(atlas: Atlas) -> np.ndarray:
        network, sites = atlas.network("walk"), sites_on(snapshot, small, "walk")
        lon, lat = small.streets.points_on(np.maximum(sites.edge, 0), sites.offset_m)
        on = network.snap_many(lon, lat)
        there = sites.edge >= 0
        points = network.snap_many(small.demand.lon, small.demand.lat)
        reach = reach_matrix(Points(network, points), on[there], limit_m + (0.5 if atlas is large else 0.0))
        return np.diff(reach.start) > 0

    assert not (covered(small) & ~covered(large)).any()


@given(spots=places, mode=modes, minutes=asked_minutes)
@settings(max_examples=16)
def test_gaps_hold_no_more_than_what_is_uncovered(spots, mode, minutes):
    answer = ask(town_of(GRID), stations_at(spots), mode=mode, minutes=minutes)
    assert sum(gap.demand for gap in answer.gaps) <= answer.total.uncovered + 1e-6
    assert [gap.demand for gap in answer.gaps] == sorted((gap.demand for gap in answer.gaps), reverse=True)
