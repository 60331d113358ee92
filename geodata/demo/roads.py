"""Roads between towns and villages, the motorway and the railway, and the few places where they cross the river."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geodata.demo.frame import Point, dice, spline
from geodata.demo.land import Land
from geodata.demo.seat import Seat
from geodata.demo.sheet import Sheet, lines
from geodata.demo.terrain import CELL_M, Terrain

Link = tuple[Point, Point]

# Where a road crosses the railway, and how, and where one crosses the motorway: near these places.
RAIL_CROSSINGS: tuple[tuple[Point, str], ...] = (
    ((-11200, 4400), "under"), ((-8300, 4000), "level"), ((-5200, 3100), "level"), ((-60, 2350), "under"),
    ((2600, 2900), "level"), ((6300, 5500), "under"), ((9300, 7400), "level"),
)  # fmt: skip
MOTORWAY_CROSSINGS: tuple[Point, ...] = (
    (11500, 600), (8500, -700), (5600, -2700), (3600, -3900), (300, -4800), (-2600, -5400),
    (-4400, -5500), (-8600, -2700), (-11300, -1700),
)  # fmt: skip
RIVER_BRIDGE: Link = ((-9600.0, -6200.0), (-9500.0, -7100.0))
"""The one road bridge outside the seat, at 临溪."""
INTERCHANGE: Point = (1700.0, -4550.0)

# from, to (a gateway of the seat or a town's number), class, tags
ROUTES: tuple[tuple[str | int, str | int, str, Mapping[str, str]], ...] = (
    ("north-east", 0, "trunk", {"ref": "G999", "name": "国道999线"}),
    ("north-west", 1, "trunk", {"ref": "G999", "name": "国道999线"}),
    ("west", 1, "tertiary", {"name": "白川路"}),
    (1, 3, "secondary", {"ref": "S901", "name": "白临公路"}),
    ("south", 4, "primary", {"ref": "S902", "name": "川湖公路"}),
    ("south-east", 2, "secondary", {"ref": "S903", "name": "川枫公路"}),
    ("south-east", 6, "secondary", {"ref": "S904", "name": "川双公路"}),
    (4, 7, "secondary", {"name": "南茶公路"}),
    (3, 7, "tertiary", {"name": "临茶公路"}),
    ("south-west", 7, "tertiary", {"name": "川茶公路"}),
    ("north", 5, "secondary", {"ref": "S905", "name": "川云公路"}),
    (5, 1, "unclassified", {"name": "云白公路"}),
    (4, 6, "unclassified", {"name": "环南湖公路"}),
    (2, 6, "unclassified", {"name": "枫双公路"}),
    (0, 5, "unclassified", {"name": "石云公路"}),
)


WAYS_OUT: tuple[tuple[int, Point, str, Mapping[str, str]], ...] = (
    (1, (-16_000.0, 2600.0), "trunk", {"ref": "G999", "name": "国道999线"}),
    (0, (8600.0, 14_000.0), "trunk", {"ref": "G999", "name": "国道999线"}),
    (2, (16_000.0, 3300.0), "secondary", {"ref": "S903", "name": "川枫公路"}),
    (4, (2200.0, -14_000.0), "primary", {"ref": "S902", "name": "川湖公路"}),
    (6, (13_000.0, -8600.0), "unclassified", {"name": "双坑公路"}),
)


def draw_lines_of_passage(sheet: Sheet, land: Land) -> list[Link]:
    """Draw the railway, the motorway with its interchange and bridges, and give the crossings that roads may use."""
    links: list[Link] = []
    rail = {"railway": "rail", "gauge": "1435", "electrified": "contact_line", "name": "川江铁路"}
    for part in lines(land.railway.intersection(land.county)):
        sheet.street(list(part.coords), rail, crosses=True)
    for place, kind in RAIL_CROSSINGS:
        along = land.railway.project(shapely.Point(place))
        link = _square_to(land.railway, along, 45.0)
        links.append(link)
        middle = land.railway.interpolate(along)
        tags = {"highway": "tertiary"}
        if kind == "level":
            sheet.street([link[0], (middle.x, middle.y), link[1]], tags, crosses=True)
            sheet.spot((middle.x, middle.y), {"railway": "level_crossing", "crossing:barrier": "full"}, on_street=True)
        else:
            sheet.street(link, {**tags, "tunnel": "yes", "layer": "-1", "maxheight": "4.5"}, grade=-1, crosses=True)
    _draw_motorway(sheet, land)
    for place in MOTORWAY_CROSSINGS:
        link = _square_to(land.motorway, land.motorway.project(shapely.Point(place)), 60.0)
        links.append(link)
        sheet.street(link, {"highway": "tertiary", "bridge": "yes", "layer": "1"}, grade=1, crosses=True)
    links.append(RIVER_BRIDGE)
    tags = {
        "highway": "tertiary",
        "name": "临溪大桥",
        "bridge": "yes",
        "layer": "1",
        "motor_vehicle:conditional": "no @ (weight>20)",
    }
    sheet.street(RIVER_BRIDGE, tags, grade=1, crosses=True)
    return links


def _square_to(line: LineString, along_m: float, half_m: float) -> Link:
    """Give the two ends of a crossing at right angles to a line."""
    at, ahead = line.interpolate(along_m), line.interpolate(along_m + 5.0)
    angle = math.atan2(ahead.y - at.y, ahead.x - at.x) + math.pi / 2.0
    across = half_m * math.cos(angle), half_m * math.sin(angle)
    return (at.x - across[0], at.y - across[1]), (at.x + across[0], at.y + across[1])


def _draw_motorway(sheet: Sheet, land: Land) -> None:
    name = {"highway": "motorway", "ref": "G9901", "name": "驿南高速", "oneway": "yes"}
    wet = shapely.union(land.river, land.lakes).buffer(25.0)
    for offset in (11.0, -11.0):
        carriageway = land.motorway.offset_curve(offset).simplify(1.0)
        if offset > 0.0:
            carriageway = carriageway.reverse()  # traffic keeps right
        inside = carriageway.intersection(land.county)
        for part in lines(inside.difference(wet)):
            sheet.street(list(part.coords), name, crosses=True)
        for part in lines(inside.intersection(wet)):
            sheet.street(list(part.coords), {**name, "bridge": "yes", "layer": "1"}, grade=1, crosses=True)


def interchange(sheet: Sheet, land: Land) -> Link:
    """Draw ramps between the motorway and a toll square north of it; give the toll square's link to the roads."""
    along = land.motorway.project(shapely.Point(INTERCHANGE))
    toll = max(_square_to(land.motorway, along, 420.0), key=lambda end: end[1])
    ramp = {"highway": "motorway_link", "oneway": "yes"}
    for offset, side in ((11.0, 1.0), (-11.0, -1.0)):
        carriageway = land.motorway.offset_curve(offset)
        middle = carriageway.project(shapely.Point(toll))
        for reach in (-700.0, 700.0):
            join = carriageway.interpolate(middle + reach)
            bow = carriageway.interpolate(middle + reach * 0.35)
            pull = 0.38 if side > 0.0 else 0.30
            knee = bow.x + pull * (toll[0] - bow.x), bow.y + pull * (toll[1] - bow.y)
            leaves = (reach > 0.0) == (side > 0.0)
            points = spline([(join.x, join.y), knee, toll], 60.0)
            far = side < 0.0
            sheet.street(
                points if leaves else points[::-1],
                ramp | ({"bridge": "yes", "layer": "1"} if far else {}),
                grade=1 if far else 0,
                crosses=True,
            )
    end = toll[0] - 60.0, toll[1] + 280.0
    sheet.street([toll, end], {"highway": "secondary", "name": "高速连接线", "motorroad": "yes"}, crosses=True)
    sheet.spot(toll, {"barrier": "toll_booth", "name": "川阳收费站"}, on_street=True)
    return toll, end


