"""Who may go where: the program of stations of a capacity, in which demand may be parted between stations.

In every period a station can serve its capacity anew.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack

from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.linear import Program
from stations.questions.siting.model import SCALE, bounds_on, free, settled, together
from stations.questions.siting.problem import Objective

MOST_LINKED = 300_000
"""Entries that are each tied to their site, which makes the relaxed problem sharper."""


class Flows:
    """Who may go where. Variables: candidates, the share of each row that goes to each site, who stays beyond.

    Parameters
    ----------
    apart
        Whether every point keeps a row of its own, also where it goes wherever others go, or is always served.

    Attributes
    ----------
    candidate
        int64 [F]: sites that may be chosen or not.
    row, site, metres
        [E]: each entry's row, its site by the number of the case, and for the mean way its metres.
    weight, share, period
        [R]: demand of each row, its period and the weight of that.
    shares
        float64 [K]: weights of the periods.
    always, lost
        Demand that is served whatever is chosen, and that reaches nothing.
    lost_points
        int64: points that reach nothing.
    merged
        Points times periods that became rows.
    point
        int64: the points of these, one after the other; of the rows where they are apart.
    """

    def __init__(self, case: Case, goal: Goal, *, apart: bool = False) -> None:
        self.case = case
        self.candidate = np.flatnonzero(free(case))
        ways = goal.objective is Objective.MEDIAN
        limit_m = goal.beyond_m if ways else goal.limit_m
        there = case.kept | case.candidates
        endless = settled(case) & np.isinf(case.capacity)
        site, metres, size, weight, period, point = [], [], [], [], [], []
        self.lost, lost, self.always = 0.0, [np.empty(0, np.int64)], 0.0
        self.shares = np.array([part for _, part in case.periods])
        for number, (serving, part) in enumerate(case.periods):
            places, first = case.entries(limit_m, serving & there)
            weighs = case.weight > 0
            without = weighs & (np.diff(first) == 0)
            self.lost += part * float(case.weight[without].sum())
            lost.append(np.flatnonzero(without))
            if ways:
                some = np.flatnonzero(weighs)
            elif apart:
                some = np.flatnonzero(weighs & ~without)
            else:
                # Whoever is within reach of a station without a bound that stands is served whatever is chosen.
                _, standing = case.entries(limit_m, serving & endless)
                served = weighs & (np.diff(standing) > 0)
                self.always += part * float(case.weight[served].sum())
                some = np.flatnonzero(weighs & ~without & ~served)
            taken = places[expand_runs(first[some], first[some + 1])]
            site.append(case.site[taken].astype(np.int64))
            metres.append(case.metres[taken].astype(float))
            size.append(np.diff(first)[some])
            weight.append(case.weight[some])
            period.append(np.full(some.size, number))
            point.append(some)
        self.lost_points = np.unique(np.concatenate(lost))
        self.site, self.metres = np.concatenate(site), np.concatenate(metres)
        sizes = np.concatenate(size)
        self.weight, self.period = np.concatenate(weight), np.concatenate(period)
        self.merged, self.point = sizes.size, np.concatenate(point)
        if not ways and not apart:
            # Who can go to the same sites is one row.
            rows = together(np.arange(case.sites), sizes, self.site, self.weight, self.period)
            self.site, self.metres = rows.site.astype(np.int64), np.zeros(rows.site.size)
            sizes, self.weight, self.period = np.diff(rows.start), rows.weight, rows.need
        self.row = np.repeat(np.arange(sizes.size), sizes)
        self.share = self.shares[self.period]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self.weight.size

    def unit(self, goal: Goal) -> float:
        """What one of the program is in the plan's own measure."""
        match goal.objective:
            case Objective.MOST:
                return -self.case.total / SCALE
            case _:
                return 1.0

    def base(self, goal: Goal) -> float:
        """What a plan has whatever is chosen."""
        forced = self.case.forced & ~self.case.kept
        match goal.objective:
            case Objective.MOST:
                return self.always
            case Objective.FEWEST:
                return float(self.case.cost[forced].sum())
            case _:
                return 0.0

    def program(self, goal: Goal) -> Program:
        """Put the problem together."""
        case, count, entries = self.case, self.candidate.size, self.site.size
        beyond = self.size if goal.objective is Objective.MEDIAN and np.isfinite(goal.beyond_m) else 0
        width = count + entries + beyond
        number = np.full(case.sites, -1, np.int64)
        number[self.candidate] = np.arange(count)
        flow = count + np.arange(entries)
        amount = self.weight[self.row] * self.share[self.row]
        blocks: list[csr_array] = []
        lower: list[Float] = []
        upper: list[Float] = []

        def add(data: Float, row: Long, column: Long, low: Float, high: Float) -> None:
            blocks.append(csr_array((data, (row, column)), shape=(low.size, width)))
            lower.append(low)
            upper.append(high)

        # Nobody is served more than once; where all must be, everybody is.
        whole = goal.objective is Objective.MEDIAN or (goal.objective is Objective.FEWEST and goal.share >= 1.0)
        rows = np.concatenate((self.row, np.arange(beyond)))
        ones, size = np.ones(rows.size), self.size
        columns = np.concatenate((flow, count + entries + np.arange(beyond)))
        add(ones, rows, columns, np.full(size, 1.0 if whole else 0.0), np.ones(size))
        # A station serves no more than it can, and nobody unless it is there.
        kinds, at = np.unique(np.column_stack((self.period[self.row], self.site)), axis=0, return_inverse=True)
        at, holds = at.ravel(), case.capacity[kinds[:, 1]] if kinds.size else np.empty(0)
        demand = np.bincount(at, weights=self.weight[self.row], minlength=len(kinds))
        holds = np.minimum(holds, demand)
        chosen = number[kinds[:, 1]] if kinds.size else np.empty(0, np.int64)
        optional = np.flatnonzero(chosen >= 0)
        add(
            np.concatenate((self.weight[self.row] / case.total * SCALE, -holds[optional] / case.total * SCALE)),
            np.concatenate((at, optional)),
            np.concatenate((flow, chosen[optional])),
            np.full(len(kinds), -np.inf),
            np.where(chosen >= 0, 0.0, holds / case.total * SCALE),
        )
        linked = np.flatnonzero(number[self.site] >= 0)
        if linked.size <= MOST_LINKED:
            one = np.arange(linked.size)
            add(
                np.concatenate((np.ones(linked.size), -np.ones(linked.size))),
                np.concatenate((one, one)),
                np.concatenate((flow[linked], number[self.site[linked]])),
                np.full(linked.size, -np.inf),
                np.zeros(linked.size),
            )
        if goal.objective is Objective.FEWEST and not whole:
            wanted = (goal.share * (1.0 - 1e-12) * case.total - self.always) / case.total * SCALE
            zeros = np.zeros(entries, np.int64)
            add(amount / case.total * SCALE, zeros, flow, np.array([wanted]), np.array([np.inf]))
        bound, most = bounds_on(case, goal, self.candidate)
        limits = bound.tocoo()
        add(limits.data, limits.coords[0], limits.coords[1], np.full(most.size, -np.inf), most)
        return Program(
            cost=self._cost(goal, amount, beyond),
            lower=np.zeros(width),
            upper=np.ones(width),
            whole=np.arange(width) < count,
            matrix=csr_array(vstack(blocks, format="csr")),
            row_lower=np.concatenate(lower),
            row_upper=np.concatenate(upper),
        )

    def _cost(self, goal: Goal, amount: Float, beyond: int) -> Float:
        case, count = self.case, self.candidate.size
        match goal.objective:
            case Objective.MOST:
                return np.concatenate((np.zeros(count), -amount / case.total * SCALE))
            case Objective.FEWEST:
                return np.concatenate((case.cost[self.candidate], np.zeros(amount.size)))
            case _:
                staying = (self.weight * self.share)[:beyond] / case.total * goal.beyond_m if beyond else np.empty(0)
                return np.concatenate((np.zeros(count), amount / case.total * self.metres, staying))
