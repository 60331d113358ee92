"""Ways folded into edges: how many there are, what they keep, and where a barrier parts them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.geodata.grids import World, world_of


def edges(world: World) -> int:
    """Edges that are streets, not the steps through a barrier."""
    return int((world.streets.edge_m > 0).sum())


def nodes(world: World) -> int:
    return world.streets.node_x.size


def test_a_chain_of_ways_that_changes_nothing_is_one_edge() -> None:
    world = world_of("""
        a 0 0
        b 100 0
        c 150 50
        d 200 0
        e 300 0
        a-b-c highway=residential name=建设路
        e-d-c highway=residential name=沿河路
    """)
    assert (nodes(world), edges(world)) == (2, 1)
    assert world.km() == pytest.approx(0.2 + 2 * 0.0707107, abs=1e-4)
    assert np.diff(world.streets.shape_start).tolist() == [5]


@pytest.mark.parametrize(
    "change", ["highway=service", "highway=residential oneway=yes", "highway=residential access=private foot=yes"]
)
def test_an_edge_ends_where_the_rules_or_the_kind_of_street_change(change) -> None:
    world = world_of(f"a 0 0\nb 100 0\nc 200 0\na-b highway=residential\nb-c {change}")
    assert (nodes(world), edges(world)) == (3, 2)


def test_two_one_way_pieces_join_only_when_they_lead_on() -> None:
    there = "a 0 0\nb 100 0\nc 200 0\na-b highway=residential oneway=yes\n"
    assert edges(world_of(there + "b-c highway=residential oneway=yes")) == 1
    assert edges(world_of(there + "c-b highway=residential oneway=-1")) == 1
    assert edges(world_of(there + "c-b highway=residential oneway=yes")) == 2


def test_streets_that_cross_without_a_shared_node_do_not_meet() -> None:
    bridge = world_of("a 0 0\nb 999 0\nc 100 -100\nd 100 899\na-b highway=residential\nc-d highway=residential")
    assert (nodes(bridge), edges(bridge)) == (4, 2)
    assert bridge.metres((10, 0), (100, 90)) == float("inf")


def test_a_junction_in_the_middle_of_ways_parts_them() -> None:
    world = world_of("""
        a 0 0
        m 100 0
        b 200 0
        c 100 -100
        d 100 100
        a-m-b highway=residential
        c-m-d highway=residential
    """)
    assert (nodes(world), edges(world)) == (5, 4)


def test_a_ring_alone_is_one_edge_from_its_node_to_itself() -> None:
    ring = "a 0 0\nb 200 0\nc 200 200\nd 0 200\n"
    for ways in (
        "a-b-c-d-a highway=residential",
        "a-b-c highway=residential\nc-d-a highway=residential",
        "a-b-c highway=residential\na-d-c highway=residential",
        "a-b highway=residential\nc-b highway=residential\nc-d highway=residential\na-d highway=residential",
    ):
        world = world_of(ring + ways)
        assert (nodes(world), edges(world)) == (1, 1)
        assert world.km() == pytest.approx(0.8, abs=1e-4)
        assert world.metres((50, 0), (0, 50)) == pytest.approx(100.0, abs=0.05)
        assert world.metres((100, 0), (100, 200)) == pytest.approx(400.0, abs=0.05)


def test_a_way_that_crosses_itself_has_a_junction_there() -> None:
    """A six: one comes in, walks the ring, and may turn off where it closes."""
    world = world_of("""
        a -300 0
        b 0 0
        c 200 0
        d 200 200
        e 0 200
        a-b-c-d-e-b highway=residential
    """)
    assert edges(world) == 2
    assert world.metres((-100, 0), (0, 150)) == pytest.approx(250.0, abs=0.05)


def test_two_streets_between_the_same_junctions_both_stay() -> None:
    world = world_of("""
        a 0 0
        b 400 0
        m 200 300
        x -100 0
        y 500 0
        x-a highway=residential
        b-y highway=residential
        a-b highway=residential
        a-m-b highway=residential
    """)
    assert edges(world) == 4
    assert world.metres((-50, 0), (450, 0)) == pytest.approx(500.0, abs=0.05)
    assert world.metres((0, 0), (200, 300)) == pytest.approx(np.hypot(200, 300), abs=0.05)


def test_a_way_mapped_twice_leads_nowhere_else() -> None:
    world = world_of("a 0 0\nb 100 0\nc 200 0\na-b-c highway=residential\na-b-c highway=footway")
    assert world.metres((10, 0), (190, 0)) == pytest.approx(180.0, abs=0.05)
    assert world.metres((10, 0), (190, 0), "ebike") == pytest.approx(180.0, abs=0.05)


WALLED = """
    a 0 0
    w 300 0 {barrier}
    b 600 0
    s 300 -300
    a-w-b highway=residential
    a-s-b highway=residential
