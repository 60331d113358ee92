"""The made-up county: the same bytes each time, well-formed, and shaped like a county."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import osmium
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree
from shapely.geometry import shape

from geodata.demo import COUNTY_CODE, DEMO_SEED, DemoFiles, write_demo
from geodata.lonlat import LonLat, distance_m

NO_WALKING = {"motorway", "motorway_link", "construction"}
SHUT = {"no", "private"}


@dataclass
class Drawn:
    """The extract as read back."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=list)
    order: list[tuple[str, int]] = field(default_factory=list)
    timestamps: set[str] = field(default_factory=set)

    def streets(self) -> Iterator[tuple[list[int], dict[str, str]]]:
        """Ways that are streets."""
        return ((nodes, tags) for nodes, tags in self.ways.values() if "highway" in tags)

    def line(self, nodes: list[int]) -> LineString:
        """Give the shape of a way in degrees."""
        return LineString([self.nodes[n] for n in nodes])

    def metres(self, nodes: list[int]) -> float:
        """Length of a way."""
        places = [LonLat(*self.nodes[n]) for n in nodes]
        return sum(distance_m(a, b) for a, b in pairwise(places))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def drawn(demo: DemoFiles) -> Drawn:
    result = Drawn()
    for item in osmium.FileProcessor(str(demo.extract)):
        assert isinstance(item, osmium.osm.OSMObject)
        tags = {tag.k: tag.v for tag in item.tags}
        result.order.append((item.type_str(), item.id))
        result.timestamps.add(item.timestamp.isoformat())
        if isinstance(item, osmium.osm.Node):
            result.nodes[item.id] = (item.location.lon, item.location.lat)
            result.node_tags[item.id] = tags
        elif isinstance(item, osmium.osm.Way):
            result.ways[item.id] = ([node.ref for node in item.nodes], tags)
        elif isinstance(item, osmium.osm.Relation):
            result.relations.append(([(m.type, m.ref, m.role) for m in item.members], tags))
    return result


@pytest.fixture(scope="module")
def stations(demo: DemoFiles) -> list[dict[str, str]]:
    with demo.stations.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def townships(demo: DemoFiles) -> dict[str, Polygon]:
    collection = json.loads(demo.townships.read_text("utf-8"))
    return {f["properties"]["code"]: shape(f["geometry"]) for f in collection["features"]}


