"""Premises along the streets that could host a station: banks, post offices, petrol stations and the rest."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Polygon, STRtree

from geodata.demo.county import NEIGHBOURHOODS, County, quarter_at
from geodata.demo.frame import Point, dice, turned
from geodata.demo.land import SEAT
from geodata.demo.seat import bend
from geodata.demo.settlements import Settlement
from geodata.demo.sheet import Area, Sheet

FRONT_M = 11.0
"""From the middle of a street to the door of a house on it."""

# How many premises of each kind stand in the seat, in a town, in a village (a share is a chance).
NUMBERS: Mapping[str, tuple[int, int, float]] = {
    "bank": (24, 2, 0.0),
    "post_office": (7, 1, 0.0),
    "telecom_shop": (15, 1, 0.0),
    "petrol_station": (6, 1, 0.0),
    "supermarket": (14, 2, 0.1),
    "convenience": (46, 4, 0.7),
    "pharmacy": (30, 2, 0.15),
    "community_centre": (16, 1, 0.8),
    "library": (4, 0, 0.0),
    "public_toilet": (30, 2, 0.35),
    "bus_station": (2, 1, 0.0),
    "police": (8, 1, 0.0),
    "scenic_spot": (4, 0, 0.0),
}
CHOICE = 6
"""A house takes the roomiest of so many spots: not beside another of its kind, and not quite evenly either."""

# Premises outside any settlement: host, name, near which place.
ALONE: tuple[tuple[str, str, Point], ...] = (
    ("scenic_spot", "南湖", (2350.0, -7350.0)),
    ("scenic_spot", "云岭", (-4300.0, 7400.0)),
    ("petrol_station", "国道白塔东", (-5200.0, 1400.0)),
    ("petrol_station", "国道石埠南", (4300.0, 5300.0)),
    ("petrol_station", "川湖公路", (300.0, -4200.0)),
)
FAST = frozenset({"trunk", "primary", "secondary"})
ADDRESSED = FAST | {"tertiary", "residential", "living_street", "pedestrian"}


@dataclass(frozen=True, slots=True)
class House:
    """A place that could host a station."""

    host: str
    name: str
    door: Point
    place: str
    town: str
    address: str
    opening_hours: str
    setting: str  # seat, town, village, road


@dataclass(frozen=True, slots=True)
class Front:
    """A spot beside a street where a house could have its door."""

    door: Point
    street: str
    highway: str
    number: int


def named_streets(sheet: Sheet) -> list[tuple[LineString, str, str]]:
    """Give line, name and class of each street that houses have their addresses on."""
    return [
        (LineString(street.points), street.tags["name"], street.tags["highway"])
        for street in sheet.streets
        if street.grade == 0 and "name" in street.tags and street.tags.get("highway") in ADDRESSED
    ]


def fronts_on(
    streets: Sequence[tuple[LineString, str, str]], ground: Polygon, step_m: float, rng: random.Random
) -> list[Front]:
    """Give spots beside the streets in a stretch of ground, on alternating sides, in random order."""
    fronts = []
    shapely.prepare(ground)
    for line, name, highway in streets:
        if not ground.intersects(line):
            continue
        along, side = rng.uniform(15.0, step_m), 1.0
        while along < line.length - 12.0:
            at, ahead = line.interpolate(along), line.interpolate(along + 1.0)
            angle = math.atan2(ahead.y - at.y, ahead.x - at.x)
            door = turned((0.0, side * FRONT_M), angle, (at.x, at.y))
            if shapely.contains_xy(ground, *door):
                fronts.append(Front(door, name, highway, 2 * round(along / 12.0) + (1 if side > 0.0 else 2)))
            along += step_m * rng.uniform(0.7, 1.4)
            side = -side
    rng.shuffle(fronts)
    return fronts


def draw_premises(seed: int, county: County, kinds: Mapping[str, Mapping[str, Any]]) -> list[House]:
    """Draw premises in the seat, the towns, the villages and by the main roads.

    Parameters
    ----------
    kinds
        Names, hours and tags by host: the table ``premises`` of ``names.toml``.
    """
    street = _Street(dice(seed, "premises"), county, kinds)
    named = named_streets(county.sheet)
    fronts = fronts_on(named, county.seat.built_up.convex_hull.buffer(60.0), 75.0, street.rng)
    for kind, (count, _, _) in NUMBERS.items():
        if kind == "community_centre":
            for name, _, place in NEIGHBOURHOODS:
                front = _nearest(fronts, bend(place))
                fronts.remove(front)
                street.build(kind, front, name, "seat")
        else:
            street.spread(kind, count, fronts, None)
    for town in county.towns:
        fronts = fronts_on(named, town.outline, 45.0, street.rng)
        for kind, (_, count, _) in NUMBERS.items():
            street.spread(kind, count, fronts, town.name)
    for village in county.villages:
        for kind, (_, _, chance) in NUMBERS.items():
            if street.rng.random() < chance:
                street.build(kind, _village_front(street.rng, village), village.name, "village")
    for kind, name, point in ALONE:
        street.build(kind, _roadside(county.sheet, point), name, "road")
    return street.houses


class _Street:
    """The houses built so far."""

    def __init__(self, rng: random.Random, county: County, kinds: Mapping[str, Mapping[str, Any]]) -> None:
        self.rng = rng
        self.houses: list[House] = []
        self._county = county
        self._kinds = kinds
        self._walls = _Walls(county.sheet)

    def build(self, kind: str, front: Front, place: str, setting: str) -> None:
        """Build one house at a front."""
        known = self._kinds[kind]
        name = self._name(known["names"], front, place)
        hours = self.rng.choice(known["hours"])
        town = town_at(self._county, front.door)
        address = f"{town}{place if place != town else ''}{front.street}{front.number}号"
        house = House(kind, name, front.door, place, town, address, hours, setting)
        self.houses.append(house)
        tags = {"name": name, "addr:housenumber": str(front.number), **known["tags"]}
        if front.street:
            tags["addr:street"] = front.street
        if hours:
            tags["opening_hours"] = hours
        self._walls.enter(self.rng, house, tags)

    def spread(self, kind: str, count: int, fronts: list[Front], town: str | None) -> None:
        """Build houses of a kind at some of the fronts, which they take; in the seat when no town is named."""
        taken = [house.door for house in self.houses if house.host == kind]
        for _ in range(count):
            fitting = [front for front in fronts if kind != "petrol_station" or front.highway in FAST][:CHOICE]
            if not fitting:
                return
            front = max(fitting, key=lambda f: min((math.dist(f.door, t) for t in taken), default=0.0))
            fronts.remove(front)
            taken.append(front.door)
            place = town or quarter_at(self._county.land, front.door)
            self.build(kind, front, place, "town" if town else "seat")

    def _name(self, patterns: Sequence[str], front: Front, place: str) -> str:
        """Give a name that no other house has."""
        used = {house.name for house in self.houses}
        names = [
            pattern.format(street=front.street, place=place)
            for pattern in patterns
            if front.street or "{street}" not in pattern
        ]
        free = [name for name in names if name not in used]
        return self.rng.choice(free) if free else f"{self.rng.choice(names)}（{front.street}{front.number}号）"


def _nearest(fronts: Sequence[Front], place: Point) -> Front:
    return min(fronts, key=lambda front: math.dist(front.door, place))


def _village_front(rng: random.Random, village: Settlement) -> Front:
    at = village.main.interpolate(rng.uniform(0.25, 0.75), normalized=True)
    turn = rng.uniform(0.0, math.tau)
    return Front(turned((FRONT_M, 0.0), turn, (at.x, at.y)), "", "residential", rng.randint(1, 60))


def _roadside(sheet: Sheet, point: Point) -> Front:
    roads = [
        (LineString(street.points), street.tags)
        for street in sheet.streets
        if street.grade == 0 and street.tags.get("highway") in FAST and street.tags.get("motorroad") != "yes"
    ]
    here = shapely.Point(point)
    road, tags = min(roads, key=lambda road: road[0].distance(here))
    along = road.project(here)
    at, ahead = road.interpolate(along), road.interpolate(along + 1.0)
    door = turned((0.0, 24.0), math.atan2(ahead.y - at.y, ahead.x - at.x), (at.x, at.y))
    return Front(door, tags.get("name", ""), tags["highway"], 2 * round(along / 12.0) + 1)


def town_at(county: County, point: Point) -> str:
    """Name of the town or township a place is in."""
    here = shapely.Point(point)
    towns = (border for border in county.sheet.borders if border.tags["admin_level"] == "8")
    return next((town.tags["name"] for town in towns if town.shape.contains(here)), SEAT.name)


class _Walls:
    """The buildings of the county; some premises are one of them, the rest a node at the door."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._numbers = [k for k, area in enumerate(sheet.areas) if "building" in area.tags]
        self._tree = STRtree(np.array([sheet.areas[k].shape for k in self._numbers], dtype=object))

    def enter(self, rng: random.Random, house: House, tags: dict[str, str]) -> None:
        """Draw a house: as its own building, as the building at its door, or as a node."""
        if house.host in {"petrol_station", "bus_station", "library"}:
            turn = rng.uniform(0.0, math.pi)
            corners = ((-11.0, -7.0), (11.0, -7.0), (11.0, 7.0), (-11.0, 7.0))
            shape = Polygon([turned(corner, turn, house.door) for corner in corners])
            building = "roof" if house.host == "petrol_station" else "public"
            self._sheet.area(shape, {**tags, "building": building})
            return
        near = self._numbers[int(self._tree.nearest(shapely.Point(house.door)))]
        area = self._sheet.areas[near]
        if rng.random() < 0.3 and "name" not in area.tags and area.shape.distance(shapely.Point(house.door)) < 15.0:
            self._sheet.areas[near] = Area(area.shape, {**area.tags, **tags})
        else:
            self._sheet.spot(house.door, tags)