"""
AROUND_M = 100 + np.hypot(300, 300) * 2 + 100


@pytest.mark.parametrize(
    ("barrier", "on_foot_m", "riding_m"),
    [
        ("", 400.0, 400.0),
        ("barrier=wall", AROUND_M, AROUND_M),
        ("barrier=stile", 400.0, AROUND_M),
        ("barrier=gate", 400.0, 400.0),
        ("barrier=gate access=private", AROUND_M, AROUND_M),
        ("barrier=gate access=private foot=yes", 400.0, AROUND_M),
        ("barrier=gate locked=yes", AROUND_M, AROUND_M),
        ("barrier=gate foot=no", AROUND_M, 400.0),
        ("barrier=bollard", 400.0, 400.0),
    ],
)
def test_one_goes_around_a_barrier_that_stops_one(barrier, on_foot_m, riding_m) -> None:
    world = world_of(WALLED.format(barrier=barrier))
    assert world.metres((100, 0), (500, 0)) == pytest.approx(on_foot_m, abs=0.1)
    assert world.metres((500, 0), (100, 0)) == pytest.approx(on_foot_m, abs=0.1)
    assert world.metres((100, 0), (500, 0), "ebike") == pytest.approx(riding_m, abs=0.1)


def test_everybody_may_walk_up_to_a_wall_from_both_sides() -> None:
    world = world_of(WALLED.format(barrier="barrier=wall"))
    assert world.metres((100, 0), (299, 0)) == pytest.approx(199.0, abs=0.1)
    assert world.metres((500, 0), (301, 0)) == pytest.approx(199.0, abs=0.1)


def test_a_barrier_at_a_crossing_parts_every_street_there() -> None:
    world = world_of("""
        m 0 0 barrier=gate access=no bicycle=yes
        a -1200 0
        b 1200 0
        c 0 1200
        d 0 -1200
        a-m highway=residential
        m-b highway=residential
        c-m-d highway=residential
    """)
    places = [(-100, 0), (100, 0), (0, 100), (0, -100)]
    for start in places:
        for goal in places:
            if start != goal:
                assert world.metres(start, goal) == float("inf")
                assert world.metres(start, goal, "ebike") == pytest.approx(200.0, abs=0.1)


def test_a_barrier_where_two_streets_join_parts_them_though_nothing_else_changes() -> None:
    world = world_of("""
        a -900 0
        w 300 0 barrier=wall
        b 900 0
        a-w highway=residential
        w-b highway=residential
    """)
    assert world.metres((100, 0), (500, 0)) == float("inf")


def test_a_ring_with_a_wall_on_it_is_walked_the_other_way_round() -> None:
    world = world_of("""
        a 0 0
        w 100 0 barrier=wall
        b 200 0
        c 200 200
        d 0 200
        a-w-b-c-d-a highway=residential
    """)
    assert world.metres((50, 0), (150, 0)) == pytest.approx(700.0, abs=0.1)


def test_a_barrier_node_of_a_building_wall_stops_nobody_on_the_street() -> None:
    world = world_of("""
        a 0 0
        b 300 0
        w 150 5 barrier=gate access=private
        a-b highway=residential
        w-x building=yes
    """)
    assert world.metres((10, 0), (290, 0)) == pytest.approx(280.0, abs=0.1)
