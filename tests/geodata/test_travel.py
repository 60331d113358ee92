"""Travel: by hand on a few streets, against another search in a random town, and by what must always hold."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import LonLat, distance_m
from geodata.matrix import Points, Reach, nearest_on_edge, reach_matrix
from geodata.paths import path
from geodata.snapping import Snap, Snaps
from geodata.tables import nearest_first, site_table
from geodata.travel import metres_between, metres_from, metres_to_nearest, nearest_sites
from tests.geodata.grids import Drawing, World, at, world_of

INF = math.inf
Place = tuple[float, float]

ROAD = "a 0 0\nb 1000 0\na-b highway=residential"
ONE_WAY = """
    a 0 0
    b 1000 0
    c 500 3000
    a-b highway=residential oneway=yes
    b-c-a highway=residential
"""
BACK_M = 2 * math.hypot(500, 3000)
"""The way back from the end of the one-way street to its beginning."""

BLOCK = """
    a 0 0
    b 400 0
    c 400 300
    d 0 300
    a-b highway=residential {ab}
    b-c highway=residential {bc}
    c-d highway=residential {cd}
    d-a highway=residential {da}
"""
ROUND = BLOCK.format(ab="oneway=yes", bc="oneway=yes", cd="oneway=yes", da="oneway=yes")


@pytest.mark.parametrize(
    ("start", "goal", "metres"),
    [
        ((100, 0), (900, 0), 800.0),
        ((900, 0), (100, 0), 800.0),
        ((500, 0), (500, 0), 0.0),
        ((100, 30), (900, -40), 870.0),
        ((0, 0), (1000, 0), 1000.0),
    ],
)
def test_on_one_street_one_walks_straight_along_it(start, goal, metres) -> None:
    assert world_of(ROAD).metres(start, goal) == pytest.approx(metres, abs=0.1)


def test_a_rider_on_a_one_way_street_cannot_turn_back_and_a_walker_can() -> None:
    world = world_of(ONE_WAY)
    assert world.metres((100, 0), (900, 0), "ebike") == pytest.approx(800.0, abs=0.1)
    assert world.metres((900, 0), (100, 0), "ebike") == pytest.approx(200 + BACK_M, abs=2)
    assert world.metres((900, 0), (100, 0)) == pytest.approx(800.0, abs=0.1)


def test_round_a_one_way_block_the_way_back_is_the_long_one() -> None:
    """The block is 1400 m around; from 100 to 300 on its south side it is 200 m, and back the other 1200."""
    world = world_of(ROUND)
    assert world.metres((100, 0), (300, 0), "ebike") == pytest.approx(200.0, abs=0.2)
    assert world.metres((300, 0), (100, 0), "ebike") == pytest.approx(1200.0, abs=0.2)
    assert world.metres((300, 0), (100, 0)) == pytest.approx(200.0, abs=0.2)
    assert world.metres((300, 0), (400, 150), "ebike") == pytest.approx(250.0, abs=0.2)
    assert world.metres((400, 150), (300, 0), "ebike") == pytest.approx(1150.0, abs=0.2)


def test_positions_in_mid_edge_on_both_ends_take_the_shorter_way_round() -> None:
    world = world_of(BLOCK.format(ab="", bc="", cd="", da=""))
    assert world.metres((100, 0), (100, 300)) == pytest.approx(500.0, abs=0.2)
    assert world.metres((350, 0), (350, 300)) == pytest.approx(400.0, abs=0.2)
    assert world.metres((0, 100), (400, 200)) == pytest.approx(700.0, abs=0.2)


def test_two_positions_on_one_edge_may_be_nearer_by_another_street() -> None:
    """Along the crooked edge from a to b it is 1400 m; its ends are joined by a street of 100 m."""
    world = world_of("""
        a 0 0
        b 100 0
        m 0 650
        n 100 650
        x -500 0
        y 600 0
        x-a highway=residential
        b-y highway=residential
        a-b highway=footway
        a-m-n-b highway=residential
    """)
    assert world.metres((0, 50), (100, 50)) == pytest.approx(200.0, abs=0.2)
    assert world.metres((0, 50), (100, 50), "ebike") == pytest.approx(1300.0, abs=0.2)


def test_a_roundabout_is_ridden_one_way_and_walked_both() -> None:
    world = world_of("""
        w -300 0
        r -50 0
        s 0 -50
        t 50 0
        u 0 50
        e 300 0
        w-r highway=residential
        t-e highway=residential
        r-s-t-u-r highway=residential junction=roundabout
    """)
    quarter = math.hypot(50, 50)
    assert world.metres((25, -25), (-25, -25), "ebike") == pytest.approx(3 * quarter, abs=0.2)
    assert world.metres((25, -25), (-25, -25)) == pytest.approx(quarter, abs=0.2)
    assert world.metres((-100, 0), (100, 0), "ebike") == pytest.approx(100 + 2 * quarter, abs=0.2)


def test_steps_are_for_walkers_and_contraflow_for_riders() -> None:
    world = world_of(BLOCK.format(ab="oneway=yes cycleway=opposite", bc="oneway=yes", cd="oneway=yes", da="oneway=yes"))
    assert world.metres((300, 0), (100, 0), "ebike") == pytest.approx(200.0, abs=0.2)
    stairs = world_of("a 0 0\nb 0 500\nc 500 500\nd 500 0\na-d highway=steps\na-b-c-d highway=residential")
    assert stairs.metres((10, 0), (490, 0)) == pytest.approx(480.0, abs=0.2)
    assert stairs.metres((0, 10), (500, 10), "ebike") == pytest.approx(1480.0, abs=0.2)


@pytest.mark.parametrize("oneway", ["oneway=yes", "oneway=-1"])
def test_who_stands_at_the_door_is_there(oneway) -> None:
    """On a one-way street, drawn either way, nobody rides round the block to where they are."""
    world = world_of(BLOCK.format(ab=oneway, bc="", cd="", da=""))
    network, place = world.network("ebike"), (200, 5)
    sites = world.snaps([place], "ebike")
    origin = one(sites, 0)
    assert world.metres(place, place, "ebike") == pytest.approx(10.0, abs=0.1)
    table = site_table(network, sites, 2000.0)
    assert next(nearest_first(network, table, origin))[0] == pytest.approx(10.0, abs=0.1)
    assert reach_matrix(Points(network, sites), sites, 2000.0).metres.tolist() == pytest.approx([10.0], abs=0.1)
    assert nearest_on_edge(network, sites, sites)[0] == pytest.approx([5.0], abs=0.1)
    line = path(network, at(*place), origin, origin, at(*place))
    assert length_m(line) == pytest.approx(10.0, abs=0.1)


def test_between_two_islands_there_is_no_way() -> None:
    world = world_of(ROAD + "\nc 0 400\nd 1000 400\nc-d highway=residential")
    assert world.metres((500, 0), (500, 390)) == INF
    assert world.metres((500, 390), (500, 0)) == INF
    node, _ = metres_from(world.network(), world.snap((500, 0)))
    assert node.size == 2, "nodes that no way leads to are not reached"
    table = site_table(world.network(), world.snaps([(500, 390)]), INF)
    assert table.rows.reach.site.size == 2, "nodes that do not reach a site are not in its table"
    assert list(nearest_first(world.network(), table, world.snap((500, 0)))) == []


def test_a_place_that_no_street_comes_near_is_not_reached() -> None:
    world = world_of(ROAD)
    assert metres_between(world.network(), world.snap((500, 0)), world.snaps([(500, 900)])).tolist() == [INF]


def test_on_a_junction_one_takes_any_street_that_leaves_it() -> None:
    """A one-way street arrives at the junction; who stands there rides on by the other street."""
    world = world_of(
        "a 0 0\nb 500 0\nc 1000 0\nd 500 500\na-b highway=residential oneway=yes\nc-b-d-a highway=residential"
    )
    assert world.metres((500, 0), (900, 0), "ebike") == pytest.approx(400.0, abs=0.2)
    assert world.metres((500, 0), (500, 400), "ebike") == pytest.approx(400.0, abs=0.2)
    assert world.metres((900, 0), (500, 0), "ebike") == pytest.approx(400.0, abs=0.2)
    assert world.metres((500, 0), (300, 0), "ebike") == pytest.approx(800 + math.hypot(500, 500), abs=0.3)


def test_a_search_stops_at_its_limit() -> None:
    """Stubs make the corners of the block nodes."""
    stubs = "p -50 0\nq 450 0\nr 450 300\ns -50 300\np-a highway=service\nb-q highway=service\n"
    stubs += "c-r highway=service\nd-s highway=service"
    world = world_of(BLOCK.format(ab="", bc="", cd="", da="") + stubs)
    corners = [100.0, 150.0, 300.0, 350.0, 400.0, 450.0, 600.0, 650.0]
    node, metres = metres_from(world.network(), world.snap((100, 0)), 320.0)
    assert sorted(metres.tolist()) == pytest.approx(corners[:3], abs=0.1)
    assert node.size == 3
    node, metres = metres_from(world.network(), world.snap((100, 0)))
    assert sorted(metres.tolist()) == pytest.approx(corners, abs=0.2)


def test_metres_to_the_nearest_count_the_way_to_its_door() -> None:
    world = world_of("a 0 0\nb 400 0\nc 1000 0\nn 400 300\na-b-c highway=residential\nb-n highway=residential")
    metres = metres_to_nearest(world.network(), world.snaps([(100, 20), (900, 0), (0, 5000)]))
    by_lon = metres[np.lexsort((world.streets.node_lat, world.streets.node_lon))]
    assert by_lon == pytest.approx([120, 320, 620, 100], abs=0.2)
    metres, site = nearest_sites(world.network(), world.snaps([(100, 20), (900, 0), (0, 5000)]))
    order = np.lexsort((world.streets.node_lat, world.streets.node_lon))
    assert site[order].tolist() == [0, 0, 0, 1]
    assert metres[order] == pytest.approx([120, 320, 620, 100], abs=0.2)


def test_without_sites_nothing_is_near() -> None:
    network = world_of(ROAD).network()
    none = Snaps(np.empty(0, np.int32), np.empty(0), np.empty(0))
    off = world_of(ROAD).snaps([(0, 5000)])
    for sites in (none, off):
        assert np.isinf(metres_to_nearest(network, sites)).all()
        assert (nearest_sites(network, sites)[1] == -1).all()
        table = site_table(network, sites, 1000.0)
        assert table.rows.reach.site.size == 0
        assert list(nearest_first(network, table, network.snap(at(500, 0)))) == []
        assert reach_matrix(Points(network, off), sites, 1000.0).site.size == 0


def test_the_nearest_along_the_very_edge_respects_its_direction() -> None:
    world = world_of(ONE_WAY)
    sites, points = world.snaps([(300, 10), (700, 0)], "ebike"), world.snaps([(100, 0), (500, 0), (900, 0)], "ebike")
    metres, site = nearest_on_edge(world.network("ebike"), sites, points)
    assert metres == pytest.approx([210, 200, INF], abs=0.1)
    assert site.tolist() == [0, 1, -1]


# A random town: a grid of streets, some missing, one-way, for walkers alone or walled at a corner.

COLUMNS, ROWS, SIDE_M = 4, 4, 260.0
KINDS = ("", "", "", "oneway=yes", "oneway=-1", "foot", "missing")


BLOCKS = [
    (f"n{column}{row}", f"n{column + right}{row + up}")
    for row in range(ROWS)
    for column in range(COLUMNS)
    for right, up in ((1, 0), (0, 1))
    if column + right < COLUMNS and row + up < ROWS
]


@st.composite
def towns(draw: st.DrawFn) -> Drawing:
    shift = st.floats(-50.0, 50.0)
    lines = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            wall = draw(st.sampled_from(["", "", "", "barrier=wall", "barrier=stile"])) if 0 < row < ROWS - 1 else ""
            lines.append(f"n{column}{row} {column * SIDE_M + draw(shift)} {row * SIDE_M + draw(shift)} {wall}")
    for a, b in BLOCKS:
        kind = draw(st.sampled_from(KINDS))
        # The outline always stands, so that the town hangs together and its streets matter.
        outline = any(a[k] == b[k] and a[k] in "03" for k in (1, 2))
        if kind == "missing" and not outline:
            continue
        street = "footway" if kind == "foot" and not outline else "residential"
        tag = kind if kind.startswith("oneway") and not outline else ""
        lines.append(f"{a}-{b} highway={street} {tag}")
    return Drawing.read("\n".join(lines))


@st.composite
def places_in(draw: st.DrawFn, town: Drawing, mode: str) -> tuple[int, float]:
    """A way that the mode may use, and a share of it."""
    open_to = [i for i, (_, tags) in enumerate(town.ways) if mode == "walk" or tags["highway"] != "footway"]
    return draw(st.sampled_from(open_to)), draw(st.integers(2, 18)) / 20


def place_on(town: Drawing, spot: tuple[int, float]) -> Place:
    way, share = spot
    (x, y), (u, v) = (town.nodes[name] for name in town.ways[way][0])
    return x + share * (u - x), y + share * (v - y)


def by_hand(town: Drawing, mode: str, start: tuple[int, float], goal: tuple[int, float]) -> float:
    """Dijkstra over the drawing itself: every way by its two ends, both positions as nodes of their own."""
    stops = {"barrier=wall"} | ({"barrier=stile"} if mode == "ebike" else set())
    graph: dict[object, list[tuple[object, float]]] = defaultdict(list)

    def corner(name: str, way: int) -> object:
        """At a wall every way has a corner of its own, which nobody leaves by another."""
        walled = any(f"{key}={value}" in stops for key, value in town.node_tags[name].items())
        return (name, way) if walled else name

    for way, ((a, b), tags) in enumerate(town.ways):
        if mode == "ebike" and tags["highway"] == "footway":
            continue
        forward = mode == "walk" or tags.get("oneway") != "-1"
        backward = mode == "walk" or tags.get("oneway") != "yes"
        length = distance_m(at(*town.nodes[a]), at(*town.nodes[b]))
        stops_here = sorted({(0.0, corner(a, way)), (1.0, corner(b, way))}, key=lambda stop: stop[0])
        stops_here[1:1] = sorted(
            ((spot[1], which) for which, spot in (("start", start), ("goal", goal)) if spot[0] == way),
            key=lambda stop: stop[0],
        )
        for (low, before), (high, after) in pairwise(stops_here):
            if forward:
                graph[before].append((after, (high - low) * length))
            if backward:
                graph[after].append((before, (high - low) * length))
    heap: list[tuple[float, int, object]] = [(0.0, 0, "start")]
    done: set[object] = set()
    count = 0
    while heap:
        metres, _, node = heapq.heappop(heap)
        if node == "goal":
            return metres
        if node in done:
            continue
        done.add(node)
        for beyond, step in graph[node]:
            count += 1
            heapq.heappush(heap, (metres + step, count, beyond))
    return INF


def snaps_of(world: World, mode: str, town: Drawing, spots: list[tuple[int, float]]) -> Snaps:
    return world.snaps([place_on(town, spot) for spot in spots], mode)


def one(snaps: Snaps, i: int) -> Snap:
    return Snap(int(snaps.edge[i]), float(snaps.offset_m[i]), float(snaps.off_m[i]))


@given(data=st.data(), town=towns(), mode=st.sampled_from(["walk", "ebike"]))
@settings(max_examples=60)
def test_every_search_agrees_with_one_made_by_hand(data, town, mode) -> None:
    spots = data.draw(st.lists(places_in(town, mode), min_size=3, max_size=6, unique=True))
    world = world_of(town)
    network = world.network(mode)
    snaps = snaps_of(world, mode, town, spots)
    # Riders may be cut off from a corner by one-way streets and walls; what they cannot be snapped to is left out.
    near = [i for i in range(len(spots)) if snaps.edge[i] >= 0 and snaps.off_m[i] < 0.1]
    expected = np.array([[by_hand(town, mode, spots[i], spots[j]) if i != j else 0.0 for j in near] for i in near])
    chosen = snaps[np.array(near, np.int64)]
    measured = np.array([metres_between(network, one(snaps, i), chosen) for i in near])
    np.fill_diagonal(measured, 0.0)  # a place and itself have a test of their own
    assert measured.reshape(expected.shape) == pytest.approx(expected, abs=0.3)

    limit_m = 900.0
    table = site_table(network, chosen, limit_m)
    reach = reach_matrix(Points(network, chosen), chosen, limit_m)
    for row in range(len(near)):
        ways = list(nearest_first(network, table, one(chosen, row)))
        assert ways == sorted(ways)
        found: dict[int, float] = {}
        for whole_m, i in ways:
            if whole_m <= limit_m:
                found.setdefault(i, whole_m)
        found.pop(row, None)
        assert found == pytest.approx({i: float(measured[row][i]) for i in found}, abs=0.02)
        assert {i for i, m in enumerate(measured[row]) if m <= limit_m - 0.02} - {row} <= set(found)
        column = reach_column(reach, row)
        column.pop(row, None)
        assert column == pytest.approx({i: m for i, m in found.items() if i in column}, abs=0.02)
        assert {i for i, m in found.items() if m <= limit_m - 0.02} <= set(column)

    nearest, owner = nearest_sites(network, chosen[:1])
    assert nearest == pytest.approx(metres_to_nearest(network, chosen[:1]))
    assert (np.isfinite(nearest) == (owner == 0)).all()


def reach_column(reach: Reach, point: int) -> dict[int, float]:
    """Metres to each site from one demand point."""
    of_point = slice(int(reach.start[point]), int(reach.start[point + 1]))
    return dict(zip(reach.site[of_point].tolist(), reach.metres[of_point].tolist(), strict=True))


@given(data=st.data(), town=towns(), mode=st.sampled_from(["walk", "ebike"]))
@settings(max_examples=30)
def test_no_detour_is_shorter_than_the_way(data, town, mode) -> None:
    """From a to c it is never farther than from a to b and on from b to c, b being on the street."""
    spots = data.draw(st.lists(places_in(town, mode), min_size=3, max_size=3))
    world = world_of(town)
    network, snaps = world.network(mode), snaps_of(world, mode, town, spots)
    if (snaps.edge < 0).any():
        return
    (_, ab, ac), (_, _, bc) = (metres_between(network, one(snaps, i), snaps) for i in (0, 1))
    assert ac <= ab + bc + 1e-6


@given(data=st.data(), town=towns())
@settings(max_examples=30)
def test_on_foot_there_and_back_are_as_far(data, town) -> None:
    spots = data.draw(st.lists(places_in(town, "walk"), min_size=2, max_size=2))
    world = world_of(town)
    snaps = snaps_of(world, "walk", town, spots)
    there = metres_between(world.network(), one(snaps, 0), snaps)[1]
    assert metres_between(world.network(), one(snaps, 1), snaps)[0] == pytest.approx(there, abs=1e-6)


@given(data=st.data(), town=towns(), mode=st.sampled_from(["walk", "ebike"]))
@settings(max_examples=30)
def test_another_street_never_makes_a_way_longer(data, town, mode) -> None:
    spots = data.draw(st.lists(places_in(town, mode), min_size=2, max_size=2))
    there = {names for names, _ in town.ways}
    missing = [(names, {"highway": "residential"}) for names in BLOCKS if names not in there]
    shortcut = Drawing(town.nodes, town.node_tags, [*town.ways, *missing])
    without, having = world_of(town), world_of(shortcut)
    before, after = snaps_of(without, mode, town, spots), snaps_of(having, mode, town, spots)
    if (before.edge < 0).any() or before.off_m.max() > 0.1:
        return
    far = metres_between(without.network(mode), one(before, 0), before)[1]
    near = metres_between(having.network(mode), one(after, 0), after)[1]
    assert near <= far + 0.2


@given(data=st.data(), town=towns(), mode=st.sampled_from(["walk", "ebike"]))
@settings(max_examples=40)
def test_a_path_is_as_long_as_the_metres_and_runs_from_door_to_door(data, town, mode) -> None:
    spots = data.draw(st.lists(places_in(town, mode), min_size=2, max_size=2))
    world = world_of(town)
    network = world.network(mode)
    start, goal = (at(x + 3.0, y - 4.0) for x, y in (place_on(town, spot) for spot in spots))
    origin = network.snap(start)
    ends = network.snap_many(np.array([goal.lon]), np.array([goal.lat]))
    end = one(ends, 0)
    metres = float(metres_between(network, origin, ends)[0])
    line = path(network, start, origin, end, goal)
    if not math.isfinite(metres):
        assert line == []
        return
    assert (line[0], line[-1]) == (start, goal)
    assert length_m(line) == pytest.approx(metres, abs=0.3)
    assert path(network, start, origin, end, goal, limit_m=metres + 1.0) == line


def length_m(line: list[LonLat]) -> float:
    return sum(distance_m(a, b) for a, b in pairwise(line))


def test_a_path_turns_where_the_streets_turn() -> None:
    world = world_of(BLOCK.format(ab="", bc="", cd="", da=""))
    network = world.network()
    start, goal = at(300, -20), at(420, 200)
    line = path(network, start, network.snap(start), network.snap(goal), goal)
    expected = [start, at(300, 0), at(400, 0), at(400, 200), goal]
    assert len(line) == 5
    assert max(distance_m(a, b) for a, b in zip(line, expected, strict=True)) < 0.1


def test_a_path_round_a_one_way_block_goes_all_the_way_round() -> None:
    world = world_of(ROUND)
    network = world.network("ebike")
    start, goal = at(300, 0), at(100, 0)
    line = path(network, start, network.snap(start), network.snap(goal), goal)
    corners = [at(*place) for place in ((300, 0), (400, 0), (400, 300), (0, 300), (0, 0), (100, 0))]
    turns = [point for i, point in enumerate(line) if i == 0 or distance_m(point, line[i - 1]) > 0.1]
    assert len(turns) == len(corners)
    assert max(distance_m(a, b) for a, b in zip(turns, corners, strict=True)) < 0.1


def test_many_sites_at_once_give_what_each_gives_alone() -> None:
    """More sites than share one search, spread over several parts of a long town."""
    posts = [f"p{i} {i * 150} 0" for i in range(200)]
    side = [f"q{i} {i * 150} 90" for i in range(0, 200, 5)]
    town = "\n".join(
        [*posts, *side, "-".join(f"p{i}" for i in range(200)) + " highway=residential"]
        + [f"p{i}-q{i} highway=service" for i in range(0, 200, 5)]
    )
    world = world_of(town)
    network = world.network()
    sites = world.snaps([(i * 150 + 40, 10) for i in range(199)])
    table = site_table(network, sites, 1000.0)
    nodes = world.streets.node_x.size
    for site in (0, 63, 64, 130, 198):
        alone = np.full(nodes, INF)
        node, metres = metres_from(network, one(sites, site), 1000.0)
        alone[node] = metres + sites.off_m[site]
        entries = np.full(nodes, INF)
        near, door_m = table.rows.reach.row(site)
        entries[near] = door_m
        assert np.isfinite(entries).sum() > 1
        alone[alone > 1000.0] = INF
        assert entries == pytest.approx(alone, abs=0.006)
