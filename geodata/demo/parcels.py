"""What stands on the blocks of the seat: walled estates and works, schools, parks, squares, rows of houses."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import shapely
from shapely import LineString, Polygon

from geodata.demo.blocks import edges, long_axis, on_ground, plot, within
from geodata.demo.frame import Point, dice, turned
from geodata.demo.seat import Block, Seat, bend
from geodata.demo.sheet import Sheet, lines, polygons

KERB_M = 9.0
"""From the middle of a street to the edge of a parcel."""

# What the block at a place of the plan is; every other block is drawn by lot.
FIXED: tuple[tuple[str, str, Point], ...] = (
    ("square", "人民广场", (-260.0, 330.0)),
    ("park", "文昌公园", (-1450.0, 800.0)),
    ("park", "东湖公园", (1050.0, 850.0)),
    ("park", "南岸公园", (-500.0, -1150.0)),
    ("park", "书院公园", (320.0, 1450.0)),
    ("school", "驿川县第一中学", (-520.0, 1450.0)),
    ("school", "川阳镇中心小学", (-600.0, 620.0)),
    ("school", "南岸学校", (300.0, -1700.0)),
    ("school", "驿川县职业技术学校", (1150.0, 1350.0)),
    ("hospital", "驿川县人民医院", (320.0, 650.0)),
    ("hospital", "驿川县中医院", (-1300.0, 150.0)),
    ("government", "驿川县人民政府", (200.0, -1150.0)),
    ("market", "川阳农贸市场", (230.0, 20.0)),
    ("market", "北门市场", (-320.0, 1000.0)),
    ("site", "江湾新城工地", (1100.0, -1050.0)),
    ("site", "站前广场工地", (-700.0, 2000.0)),
)

# Share of each use among the blocks of a zone.
LOTS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "old_town": (("shops", 0.86), ("estate", 0.10), ("park", 0.04)),
    "inner": (("shops", 0.30), ("estate", 0.60), ("park", 0.04), ("school", 0.06)),
    "outer": (("shops", 0.18), ("estate", 0.56), ("works", 0.14), ("field", 0.12)),
    "new_town": (("estate", 0.62), ("shops", 0.12), ("field", 0.18), ("park", 0.08)),
    "industry": (("works", 0.9), ("field", 0.1)),
    "station": (("works", 0.5), ("shops", 0.5)),
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A block with what it is used for."""

    shape: Polygon
    zone: str
    use: str
    name: str


def fill_blocks(seed: int, sheet: Sheet, seat: Seat, names: Mapping[str, list[str]]) -> list[Parcel]:
    """Draw what stands on every block of the seat."""
    rng = dice(seed, "parcels")
    estates, works = list(names["estates"]), list(names["works"])
    rng.shuffle(estates)
    rng.shuffle(works)
    fixed: dict[int, tuple[str, str]] = {}
    for use, name, place in FIXED:
        here = shapely.Point(bend(place))
        nearest = min(range(len(seat.blocks)), key=lambda k: seat.blocks[k].shape.distance(here))
        fixed.setdefault(nearest, (use, name))
    parcels = []
    for number, block in enumerate(seat.blocks):
        use, name = fixed.get(number) or (_draw_lot(rng, block), "")
        if use == "estate":
            name = estates.pop() if estates else ""
        elif use == "works":
            name = works.pop() if works else ""
        ground = polygons(block.shape.buffer(-KERB_M, join_style="mitre"))
        if not ground or ground[0].area < 900.0:
            continue
        parcels.append(Parcel(ground[0], block.zone, use, name))
        _DRAW[use](rng, sheet, block, parcels[-1])
    return parcels


def _draw_lot(rng: random.Random, block: Block) -> str:
    uses, shares = zip(*LOTS[block.zone], strict=True)
    use: str = rng.choices(uses, shares)[0]
    return "shops" if use in {"estate", "works", "school"} and block.shape.area < 7000.0 else use


def _named(parcel: Parcel, tags: dict[str, str]) -> dict[str, str]:
    return {**tags, "name": parcel.name} if parcel.name else tags


