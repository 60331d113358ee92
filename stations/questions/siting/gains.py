"""What sites are worth, counted again and again: demand covered, or metres with a minus, the more the better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from geodata.lonlat import Float
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.flows import Flows
from stations.questions.siting.model import merged
from stations.questions.siting.plan import covered_share, nearest_m, standing
from stations.questions.siting.problem import Objective
from stations.questions.siting.serving import Pipes, Stream, shares_served

COVERING = frozenset({Objective.MOST, Objective.FEWEST})


class Gain:
    """What some of a plan's sites are worth, beside what stands.

    Parameters
    ----------
    case
        The whole one; but for the sites of the plan and what stands nothing of it is looked at.
    sites
        int64 [n]: of the plan.

    Attributes
    ----------
    covers
        Whether worth is demand; otherwise it is metres with a minus, without regard to capacities.
    shrinks
        Whether what a site adds is never more once others are there.
    """

    def __init__(self, case: Case, goal: Goal, sites: Long) -> None:
        small = _only(case, sites)
        self.covers = goal.objective in COVERING
        self.shrinks = goal.objective is not Objective.CENTER and goal.times == 1
        most = replace(goal, objective=Objective.MOST, sites=None, budget=None)
        self._worth: Callable[[Sequence[int]], float]
        if not self.covers:
            self._worth = _Ways(small, goal).worth
        elif case.capacitated:
            self._worth = _Served(Pipes(Flows(small, most)))
        else:
            rows = merged(small, most, prune=False)
            self._worth = lambda some: rows.covered(np.isin(rows.candidate, some))

    def of(self, sites: Sequence[int]) -> float:
        """What some of the sites are worth."""
        return self._worth(sites)

    def lost(self, sites: Sequence[int]) -> list[float]:
        """What is lost without each of some sites, the others being there."""
        if isinstance(self._worth, _Served):
            return [float(each) for each in self._worth.pipes.lost(np.array(sites, np.int64))]
        whole = self.of(sites)
        return [whole - self.of([other for other in sites if other != one]) for one in sites]

    def in_order(self, sites: Sequence[int], begun: Sequence[int]) -> tuple[list[int], list[float]]:
        """Order some sites, behind others that are there, so that always the one that adds most is the next.

        Returns
        -------
        order, totals
            The sites, and what they are worth with all before them; of equal ones the first is taken.
        """
        order, totals = list(begun), []
        now = self.of(order)
        # What each added when it was last looked at, and at how many.
        known = dict.fromkeys(sites, (np.inf, -1))
        while known:
            best = (-np.inf, -1)
            for one in sorted(known, key=lambda each: (-known[each][0], each)):
                if self.shrinks and np.isfinite(now) and best[1] >= 0 and (known[one][0], -one) < (best[0], -best[1]):
                    break
                worth = self.of([*order, one])
                # Where somebody reaches nothing yet, what is added has no end.
                adds = worth - now if np.isfinite(now) else worth
                known[one] = (adds, len(order))
                if best[1] < 0 or (adds, -one) > (best[0], -best[1]):
                    best = (adds, one)
            order.append(best[1])
            del known[best[1]]
            if not np.isfinite(now):
                known = dict.fromkeys(known, (np.inf, -1))
            now = self.of(order)
            totals.append(now)
        return order[len(begun) :], totals


def shares_covered(case: Case, goal: Goal, sites: Long) -> tuple[Float, Float]:
    """Of each point the share that is covered before and with some sites, float64 [P]; with room where that counts."""
    if case.capacitated and goal.objective in COVERING:
        return shares_served(case, goal, sites)
    return covered_share(case, goal, case.kept), covered_share(case, goal, standing(case, sites))


def _only(case: Case, sites: Long) -> Case:
    """The case with what stands and some sites alone, none of them chosen yet."""
    places, first = case.entries(np.inf, standing(case, sites))
    chosen = np.zeros(case.sites, bool)
    chosen[sites] = True
    return replace(
        case,
        start=first,
        site=case.site[places],
        metres=case.metres[places],
        forced=np.zeros(case.sites, bool),
        forbidden=~chosen & ~case.kept,
    )


class _Served:
    """Demand that some sites can serve; what was counted last is gone on from when one more is asked about."""

    def __init__(self, pipes: Pipes) -> None:
        self.pipes = pipes
        self._stream = Stream(pipes)

    def __call__(self, sites: Sequence[int]) -> float:
        """Demand."""
        before, stream = list(sites[:-1]), self._stream
        if stream.taken == before:
            return stream.served + stream.adds(sites[-1]) if sites else stream.served
        if stream.taken == list(sites):
            return stream.served
        if stream.taken == before[:-1]:
            # The one before was taken, and the next is asked about.
            stream.take(before[-1])
            return self(sites)
        return self.pipes.served(np.array(sites, np.int64))


class _Ways:
    """Ways to the nearest of some sites; what was counted last is gone on from when one more is asked about."""

    def __init__(self, case: Case, goal: Goal) -> None:
        self.case, self.goal = case, goal
        self.weight = case.weight
        self.shares = np.array([share for _, share in case.periods])
        self.begin = nearest_m(case, case.kept, goal.beyond_m)
        point = np.repeat(np.arange(case.points), np.diff(case.start))
        self.entries = {
            one: (point[case.site == one], case.metres[case.site == one].astype(float))
            for one in np.flatnonzero(case.candidates).tolist()
        }
        self._last: tuple[int, ...] = ()
        self._now = self.begin

    def worth(self, sites: Sequence[int]) -> float:
        """Metres with a minus."""
        before = tuple(sites[:-1])
        if before != self._last:
            self._last, self._now = before, self._nearer(self.begin, before)
        now = self._nearer(self._now, sites[-1:])
        if self.goal.objective is Objective.CENTER:
            return -float(now[:, self.weight > 0].max(initial=0.0))
        weighs = self.weight > 0
        return -float(self.shares @ (now[:, weighs] @ self.weight[weighs])) / self.case.total

    def _nearer(self, metres: Float, sites: Sequence[int]) -> Float:
        now = metres.copy()
        for one in sites:
            point, way = self.entries[one]
            for at, (serving, _) in enumerate(self.case.periods):
                if serving[one]:
                    now[at, point] = np.minimum(now[at, point], way)
        return now
