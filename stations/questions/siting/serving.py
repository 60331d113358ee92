"""Stations of a capacity, chosen greedily: what some sites can serve is the most that flows from them to the demand.

What one more site adds to the flow never grows while others are chosen, so the
greedy choice keeps the promise that it keeps without capacities.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from geodata.lonlat import Float
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.flows import Flows
from stations.questions.siting.greedy import LEAST_PART, ONE_LESS_1_E, Greedy, Purse, lazily, least_for, whole_cost
from stations.questions.siting.problem import Objective

LARGEST_FLOW = 2.0**30
"""Flows are whole numbers of 32 bits; demand is scaled by a power of two, which leaves whole people whole."""

ROUNDING = 1e-7
"""Of the demand, where a flow is short of what is wanted by so little; the program then says whether it is enough."""


class Pipes:
    """From sites to the demand that they reach.

    Parameters
    ----------
    flows
        Who may go where.
    """

    def __init__(self, flows: Flows) -> None:
        self.flows, self.case = flows, flows.case
        weight = np.bincount(flows.period, weights=flows.weight, minlength=flows.shares.size)
        self.scale = 2.0 ** math.floor(math.log2(LARGEST_FLOW / max(float(weight.max(initial=0.0)), 1e-9)))
        order = np.argsort(flows.site, kind="stable")
        self._first = np.searchsorted(flows.site[order], np.arange(self.case.sites + 1))
        self._row = flows.row[order]
        self._demand = np.rint(flows.weight * self.scale).astype(np.int64)
        self._holds = np.floor(np.minimum(self.case.capacity * self.scale, LARGEST_FLOW)).astype(np.int64)
        self.standing = np.flatnonzero(self.case.kept | (self.case.forced & ~self.case.forbidden))

    def served(self, chosen: Long) -> float:
        """Demand that sites serve with those that stand, by the periods' weights; with what is always served."""
        sites = np.unique(np.concatenate((self.standing, chosen)))
        size = self._first[sites + 1] - self._first[sites]
        rows = np.concatenate([self._row[self._first[one] : self._first[one + 1]] for one in sites.tolist()] or [sites])
        number = np.repeat(np.arange(sites.size), size)
        total = self.flows.always
        for period, share in enumerate(self.flows.shares.tolist()):
            some = self.flows.period[rows] == period if self.flows.shares.size > 1 else slice(None)
            total += share * self._most(sites, number[some], rows[some]) / self.scale
        return total

    def alone(self) -> Float:
        """What each site can serve at most, by itself, float64 [S]."""
        flows = self.flows
        reach = np.zeros(self.case.sites)
        for period, share in enumerate(flows.shares.tolist()):
            some = flows.period[flows.row] == period
            there = np.bincount(flows.site[some], flows.weight[flows.row[some]], self.case.sites)
            reach += share * np.minimum(there, self.case.capacity)
        return reach

    def _most(self, sites: Long, number: Long, rows: Long) -> int:
        """The most that flows through entries: places in ``sites``, and rows."""
        if not rows.size:
            return 0
        reached, row = np.unique(rows, return_inverse=True)
        source, sink = sites.size + reached.size, sites.size + reached.size + 1
        begin = np.concatenate((np.full(sites.size, source), number, sites.size + np.arange(reached.size)))
        end = np.concatenate((np.arange(sites.size), sites.size + row, np.full(reached.size, sink)))
        holds = np.concatenate((self._holds[sites], self._demand[rows], self._demand[reached])).astype(np.int32)
        graph = csr_array((holds, (begin, end)), shape=(sink + 1, sink + 1))
        return int(maximum_flow(graph, source, sink).flow_value)


def serve_greedily(case: Case, goal: Goal, flows: Flows) -> Greedy:
    """Choose sites of a capacity: the most that can be served, or enough for the share that is wanted."""
    pipes, candidate = Pipes(flows), flows.candidate
    cost = case.cost[candidate]
    least = max(LEAST_PART * case.total, 1.0 / pipes.scale)
    share = goal.objective is Objective.FEWEST
    begun = pipes.served(np.empty(0, np.int64))
    whole = flows.always + float(flows.share @ flows.weight)
    wanted = min(goal.share * case.total, whole) if share else math.inf
    close = wanted - ROUNDING * case.total
    taken: list[int] = []
    now = [begun]

    def again(one: int) -> float:
        return min(pipes.served(candidate[[*taken, one]]), wanted) - now[0]

    def take(one: int) -> None:
        taken.append(one)
        now[0] = min(pipes.served(candidate[taken]), wanted)

    alone = pipes.alone()[candidate]
    purse = Purse.of(case, goal)
    by_cost = share or (goal.budget is not None and np.unique(cost).size > 1)
    price = cost if by_cost or goal.budget is not None else np.ones(cost.size)
    most = np.minimum(alone, max(wanted - begun, 0.0))
    order, added = lazily(most, again, take, price, Purse.of(case, goal), least, lambda: now[0] >= close)
    if not share:
        bound = min(whole, begun + purse.most(alone, cost))
        sure = goal.sites is None or goal.budget is None
        promise = ONE_LESS_1_E if sure and not by_cost else None
        return Greedy(candidate[order], np.array(added), promise, bound)
    kept = list(order)
    if now[0] >= close:
        for one in sorted(order, key=lambda each: (-float(cost[each]), each)):
            rest = [other for other in kept if other != one]
            if pipes.served(candidate[rest]) >= close:
                kept = rest
    base = float(case.cost[case.forced & ~case.kept].sum())
    bound = base + least_for((wanted - begun) * (1.0 - 1e-9), alone, cost)
    adds = [gain for one, gain in zip(order, added, strict=True) if one in kept]
    return Greedy(candidate[kept], np.array(adds), None, whole_cost(case, bound))
