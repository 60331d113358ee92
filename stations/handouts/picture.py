"""The map as a picture: what a planner puts into a report or on a wall, with scale, north, legend and source.

It is drawn in kilometres about the middle of the map, true to scale there; over a
county nothing is off by as much as a line is wide.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import METRES_PER_DEGREE, LonLat
from stations.handouts.colours import (
    GAP,
    INK,
    LAND,
    NO_DEMAND,
    PAPER,
    REACH_CLASSES,
    SOFT,
    colour_of,
    share_classes,
)
from stations.handouts.lettering import font_files
from stations.wording.figures import say_metres

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

ROAD_WIDTHS = (1.7, 1.3, 1.0, 0.75, 0.4, 0.25)
"""In points by rank, the broadest first."""

GROUND = {"green": "#dfe8cf", "water": "#bfd9e6", "waterway": "#a9cbdb", "road": "#b9b0a4", "rail": "#8c8681"}

NUMBERED = 10
"""Gaps that carry their rank on the map."""

MOST_CIRCLES = 400
MARGIN = 0.03
"""Of the map's longer side, left free around it."""

ROUND = (1.0, 2.0, 5.0)


class Theme(StrEnum):
    """What a map shows."""

    TOWNSHIPS = "townships"
    """Townships by the share that is covered, and the gaps."""
    REACH = "reach"
    """The area within reach by street, in bands of minutes, and the circles that claim more."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A gap on the map.

    Attributes
    ----------
    part
        Its demand as a share of the largest gap's.
    """

    position: LonLat
    part: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What maps are drawn from.

    Attributes
    ----------
    outlines
        Of the townships, in degrees WGS-84.
    names, shares
        Parallel to them; a share is None where there is nothing to cover.
    areas
        The area within reach by street, by minutes.
    counted, perhaps, supposed
        Stations that count; that would if their unknown hours were open; that count and are only supposed.
    gaps
        The largest first.
    ground
        A GeoJSON FeatureCollection with ``kind`` and, for roads, ``rank``.
    bounds
        West, south, east, north, in degrees.
    radius_m
        Of the plain circle of the same minutes.
    title, caption, source
        What is shown, what was asked, and from where and which revision it is.
    """

    outlines: Sequence[BaseGeometry]
    names: Sequence[str]
    shares: Sequence[float | None]
    areas: Mapping[float, BaseGeometry]
    counted: Sequence[LonLat]
    perhaps: Sequence[LonLat]
    supposed: Sequence[LonLat]
    gaps: Sequence[Ring]
    ground: Mapping[str, Any]
    bounds: tuple[float, float, float, float]
    radius_m: float
    title: str
    caption: str
    source: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a picture is drawn on.

    Attributes
    ----------
    width
        Of the map, in inches; its height follows from the county's shape.
    least, most
        Bounds of that height.
    headed
        With title and source, as it stands alone; without where the page around it says them.
    """

    width: float = 10.5
    least: float = 5.6
    most: float = 11.0
    dots_per_inch: int = 140
    headed: bool = True


POSTER = Sheet()
"""A picture that stands alone, some 1900 dots wide."""

PRINTED = Sheet(width=6.9, least=3.2, most=5.6, dots_per_inch=220, headed=False)
"""A picture in a printed page of A4."""

Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Plane:
    """Degrees to kilometres about the middle of the map."""

    lon: float
    lat: float

    @property
    def _scale(self) -> tuple[float, float]:
        return METRES_PER_DEGREE / 1000.0 * math.cos(math.radians(self.lat)), METRES_PER_DEGREE / 1000.0

    def points(self, places: Sequence[LonLat]) -> Any:
        return self.flat(np.array([(at.lon, at.lat) for at in places]).reshape(-1, 2))

    def flat(self, at: Any) -> Any:
        return (np.asarray(at)[:, :2] - (self.lon, self.lat)) * self._scale

    def shape(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, self.flat)


@dataclass(frozen=True, slots=True)
class _Letters:
    """The two weights of the font, in any size."""

    regular: str
    bold: str

    def of(self, size: float, *, bold: bool = False) -> FontProperties:
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=self.bold if bold else self.regular, size=size)


