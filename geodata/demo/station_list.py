"""The demo county's list of stations: 109, most at premises, with the gaps that a real county has."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.demo.county import NEIGHBOURHOODS, County, quarter_at
from geodata.demo.frame import Point, dice, to_degrees
from geodata.demo.land import COUNTY_CODE, SEAT, TOWNS
from geodata.demo.premises import House, fronts_on, named_streets
from geodata.demo.seat import bend

AMENITIES = (
    "water", "microwave", "fridge", "charging", "seats", "air_conditioning", "heating", "first_aid", "medicine", "aed",
    "toilet", "wifi", "books", "rain_gear", "heatstroke_supplies", "cold_weather_supplies", "tools", "tyre_pump",
    "ebike_charging", "battery_swap", "lockers", "nursing_room", "breakfast", "counselling", "e_reading",
    "legal_advice",
)  # fmt: skip
COLUMNS = (
    "code", "name", "kind", "host", "lon", "lat", "datum", "address", "township", "opening_hours", "self_service_hours",
    "dates", "access", "eligible", *AMENITIES, "seat_count", "phone", "status",
)  # fmt: skip

STATIONS = 109

IN_SEAT: Mapping[str, int] = {
    "union": 10, "bank": 12, "post_office": 5, "telecom_shop": 6, "petrol_station": 4, "supermarket": 4,
    "convenience": 6, "pharmacy": 4, "community_centre": 6, "library": 2, "public_toilet": 3, "bus_station": 1,
    "police": 2, "scenic_spot": 1,
}  # fmt: skip
"""66 of them, six in ten."""

IN_TOWNS = (7, 7, 5, 4, 6, 3, 1, 2)
"""In each town: the two hill townships go nearly without, as they do."""

ELSEWHERE = 8
"""In villages and by the main roads."""

UNSERVED = (("西郊社区", 950.0), ("江湾社区", 950.0), ("柳堤社区", 750.0))
"""Neighbourhoods without a station, and how far round in metres: coverage needs gaps to find."""

KIND_NAMES: Mapping[str, str] = {
    "rest_station": "工会驿站", "breakfast_point": "爱心早餐点", "nursing_room": "母婴关爱室",
    "drivers_home": "司机之家", "workers_home": "职工之家", "reading_room": "职工书屋", "mobile_point": "流动服务点",
}  # fmt: skip
MOBILE: Mapping[int, tuple[str, str]] = {
    93: ("2027年1月28日至2月1日", "07:00-20:00"),
    102: ("5月至9月", "09:00-18:00"),
    107: ("每月第一个周六", "09:00-16:00"),
}
"""Dates and hours of points that are not there all year, by place in the list: before the Spring Festival at a bus
station, all summer in a park, and one day a month in a village."""

STATUS_OF = {17: "planned", 58: "planned", 83: "retired"}
"""By place in the list; the rest are active."""


def list_stations(
    seed: int, county: County, houses: Sequence[House], likeness: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Give the rows of the station list.

    Parameters
    ----------
    likeness
        What stations of each host are like: the content of ``stations.toml``.
    """
    rng = dice(seed, "stations")
    chosen = _choose(rng, county, houses)
    codes = {town.name: town.code for town in (SEAT, *TOWNS)}
    rows: list[dict[str, str]] = []
    turns: Counter[str] = Counter()
    for number, house in enumerate(chosen, 1):
        like, turn = likeness[house.host], turns[house.host]
        turns[house.host] += 1
        kind = like["kinds"][turn % len(like["kinds"])]
        lon, lat = to_degrees((house.door[0] + rng.uniform(-3.0, 3.0), house.door[1] + rng.uniform(-3.0, 3.0)))
        row = {
            "code": f"YC{COUNTY_CODE[-2:]}-{number:03}",
            "name": _name(house, kind, {row["name"] for row in rows}),
            "kind": kind,
            "host": house.host,
            "lon": f"{lon:.7f}",
            "lat": f"{lat:.7f}",
            "datum": "wgs84",
            "address": f"驿川县{house.address}",
            "township": codes[house.town],
            "status": STATUS_OF.get(number, "active"),
            "seat_count": str(rng.randint(*like["seats"])) if rng.random() < 0.85 else "",
            # No such area code exists, so that nobody is rung up.
            "phone": f"0000-{rng.randint(2_000_000, 8_999_999)}" if rng.random() < 0.5 else "",
            **_opening(rng, house, kind, like, turn),
            **_amenities(rng, kind, like),
            "dates": "",
        }
        if number in MOBILE:
            dates, hours = MOBILE[number]
            name = _name(house, "mobile_point", {row["name"] for row in rows})
            row |= {
                "kind": "mobile_point",
                "name": name,
                "dates": dates,
                "opening_hours": hours,
                "eligible": "everyone",
            }
        rows.append(row)
    return rows


