"""Plans that were saved: the question, what was found, who saved it and when, and what became of it.

Nothing here knows how sites are chosen: a question is the parameters of its address.
"""

from stations.scenarios.accepting import Accepted
from stations.scenarios.facts import (
    Parameters,
    Scenario,
    Search,
    SearchState,
    StoredPlan,
    mark_of,
)
from stations.scenarios.keys import PlanningKey
from stations.scenarios.lists import Lists
from stations.scenarios.plans import Plans
from stations.scenarios.saving import Scenarios
from stations.scenarios.searching import Searches

__all__ = [
    "Accepted",
    "Lists",
    "Parameters",
    "PlanningKey",
    "Plans",
    "Scenario",
    "Scenarios",
    "Search",
    "SearchState",
    "Searches",
    "StoredPlan",
    "mark_of",
]
