"""The map as a picture: what a planner puts into a report or on a wall, with scale, north, legend and source."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from stations.handouts.colours import GAP, INK, LAND, PAPER, SOFT, SUPPOSED, colour_of, reach_colours
from stations.handouts.lettering import font_files
from stations.handouts.mapkeys import draw_legend, draw_north, draw_scale, draw_words, keys_of
from stations.handouts.scene import POSTER, Frame, Letters, Plane, Scene, Sheet, Theme, frame_of
from stations.handouts.tables import Column, Kind, printed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROAD_WIDTHS = (1.7, 1.3, 1.0, 0.75, 0.4, 0.25)
"""In points by rank, the broadest first."""

GROUND = {"green": "#dfe8cf", "water": "#bfd9e6", "waterway": "#a9cbdb", "road": "#b9b0a4", "rail": "#8c8681"}

NUMBERED = 10
"""Gaps that carry their rank on the map."""

MANY_STATIONS = 150
SHARE = Column("share", "", Kind.SHARE)
EDGE = "#8a857d"
COLUMNS = 4
"""Of the legend beneath a printed map."""


def draw(scene: Scene, theme: Theme, sheet: Sheet = POSTER) -> bytes:
    """Draw a map as PNG, in the language being spoken; the same scene gives the same bytes.

    Raises
    ------
    NoFontError
        There are no letters to write with.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    regular, bold = font_files()
    letters = Letters(str(regular), str(bold))
    plane = Plane((scene.bounds[0] + scene.bounds[2]) / 2.0, (scene.bounds[1] + scene.bounds[3]) / 2.0)
    frame = frame_of(scene, plane, sheet)
    tall = sheet.width * (frame[3] - frame[1]) / (frame[2] - frame[0])
    head, foot, legend = (0.85, 0.42, 0.0) if sheet.headed else (0.0, 0.0, 0.0)
    keys = keys_of(scene, theme)
    side = 2.75 if sheet.headed else 0.0
    if not sheet.headed:
        legend = 0.18 * math.ceil(len(keys) / COLUMNS) + 0.12
    figure = Figure(
        figsize=(sheet.width + side + (0.5 if sheet.headed else 0.02), tall + head + foot + legend + 0.02),
        dpi=sheet.dots_per_inch,
        facecolor=PAPER,
    )
    canvas: Any = FigureCanvasAgg(figure)
    wide, high = figure.get_size_inches()
    left = 0.25 if sheet.headed else 0.01
    axes = figure.add_axes((left / wide, (foot + legend + 0.01) / high, sheet.width / wide, tall / high))
    _empty(axes, frame)
    _land(axes, scene, plane, theme)
    _stations(axes, scene, plane, sheet)
    if theme is Theme.TOWNSHIPS:
        _gaps(axes, scene, plane, letters, sheet)
    if scene.parted:
        _names(figure, axes, scene, plane, letters, theme)
    draw_scale(axes, frame, sheet, letters)
    draw_north(axes, letters)
    if sheet.headed:
        draw_words(figure, scene, letters, left / wide, high)
        draw_legend(figure, keys, letters, ((left + sheet.width + 0.18) / wide, (foot + tall) / high))
    else:
        draw_legend(figure, keys, letters, (0.5, (legend - 0.07) / high), columns=COLUMNS)
    canvas.draw()
    page = io.BytesIO()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    picture.save(page, format="png", dpi=(sheet.dots_per_inch, sheet.dots_per_inch))
    return page.getvalue()


def _empty(axes: Axes, frame: Frame) -> None:
    """Set the map's frame, with nothing in it."""
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(LAND)
    for spine in axes.spines.values():
        spine.set_color(EDGE)
        spine.set_linewidth(0.7)


def _land(axes: Axes, scene: Scene, plane: Plane, theme: Theme) -> None:
    """Draw what a theme colours, between the greens beneath and the water and streets upon it."""
    _ground(axes, scene, plane, under=True)
    if theme is Theme.TOWNSHIPS and scene.parted:
        _townships(axes, scene, plane)
    else:
        _reach(axes, scene, plane)
    _ground(axes, scene, plane, under=False)
    if scene.parted:
        _outlines(axes, scene, plane)
    if theme is Theme.REACH:
        _circles(axes, scene, plane)


