"""Vector tiles of an atlas: the base map that needs no outside service.

The format is the Mapbox Vector Tile specification 2.1. A tile is 512 pixels wide
where a map shows it at its own scale, so one of zoom 14 is for a map that says 15.

=============  ========  ==========================================================
layer          geometry  properties
=============  ========  ==========================================================
``land``       areas     ``kind``: homes, park, wood, farm, school ...
``water``      areas     ``kind``: water, sea
``streams``    lines     ``kind``: river, canal, stream; names
``buildings``  areas
``roads``      lines     ``kind``: class of street; ``rank``: 0 the broadest to 7,
                         what is walked only; ``level``: 1 on a bridge, -1 in a
                         tunnel; ``link``: 1 for slip roads; names
``rails``      lines     ``kind``: rail, light_rail, subway ...; ``level``
``names``      points    ``kind``: city, village ..., water, green, school ...; names
=============  ========  ==========================================================

Names are ``name``, as the place itself writes it, and ``zh`` and ``en`` where those
are mapped and differ.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.drawing import AREAS, CLOSEST, LAYERS, WORLD, Drawing
from geodata.errors import TileError
from geodata.legend import KINDS, STREETS
from geodata.runs import expand_runs
from geodata.sketch import BRIDGE, SLIP, TUNNEL, said_of

EDITION = 1
"""Rises when a tile of the same drawing would come out otherwise."""

EXTENT = 4096
BUFFER = 96
"""What lies so near outside is in the tile too, in 4096ths of its width: 12 pixels, the half of a broad road."""

SMOOTH = 4.0
SMOOTH_AREAS = 8.0
SMOOTH_CLOSEST = 1.0
"""How far, in 4096ths, a line may stray from its true course: half a pixel, the edge of an area a whole one; less in
the closest tiles, which a map draws larger."""

SPECK = 8.0
"""Lines that stay within a pixel are left out, but for the closest tiles."""

KEPT_BYTES = 24 * 2**20
"""How much of what was made is kept in memory, the least recently used forgotten first."""

Tile = tuple[int, int, int]


class Tiles:
    """The tiles of one drawing, made when they are asked for and kept while there is room; safe under threads.

    Parameters
    ----------
    drawing
        What the map shows.
    room
        Bytes of tiles that are kept.
    """

    def __init__(self, drawing: Drawing, room: int = KEPT_BYTES) -> None:
        self._drawing = drawing
        self._room = room
        self._kept: OrderedDict[Tile, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    @property
    def mark(self) -> str:
        """What tells these tiles from any others; part of their addresses, so that a tile never changes."""
        return f"{EDITION}-{self._drawing.mark}"

    def get(self, z: int, x: int, y: int) -> bytes:
        """Give a tile; empty where there is nothing to show.

        Raises
        ------
        TileError
            There is no such tile.
        """
        check(z, x, y)
        tile = (z, x, y)
        with self._lock:
            if tile in self._kept:
                self._kept.move_to_end(tile)
                return self._kept[tile]
        made = encode(self._drawing, z, x, y)
        with self._lock:
            if tile not in self._kept:
                self._kept[tile] = made
                self._size += len(made) + 200
                while self._size > self._room:
                    _, gone = self._kept.popitem(last=False)
                    self._size -= len(gone) + 200
        return made


def check(z: int, x: int, y: int) -> None:
    """Refuse a tile that does not exist.

    Raises
    ------
    TileError
        No such zoom, or beyond the edge of the world.
    """
    if not 0 <= z <= CLOSEST:
        raise TileError("There are tiles of zoom 0 to {closest}, and none of {z}.", z=z, closest=CLOSEST)
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise TileError("At zoom {z} x and y go from 0 to {most}; {x}, {y} is beyond.", z=z, x=x, y=y, most=2**z - 1)


def encode(drawing: Drawing, z: int, x: int, y: int) -> bytes:
    """Cut a tile out of a drawing, simplify what is in it for its scale, and write it."""
    span = WORLD >> z
    west, north = x * span - WORLD // 2, y * span - WORLD // 2
    margin = span * BUFFER // EXTENT
    box = drawing.box
    seen = drawing.zoom <= z
    seen &= (box[2] >= west - margin) & (box[0] <= west + span + margin)
    seen &= (box[3] >= north - margin) & (box[1] <= north + span + margin)
    things = np.flatnonzero(seen)
    if not things.size:
        return b""
    layers = []
    which = drawing.layer[things]
    for number, name in enumerate(LAYERS):
        mine = things[which == number]
        if mine.size:
            cut = _Cut(drawing, mine, west, north, span)
            features = _areas(cut) if name in AREAS else _points(cut) if name == "names" else _lines(cut)
            if features:
                layers.append({"name": name, "features": features})
    if not layers:
        return b""
    options = {"y_coord_down": True, "extents": EXTENT, "check_winding_order": False}
    import mapbox_vector_tile  # brings protobuf, which only who draws needs

    return bytes(mapbox_vector_tile.encode(layers, default_options=options))


class _Cut:
    """Things of one layer in the coordinates of a tile."""

    def __init__(self, drawing: Drawing, things: NDArray[np.int64], west: int, north: int, span: int) -> None:
        self.drawing, self.things = drawing, things
        rings = np.diff(drawing.first_ring)[things]
        self.ring = expand_runs(drawing.first_ring[things], drawing.first_ring[things + 1])
        self.thing_of_ring = np.repeat(np.arange(things.size), rings)
        starts, ends = drawing.first_point[self.ring], drawing.first_point[self.ring + 1]
        points = expand_runs(starts, ends)
        scale = EXTENT / span
        self.at = np.column_stack(
            (
                (drawing.x[points].astype(np.int64) - west) * scale,
                (drawing.y[points].astype(np.int64) - north) * scale,
            )
        )
        self.ring_of_point = np.repeat(np.arange(self.ring.size), ends - starts)
        self.closest = span == WORLD >> CLOSEST

    def kept(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Cut shapes to the tile and its margin."""
        return shapely.clip_by_rect(shapes, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)

    def properties(self, at: int, keys: tuple[str, ...]) -> dict[str, str | int]:
        """What is said of a thing; of `keys`, those that say anything."""
        thing = self.things[at]
        kind = KINDS[self.drawing.kind[thing]].rpartition(":")[2]
        flags = int(self.drawing.flags[thing])
        said: dict[str, str | int] = {"kind": kind}
        if "rank" in keys:
            said["rank"] = STREETS[kind][0]
        if flags & (BRIDGE | TUNNEL):
            said["level"] = 1 if flags & BRIDGE else -1
        if flags & SLIP:
            said["link"] = 1
        if "name" in keys and self.drawing.text[thing]:
            texts = self.drawing.texts[self.drawing.text[thing]]
            said |= {key: text for key, text in zip(("name", "zh", "en"), texts, strict=True) if text}
        return said