def draw(scene: Scene, theme: Theme, sheet: Sheet = POSTER) -> bytes:
    """Draw a map as PNG, in the language being spoken; the same scene gives the same bytes.

    Raises
    ------
    NoFontError
        There are no letters to write with.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    regular, bold = font_files()
    letters = _Letters(str(regular), str(bold))
    plane = _Plane((scene.bounds[0] + scene.bounds[2]) / 2.0, (scene.bounds[1] + scene.bounds[3]) / 2.0)
    frame = _frame(scene, plane, sheet)
    tall = sheet.width * (frame[3] - frame[1]) / (frame[2] - frame[0])
    head, foot, legend = (0.85, 0.42, 0.0) if sheet.headed else (0.0, 0.0, 0.0)
    keys = _keys(scene, theme)
    side = 2.75 if sheet.headed else 0.0
    if not sheet.headed:
        legend = 0.24 * math.ceil(len(keys) / 4) + 0.14
    figure = Figure(
        figsize=(sheet.width + side + (0.5 if sheet.headed else 0.02), tall + head + foot + legend + 0.02),
        dpi=sheet.dots_per_inch,
        facecolor=PAPER,
    )
    FigureCanvasAgg(figure)
    wide, high = figure.get_size_inches()
    left = 0.25 if sheet.headed else 0.01
    axes = figure.add_axes((left / wide, (foot + legend + 0.01) / high, sheet.width / wide, tall / high))
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(LAND)
    for spine in axes.spines.values():
        spine.set_color("#8a857d")
        spine.set_linewidth(0.7)
    _ground(axes, scene, plane, under=True)
    if theme is Theme.TOWNSHIPS:
        _townships(axes, scene, plane)
        _ground(axes, scene, plane, under=False)
        _outlines(axes, scene, plane)
    else:
        _reach(axes, scene, plane)
        _ground(axes, scene, plane, under=False)
        _outlines(axes, scene, plane)
        _circles(axes, scene, plane)
    _stations(axes, scene, plane)
    if theme is Theme.TOWNSHIPS:
        _gaps(axes, scene, plane, letters)
    _names(figure, axes, scene, plane, letters, theme)
    _scale(axes, frame, sheet, letters)
    _north(axes, letters)
    if sheet.headed:
        _words(figure, scene, letters, left / wide, high)
        _legend(figure, keys, letters, ((left + sheet.width + 0.18) / wide, (foot + tall) / high))
    else:
        _legend(figure, keys, letters, (0.5, 0.0), columns=4)
    page = io.BytesIO()
    figure.savefig(page, format="png", dpi=sheet.dots_per_inch, metadata={"Software": None})
    return page.getvalue()


def _frame(scene: Scene, plane: _Plane, sheet: Sheet) -> Frame:
    """The part of the plane that is drawn, in a shape that the sheet can hold."""
    west, south, east, north = scene.bounds
    (left, low), (right, top) = plane.flat([(west, south), (east, north)])
    free = MARGIN * max(right - left, top - low, 0.5)
    left, low, right, top = left - free, low - free, right + free, top + free
    shape = (top - low) / (right - left)
    if shape > sheet.most / sheet.width:
        more = ((top - low) * sheet.width / sheet.most - (right - left)) / 2.0
        left, right = left - more, right + more
    elif shape < sheet.least / sheet.width:
        more = ((right - left) * sheet.least / sheet.width - (top - low)) / 2.0
        low, top = low - more, top + more
    return float(left), float(low), float(right), float(top)


def _patch(shape: BaseGeometry, **style: Any) -> Any:
    """A shape of polygons as something to draw, its holes left open."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    places: list[Any] = []
    codes: list[Any] = []
    for part in shapely.get_parts(shape):
        if shapely.get_type_id(part) != shapely.GeometryType.POLYGON:
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


def _fill(axes: Axes, shape: BaseGeometry, plane: _Plane, **style: Any) -> None:
    if (patch := _patch(plane.shape(shape), **style)) is not None:
        axes.add_patch(patch)


def _lines(axes: Axes, shapes: Iterable[BaseGeometry], plane: _Plane, **style: Any) -> None:
    from matplotlib.collections import LineCollection

    lines = [np.asarray(part.coords) for shape in shapes for part in shapely.get_parts(plane.shape(shape))]
    if lines:
        axes.add_collection(LineCollection(lines, **style), autolim=False)


def _ground(axes: Axes, scene: Scene, plane: _Plane, *, under: bool) -> None:
    """Draw greens beneath what is told, water and streets upon it, so that one finds one's way."""
    kinds = ("green",) if under else ("water", "waterway", "rail", "road")
    for feature in scene.ground["features"]:
        kind, rank = feature["properties"]["kind"], feature["properties"]["rank"]
        if kind not in kinds:
            continue
        shape = shapely.geometry.shape(feature["geometry"])
        if kind in {"green", "water"}:
            _fill(axes, shape, plane, facecolor=GROUND[kind], edgecolor="none", zorder=1 if under else 3)
            continue
        width = ROAD_WIDTHS[min(rank, len(ROAD_WIDTHS) - 1)] if kind == "road" else 0.8
        dashes = (0, (4, 2)) if kind == "rail" else "solid"
        _lines(axes, [shape], plane, colors=GROUND[kind], linewidths=width, linestyles=[dashes], alpha=0.75, zorder=4)