def _patch(shape: BaseGeometry, **style: Any) -> Any:
    """A shape of polygons as something to draw, its holes left open."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    places: list[Any] = []
    codes: list[Any] = []
    for part in shapely.get_parts(shape):
        if shapely.get_type_id(part) != shapely.GeometryType.POLYGON or part.is_empty:
            continue
        for ring in (part.exterior, *part.interiors):
            at = np.asarray(ring.coords)[:, :2]
            code = np.full(len(at), Path.LINETO, Path.code_type)
            code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
            places.append(at)
            codes.append(code)
    if not places:
        return None
    return PathPatch(Path(np.concatenate(places), np.concatenate(codes)), **style)


def _fill(axes: Axes, shape: BaseGeometry, plane: Plane | None, **style: Any) -> None:
    if (patch := _patch(shape if plane is None else plane.shape(shape), **style)) is not None:
        axes.add_artist(patch)  # the frame stands already, so nothing need be measured


def _lines(axes: Axes, lines: Iterable[Any], plane: Plane, **style: Any) -> None:
    from matplotlib.collections import LineCollection

    flat = [plane.flat(line) for line in lines]
    if flat:
        axes.add_collection(LineCollection(flat, **style), autolim=False)


def _ground(axes: Axes, scene: Scene, plane: Plane, *, under: bool) -> None:
    """Draw greens beneath what is told, water and streets upon it, so that one finds one's way."""
    kinds = ("green",) if under else ("water", "waterway", "rail", "road")
    for feature in scene.ground["features"]:
        kind, rank = feature["properties"]["kind"], feature["properties"]["rank"]
        if kind not in kinds:
            continue
        if kind in {"green", "water"}:
            _fill(
                axes,
                shapely.geometry.shape(feature["geometry"]),
                plane,
                facecolor=GROUND[kind],
                edgecolor="none",
                zorder=1 if under else 3,
            )
            continue
        width = ROAD_WIDTHS[min(rank, len(ROAD_WIDTHS) - 1)] if kind == "road" else 0.8
        dashes = (0, (4, 2)) if kind == "rail" else "solid"
        _lines(
            axes,
            _lines_of(feature["geometry"]),
            plane,
            colors=GROUND[kind],
            linewidths=width,
            linestyles=[dashes],
            alpha=0.75,
            zorder=4,
        )


def _lines_of(geometry: Mapping[str, Any]) -> list[Any]:
    """The lines of a GeoJSON geometry."""
    parts = geometry["geometries"] if geometry["type"] == "GeometryCollection" else [geometry]
    lines: list[Any] = []
    for part in parts:
        if part["type"] == "LineString":
            lines.append(part["coordinates"])
        elif part["type"] == "MultiLineString":
            lines += part["coordinates"]
    return lines


def _townships(axes: Axes, scene: Scene, plane: Plane) -> None:
    for shape, share in zip(scene.outlines, scene.shares, strict=True):
        hatch = "////" if share is None else None
        _fill(
            axes,
            shape,
            plane,
            facecolor=colour_of(share),
            edgecolor="#8f8a82" if hatch else "none",
            linewidth=0.0,
            hatch=hatch,
            alpha=0.82,
            zorder=2,
        )


def _outlines(axes: Axes, scene: Scene, plane: Plane) -> None:
    for shape in scene.outlines:
        _fill(axes, shape, plane, facecolor="none", edgecolor="#5b5045", linewidth=0.9, zorder=5)


def _reach(axes: Axes, scene: Scene, plane: Plane) -> None:
    inner: BaseGeometry = shapely.MultiPolygon()
    for minutes, colour in zip(sorted(scene.areas), reach_colours(len(scene.areas)), strict=True):
        # Each band without the one inside it, as in the legend.
        ring = scene.areas[minutes].difference(inner)
        inner = scene.areas[minutes]
        _fill(axes, ring, plane, facecolor=colour, edgecolor="none", alpha=0.9, zorder=2)


