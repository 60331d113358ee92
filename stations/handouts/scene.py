"""What a map is drawn from, on what, and the plane it lies in: kilometres about the middle of the map.

Over a county nothing is off by as much as a line is wide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import METRES_PER_DEGREE, LonLat

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

MARGIN = 0.03
"""Of the map's longer side, left free around it."""


class Theme(StrEnum):
    """What a map shows."""

    TOWNSHIPS = "townships"
    """Townships by the share that is covered, and the gaps."""
    REACH = "reach"
    """The area within reach by street, in bands of minutes, and the circles that claim more."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A gap on the map.

    Attributes
    ----------
    part
        Its demand as a share of the largest gap's.
    """

    position: LonLat
    part: float


@dataclass(frozen=True, slots=True)
class View:
    """What every map shows: the land, its townships, and the words around it.

    Attributes
    ----------
    outlines
        Of the townships, in degrees WGS-84.
    names, shares
        Parallel to them; a share is None where there is nothing to cover.
    parted
        False where nobody declared townships, and one outline stands for all: then it is not shaded.
    ground
        A GeoJSON FeatureCollection with ``kind`` and, for roads, ``rank``.
    bounds
        West, south, east, north, in degrees.
    title, caption, source
        What is shown, what was asked, and from where and which revision it is.
    """

    outlines: Sequence[BaseGeometry]
    names: Sequence[str]
    shares: Sequence[float | None]
    parted: bool
    ground: Mapping[str, Any]
    bounds: tuple[float, float, float, float]
    title: str
    caption: str
    source: str


@dataclass(frozen=True, slots=True)
class Scene(View):
    """What maps of coverage are drawn from.

    Attributes
    ----------
    areas
        The area within reach by street, by minutes.
    counted, perhaps, supposed
        Stations that count; that would if their unknown hours were open; that count and are only supposed.
    gaps
        The largest first.
    radius_m
        Of the plain circle of the same minutes.
    """

    areas: Mapping[float, BaseGeometry]
    counted: Sequence[LonLat]
    perhaps: Sequence[LonLat]
    supposed: Sequence[LonLat]
    gaps: Sequence[Ring]
    radius_m: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a picture is drawn on.

    Attributes
    ----------
    width
        Of the map, in inches; its height follows from the county's shape.
    least, most
        Bounds of that height.
    headed
        With title and source, as it stands alone; without where the page around it says them.
    """

    width: float = 10.5
    least: float = 5.6
    most: float = 11.0
    dots_per_inch: int = 140
    headed: bool = True


POSTER = Sheet()
"""A picture that stands alone, some 1900 dots wide."""

PRINTED = Sheet(width=6.9, least=3.2, most=5.1, dots_per_inch=220, headed=False)
"""A picture in a printed page of A4."""

Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Plane:
    """Degrees to kilometres about the middle of the map."""

    lon: float
    lat: float

    @property
    def _scale(self) -> tuple[float, float]:
        return METRES_PER_DEGREE / 1000.0 * math.cos(math.radians(self.lat)), METRES_PER_DEGREE / 1000.0

    def points(self, places: Sequence[LonLat]) -> Any:
        """Positions, as an array [n, 2]."""
        return self.flat(np.array([(at.lon, at.lat) for at in places]).reshape(-1, 2))

    def flat(self, at: Any) -> Any:
        """Degrees [n, 2], or more columns, as kilometres [n, 2]."""
        return (np.asarray(at)[:, :2] - (self.lon, self.lat)) * self._scale

    def shape(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in the plane."""
        return shapely.transform(shape, self.flat)


@dataclass(frozen=True, slots=True)
class Letters:
    """The two weights of the font, in any size."""

    regular: str
    bold: str

    def of(self, size: float, *, bold: bool = False) -> FontProperties:
        """Letters of a size in points."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=self.bold if bold else self.regular, size=size)


def frame_of(view: View, plane: Plane, sheet: Sheet) -> Frame:
    """The part of the plane that is drawn, in a shape that the sheet can hold."""
    west, south, east, north = view.bounds
    (left, low), (right, top) = plane.flat([(west, south), (east, north)])
    free = MARGIN * max(right - left, top - low, 0.5)
    left, low, right, top = left - free, low - free, right + free, top + free
    shape = (top - low) / (right - left)
    if shape > sheet.most / sheet.width:
        more = ((top - low) * sheet.width / sheet.most - (right - left)) / 2.0
        left, right = left - more, right + more
    elif shape < sheet.least / sheet.width:
        more = ((right - left) * sheet.least / sheet.width - (top - low)) / 2.0
        low, top = low - more, top + more
    return float(left), float(low), float(right), float(top)
