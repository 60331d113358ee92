"""The county seat: arterials, ring, riverside and bridges, and the blocks between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo.blocks import Cut, cut_up
from geodata.demo.frame import Point, dice, spline, turned
from geodata.demo.land import Land
from geodata.demo.sheet import Sheet, lines, polygons

RIVERSIDE_M = 42.0
"""From the water's edge to the middle of the riverside road."""

OLD_TOWN: Point = (-260.0, 60.0)
ROUNDABOUT: Point = (-150.0, -2050.0)
ROUNDABOUT_RADIUS_M = 34.0

# name, class, further tags, corners before the plan is bent to the ground
ARTERIALS: tuple[tuple[str, str, Mapping[str, str], tuple[Point, ...]], ...] = (
    ("迎宾大道", "trunk", {"ref": "G999"}, ((-2350, 1480), (-1850, 1740), (-150, 1800), (1500, 1700), (2350, 1900))),
    ("环城西路", "primary", {}, ((-1850, 1740), (-2000, 1150), (-1950, 480), (-1700, -750))),
    ("环城东路", "primary", {}, ((1500, 1700), (1560, 1000), (1400, 300), (1500, -2050))),
    ("环城南路", "primary", {}, ((-1350, -2050), (-700, -2120), (-150, -2050), (1500, -2050))),
    ("南门大道", "secondary", {}, ((-1350, -2050), (-1150, -1400), (-1250, -550))),
    ("解放大道", "primary", {}, ((-150, 1800), (-150, -2050))),
    ("人民路", "primary", {}, ((-1950, 480), (-1000, 400), (-150, 480), (700, 450), (1430, 520))),
    ("学府路", "secondary", {}, ((-2000, 1150), (-1000, 1080), (-150, 1150), (700, 1020), (1560, 1100))),
    ("文化路", "secondary", {}, ((-1000, 1770), (-930, 1080), (-1000, 400), (-900, -950))),
    ("建设路", "secondary", {}, ((700, 1750), (640, 1030), (700, 450), (620, -850))),
    ("青云大道", "secondary", {}, ((-150, 480), (250, 820), (640, 1030), (1100, 1400), (1500, 1700))),
    ("东风路", "tertiary", {"oneway": "yes"}, ((-980, 150), (-150, 200), (665, 150))),
    ("胜利路", "tertiary", {"oneway": "yes", "oneway:bicycle": "no"}, ((655, -90), (-150, -70), (-965, -130))),
    ("南岸大道", "secondary", {}, ((-1180, -1480), (-600, -1330), (-150, -1400), (700, -1560), (1490, -1400))),
    ("新区中路", "tertiary", {}, ((720, -760), (640, -1300), (800, -2130))),
    ("工业大道", "secondary", {}, ((1540, 980), (2150, 1080), (2250, 1880))),
    ("文昌步行街", "pedestrian", {}, ((-420, 462), (-470, 150), (-430, -120), (-480, -950))),
    ("西苑路", "tertiary", {}, ((-2000, 1150), (-2330, 1040), (-2420, 680), (-1945, 480))),
    ("北苑路", "tertiary", {}, ((-1850, 1740), (-1760, 2080), (-1300, 2200), (-1000, 1770))),
    ("北站东路", "tertiary", {}, ((-150, 1800), (40, 2040), (560, 2100), (700, 1750))),
    ("东郊路", "tertiary", {}, ((1430, 520), (1760, 600), (1820, 330), (1390, 250))),
    ("新城南路", "tertiary", {}, ((300, -2050), (420, -2380), (1050, -2520), (1500, -2050))),
    ("柳堤路", "tertiary", {}, ((-1180, -1480), (-1560, -1500), (-1650, -1900), (-1350, -2050))),
    ("站前路", "secondary", {}, ((-1000, 1770), (-930, 2130), (-400, 2150), (-150, 1800))),
)  # fmt: skip
BRIDGES = {"解放大道": "人民桥", "环城东路": "东风大桥"}


def bend(point: Point) -> Point:
    """Bend the plan of the seat to the ground: a slight turn and two slow waves."""
    x, y = turned(point, math.radians(4.0), (0.0, 0.0))
    return (
        x + 110.0 * math.sin(y / 900.0 + 1.0) + 60.0 * math.sin((x + 0.6 * y) / 640.0),
        y + 100.0 * math.sin(x / 1050.0 + 2.0) + 55.0 * math.sin((y - 0.5 * x) / 700.0 + 0.7),
    )


