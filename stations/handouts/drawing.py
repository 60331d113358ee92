"""A map on a sheet of paper: the land, its townships and their names, scale, north, legend and words.

What a map is of is painted between them: `picture` paints coverage, `siting.picture` a plan.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from stations.handouts.colours import INK, LAND, PAPER, colour_of
from stations.handouts.lettering import font_files
from stations.handouts.mapkeys import draw_legend, draw_north, draw_scale, draw_words
from stations.handouts.scene import Frame, Letters, Plane, Sheet, View, frame_of
from stations.handouts.tables import Column, Kind, printed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROAD_WIDTHS = (1.7, 1.3, 1.0, 0.75, 0.4, 0.25)
"""In points by rank, the broadest first."""

GROUND = {"green": "#dfe8cf", "water": "#bfd9e6", "waterway": "#a9cbdb", "road": "#b9b0a4", "rail": "#8c8681"}
MANY_STATIONS = 150
SHARE = Column("share", "", Kind.SHARE)
EDGE = "#8a857d"
COLUMNS = 4
"""Of the legend beneath a printed map."""

PLACES = ((0.0, 0.0), *((x, y) for far in (0.6, 1.2, 1.8) for x, y in ((0, far), (0, -far), (far, 0), (-far, 0))))
"""Where a township's name may stand, in widths and heights of the name from the middle, the best first."""

RING = 0.6
"""How far the ring around a number reaches beyond it, in heights of the number."""


@dataclass(frozen=True)
class Board:
    """What is drawn upon."""

    figure: Figure
    axes: Axes
    plane: Plane
    letters: Letters
    sheet: Sheet


def compose(
    view: View, sheet: Sheet, keys: Sequence[tuple[Any, str]], paint: Callable[[Board], None], *, with_shares: bool
) -> bytes:
    """Draw a map as PNG, in the language being spoken; the same gives the same bytes.

    Parameters
    ----------
    keys
        Of the legend: a sample and its words each.
    paint
        Paints what the map is of: from `land` upwards.
    with_shares
        Whether townships carry the share covered beside their names.

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
    plane = Plane((view.bounds[0] + view.bounds[2]) / 2.0, (view.bounds[1] + view.bounds[3]) / 2.0)
    frame = frame_of(view, plane, sheet)
    tall = sheet.width * (frame[3] - frame[1]) / (frame[2] - frame[0])
    head, foot, legend = (0.85, 0.42, 0.0) if sheet.headed else (0.0, 0.0, 0.0)
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
    board = Board(figure, axes, plane, letters, sheet)
    paint(board)
    if view.parted:
        _names(board, view, with_shares=with_shares)
    draw_scale(axes, frame, sheet, letters)
    draw_north(axes, letters)
    if sheet.headed:
        draw_words(figure, view, letters, left / wide, high)
        draw_legend(figure, keys, letters, ((left + sheet.width + 0.18) / wide, (foot + tall) / high))
    else:
        draw_legend(figure, keys, letters, (0.5, (legend - 0.07) / high), columns=COLUMNS)
    canvas.draw()
    page = io.BytesIO()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    picture.save(page, format="png", dpi=(sheet.dots_per_inch, sheet.dots_per_inch))
    return page.getvalue()


def land(board: Board, view: View, colour: Callable[[], None]) -> None:
    """Draw what is coloured between the greens beneath and the water, streets and outlines upon it."""
    _ground(board, view, under=True)
    colour()
    _ground(board, view, under=False)
    if view.parted:
        for shape in view.outlines:
            fill(board, shape, facecolor="none", edgecolor="#5b5045", linewidth=0.9, zorder=5)


def shade_townships(board: Board, view: View) -> None:
    """Colour each township by the share that is covered."""
    for shape, share in zip(view.outlines, view.shares, strict=True):
        hatch = "////" if share is None else None
        fill(
            board,
            shape,
            facecolor=colour_of(share),
            edgecolor="#8f8a82" if hatch else "none",
            linewidth=0.0,
            hatch=hatch,
            alpha=0.82,
            zorder=2,
        )


def dots(board: Board, places: Sequence[LonLat], marker: str, face: str, edge: str, scale: float, size: float) -> None:
    """Draw a mark at each place; `size` is the area of a plain one in points, of which there are many or few."""
    at = board.plane.points(places)
    board.axes.scatter(
        at[:, 0],
        at[:, 1],
        s=size * scale,
        marker=marker,
        facecolors=face,
        edgecolors=edge,
        linewidths=0.9,
        zorder=8,
    )


def dot_size(count: int, sheet: Sheet) -> float:
    """The area of a station's dot, in points."""
    return (26.0 if count < MANY_STATIONS else 11.0) * (1.0 if sheet.headed else 0.5)


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


