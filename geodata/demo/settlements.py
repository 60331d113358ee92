"""Towns and villages outside the seat: a main street, lanes off it, houses along them, fields and tracks around."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from geodata.demo.blocks import cut_up, edges, plot, within
from geodata.demo.frame import Point, blob, dice, turned, wander
from geodata.demo.land import TOWNS, Land
from geodata.demo.sheet import Sheet, lines, polygons

VILLAGES = 34
APART_M = 1150.0
MAIN_STREET_DEGREES = (50.0, -15.0, 10.0, 75.0, 95.0, -60.0, 35.0, 80.0)
"""Which way the main street of each town runs."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town or village: its outline, parcels, main street and the ends of that."""

    name: str
    kind: str  # town, village, hamlet
    centre: Point
    outline: Polygon
    parcels: tuple[Polygon, ...]
    main: LineString
    people: int

    @property
    def ends(self) -> tuple[Point, Point]:
        """Both ends of the main street."""
        first, last = self.main.coords[0], self.main.coords[-1]
        return (first[0], first[1]), (last[0], last[1])


def draw_towns(seed: int, sheet: Sheet, names: Mapping[str, list[str]]) -> list[Settlement]:
    """Draw the streets of the eight towns."""
    rng = dice(seed, "towns")
    towns = []
    for town, degrees in zip(TOWNS, MAIN_STREET_DEGREES, strict=True):
        radius = 5.2 * math.sqrt(town.people) + rng.uniform(-20.0, 20.0)
        outline = blob(rng, town.seat, radius, uneven=0.3, points=36)
        pool = rng.sample(names["town_streets"], k=8)
        share = round(town.people * (0.42 if town.code[6] == "1" else 0.3))
        settlement = _settle(
            rng, sheet, (town.name, "town", town.seat, share), outline, math.radians(degrees), 15_000.0, pool
        )
        towns.append(settlement)
        _houses(rng, sheet, settlement, 0.75)
        if town.people > 9_000:
            parcel = max(settlement.parcels, key=lambda parcel: (parcel.area, parcel.bounds))
            sheet.area(parcel.buffer(-9.0), {"amenity": "school", "name": f"{town.name}中学"})
    return towns


def draw_villages(
    seed: int, sheet: Sheet, land: Land, avoid: BaseGeometry, names: Mapping[str, list[str]]
) -> list[Settlement]:
    """Draw natural villages (自然村) where the ground is low and dry, and a few hamlets in the hills."""
    rng = dice(seed, "villages")
    pool = list(names["villages"])
    rng.shuffle(pool)
    west, south, east, north = land.county.buffer(-500.0).bounds
    taken: list[Point] = [town.seat for town in TOWNS]
    keep_off = avoid.buffer(260.0)
    room = land.county.buffer(-700.0).difference(keep_off)
    shapely.prepare(room)
    villages: list[Settlement] = []
    while len(villages) < VILLAGES:
        place = rng.uniform(west, east), rng.uniform(south, north)
        height = float(land.height_m(*shapely.get_coordinates(shapely.Point(place)).T)[0])
        hamlet = len(villages) >= VILLAGES - 5
        too_high = not 140.0 < height < 330.0 if hamlet else height > 120.0
        if too_high or not room.contains(shapely.Point(place)):
            continue
        if any(math.dist(place, other) < (APART_M if k >= len(TOWNS) else 1500.0) for k, other in enumerate(taken)):
            continue
        taken.append(place)
        name = pool.pop()
        people = rng.randint(90, 260) if hamlet else rng.randint(420, 1900)
        outline = blob(rng, place, 4.6 * math.sqrt(people) + 30.0, uneven=0.4)
        fields = blob(rng, place, rng.uniform(380.0, 620.0), uneven=0.5).difference(avoid.buffer(20.0))
        if not hamlet:
            sheet.area(fields, {"landuse": "farmland"})
        kind = "hamlet" if hamlet else "village"
        village = _settle(rng, sheet, (name, kind, place, people), outline, rng.uniform(0.0, math.pi), 7_000.0, [])
        villages.append(village)
        _houses(rng, sheet, village, 0.4)
        for _ in range(rng.randint(1, 2)):
            _track(rng, sheet, village, avoid)
    return villages


def _settle(
    rng: random.Random,
    sheet: Sheet,
    who: tuple[str, str, Point, int],
    outline: Polygon,
    direction: float,
    target_m2: float,
    pool: Sequence[str],
) -> Settlement:
    """Draw a main street through an outline and streets off it on both sides."""
    name, kind, centre, people = who
    reach = math.sqrt(outline.area) * 1.6
    start, end = (turned((t * reach, 0.0), direction, centre) for t in (-1.0, 1.0))
    through = LineString(wander(rng, start, centre, 0.10, 60.0) + wander(rng, centre, end, 0.10, 60.0)[1:])
    main = lines(through.intersection(outline.buffer(25.0)))[0]
    spare = list(pool)
    highway = "secondary" if kind == "town" else "residential"
    tags = {"highway": highway}
    if kind == "town":
        tags["name"] = f"{name.removesuffix('镇').removesuffix('乡')}大街"
    sheet.street(list(main.coords), tags)
    parcels: list[Polygon] = []
    for half in polygons(split(outline, through)):
        pieces, cuts = cut_up(half, target_m2, rng, streets=main)
        parcels += pieces
        for cut in cuts:
            if kind == "town":
                minor = {"highway": ("tertiary", "residential", "residential", "living_street")[min(cut.depth, 3)]}
                if spare and cut.depth < 2:
                    minor["name"] = spare.pop()
            else:
                minor = {"highway": rng.choice(("residential", "service", "footway"))}
            sheet.street(cut.points, minor)
    landuse = {"landuse": "residential"}
    sheet.area(outline, landuse)
    sheet.spot(centre, {"place": kind, "name": name, "population": str(people)})
    return Settlement(name, kind, centre, outline, tuple(parcels), main, people)


def _houses(rng: random.Random, sheet: Sheet, settlement: Settlement, share: float) -> None:
    """Draw houses round the edge of the parcels, where the lanes are."""
    for parcel in settlement.parcels:
        plots = []
        ground = polygons(parcel.buffer(-7.0, join_style="mitre").simplify(4.0))
        if not ground:
            continue
        for side, angle, corner in edges(ground[0]):
            along = rng.uniform(3.0, 20.0)
            while along + 15.0 < side:
                front = rng.uniform(10.0, 15.0)
                if rng.random() < share:
                    plots.append(plot((along, 1.0), (along + front, 11.0), angle, corner))
                along += front + rng.uniform(8.0, 34.0)
        for house in within(plots, ground[0]):
            sheet.area(house, {"building": "house"})


def _track(rng: random.Random, sheet: Sheet, village: Settlement, avoid: BaseGeometry) -> None:
    """Draw a track from the village out to its fields."""
    angle = rng.uniform(0.0, math.tau)
    out = rng.uniform(420.0, 1000.0)
    end = village.centre[0] + out * math.cos(angle), village.centre[1] + out * math.sin(angle)
    start = village.main.interpolate(village.main.project(shapely.Point(end)))
    points = wander(rng, (start.x, start.y), end, 0.22, 80.0)
    if not avoid.intersects(LineString(points)):
        grade = rng.choice(("grade2", "grade3", "grade4"))
        sheet.street(points, {"highway": "track", "tracktype": grade, "surface": "unpaved"})
