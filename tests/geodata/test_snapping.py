"""Snapping: the nearest street a mode may use, exactly, and no street at all beyond 500 m."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import OffStreetError
from geodata.lonlat import METRES_PER_DEGREE, LonLat, distance_m
from geodata.sketch import FIXED
from geodata.snapping import SegmentIndex, Snapper
from tests.geodata.grids import World, at, world_of

STREET = """
    a 0 0
    b 1000 0
    a-b highway=residential
"""


def test_a_person_beside_a_street_stands_so_far_along_and_so_far_off() -> None:
    world = world_of(STREET)
    snap = world.snap((300, 40))
    assert (snap.offset_m, snap.off_m) == (pytest.approx(300, abs=0.05), pytest.approx(40, abs=0.05))
    assert distance_m(world.network().snapper.point_on(snap), at(300, 0)) < 0.05


@pytest.mark.parametrize(("place", "offset_m", "off_m"), [((-30, 40), 0, 50), ((1030, -40), 1000, 50)])
def test_beyond_the_end_of_a_street_its_end_is_nearest(place, offset_m, off_m) -> None:
    snap = world_of(STREET).snap(place)
    assert (snap.offset_m, snap.off_m) == (pytest.approx(offset_m, abs=0.05), pytest.approx(off_m, abs=0.05))


@pytest.mark.parametrize("north_m", [99.0, 101.0, 199.0, 250.0, 399.0, 401.0, 499.9])
def test_a_street_is_found_however_far_within_500_m(north_m) -> None:
    world = world_of(STREET)
    assert world.snap((500, north_m)).off_m == pytest.approx(north_m, abs=0.1)
    assert world.snaps([(500, -north_m)]).off_m[0] == pytest.approx(north_m, abs=0.1)


@pytest.mark.parametrize("place", [(500, 500.5), (500, 2000), (-501, 0), (1400, 400), (500_000, 0)])
def test_beyond_500_m_there_is_no_street(place) -> None:
    world = world_of(STREET)
    with pytest.raises(OffStreetError, match="No street that one may use on foot lies within 500 m"):
        world.snap(place)
    snaps = world.snaps([place])
    assert (snaps.edge[0], snaps.offset_m[0], snaps.off_m[0]) == (-1, 0.0, math.inf)


def test_each_mode_has_its_own_streets_to_snap_to() -> None:
    world = world_of(STREET + "c 0 100\nd 1000 100\nc-d highway=footway\na-c highway=footway")
    assert world.snap((500, 90)).off_m == pytest.approx(10, abs=0.05)
    assert world.snap((500, 90), "ebike").off_m == pytest.approx(90, abs=0.05)


def test_nobody_is_snapped_to_an_island() -> None:
    world = world_of(STREET + "c 400 100\nd 600 100\nc-d highway=residential")
    assert world.snap((500, 90)).off_m == pytest.approx(90, abs=0.05)


def test_a_mode_without_streets_has_nowhere_to_snap_to() -> None:
    world = world_of("a 0 0\nb 1000 0\na-b highway=footway")
    with pytest.raises(OffStreetError, match="by e-bike"):
        world.snap((500, 0), "ebike")
    assert world.snaps([(500, 0)], "ebike").edge.tolist() == [-1]


def test_nothing_to_snap_is_nothing() -> None:
    assert len(world_of(STREET).snaps([])) == 0


def test_a_choice_of_snaps_keeps_their_order() -> None:
    snaps = world_of(STREET).snaps([(100, 0), (200, 0), (300, 0)])
    assert snaps[np.array([2, 0])].offset_m == pytest.approx([300, 100], abs=0.05)


def nearest_by_hand(world: World, mode: str, place: LonLat) -> float:
    """Metres to the nearest usable segment, looking at every one."""
    streets = world.streets
    main = streets.main(streets.mode_index(mode))
    x_m = METRES_PER_DEGREE * math.cos(math.radians(place.lat))
    best = math.inf
    for edge in np.flatnonzero(main):
        shape = range(int(streets.shape_start[edge]), int(streets.shape_start[edge + 1]))
        points = [
            (
                (streets.shape_x[i] / FIXED - place.lon) * x_m,
                (streets.shape_y[i] / FIXED - place.lat) * METRES_PER_DEGREE,
            )
            for i in shape
        ]
        for (x, y), (u, v) in pairwise(points):
            dx, dy = u - x, v - y
            length = dx * dx + dy * dy
            share = 0.0 if length == 0 else min(1.0, max(0.0, -(x * dx + y * dy) / length))
            best = min(best, math.hypot(x + share * dx, y + share * dy))
    return best


SCATTERED = """
    a 0 0
    b 730 40
    c 1410 -260
    d 900 900
    e 120 800
    f 400 400
    g 2600 900
    h 2600 300
    i 3300 820
    a-b-c highway=residential
    b-d-e highway=footway
    e-f-a highway=residential
    c-g highway=primary
    h-i highway=residential
