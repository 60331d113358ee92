"""The drawing of an atlas: everything its base map shows, ready to be cut into tiles.

Coordinates are whole numbers on the square of Web Mercator (EPSG:3857), 2**32 to a
side, x to the east and y to the south, with the middle of the world at 0: 9 mm at the
equator. A tile is then a shift and a cut, with no sines.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.coast import sea_beside
from geodata.legend import (
    BUILDING,
    COASTLINE,
    GROUND_KINDS,
    KIND_AT,
    KINDS,
    LINES,
    LINK_LATER,
    PLACES,
    SEA,
    SIGHTS,
    STREETS,
)
from geodata.lonlat import METRES_PER_DEGREE
from geodata.sketch import FIXED, SLIP, Sketch, said_of

WORLD = 2**32
CLOSEST = 15
"""Zoom of the closest tiles; a map draws them larger beyond it."""

PIXEL_M = METRES_PER_DEGREE * 360.0 / 512.0
"""Metres in a pixel at zoom 0 on the equator, a tile being 512 pixels wide."""

SEEN_PX = 6.0
"""Areas whose side is shorter are not drawn yet."""

BUILDING_PX = 26.0
NAMED_PX = 40.0
"""Areas whose side is shorter are not called by name yet."""

COAST_MARGIN_DEG = 0.02

LAYERS = ("land", "water", "streams", "buildings", "roads", "rails", "names")
"""Layers of a tile in the order of drawing."""

AREAS = frozenset({"land", "water", "buildings"})


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a base map shows, layer by layer, in the order of drawing.

    Attributes
    ----------
    layer
        uint8 [N]: index into `LAYERS`.
    kind
        uint8 [N]: index into `geodata.legend.KINDS`.
    flags
        uint8 [N]: bits of `geodata.sketch`.
    zoom
        uint8 [N]: first zoom that shows it.
    text
        int32 [N]: index into `texts`; 0 for no name.
    box
        int32 [4, N]: west, north, east, south.
    first_ring, outer, first_point
        Rings and points of things, as in `geodata.sketch.Sketch`.
    x, y
        int32 [P].
    letters
        uint8: the texts as JSON in UTF-8.
    """

    layer: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    zoom: NDArray[np.uint8]
    text: NDArray[np.int32]
    box: NDArray[np.int32]
    first_ring: NDArray[np.int64]
    outer: NDArray[np.bool_]
    first_point: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    letters: NDArray[np.uint8]
    marked: str = ""
    """The mark, where it is known."""

    @cached_property
    def texts(self) -> list[tuple[str, str, str]]:
        """Name, Chinese name, English name; the last two empty where they are not mapped or the same."""
        return [tuple(said) for said in json.loads(self.letters.tobytes())]

    @cached_property
    def mark(self) -> str:
        """What tells this drawing from any other: 16 hexadecimal digits of its content."""
        if self.marked:
            return self.marked
        said = blake2b(digest_size=8)
        for name, array in self.to_arrays().items():
            said.update(f"{name} {array.dtype.str} {array.shape}".encode())
            said.update(np.ascontiguousarray(array).tobytes())
        return said.hexdigest()

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "marked"}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], mark: str = "") -> Drawing:
        """Take back what `to_arrays` gave; with its mark, if that was kept, it need not be worked out again."""
        return cls(**arrays, marked=mark)


@dataclass(frozen=True)
class _Lot:
    """Things of one sort on the way into the drawing; shapes are shapely's, in degrees."""

    layer: str
    shape: NDArray[Any]
    kind: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    zoom: NDArray[np.uint8]
    text: NDArray[np.int32]
    order: NDArray[np.float64]
    """The lower is drawn first; of names, the lower is kept where two are in each other's way."""


def draw(sketch: Sketch, bounds: tuple[float, float, float, float]) -> Drawing:
    """Lay out a drawing: ways of one street joined, areas in order, names where they belong.

    Parameters
    ----------
    bounds
        West, south, east, north of the streets in degrees; the sea is drawn to a little beyond.
    """
    areas = sketch.of(*GROUND_KINDS, "water", BUILDING)
    shapes = sketch.areas(areas)
    side_m = _sides_m(shapes)
    lots = [
        _lines(sketch, "roads", sketch.of(*STREETS)),
        _lines(sketch, "streams", sketch.of(*(kind for kind, (layer, _) in LINES.items() if layer == "streams"))),
        _lines(sketch, "rails", sketch.of(*(kind for kind, (layer, _) in LINES.items() if layer == "rails"))),
        _sea(sketch, bounds),
        *_areas(sketch, areas, shapes, side_m),
        _spots(sketch),
        _names(sketch, areas, shapes, side_m),
    ]
    return _laid(lots, sketch.texts)


