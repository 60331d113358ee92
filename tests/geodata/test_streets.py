"""The street graph: lengths, components, samples, places along edges, and what does not depend on order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import UnknownModeError
from geodata.lonlat import LonLat, distance_m
from geodata.runs import expand_runs
from geodata.streets import Streets
from tests.geodata.grids import Drawing, at, world_of

THREE_TOWNS = """
    a 0 0
    b 1001 0
    c 0 3000
    d 600 3000
    e 0 6000
    f 200 6000
    a-b highway=residential
    c-d highway=residential
    e-f highway=residential
"""


def test_an_edge_is_as_long_as_its_shape() -> None:
    streets = world_of("a 0 0\nb 300 0\nc 300 400\na-b-c highway=residential").streets
    assert streets.edge_m[0] == pytest.approx(700.0, abs=0.05)
    assert streets.shape_m[[0, -1]].tolist() == [0.0, streets.edge_m[0]]
    assert (np.diff(streets.shape_m) > 0).all()


def test_components_are_numbered_by_their_metres() -> None:
    streets = world_of(THREE_TOWNS).streets
    assert streets.component_m[0] == pytest.approx([1001.0, 600.0, 200.0], abs=0.5)
    north = streets.component[0][np.argsort(streets.node_lat)]
    assert north.tolist() == [0, 0, 1, 1, 2, 2]


def test_components_of_a_mode_hold_its_own_streets_alone() -> None:
    world = world_of(THREE_TOWNS + "b-c highway=footway")
    walk, ebike = world.streets.component_m
    assert walk.size == 2
    assert ebike == pytest.approx([1001.0, 600.0, 200.0], abs=0.5)


def test_islands_do_not_matter_but_the_largest_component_always_does() -> None:
    """What matters has 500 m on foot, or a quarter of what is largest."""
    streets = world_of(THREE_TOWNS).streets
    assert np.sort(streets.edge_m[streets.main(0)]) == pytest.approx([600.0, 1001.0], abs=1.5)
    assert np.sort(streets.edge_m[streets.main(1)]) == pytest.approx([600.0, 1001.0], abs=1.5)
    small = world_of("a 0 0\nb 50 0\na-b highway=residential").streets
    assert small.main(0).all()


def test_there_is_no_mode_that_was_not_built() -> None:
    streets = world_of(THREE_TOWNS).streets
    with pytest.raises(UnknownModeError, match=r"“rocket”.*walk, ebike"):
        streets.mode_index("rocket")


def test_samples_cut_the_main_streets_in_equal_pieces() -> None:
    streets = world_of("a 0 0\nb 100 0\nc 100 30\na-b-c highway=residential").streets
    lon, lat, metres = streets.samples(0, 25.0)
    assert metres == pytest.approx([25, 25, 25, 25, 15, 15], abs=0.05)
    middles = [(12.5, 0), (37.5, 0), (62.5, 0), (87.5, 0), (100, 7.5), (100, 22.5)]
    for x, y, middle in zip(lon, lat, middles, strict=True):
        assert distance_m(LonLat(x, y), at(*middle)) < 0.1


@given(step_m=st.floats(1.0, 400.0))
@settings(max_examples=30)
def test_samples_weigh_as_much_as_the_streets_they_are_taken_from(step_m) -> None:
    streets = world_of(THREE_TOWNS).streets
    _, _, metres = streets.samples(0, step_m)
    assert metres.sum() == pytest.approx(streets.edge_m[streets.main(0)].sum())
    assert metres.max() <= step_m + 1e-6


def test_places_along_an_edge_lie_where_they_should() -> None:
    streets = world_of("a 0 0\nb 300 0\nc 300 400\na-b-c highway=residential").streets
    assert streets.node_lon[streets.edge_u[0]] < at(150, 0).lon, "the edge runs as it was drawn"
    offsets = np.array([0.0, 150.0, 300.0, 500.0, streets.edge_m[0]])
    lon, lat = streets.points_on(np.zeros(5, np.int32), offsets)
    for x, y, place in zip(lon, lat, [(0, 0), (150, 0), (300, 0), (300, 200), (300, 400)], strict=True):
        assert distance_m(LonLat(x, y), at(*place)) < 0.1


def test_streets_survive_their_own_arrays() -> None:
    streets = world_of(THREE_TOWNS).streets
    again = Streets.from_arrays(streets.modes, streets.to_arrays())
    for name, array in streets.to_arrays().items():
        assert np.array_equal(again.to_arrays()[name], array), name


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=8))
def test_runs_are_expanded_one_after_the_other(runs) -> None:
    begin = np.array([start for start, _ in runs], np.int64)
    size = np.array([size for _, size in runs], np.int64)
    expected = [number for start, size in runs for number in range(start, start + size)]
    assert expand_runs(begin, begin + size).tolist() == expected


CROSSING = """
    a 0 0
    b 100 0 barrier=wall
    c 200 0
    d 100 100
    e 100 -100
    f 300 0
    g 400 0
    a-b highway=residential
    b-c highway=residential
    d-b highway=residential
    b-e highway=residential
    f-c highway=residential
    f-g highway=residential
    d-c highway=footway
    a-e highway=service oneway=yes
"""


@given(order=st.permutations(range(8)))
@settings(max_examples=25)
def test_the_order_of_ways_changes_nothing(order) -> None:
    """The same streets under other way numbers are the same graph, array by array."""
    drawing = Drawing.read(CROSSING)
    first = world_of(drawing).streets.to_arrays()
    second = world_of(drawing, way_order=order).streets.to_arrays()
    for name, array in first.items():
        assert np.array_equal(array, second[name]), name
