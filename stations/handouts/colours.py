"""The colours of maps: sequential, of even steps of lightness, so that a colour-blind eye and grey print tell them."""

from __future__ import annotations

COVERAGE_CLASSES = ((0.2, "#fff3d6"), (0.4, "#f7d58d"), (0.6, "#dfa24a"), (0.8, "#b06d1f"), (1.01, "#6d3d0c"))
"""Upper bound of a share covered, and its colour."""

NO_DEMAND = "#c9c5bf"

REACH_CLASSES = ("#0f4c53", "#2b7d86", "#63a9af", "#9dcbcf", "#cfe5e6")
"""Of the area within reach, from the shortest time to the longest."""

BANDS_OF = ((), (1,), (1, 3), (0, 1, 3), (0, 1, 2, 3), (0, 1, 2, 3, 4))
"""Which of them so many bands have; the palest only where all are needed."""

OLD_REACH, NEW_REACH = "#9dcbcf", "#f0b357"
"""Of the area within reach today, and of what a plan adds to it."""

GAP = "#a8324a"
SUPPOSED = "#1f5fae"
INK = "#1d1a16"
SOFT = "#5f5c58"
PAPER = "#ffffff"
LAND = "#f7f5f0"


def colour_of(share: float | None) -> str:
    """The colour of a share covered; grey where there is nothing to cover."""
    if share is None:
        return NO_DEMAND
    return next(colour for bound, colour in COVERAGE_CLASSES if share < bound)


def class_of(share: float | None) -> int:
    """Number of the class of a share, from 0; -1 where there is nothing to cover."""
    if share is None:
        return -1
    return next(at for at, (bound, _) in enumerate(COVERAGE_CLASSES) if share < bound)


def is_dark(colour: str) -> bool:
    """Whether white letters read better on a colour than black ones.

    Source: relative luminance, WCAG 2.2; the bound is where both have the same contrast.
    """
    channels = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.179


def share_classes() -> list[tuple[str, str]]:
    """Colour and words of each class of shares, the lowest first."""
    lows = ["0", *(f"{100.0 * bound:.0f}" for bound, _ in COVERAGE_CLASSES[:-1])]
    return [
        (colour, f"{low}–{100.0 * min(bound, 1.0):.0f}%")
        for low, (bound, colour) in zip(lows, COVERAGE_CLASSES, strict=True)
    ]


def reach_colours(count: int) -> list[str]:
    """Colours of so many bands, at most as many as there are colours, from the shortest time to the longest."""
    return [REACH_CLASSES[at] for at in BANDS_OF[count]]