def _townships(axes: Axes, scene: Scene, plane: _Plane) -> None:
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


def _outlines(axes: Axes, scene: Scene, plane: _Plane) -> None:
    for shape in scene.outlines:
        _fill(axes, shape, plane, facecolor="none", edgecolor="#5b5045", linewidth=0.9, zorder=5)


def _reach(axes: Axes, scene: Scene, plane: _Plane) -> None:
    inner: BaseGeometry = shapely.MultiPolygon()
    for minutes, colour in zip(sorted(scene.areas), reach_colours(len(scene.areas)), strict=True):
        # Each band without the one inside it, as in the legend.
        ring = scene.areas[minutes].difference(inner)
        inner = scene.areas[minutes]
        _fill(axes, ring, plane, facecolor=colour, edgecolor="none", alpha=0.9, zorder=2)


def reach_colours(count: int) -> list[str]:
    """Colours of so many bands, from the shortest time to the longest."""
    last = len(REACH_CLASSES) - 1
    return [REACH_CLASSES[round(at * last / max(count, 1)) if count > 1 else 1] for at in range(count)]


def _circles(axes: Axes, scene: Scene, plane: _Plane) -> None:
    from matplotlib.patches import Circle

    for x, y in plane.points([*scene.counted, *scene.supposed])[:MOST_CIRCLES]:
        axes.add_patch(
            Circle(
                (x, y),
                scene.radius_m / 1000.0,
                fill=False,
                edgecolor=INK,
                linewidth=0.5,
                linestyle=(0, (1, 3)),
                zorder=6,
            )
        )


def _stations(axes: Axes, scene: Scene, plane: _Plane) -> None:
    size = 26.0 if len(scene.counted) < 150 else 12.0
    for places, marker, face, edge, scale in (
        (scene.perhaps, "o", PAPER, SOFT, 1.0),
        (scene.counted, "o", INK, PAPER, 1.0),
        (scene.supposed, "D", "#1f5fae", PAPER, 1.5),
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


def _gaps(axes: Axes, scene: Scene, plane: _Plane, letters: _Letters) -> None:
    from matplotlib.patheffects import withStroke

    at = plane.points([ring.position for ring in scene.gaps])
    # The area of a ring is as the demand in it.
    sizes = [30.0 + 420.0 * ring.part for ring in scene.gaps]
    axes.scatter(at[:, 0], at[:, 1], s=sizes, facecolors="#a8324a22", edgecolors=GAP, linewidths=1.4, zorder=7)
    for rank, (x, y) in enumerate(at[:NUMBERED], 1):
        label = axes.annotate(
            str(rank),
            (x, y),
            ha="center",
            va="center",
            color=GAP,
            fontproperties=letters.of(8.5, bold=True),
            zorder=9,
            annotation_clip=True,
        )
        label.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])


def _names(figure: Figure, axes: Axes, scene: Scene, plane: _Plane, letters: _Letters, theme: Theme) -> None:
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
            words = f"{words}\n{_per_cent(share)}"
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


def _per_cent(share: float) -> str:
    per_cent = 100.0 * share
    if 99.95 <= per_cent < 100.0:
        per_cent = 99.9
    return f"{per_cent:.1f}%" if per_cent < 100.0 else "100%"


