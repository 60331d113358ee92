"""The plain problem of siting: a matrix of metres, weights, and what each site is; no streets and no stations.

A site is a column: one that stands and is kept, or a candidate. Whoever counts at
some moments or for some wishes alone has periods: each period weighs every point
once more, and some sites serve in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.lonlat import Float
from stations.errors import SitingError
from stations.questions.siting.problem import Objective

Bool = NDArray[np.bool_]
Long = NDArray[np.int64]
Whole = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted of the sites.

    Attributes
    ----------
    limit_m
        Metres within which a point is covered.
    sites, budget, share, times
        As in `SitingQuery`.
    beyond_m
        `Objective.MEDIAN`: what a point counts that is farther than this from every site, or reaches none; infinite
        where every point must reach one.
    """

    objective: Objective
    limit_m: float = math.inf
    sites: int | None = None
    budget: float | None = None
    share: float = 1.0
    times: int = 1
    beyond_m: float = math.inf


@dataclass(frozen=True, eq=False)
class Case:
    """Demand points, sites and the metres between them.

    Sites stand in the order by which ties are broken: of equal ones the first is taken.

    Attributes
    ----------
    start
        int64 [P + 1]: the point's entries are ``start[p]:start[p + 1]``, nearest site first.
    site
        int [E]: the site of each entry.
    metres
        float [E]
    weight
        float64 [P]: demand.
    kept
        bool [S]: stands already, or must be chosen without counting for anything; costs nothing.
    forced, forbidden
        bool [S]: candidates that must be chosen, and that must not.
    cost
        float64 [S]
    capacity
        float64 [S]: demand that a site can serve in a period; infinite without a bound.
    serves
        bool [K, S]: the sites that count in each period.
    period_weight
        float64 [K]: adds up to 1.
    """

    start: Long
    site: Whole
    metres: NDArray[np.floating]
    weight: Float
    kept: Bool
    forced: Bool
    forbidden: Bool
    cost: Float
    capacity: Float
    serves: Bool
    period_weight: Float

    @classmethod
    def of(
        cls,
        metres: Float,
        weight: Float,
        *,
        kept: Bool | None = None,
        forced: Bool | None = None,
        forbidden: Bool | None = None,
        cost: Float | None = None,
        capacity: Float | None = None,
        serves: Bool | None = None,
        period_weight: Float | None = None,
    ) -> Case:
        """Make a case of a whole table of metres, float64 [P, S], infinite where there is no way."""
        points, sites = metres.shape
        order = np.argsort(metres, axis=1, kind="stable")
        ascending = np.take_along_axis(metres, order, axis=1)
        there = np.isfinite(ascending)
        start = np.zeros(points + 1, np.int64)
        np.cumsum(there.sum(axis=1), out=start[1:])
        none = np.zeros(sites, bool)
        periods = np.ones((1, sites), bool) if serves is None else serves
        weights = np.ones(periods.shape[0]) if period_weight is None else period_weight
        return cls(
            start=start,
            site=order[there].astype(np.int32),
            metres=ascending[there],
            weight=np.asarray(weight, float),
            kept=none if kept is None else kept,
            forced=none if forced is None else forced,
            forbidden=none if forbidden is None else forbidden,
            cost=np.ones(sites) if cost is None else cost,
            capacity=np.full(sites, np.inf) if capacity is None else capacity,
            serves=periods,
            period_weight=weights / weights.sum(),
        )

    @property
    def points(self) -> int:
        """How many demand points there are."""
        return self.start.size - 1

    @property
    def sites(self) -> int:
        """How many sites there are, standing ones and candidates."""
        return self.kept.size

    @property
    def total(self) -> float:
        """All demand."""
        return float(self.weight.sum())

    @cached_property
    def candidates(self) -> Bool:
        """Bool [S]: sites that may be chosen or not."""
        return ~self.kept & ~self.forbidden

    @cached_property
    def capacitated(self) -> bool:
        """Whether any site that may serve has a bound."""
        return bool(np.isfinite(self.capacity[self.kept | self.candidates]).any())

    @cached_property
    def periods(self) -> tuple[tuple[Bool, float], ...]:
        """Sites that serve, bool [S], and weight; periods in which the same serve are one."""
        kinds, kind = np.unique(self.serves, axis=0, return_inverse=True)
        weights = np.bincount(kind.ravel(), weights=self.period_weight, minlength=len(kinds))
        return tuple((some, float(weight)) for some, weight in zip(kinds, weights, strict=True) if weight > 0)

    def entries(self, limit_m: float, sites: Bool) -> tuple[Long, Long]:
        """Entries within a distance of some sites, bool [S]: places, and which are each point's, int64 [P + 1]."""
        near = sites[self.site]
        if math.isfinite(limit_m):
            near &= self.metres <= limit_m
        before = np.zeros(near.size + 1, np.int64)
        np.cumsum(near, out=before[1:])
        return np.flatnonzero(near), before[self.start]


