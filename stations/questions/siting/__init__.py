"""Siting: where the next stations should go, and the proof of how good that is.

``site`` chooses and proves, ``site_at_once`` chooses greedily. Beneath them
``solve_exactly`` and ``solve_greedily`` answer a plain `Case`.
"""

from stations.questions.siting.answer import (
    CurvePoint,
    Firmness,
    SitingAnswer,
    Step,
    TownshipGain,
    explain,
    next_gains,
    site,
    site_at_once,
)
from stations.questions.siting.candidates import MOST_CANDIDATES, gather_candidates, premises_near, read_rows
from stations.questions.siting.case import Case, Goal
from stations.questions.siting.exact import solve_exactly, solve_greedily
from stations.questions.siting.greedy import Greedy
from stations.questions.siting.grounding import Ground, ground
from stations.questions.siting.linear import Ended, Progress, Watch
from stations.questions.siting.plan import Plan, value_of
from stations.questions.siting.problem import Candidate, CandidateQuery, Moment, Objective, SitingQuery, Wish

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
    "Moment",
    "Objective",
    "Plan",
    "Progress",
    "SitingAnswer",
    "SitingQuery",
    "Step",
    "TownshipGain",
    "Watch",
    "Wish",
    "explain",
    "gather_candidates",
    "ground",
    "next_gains",
    "premises_near",
    "read_rows",
    "site",
    "site_at_once",
    "solve_exactly",
    "solve_greedily",
    "value_of",
]