def survey_county(seed: int, land: Land, seat: Seat, towns: Sequence[BaseGeometry], links: Sequence[Link]) -> Terrain:
    """Lay the grid that country roads are found on."""
    walls: list[BaseGeometry] = [
        land.river.buffer(45.0),
        land.lakes.buffer(35.0),
        land.railway.buffer(32.0),
        land.motorway.buffer(42.0),
        seat.built_up.buffer(25.0),
        *(town.buffer(18.0) for town in towns),
    ]
    return Terrain.survey(dice(seed, "terrain"), land, shapely.union_all(walls), links)


@dataclass
class Roads:
    """The country roads drawn so far, and the streets of towns and villages that roads may join."""

    sheet: Sheet
    terrain: Terrain
    laid: list[LineString]

    def build(self, line: Sequence[int], tags: Mapping[str, str]) -> None:
        """Draw a road along terrain points wherever none is yet."""
        for part in self.terrain.lay(line):
            points = self._joined(self._smooth([self.terrain.points[k] for k in part]))
            self.laid.append(LineString(points))
            self.sheet.street(points, tags)

    def _smooth(self, corners: list[Point]) -> list[Point]:
        """Draw as smooth a line as the ground allows."""
        ends = corners[0], corners[-1]
        clear = [point for point in corners[1:-1] if min(math.dist(point, end) for end in ends) > 1.3 * CELL_M]
        for inner in (clear[1::3], clear[::2], corners[1:-1]):
            line = spline([ends[0], *inner, ends[1]], 70.0)
            if not self.terrain.barrier.intersects(LineString(line)):
                return line
        return corners

    def _joined(self, line: list[Point]) -> list[Point]:
        """Bring the ends of a line to the road they are at: smoothing has moved it off the grid."""
        first, last = (self._on_road(end) for end in (line[0], line[-1]))
        return [*first, *line, *last[::-1]]

    def _on_road(self, end: Point) -> list[Point]:
        here = shapely.Point(end)
        near = [road for road in self.laid if road.dwithin(here, 1.5 * CELL_M)]
        if not near:
            return []
        road = min(near, key=lambda road: road.distance(here))
        on = road.interpolate(road.project(here))
        return [(on.x, on.y)] if on.distance(here) > 1.0 else []


def draw_routes(roads: Roads, ends: Mapping[str | int, tuple[int, int]]) -> None:
    """Draw the roads between the seat and the towns, and those that leave the county.

    Parameters
    ----------
    ends
        Terrain points of each gateway of the seat and of each end of a town's main street.
    """
    points = roads.terrain.points
    for start, goal, highway, more in ROUTES:
        options = [(a, b) for a in ends[start] for b in ends[goal]]
        a, b = min(options, key=lambda pair: math.dist(points[pair[0]], points[pair[1]]))
        roads.build(roads.terrain.path(a, b), {"highway": highway, **more})
    for start, towards, highway, more in WAYS_OUT:
        near = min(ends[start], key=lambda end: math.dist(points[end], towards))
        roads.build(roads.terrain.path(near, roads.terrain.nearest(towards)), {"highway": highway, **more})