def _choose(rng: random.Random, county: County, houses: Sequence[House]) -> list[House]:
    centres = {name: bend(place) for name, _, place in NEIGHBOURHOODS}
    unserved = [(centres[name], reach) for name, reach in UNSERVED]
    served = [house for house in houses if not any(math.dist(house.door, centre) < reach for centre, reach in unserved)]
    in_seat = [house for house in served if house.setting == "seat"]
    chosen: list[House] = []
    for host, count in IN_SEAT.items():
        if host == "union":
            chosen += _union_houses(rng, county, unserved, count)
            continue
        options = [house for house in in_seat if house.host == host]
        rng.shuffle(options)
        chosen += _spread(options, [house.door for house in chosen], count)
    for town, count in zip(county.towns, IN_TOWNS, strict=True):
        here = [house for house in served if house.setting == "town" and house.place == town.name]
        rng.shuffle(here)
        first = [house for house in here if house.host in {"post_office", "community_centre", "petrol_station"}]
        rest = [house for house in here if house not in first and house.host != "convenience"]
        chosen += [*first, *rest][:count]
    by_road = [house for house in served if house.setting == "road"]
    rural = [house for house in served if house.setting == "village" and house.host == "community_centre"]
    chosen += [*by_road, *_spread(rural, [house.door for house in chosen], ELSEWHERE - len(by_road))]
    # What one kind of host was short of, any other in the seat makes up.
    spare = [house for house in in_seat if house not in chosen]
    rng.shuffle(spare)
    return chosen + _spread(spare, [house.door for house in chosen], STATIONS - len(chosen))


def _spread(options: Sequence[House], taken: Sequence[Point], count: int) -> list[House]:
    """Take houses one by one, each of the first few that are left and farthest from what is taken."""
    left, near = list(options), list(taken)
    picked: list[House] = []
    while left and len(picked) < count:
        best = max(left[:3], key=lambda house: min((math.dist(house.door, t) for t in near), default=0.0))
        left.remove(best)
        picked.append(best)
        near.append(best.door)
    return picked


def _union_houses(
    rng: random.Random, county: County, unserved: Sequence[tuple[Point, float]], count: int
) -> list[House]:
    """Stations that the union built itself, at the roadside."""
    houses: list[House] = []
    for front in fronts_on(named_streets(county.sheet), county.seat.built_up.convex_hull, 180.0, rng):
        if len(houses) == count:
            break
        if any(math.dist(front.door, centre) < reach for centre, reach in unserved):
            continue
        if any(math.dist(front.door, house.door) < 550.0 for house in houses):
            continue
        place = quarter_at(county.land, front.door)
        address = f"{SEAT.name}{place}{front.street}{front.number}号"
        houses.append(House("union", front.street, front.door, place, SEAT.name, address, "", "seat"))
    return houses


def _name(house: House, kind: str, used: set[str]) -> str:
    name = f"{house.name}{KIND_NAMES[kind]}"
    return f"{name}（{house.place}）" if name in used else name


def _opening(rng: random.Random, house: House, kind: str, like: Mapping[str, Any], turn: int) -> dict[str, str]:
    """Hours, how one gets in and for whom. Some have not told their hours.

    Parameters
    ----------
    turn
        How many stations of this kind of host came before: they take the hours of their kind by turns.
    """
    hours = like["hours"][turn % len(like["hours"])]
    hours = house.opening_hours if hours == "host" else hours
    access = rng.choice(like["access"])
    alone = ""
    if kind == "breakfast_point":
        hours, access = rng.choice(("05:30-09:00", "Mo-Sa 05:30-09:00", "05:30-09:00")), "walk_in"
    elif kind == "mobile_point":
        hours = "May-Sep 09:00-18:00"
    elif house.host == "union" and hours == "24/7" and turn % 2 == 0:
        hours, alone, access = "08:00-22:00", "22:00-08:00", "qr_door"
    elif rng.random() < 0.08:
        hours = ""
    eligible = {
        "breakfast_point": "sanitation;couriers",
        "drivers_home": "drivers",
        "nursing_room": "everyone",
        "workers_home": "members;outdoor_workers",
    }.get(kind, rng.choice(("outdoor_workers", "outdoor_workers", "everyone", "")))
    return {"opening_hours": hours, "self_service_hours": alone, "access": access, "eligible": eligible}


def _amenities(rng: random.Random, kind: str, like: Mapping[str, Any]) -> dict[str, str]:
    """State of every amenity; what nobody looked at is unknown."""
    states = dict.fromkeys(AMENITIES, "no")
    for key in AMENITIES:
        chance = 1.0 if key in like["has"] else float(like["may"].get(key, 0.0))
        draw = rng.random()
        if draw < chance:
            states[key] = "yes"
        elif draw > 0.84:
            states[key] = "unknown"
    if states["toilet"] != "yes" and rng.random() < 0.6:
        states["toilet"] = "nearby"
    for key in ("aed", "ebike_charging", "battery_swap"):
        if states[key] == "no" and rng.random() < 0.06:
            states[key] = "nearby"
    for key in {
        "breakfast_point": ("breakfast", "water"),
        "nursing_room": ("nursing_room",),
        "reading_room": ("books",),
    }.get(kind, ()):
        states[key] = "yes"
    return states