def _estate(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    """A walled estate (小区): a loop inside, one or two gates, slabs facing south.

    Three in ten let nobody in, at the gate or behind it; the rest let people on
    foot through.
    """
    closed = rng.random() < 0.3
    inside = {"highway": "service", "access": "private"} | ({} if closed else {"foot": "yes", "bicycle": "permissive"})
    gate = {"barrier": "gate", "access": "private"} | ({} if closed else {"foot": "yes", "bicycle": "yes"})
    sheet.area(parcel.shape, _named(parcel, {"landuse": "residential"}))
    drives = _enclose(rng, sheet, block, parcel, {"barrier": "wall"}, gate, inside, gates=rng.choice((1, 2, 2)))
    _rows(
        rng,
        sheet,
        parcel.shape.buffer(-14.0).difference(drives.buffer(6.5, quad_segs=2)),
        12.0,
        (20.0, 44.0),
        25.0,
        "apartments",
    )


def _works(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    sheet.area(parcel.shape, _named(parcel, {"landuse": "industrial"}))
    drives = _enclose(
        rng,
        sheet,
        block,
        parcel,
        {"barrier": "fence"},
        {"barrier": "lift_gate", "access": "private"},
        {"highway": "service", "access": "private"},
        gates=1,
    )
    _rows(
        rng,
        sheet,
        parcel.shape.buffer(-12.0).difference(drives.buffer(9.0, quad_segs=2)),
        26.0,
        (40.0, 90.0),
        42.0,
        "industrial",
    )


def _school(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    name = parcel.name or "川阳镇幼儿园"
    kind = "school" if parcel.name else "kindergarten"
    sheet.area(parcel.shape, {"amenity": kind, "name": name})
    gate = {"barrier": "gate", "access": "no", "access:conditional": "yes @ (Mo-Fr 07:00-08:00,16:30-17:30)"}
    inside = {"highway": "footway", "access": "private"}
    drives = _enclose(rng, sheet, block, parcel, {"barrier": "wall"}, gate, inside, gates=1)
    _rows(
        rng,
        sheet,
        parcel.shape.buffer(-16.0).difference(drives.buffer(6.0, quad_segs=2)),
        14.0,
        (36.0, 60.0),
        44.0,
        "school",
    )


def _hospital(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    sheet.area(parcel.shape, _named(parcel, {"amenity": "hospital"}))
    inside = {"highway": "service", "access": "customers", "foot": "yes"}
    drives = _enclose(rng, sheet, block, parcel, {"barrier": "fence"}, {"barrier": "gate"}, inside, gates=2)
    _rows(
        rng,
        sheet,
        parcel.shape.buffer(-14.0).difference(drives.buffer(8.0, quad_segs=2)),
        20.0,
        (40.0, 64.0),
        38.0,
        "hospital",
    )


def _government(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    sheet.area(parcel.shape, {"amenity": "townhall", "office": "government", "name": parcel.name})
    inside = {"highway": "service", "access": "permissive", "motor_vehicle": "private"}
    drives = _enclose(rng, sheet, block, parcel, {"barrier": "fence"}, {"barrier": "lift_gate"}, inside, gates=2)
    _rows(
        rng,
        sheet,
        parcel.shape.buffer(-18.0).difference(drives.buffer(9.0, quad_segs=2)),
        18.0,
        (50.0, 70.0),
        40.0,
        "government",
    )


def _site(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    """A building site, with a street that is not there yet."""
    sheet.area(parcel.shape, {"landuse": "construction", "name": parcel.name})
    _cross(rng, sheet, block, {"highway": "construction", "construction": "residential"})


def _park(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    tags = {"leisure": "park"} if parcel.zone != "old_town" else {"leisure": "garden", "access": "yes"}
    sheet.area(parcel.shape, _named(parcel, tags))
    middle = parcel.shape.representative_point()
    ring = polygons(parcel.shape.buffer(-0.22 * math.sqrt(parcel.shape.area)).buffer(8.0))
    path = {"highway": "footway", "bicycle": "no", "surface": "paving_stones"}
    if ring and ring[0].area > 400.0:
        sheet.street(list(ring[0].exterior.simplify(1.0).coords), path)
        target = ring[0].exterior
        if parcel.shape.area > 20_000.0:
            sheet.area(ring[0].buffer(-14.0).buffer(4.0), {"natural": "water", "water": "pond"})
    else:
        target = middle.buffer(1.2).exterior
    for share in (0.05, 0.3, 0.55, 0.8):
        start = block.shape.exterior.interpolate(share + rng.uniform(0.0, 0.15), normalized=True)
        end = target.interpolate(target.project(start))
        sheet.street([(start.x, start.y), (end.x, end.y)], path)


def _square(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    """A square one may cross in any direction, drawn as an area, with the lines people take from street to street."""
    ring = [(x, y) for x, y in parcel.shape.exterior.coords]
    sheet.street(ring, {"highway": "pedestrian", "area": "yes", "name": parcel.name})
    middle = parcel.shape.representative_point()
    for corner in ring[:-1]:
        street = block.shape.exterior.interpolate(block.shape.exterior.project(shapely.Point(corner)))
        sheet.street([(street.x, street.y), corner], {"highway": "footway"})
        if rng.random() < 0.8:
            sheet.street([corner, (middle.x, middle.y)], {"highway": "footway", "bicycle": "no"})


def _market(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    sheet.area(parcel.shape, {"amenity": "marketplace", "name": parcel.name, "opening_hours": "05:00-18:00"})
    _cross(rng, sheet, block, {"highway": "pedestrian", "access:conditional": "no @ (22:00-04:30)"})
    _rows(rng, sheet, parcel.shape.buffer(-8.0), 14.0, (24.0, 44.0), 24.0, "retail")


def _shops(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    """Houses along the streets with shops below, and now and then a yard or a lane through."""
    sheet.area(parcel.shape, {"landuse": "retail" if rng.random() < 0.35 else "residential"})
    if parcel.shape.area > 9_000.0 or rng.random() < 0.2:
        _cross(rng, sheet, block, rng.choice(({"highway": "service", "service": "alley"}, {"highway": "footway"})))
    plots = []
    for side, angle, corner in edges(parcel.shape.simplify(6.0)):
        along = rng.uniform(4.0, 14.0)
        while along + 18.0 < side - 8.0 and rng.random() < 0.85:
            front, depth = min(rng.uniform(16.0, 38.0), side - along - 6.0), rng.uniform(10.0, 14.0)
            plots.append(plot((along, 1.5), (along + front, depth), angle, corner))
            along += front + rng.uniform(5.0, 32.0)
    for house in within(plots, parcel.shape):
        sheet.area(house, {"building": "retail" if rng.random() < 0.5 else "residential"})


def _field(rng: random.Random, sheet: Sheet, block: Block, parcel: Parcel) -> None:
    sheet.area(parcel.shape, {"landuse": rng.choice(("farmland", "farmland", "brownfield", "orchard"))})
    if block.shape.area > 20_000.0:
        _cross(rng, sheet, block, {"highway": "path", "surface": "ground"})


def _enclose(
    rng: random.Random,
    sheet: Sheet,
    block: Block,
    parcel: Parcel,
    wall: Mapping[str, str],
    gate: Mapping[str, str],
    inside: Mapping[str, str],
    *,
    gates: int,
) -> LineString:
    """Draw a wall round a parcel, gates in it and a drive behind each; give all that was drawn inside."""
    fence = polygons(parcel.shape.buffer(-3.0, join_style="mitre"))[0].exterior
    yard = polygons(parcel.shape.buffer(-min(30.0, 0.2 * math.sqrt(parcel.shape.area)), join_style="mitre"))
    drives = []
    if yard and parcel.shape.area > 15_000.0:
        loop = yard[0].exterior
        sheet.street(list(loop.coords), inside)
    else:
        middle, direction, length, _ = long_axis(parcel.shape)
        ends = [turned((t * length, 0.0), direction, middle) for t in (-0.3, 0.3)]
        loop = LineString(ends)
        sheet.street(ends, inside)
    drives.append(LineString(loop.coords))
    first = rng.random()
    for k in range(gates):
        door = fence.interpolate((first + k * rng.uniform(0.4, 0.6)) % 1.0, normalized=True)
        out = block.shape.exterior.interpolate(block.shape.exterior.project(door))
        into = loop.interpolate(loop.project(door))
        points = [(out.x, out.y), (door.x, door.y), (into.x, into.y)]
        sheet.street(points, inside)
        sheet.spot(points[1], gate, on_street=True)
        drives.append(LineString(points))
    sheet.street(list(fence.coords), wall)
    if yard and yard[0].area > 12_000.0:
        spine = _through(yard[0], rng)
        sheet.street(list(spine.coords), inside)
        drives.append(spine)
    joined: LineString = shapely.union_all(drives)
    return joined


def _through(ground: Polygon, rng: random.Random) -> LineString:
    middle, direction, length, width = long_axis(ground)
    axis = direction if rng.random() < 0.5 else direction + math.pi / 2.0
    reach = length + width
    line = LineString([turned((-reach, 0.0), axis, middle), turned((reach, 0.0), axis, middle)])
    return lines(line.intersection(ground))[0]


def _cross(rng: random.Random, sheet: Sheet, block: Block, tags: Mapping[str, str]) -> None:
    """Draw a line through a block from street to street."""
    sheet.street(list(_through(block.shape, rng).coords), tags)


def _rows(
    rng: random.Random,
    sheet: Sheet,
    ground: shapely.Geometry,
    depth: float,
    fronts: tuple[float, float],
    spacing: float,
    building: str,
) -> None:
    """Draw rows of buildings facing the sunny side, as far as there is ground for them."""
    if ground.is_empty:
        return
    _, direction, _, _ = long_axis(ground.convex_hull)
    angle = direction if abs(math.cos(direction)) > math.sqrt(0.5) else direction - math.pi / 2.0
    centre = (ground.centroid.x, ground.centroid.y)
    reach = math.sqrt(ground.convex_hull.area) * 0.75
    rows = []
    y = -reach
    while y < reach:
        front = rng.uniform(*fronts)
        x = -reach + rng.uniform(0.0, 8.0)
        while x < reach:
            rows.append((x, y, x + front))
            x += 10.0
        y += spacing
    plots = [plot((x, y), (end, y + depth), angle, centre) for x, y, end in rows]
    last, limit = math.inf, -math.inf
    gap = rng.uniform(10.0, 16.0)
    for (x, y, end), house in zip(rows, on_ground(plots, ground), strict=True):
        if y != last:
            last, limit = y, -math.inf
        if house is not None and x >= limit:
            sheet.area(house, {"building": building})
            limit = end + gap


_DRAW: Mapping[str, Callable[[random.Random, Sheet, Block, Parcel], None]] = {
    "estate": _estate,
    "works": _works,
    "school": _school,
    "hospital": _hospital,
    "government": _government,
    "site": _site,
    "park": _park,
    "square": _square,
    "market": _market,
    "shops": _shops,
    "field": _field,
}