def scale_bar_m(most_m: float) -> float:
    """The longest round length, of 1, 2 or 5 times a power of ten, that is at most some metres."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return max(one * power for one in ROUND if one * power <= most_m)


def _scale(axes: Axes, frame: Frame, sheet: Sheet, letters: _Letters) -> None:
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    wide = frame[2] - frame[0]
    length = scale_bar_m(wide * 1000.0 * 0.22) / 1000.0
    inch = wide / sheet.width
    x, y = frame[0] + 0.18 * inch, frame[1] + 0.16 * inch
    axes.add_patch(
        Rectangle(
            (x - 0.1 * inch, y - 0.1 * inch),
            length + 0.2 * inch,
            0.42 * inch,
            facecolor=PAPER,
            alpha=0.85,
            lw=0,
            zorder=11,
        )
    )
    for at, colour in ((0, INK), (1, PAPER)):
        axes.add_patch(
            Rectangle(
                (x + at * length / 2.0, y),
                length / 2.0,
                0.07 * inch,
                facecolor=colour,
                edgecolor=INK,
                lw=0.7,
                zorder=12,
            )
        )
    for part, words in ((0.0, "0"), (1.0, say_metres(length * 1000.0))):
        label = axes.text(
            x + part * length,
            y + 0.1 * inch,
            words,
            ha="left" if part == 0.0 else "right",
            va="bottom",
            color=INK,
            fontproperties=letters.of(7.5),
            zorder=12,
        )
        label.set_path_effects([withStroke(linewidth=2.0, foreground=PAPER)])


def _north(axes: Axes, letters: _Letters) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        "",
        xy=(0.97, 0.97),
        xytext=(0.97, 0.905),
        xycoords="axes fraction",
        arrowprops={
            "facecolor": INK,
            "edgecolor": PAPER,
            "linewidth": 0.6,
            "width": 2.0,
            "headwidth": 8.0,
            "headlength": 9.0,
        },
        zorder=12,
    )
    label = axes.text(
        0.97,
        0.9,
        gettext("N"),
        transform=axes.transAxes,
        ha="center",
        va="top",
        color=INK,
        fontproperties=letters.of(9.0, bold=True),
        zorder=12,
    )
    label.set_path_effects([withStroke(linewidth=2.0, foreground=PAPER)])


def _keys(scene: Scene, theme: Theme) -> list[tuple[Any, str]]:
    """What the legend explains: a sample each, and its words."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(marker: str, face: str, edge: str, size: float = 6.5) -> Line2D:
        return Line2D(
            [], [], linestyle="none", marker=marker, markerfacecolor=face, markeredgecolor=edge, markersize=size
        )

    keys: list[tuple[Any, str]] = []
    if theme is Theme.TOWNSHIPS:
        for colour, words in share_classes():
            keys.append(
                (
                    Patch(facecolor=colour, edgecolor="#8a857d", linewidth=0.5, alpha=0.9),
                    gettext("%(share)s covered", share=words),
                )
            )
        if any(share is None for share in scene.shares):
            keys.append(
                (
                    Patch(facecolor=NO_DEMAND, edgecolor="#8f8a82", hatch="////", linewidth=0.5),
                    gettext("Nothing to cover"),
                )
            )
    else:
        for minutes, colour in zip(sorted(scene.areas), reach_colours(len(scene.areas)), strict=True):
            keys.append(
                (
                    Patch(facecolor=colour, edgecolor="none", alpha=0.9),
                    gettext("Within %(minutes)s min by street", minutes=f"{minutes:.3g}"),
                )
            )
        keys.append(
            (
                Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (1, 2))),
                gettext("Circle of %(metres)s m", metres=round(scene.radius_m)),
            )
        )
    keys.append((dot("o", INK, PAPER, 7.0), gettext("Station")))
    if scene.supposed:
        keys.append((dot("D", "#1f5fae", PAPER, 7.0), gettext("Station, only supposed")))
    if scene.perhaps:
        keys.append((dot("o", PAPER, SOFT), gettext("Station, hours not known")))
    if theme is Theme.TOWNSHIPS and scene.gaps:
        keys.append((dot("o", "#a8324a22", GAP, 9.0), gettext("Gap, by size and rank")))
    return keys


def _legend(
    figure: Figure, keys: Sequence[tuple[Any, str]], letters: _Letters, at: tuple[float, float], columns: int = 1
) -> None:
    legend = figure.legend(
        [sample for sample, _ in keys],
        [words for _, words in keys],
        loc="upper left" if columns == 1 else "lower center",
        bbox_to_anchor=at,
        ncols=columns,
        frameon=False,
        borderaxespad=0.0,
        borderpad=0.1,
        handlelength=1.7,
        columnspacing=1.3,
        labelspacing=0.75 if columns == 1 else 0.4,
        prop=letters.of(9.5 if columns == 1 else 7.5),
        title=gettext("Legend") if columns == 1 else None,
        title_fontproperties=letters.of(10.5, bold=True),
        alignment="left",
    )
    for words in legend.get_texts():
        words.set_color(INK)


def _words(figure: Figure, scene: Scene, letters: _Letters, left: float, high: float) -> None:
    figure.text(
        left, 1.0 - 0.17 / high, scene.title, ha="left", va="top", color=INK, fontproperties=letters.of(16, bold=True)
    )
    figure.text(
        left, 1.0 - 0.52 / high, scene.caption, ha="left", va="top", color=SOFT, fontproperties=letters.of(10.5)
    )
    figure.text(left, 0.14 / high, scene.source, ha="left", va="bottom", color=SOFT, fontproperties=letters.of(8))
