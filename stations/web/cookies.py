"""How the house names its cookies, and what a browser may do with them."""

from __future__ import annotations

from flask import request

SAMESITE = "Lax"
"""Sent when a person follows a link here, not when another site's page or form asks on its own."""


def cookie_name(plain: str) -> str:
    """Name of a cookie in this request.

    With the prefix ``__Host-`` a browser takes the cookie from this very host by https alone, and for all of its paths:
    neither a neighbour on the same domain nor whoever sits on the line can put one in its place. A house without https
    has to do without.
    """
    return f"__Host-{plain}" if request.is_secure else plain
