"""A plan: the sites that were chosen, what they are worth, and how sure it is that nothing is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.lonlat import Float
from stations.errors import InfeasibleError
from stations.questions.siting.case import Bool, Case, Goal, Long
from stations.questions.siting.linear import Ended, gap_of
from stations.questions.siting.problem import Objective


@dataclass(frozen=True, eq=False)
class Plan:
    """What was chosen.

    Attributes
    ----------
    sites
        int64 [n]: candidates that were chosen, those wanted for certain among them, ascending.
    value
        What is wanted of it: demand covered (`MOST`), cost (`FEWEST`), mean metres (`MEDIAN`), metres of whoever has
        it farthest (`CENTER`).
    bound
        No choice can be better than this.
    ended
        Whether the search came to its end, so that the plan is proven to be the best; None of a greedy choice.
    seconds
        That it took.
    guarantee
        Of a greedy choice: see `greedy.Greedy`.
    rows, merged, dominated
        Rows of the model, points times periods that they stand for, and candidates left out as another does as well.
    """

    sites: Long
    value: float
    bound: float
    ended: Ended | None
    seconds: float
    guarantee: float | None = None
    rows: int = 0
    merged: int = 0
    dominated: int = 0

    @property
    def proven(self) -> bool:
        """Whether it is proven that nothing is better."""
        return self.ended is Ended.PROVEN

    @property
    def gap(self) -> float:
        """How far the best that might be is from this, as a share of this."""
        return gap_of(self.value, self.bound)


def standing(case: Case, sites: Long) -> Bool:
    """Sites that stand once some are chosen, bool [S]."""
    there = case.kept.copy()
    there[sites] = True
    return there


def covered_share(case: Case, goal: Goal, there: Bool) -> Float:
    """Of each point the share of the periods in which it is covered, float64 [P]; without regard to capacities."""
    part = np.zeros(case.points)
    for serving, share in case.periods:
        _, first = case.entries(goal.limit_m, serving & there)
        part += share * (np.diff(first) >= goal.times)
    return part


def nearest_m(case: Case, there: Bool, beyond_m: float = np.inf) -> Float:
    """Metres from each point to the nearest site that serves in each period, float64 [K, P]; at most ``beyond_m``."""
    found = np.full((len(case.periods), case.points), beyond_m)
    for at, (serving, _) in enumerate(case.periods):
        places, first = case.entries(np.inf, serving & there)
        has = np.flatnonzero(np.diff(first))
        found[at, has] = np.minimum(case.metres[places[first[has]]], beyond_m)
    return found


def value_of(case: Case, goal: Goal, sites: Long) -> float:
    """What some sites are worth, counted point by point; without regard to capacities."""
    there = standing(case, sites)
    if goal.objective is Objective.FEWEST:
        return float(case.cost[sites[~case.kept[sites]]].sum())
    if goal.objective is Objective.MOST:
        return float(covered_share(case, goal, there) @ case.weight)
    weighs = case.weight > 0
    metres = nearest_m(case, there, goal.beyond_m)[:, weighs]
    if goal.objective is Objective.CENTER:
        return float(metres.max(initial=0.0))
    shares = np.array([share for _, share in case.periods])
    return float(shares @ (metres @ case.weight[weighs])) / case.total


def unreachable(case: Case, points: Long, lost: float) -> InfeasibleError:
    """Say that some demand cannot be covered whatever is chosen."""
    return InfeasibleError(
        "{lost:,.0f} of {total:,.0f} demand at {count} points cannot be reached from any candidate or station, so at "
        "most {share:.2%} can be covered. Ask for less, give more minutes, or add candidates there.",
        points=tuple(points.tolist()),
        lost=lost,
        total=case.total,
        count=points.size,
        share=_rounded_down((case.total - lost) / case.total),
    )


def _rounded_down(share: float) -> float:
    return float(np.floor(share * 1e4) / 1e4)


def too_few(goal: Goal) -> InfeasibleError:
    """Say that what may be chosen is not enough."""
    if goal.budget is None:
        return InfeasibleError(
            "{sites} sites are not enough for that. Ask for more sites, for a smaller share, or give more minutes.",
            sites=goal.sites,
        )
    return InfeasibleError(
        "A budget of {budget:,g} is not enough for that. Give more, ask for a smaller share, or give more minutes.",
        budget=goal.budget,
    )
