"""Small worlds whose times can be worked out by hand, written as an extract and read back like anyone's.

A world is a few lines of text. A node has a name and lies so many metres east and north of a corner; a way runs
through nodes; both may have tags. Places, areas and buildings are ways and nodes like any others::

    a   0   0
    b 100   0   barrier=gate locked=yes
    c 100 200
    a-b-c   highway=residential oneway=yes
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from geodata.access import Mode, load_modes
from geodata.lonlat import METRES_PER_DEGREE, LonLat
from geodata.network import StreetNetwork
from geodata.osm import Extract, read_extract
from geodata.snapping import SegmentIndex, Snap, Snaps
from geodata.streets import Streets, build_streets
from geodata.travel import metres_between

CORNER = LonLat(116.3, 28.3)
EAST_DEG = 1.0 / (METRES_PER_DEGREE * math.cos(math.radians(CORNER.lat)))
NORTH_DEG = 1.0 / METRES_PER_DEGREE

Tags = dict[str, str]

ISLANDS_M = {"walk": 500.0, "ebike": 1000.0}
"""Components smaller than this are islands in these small worlds, whatever they are in a county."""


def small_modes() -> dict[str, Mode]:
    """The travel modes, with islands as small as these worlds."""
    return {key: replace(mode, min_component_m=ISLANDS_M[key]) for key, mode in load_modes().items()}


def at(east_m: float, north_m: float) -> LonLat:
    """The position so many metres east and north of the corner."""
    return LonLat(CORNER.lon + east_m * EAST_DEG, CORNER.lat + north_m * NORTH_DEG)


@dataclass
class Drawing:
    """Nodes and ways of a world before they are written."""

    nodes: dict[str, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[str, Tags] = field(default_factory=dict)
    ways: list[tuple[tuple[str, ...], Tags]] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> Drawing:
        drawing = cls()
        for line in text.splitlines():
            words = line.split()
            if not words:
                continue
            tags = dict(word.split("=", 1) for word in words if "=" in word)
            if "-" in words[0] and "=" not in words[0]:
                drawing.ways.append((tuple(words[0].split("-")), tags))
            else:
                drawing.nodes[words[0]] = (float(words[1]), float(words[2]))
                drawing.node_tags[words[0]] = tags
        return drawing

    def write(self, path: Path, *, way_order: Sequence[int] | None = None) -> Path:
        """Write the world as an extract, its ways perhaps in another order."""
        number = {name: i for i, name in enumerate(self.nodes, 1)}
        order = range(len(self.ways)) if way_order is None else way_order
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for name, place in self.nodes.items():
                where = at(*place)
                writer.add_node(Node(id=number[name], location=(where.lon, where.lat), tags=self.node_tags[name]))
            for ref, i in enumerate(order, 1):
                names, tags = self.ways[i]
                # A name that no node line gives is a node that the extract lacks.
                writer.add_way(Way(id=ref, nodes=[number.get(name, 10**6 + ref) for name in names], tags=tags))
        return path


@dataclass(frozen=True)
class World:
    """A world as it is after reading: its streets, and what a person measures in it."""

    extract: Extract
    streets: Streets
    index: SegmentIndex

    @cached_property
    def networks(self) -> Mapping[str, StreetNetwork]:
        return {mode.key: StreetNetwork(self.streets, mode.key, self.index) for mode in self.streets.modes}

    def network(self, mode: str = "walk") -> StreetNetwork:
        return self.networks[mode]

    def snap(self, place: tuple[float, float], mode: str = "walk") -> Snap:
        return self.network(mode).snap(at(*place))

    def snaps(self, places: Sequence[tuple[float, float]], mode: str = "walk") -> Snaps:
        where = [at(*place) for place in places]
        lon, lat = np.array([p.lon for p in where]), np.array([p.lat for p in where])
        return self.network(mode).snap_many(lon, lat)

    def metres(self, start: tuple[float, float], goal: tuple[float, float], mode: str = "walk") -> float:
        """How far it is from one place to another, door to door; infinite where no way leads."""
        return float(metres_between(self.network(mode), self.snap(start, mode), self.snaps([goal], mode))[0])

    def km(self, mode: str = "walk") -> float:
        return float(self.streets.edge_m[self.streets.usable(self.streets.mode_index(mode))].sum()) / 1000.0


def extract_of(text: str | Drawing, *, way_order: Sequence[int] | None = None) -> Extract:
    """Write a world to a file and read it."""
    drawing = Drawing.read(text) if isinstance(text, str) else text
    with tempfile.TemporaryDirectory() as folder:
        return read_extract(drawing.write(Path(folder) / "world.osm.pbf", way_order=way_order), small_modes())


def world_of(text: str | Drawing, *, way_order: Sequence[int] | None = None) -> World:
    """Write a world to a file, read it, and fold its streets."""
    extract = extract_of(text, way_order=way_order)
    streets = build_streets(extract, small_modes())
    return World(extract, streets, SegmentIndex.build(streets))
