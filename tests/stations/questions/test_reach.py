"""The reach matrix: what is kept, how far it goes, and that it says what single searches say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import distances_m
from geodata.snapping import Snap
from geodata.travel import metres_between
from stations.questions.reach import (
    SITES_AT_ONCE,
    Rows,
    circle,
    circle_pieces,
    reach,
    reach_pieces,
    sites_on,
    station_table,
)
from tests.stations.questions.town import snapshot_of, station, town_of

TOWN = """
    a 0 0
    b 1500 0
    c 1500 900
    d 0 900
    e 4000 0
    a-b highway=residential oneway=yes
    b-c-d-a highway=residential
    b-e highway=tertiary
    a-c highway=footway
"""
STATIONS = [
    station("A", 300, 10),
    station("B", 1510, 400),
    station("C", 2500, 3000),
    station("P", 700, status="planned"),
    station("Z", 3900, -20),
]


def limit_of(atlas, mode, minutes) -> float:
    return minutes * 60.0 * atlas.modes[mode].metres_per_second


def as_table(pieces, stations) -> np.ndarray:
    """The whole matrix, stations by points, infinite where it says nothing."""
    table = np.empty((stations, 0))
    for rows in pieces:
        matrix = rows.reach
        if not table.size:
            table = np.full((stations, matrix.points), math.inf)
        point, site = matrix.point(), rows.site[matrix.site]
        assert all(
            metres.tolist() == sorted(metres.tolist()) for metres in np.split(matrix.metres, matrix.start[1:-1])
        ), "nearest first"
        there = site >= 0
        pairs = list(zip(site[there].tolist(), point[there].tolist(), strict=True))
        assert len(set(pairs)) == len(pairs), "each pair once"
        assert np.isinf(table[site[there], point[there]]).all(), "each pair once"
        table[site[there], point[there]] = matrix.metres[there]
    return table


def table_of(snapshot, atlas, mode, minutes) -> np.ndarray:
    pieces = reach_pieces(snapshot, atlas, mode, "", limit_of(atlas, mode, minutes))
    return as_table(pieces, snapshot.active_rows.size)


def kept(snapshot, atlas, mode, minutes) -> Rows:
    return reach(snapshot, atlas, mode, "", limit_of(atlas, mode, minutes))


def snap_at(snaps, i) -> Snap:
    return Snap(int(snaps.edge[i]), float(snaps.offset_m[i]), float(snaps.off_m[i]))


@pytest.mark.parametrize("minutes", [15.0, 119.0])
@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_every_entry_is_what_a_search_from_its_point_finds(mode, minutes) -> None:
    atlas, snapshot = town_of(TOWN), snapshot_of(STATIONS)
    network, sites, points = atlas.network(mode), sites_on(snapshot, atlas, mode), atlas.demand_on[mode]
    limit_m = limit_of(atlas, mode, minutes)
    table = table_of(snapshot, atlas, mode, minutes)
    table[table > limit_m] = math.inf
    for point in range(0, len(points), 3):
        if points.edge[point] < 0:
            assert np.isinf(table[:, point]).all()
            continue
        alone = metres_between(network, snap_at(points, point), sites)
        alone[alone > limit_m] = math.inf
        assert table[:, point] == pytest.approx(alone, abs=0.01)
    assert np.isfinite(table).any()


def test_straight_metres_are_those_of_the_great_circle() -> None:
    atlas, snapshot = town_of(TOWN), snapshot_of(STATIONS)
    rows = snapshot.active_rows
    for limit_m in (1000.0, 20_000.0):
        table = as_table(circle_pieces(snapshot, atlas, "", limit_m), rows.size)
        for place, row in enumerate(rows.tolist()):
            lon, lat = np.full(len(table[0]), snapshot.lon[row]), np.full(len(table[0]), snapshot.lat[row])
            straight = distances_m(lon, lat, atlas.demand.lon, atlas.demand.lat)
            near = straight <= limit_m
            assert table[place][near] == pytest.approx(straight[near], abs=0.006)
    assert circle(snapshot, atlas, "", 900.0) is circle(snapshot, atlas, "", 1000.0)


def test_only_active_stations_are_sites_and_those_far_off_meet_no_street() -> None:
    atlas, snapshot = town_of(TOWN), snapshot_of(STATIONS)
    assert (sites_on(snapshot, atlas, "walk").edge >= 0).tolist() == [True, True, False, True]
    rows = kept(snapshot, atlas, "walk", 15.0)
    assert (rows.slot >= 0).tolist() == [True, True, False, True]
    assert rows.by_slot(np.array([1, 2, 3, 4])).tolist() == [1, 2, 0, 4]


def test_a_matrix_is_kept_for_the_positions_and_not_for_the_revision() -> None:
    atlas = town_of(TOWN + "\n")
    first = kept(snapshot_of(STATIONS, revision=1), atlas, "walk", 15.0)
    renamed = [station("A", 300, 10, seats=4), *STATIONS[1:]]
    assert kept(snapshot_of(renamed, revision=2), atlas, "walk", 15.0) is first
    assert kept(snapshot_of(STATIONS, revision=3), atlas, "walk", 10.0) is first
    moved = [station("A", 320, 10), *STATIONS[1:]]
    assert kept(snapshot_of(moved, revision=2), atlas, "walk", 15.0) is not first
    assert kept(snapshot_of(STATIONS), atlas, "walk", 21.0).reach is not first.reach


@pytest.mark.parametrize("minutes", [1.0, 15.0, 20.5, 119.0, 240.0])
def test_a_matrix_reaches_at_least_the_minutes_asked(minutes) -> None:
    """Z stands near the east end; the farthest west is some 3.9 km away, 58 minutes on foot."""
    table = table_of(snapshot_of(STATIONS), town_of(TOWN), "walk", minutes)
    farthest = table[3][np.isfinite(table[3])].max()
    assert farthest >= min(minutes * 60 * 4 / 3.6, 3700.0) - 150.0


def test_a_matrix_beyond_the_horizon_comes_in_pieces_and_is_not_kept() -> None:
    atlas = town_of(TOWN)
    many = snapshot_of([station(f"S{number:02d}", 50 + 100 * number) for number in range(20)])
    limit_m = limit_of(atlas, "walk", 119.0)
    pieces = list(reach_pieces(many, atlas, "walk", "", limit_m))
    assert [rows.reach.slots for rows in pieces] == [SITES_AT_ONCE, 4]
    assert [int((rows.slot >= 0).sum()) for rows in pieces] == [SITES_AT_ONCE, 4]
    whole = as_table([reach(many, atlas, "walk", "", limit_m)], 20)
    assert np.array_equal(as_table(pieces, 20), whole)


def test_a_table_reaches_at_least_the_horizon_of_the_mode() -> None:
    atlas = town_of(TOWN)
    assert station_table(snapshot_of(STATIONS), atlas, "walk").limit_m >= atlas.modes["walk"].horizon_m


def test_without_stations_nothing_is_reached() -> None:
    for minutes in (15.0, 119.0):
        assert not np.isfinite(table_of(snapshot_of([]), town_of(TOWN), "walk", minutes)).any()


steps = st.lists(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1)), max_size=6), min_size=1, max_size=6)


@given(sets=steps, mode=st.sampled_from(["walk", "ebike"]))
@settings(max_examples=10, deadline=None)
def test_stations_that_come_go_and_move_leave_the_matrix_as_if_worked_out_anew(sets, mode) -> None:
    """Also several at one place, and none at all."""
    grown, fresh = town_of(TOWN + "\n\n"), town_of(TOWN)
    for places in sets:
        stations = [station(f"S{i:02d}", 450 * east, 40 * north) for i, (east, north) in enumerate(places)]
        snapshot = snapshot_of(stations)
        found = as_table([kept(snapshot, grown, mode, 30.0)], len(stations))
        pieces = reach_pieces(snapshot, fresh, mode, "", limit_of(fresh, mode, 119.0))
        alone = as_table(pieces, len(stations))
        alone[alone > limit_of(fresh, mode, 30.0)] = math.inf
        assert np.array_equal(found, alone) or not stations
