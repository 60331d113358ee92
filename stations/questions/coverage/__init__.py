"""Coverage: who is served by a station, where, when and how well, and what would change it.

``serve`` finds out who is served; every other question is a reduction of that.
"""

from stations.questions.coverage.areas import reached_area, service_radius_m
from stations.questions.coverage.clock import Week, week
from stations.questions.coverage.comparing import Comparison, ComparisonRow, compare
from stations.questions.coverage.fairness import Fairness, Inequality, fairness, inequality
from stations.questions.coverage.floating import Floating, SeatsRow, floating
from stations.questions.coverage.gaps import Gap, gaps
from stations.questions.coverage.query import BAND_MINUTES, CoverageQuery
from stations.questions.coverage.reasons import Reason
from stations.questions.coverage.serving import Served, counted_stations, serve
from stations.questions.coverage.sureness import Band, Sureness, SurenessRow, sureness
from stations.questions.coverage.townships import (
    CoverageAnswer,
    Double15,
    Double15Row,
    TownshipRow,
    answer,
    coverage,
    double15,
)
from stations.questions.coverage.whatif import MOST_CHANGES, Add, Change, Close, Move, SetHours, supposed
from stations.questions.coverage.worth import Pair, Worth, pairs, worth

__all__ = [
    "BAND_MINUTES",
    "MOST_CHANGES",
    "Add",
    "Band",
    "Change",
    "Close",
    "Comparison",
    "ComparisonRow",
    "CoverageAnswer",
    "CoverageQuery",
    "Double15",
    "Double15Row",
    "Fairness",
    "Floating",
    "Gap",
    "Inequality",
    "Move",
    "Pair",
    "Reason",
    "SeatsRow",
    "Served",
    "SetHours",
    "Sureness",
    "SurenessRow",
    "TownshipRow",
    "Week",
    "Worth",
    "answer",
    "compare",
    "counted_stations",
    "coverage",
    "double15",
    "fairness",
    "floating",
    "gaps",
    "inequality",
    "pairs",
    "reached_area",
    "serve",
    "service_radius_m",
    "supposed",
    "sureness",
    "week",
    "worth",
]
