"""The reach matrix: a grid worked out by hand, real streets searched one by one, and rows that come in later."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.matrix import Points, Reach, node_matrix, reach_matrix
from geodata.snapping import Snap, Snaps
from geodata.travel import metres_between, metres_to_nearest
from tests.geodata.grids import World, world_of

# Three blocks of 200 m by 100 m in a row; the street in the south is one-way to the east.
GRID = """
    a 0 0
    b 200 0
    c 400 0
    d 600 0
    e 0 100
    f 200 100
    g 400 100
    h 600 100
    a-b-c-d highway=residential oneway=yes
    e-f-g-h highway=residential
    a-e highway=residential
    b-f highway=residential
    c-g highway=residential
    d-h highway=residential
"""
POINTS = [(100, 0), (300, 0), (500, 100), (0, 50)]
SITES = [(100, 100), (350, 0), (300, 5000)]


def table(reach: Reach) -> np.ndarray:
    """Sites by points, infinite where the matrix says nothing."""
    whole = np.full((reach.slots, reach.points), np.inf)
    whole[reach.site, reach.point()] = reach.metres
    return whole


def grid(mode: str, limit_m: float) -> np.ndarray:
    world = world_of(GRID)
    points = Points(world.network(mode), world.snaps(POINTS, mode))
    return table(reach_matrix(points, world.snaps(SITES, mode), limit_m))


def test_on_foot_the_metres_are_those_counted_by_hand() -> None:
    expected = [[300.0, 300.0, 400.0, 150.0], [250.0, 50.0, 250.0, 400.0], [np.inf] * 4]
    assert grid("walk", 1000.0) == pytest.approx(np.array(expected), abs=0.05)


def test_riders_go_round_where_the_street_is_one_way() -> None:
    """From 100, 0 on to b, up, and back west; the site at 350, 0 is met from the west alone."""
    expected = [[300.0, 500.0, 400.0, 150.0], [250.0, 50.0, 550.0, 400.0], [np.inf] * 4]
    assert grid("ebike", 1000.0) == pytest.approx(np.array(expected), abs=0.05)


def test_what_is_beyond_the_limit_is_left_out_and_what_is_at_it_is_in() -> None:
    found = grid("walk", 250.1)
    assert np.isfinite(found).tolist() == [[False, False, False, True], [True, True, True, False], [False] * 4]


def test_the_nodes_of_a_network_have_the_metres_of_a_search() -> None:
    world = world_of(GRID)
    network, sites = world.network("ebike"), world.snaps(SITES, "ebike")
    whole = table(node_matrix(network, sites, np.inf))
    for site in range(len(SITES)):
        alone = metres_to_nearest(network, sites[slice(site, site + 1)])
        assert whole[site] == pytest.approx(alone, abs=0.006)


def random_reach(pairs: dict[tuple[int, int], int], slots: int) -> Reach:
    keys = sorted(pairs)
    columns = np.array([(point, site, pairs[site, point]) for site, point in keys], np.int64).reshape(-1, 3)
    return Reach.gathered(10.0, 5, slots, *columns.T)


entries = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 4)), st.integers(0, 6), max_size=20)


@given(pairs=entries, first=st.integers(0, 6), data=st.data())
@settings(max_examples=150)
def test_rows_that_come_in_later_stand_as_if_they_had_been_there(pairs, first, data) -> None:
    """Many ways are equally long here; they stand by rank, whichever came first."""
    rank = np.array(data.draw(st.permutations(range(6))))
    whole = random_reach({(int(rank[site]), point): far for (site, point), far in pairs.items()}, 6)
    order = np.argsort(rank[first:])
    late = {(int(np.argsort(order)[site - first]), point): far for (site, point), far in pairs.items() if site >= first}
    # Slots of what was there at first are in the order of their ranks, as those of a matrix made at once.
    begin = np.argsort(rank[:first])
    early = random_reach(
        {(int(np.argsort(begin)[site]), point): far for (site, point), far in pairs.items() if site < first}, first
    )
    ranks = np.concatenate((rank[:first][begin], rank[first:][order]))
    both = early.with_rows(random_reach(late, 6 - first), ranks)
    assert np.array_equal(both.start, whole.start)
    assert np.array_equal(ranks[both.site], whole.site)
    assert np.array_equal(both.metres, whole.metres)


@given(pairs=entries, kept=st.sets(st.integers(0, 5)))
@settings(max_examples=60)
def test_some_slots_alone_are_those_rows_alone(pairs, kept) -> None:
    chosen = np.array(sorted(kept), np.int64)
    some = random_reach(pairs, 6).of_slots(chosen)
    assert some.slots == chosen.size
    assert np.array_equal(table(some), table(random_reach(pairs, 6))[chosen])
    for place in range(chosen.size):
        point, metres = some.row(place)
        assert dict(zip(point.tolist(), (metres * 100).round().tolist(), strict=True)) == {
            at: far for (site, at), far in pairs.items() if site == chosen[place]
        }


def test_too_many_of_everything_for_one_number_are_sorted_all_the_same() -> None:
    point, site, far = np.array([3, 1, 3]), np.array([2**30, 5, 7]), np.array([2**40, 9, 2**40])
    reach = Reach.gathered(np.inf, 4, 2**31, point, site, far)
    assert reach.site.tolist() == [5, 7, 2**30]
    assert reach.start.tolist() == [0, 0, 1, 1, 3]


def test_with_nothing_to_reach_a_matrix_is_empty() -> None:
    world: World = world_of(GRID)
    network = world.network()
    none = Snaps(np.empty(0, np.int32), np.empty(0), np.empty(0))
    for points, sites in ((none, world.snaps(SITES)), (world.snaps(POINTS), none), (none, none)):
        reach = reach_matrix(Points(network, points), sites, 1000.0)
        assert (reach.site.size, reach.points, reach.slots) == (0, len(points), len(sites))


def test_on_real_streets_every_entry_is_what_a_single_search_finds(real_data, real_atlas) -> None:
    atlas = real_atlas("liechtenstein")
    with (real_data / "stations/liechtenstein_hosts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lon, lat = (np.array([float(row[name]) for row in rows]) for name in ("lon", "lat"))
    for mode, limit_m in (("walk", 1000.0), ("ebike", 4500.0)):
        network, points = atlas.network(mode), atlas.demand_on[mode]
        sites = network.snap_many(lon, lat)
        whole = table(reach_matrix(Points(network, points), sites, limit_m))
        assert np.isfinite(whole).sum() > 1000
        for point in range(0, len(points), 997):
            if points.edge[point] < 0:
                assert np.isinf(whole[:, point]).all()
                continue
            origin = Snap(int(points.edge[point]), float(points.offset_m[point]), float(points.off_m[point]))
            alone = metres_between(network, origin, sites, limit_m + 1.0)
            alone[np.rint(alone * 100.0) > limit_m * 100.0] = np.inf
            assert whole[:, point] == pytest.approx(alone, abs=0.006)
