"""The drawn area: every street node on its own side, whole polygons, bands inside one another."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import surface
from geodata.building import build_atlas
from geodata.lonlat import METRES_PER_DEGREE
from geodata.matrix import Points, reach_matrix
from geodata.network import StreetNetwork
from geodata.sketch import FIXED
from geodata.snapping import Snaps
from geodata.streets import Streets
from geodata.surface import OFF_M, Mesh, build_mesh, reached_areas, vertex_metres
from geodata.travel import metres_to_nearest
from tests.geodata.grids import EAST_DEG, NORTH_DEG, World, at, world_of

LIMITS_M = (1000 / 3, 2000 / 3, 1000.0)

VILLAGE = """
    a 0 0
    b 900 0
    c 900 700
    d 0 700
    e 2000 0
    f 2000 1500
    g 450 -800
    h 3500 1500
    m 450 0
    a-m-b-c-d-a highway=residential
    b-e highway=tertiary oneway=yes
    e-f-h highway=tertiary
    m-g highway=footway
    c-f highway=path
"""


@cache
def village() -> tuple[World, Mesh]:
    world = world_of(VILLAGE)
    return world, build_mesh(world.streets, world.index)


def main_nodes(streets: Streets, mode_index: int) -> np.ndarray:
    """Nodes of the components that matter: those that anybody can be at."""
    edges = streets.main(mode_index)
    return np.unique(np.concatenate((streets.edge_u[edges], streets.edge_v[edges])))


def wrong_nodes(network: StreetNetwork, sites: Snaps, area: shapely.MultiPolygon, limit_m: float) -> np.ndarray:
    """Nodes inside the drawn area though farther, or outside though nearer."""
    streets = network.streets
    nodes = main_nodes(streets, network.mode_index)
    reached = metres_to_nearest(network, sites)[nodes] <= limit_m
    drawn = shapely.contains_xy(area, streets.node_lon[nodes], streets.node_lat[nodes])
    return nodes[reached != drawn]


def in_metres(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    return shapely.transform(area, lambda xy: (xy - (at(0, 0).lon, at(0, 0).lat)) / (EAST_DEG, NORTH_DEG))


def test_the_area_around_a_station_on_a_straight_street_is_a_band_along_it() -> None:
    world = world_of("a 0 0\nb 3000 0\na-b highway=residential")
    mesh = build_mesh(world.streets, world.index)
    (area,) = reached_areas(mesh, world.network(), world.snaps([(1500, 0)]), (500.0,))
    west, south, east, north = in_metres(area).bounds
    assert (west, east) == (pytest.approx(1000, abs=60), pytest.approx(2000, abs=60))
    assert 20 < north <= OFF_M + 60
    assert -20 > south >= -OFF_M - 60


@given(
    places=st.lists(st.tuples(st.floats(0, 2000), st.floats(-800, 1500)), max_size=3),
    mode=st.sampled_from(["walk", "ebike"]),
    limit_m=st.floats(50, 3000),
)
@settings(max_examples=60)
def test_every_street_node_lies_on_its_own_side_of_the_line(places, mode, limit_m) -> None:
    world, mesh = village()
    sites = world.snaps(places, mode)
    (area,) = reached_areas(mesh, world.network(mode), sites, (limit_m,))
    assert area.is_valid
    nearly = np.abs(metres_to_nearest(world.network(mode), sites) - limit_m) < 1.0
    assert not set(wrong_nodes(world.network(mode), sites, area, limit_m)) - set(np.flatnonzero(nearly))


def test_nothing_is_reached_without_a_station() -> None:
    world, mesh = village()
    for area in reached_areas(mesh, world.network(), world.snaps([]), LIMITS_M):
        assert area.is_empty


def test_bands_lie_inside_one_another_and_grow_with_every_station() -> None:
    world, mesh = village()
    one, two = world.snaps([(450, -300)]), world.snaps([(450, -300), (2000, 800)])
    near, middle, far = (in_metres(area).area for area in reached_areas(mesh, world.network(), one, LIMITS_M))
    assert 0 < near < middle < far
    narrow = reached_areas(mesh, world.network(), one, LIMITS_M)
    wide = reached_areas(mesh, world.network(), two, LIMITS_M)
    for inner, outer in zip(narrow, (*narrow[1:], narrow[2]), strict=True):
        assert in_metres(shapely.difference(inner, outer)).area < 1.0
    for before, after in zip(narrow, wide, strict=True):
        assert in_metres(shapely.difference(before, after)).area < 1.0
        assert in_metres(after).area > in_metres(before).area


def test_a_wide_block_is_a_hole_in_the_area() -> None:
    world = world_of("a 0 0\nb 1200 0\nc 1200 1200\nd 0 1200\na-b-c-d-a highway=residential")
    (area,) = reached_areas(build_mesh(world.streets, world.index), world.network(), world.snaps([(0, 0)]), (5000.0,))
    assert not shapely.contains_xy(area, at(600, 600).lon, at(600, 600).lat)
    assert shapely.contains_xy(area, at(600, 0).lon, at(600, 0).lat)
    assert sum(len(part.interiors) for part in area.geoms) == 1


def test_the_mesh_is_made_of_proper_triangles_that_meet() -> None:
    _, mesh = village()
    a, b, c = (np.column_stack((mesh.x, mesh.y)).astype(np.float64)[mesh.triangle[:, i]] for i in range(3))
    turn = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (turn > 0).all()
    sides = np.sort(np.concatenate([mesh.triangle[:, pair] for pair in ([0, 1], [1, 2], [2, 0])]), axis=1)
    _, times = np.unique(sides, axis=0, return_counts=True)
    assert times.max() == 2
    assert (times == 1).sum() == 4, "only the frame has sides with one triangle"


def test_a_vertex_on_a_street_has_the_metres_of_its_place() -> None:
    world, mesh = village()
    sites = world.snaps([(450, -300)])
    vertex = vertex_metres(mesh, world.network(), sites, 5000.0)
    node = metres_to_nearest(world.network(), sites)
    assert vertex[: node.size] == pytest.approx(node, abs=0.01)


def test_a_mesh_survives_its_own_arrays() -> None:
    _, mesh = village()
    for name, array in Mesh.from_arrays(mesh.to_arrays()).to_arrays().items():
        assert np.array_equal(array, mesh.to_arrays()[name])


def hosts(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([float(row["lon"]) for row in rows]), np.array([float(row["lat"]) for row in rows])


def every_node(network: StreetNetwork, sites: Snaps) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitude, latitude and metres to the nearest site of every node of the streets, bends too."""
    streets = network.streets
    main = streets.main(network.mode_index)
    edge = np.repeat(np.arange(main.size), np.diff(streets.shape_start))
    shape = np.flatnonzero(main[edge])
    points = Snaps(edge[shape].astype(np.int32), streets.shape_m[shape], np.zeros(shape.size))
    metres = np.full(shape.size, np.inf)
    reach = reach_matrix(Points(network, points), sites, 1e6)
    first = reach.start[:-1]
    some = first < reach.start[1:]
    metres[some] = reach.metres[first[some]]
    return streets.shape_x[shape] / FIXED, streets.shape_y[shape] / FIXED, metres