def test_the_same_seed_gives_the_same_bytes(demo: DemoFiles, tmp_path: Path) -> None:
    again = write_demo(tmp_path / "again", DEMO_SEED)
    for one, other in zip(_paths(demo), _paths(again), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_another_seed_gives_another_county(demo: DemoFiles, tmp_path: Path) -> None:
    other = write_demo(tmp_path, 7)
    assert all(a.read_bytes() != b.read_bytes() for a, b in zip(_paths(demo), _paths(other), strict=True))
    assert len(other.stations.read_text("utf-8").splitlines()) == 110


def test_the_files_are_small(demo: DemoFiles) -> None:
    assert demo.extract.stat().st_size < 1_000_000


def test_the_extract_is_in_order_and_complete(drawn: Drawn) -> None:
    rank = {"n": 0, "w": 1, "r": 2}
    assert drawn.order == sorted(drawn.order, key=lambda item: (rank[item[0]], item[1]))
    assert len(set(drawn.order)) == len(drawn.order)
    assert len(drawn.timestamps) == 1
    for nodes, _ in drawn.ways.values():
        assert len(nodes) > 1
        assert drawn.nodes.keys() >= set(nodes)
        assert all(a != b for a, b in pairwise(nodes))
    for members, _ in drawn.relations:
        assert all(ref in (drawn.ways if kind == "w" else drawn.nodes) for kind, ref, _ in members)


def test_it_has_the_streets_of_a_county(drawn: Drawn) -> None:
    kinds = Counter(tags["highway"] for _, tags in drawn.streets())
    for kind in (
        "motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
        "living_street", "pedestrian", "service", "footway", "steps", "cycleway", "track", "path", "construction",
    ):  # fmt: skip
        assert kinds[kind] > 0, kind
    tagged = [tags for _, tags in drawn.streets()]
    for key, value in (
        ("access", "private"), ("access", "customers"), ("foot", "yes"), ("bicycle", "no"), ("oneway", "yes"),
        ("oneway:bicycle", "no"), ("junction", "roundabout"), ("motorroad", "yes"), ("area", "yes"), ("bridge", "yes"),
        ("tunnel", "yes"),
    ):  # fmt: skip
        assert any(tags.get(key) == value for tags in tagged), (key, value)
    assert any(":conditional" in key for tags in tagged for key in tags)


def test_nearly_all_walkable_metres_hang_together(drawn: Drawn) -> None:
    shut = {n for n, tags in drawn.node_tags.items() if "barrier" in tags and _no_foot(tags)}
    parent: dict[int, int] = {}

    def root(n: int) -> int:
        parent.setdefault(n, n)
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    pieces: list[tuple[int, float]] = []
    for nodes, tags in drawn.streets():
        if tags["highway"] in NO_WALKING or tags.get("motorroad") == "yes" or _no_foot(tags):
            continue
        for a, b in pairwise(nodes):
            if a not in shut and b not in shut:
                parent[root(a)] = root(b)
                pieces.append((a, distance_m(LonLat(*drawn.nodes[a]), LonLat(*drawn.nodes[b]))))
    metres: dict[int, float] = defaultdict(float)
    for node, length in pieces:
        metres[root(node)] += length
    assert sum(metres.values()) > 400_000
    assert max(metres.values()) / sum(metres.values()) > 0.97


def test_the_river_is_crossed_only_on_three_bridges(drawn: Drawn) -> None:
    river = shapely.union_all(
        [
            Polygon([drawn.nodes[n] for n in nodes])
            for nodes, tags in drawn.ways.values()
            if tags.get("water") == "river"
        ]
    )
    shapely.prepare(river)
    over = [tags for nodes, tags in drawn.streets() if river.intersects(drawn.line(nodes))]
    assert all(tags.get("bridge") == "yes" and tags.get("layer") == "1" for tags in over)
    assert sorted(tags["bridge:name"] for tags in over if "bridge:name" in tags) == ["东风大桥", "人民桥"]
    assert len([tags for tags in over if tags["highway"] != "motorway"]) == 3


def test_there_are_nine_townships_that_fill_the_county(townships: dict[str, Polygon]) -> None:
    assert len(townships) == 9
    assert all(re.fullmatch(COUNTY_CODE + r"\d{3}", code) for code in townships)
    assert all(area.is_valid for area in townships.values())
    whole = shapely.union_all(list(townships.values()))
    assert isinstance(whole, Polygon)
    assert not whole.interiors
    assert sum(area.area for area in townships.values()) == pytest.approx(whole.area, rel=1e-9)


def test_the_extract_has_the_same_borders(demo: DemoFiles, townships: dict[str, Polygon]) -> None:
    areas: dict[str, MultiPolygon] = {}
    levels: Counter[str] = Counter()
    factory = osmium.geom.WKBFactory()
    for item in osmium.FileProcessor(str(demo.extract)).with_areas():
        if isinstance(item, osmium.osm.Area) and item.tags.get("boundary") == "administrative":
            if item.from_way():
                continue
            levels[item.tags["admin_level"]] += 1
            areas[item.tags["adcode"]] = shapely.from_wkb(factory.create_multipolygon(item))
    assert levels == {"6": 1, "8": 9}
    for code, area in townships.items():
        assert areas[code].symmetric_difference(area).area < 1e-9
    assert areas[COUNTY_CODE].contains(areas[COUNTY_CODE + "100"].centroid)


def test_every_kind_of_host_stands_somewhere(drawn: Drawn) -> None:
    tagged = [*drawn.node_tags.values(), *(tags for _, tags in drawn.ways.values())]
    for key, value in (
        ("amenity", "bank"), ("amenity", "post_office"), ("amenity", "fuel"), ("amenity", "pharmacy"),
        ("amenity", "library"), ("amenity", "toilets"), ("amenity", "bus_station"), ("amenity", "police"),
        ("amenity", "community_centre"), ("shop", "supermarket"), ("shop", "convenience"), ("shop", "mobile_phone"),
        ("office", "government"), ("tourism", "attraction"),
    ):  # fmt: skip
        found = [tags for tags in tagged if tags.get(key) == value]
        assert found, (key, value)
        assert all(re.search(r"[\u4e00-\u9fff]", tags["name"]) for tags in found)
    named = [tags for tags in tagged if tags.get("place") in {"village", "hamlet"}]
    assert len(named) >= 30
    assert len({tags["name"] for tags in named}) == len(named)


def test_walls_have_gates(drawn: Drawn) -> None:
    gates = [n for n, tags in drawn.node_tags.items() if tags.get("barrier") in {"gate", "lift_gate"}]
    on_walls = {n for nodes, tags in drawn.ways.values() if "barrier" in tags for n in nodes}
    on_streets = {n for nodes, _ in drawn.streets() for n in nodes}
    assert len(gates) > 100
    assert sum(n in on_walls and n in on_streets for n in gates) > 0.97 * len(gates)


def test_there_are_109_stations_with_believable_facts(stations: list[dict[str, str]]) -> None:
    assert len(stations) == 109
    for column in ("code", "name"):
        assert len({row[column] for row in stations}) == 109, column
    in_seat = [row for row in stations if row["township"] == COUNTY_CODE + "100"]
    assert 0.55 < len(in_seat) / 109 < 0.65
    hours = Counter(row["opening_hours"] for row in stations)
    assert 5 <= hours[""] <= 30
    assert hours["24/7"] >= 10
    assert any(row["kind"] == "breakfast_point" and "09:00" in row["opening_hours"] for row in stations)
    assert [row["dates"] for row in stations if row["kind"] == "mobile_point"] == [
        "2027年1月28日至2月1日", "5月至9月", "每月第一个周六",
    ]  # fmt: skip
    assert any(row["self_service_hours"] == "22:00-08:00" for row in stations)
    assert {row["status"] for row in stations} == {"active", "planned", "retired"}
    assert {row["host"] for row in stations} >= {"union", "bank", "post_office", "petrol_station", "pharmacy", "police"}
    assert {row["water"] for row in stations} <= {"yes", "no", "nearby", "unknown"}
    assert {row["toilet"] for row in stations} == {"yes", "no", "nearby", "unknown"}


def test_stations_stand_in_their_townships_by_a_street(
    stations: list[dict[str, str]], townships: dict[str, Polygon], drawn: Drawn
) -> None:
    streets = STRtree([drawn.line(nodes) for nodes, _ in drawn.streets()])
    for row in stations:
        place = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert townships[row["township"]].contains(place), row["code"]
        assert streets.query_nearest(place, max_distance=0.0008).size, row["code"]


def test_people_are_where_the_county_is(demo: DemoFiles, townships: dict[str, Polygon]) -> None:
    with demo.population.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 500 < len(rows) < 5000
    whole = shapely.union_all(list(townships.values()))
    inside = shapely.contains_xy(whole, [float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])
    assert inside.all()
    assert 120_000 < sum(int(row["population"]) for row in rows) < 220_000


def _paths(files: DemoFiles) -> tuple[Path, ...]:
    return files.extract, files.townships, files.population, files.stations


def _no_foot(tags: dict[str, str]) -> bool:
    return tags.get("foot", tags.get("access", "yes")) in SHUT
