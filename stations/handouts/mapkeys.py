"""What stands around a map: its legend, its scale, where north is, and its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from stations.handouts.colours import GAP, INK, NO_DEMAND, PAPER, SOFT, SUPPOSED, reach_colours, share_classes
from stations.handouts.scene import Frame, Letters, Scene, Sheet, Theme, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUND = (1.0, 2.0, 5.0)
LEAST_PT = 6.0


def scale_bar_m(most_m: float) -> float:
    """The longest round length, of 1, 2 or 5 times a power of ten, that is at most some metres."""
    power = 10.0 ** math.floor(math.log10(most_m))
    if power > most_m:  # the logarithm of what is just below a power of ten is rounded up to it
        power /= 10.0
    return max(one * power for one in ROUND if one * power <= most_m)


def draw_scale(axes: Axes, frame: Frame, sheet: Sheet, letters: Letters) -> None:
    """Draw how long a round length is on the map, in its lower left corner."""
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
    for part, words in ((0.0, "0"), (1.0, _metres(length * 1000.0))):
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


def draw_north(axes: Axes, letters: Letters) -> None:
    """Draw where north is: up, as on every map here."""
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


def keys_of(scene: Scene, theme: Theme) -> list[tuple[Any, str]]:
    """What the legend explains: a sample each, and its words."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(marker: str, face: str, edge: str, size: float = 6.5) -> Line2D:
        return Line2D(
            [], [], linestyle="none", marker=marker, markerfacecolor=face, markeredgecolor=edge, markersize=size
        )

    keys: list[tuple[Any, str]] = []
    if theme is Theme.TOWNSHIPS and scene.parted:
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
    if theme is Theme.REACH:
        keys.append(
            (
                Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (1, 2))),
                gettext("Circle of %(metres)s m", metres=round(scene.radius_m)),
            )
        )
    keys.append((dot("o", INK, PAPER, 7.0), gettext("Station")))
    if scene.supposed:
        keys.append((dot("D", SUPPOSED, PAPER, 7.0), gettext("Station, only supposed")))
    if scene.perhaps:
        keys.append((dot("o", PAPER, SOFT), gettext("Station, hours not known")))
    if theme is Theme.TOWNSHIPS and scene.gaps:
        keys.append((dot("o", PAPER, GAP, 9.0), gettext("Gap, by size and rank")))
    return keys


def draw_legend(
    figure: Figure, keys: Sequence[tuple[Any, str]], letters: Letters, at: tuple[float, float], columns: int = 1
) -> None:
    """Draw the legend, its upper end at a place of the figure: beside the map in one column, beneath it in several."""
    legend = figure.legend(
        [sample for sample, _ in keys],
        [words for _, words in keys],
        loc="upper left" if columns == 1 else "upper center",
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


def draw_words(figure: Figure, view: View, letters: Letters, left: float, high: float) -> None:
    """Write the title and what was asked above, and the source beneath; what is too long for the sheet in smaller."""
    lines = (
        (view.title, 1.0 - 0.17 / high, "top", INK, 16.0, True),
        (view.caption, 1.0 - 0.52 / high, "top", SOFT, 10.5, False),
        (view.source, 0.14 / high, "bottom", SOFT, 8.0, False),
    )
    canvas: Any = figure.canvas
    room = figure.bbox.width * (1.0 - 2.0 * left)
    for words, y, va, colour, size, bold in lines:
        line = figure.text(left, y, words, ha="left", va=va, color=colour, fontproperties=letters.of(size, bold=bold))
        wide = line.get_window_extent(canvas.get_renderer()).width
        if wide > room:
            line.set_fontproperties(letters.of(max(size * room / wide, LEAST_PT), bold=bold))


def _metres(metres: float) -> str:
    if metres < 1000.0:
        return gettext("%(metres)s m", metres=f"{metres:g}")
    return gettext("%(km)s km", km=f"{metres / 1000.0:g}")
