"""The sheet the county is drawn on: streets, areas and spots in metres, before they have ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo.frame import Point

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Street:
    """A line that meets other lines of its own grade: a way, a railway, a wall.

    Attributes
    ----------
    grade
        0 on the ground, 1 on a bridge, -1 in a tunnel. Lines of different grade
        meet only at their ends.
    crosses
        Whether the line may cross water, rails or the motorway where it does.
    """

    points: tuple[Point, ...]
    tags: Tags
    grade: int = 0
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A patch of ground or a building, with holes if it has any."""

    shape: Polygon
    tags: Tags


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of its own, or (`on_street`) a tagged vertex of the streets that pass there."""

    point: Point
    tags: Tags
    on_street: bool = False


@dataclass(frozen=True, slots=True)
class Border:
    """An administrative area and the arcs of the county's border network that enclose it."""

    tags: Tags
    shape: Polygon
    arcs: tuple[int, ...]


@dataclass
class Sheet:
    """What has been drawn so far."""

    streets: list[Street] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    arcs: list[tuple[Point, ...]] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)

    def street(self, points: Sequence[Point], tags: Tags, *, grade: int = 0, crosses: bool = False) -> None:
        """Draw a line that other lines can meet."""
        self.streets.append(Street(tuple(points), tags, grade, crosses))

    def area(self, shape: BaseGeometry, tags: Tags) -> None:
        """Draw a patch of ground; one area for each part."""
        for part in polygons(shape):
            self.areas.append(Area(part, tags))

    def spot(self, point: Point, tags: Tags, *, on_street: bool = False) -> None:
        """Mark a point."""
        self.spots.append(Spot(point, tags, on_street))

    def keep_off(self, ground: BaseGeometry) -> None:
        """Cut every line on the ground that runs into `ground`, unless it was drawn to cross."""
        shapely.prepare(ground)
        kept = []
        for street in self.streets:
            line = LineString(street.points)
            if street.grade != 0 or street.crosses or not ground.intersects(line):
                kept.append(street)
                continue
            kept += [Street(tuple(part.coords), street.tags) for part in lines(line.difference(ground))]
        self.streets = kept


def lines(shape: BaseGeometry) -> list[LineString]:
    """Give the line parts of a shape, longest first."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, LineString) and part.length > 1.0]
    return sorted(parts, key=lambda part: (-part.length, part.coords[0]))


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Give the polygon parts of a shape, largest first."""
    if isinstance(shape, MultiPolygon):
        return sorted(shape.geoms, key=lambda part: (-part.area, part.bounds))
    parts = shapely.get_parts(shape)
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]
