"""Who is served: the same as a search from every station alone, whatever hangs between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import LayerError, UnknownModeError
from geodata.matrix import Points, reach_matrix
from geodata.standing import Rows
from stations.errors import QuestionError
from stations.questions.coverage import CoverageQuery, serve
from stations.questions.coverage.nearby import at_points, nearby
from stations.questions.reach import circle, sites_on
from stations.station import Station
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

GRID = """
    a 0 0
    b 1200 0
    c 2400 0
    d 0 1200
    e 1200 1200
    f 2400 1200
    a-b-c highway=residential
    d-e-f highway=residential oneway=yes
    a-d highway=residential
    c-f highway=residential
"""

spots = st.lists(st.tuples(st.floats(-300, 2700), st.floats(-300, 1500)), max_size=6)
HOURS = ("", "24/7", "Mo-Su 08:00-10:00", "Mo-Su 10:00-20:00")


def stations_at(places: list[tuple[float, float]]) -> list[Station]:
    return [station(f"S{i}", east, north, hours=HOURS[i % 4]) for i, (east, north) in enumerate(places)]


@given(places=spots, mode=st.sampled_from(["walk", "ebike"]), minutes=st.sampled_from([3.0, 12.5, 15.0, 45.0]))
@settings(max_examples=20)
def test_every_point_has_what_single_searches_from_each_station_give(places, mode, minutes) -> None:
    atlas, snapshot = town_of(GRID), snapshot_of(stations_at(places))
    served = serve(CoverageQuery(mode=mode, minutes=minutes, at=MONDAY_NOON), snapshot, atlas)
    points = Points(atlas.network(mode), atlas.demand_on[mode])
    sites = sites_on(snapshot, atlas, mode)
    metres = np.full((len(places), len(points)), np.inf)
    for at in range(len(places)):
        alone = reach_matrix(points, sites[np.array([at])], served.limit_m)
        point, far = alone.row(0)
        metres[at, point] = far
    open_now = np.array([i % 4 in {1, 3} for i in range(len(places))], bool)
    unsure = np.array([i % 4 == 0 for i in range(len(places))], bool)
    assert served.counts.tolist() == open_now.tolist()
    assert served.perhaps.tolist() == unsure.tolist()
    assert np.array_equal(served.times, np.isfinite(metres[open_now]).sum(axis=0))
    assert np.array_equal(served.times_if, np.isfinite(metres[open_now | unsure]).sum(axis=0))
    assert np.array_equal(served.nearest_m, metres[open_now].min(axis=0, initial=np.inf).astype(np.float32))
    reached = np.flatnonzero(served.times)
    assert np.array_equal(metres[served.nearest_site[reached], reached].astype(np.float32), served.nearest_m[reached])
    assert (served.nearest_site[served.times == 0] == -1).all()
    assert (served.circle_times >= served.times).all()


def test_a_slower_walker_is_a_shorter_way() -> None:
    atlas, snapshot = town_of(GRID), snapshot_of(stations_at([(600.0, 0.0)]))
    slow = serve(CoverageQuery(minutes=15.0, speed_kmh=2.0), snapshot, atlas)
    short = serve(CoverageQuery(minutes=7.5), snapshot, atlas)
    assert slow.limit_m == pytest.approx(short.limit_m) == pytest.approx(500.0)
    assert np.array_equal(slow.times, short.times)
    assert slow.speed_ms == pytest.approx(short.speed_ms / 2)


@pytest.mark.parametrize("speed", [0.0, 0.5, 7.1, -4.0, float("nan"), float("inf")])
def test_a_speed_at_which_nobody_walks_is_refused(speed) -> None:
    with pytest.raises(QuestionError, match="from 1 to 7 km/h"):
        serve(CoverageQuery(speed_kmh=speed), snapshot_of([]), town_of(GRID))


def test_what_the_atlas_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownModeError):
        serve(CoverageQuery(mode="rocket"), snapshot_of([]), town_of(GRID))
    with pytest.raises(LayerError, match="street, area"):
        serve(CoverageQuery(weight="couriers"), snapshot_of([]), town_of(GRID))


def test_the_same_stations_serve_the_land_and_the_streets() -> None:
    snapshot = snapshot_of(stations_at([(600.0, 0.0)]))
    streets, land = (serve(CoverageQuery(weight=key), snapshot, town_of(GRID)) for key in ("street", "area"))
    assert streets.layer.demand.unit == "metres of street"
    assert land.layer.demand.unit == "square metres"
    assert 0 < land.weight[land.covered].sum() < land.total


def test_without_stations_nobody_is_served() -> None:
    served = serve(CoverageQuery(), snapshot_of([]), town_of(GRID))
    assert not served.times.any()
    assert not served.covered.any()
    assert np.isinf(served.nearest_m).all()
    assert served.codes == ()


def test_a_station_off_the_streets_serves_nobody_by_street_and_the_circle_claims_it() -> None:
    served = serve(CoverageQuery(), snapshot_of([station("A", 600, -700)]), town_of(GRID))
    assert served.counts.tolist() == [True]
    assert not served.times.any()
    assert served.circle_times.any()


def test_far_questions_are_answered_some_stations_at_a_time() -> None:
    """E-bikes reach 30 km in 100 minutes: beyond what is kept."""
    places = [(float(x), 0.0) for x in range(0, 2400, 120)]
    snapshot = snapshot_of(stations_at(places))
    far = serve(CoverageQuery(mode="ebike", minutes=100.0), snapshot, town_of(GRID))
    near = serve(CoverageQuery(mode="ebike", minutes=30.0), snapshot, town_of(GRID))
    assert len(list(far.pieces())) == 2
    assert len(list(near.pieces())) == 1
    for name in ("times", "nearest_m", "nearest_site", "circle_times"):
        assert np.array_equal(getattr(far, name), getattr(near, name)), name


@given(st.integers(0, 2**12 - 1), st.sampled_from([300.0, 1000.0, 1400.0]))
@settings(max_examples=12)
def test_a_part_of_the_points_has_what_the_whole_has(which, limit_m) -> None:
    snapshot = snapshot_of(stations_at([(100.0, 0.0), (900.0, 50.0), (1300.0, 1200.0)]))
    rows: Rows = circle(snapshot, town_of(GRID), "", limit_m)
    points = np.flatnonzero([which >> at % 12 & 1 for at in range(rows.reach.points)])
    chosen = np.array([True, False, True])
    whole = nearby([rows], chosen, limit_m, rows.reach.points)
    part = nearby([at_points(rows, points)], chosen, limit_m, points.size)
    assert np.array_equal(part.times, whole.times[points])
    assert np.array_equal(part.metres, whole.metres[points])