def check(case: Case, goal: Goal) -> None:
    """Refuse what nobody can answer, before anything is worked out.

    Raises
    ------
    SitingError
        Said with the figures that do not go together.
    """
    _check_goal(goal)
    if not case.total > 0:
        raise SitingError("There is no demand to put stations for. Choose another demand, or another area.")
    both = int((case.forced & case.forbidden).sum())
    if both:
        raise SitingError(
            "{count} candidates are both wanted and ruled out. Take one of the two back for each of them.", count=both
        )
    free = int(case.candidates.sum())
    if not free:
        raise SitingError("There is no candidate to choose from. Add kinds of premises, points, or a list.")
    if goal.sites is not None and goal.sites > free:
        raise SitingError(
            "{sites} sites cannot be chosen among {candidates} candidates. Ask for fewer, or add candidates.",
            sites=goal.sites,
            candidates=free,
        )
    forced = case.forced & ~case.kept
    if goal.sites is not None and forced.sum() > goal.sites:
        raise SitingError(
            "{forced} candidates are wanted for certain, but only {sites} may be chosen. Want fewer, or ask for more.",
            forced=int(forced.sum()),
            sites=goal.sites,
        )
    if goal.budget is not None:
        _check_budget(case, goal.budget, forced)
    if goal.times > 1 and case.capacitated:
        raise SitingError("Cover by two stations, or by stations of a capacity; both at once cannot be asked.")
    _check_reach(case, goal)


def _check_goal(goal: Goal) -> None:
    bounded = goal.sites is not None or goal.budget is not None
    if goal.objective is not Objective.FEWEST and not bounded:
        raise SitingError("Say how many sites there may be, or how much they may cost.")
    if goal.sites is not None and goal.sites < 1:
        raise SitingError("{sites} sites are none. Ask for 1 or more.", sites=goal.sites)
    if goal.times not in {1, 2}:
        raise SitingError("Cover by 1 station or by 2, not by {times}.", times=goal.times)
    if goal.times == 2 and goal.objective not in {Objective.MOST, Objective.FEWEST}:
        raise SitingError(
            "Only covering can be asked by two stations. Ask for the most covered, or for the fewest sites."
        )
    if not 0 < goal.share <= 1:
        raise SitingError("A share of {share:.0%} cannot be covered. Give one above 0 and up to 100.", share=goal.share)
    if not goal.limit_m > 0:
        raise SitingError("Nothing lies within {limit:g} m. Give more minutes.", limit=goal.limit_m)


def _check_budget(case: Case, budget: float, forced: Bool) -> None:
    cheapest = float(case.cost[case.candidates].min())
    if budget < cheapest:
        raise SitingError(
            "A budget of {budget:,g} buys nothing: the cheapest candidate costs {cheapest:,g}. Give more, or add "
            "cheaper candidates.",
            budget=budget,
            cheapest=cheapest,
        )
    wanted = float(case.cost[forced].sum())
    if wanted > budget:
        raise SitingError(
            "The candidates wanted for certain cost {cost:,g} together, more than the budget of {budget:,g}. Want "
            "fewer, or give more.",
            cost=wanted,
            budget=budget,
        )


def _check_reach(case: Case, goal: Goal) -> None:
    limit_m = goal.limit_m if goal.objective in {Objective.MOST, Objective.FEWEST} else math.inf
    serving = case.serves[case.period_weight > 0].any(axis=0)
    _, first = case.entries(limit_m, case.candidates & serving)
    if not ((np.diff(first) > 0) & (case.weight > 0)).any():
        raise SitingError(
            "No candidate is within reach of any demand, of {candidates} that there are. Give more minutes, or "
            "candidates nearer to where people are.",
            candidates=int(case.candidates.sum()),
        )
