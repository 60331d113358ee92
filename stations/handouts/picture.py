"""The map of coverage as a picture: what a planner puts into a report or on a wall."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from stations.handouts.colours import GAP, INK, PAPER, SOFT, SUPPOSED, reach_colours
from stations.handouts.drawing import Board, compose, dot_size, dots, fill, land, shade_townships
from stations.handouts.mapkeys import keys_of
from stations.handouts.scene import POSTER, Scene, Sheet, Theme

NUMBERED = 10
"""Gaps that carry their rank on the map."""


def draw(scene: Scene, theme: Theme, sheet: Sheet = POSTER) -> bytes:
    """Draw a map as PNG, in the language being spoken; the same scene gives the same bytes.

    Raises
    ------
    NoFontError
        There are no letters to write with.
    """

    def paint(board: Board) -> None:
        shaded = theme is Theme.TOWNSHIPS and scene.parted
        land(board, scene, lambda: shade_townships(board, scene) if shaded else _reach(board, scene))
        if theme is Theme.REACH:
            _circles(board, scene)
        size = dot_size(len(scene.counted), sheet)
        dots(board, scene.perhaps, "o", PAPER, SOFT, 1.0, size)
        dots(board, scene.counted, "o", INK, PAPER, 1.0, size)
        dots(board, scene.supposed, "D", SUPPOSED, PAPER, 1.5, size)
        if theme is Theme.TOWNSHIPS:
            _gaps(board, scene)

    return compose(scene, sheet, keys_of(scene, theme), paint, with_shares=theme is Theme.TOWNSHIPS)


def _reach(board: Board, scene: Scene) -> None:
    inner: BaseGeometry = shapely.MultiPolygon()
    for minutes, colour in zip(sorted(scene.areas), reach_colours(len(scene.areas)), strict=True):
        # Each band without the one inside it, as in the legend.
        ring = scene.areas[minutes].difference(inner)
        inner = scene.areas[minutes]
        fill(board, ring, facecolor=colour, edgecolor="none", alpha=0.9, zorder=2)


def _circles(board: Board, scene: Scene) -> None:
    """Draw the edge of all circles together, as a ruler would claim them."""
    points = shapely.points(board.plane.points([*scene.counted, *scene.supposed]))
    claimed = shapely.union_all(shapely.buffer(points, scene.radius_m / 1000.0, quad_segs=16))
    fill(board, claimed, flat=True, facecolor="none", edgecolor=INK, linewidth=0.7, linestyle=(0, (1.2, 2.4)), zorder=6)


def _gaps(board: Board, scene: Scene) -> None:
    from matplotlib.patheffects import withStroke

    axes, sheet = board.axes, board.sheet
    at = board.plane.points([ring.position for ring in scene.gaps])
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
            fontproperties=board.letters.of(8.5 if sheet.headed else 7.0, bold=True),
            zorder=9,
            annotation_clip=True,
        )
        label.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])