"""


@pytest.fixture(scope="module")
def scattered() -> World:
    return world_of(SCATTERED)


@given(
    east_m=st.floats(-900, 4200), north_m=st.floats(-900, 1800), mode=st.sampled_from(["walk", "ebike"]), data=st.data()
)
@settings(max_examples=200)
def test_the_nearest_is_the_one_found_by_looking_at_all(scattered, east_m, north_m, mode, data) -> None:
    place = at(east_m, north_m)
    by_hand = nearest_by_hand(scattered, mode, place)
    many = scattered.snaps([(east_m, north_m)], mode)
    if by_hand > 500.0:
        assert many.edge[0] == -1
        with pytest.raises(OffStreetError):
            scattered.network(mode).snap(place)
        return
    snap = scattered.network(mode).snap(place)
    assert snap.off_m == pytest.approx(by_hand, abs=1e-3)
    assert many.off_m[0] == pytest.approx(by_hand, abs=1e-3)
    # At a corner either street may be named, but it is the same corner.
    lon, lat = scattered.network(mode).snapper.points_on(many)
    street = scattered.network(mode).snapper.point_on(snap)
    assert distance_m(street, LonLat(float(lon[0]), float(lat[0]))) < 0.01
    # The point on the street is where it is said to be.
    assert distance_m(place, scattered.network(mode).snapper.point_on(snap)) == pytest.approx(by_hand, abs=0.02)
    assert 0.0 <= snap.offset_m <= scattered.streets.edge_m[snap.edge] + 1e-6


def test_an_index_survives_its_own_arrays(scattered) -> None:
    again = SegmentIndex.from_arrays(scattered.index.to_arrays())
    snapper = Snapper(scattered.streets, 0, again)
    assert snapper.snap(at(700, 60)) == scattered.snap((700, 60))


@pytest.mark.parametrize("lat", [-37.8, 0.0, 28.3, 53.5, 69.6])
def test_a_street_is_found_at_any_latitude(lat, tmp_path) -> None:
    """Degrees of longitude shrink towards the poles; cells and distances must follow."""
    import osmium
    from osmium.osm.mutable import Node, Way

    from geodata.access import load_modes
    from geodata.network import StreetNetwork
    from geodata.osm import read_extract
    from geodata.streets import build_streets

    path = tmp_path / "town.osm.pbf"
    step = 1000.0 / METRES_PER_DEGREE
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=1, location=(20.0, lat)))
        writer.add_node(Node(id=2, location=(20.0, lat + step)))
        writer.add_way(Way(id=1, nodes=[1, 2], tags={"highway": "residential"}))
    streets = build_streets(read_extract(path, load_modes()), load_modes())
    network = StreetNetwork(streets, "walk", SegmentIndex.build(streets))
    for east_m in (-480.0, -90.0, 210.0, 499.0):
        lon = 20.0 + east_m / (METRES_PER_DEGREE * math.cos(math.radians(lat + step / 2)))
        snap = network.snap(LonLat(lon, lat + step / 2))
        assert snap.off_m == pytest.approx(abs(east_m), rel=1e-3)