def _lines(cut: _Cut) -> list[dict[str, Any]]:
    """Lines, those of which the same is said as one feature: that keeps a tile small."""
    lines = cut.kept(shapely.linestrings(cut.at, indices=cut.ring_of_point))
    lines = _whole(shapely.simplify(lines, SMOOTH_CLOSEST if cut.closest else SMOOTH, preserve_topology=False))
    parts, owner = shapely.get_parts(lines, return_index=True)
    bounds = shapely.bounds(parts)
    size = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    worth = size > (0.0 if cut.closest else SPECK)
    parts, owner = parts[worth], owner[worth]
    drawing, things = cut.drawing, cut.things[owner]
    said = said_of(drawing.kind[things], drawing.flags[things], drawing.text[things])
    _, first, group = np.unique(said, return_index=True, return_inverse=True)
    # In the order of the drawing, which is that of their height.
    group = np.argsort(np.argsort(first))[group]
    order = np.argsort(group, kind="stable")
    joined = shapely.multilinestrings(parts[order], indices=group[order]) if parts.size else parts
    keys = ("rank", "name") if LAYERS[drawing.layer[cut.things[0]]] == "roads" else ("name",)
    return [
        {"geometry": shape, "properties": cut.properties(int(owner[at]), keys)}
        for shape, at in zip(joined, np.sort(first), strict=True)
    ]


def _areas(cut: _Cut) -> list[dict[str, Any]]:
    rings = shapely.linearrings(cut.at, indices=cut.ring_of_point)
    outer = cut.drawing.outer[cut.ring]
    polygons = shapely.polygons(rings, indices=np.cumsum(outer) - 1)
    polygons, owner = cut.kept(polygons), cut.thing_of_ring[outer]
    tolerance = SMOOTH_CLOSEST if cut.closest else SMOOTH_AREAS
    polygons = shapely.simplify(polygons, tolerance, preserve_topology=False)
    polygons, part = shapely.get_parts(_whole(polygons), return_index=True)
    owner = owner[part]
    good = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & (shapely.area(polygons) >= 1.0)
    polygons, owner = shapely.orient_polygons(polygons[good]), owner[good]
    named = LAYERS[cut.drawing.layer[cut.things[0]]] != "buildings"
    return [
        {"geometry": shape, "properties": cut.properties(int(at), ()) if named else {}}
        for shape, at in zip(polygons, owner, strict=True)
    ]


def _points(cut: _Cut) -> list[dict[str, Any]]:
    """Names, each in the one tile that it stands in."""
    inside = ((cut.at >= 0) & (cut.at < EXTENT)).all(axis=1)
    spots = shapely.points(np.round(cut.at))
    return [{"geometry": spots[at], "properties": cut.properties(int(at), ("name",))} for at in np.flatnonzero(inside)]


def _whole(shapes: NDArray[Any]) -> NDArray[Any]:
    """Shapes on the grid of a tile."""
    return shapely.transform(shapes, np.round)
