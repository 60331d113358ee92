"""A QR code as a drawing that stands in the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import segno
from markupsafe import Markup

QUIET = 4
"""White modules around a code, as ISO/IEC 18004 asks for."""

ERROR_CORRECTION = "Q"
"""A quarter of it may be dirty, torn or in the shade."""


@lru_cache(maxsize=1024)  # some milliseconds each, and a sheet for a township has two hundred
def qr_drawing(text: str, label: str) -> Markup:
    """Draw a code as `secret_drawing` does, and keep it for the next who asks."""
    return secret_drawing(text, label)


def secret_drawing(text: str, label: str) -> Markup:
    """Draw a code as SVG, without a size: the style sheet gives it one. Of what it says nothing is kept.

    Parameters
    ----------
    text
        What a phone reads.
    label
        What a screen reader says.
    """
    code = segno.make_qr(text, error=ERROR_CORRECTION)
    rows = [bytes(row) for row in code.matrix]
    size = len(rows) + 2 * QUIET
    dark = "".join(
        f"M{start + QUIET} {y + QUIET}h{run}v1h-{run}z" for y, row in enumerate(rows) for start, run in _runs(row)
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" role="img" aria-label="{label}">'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dark}"/></svg>'
    ).format(size=size, label=label, dark=dark)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Stretches of dark modules in a row: (first, length)."""
    start = None
    for at, module in enumerate((*row, 0)):
        if module and start is None:
            start = at
        elif not module and start is not None:
            yield start, at - start
            start = None
