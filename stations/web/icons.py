"""Icons of the sprite."""

from __future__ import annotations

from functools import lru_cache

from flask import g, url_for
from markupsafe import Markup

SPRITE = "vendor/icons.svg"


def icon(name: str, kind: str = "") -> Markup:
    """An icon as SVG. It always stands beside its word, so it says nothing to a screen reader.

    Parameters
    ----------
    name
        In the Lucide set, and in ``static/icons.txt`` or a taxonomy.
    kind
        A further class.
    """
    if "sprite" not in g:
        # A page has some 150 icons: their address is worked out once.
        g.sprite = url_for("static", filename=SPRITE)
    return _drawn(g.sprite, name, kind)


@lru_cache(maxsize=1024)  # formatting takes longer than all else of it
def _drawn(sprite: str, name: str, kind: str) -> Markup:
    return Markup('<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>').format(
        kind, sprite, name
    )
