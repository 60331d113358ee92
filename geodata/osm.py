"""An OpenStreetMap extract, read in one pass: streets, places, host premises, boundaries, the map beneath."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from osmium.osm.types import Area, Node, NodeRefList, Relation, Way
from shapely.geometry.base import BaseGeometry

from geodata.access import Mode, Permission, node_blocks, street_class, way_permission
from geodata.errors import OsmFileError
from geodata.features import AdminArea, Place, Premises
from geodata.legend import AREA_KEYS as DRAWN_AREA_KEYS
from geodata.legend import LINK, STREET_KINDS, STREETS, area_kind, line_kind, name_kind, place_kind
from geodata.lonlat import LonLat
from geodata.progress import Progress, silent
from geodata.sketch import BRIDGE, FIXED, SLIP, TUNNEL, Ring, Sketch, Sketchbook

HOST_TAGS: Mapping[tuple[str, str], str] = {
    ("amenity", "bank"): "bank",
    ("amenity", "post_office"): "post_office",
    ("amenity", "fuel"): "petrol_station",
    ("amenity", "pharmacy"): "pharmacy",
    ("amenity", "community_centre"): "community_centre",
    ("amenity", "library"): "library",
    ("amenity", "toilets"): "public_toilet",
    ("amenity", "bus_station"): "bus_station",
    ("amenity", "police"): "police",
    ("shop", "supermarket"): "supermarket",
    ("shop", "convenience"): "convenience",
    ("shop", "mobile_phone"): "telecom_shop",
    ("tourism", "attraction"): "scenic_spot",
    ("office", "union"): "union",
}
"""Which premises host stations, by tag."""

AREA_KEYS = tuple(dict.fromkeys(("boundary", "building", *DRAWN_AREA_KEYS)))
"""Only relations with one of these are put together into areas, and ways that bound a township."""
NAME_KEYS = ("name:zh", "name:en", "alt_name", "old_name", "short_name")
TELL_EVERY = 20_000

Run = Sequence[Sequence[int]]
"""Identifiers, longitudes and latitudes along a stretch of a way."""


@dataclass(frozen=True)
class Extract:
    """What an extract holds, with the ways of streets in flat arrays.

    Attributes
    ----------
    way_start
        int64 [W + 1]: way ``i`` has the nodes ``way_start[i]:way_start[i + 1]``.
    node_ref
        int64 [T]: OpenStreetMap node identifiers along the ways.
    node_x, node_y
        int32 [T]: longitude and latitude in 1e-7 degrees WGS-84.
    permission
        uint8 [W]: for the i-th mode, bit ``2 i`` is travel along the way, bit ``2 i + 1`` against it.
    kind
        uint8 [W]: index into :data:`geodata.legend.STREET_KINDS`.
    blocked
        Node identifier to bits of the modes that a barrier stops there.
    refused
        (mode, tag that closed the way) to number of ways.
    sketch
        What the base map shows: every street, also those that no mode may use, and all else.
    """

    way_start: NDArray[np.int64]
    node_ref: NDArray[np.int64]
    node_x: NDArray[np.int32]
    node_y: NDArray[np.int32]
    permission: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    blocked: Mapping[int, int]
    refused: Mapping[tuple[str, str], int]
    places: tuple[Place, ...]
    premises: tuple[Premises, ...]
    admin_areas: tuple[AdminArea, ...]
    sketch: Sketch

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the streets in degrees."""
        return (
            float(self.node_x.min()) / FIXED,
            float(self.node_y.min()) / FIXED,
            float(self.node_x.max()) / FIXED,
            float(self.node_y.max()) / FIXED,
        )


def read_extract(path: Path, modes: Mapping[str, Mode], progress: Progress = silent) -> Extract:
    """Read an ``.osm.pbf`` (or any other file that libosmium reads).

    Raises
    ------
    OsmFileError
        The file is missing, empty, cut off or no OpenStreetMap data, or has no street that a mode may use.
    """
    if not path.is_file():
        raise OsmFileError("There is no file “{name}”. Give the path of an .osm.pbf extract.", name=path.name)
    if path.stat().st_size == 0:
        raise OsmFileError("“{name}” is empty. Download or copy the extract again.", name=path.name)
    reading = _Reading(modes)
    processor = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_areas(osmium.filter.KeyFilter(*AREA_KEYS))
        .with_filter(osmium.filter.EmptyTagFilter())
    )
    try:
        for count, item in enumerate(processor):
            if count % TELL_EVERY == 0:
                progress("read", count, None)
            if isinstance(item, Way):
                reading.way(item)
            elif isinstance(item, Node):
                reading.node(item)
            elif isinstance(item, Area):
                reading.area(item)
            elif isinstance(item, Relation):
                reading.relation(item)
    except RuntimeError as fault:
        raise OsmFileError(
            "“{name}” cannot be read as OpenStreetMap data ({fault}). "
            "It may be cut off or of another format; download or copy it again.",
            name=path.name,
            fault=str(fault),
        ) from fault
    return reading.extract(path)


