"""Writing the drawn county: an OpenStreetMap extract, the townships and lists, the same bytes on every machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way
from shapely import Polygon

from geodata.demo.frame import Point, to_degrees
from geodata.demo.land import COUNTY_NAME, SEAT, TOWNS, Land
from geodata.demo.sheet import Sheet, Tags
from geodata.demo.weave import Woven, weave

WHEN = datetime(2025, 1, 1, tzinfo=UTC)
"""Of every object. A fixed one, as the same seed gives the same file."""

GENERATOR = "made-up county (no real place)"


def write_extract(path: Path, sheet: Sheet) -> None:
    """Write everything drawn as an OpenStreetMap extract, nodes, ways and relations in order of their numbers.

    The blocks of the file are not compressed: how far a block is squeezed
    depends on the version of zlib, and the bytes should not.
    """
    woven = weave(sheet.streets)
    book = _Book()
    _enter_streets(book, woven)
    for spot in sheet.spots:
        if spot.on_street:
            book.tag(woven.vertices.number(spot.point), spot.tags)
        else:
            book.spot(spot.point, spot.tags)
    for area in sheet.areas:
        rings = [area.shape.exterior, *area.shape.interiors]
        if len(rings) == 1:
            book.way(book.ring(rings[0].coords), area.tags)
        else:
            outer, *inner = (book.way(book.ring(ring.coords), {}) for ring in rings)
            members = [("w", outer, "outer"), *(("w", way, "inner") for way in inner)]
            book.relation(members, {"type": "multipolygon", **area.tags})
    arcs = [book.way(book.line(arc), {"boundary": "administrative", "admin_level": "8"}) for arc in sheet.arcs]
    seats = {spot.tags["name"]: spot.point for spot in sheet.spots if spot.tags.get("place") == "town"}
    for border in sheet.borders:
        members = [("w", arcs[k], "outer") for k in border.arcs]
        if border.tags["name"] in seats:
            members.append(("n", book.corner(seats[border.tags["name"]]), "admin_centre"))
        book.relation(members, border.tags)
    book.write(path)


class _Book:
    """Objects as they are numbered, until they are written."""

    def __init__(self) -> None:
        self._nodes: list[tuple[Point, dict[str, str]]] = []
        self._corners: dict[Point, int] = {}
        self._woven: dict[int, int] = {}
        self._ways: list[tuple[list[int], Tags]] = []
        self._relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def vertex(self, number: int, point: Point) -> int:
        """Node of a woven vertex."""
        if number not in self._woven:
            self._woven[number] = self._add(to_degrees(point), {})
        return self._woven[number]

    def tag(self, vertex: int, tags: Tags) -> None:
        """Add tags to the node of a woven vertex, if a street passes there."""
        if vertex in self._woven:
            self._nodes[self._woven[vertex] - 1][1].update(tags)

    def corner(self, point: Point) -> int:
        """Node of an area's corner or a border's; one for each place."""
        place = to_degrees(point)
        if place not in self._corners:
            self._corners[place] = self._add(place, {})
        return self._corners[place]

    def spot(self, point: Point, tags: Tags) -> None:
        """Enter a tagged node of its own."""
        self._corners[to_degrees(point)] = self._add(to_degrees(point), dict(tags))

    def line(self, points: Iterable[Sequence[float]]) -> list[int]:
        """Nodes along a line."""
        nodes: list[int] = []
        for point in points:
            node = self.corner((point[0], point[1]))
            if not nodes or nodes[-1] != node:
                nodes.append(node)
        return nodes

    def ring(self, points: Iterable[Sequence[float]]) -> list[int]:
        """Nodes round a ring, the first again at the end."""
        return self.line(points)

    def way(self, nodes: list[int], tags: Tags) -> int:
        """Enter a way and give its number."""
        self._ways.append((nodes, tags))
        return len(self._ways)

    def relation(self, members: list[tuple[str, int, str]], tags: Tags) -> None:
        """Enter a relation."""
        self._relations.append((members, tags))

    def _add(self, place: Point, tags: dict[str, str]) -> int:
        self._nodes.append((place, tags))
        return len(self._nodes)

    def write(self, path: Path) -> None:
        """Write what was entered."""
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        lons, lats = zip(*(place for place, _ in self._nodes), strict=True)
        header.add_box(osmium.osm.Box(min(lons), min(lats), max(lons), max(lats)))
        file = osmium.io.File(str(path), "pbf,pbf_compression=none,add_metadata=version+timestamp")
        with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
            for number, (place, tags) in enumerate(self._nodes, 1):
                writer.add_node(Node(id=number, location=place, tags=tags, version=1, timestamp=WHEN))
            for number, (nodes, way_tags) in enumerate(self._ways, 1):
                writer.add_way(Way(id=number, nodes=nodes, tags=way_tags, version=1, timestamp=WHEN))
            for number, (members, relation_tags) in enumerate(self._relations, 1):
                writer.add_relation(Relation(id=number, members=members, tags=relation_tags, version=1, timestamp=WHEN))


def _enter_streets(book: _Book, woven: Woven) -> None:
    for street, chain in zip(woven.streets, woven.chains, strict=True):
        book.way([book.vertex(number, woven.vertices.points[number]) for number in chain], street.tags)


def write_townships(path: Path, land: Land) -> None:
    """Write the townships as GeoJSON (RFC 7946), with names and codes of 9 digits."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": town.code, "name": town.name, "county": COUNTY_NAME, "population": town.people},
            "geometry": {"type": "Polygon", "coordinates": _rings(shape)},
        }
        for town, shape in zip((SEAT, *TOWNS), land.townships, strict=True)
    ]
    about = f"{COUNTY_NAME} is made up: no such county, no such codes. 虚构的县，仅供演示。"
    collection = {"type": "FeatureCollection", "name": "townships", "description": about, "features": features}
    path.write_bytes((json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n").encode())


def _rings(shape: Polygon) -> list[list[Point]]:
    """Rings in degrees, the outer one anticlockwise (RFC 7946, section 3.1.6)."""
    oriented = shape.normalize().reverse() if not shape.normalize().exterior.is_ccw else shape.normalize()
    return [[to_degrees((x, y)) for x, y in ring.coords] for ring in (oriented.exterior, *oriented.interiors)]


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a CSV in UTF-8 with LF line ends; a column that a row lacks is empty."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode())
