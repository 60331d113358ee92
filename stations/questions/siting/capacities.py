"""Stations of a capacity: who goes where is decided, too, so that no station has more than it can serve.

Demand may be parted between stations. In every period a station can serve its
capacity anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, vstack

from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.errors import InfeasibleError
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.linear import Ended, Program, Progress, Watch, solve
from stations.questions.siting.model import SCALE, bounds_on, free
from stations.questions.siting.plan import Plan, too_few, unreachable
from stations.questions.siting.problem import Objective

MOST_LINKED = 300_000
"""Entries that are each tied to their site, which makes the relaxed problem sharper."""


def assign(case: Case, goal: Goal, watch: Watch) -> Plan:
    """Find the best choice of sites that have a capacity.

    Raises
    ------
    InfeasibleError
        What is wanted is more than all candidates together can serve, or than so many can.
    """
    if goal.objective is Objective.CENTER:
        return _center(case, goal, watch)
    return _assigned(case, goal, watch)


def served_by(case: Case, goal: Goal, sites: Long) -> float:
    """Demand that some sites can serve with those that stand, by the periods' weights."""
    chosen = np.zeros(case.sites, bool)
    chosen[sites] = True
    only = replace(case, forced=chosen, forbidden=~chosen & ~case.kept)
    most = replace(goal, objective=Objective.MOST, sites=None, budget=None)
    flows = _Flows(only, most)
    return -solve(flows.program(most), Watch()).value * case.total / SCALE


def _assigned(case: Case, goal: Goal, watch: Watch) -> Plan:
    flows = _Flows(case, goal)
    _refuse_lost(case, goal, flows)
    unit, base = flows.unit(goal), flows.base(goal)

    def told(value: float, bound: float) -> Progress:
        return Progress(watch.seconds, base + value * unit, base + bound * unit)

    found = solve(flows.program(goal), watch, None, told)
    if found.x is None:
        if found.ended is Ended.INFEASIBLE:
            raise _why_not(case, goal)
        raise InfeasibleError(
            "No choice was found in {seconds:g} s. Give more time, fewer candidates, or ask for less.",
            seconds=watch.time_s or watch.seconds,
        )
    chosen = flows.candidate[found.x[: flows.candidate.size] > 0.5]
    sites = np.sort(np.concatenate((np.flatnonzero(case.forced & ~case.kept), chosen)))
    value, bound = base + found.value * unit, base + found.bound * unit
    bound = value if found.ended is Ended.PROVEN else bound
    return Plan(sites, value, bound, found.ended, watch.seconds, rows=flows.size, merged=case.points)


def _why_not(case: Case, goal: Goal) -> InfeasibleError:
    """Whether all candidates together would be enough, and if not, by how much."""
    everything = replace(goal, objective=Objective.MOST, sites=None, budget=None)
    most = served_by(case, everything, np.flatnonzero(case.candidates))
    wanted = case.total * (goal.share if goal.objective is Objective.FEWEST else 1.0)
    if most < wanted * (1.0 - 1e-9):
        return InfeasibleError(
            "All candidates and stations together can serve {most:,.0f} of {wanted:,.0f} demand: their capacity is too "
            "small, or lies elsewhere. Add candidates or capacity, or ask for less.",
            most=most,
            wanted=wanted,
        )
    return too_few(goal)


def _refuse_lost(case: Case, goal: Goal, flows: _Flows) -> None:
    needs = goal.objective is Objective.MEDIAN and np.isinf(goal.beyond_m)
    needs |= goal.objective is Objective.FEWEST and case.total - flows.lost < goal.share * case.total * (1.0 - 1e-9)
    if flows.lost > 0 and needs:
        raise unreachable(case, flows.lost_points, flows.lost)


def _center(case: Case, goal: Goal, watch: Watch) -> Plan:
    """Halve the radius within which all can be served."""
    radius = np.unique(case.metres)
    best: tuple[Long, float] | None = None
    low, high, ended = 0, radius.size - 1, Ended.PROVEN
    first = True
    while low <= high:
        middle = high if first else (low + high) // 2
        cover = replace(goal, objective=Objective.FEWEST, share=1.0, limit_m=float(radius[middle]))
        try:
            plan = _assigned(
                case, cover, Watch(time_s=watch.left_s if np.isfinite(watch.left_s) else None, stop=watch.stop)
            )
        except InfeasibleError:
            if first:
                raise
            if (over := watch.over) is not None:
                ended = over
                break
            low, first = middle + 1, False
            continue
        best, high, first = (plan.sites, float(radius[middle])), middle - 1, False
        if watch.tell is not None:
            watch.tell(Progress(watch.seconds, best[1], float(radius[low])))
        if (over := watch.over) is not None:
            ended = over
            break
    if best is None:
        raise too_few(goal)
    bound = best[1] if ended is Ended.PROVEN else float(radius[min(low, radius.size - 1)])
    return Plan(best[0], best[1], bound, ended, watch.seconds, rows=case.points)


class _Flows:
    """Who may go where. Variables: candidates, the share of each row that goes to each site, who stays beyond."""

    def __init__(self, case: Case, goal: Goal) -> None:
        self.case = case
        self.candidate = np.flatnonzero(free(case))
        limit_m = goal.beyond_m if goal.objective is Objective.MEDIAN else goal.limit_m
        there = case.kept | case.candidates
        site, metres, size, weight, share, period = [], [], [], [], [], []
        self.lost, lost = 0.0, [np.empty(0, np.int64)]
        for number, (serving, part) in enumerate(case.periods):
            places, first = case.entries(limit_m, serving & there)
            weighs = np.flatnonzero((case.weight > 0) & (np.diff(first) > 0))
            without = np.flatnonzero((case.weight > 0) & (np.diff(first) == 0))
            self.lost += part * float(case.weight[without].sum())
            lost.append(without)
            if goal.objective is Objective.MEDIAN:
                weighs = np.sort(np.concatenate((weighs, without)))
            taken = places[expand_runs(first[weighs], first[weighs + 1])]
            site.append(case.site[taken].astype(np.int64))
            metres.append(case.metres[taken].astype(float))
            size.append(np.diff(first)[weighs])
            weight.append(case.weight[weighs])
            share.append(np.full(weighs.size, part))
            period.append(np.full(weighs.size, number))
        self.lost_points = np.unique(np.concatenate(lost))
        self.site, self.metres = np.concatenate(site), np.concatenate(metres)
        sizes = np.concatenate(size)
        self.row = np.repeat(np.arange(sizes.size), sizes)
        self.weight, self.share, self.period = (np.concatenate(each) for each in (weight, share, period))

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
        return float(self.case.cost[forced].sum()) if goal.objective is Objective.FEWEST else 0.0

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
            wanted = goal.share * (1.0 - 1e-12) * SCALE
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
