"""Coverage: who is served by a station, where, when and how well, and what would change it."""

from stations.questions.coverage.gaps import Gap
from stations.questions.coverage.townships import (
    BANDS,
    CoverageAnswer,
    CoverageQuery,
    TownshipRow,
    counted_stations,
    coverage,
    reached_area,
    service_radius_m,
)

__all__ = [
    "BANDS",
    "CoverageAnswer",
    "CoverageQuery",
    "Gap",
    "TownshipRow",
    "counted_stations",
    "coverage",
    "reached_area",
    "service_radius_m",
]