def _circles(axes: Axes, scene: Scene, plane: Plane) -> None:
    """Draw the edge of all circles together, as a ruler would claim them."""
    points = shapely.points(plane.points([*scene.counted, *scene.supposed]))
    claimed = shapely.union_all(shapely.buffer(points, scene.radius_m / 1000.0, quad_segs=16))
    _fill(axes, claimed, None, facecolor="none", edgecolor=INK, linewidth=0.7, linestyle=(0, (1.2, 2.4)), zorder=6)


def _stations(axes: Axes, scene: Scene, plane: Plane, sheet: Sheet) -> None:
    size = (26.0 if len(scene.counted) < MANY_STATIONS else 11.0) * (1.0 if sheet.headed else 0.5)
    for places, marker, face, edge, scale in (
        (scene.perhaps, "o", PAPER, SOFT, 1.0),
        (scene.counted, "o", INK, PAPER, 1.0),
        (scene.supposed, "D", SUPPOSED, PAPER, 1.5),
    ):
        at = plane.points(places)
        axes.scatter(
            at[:, 0],
            at[:, 1],
            s=size * scale,
            marker=marker,
            facecolors=face,
            edgecolors=edge,
            linewidths=0.9,
            zorder=8,
        )


def _gaps(axes: Axes, scene: Scene, plane: Plane, letters: Letters, sheet: Sheet) -> None:
    from matplotlib.patheffects import withStroke

    at = plane.points([ring.position for ring in scene.gaps])
    # The area of a ring is as the demand in it.
    size = 1.0 if sheet.headed else 0.6
    sizes = [size * (34.0 + 420.0 * ring.part) for ring in scene.gaps]
    # A pale edge beneath, as a dark township would swallow the ring.
    axes.scatter(at[:, 0], at[:, 1], s=sizes, facecolors="none", edgecolors=PAPER, linewidths=3.2, alpha=0.85, zorder=7)
    axes.scatter(at[:, 0], at[:, 1], s=sizes, facecolors="#ffffff66", edgecolors=GAP, linewidths=1.4, zorder=7)
    for rank, (x, y) in enumerate(at[:NUMBERED], 1):
        label = axes.annotate(
            str(rank),
            (x, y),
            ha="center",
            va="center",
            color=GAP,
            fontproperties=letters.of(8.5 if sheet.headed else 7.0, bold=True),
            zorder=9,
            annotation_clip=True,
        )
        label.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])


def _names(figure: Figure, axes: Axes, scene: Scene, plane: Plane, letters: Letters, theme: Theme) -> None:
    """Write the townships' names, the largest first, each where it does not lie on another."""
    from matplotlib.patheffects import withStroke

    canvas: Any = figure.canvas
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    view = shapely.box(axes.get_xlim()[0], axes.get_ylim()[0], axes.get_xlim()[1], axes.get_ylim()[1])
    shapes = [shapely.intersection(shapely.make_valid(plane.shape(shape)), view) for shape in scene.outlines]
    taken: list[Any] = []
    for at in sorted(range(len(shapes)), key=lambda at: -shapes[at].area):
        if shapes[at].is_empty:
            continue
        middle = shapely.point_on_surface(max(shapely.get_parts(shapes[at]), key=lambda part: part.area))
        share = scene.shares[at]
        words = scene.names[at] or gettext("Outside all townships")
        if theme is Theme.TOWNSHIPS and share is not None:
            words = f"{words}\n{printed(share, SHARE, '')}"
        label = axes.text(
            middle.x,
            middle.y,
            words,
            ha="center",
            va="center",
            color=INK,
            linespacing=1.1,
            fontproperties=letters.of(8.0 if theme is Theme.TOWNSHIPS else 7.5, bold=theme is Theme.TOWNSHIPS),
            zorder=10,
        )
        label.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])
        box = label.get_window_extent(renderer)
        if any(box.overlaps(other) for other in taken) or box.x0 < inside.x0 or box.x1 > inside.x1:
            label.remove()
        else:
            taken.append(box)
