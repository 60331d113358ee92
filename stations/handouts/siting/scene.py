"""What the maps of a plan are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat
from stations.handouts.scene import View


class PlanTheme(StrEnum):
    """What a picture of a plan shows."""

    PLAN = "plan"
    """The sites by number, and what comes within reach by them."""
    TOWNSHIPS = "plan_townships"
    """Townships by the share that is covered with the plan."""
    CURVE = "plan_curve"
    """What so many sites bring."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site on the map, by its number."""

    number: int
    position: LonLat


@dataclass(frozen=True, slots=True)
class PlanScene(View):
    """What maps of a plan are drawn from.

    Attributes
    ----------
    before, after
        The area within reach by street today, and with the plan.
    standing, offered, chosen
        Stations that count, candidates that were not chosen, and the sites.
    minutes
        Within which.
    """

    before: BaseGeometry
    after: BaseGeometry
    standing: Sequence[LonLat]
    offered: Sequence[LonLat]
    chosen: Sequence[Site]
    minutes: float
