"""The planner's map, drawn by folium: one layer for each theme, nothing loaded from another host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import folium
import shapely
from branca.element import Figure
from flask import render_template
from flask_babel import gettext
from folium.map import CustomPane
from folium.utilities import JsCode
from shapely.geometry.base import BaseGeometry

from geodata.townships import Townships
from stations.handouts.colours import GAP, REACH_CLASSES, SUPPOSED, colour_of, share_classes
from stations.handouts.mappage import CountyMap, Inlined, Piece, ground_layer, layer, rendered
from stations.handouts.shapes import coverage_geojson, gaps_geojson, reach_geojson
from stations.handouts.townshiptables import township_name
from stations.questions.coverage import CoverageAnswer
from stations.questions.coverage.whatif import Change, is_placed
from stations.station import Station
from stations.web.pins import station_name
from stations.web.words import say_usual_hours
from stations.wording.figures import say_demand, say_minutes, say_share
from stations.wording.names import Names

TOWNSHIP_OPACITY = 0.55

BAND_OPACITY = 0.6

SUPPOSED_RADIUS = 8
"""Of the mark of a station that is only supposed, in pixels; the others have 5."""


@dataclass(frozen=True)
class Picture:
    """What the map is drawn from.

    Attributes
    ----------
    answer
        The coverage.
    townships
        Their outlines.
    areas
        The area within reach by street, by minutes.
    counted, perhaps
        The stations that count, as supposed, and those that would if their unknown hours were open.
    changes
        What is supposed.
    ground
        A GeoJSON FeatureCollection with ``kind`` (a key of `GROUND`) and, for roads, ``rank``.
    radius_m
        What the straight circle claims: speed times minutes.
    bounds
        West, south, east, north, in degrees.
    caption
        What was asked, in a line.
    credit
        Where the ground is from.
    source
        Which revision was drawn, on which atlas.
    """

    answer: CoverageAnswer
    townships: Townships
    areas: Mapping[float, BaseGeometry]
    counted: Sequence[Station]
    perhaps: Sequence[Station]
    changes: Sequence[Change]
    ground: Mapping[str, Any]
    radius_m: float
    bounds: tuple[float, float, float, float]
    headline: str
    caption: str
    credit: str
    source: str


def draw(picture: Picture, assets: Inlined, language: str) -> str:
    """Draw the map as an HTML page, in the language of the current request.

    Parameters
    ----------
    picture
        What to draw.
    assets
        How the page gets its scripts and styles.
    language
        For the page's ``lang``.
    """
    county = CountyMap(picture.bounds)
    page = county.get_root()
    assert isinstance(page, Figure)  # noqa: S101  -- folium makes one for every map
    assets.into(page.header)
    page.header.add_child(Piece(f"<title>{escape(gettext('Coverage map'))}</title>"))
    shaded = picture.townships.declared
    themes = (
        *([("townships", gettext("Townships by share covered"), _townships(picture), True, True)] if shaded else []),
        ("ground", gettext("Ground"), ground_layer(picture.ground), False, True),
        ("reach", gettext("Within reach by street"), _reach(picture), False, True),
        ("circles", gettext("Service circles"), _circles(picture), False, True),
        ("gaps", gettext("Gaps"), _gaps(picture), True, True),
        ("stations", gettext("Rest stations"), _stations(picture), True, True),
    )
    for height, (key, title, drawn, clickable, show) in enumerate(themes):
        CustomPane(key, z_index=410 + height, pointer_events=clickable).add_to(county)
        theme = folium.FeatureGroup(name=title, show=show).add_to(county)
        drawn.add_to(theme)
    folium.LayerControl(collapsed=False, hide_single_base=True, auto_z_index=False).add_to(county)
    page.html.add_child(Piece(_panel(picture)))
    return rendered(page).replace("<html>", f'<html lang="{language}">', 1)


def band_colours(count: int) -> list[str]:
    """A colour for each band of minutes, from the shortest to the longest; beyond the palest all are pale."""
    return [REACH_CLASSES[min(at, len(REACH_CLASSES) - 1)] for at in range(count)]


def _townships(picture: Picture) -> folium.GeoJson:
    data = coverage_geojson(picture.answer, picture.townships)
    data["features"] = [feature for feature in data["features"] if feature["geometry"] is not None]
    for feature in data["features"]:
        row, unit = feature["properties"], picture.answer.unit
        feature["properties"] = {
            "title": (name := township_name(row["name"])),
            "label": f"{name} {say_share(row['covered'], row['demand'])}",
            "rows": [
                [gettext("Covered"), say_share(row["covered"], row["demand"])],
                [gettext("Covered by two or more"), say_share(row["covered_twice"], row["demand"])],
                [gettext("Claimed by the circle"), say_share(row["circle"], row["demand"])],
                [gettext("Uncovered"), say_demand(row["uncovered"], unit)],
                [gettext("Stations"), str(row["stations"])],
            ],
            "style": {
                "color": "#5b5045",
                "weight": 1.4,
                "fillColor": colour_of(row["share"]),
                "fillOpacity": TOWNSHIP_OPACITY,
            },
        }
    return layer(data, "townships", on_each_feature=JsCode("yizhanTownship"))


def _reach(picture: Picture) -> folium.GeoJson:
    rings: dict[float, BaseGeometry] = {}
    inner: BaseGeometry = shapely.MultiPolygon()
    for minutes in sorted(picture.areas):
        # Each band without the one inside it: laid on top of each other they would darken, and not be as in the legend.
        rings[minutes] = picture.areas[minutes].difference(inner)
        inner = picture.areas[minutes]
    data = reach_geojson(rings)
    for feature, colour in zip(reversed(data["features"]), band_colours(len(rings)), strict=True):
        feature["properties"]["style"] = {"stroke": False, "fillColor": colour, "fillOpacity": BAND_OPACITY}
    return layer(data, "reach", interactive=False, smooth_factor=0.5)


def _points(stations: Sequence[Station], style: Mapping[str, Any], note: str = "") -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": station.code,
                "geometry": {"type": "Point", "coordinates": [station.position.lon, station.position.lat]},
                "properties": {
                    "title": station_name(station.code, Names.station(station)),
                    "rows": [
                        *([[gettext("Note"), note]] if note else []),
                        [gettext("Code"), station.code],
                        [gettext("Address"), station.address],
                        [gettext("Hours"), say_usual_hours(station) or gettext("not known")],
                    ],
                    "style": dict(style),
                },
            }
            for station in stations
        ],
    }


def _circles(picture: Picture) -> folium.GeoJson:
    style = {"color": "#3b352e", "weight": 1.2, "dashArray": "2 4", "fill": False, "interactive": False}
    circle = folium.Circle(radius=picture.radius_m)
    return layer(_points(picture.counted, style), "circles", marker=circle, interactive=False)


def _stations(picture: Picture) -> folium.GeoJson:
    sure = {"color": "#ffffff", "weight": 1.6, "fill": True, "fillColor": "#1d1a16", "fillOpacity": 1.0}
    unsure = sure | {"color": "#5f5c58", "weight": 2.2, "fillColor": "#ffffff"}
    # Larger, too, as grey print has no blue.
    only = {"radius": SUPPOSED_RADIUS, "weight": 2.6}
    data: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    for stations, style, placed in (
        (picture.counted, sure, only | {"fillColor": SUPPOSED}),
        (picture.perhaps, unsure, only | {"color": SUPPOSED}),
    ):
        standing = [one for one in stations if not is_placed(one.code, picture.changes)]
        supposed = [one for one in stations if is_placed(one.code, picture.changes)]
        data["features"] += _points(standing, style)["features"]
        data["features"] += _points(supposed, style | placed, gettext("Station, only supposed"))["features"]
    return layer(data, "stations", marker=folium.CircleMarker(radius=5), on_each_feature=JsCode("yizhanCard"))


def _gaps(picture: Picture) -> folium.GeoJson:
    data = gaps_geojson(picture.answer)
    most = max((gap.demand for gap in picture.answer.gaps), default=1.0)
    for feature in data["features"]:
        gap = feature["properties"]
        nearest = [] if gap["seconds"] is None else [[gettext("Nearest station"), say_minutes(gap["seconds"])]]
        feature["properties"] = {
            "title": f"{gap['rank']}. {gap['name']}",
            "rows": [
                [gettext("Uncovered"), say_demand(gap["uncovered"], gap["unit"])],
                [gettext("Township"), gap["township"]],
                *nearest,
            ],
            # The area of the ring is as the demand in it.
            "style": {
                "radius": round(4.0 + 11.0 * (gap["uncovered"] / most) ** 0.5, 1),
                "color": GAP,
                "weight": 2.2,
                "fill": True,
                "fillColor": GAP,
                "fillOpacity": 0.12,
            },
        }
    return layer(data, "gaps", marker=folium.CircleMarker(radius=8), on_each_feature=JsCode("yizhanCard"))


def _panel(picture: Picture) -> str:
    minutes = sorted(picture.areas)
    return render_template(
        "planning/on_map.html",
        headline=picture.headline,
        caption=picture.caption,
        credit=picture.credit,
        source=picture.source,
        shares=share_classes() if picture.townships.declared else [],
        bands=[(f"{one:.3g}", colour) for one, colour in zip(minutes, band_colours(len(minutes)), strict=True)],
        share_opacity=TOWNSHIP_OPACITY,
        band_opacity=BAND_OPACITY,
        unsure=bool(picture.perhaps),
        placed=any(is_placed(one.code, picture.changes) for one in (*picture.counted, *picture.perhaps)),
        placed_colour=SUPPOSED,
        gap=GAP,
        radius=round(picture.radius_m),
    )
