"""A plan as a map to click: one file with everything in it, which asks no host for anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import folium
import shapely
from branca.element import Figure
from flask_babel import gettext
from folium.map import CustomPane
from folium.utilities import JsCode

from geodata.lonlat import LonLat
from stations.handouts.colours import INK, NEW_REACH, OLD_REACH, PAPER, SUPPOSED, colour_of, share_classes
from stations.handouts.environment import PROJECT, templates
from stations.handouts.mappage import CountyMap, Inlined, Piece, ground_layer, layer, rendered
from stations.handouts.shapes import collection
from stations.handouts.siting.naming import say_candidate_hours
from stations.handouts.siting.report import PlanReport
from stations.wording.credit import say_credit
from stations.wording.names import Names
from stations.wording.spoken import language

TEMPLATE = "handouts/plan_map.html"
OPACITY = 0.55
SITE_PX = 28


def write_plan_map(report: PlanReport, static: Path = PROJECT / "static") -> str:
    """Draw a plan as an HTML page, in the language being spoken; the same report gives the same page.

    Parameters
    ----------
    static
        The folder of scripts and styles, which are written into the page.
    """
    scene = report.scene
    county = CountyMap(scene.bounds)
    page = county.get_root()
    assert isinstance(page, Figure)  # noqa: S101  -- folium makes one for every map
    Inlined(static).into(page.header)
    page.header.add_child(Piece(f"<title>{escape(report.title)}</title>"))
    themes: list[tuple[str, str, folium.GeoJson, bool, bool]] = [
        ("ground", gettext("Ground"), ground_layer(scene.ground), False, True),
        ("reach", gettext("Within reach by street"), _reach(report), False, True),
        ("offered", gettext("Candidates"), _offered(report), True, True),
        ("stations", gettext("Rest stations"), _stations(report), True, True),
        ("chosen", gettext("New stations"), _chosen(report), True, True),
    ]
    if scene.parted:
        themes.insert(0, ("townships", gettext("Townships by share covered"), _townships(report), True, False))
    for height, (key, title, drawn, clickable, show) in enumerate(themes):
        CustomPane(key, z_index=410 + height, pointer_events=clickable).add_to(county)
        theme = folium.FeatureGroup(name=title, show=show).add_to(county)
        drawn.add_to(theme)
    folium.LayerControl(collapsed=False, hide_single_base=True, auto_z_index=False).add_to(county)
    page.html.add_child(Piece(_panel(report)))
    return rendered(page).replace("<html>", f'<html lang="{"en" if language() == "en" else "zh-Hans"}">', 1)


def _townships(report: PlanReport) -> folium.GeoJson:
    outlines = report.atlas.townships.geometry
    lines = {(line.code, line.name): line for line in report.reading.townships}
    townships = report.atlas.townships
    shapes = []
    for code, name, shape in zip(townships.codes, townships.names, outlines, strict=True):
        line = lines[code, name]
        style = {"color": "#5b5045", "weight": 1.4, "fillColor": colour_of(line.share_after), "fillOpacity": OPACITY}
        rows = [
            [gettext("Covered before"), line.before_said],
            [gettext("Covered after"), line.after_said],
            [gettext("Gained"), line.gained],
        ]
        shapes.append((shape, {"title": name, "label": f"{name} {line.after_said}", "rows": rows, "style": style}))
    return layer(collection(shapes), "townships", on_each_feature=JsCode("yizhanTownship"))


def _reach(report: PlanReport) -> folium.GeoJson:
    before, after = report.areas

    def style(colour: str) -> dict[str, Any]:
        return {"style": {"stroke": False, "fillColor": colour, "fillOpacity": OPACITY}}

    shapes = [(after.difference(before), style(NEW_REACH)), (before, style(OLD_REACH))]
    return layer(collection(shapes), "reach", interactive=False, smooth_factor=0.5)


def _points(
    points: Sequence[tuple[LonLat, str, Sequence[tuple[str, str]]]], style: Mapping[str, Any]
) -> dict[str, Any]:
    """Points with a title and rows each."""
    return collection(
        (
            shapely.Point(position.lon, position.lat),
            {"title": title, "rows": [list(row) for row in rows], "style": dict(style)},
        )
        for position, title, rows in points
    )


def _offered(report: PlanReport) -> folium.GeoJson:
    chosen = {line.key for line in report.reading.sites}
    rest = [one for one in report.grounded.candidates if one.key not in chosen]
    points = [
        (
            one.position,
            name,
            [
                (gettext("Kind"), report.naming.kind(one)),
                (gettext("Hours"), say_candidate_hours(one) or gettext("not known")),
            ],
        )
        for one, name in zip(rest, report.naming.every_name(rest), strict=True)
    ]
    style = {"color": PAPER, "weight": 0.6, "fill": True, "fillColor": "#6f6a62", "fillOpacity": 0.75}
    return layer(
        _points(points, style), "offered", marker=folium.CircleMarker(radius=3), on_each_feature=JsCode("yizhanCard")
    )


def _stations(report: PlanReport) -> folium.GeoJson:
    points = [(one.position, Names.station(one), [(gettext("Code"), one.code)]) for one in report.counted]
    style = {"color": PAPER, "weight": 1.6, "fill": True, "fillColor": INK, "fillOpacity": 1.0}
    return layer(
        _points(points, style), "stations", marker=folium.CircleMarker(radius=5), on_each_feature=JsCode("yizhanCard")
    )


def _chosen(report: PlanReport) -> folium.GeoJson:
    points = []
    for line in reversed(report.reading.sites):
        rows = [
            (gettext("Kind"), line.kind),
            (gettext("Township"), line.township),
            (gettext("Hours"), line.hours or gettext("not known")),
            (gettext("Cost"), line.cost),
            (gettext("Adds") if report.reading.covers else gettext("Way"), line.adds),
            (gettext("With it"), line.total),
            (gettext("Lost without it") if report.reading.covers else gettext("If left out"), line.alone),
        ]
        points.append((line.candidate.position, f"{line.number}. {line.name}", rows))
    shapes = _points(points, {})
    for feature, line in zip(shapes["features"], reversed(report.reading.sites), strict=True):
        # Folium takes what is called a style for the icon's options.
        feature["properties"] |= {"number": line.number, "style": {"html": str(line.number)}}
    icon = folium.DivIcon(class_name="yz-site", icon_size=(SITE_PX, SITE_PX), icon_anchor=(SITE_PX // 2, SITE_PX // 2))
    return layer(shapes, "chosen", marker=folium.Marker(icon=icon), on_each_feature=JsCode("yizhanSite"))


def _panel(report: PlanReport) -> str:
    reading = report.reading
    return (
        templates()
        .get_template(TEMPLATE)
        .render(
            title=report.title,
            reading=reading,
            credit=say_credit(report.atlas),
            source=report.made,
            minutes=f"{report.pictured.minutes:g}",
            shares=share_classes() if report.scene.parted else [],
            colours={"new": NEW_REACH, "old": OLD_REACH, "site": SUPPOSED, "ink": INK},
            opacity=OPACITY,
        )
    )