def _sides_m(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """Side of a square as large as each area, in metres."""
    lat = shapely.bounds(shapes)[:, 1] if shapes.size else np.empty(0)
    return np.sqrt(shapely.area(shapes) * np.cos(np.radians(lat))) * METRES_PER_DEGREE


def _zoom_of(side_m: NDArray[np.float64], lat: NDArray[np.float64], pixels: float) -> NDArray[np.float64]:
    """First zoom at which a side is so many pixels long."""
    wanted = pixels * PIXEL_M * np.cos(np.radians(lat)) / np.maximum(side_m, 1e-3)
    return np.ceil(np.log2(np.maximum(wanted, 1.0)))


def _lines(sketch: Sketch, layer: str, things: NDArray[np.int64]) -> _Lot:
    """Join the ways of one street, which an extract has in pieces, into lines as long as they go."""
    if not things.size:
        none = np.empty(0)
        return _lot(layer, np.empty(0, dtype=object), none, none, none, none, none)
    said = said_of(sketch.kind[things], sketch.flags[things], sketch.text[things])
    distinct, group = np.unique(said, return_inverse=True)
    order = np.argsort(group, kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(sketch.lines(things[order]), indices=group[order]))
    shapes, whose = shapely.get_parts(joined, return_index=True)
    kind, flags, text = distinct[whose] >> 40, distinct[whose] >> 32 & 0xFF, distinct[whose] & 0xFFFFFFFF
    slip = (flags & SLIP) > 0
    firsts = {name: zoom for name, (_, zoom) in (*STREETS.items(), *LINES.items())}
    ranks = {name: rank for name, (rank, _) in STREETS.items()}
    zoom = np.minimum(_by_kind(firsts)[kind] + LINK_LATER * slip, CLOSEST)
    return _lot(layer, shapes, kind, flags, zoom, text, -_by_kind(ranks)[kind] - 0.5 * slip)


def _sea(sketch: Sketch, bounds: tuple[float, float, float, float]) -> _Lot:
    west, south, east, north = bounds
    margin = COAST_MARGIN_DEG
    frame = (west - margin, south - margin, east + margin, north + margin)
    shapes = sea_beside(shapely.line_merge(sketch.lines(sketch.of(COASTLINE))), frame)
    same = np.zeros(shapes.size)
    return _lot("water", shapes, same + KIND_AT[SEA], same, same, same, same - 1.0)


def _areas(sketch: Sketch, things: NDArray[np.int64], shapes: NDArray[Any], side_m: NDArray[np.float64]) -> list[_Lot]:
    kind, same = sketch.kind[things], np.zeros(things.size)
    lat = shapely.bounds(shapes)[:, 1] if shapes.size else same
    building, water = kind == KIND_AT[BUILDING], kind == KIND_AT["water"]
    seen = np.clip(_zoom_of(side_m, lat, SEEN_PX), 6, CLOSEST)
    tall = np.clip(_zoom_of(side_m, lat, BUILDING_PX), CLOSEST - 1, CLOSEST)
    height = _by_kind({name: at for at, name in enumerate(GROUND_KINDS)})
    # Of one kind the larger lies below. No side is longer than a ten-millionth of this.
    order = height[kind] - side_m / 1e12
    lots = []
    for layer, those in (("land", ~building & ~water), ("water", water), ("buildings", building)):
        zoom = tall if layer == "buildings" else seen
        lots.append(_lot(layer, shapes[those], kind[those], same[those], zoom[those], same[those], order[those]))
    return lots


_NAMES = {f"place:{kind}": zoom for kind, zoom in PLACES.items()}
_NAMES |= {f"sight:{kind}": zoom for kind, zoom in SIGHTS.items()}
_TELLING = {kind: at for at, kind in enumerate(_NAMES)}
"""Kinds of names, the more telling first."""


def _spots(sketch: Sketch) -> _Lot:
    """Names of places and of what is mapped as a spot."""
    things = sketch.of(*_NAMES)
    things = things[sketch.text[things] > 0]
    kind = sketch.kind[things]
    first, telling = _by_kind(_NAMES), _by_kind(_TELLING)
    at = sketch.first_point[sketch.first_ring[things]]
    shapes = shapely.points(sketch.x[at] / FIXED, sketch.y[at] / FIXED)
    order = telling[kind] - np.minimum(sketch.people[things], 1e9) / 1e10
    return _lot("names", shapes, kind, kind * 0, first[kind], sketch.text[things], order)


def _names(sketch: Sketch, areas: NDArray[np.int64], shapes: NDArray[Any], side_m: NDArray[np.float64]) -> _Lot:
    """Names of areas, in the middle of each."""
    named = np.flatnonzero((sketch.text[areas] > 0) & (sketch.name_kind[areas] != sketch.kind[areas]))
    things, side_m = areas[named], side_m[named]
    shapes = shapely.point_on_surface(shapely.make_valid(shapes[named]))
    kind = sketch.name_kind[things]
    first, telling = _by_kind(_NAMES), _by_kind(_TELLING)
    lat = shapely.get_y(shapes)
    zoom = np.clip(_zoom_of(side_m, lat, NAMED_PX), first[kind], CLOSEST)
    order = telling[kind] - np.minimum(side_m, 1e6) / 1e7
    whole = ~shapely.is_empty(shapes)
    return _lot(
        "names", shapes[whole], kind[whole], kind[whole] * 0, zoom[whole], sketch.text[things][whole], order[whole]
    )


def _by_kind(values: Mapping[str, float]) -> NDArray[np.float64]:
    """Spread what is given for some kinds over all."""
    every = np.zeros(len(KINDS))
    every[[KIND_AT[kind] for kind in values]] = list(values.values())
    return every


def _lot(layer: str, shape: NDArray[Any], kind: Any, flags: Any, zoom: Any, text: Any, order: Any) -> _Lot:
    return _Lot(
        layer,
        shape,
        np.asarray(kind, np.uint8),
        np.asarray(flags, np.uint8),
        np.asarray(zoom, np.uint8),
        np.asarray(text, np.int32),
        np.asarray(order, np.float64),
    )


def _laid(lots: list[_Lot], texts: tuple[tuple[str, str, str], ...]) -> Drawing:
    """Put the lots into one drawing, sorted by layer, order and place."""
    shape = np.concatenate([lot.shape for lot in lots])
    layer = np.concatenate([np.full(lot.shape.size, LAYERS.index(lot.layer), np.uint8) for lot in lots])
    columns = {
        name: np.concatenate([getattr(lot, name) for lot in lots])
        for name in ("kind", "flags", "zoom", "text", "order")
    }
    west_south = shapely.bounds(shape)[:, :2] if shape.size else np.empty((0, 2))
    sort = np.lexsort((west_south[:, 1], west_south[:, 0], columns["text"], columns["order"], layer))
    first_ring, outer, first_point, points = _rings_of(shape[sort])
    x, y = world(points[:, 0], points[:, 1])
    things = sort.size
    box = np.zeros((4, things), np.int32)
    if things:
        begins = first_point[first_ring[:-1]]
        for row, (reduce, of) in enumerate(((np.minimum, x), (np.minimum, y), (np.maximum, x), (np.maximum, y))):
            box[row] = reduce.reduceat(of, begins)
    return Drawing(
        layer=layer[sort],
        kind=columns["kind"][sort],
        flags=columns["flags"][sort],
        zoom=columns["zoom"][sort],
        text=columns["text"][sort],
        box=box,
        first_ring=first_ring,
        outer=outer,
        first_point=first_point,
        x=x,
        y=y,
        letters=np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8),
    )