class _Reading:
    """What has been read so far."""

    def __init__(self, modes: Mapping[str, Mode]) -> None:
        self.modes = tuple(modes.values())
        self.permissions: dict[tuple[tuple[str, str], ...], tuple[Permission, ...]] = {}
        self.start, self.ref, self.x, self.y = [0], list[int](), list[int](), list[int]()
        self.permission, self.kind = list[int](), list[int]()
        self.blocked: dict[int, int] = {}
        self.refused: Counter[tuple[str, str]] = Counter()
        self.places, self.premises = list[Place](), list[Premises]()
        self.relations: dict[int, dict[str, str]] = {}
        self.admin: dict[int, AdminArea] = {}
        self.book = Sketchbook()
        self.wkb = osmium.geom.WKBFactory()

    def node(self, node: Node) -> None:
        tags = dict(node.tags)
        if "barrier" in tags:
            bits = sum(1 << i for i, mode in enumerate(self.modes) if node_blocks(tags, mode))
            if bits:
                self.blocked[node.id] = bits
        if not node.location.valid():
            return
        if "place" in tags and "name" in tags:
            self.places.append(_place(tags, tags["place"], LonLat(node.lon, node.lat)))
        self._host(tags, f"n{node.id}", node.lon, node.lat)
        if "name" in tags:
            spot = place_kind(tags)
            if spot is not None:
                self.book.spot(spot, tags, node.location.x, node.location.y)

    def way(self, way: Way) -> None:
        tags = dict(way.tags)
        located = [(n.ref, n.x, n.y) for n in way.nodes if n.location.valid()]
        if len(located) < 2:
            return
        street = street_class(tags)
        if street is not None:
            self._street(street, tags, way, located)
            return
        line = line_kind(tags)
        if line is not None:
            self._line(line, tags, located)
        elif way.is_closed():
            self._closed(tags, located)
        if line is None and not self.refused_as_no_street(tags):
            middle_x = sum(x for _, x, _ in located) / len(located) / FIXED
            middle_y = sum(y for _, _, y in located) / len(located) / FIXED
            self._host(tags, f"w{way.id}", middle_x, middle_y)
            if "place" in tags and "name" in tags:
                self.places.append(_place(tags, tags["place"], LonLat(middle_x, middle_y)))

    def refused_as_no_street(self, tags: Mapping[str, str]) -> bool:
        highway = tags.get("highway")
        if highway is None:
            return False
        self.refused.update((mode.key, f"highway={highway}") for mode in self.modes)
        return True

    def relation(self, relation: Relation) -> None:
        tags = dict(relation.tags)
        if tags.get("boundary") == "administrative":
            self.relations[relation.id] = tags

    def area(self, area: Area) -> None:
        tags = dict(area.tags)
        if tags.get("boundary") == "administrative":
            ref = f"w{area.orig_id()}" if area.from_way() else f"r{area.orig_id()}"
            self.admin[area.orig_id()] = self._bounded(area, tags, ref)
        kind = None if area.from_way() else area_kind(tags)
        if kind is not None:
            rings = [[outer, *area.inner_rings(outer)] for outer in area.outer_rings()]
            self.book.area(kind, name_kind(tags, kind), tags, [list(map(_ring, polygon)) for polygon in rings])

    def _bounded(self, area: Area, tags: Mapping[str, str], ref: str) -> AdminArea:
        try:
            return _admin_area(tags, shapely.from_wkb(self.wkb.create_multipolygon(area)), None, ref)
        except RuntimeError as error:
            return _admin_area(tags, None, f"its rings do not make an area ({error})", ref)

    def extract(self, path: Path) -> Extract:
        if not any(self.permission):
            raise OsmFileError(
                "“{name}” has no street that one may walk or ride. Take an extract that includes ways with “highway”.",
                name=path.name,
            )
        for ref, tags in self.relations.items():
            if ref not in self.admin:
                self.admin[ref] = _admin_area(tags, None, "its ring does not close inside the extract", f"r{ref}")
        return Extract(
            way_start=np.array(self.start, np.int64),
            node_ref=np.array(self.ref, np.int64),
            node_x=np.array(self.x, np.int32),
            node_y=np.array(self.y, np.int32),
            permission=np.array(self.permission, np.uint8),
            kind=np.array(self.kind, np.uint8),
            blocked=self.blocked,
            refused=dict(self.refused),
            places=tuple(self.places),
            premises=tuple(self.premises),
            admin_areas=tuple(self.admin[ref] for ref in sorted(self.admin)),
            sketch=self.book.sketch(),
        )

    def _street(self, street: str, tags: dict[str, str], way: Way, located: list[tuple[int, int, int]]) -> None:
        key = tuple(sorted(item for item in tags.items() if not item[0].startswith(("name", "source", "ref", "addr"))))
        read = self.permissions.get(key)
        if read is None:
            read = self.permissions[key] = tuple(way_permission(tags, mode) for mode in self.modes)
        bits = 0
        for i, (mode, said) in enumerate(zip(self.modes, read, strict=True)):
            bits |= said.forward << 2 * i | said.backward << 2 * i + 1
            if said.refusal:
                self.refused[mode.key, said.refusal] += 1
        runs = [tuple(zip(*run, strict=True)) for run in _whole_runs(way, located)]
        self._draw_street(street, tags, way, runs)
        kind = STREET_KINDS.index(street if street in STREET_KINDS else "road")
        if not bits:
            return
        if "name" in tags:
            _, x, y = located[len(located) // 2]
            self.places.append(_place(tags, "street", LonLat(x / FIXED, y / FIXED)))
        for ref, x_run, y_run in runs:
            if len(set(x_run)) == 1 and len(set(y_run)) == 1:
                continue
            self.ref.extend(ref)
            self.x.extend(x_run)
            self.y.extend(y_run)
            self.start.append(len(self.ref))
            self.permission.append(bits)
            self.kind.append(kind)

    def _draw_street(self, street: str, tags: Mapping[str, str], way: Way, runs: Sequence[Run]) -> None:
        if way.is_closed() and len(runs) == 1 and len(runs[0][0]) > 3:
            kind = area_kind(tags)
            if kind is not None:
                _, x, y = runs[0]
                self.book.area(kind, name_kind(tags, kind), tags, [[(x, y)]])
                return
        kind = street.removesuffix(LINK)
        flags = _level(tags) | (SLIP if street != kind else 0)
        for _, x, y in runs:
            self.book.line(kind if kind in STREETS else "road", tags, x, y, flags)

    def _line(self, kind: str, tags: Mapping[str, str], located: list[tuple[int, int, int]]) -> None:
        _, x, y = zip(*located, strict=True)
        self.book.line(kind, tags, x, y, _level(tags))

    def _closed(self, tags: Mapping[str, str], located: list[tuple[int, int, int]]) -> None:
        """Draw a closed way as an area."""
        kind = area_kind(tags)
        if kind is not None and len(located) > 3:
            _, x, y = zip(*located, strict=True)
            self.book.area(kind, name_kind(tags, kind), tags, [[(x, y)]])

    def _host(self, tags: Mapping[str, str], ref: str, lon: float, lat: float) -> None:
        for pair in tags.items():
            host = HOST_TAGS.get(pair)
            if host is not None:
                position = LonLat(lon, lat)
                self.premises.append(Premises(tags.get("name", ""), host, position, tags.get("opening_hours"), ref))
                return


def _level(tags: Mapping[str, str]) -> int:
    """Whether a way goes over the others or under them."""
    if tags.get("bridge", "no") != "no":
        return BRIDGE
    return TUNNEL if tags.get("tunnel", "no") != "no" else 0


def _ring(nodes: NodeRefList) -> Ring:
    return [node.x for node in nodes], [node.y for node in nodes]


def _whole_runs(way: Way, located: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Cut a way where its nodes are missing from the extract, so that no street jumps over the gap."""
    if len(located) == len(way.nodes):
        runs = [located]
    else:
        runs = [[]]
        for n in way.nodes:
            if n.location.valid():
                runs[-1].append((n.ref, n.x, n.y))
            elif runs[-1]:
                runs.append([])
    whole = []
    for run in runs:
        distinct = [point for i, point in enumerate(run) if i == 0 or point[0] != run[i - 1][0]]
        if len(distinct) > 1:
            whole.append(distinct)
    return whole


def _place(tags: Mapping[str, str], kind: str, position: LonLat) -> Place:
    people = tags.get("population", "")
    return Place(
        name=tags["name"],
        kind=kind,
        position=position,
        population=int(people) if people.isascii() and people.isdigit() else None,
        names={key: tags[key] for key in NAME_KEYS if key in tags},
    )


def _admin_area(tags: Mapping[str, str], shape: BaseGeometry | None, fault: str | None, ref: str) -> AdminArea:
    level = tags.get("admin_level", "")
    code = next((tags[key] for key in ("ref:admin", "gb:code", "admin_code", "ref", "adcode") if key in tags), None)
    level_number = int(level) if level.isascii() and level.isdigit() else 0
    return AdminArea(tags.get("name", ""), level_number, code, shape, fault, ref)
