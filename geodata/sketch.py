"""What an extract has for the base map, as it is read: lines, areas and named spots in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.legend import KIND_AT
from geodata.runs import expand_runs

FIXED = 1e7
"""Coordinates are kept as OpenStreetMap keeps them: whole numbers of 1e-7 degrees."""

BRIDGE, TUNNEL, SLIP = 1, 2, 4
"""Bits of `Sketch.flags`: over the others, under them, a slip road."""

NAMES = ("name", "name:zh", "name:en")

Ring = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True, eq=False)
class Sketch:
    """Things to draw. A thing is one line, one area of one or more rings, or one spot.

    Attributes
    ----------
    kind
        uint8 [N]: index into `geodata.legend.KINDS`.
    name_kind
        uint8 [N]: index of the kind that the name of an area is called as; as `kind` where there is none.
    flags
        uint8 [N]: bits ``BRIDGE``, ``TUNNEL``, ``SLIP``.
    text
        int32 [N]: index into `texts`; 0 for no name.
    people
        int32 [N]: population of a place; 0 when not said.
    first_ring
        int64 [N + 1]: thing ``i`` has the rings ``first_ring[i]:first_ring[i + 1]``; a line or spot has one.
    outer
        bool [R]: whether a ring begins a polygon; those that follow are holes in it. All True for lines.
    first_point
        int64 [R + 1]: ring ``r`` has the points ``first_point[r]:first_point[r + 1]``.
    x, y
        int32 [P]: longitude and latitude in 1e-7 degrees WGS-84.
    texts
        Name, Chinese name and English name; the last two empty where they are not mapped or the same.
    """

    kind: NDArray[np.uint8]
    name_kind: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    text: NDArray[np.int32]
    people: NDArray[np.int32]
    first_ring: NDArray[np.int64]
    outer: NDArray[np.bool_]
    first_point: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    texts: tuple[tuple[str, str, str], ...]

    def of(self, *kinds: str) -> NDArray[np.int64]:
        """Which things are of some kinds."""
        return np.flatnonzero(np.isin(self.kind, [KIND_AT[kind] for kind in kinds]))

    def lines(self, things: NDArray[np.int64]) -> NDArray[Any]:
        """Give things as shapely lines in degrees."""
        if not things.size:
            return np.empty(0, dtype=object)
        points, ring = self._points(things)
        return shapely.linestrings(points, indices=ring)

    def areas(self, things: NDArray[np.int64]) -> NDArray[Any]:
        """Give things as shapely multipolygons in degrees; they may cross themselves."""
        if not things.size:
            return np.empty(0, dtype=object)
        points, ring = self._points(things)
        counts = np.diff(self.first_ring)[things]
        rings = shapely.linearrings(points, indices=ring)
        outer = self.outer[expand_runs(self.first_ring[things], self.first_ring[things + 1])]
        polygons = shapely.polygons(rings, indices=np.cumsum(outer) - 1)
        owner = np.repeat(np.arange(things.size), counts)[outer]
        return shapely.multipolygons(polygons, indices=owner)

    def _points(self, things: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Points of things in degrees, and the number of the ring that each is in."""
        rings = expand_runs(self.first_ring[things], self.first_ring[things + 1])
        counts = np.diff(self.first_point)[rings]
        points = expand_runs(self.first_point[rings], self.first_point[rings + 1])
        degrees = np.column_stack((self.x[points], self.y[points])) / FIXED
        return degrees, np.repeat(np.arange(rings.size), counts)


def said_of(kind: NDArray[np.uint8], flags: NDArray[np.uint8], text: NDArray[np.int32]) -> NDArray[np.int64]:
    """Put what is said of each thing into one number: `kind` from bit 40, `flags` from bit 32, `text` below."""
    return kind.astype(np.int64) << 40 | flags.astype(np.int64) << 32 | text


class Sketchbook:
    """A sketch while it is drawn."""

    def __init__(self) -> None:
        self._kind, self._name_kind, self._flags = array("B"), array("B"), array("B")
        self._text, self._people = array("i"), array("i")
        self._first_ring, self._first_point = array("q", [0]), array("q", [0])
        self._outer = array("B")
        self._x, self._y = list[int](), list[int]()  # which, unlike arrays, take in a row of numbers at once
        self._texts: dict[tuple[str, str, str], int] = {("", "", ""): 0}

    def line(self, kind: str, tags: Mapping[str, str], x: Iterable[int], y: Iterable[int], flags: int = 0) -> None:
        """Draw a line."""
        self._ring(x, y, outer=True)
        self._thing(kind, kind, tags, flags)

    def area(self, kind: str, name_kind: str | None, tags: Mapping[str, str], polygons: Iterable[list[Ring]]) -> None:
        """Draw an area: polygons, each an outer ring and its holes, closed."""
        for polygon in polygons:
            for number, (x, y) in enumerate(polygon):
                self._ring(x, y, outer=number == 0)
        self._thing(kind, name_kind or kind, tags if name_kind else {}, 0)

    def spot(self, kind: str, tags: Mapping[str, str], x: int, y: int) -> None:
        """Mark a named spot."""
        self._ring([x], [y], outer=True)
        self._thing(kind, kind, tags, 0)

    def sketch(self) -> Sketch:
        """What was drawn."""
        return Sketch(
            kind=np.array(self._kind, np.uint8),
            name_kind=np.array(self._name_kind, np.uint8),
            flags=np.array(self._flags, np.uint8),
            text=np.array(self._text, np.int32),
            people=np.array(self._people, np.int32),
            first_ring=np.array(self._first_ring, np.int64),
            outer=np.array(self._outer, np.bool_),
            first_point=np.array(self._first_point, np.int64),
            x=np.array(self._x, np.int32),
            y=np.array(self._y, np.int32),
            texts=tuple(self._texts),
        )

    def _ring(self, x: Iterable[int], y: Iterable[int], *, outer: bool) -> None:
        self._x.extend(x)
        self._y.extend(y)
        self._first_point.append(len(self._x))
        self._outer.append(outer)

    def _thing(self, kind: str, name_kind: str, tags: Mapping[str, str], flags: int) -> None:
        people = tags.get("population", "")
        self._kind.append(KIND_AT[kind])
        self._name_kind.append(KIND_AT[name_kind])
        self._flags.append(flags)
        self._text.append(self._said(tags))
        self._people.append(min(int(people), 2**31 - 1) if people.isascii() and people.isdigit() else 0)
        self._first_ring.append(len(self._outer))

    def _said(self, tags: Mapping[str, str]) -> int:
        name, chinese, english = (tags.get(key, "") for key in NAMES)
        name = name or chinese or english
        said = (name, chinese if chinese != name else "", english if english != name else "")
        return self._texts.setdefault(said, len(self._texts))