def _rings_of(shapes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64], Any]:
    """Take shapes apart into flat arrays: where rings begin, which are outer, where their points begin, the points."""
    parts, thing = shapely.get_parts(shapes, return_index=True)
    area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts, return_index=True)  # of polygons alone
    outer_of_rings = np.diff(part, prepend=-1) > 0
    others = np.flatnonzero(~area)
    every = np.concatenate((rings, parts[others]))
    whose = np.concatenate((part, others))
    outer = np.concatenate((outer_of_rings, np.ones(others.size, bool)))
    order = np.argsort(whose, kind="stable")
    every, outer, owner = every[order], outer[order], thing[whose[order]]
    first_ring = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=shapes.size)))).astype(np.int64)
    counts = shapely.get_num_coordinates(every)
    first_point = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return first_ring, outer.astype(np.bool_), first_point, shapely.get_coordinates(every)


def world(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give positions in degrees on the square of Web Mercator.

    Source: EPSG guidance note 7-2, "Popular Visualisation Pseudo-Mercator", method 1024.
    """
    south = -np.arcsinh(np.tan(np.radians(np.clip(lat, -85.0, 85.0)))) / (2.0 * np.pi)
    return _whole(lon / 360.0), _whole(south)


def _whole(share: NDArray[np.float64]) -> NDArray[np.int32]:
    most = WORLD // 2 - 1
    return np.clip(np.round(share * WORLD), -most, most).astype(np.int32)