def fill(board: Board, shape: BaseGeometry, *, flat: bool = False, **style: Any) -> None:
    """Fill a shape of polygons; `flat` where it lies in the plane already."""
    if (patch := _patch(shape if flat else board.plane.shape(shape), **style)) is not None:
        board.axes.add_artist(patch)  # the frame stands already, so nothing need be measured


def _lines(board: Board, lines: Iterable[Any], **style: Any) -> None:
    from matplotlib.collections import LineCollection

    flat = [board.plane.flat(line) for line in lines]
    if flat:
        board.axes.add_collection(LineCollection(flat, **style), autolim=False)


def _ground(board: Board, view: View, *, under: bool) -> None:
    """Draw greens beneath what is told, water and streets upon it, so that one finds one's way."""
    kinds = ("green",) if under else ("water", "waterway", "rail", "road")
    for feature in view.ground["features"]:
        kind, rank = feature["properties"]["kind"], feature["properties"]["rank"]
        if kind not in kinds:
            continue
        if kind in {"green", "water"}:
            fill(
                board,
                shapely.geometry.shape(feature["geometry"]),
                facecolor=GROUND[kind],
                edgecolor="none",
                zorder=1 if under else 3,
            )
            continue
        width = ROAD_WIDTHS[min(rank, len(ROAD_WIDTHS) - 1)] if kind == "road" else 0.8
        dashes = (0, (4, 2)) if kind == "rail" else "solid"
        _lines(
            board,
            _lines_of(feature["geometry"]),
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


def _names(board: Board, view: View, *, with_shares: bool) -> None:
    """Write the townships' names, the largest first, each where it lies on no other and, if it can, on no number."""
    from matplotlib.patheffects import withStroke

    axes = board.axes
    canvas: Any = board.figure.canvas
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    window = shapely.box(axes.get_xlim()[0], axes.get_ylim()[0], axes.get_xlim()[1], axes.get_ylim()[1])
    shapes = [shapely.intersection(shapely.make_valid(board.plane.shape(shape)), window) for shape in view.outlines]
    numbers = [text.get_window_extent(renderer) for text in axes.texts]
    rings = [box.padded(RING * box.height) for box in numbers]
    taken: list[Any] = []
    for at in sorted(range(len(shapes)), key=lambda at: -shapes[at].area):
        if shapes[at].is_empty:
            continue
        land = max(shapely.get_parts(shapes[at]), key=lambda part: part.area)
        middle = shapely.point_on_surface(land)
        share = view.shares[at]
        words = view.names[at] or gettext("Outside all townships")
        if with_shares and share is not None:
            words = f"{words}\n{printed(share, SHARE, '')}"
        label = axes.text(
            middle.x,
            middle.y,
            words,
            ha="center",
            va="center",
            color=INK,
            linespacing=1.1,
            fontproperties=board.letters.of(8.0 if with_shares else 7.5, bold=with_shares),
            zorder=10,
        )
        label.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])
        box = label.get_window_extent(renderer)
        moved = _room(axes, land, box, inside, taken, rings)
        if moved is None:
            label.remove()
            continue
        label.set_position(_centre(axes, moved))
        taken.append(moved)


def _room(axes: Axes, land: BaseGeometry, box: Any, inside: Any, taken: Sequence[Any], rings: Sequence[Any]) -> Any:
    """Where a name of the size of a box hides the fewest numbers, near its middle; None where it would hide a name."""
    best, least = None, math.inf
    for across, up in PLACES:
        moved = box.translated(across * box.width, up * box.height)
        if any(moved.overlaps(other) for other in taken) or moved.x0 < inside.x0 or moved.x1 > inside.x1:
            continue
        if (across or up) and not shapely.contains_xy(land, *_centre(axes, moved)):
            continue
        hidden = sum(moved.overlaps(ring) for ring in rings)
        if hidden < least:
            best, least = moved, hidden
    return best


def _centre(axes: Axes, box: Any) -> Any:
    """The middle of a box of dots, in the plane."""
    return axes.transData.inverted().transform(((box.x0 + box.x1) / 2.0, (box.y0 + box.y1) / 2.0))