def bent(corners: tuple[Point, ...], step_m: float = 90.0) -> list[Point]:
    """Bend a broken line of the plan, with enough points to show it."""
    dense = [corners[0]]
    for a, b in pairwise(corners):
        pieces = max(1, round(math.dist(a, b) / step_m))
        dense += [(a[0] + (b[0] - a[0]) * k / pieces, a[1] + (b[1] - a[1]) * k / pieces) for k in range(1, pieces + 1)]
    return [bend(point) for point in dense]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the seat between streets."""

    shape: Polygon
    zone: str  # old_town, inner, outer, new_town, industry, station


@dataclass(frozen=True, slots=True)
class Seat:
    """What the rest of the county needs to know of the seat."""

    blocks: tuple[Block, ...]
    built_up: BaseGeometry
    gateways: Mapping[str, tuple[Point, Point]]


def lay_out_seat(seed: int, sheet: Sheet, land: Land, names: Mapping[str, list[str]]) -> Seat:
    """Draw the streets of the seat and give its blocks."""
    rng = dice(seed, "seat")
    embankment = polygons(land.river.buffer(RIVERSIDE_M).simplify(3.0))[0]
    plan = [
        LineString(bent(tuple(spline(corners, 60.0)) if highway == "tertiary" else corners))
        for _, highway, _, corners in ARTERIALS
    ]
    line_of = {name: line for (name, *_), line in zip(ARTERIALS, plan, strict=True)}
    reaches = [_between(line_of[west], line_of["环城东路"]) for west in ("环城西路", "南门大道")]
    riverside = [
        sorted(lines(embankment.boundary.intersection(reach))[:2], key=lambda bank: -bank.centroid.y)[side]
        for side, reach in enumerate(reaches)
    ]
    _draw_arterials(sheet, plan, embankment)
    for name, bank in zip(("滨江北路", "滨江南路"), riverside, strict=True):
        sheet.street(list(bank.coords), {"highway": "secondary", "name": name})
    _draw_promenade(sheet, land, reaches, riverside)

    blocks: list[Block] = []
    streets, lanes = list(names["seat_streets"]), list(names["seat_lanes"])
    rng.shuffle(streets)
    rng.shuffle(lanes)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([*plan, *riverside]))))
    for face in sorted(faces, key=lambda face: (round(face.centroid.x), round(face.centroid.y))):
        if face.intersection(embankment).area > 0.5 * face.area or face.area < 4000.0:
            continue
        zone = _zone(face)
        target = {"old_town": 11_500.0, "inner": 21_000.0, "outer": 36_000.0, "new_town": 42_000.0}.get(zone, 60_000.0)
        parcels, cuts = cut_up(face, target, rng)
        blocks += [Block(parcel, zone) for parcel in parcels]
        for cut in cuts:
            sheet.street(cut.points, _minor_tags(cut, zone, streets, lanes))
    built_up = shapely.union_all([*(block.shape for block in blocks), *reaches])
    return Seat(tuple(blocks), built_up, _draw_gateways(sheet))


def _between(west: LineString, east: LineString) -> Polygon:
    """Give the ground between two north-to-south streets, and a hand's breadth more so that lines cross them."""
    down, up = (sorted(street.coords, key=lambda point: -point[1]) for street in (west, east))
    return Polygon([*down, *reversed(up)]).buffer(0.5, join_style="mitre")


def _zone(face: Polygon) -> str:
    x, y = face.centroid.x, face.centroid.y
    if y < -750.0:
        return "new_town"
    if x > 1560.0:
        return "industry"
    if math.dist((x, y), bend(OLD_TOWN)) < 620.0:
        return "old_town"
    if y > 1800.0:
        return "station"
    return "inner" if math.dist((x, y), bend(OLD_TOWN)) < 1350.0 else "outer"


def _minor_tags(cut: Cut, zone: str, streets: list[str], lanes: list[str]) -> dict[str, str]:
    """Class and name of a street made by cutting: the earlier the cut, the larger the street."""
    if zone == "old_town":
        highway = ("residential", "living_street", "living_street", "pedestrian", "living_street", "footway")[
            min(cut.depth, 5)
        ]
    elif zone in {"industry", "station"}:
        highway = "residential"
    else:
        highway = ("tertiary", "residential", "residential", "residential")[min(cut.depth, 3)]
    pool = lanes if highway in {"living_street", "pedestrian", "footway"} and lanes else streets
    tags = {"highway": highway}
    if pool and (cut.depth < 3 or zone == "old_town"):
        tags["name"] = pool.pop()
    return tags


