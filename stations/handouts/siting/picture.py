"""A plan as a picture: the sites by number among what is within reach today and then, and what so many sites bring."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from flask_babel import gettext

from stations.handouts.colours import GAP, INK, NEW_REACH, OLD_REACH, PAPER, SOFT, SUPPOSED, share_classes
from stations.handouts.drawing import Board, compose, dot_size, dots, fill, land, shade_townships
from stations.handouts.lettering import font_files
from stations.handouts.scene import POSTER, PRINTED, Letters, Sheet
from stations.handouts.siting.otherwise import CurveLine
from stations.handouts.siting.scene import PlanScene, PlanTheme

OFFERED = "#8a857d"
MANY_SITES = 40


def draw_plan(scene: PlanScene, theme: PlanTheme = PlanTheme.PLAN, sheet: Sheet = POSTER) -> bytes:
    """Draw a map of a plan as PNG, in the language being spoken; the same scene gives the same bytes.

    Raises
    ------
    NoFontError
        There are no letters to write with.
    """
    shaded = theme is PlanTheme.TOWNSHIPS and scene.parted

    def paint(board: Board) -> None:
        land(board, scene, lambda: shade_townships(board, scene) if shaded else _reach(board, scene))
        if not shaded:
            dots(board, scene.offered, "o", OFFERED, PAPER, 0.28, dot_size(0, sheet))
        dots(board, scene.standing, "o", INK, PAPER, 1.0, dot_size(len(scene.standing), sheet))
        _sites(board, scene)

    return compose(scene, sheet, _keys(scene, shaded=shaded), paint, with_shares=shaded)


def _reach(board: Board, scene: PlanScene) -> None:
    fill(board, scene.after.difference(scene.before), facecolor=NEW_REACH, edgecolor="none", alpha=0.85, zorder=2)
    fill(board, scene.before, facecolor=OLD_REACH, edgecolor="none", alpha=0.85, zorder=2)


def _sites(board: Board, scene: PlanScene) -> None:
    """Draw each site with its number, the first on top, as it counts most."""
    at = board.plane.points([one.position for one in scene.chosen])
    few = len(scene.chosen) <= MANY_SITES
    size = (190.0 if few else 110.0) * (1.0 if board.sheet.headed else 0.55)
    points = (9.0 if few else 7.0) * (1.0 if board.sheet.headed else 0.75)
    for one, (x, y) in reversed(list(zip(scene.chosen, at, strict=True))):
        height = 10.0 - one.number / 1000.0
        board.axes.scatter(
            [x], [y], s=size, marker="o", facecolors=SUPPOSED, edgecolors=PAPER, linewidths=1.2, zorder=height
        )
        board.axes.text(
            x,
            y,
            str(one.number),
            ha="center",
            va="center_baseline",
            color=PAPER,
            fontproperties=board.letters.of(points, bold=True),
            zorder=height,
            clip_on=True,
        )


def _keys(scene: PlanScene, *, shaded: bool) -> list[tuple[Any, str]]:
    """What the legend explains."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(face: str, edge: str, size: float) -> Line2D:
        return Line2D([], [], linestyle="none", marker="o", markerfacecolor=face, markeredgecolor=edge, markersize=size)

    minutes = f"{scene.minutes:g}"
    keys: list[tuple[Any, str]] = [(dot(SUPPOSED, PAPER, 10.0), gettext("New station, by its number"))]
    if scene.standing:
        keys.append((dot(INK, PAPER, 7.0), gettext("Station")))
    if shaded:
        for colour, words in share_classes():
            sample = Patch(facecolor=colour, edgecolor="#8a857d", linewidth=0.5, alpha=0.9)
            keys.append((sample, gettext("%(share)s covered", share=words)))
        return keys
    if not scene.before.is_empty:
        sample = Patch(facecolor=OLD_REACH, edgecolor="none", alpha=0.85)
        keys.append((sample, gettext("Within %(minutes)s min today", minutes=minutes)))
    sample = Patch(facecolor=NEW_REACH, edgecolor="none", alpha=0.85)
    keys.append((sample, gettext("Within %(minutes)s min in addition", minutes=minutes)))
    if scene.offered:
        keys.append((dot(OFFERED, PAPER, 4.0), gettext("Candidate, not chosen")))
    return keys


def draw_curve(curve: Sequence[CurveLine], mark: CurveLine | None = None, sheet: Sheet = PRINTED) -> bytes:
    """Draw what so many sites bring as PNG, in the language being spoken; with the plan itself, if it is given.

    Raises
    ------
    NoFontError
        There are no letters to write with.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
    from PIL import Image

    letters = Letters(*map(str, font_files()))
    figure = Figure(figsize=(sheet.width, 2.5), dpi=sheet.dots_per_inch, facecolor=PAPER)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.17, 0.96, 0.8))
    sites, heights = [one.sites for one in curve], [one.height for one in curve]
    axes.plot(sites, heights, color=SUPPOSED, linewidth=1.8, marker="o", markersize=3.2, zorder=3)
    if mark is not None:
        axes.axvline(mark.sites, color=SOFT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        axes.plot([mark.sites], [mark.height], marker="o", markersize=8, color=GAP, markeredgecolor=PAPER, zorder=4)
    _label(axes, curve, mark, letters)
    axes.set_xlim(min(sites) - 0.4, max(sites) + 0.6)
    low, high = min(heights), max(heights)
    # Where all lie high the line would be flat; it need not stand on nothing, as its values are written beside it.
    axes.set_ylim(0.0 if low < high / 2.0 else max(low - (high - low), 0.0), high + 0.25 * (high - low) + 0.01)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for tick in axes.get_xticklabels():
        tick.set_fontproperties(letters.of(7.5))
    axes.set_xlabel(gettext("New stations"), fontproperties=letters.of(7.5), color=SOFT, labelpad=2.0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#8a857d")
    canvas.draw()
    page = io.BytesIO()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    picture.save(page, format="png", dpi=(sheet.dots_per_inch, sheet.dots_per_inch))
    return page.getvalue()


def _label(axes: Any, curve: Sequence[CurveLine], mark: CurveLine | None, letters: Letters) -> None:
    """Write the values of the first point and the last, and the plan's, on the side where the line is not."""
    from matplotlib.patheffects import withStroke

    rises = curve[-1].height >= curve[0].height
    ends = [(curve[0], 0, "left", rises), (curve[-1], 0, "right", False)]
    told = [one for one in ends if mark is None or one[0].sites != mark.sites]
    if mark is not None:
        told.append((mark, -6 if rises else 6, "right" if rises else "left", False))
    for point, aside, ha, below in told:
        label = axes.annotate(
            point.value,
            (point.sites, point.height),
            xytext=(aside, -7 if below else 7),
            textcoords="offset points",
            ha=ha,
            va="top" if below else "bottom",
            color=GAP if point is mark else INK,
            fontproperties=letters.of(7.5, bold=point is mark),
            zorder=5,
        )
        label.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])
