"""Whose work the ground is, as its licence asks it to be said."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from geodata.atlas import Atlas

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"


def say_credit(atlas: Atlas | None) -> str:
    """Say whose work the ground is, as its licence asks; nothing where there is no ground."""
    if atlas is None:
        return ""
    if atlas.summary.made_up:
        return gettext("Made-up county")
    return gettext("Streets © OpenStreetMap contributors (ODbL)")


def credit_of(atlas: Atlas) -> dict[str, Any]:
    """The member of a collection that says whose work the ground is: ``attribution``, or that it is ``made_up``."""
    return {"made_up": True} if atlas.summary.made_up else {"attribution": ATTRIBUTION}
