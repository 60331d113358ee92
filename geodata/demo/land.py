"""The land under the demo county: its outline and townships, river, lakes, hills, woods, railway and motorway."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo.frame import Point, blob, dice, spline, wander
from geodata.demo.sheet import Sheet, lines, polygons

COUNTY_NAME = "驿川县"
COUNTY_CODE = "990121"
"""Well-formed by GB/T 2260 (two digits each for province, prefecture and county, 21 to 80 being counties),
and no real county's: no province has 99."""


@dataclass(frozen=True, slots=True)
class Township:
    """A town (镇, third part of the code from 100) or township (乡, from 200), as GB/T 10114 numbers them."""

    name: str
    code: str
    seat: Point
    people: int


SEAT = Township("川阳镇", COUNTY_CODE + "100", (0.0, 0.0), 96_000)
TOWNS = (
    Township("石埠镇", COUNTY_CODE + "101", (6300.0, 7700.0), 11_800),
    Township("白塔镇", COUNTY_CODE + "102", (-8500.0, 1300.0), 13_600),
    Township("枫林镇", COUNTY_CODE + "103", (9600.0, 2500.0), 9_400),
    Township("临溪镇", COUNTY_CODE + "104", (-10300.0, -5200.0), 8_900),
    Township("南湖镇", COUNTY_CODE + "105", (1700.0, -8300.0), 12_300),
    Township("云岭乡", COUNTY_CODE + "200", (-5000.0, 7700.0), 4_700),
    Township("双坑乡", COUNTY_CODE + "201", (9000.0, -5300.0), 3_900),
    Township("茶亭乡", COUNTY_CODE + "202", (-4300.0, -8400.0), 5_200),
)

RIVER = (
    (17500.0, 11200.0), (14000.0, 9000.0), (12300.0, 7400.0), (11000.0, 5500.0), (8300.0, 4900.0), (6400.0, 2600.0),
    (4200.0, 2250.0), (2700.0, 600.0), (1000.0, -600.0), (-700.0, -760.0), (-2200.0, -480.0), (-3700.0, -1500.0),
    (-4600.0, -3500.0), (-7200.0, -4200.0), (-8700.0, -6400.0), (-11800.0, -7000.0), (-17000.0, -10800.0),
)  # fmt: skip
RAILWAY = (
    (-17000.0, 2800.0), (-11000.0, 4500.0), (-6500.0, 3400.0), (-3000.0, 2620.0), (-600.0, 2330.0), (1800.0, 2560.0),
    (4200.0, 4100.0), (8500.0, 6400.0), (11000.0, 10200.0), (14500.0, 15500.0),
)  # fmt: skip
MOTORWAY = (
    (17500.0, 2600.0), (11600.0, 600.0), (8000.0, -900.0), (5000.0, -3200.0), (2500.0, -4300.0), (-1500.0, -5200.0),
    (-4600.0, -5500.0), (-7300.0, -3300.0), (-11500.0, -1700.0), (-17000.0, -700.0),
)  # fmt: skip


