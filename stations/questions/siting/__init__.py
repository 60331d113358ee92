"""Siting: where the next stations should go, and the proof of how good that is.

``site`` chooses and proves, ``site_at_once`` chooses greedily. Beneath them
``solve_exactly`` and ``solve_greedily`` answer a plain `Case`.
"""

from stations.questions.siting.answer import (
    SitingAnswer,
    Step,
    TownshipGain,
    explain,
    site,
    site_at_once,
)
from stations.questions.siting.candidates import MOST_CANDIDATES, gather_candidates, premises_near, read_rows
from stations.questions.siting.case import Case, Goal
from stations.questions.siting.comparing import Measured, Planned, PlansCompared, as_built, compare_plans, planned_of
from stations.questions.siting.exact import solve_exactly, solve_greedily
from stations.questions.siting.greedy import Greedy
from stations.questions.siting.grounding import Ground, ground
from stations.questions.siting.keeping import from_record, to_record
from stations.questions.siting.linear import Ended, Progress, Watch
from stations.questions.siting.outlook import CurvePoint, Firmness, next_gains
from stations.questions.siting.plan import Plan, value_of
from stations.questions.siting.problem import Candidate, CandidateQuery, Moment, Objective, SitingQuery, Wish
from stations.questions.siting.spots import Spot, spots_of

__all__ = [
    "MOST_CANDIDATES",
    "Candidate",
    "CandidateQuery",
    "Case",
    "CurvePoint",
    "Ended",
    "Firmness",
    "Goal",
    "Greedy",
    "Ground",
    "Measured",
    "Moment",
    "Objective",
    "Plan",
    "Planned",
    "PlansCompared",
    "Progress",
    "SitingAnswer",
    "SitingQuery",
    "Spot",
    "Step",
    "TownshipGain",
    "Watch",
    "Wish",
    "as_built",
    "compare_plans",
    "explain",
    "from_record",
    "gather_candidates",
    "ground",
    "next_gains",
    "planned_of",
    "premises_near",
    "read_rows",
    "site",
    "site_at_once",
    "solve_exactly",
    "solve_greedily",
    "spots_of",
    "to_record",
    "value_of",
]
