"""What a planner asks: how far, how fast, when, with what in it, for whom, and what if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stations.questions.coverage.whatif import Change

BAND_MINUTES = (5.0, 10.0, 15.0, 20.0, 30.0)
"""Minutes for which a question gives its figures beside those asked for."""

LEAST_SPEED_KMH = 1.0


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """What the planner asked.

    Attributes
    ----------
    mode, minutes
        How one goes, and for how long at most, from door to door.
    speed_kmh
        How fast; None for the travel mode's own speed.
    at
        Count the stations that are open at this moment (aware); None counts all that serve all year, whatever their
        hours.
    amenities
        Count the stations that have all of these, themselves or next door.
    weight
        Key of the demand that is summed; empty for the one that the atlas weighs by.
    changes
        What is supposed to be otherwise than in the registry, in this order.
    """

    mode: str = "walk"
    minutes: float = 15.0
    speed_kmh: float | None = None
    at: datetime | None = None
    amenities: frozenset[str] = frozenset()
    weight: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def bands(self) -> tuple[float, ...]:
        """The minutes of the time bands: those of `BAND_MINUTES` that are less than asked for, and those asked for."""
        return (*(band for band in BAND_MINUTES if band < self.minutes), self.minutes)
