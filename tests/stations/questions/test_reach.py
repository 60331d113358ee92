"""The reach matrix: what is kept, how far it goes, and that it says what single searches say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geodata.snapping import Snap
from geodata.travel import metres_between
from stations.questions.reach import SITES_AT_ONCE, demand_reach, sites_on, station_table
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


def entries(snapshot, atlas, mode, minutes) -> dict[tuple[int, int], float]:
    """The whole matrix: metres by site and point."""
    found: dict[tuple[int, int], float] = {}
    for first, reach in demand_reach(snapshot, atlas, mode, minutes):
        site = first + np.repeat(np.arange(reach.start.size - 1), np.diff(reach.start))
        pairs = list(zip(site.tolist(), reach.point.tolist(), strict=True))
        assert not found.keys() & set(pairs), "each pair once"
        assert len(set(pairs)) == len(pairs), "each pair once"
        found |= dict(zip(pairs, reach.metres.tolist(), strict=True))
    return found


def kept(snapshot, atlas, mode, minutes) -> object:
    """The matrix as it is kept, whole."""
    ((first, reach),) = demand_reach(snapshot, atlas, mode, minutes)
    assert first == 0
    return reach


@pytest.mark.parametrize("minutes", [15.0, 119.0])
@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_every_entry_is_what_a_search_from_its_point_finds(mode, minutes) -> None:
    atlas, snapshot = town_of(TOWN), snapshot_of(STATIONS)
    network, sites, points = atlas.network(mode), sites_on(snapshot, atlas, mode), atlas.demand_on[mode]
    limit_m = minutes * 60 * network.mode.metres_per_second
    table = np.full((len(sites), len(points)), math.inf)
    for pair, metres in entries(snapshot, atlas, mode, minutes).items():
        table[pair] = metres
    for point in range(0, len(points), 3):
        if points.edge[point] < 0:
            assert np.isinf(table[:, point]).all()
            continue
        origin = Snap(int(points.edge[point]), float(points.offset_m[point]), float(points.off_m[point]))
        alone = metres_between(network, origin, sites)
        alone[alone > limit_m] = math.inf
        assert table[:, point] == pytest.approx(alone, abs=0.01)
    assert np.isfinite(table).any()


def test_only_active_stations_are_sites_and_those_far_off_meet_no_street() -> None:
    sites = sites_on(snapshot_of(STATIONS), town_of(TOWN), "walk")
    assert (sites.edge >= 0).tolist() == [True, True, False, True]


def test_a_matrix_is_kept_for_the_positions_and_not_for_the_revision() -> None:
    atlas = town_of(TOWN)
    first = kept(snapshot_of(STATIONS, revision=1), atlas, "walk", 15.0)
    renamed = [station("A", 300, 10, seats=4), *STATIONS[1:]]
    assert kept(snapshot_of(renamed, revision=2), atlas, "walk", 15.0) is first
    assert kept(snapshot_of(STATIONS, revision=3), atlas, "walk", 10.0) is first
    moved = [station("A", 320, 10), *STATIONS[1:]]
    assert kept(snapshot_of(moved, revision=2), atlas, "walk", 15.0) is not first
    assert kept(snapshot_of(STATIONS), atlas, "walk", 16.0) is not first


@pytest.mark.parametrize("minutes", [1.0, 15.0, 15.5, 119.0, 240.0])
def test_a_matrix_reaches_at_least_the_minutes_asked(minutes) -> None:
    """Z stands near the east end; the farthest west is some 3.9 km away, 58 minutes on foot."""
    found = entries(snapshot_of(STATIONS), town_of(TOWN), "walk", minutes)
    farthest = max(metres for (site, _), metres in found.items() if site == 3)
    assert farthest >= min(minutes * 60 * 4 / 3.6, 3700.0) - 150.0


def test_a_matrix_beyond_the_horizon_comes_in_pieces_and_is_not_kept() -> None:
    atlas = town_of(TOWN)
    many = snapshot_of([station(f"S{number:02d}", 50 + 100 * number) for number in range(20)])
    pieces = list(demand_reach(many, atlas, "walk", 119.0))
    assert [first for first, _ in pieces] == [0, SITES_AT_ONCE]
    assert sum(reach.start.size - 1 for _, reach in pieces) == 20
    assert next(iter(demand_reach(many, atlas, "walk", 119.0)))[1] is not pieces[0][1]


def test_a_table_reaches_at_least_the_horizon_of_the_mode() -> None:
    atlas = town_of(TOWN)
    assert station_table(snapshot_of(STATIONS), atlas, "walk").limit_m >= atlas.modes["walk"].horizon_m


def test_without_stations_nothing_is_reached() -> None:
    assert entries(snapshot_of([]), town_of(TOWN), "walk", 15.0) == {}
    assert entries(snapshot_of([]), town_of(TOWN), "walk", 119.0) == {}