@pytest.mark.parametrize("place", ["monaco", "liechtenstein", "guixi_jiangxi", "beijing_tsinghua"])
@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_of_real_streets_at_most_one_node_in_a_hundred_is_drawn_wrong_in_any_band(
    real_data, real_atlas, place, mode
) -> None:
    """Of all nodes within the band, bends too. Where nobody listed stations, one stands every few kilometres."""
    atlas = real_atlas(place)
    network = atlas.network(mode)
    listed = real_data / f"stations/{place}_hosts.csv"
    lon, lat = hosts(listed) if listed.exists() else (part[::80] for part in atlas.streets.samples(0, 50.0)[:2])
    sites = network.snap_many(lon, lat)
    limits_m = tuple(minutes * 60 * network.mode.metres_per_second for minutes in (5, 10, 15, 20, 30))
    lon, lat, metres = every_node(network, sites)
    for area, limit_m in zip(reached_areas(atlas.mesh, network, sites, limits_m), limits_m, strict=True):
        assert area.is_valid
        near, drawn = metres <= limit_m, shapely.contains_xy(area, lon, lat)
        assert (drawn & ~near).sum() <= 0.01 * near.sum()
        assert (near & ~drawn).sum() <= 0.01 * near.sum()
        assert near.mean() > 0.05, "the figure is about something"


def test_a_bend_that_a_ruler_would_cut_off_is_followed() -> None:
    """A street goes 60 m out and back within 100 m; what lies out there is drawn by its own metres."""
    world = world_of("a 0 0\nb 480 0\nc 500 60\nd 520 0\ne 1500 0\na-b-c-d-e highway=residential")
    mesh = build_mesh(world.streets, world.index)
    vertices = np.column_stack((mesh.x, mesh.y)) / FIXED
    for place in ((480, 0), (500, 60), (520, 0)):
        away = (vertices - (at(*place).lon, at(*place).lat)) / (EAST_DEG, NORTH_DEG)
        assert np.hypot(*away.T).min() < 0.1


def test_what_lies_along_a_straight_street_needs_no_vertex_of_its_own() -> None:
    bends = "\n".join(f"n{i} {i * 10} {0.5 * (i % 2)}" for i in range(101))
    world = world_of(bends + "\n" + "-".join(f"n{i}" for i in range(101)) + " highway=residential")
    straight = world_of("a 0 0\nb 1000 0\na-b highway=residential")
    sizes = [build_mesh(each.streets, each.index).x.size for each in (world, straight)]
    assert sizes[0] <= sizes[1] + 3


def test_the_area_is_about_as_wide_as_the_streets_reach(real_data, real_atlas) -> None:
    atlas = real_atlas("liechtenstein")
    network = atlas.network("walk")
    sites = network.snap_many(*hosts(real_data / "stations/liechtenstein_hosts.csv"))
    (area,) = reached_areas(atlas.mesh, network, sites, (1000.0,))
    km2 = area.area * (METRES_PER_DEGREE / 1000) ** 2 * math.cos(math.radians(47.15))
    assert 5.0 < km2 < 68 * math.pi, "less than a circle of 1 km around every station"


def test_build_of_a_mode_without_streets_draws_nothing(tmp_path) -> None:
    from tests.geodata.grids import Drawing

    path = Drawing.read("a 0 0\nb 1000 0\na-b highway=footway").write(tmp_path / "w.osm.pbf")
    atlas = build_atlas(path)
    (area,) = reached_areas(atlas.mesh, atlas.network("ebike"), Snaps(np.array([-1]), np.zeros(1), np.ones(1)), (1e3,))
    assert area.is_empty


@given(st.permutations(range(9)), st.sampled_from([0, 3, 9]))
def test_rings_are_gone_round_one_after_the_other(order, count) -> None:
    onward = [place for place in order if place < count]
    rings, seen = [], set()
    for least in range(count):
        ring, at = [], least
        while at not in seen:
            seen.add(at)
            ring.append(at)
            at = onward[at]
        if len(ring) > 2:
            rings.append(ring)
    number, which = surface._rings(np.array(onward, np.int64))
    assert number.tolist() == [at for ring in rings for at in ring]
    assert which.tolist() == [of for of, ring in enumerate(rings) for _ in ring]
