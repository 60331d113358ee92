"""How large the letters of a poster may be, so that all of it fits on its sheet.

Reckoned in the letter size of the sheet, as `static/css/poster.css` is: a sheet is
52.5 letters wide and 74.25 high, A4 and A5 alike. Chinese characters are as wide
as they are high, Latin letters and digits about half of that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

WIDTH = 45.5
"""Between the margins."""

HEIGHT = 42.0
"""Between the band at the top and the code at the bottom, which are never made smaller."""

NAME = (4.6, 3.4, 2.7, 2.0)
HOURS = (2.3, 1.75, 1.4, 1.15)
HOURS_ENGLISH = (0.44, 0.44, 0.6, 0.6)
"""Sizes of letters, the largest first; of the English ones as a part of the Chinese."""

INSIDE = ((4.2, 4), (3.6, 4), (2.9, 4), (2.35, 5))
"""Amenities: height of a row, and how many stand in it."""

HEADING = 4.0
CLOSURE = 3.1
LINE = 1.25
LATIN = 0.56
FEW, SOME = 8, 12
"""Amenities up to which they are drawn large, and up to which in the second size: more of them look restless so."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which of the sizes, counted from 1, the largest."""

    name: int
    hours: int
    inside: int


def sizes_of(
    name: str, english_name: str, statements: Sequence[str], english: str, closures: int, amenities: int
) -> Sizes:
    """Choose the largest sizes with which everything fits; the smallest where nothing does.

    Parameters
    ----------
    statements, english
        The hours: in Chinese, a line each; in English, in one piece.
    closures, amenities
        How many there are.
    """
    least = 1 + (amenities > FEW) + (amenities > SOME)
    choices = [
        Sizes(*one)
        for one in product(range(1, len(NAME) + 1), range(1, len(HOURS) + 1), range(least, len(INSIDE) + 1))
        if lines(name, NAME[one[0] - 1]) <= max(1, one[0] - 1)
    ]
    # The name first: it is what one looks for from across the street. Then the hours.
    choices.sort(key=lambda sizes: (sizes.name + sizes.hours + sizes.inside, sizes.name, sizes.hours))
    fitting = (
        sizes
        for sizes in choices
        if height(sizes, name, english_name, statements, english, closures, amenities) <= HEIGHT
    )
    return next(fitting, Sizes(len(NAME), len(HOURS), len(INSIDE)))


def height(
    sizes: Sizes,
    name: str,
    english_name: str,
    statements: Sequence[str],
    english: str,
    closures: int,
    amenities: int,
) -> float:
    """Height of what stands between the band and the code, in letters."""
    large, hours = NAME[sizes.name - 1], HOURS[sizes.hours - 1]
    small = hours * HOURS_ENGLISH[sizes.hours - 1]
    row, across = INSIDE[sizes.inside - 1]
    named = large * (0.5 + 1.15 * lines(name, large)) + (0.42 * large * 1.4 if english_name else 0.0)
    said = sum(lines(one, hours) for one in statements or ("",)) * hours * LINE
    said += lines(english, small) * small * LINE + 0.3
    inside = HEADING + row * math.ceil(amenities / across) if amenities else 0.0
    return named + HEADING + said + closures * CLOSURE + inside


def lines(text: str, size: float) -> int:
    """How many lines a text takes in letters of a size; one at least."""
    width = sum(1.0 if ord(letter) > 0x2E7F else LATIN for letter in text) * size
    return max(1, math.ceil(width / WIDTH))