def _draw_arterials(sheet: Sheet, plan: list[LineString], embankment: Polygon) -> None:
    hub = bend(ROUNDABOUT)
    island = shapely.Point(hub).buffer(ROUNDABOUT_RADIUS_M, quad_segs=4)
    ring = list(island.exterior.coords)
    if island.exterior.is_ccw is False:
        ring.reverse()  # traffic keeps right, so it goes round anticlockwise
    sheet.street(ring, {"highway": "primary", "junction": "roundabout", "name": "南门环岛", "oneway": "yes"})
    for (name, highway, more, _), line in zip(ARTERIALS, plan, strict=True):
        tags = {"highway": highway, "name": name, **more}
        dry = lines(line.difference(embankment))
        if name not in BRIDGES:
            dry = dry[:1]  # a street that runs down to the river ends there
        for part in (part for bank in dry for part in lines(bank.difference(island))):
            sheet.street(list(part.coords), tags)
        if name in BRIDGES:
            for part in lines(line.intersection(embankment)):
                sheet.street(
                    list(part.coords),
                    {**tags, "bridge": "yes", "layer": "1", "bridge:name": BRIDGES[name]},
                    grade=1,
                    crosses=True,
                )


def _draw_promenade(sheet: Sheet, land: Land, reaches: list[Polygon], riverside: list[LineString]) -> None:
    """Draw a walk and a cycleway along the water, with steps down to them from the riverside road."""
    for offset, tags in (
        (12.0, {"highway": "footway", "name": "滨江步道", "surface": "paving_stones"}),
        (25.0, {"highway": "cycleway", "name": "滨江绿道", "foot": "designated", "bicycle": "designated"}),
    ):
        edge = land.river.buffer(offset).boundary
        for side, reach in enumerate(reaches):
            bank = sorted(lines(edge.intersection(reach))[:2], key=lambda bank: -bank.centroid.y)[side]
            sheet.street(list(bank.simplify(2.0).coords), tags)
    walk = land.river.buffer(12.0).boundary
    for bank in riverside:
        for k in range(1, int(bank.length // 420.0) + 1):
            top = bank.interpolate(k * 420.0 - 160.0)
            foot = walk.interpolate(walk.project(top))
            ramp = k % 4 == 0
            tags = {"highway": "footway"} if ramp else {"highway": "steps", "incline": "down", "step_count": "24"}
            sheet.street([(top.x, top.y), (foot.x, foot.y)], tags)


def _draw_gateways(sheet: Sheet) -> dict[str, tuple[Point, Point]]:
    """Draw the stubs by which country roads leave the seat; their last pieces are where those roads begin."""
    stubs: dict[str, tuple[str, str, tuple[Point, ...]]] = {
        "north": ("解放北路", "secondary", ((-150.0, 1800.0), (-140.0, 2080.0))),
        "west": ("人民西路", "primary", ((-1950.0, 480.0), (-2150.0, 420.0), (-2450.0, 460.0))),
        "north-west": ("迎宾大道", "trunk", ((-2350.0, 1480.0), (-2700.0, 1330.0))),
        "north-east": ("迎宾大道", "trunk", ((2350.0, 1900.0), (2800.0, 2080.0))),
        "south-east": ("环城南路", "primary", ((1500.0, -2050.0), (1800.0, -2250.0))),
        "south": ("解放大道", "primary", ((-150.0, -2050.0 - ROUNDABOUT_RADIUS_M), (-140.0, -2400.0))),
        "south-west": ("南门大道", "secondary", ((-1350.0, -2050.0), (-1520.0, -2330.0))),
    }
    gateways = {}
    island = shapely.Point(bend(ROUNDABOUT)).buffer(ROUNDABOUT_RADIUS_M, quad_segs=4)
    for key, (name, highway, corners) in stubs.items():
        points = spline([bend(corner) for corner in corners], 80.0)
        if len(corners) == 2:
            points = bent(corners)
        if key == "south":
            points[0] = bend(ROUNDABOUT)
            points = list(lines(LineString(points).difference(island))[0].coords)
        tags = {"highway": highway, "name": name}
        sheet.street(points, tags | ({"ref": "G999"} if highway == "trunk" else {}))
        gateways[key] = points[-2], points[-1]
    return gateways