@dataclass(frozen=True)
class Land:
    """What streets are drawn over and around. Metres in the county's frame."""

    county: Polygon
    townships: tuple[Polygon, ...]  # in the order of SEAT, *TOWNS
    river: Polygon
    lakes: BaseGeometry
    railway: LineString
    motorway: LineString
    hills: NDArray[np.float64]  # rows of x, y, height, spread, in metres

    def height_m(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height above the plain in metres."""
        total = np.zeros_like(x)
        for hill_x, hill_y, height, spread in self.hills:
            total += height * np.exp(-((x - hill_x) ** 2 + (y - hill_y) ** 2) / (2.0 * spread**2))
        return total


def lie_of_the_land(seed: int, sheet: Sheet) -> Land:
    """Draw the land and its borders on the sheet and give what the rest is drawn around."""
    rng = dice(seed, "land")
    county, townships = _borders(rng, sheet)
    course = spline(RIVER, 60.0)
    river = _river(rng, course)
    lakes = shapely.union_all(
        [
            blob(rng, (3400.0, -7500.0), 950.0, points=48),
            blob(rng, (-7300.0, 6300.0), 560.0, uneven=0.6, points=40),
            *(blob(rng, (rng.uniform(-9000, 9000), rng.uniform(-2600, -3600)), rng.uniform(60, 120)) for _ in range(4)),
        ]
    )
    hills = _hills(rng)
    land = Land(
        county,
        townships,
        river,
        lakes.difference(river.buffer(60.0)),
        LineString(spline(RAILWAY, 120.0)),
        LineString(spline(MOTORWAY, 120.0)),
        hills,
    )
    sheet.area(river.intersection(county), {"natural": "water", "water": "river", "name": "川江"})
    for reach in lines(LineString(course).intersection(county)):
        sheet.street(list(reach.coords), {"waterway": "river", "name": "川江"}, crosses=True, grade=-2)
    for name, lake in zip(("南湖", "云岭水库"), polygons(land.lakes), strict=False):
        kind = "reservoir" if name.endswith("水库") else "lake"
        sheet.area(lake, {"natural": "water", "water": kind, "name": name})
    for pond in polygons(land.lakes)[2:]:
        sheet.area(pond, {"natural": "water", "water": "pond"})
    _woods(rng, sheet, land)
    return land


def _river(rng: random.Random, course: list[Point]) -> Polygon:
    """Widen the course from 60 m at the upper end to 110 m each side at the lower, unevenly."""
    left, right = [], []
    phases = [rng.uniform(0.0, math.tau) for _ in range(4)]
    for k in range(1, len(course) - 1):
        (ax, ay), (x, y), (bx, by) = course[k - 1], course[k], course[k + 1]
        size = math.hypot(bx - ax, by - ay)
        across = -(by - ay) / size, (bx - ax) / size
        half = 55.0 + 45.0 * k / len(course)
        bank = [half + 9.0 * math.sin(k / 5.0 + phases[n]) + 7.0 * math.sin(k / 2.3 + phases[n + 2]) for n in (0, 1)]
        left.append((x + across[0] * bank[0], y + across[1] * bank[0]))
        right.append((x - across[0] * bank[1], y - across[1] * bank[1]))
    return polygons(Polygon(left + right[::-1]).buffer(0))[0]


def _hills(rng: random.Random) -> NDArray[np.float64]:
    """Hills in the north-west, the south-east and along the rim; a plain along the river."""
    ranges = (
        (14, (-10500.0, 1500.0), (6200.0, 11500.0)),
        (12, (5200.0, 12500.0), (-10500.0, -4200.0)),
        (6, (-13500.0, -6500.0), (-11500.0, -8300.0)),
        (4, (10500.0, 13500.0), (-3500.0, 1000.0)),
    )
    rows = [
        (rng.uniform(*across), rng.uniform(*up), rng.uniform(160.0, 480.0), rng.uniform(650.0, 1350.0))
        for count, across, up in ranges
        for _ in range(count)
    ]
    # Where a town lies the ground is low, as it is where people settle.
    rows += [(town.seat[0], town.seat[1], -190.0, 1100.0) for town in TOWNS]
    return np.array(rows)


def _woods(rng: random.Random, sheet: Sheet, land: Land) -> None:
    wet = shapely.union_all([land.river.buffer(120.0), land.lakes.buffer(30.0)])
    homes = MultiPoint([town.seat for town in TOWNS]).buffer(900.0)
    woods = [
        blob(rng, (float(x), float(y)), float(spread) * rng.uniform(0.95, 1.25), points=40)
        for x, y, height, spread in land.hills
        if height > 0.0
    ]
    dry = land.county.difference(wet)
    ground = shapely.union_all(woods).difference(homes).intersection(dry)
    for wood in polygons(ground.simplify(25.0)):
        if wood.area > 150_000.0:
            sheet.area(wood, {"natural": "wood", "leaf_type": "mixed"})
    plain = land.river.buffer(rng.uniform(700.0, 900.0)).union(MultiPoint([town.seat for town in TOWNS]).buffer(1250.0))
    town = shapely.Point(0.0, -150.0).buffer(2500.0)
    for field in polygons(plain.difference(town).intersection(dry).difference(ground.buffer(60.0)).simplify(30.0)):
        if field.area > 100_000.0:
            sheet.area(field, {"landuse": "farmland"})
    names = ["云岭", "望川峰", "石门尖", "莲花山", "白鹤岭", "双坑尖", "茶山", "笔架山"]
    high = sorted((row for row in land.hills if row[2] > 300.0), key=lambda row: -row[2])
    peaks: list[Point] = []
    for x, y, height, _ in high:
        peak = (float(x), float(y))
        inside = land.county.buffer(-600.0).difference(land.lakes.buffer(250.0)).contains(shapely.Point(peak))
        if inside and len(peaks) < len(names) and all(math.dist(peak, other) > 1500.0 for other in peaks):
            sheet.spot(peak, {"natural": "peak", "name": names[len(peaks)], "ele": str(round(float(height)) + 40)})
            peaks.append(peak)


def _borders(rng: random.Random, sheet: Sheet) -> tuple[Polygon, tuple[Polygon, ...]]:
    """Draw the county's outline and the townships' borders as arcs that neighbours share."""
    outline = Polygon(
        [
            (
                (13600.0 + rng.uniform(-1100, 1300)) * math.cos(angle),
                (11900.0 + rng.uniform(-800, 900)) * math.sin(angle),
            )
            for angle in (math.tau * (k + rng.uniform(-0.3, 0.3)) / 13 for k in range(13))
        ]
    )
    seats = [SEAT.seat, *(town.seat for town in TOWNS)]
    # A second site beside the seat of the county gives its town a larger, less regular share.
    sites = [*seats, (700.0, -2600.0), (300.0, 3200.0)]
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(sites), extend_to=outline))
    owners = [0 if n >= len(seats) else n for n in range(len(sites))]
    shares = [
        shapely.union_all(
            [
                cell
                for cell in cells
                for n, site in enumerate(sites)
                if owners[n] == k and cell.contains(shapely.Point(site))
            ]
        ).intersection(outline)
        for k in range(len(seats))
    ]
    edges = lines(shapely.line_merge(shapely.union_all([share.boundary for share in shares])))
    roughness, townships = 0.16, None
    arcs: list[tuple[Point, ...]] = []
    while townships is None:
        arcs = [_wandering(rng, [(float(x), float(y)) for x, y in edge.coords], roughness) for edge in edges]
        townships = _around(seats, arcs)
        roughness *= 0.7
    sheet.arcs += arcs
    return polygons(shapely.union_all(list(townships)))[0], townships


def _around(seats: list[Point], arcs: list[tuple[Point, ...]]) -> tuple[Polygon, ...] | None:
    """Give the face of the arcs around each seat, unless two arcs have run into each other."""
    faces = shapely.get_parts(shapely.polygonize([LineString(arc) for arc in arcs]))
    homes = [face for seat in seats for face in faces if face.contains(shapely.Point(seat))]
    return tuple(homes) if len(homes) == len(seats) == len(faces) else None


def _wandering(rng: random.Random, corners: list[Point], roughness: float) -> tuple[Point, ...]:
    drawn = [corners[0]]
    for a, b in pairwise(corners):
        drawn += wander(rng, a, b, roughness, 260.0)[1:]
    return tuple((round(x, 1), round(y, 1)) for x, y in drawn)
