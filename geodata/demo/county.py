"""The whole county, drawn on one sheet in the order in which one part makes room for the next."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import shapely
from shapely import LineString

from geodata.demo.frame import Point
from geodata.demo.land import COUNTY_CODE, COUNTY_NAME, SEAT, TOWNS, Land, lie_of_the_land
from geodata.demo.parcels import Parcel, fill_blocks
from geodata.demo.roads import Roads, draw_lines_of_passage, draw_routes, interchange, survey_county
from geodata.demo.seat import Seat, bend, lay_out_seat
from geodata.demo.settlements import Settlement, draw_towns, draw_villages
from geodata.demo.sheet import Border, Sheet

NEIGHBOURHOODS: tuple[tuple[str, str, Point], ...] = (
    ("老城社区", "neighbourhood", (-500.0, 0.0)),
    ("米市社区", "neighbourhood", (350.0, 50.0)),
    ("人民路社区", "neighbourhood", (-500.0, 750.0)),
    ("青云社区", "neighbourhood", (300.0, 1000.0)),
    ("北门社区", "neighbourhood", (-550.0, 1500.0)),
    ("西郊社区", "neighbourhood", (-1500.0, 1350.0)),
    ("望江社区", "neighbourhood", (-1350.0, 60.0)),
    ("东门社区", "neighbourhood", (1100.0, 700.0)),
    ("东湖社区", "neighbourhood", (1050.0, 100.0)),
    ("工业园社区", "neighbourhood", (1900.0, 1400.0)),
    ("站前社区", "neighbourhood", (-650.0, 1950.0)),
    ("老城区", "quarter", (-150.0, 250.0)),
    ("南岸新区", "suburb", (200.0, -1400.0)),
    ("柳堤社区", "neighbourhood", (-700.0, -1750.0)),
    ("江湾社区", "neighbourhood", (1100.0, -1000.0)),
)


def quarter_at(land: Land, point: Point) -> str:
    """Name of the nearest neighbourhood of the seat on the same bank of the river."""

    def away(centre: Point) -> float:
        return math.dist(centre, point) + (1e6 if land.river.intersects(LineString([centre, point])) else 0.0)

    return min((away(bend(place)), name) for name, kind, place in NEIGHBOURHOODS if kind != "quarter")[1]


@dataclass(frozen=True, slots=True)
class County:
    """The drawn county and what is listed from it."""

    sheet: Sheet
    land: Land
    seat: Seat
    parcels: list[Parcel]
    towns: list[Settlement]
    villages: list[Settlement]
    premises: Mapping[str, Mapping[str, Any]]  # names, hours and tags by host


def draw_county(seed: int) -> County:
    """Draw everything but the premises and the stations."""
    names = tomllib.loads(resources.files("geodata.demo").joinpath("names.toml").read_text("utf-8"))
    premises = names.pop("premises")
    sheet = Sheet()
    land = lie_of_the_land(seed, sheet)
    _draw_borders(sheet, land)
    seat = lay_out_seat(seed, sheet, land, names)
    links = draw_lines_of_passage(sheet, land)
    parcels = fill_blocks(seed, sheet, seat, names)
    towns = draw_towns(seed, sheet, names)
    wet = shapely.union_all([land.river.buffer(40.0), land.lakes.buffer(30.0)])
    lines_of_passage = shapely.union(land.railway.buffer(32.0), land.motorway.buffer(42.0))
    avoid = shapely.union_all([wet, lines_of_passage, seat.built_up.buffer(250.0)])
    villages = draw_villages(seed, sheet, land, avoid, names)
    links.append(interchange(sheet, land))
    _draw_country_roads(seed, sheet, land, seat, towns, villages, links)
    for name, kind, place in NEIGHBOURHOODS:
        sheet.spot(bend(place), {"place": kind, "name": name})
    sheet.spot(bend((-150.0, 300.0)), {"place": "town", "name": SEAT.name, "population": str(SEAT.people)})
    stop = land.railway.interpolate(land.railway.project(shapely.Point(bend((-650.0, 2250.0)))))
    sheet.spot(
        (stop.x, stop.y), {"railway": "station", "public_transport": "station", "name": "驿川站"}, on_street=True
    )
    return County(_finished(sheet, land), land, seat, parcels, towns, villages, premises)


def _finished(sheet: Sheet, land: Land) -> Sheet:
    """Cut whatever strayed into water, onto the rails, onto the motorway or over the county's border."""
    sheet.keep_off(
        shapely.union_all(
            [land.river.buffer(2.0), land.lakes.buffer(2.0), land.railway.buffer(9.0), land.motorway.buffer(24.0)]
        )
    )
    return sheet


def _draw_borders(sheet: Sheet, land: Land) -> None:
    def around(number: int | None) -> tuple[int, ...]:
        shape = land.county if number is None else land.townships[number]
        edge = shape.exterior.buffer(0.5)
        return tuple(k for k, arc in enumerate(sheet.arcs) if edge.contains(LineString(arc)))

    made_up = {"type": "boundary", "boundary": "administrative", "note": "虚构地名，仅供演示"}
    county = {**made_up, "admin_level": "6", "name": COUNTY_NAME, "adcode": COUNTY_CODE}
    sheet.borders.append(Border(county, land.county, around(None)))
    for number, town in enumerate((SEAT, *TOWNS)):
        tags = {**made_up, "admin_level": "8", "name": town.name, "adcode": town.code}
        sheet.borders.append(Border(tags, land.townships[number], around(number)))


def _draw_country_roads(
    seed: int,
    sheet: Sheet,
    land: Land,
    seat: Seat,
    towns: list[Settlement],
    villages: list[Settlement],
    crossings: list[tuple[Point, Point]],
) -> None:
    """Join the seat, the towns, the villages and the peaks."""
    links = [*crossings, *seat.gateways.values(), *(town.ends for town in towns)]
    terrain = survey_county(seed, land, seat, [town.outline for town in towns], links)
    roads = Roads(sheet, terrain, [LineString(link) for link in links])
    first = len(crossings)
    ends: dict[str | int, tuple[int, int]] = {}
    for number, key in enumerate([*seat.gateways, *range(len(towns))]):
        near, far = terrain.link_ends(first + number, len(links))
        ends[key] = (far, far) if isinstance(key, str) else (near, far)
    draw_routes(roads, ends)
    toll_end = terrain.link_ends(len(crossings) - 1, len(links))[1]
    roads.build(terrain.path(ends["south"][0], toll_end), {"highway": "secondary", "name": "高速连接线"})
    for village in villages:
        roads.laid.append(village.main)
        start = terrain.nearest(village.centre)
        highway = "track" if village.kind == "hamlet" else "unclassified" if village.people > 900 else "residential"
        roads.build(terrain.path_to_road(start), {"highway": highway})
    for spot in list(sheet.spots):
        if spot.tags.get("natural") == "peak":
            line = terrain.path_to_road(terrain.nearest(spot.point))
            top = len(line) // 2
            roads.build(line[top:], {"highway": "track", "tracktype": "grade4", "surface": "ground"})
            roads.build(
                line[: top + 1], {"highway": "path", "sac_scale": "hiking", "bicycle": "no", "surface": "ground"}
            )
    lonely = [village for village in villages if math.dist(village.centre, SEAT.seat) > 6000.0][:8]
    for a in lonely:
        b = min((v for v in villages if v is not a), key=lambda v: math.dist(v.centre, a.centre))
        line = terrain.path(terrain.nearest(a.centre), terrain.nearest(b.centre))
        roads.build(line, {"highway": "unclassified"})
