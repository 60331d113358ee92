"""Stations of a capacity: who goes where is decided, too, so that no station has more than it can serve.

Demand may be parted between stations. In every period a station can serve its
capacity anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.lonlat import Float
from stations.errors import InfeasibleError
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.center import center, least_radius
from stations.questions.siting.flows import Flows
from stations.questions.siting.greedy import Greedy
from stations.questions.siting.linear import Ended, Program, Progress, Watch, solve
from stations.questions.siting.median import median
from stations.questions.siting.model import SCALE
from stations.questions.siting.plan import Plan, too_few, unreachable
from stations.questions.siting.problem import Objective
from stations.questions.siting.serving import serve_greedily


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
    only = _only(case, sites)
    most = replace(goal, objective=Objective.MOST, sites=None, budget=None)
    flows = Flows(only, most)
    return flows.always - solve(flows.program(most), Watch()).value * case.total / SCALE


def served_at_once(case: Case, goal: Goal) -> tuple[Plan, Greedy]:
    """Choose greedily by what can be served, and count it by the most that flows; raises as `assign`."""
    watch, flows = Watch(), Flows(case, goal)
    _refuse_lost(case, goal, flows)
    greedy = serve_greedily(case, goal, flows)
    begun = _begun(case, goal, flows, greedy)
    if begun is None:
        raise _why_not(case, goal)
    return replace(begun, ended=None, seconds=watch.seconds), greedy


def _only(case: Case, sites: Long) -> Case:
    """The case in which some sites are chosen and no other may be."""
    chosen = np.zeros(case.sites, bool)
    chosen[sites] = True
    return replace(case, forced=chosen, forbidden=~chosen & ~case.kept)


def _assigned(case: Case, goal: Goal, watch: Watch) -> Plan:
    flows = Flows(case, goal)
    _refuse_lost(case, goal, flows)
    unit, base = flows.unit(goal), flows.base(goal)
    ways = goal.objective is Objective.MEDIAN
    begun = _relaxed(case, goal, watch) if ways else _begun(case, goal, flows)
    if begun is not None and begun.proven:
        return replace(begun, seconds=watch.seconds)
    sign = -1.0 if goal.objective is Objective.MOST else 1.0

    def told(value: float, bound: float) -> Progress:
        value, bound = base + value * unit, base + bound * unit
        if begun is not None:
            # By a sign both are to be made small.
            value = sign * min(sign * value, sign * begun.value)
            bound = sign * max(sign * bound, sign * begun.bound)
        return Progress(watch.seconds, value, bound)

    program = flows.program(goal)
    found = solve(program, watch, None if begun is None else _flowing(program, flows, begun.sites), told)
    if found.x is None and begun is None:
        if found.ended is Ended.INFEASIBLE:
            raise _why_not(case, goal)
        raise InfeasibleError(
            "No choice was found in {seconds:g} s. Give more time, fewer candidates, or ask for less.",
            seconds=watch.time_s or watch.seconds,
        )
    value, bound, sites = base + found.value * unit, base + found.bound * unit, np.empty(0, np.int64)
    if found.x is not None:
        chosen = flows.candidate[found.x[: flows.candidate.size] > 0.5]
        sites = np.sort(np.concatenate((np.flatnonzero(case.forced & ~case.kept), chosen)))
    if begun is not None:
        bound = sign * max(sign * bound, sign * begun.bound)
        if found.x is None or sign * begun.value < sign * value:
            value, sites = begun.value, begun.sites
    bound = value if found.ended is Ended.PROVEN else bound
    return Plan(sites, value, bound, found.ended, watch.seconds, rows=flows.size, merged=flows.merged)


def _begun(case: Case, goal: Goal, flows: Flows, greedy: Greedy | None = None) -> Plan | None:
    """The greedy choice, counted exactly: proven where it does what no choice can beat; None where it is not enough."""
    greedy = serve_greedily(case, goal, flows) if greedy is None else greedy
    sites = np.sort(np.concatenate((np.flatnonzero(case.forced & ~case.kept), greedy.sites)))
    served = served_by(case, goal, sites)
    if goal.objective is Objective.FEWEST:
        if served < goal.share * case.total * (1.0 - 1e-9):
            return None
        value = float(case.cost[sites].sum())
        proven = value <= greedy.bound + 1e-9
    else:
        value = served
        proven = value >= greedy.bound * (1.0 - 1e-9)
    return Plan(
        sites,
        value,
        value if proven else greedy.bound,
        Ended.PROVEN if proven else None,
        0.0,
        greedy.guarantee,
        flows.size,
        flows.merged,
    )


def _relaxed(case: Case, goal: Goal, watch: Watch) -> Plan | None:
    """The choice for which the mean way is least if capacities don't matter, with the way if they do.

    Without capacities no way is longer: what is proven then is a bound, and a choice that keeps to the capacities
    anyway is the best. None where it cannot serve all who must be served.
    """
    plan = median(replace(case, capacity=np.full(case.sites, np.inf)), goal, replace(watch.quietly(), tell=None))
    way = mean_by(case, goal, plan.sites)
    if way is None:
        return None
    proven = plan.proven and way <= plan.value * (1.0 + 1e-9)
    return Plan(plan.sites, way, way if proven else plan.bound, Ended.PROVEN if proven else None, 0.0)


def mean_by(case: Case, goal: Goal, sites: Long) -> float | None:
    """The mean way when some sites serve with those that stand; None where they cannot serve all who must be."""
    only = _only(case, sites)
    found = solve(Flows(only, goal).program(replace(goal, sites=None, budget=None)), Watch())
    return None if found.x is None else found.value


def _flowing(program: Program, flows: Flows, sites: Long) -> Float | None:
    """What a choice makes of all variables of the program: who goes where is worked out."""
    chosen = np.isin(flows.candidate, sites)
    upper, lower = program.upper.copy(), program.lower.copy()
    upper[: chosen.size] = lower[: chosen.size] = chosen
    fixed = replace(program, lower=lower, upper=upper, whole=np.zeros(upper.size, bool))
    return solve(fixed, Watch()).x


def _why_not(case: Case, goal: Goal) -> InfeasibleError:
    """Whether all candidates together would be enough, or so many of them, and if not, by how much and where."""
    limit_m = goal.beyond_m if goal.objective is Objective.MEDIAN else goal.limit_m
    most = replace(goal, objective=Objective.MOST, limit_m=limit_m, sites=None, budget=None)
    wanted = case.total * (goal.share if goal.objective is Objective.FEWEST else 1.0)
    served, missing = _unserved(case, most)
    if served < wanted * (1.0 - 1e-9):
        return InfeasibleError(
            "All candidates and stations together can serve {most:,.0f} of {wanted:,.0f} demand: their capacity is too "
            "small, or lies elsewhere. Add candidates or capacity, or ask for less.",
            points=tuple(missing.tolist()),
            most=served,
            wanted=wanted,
        )
    bounded = replace(most, sites=goal.sites, budget=goal.budget)
    bound = serve_greedily(case, bounded, Flows(case, bounded)).bound
    if goal.sites is not None and goal.budget is None and bound < wanted * (1.0 - 1e-9):
        return InfeasibleError(
            "{sites} sites and the stations there are can serve {most:,.0f} of {wanted:,.0f} demand at most. Ask for "
            "more sites or for less, or give more capacity.",
            sites=goal.sites,
            most=bound,
            wanted=wanted,
        )
    return too_few(goal)


def _unserved(case: Case, goal: Goal) -> tuple[float, Long]:
    """What all candidates together serve, and the points that get less than they need, int64."""
    everything = _only(case, np.flatnonzero(case.candidates))
    # Point by point: rows of the mean way are not merged.
    flows = Flows(everything, replace(goal, objective=Objective.MEDIAN, beyond_m=goal.limit_m))
    x = solve(flows.program(goal), Watch()).x
    share = np.zeros(flows.weight.size) if x is None else np.bincount(flows.row, x, flows.weight.size)
    rows = np.concatenate([np.flatnonzero(case.weight > 0)] * flows.shares.size)
    return float((flows.weight * flows.share) @ share), np.unique(rows[share < 1.0 - 1e-6])


def _refuse_lost(case: Case, goal: Goal, flows: Flows) -> None:
    needs = goal.objective is Objective.MEDIAN and np.isinf(goal.beyond_m)
    needs |= goal.objective is Objective.FEWEST and case.total - flows.lost < goal.share * case.total * (1.0 - 1e-9)
    if flows.lost > 0 and needs:
        raise unreachable(case, flows.lost_points, flows.lost)


def _center(case: Case, goal: Goal, watch: Watch) -> Plan:
    """Halve the radius within which all can be served."""
    # Without capacities nobody goes farther.
    relaxed = center(replace(case, capacity=np.full(case.sites, np.inf)), goal, watch.quietly())
    radius = np.unique(case.metres)
    radius = radius[radius >= max(least_radius(case), relaxed.bound)]
    best: tuple[Long, float] | None = None
    low, high, ended = 0, radius.size - 1, Ended.PROVEN
    first, lowest = True, True
    while low <= high:
        # The widest, then the narrowest, then always the middle one.
        middle = high if first else low if lowest else (low + high) // 2
        lowest = lowest and first
        cover = replace(goal, objective=Objective.FEWEST, share=1.0, limit_m=float(radius[middle]))
        outcome, sites = _serves_all(case, cover, watch, refuse=first)
        if sites is not None:
            best, high = (sites, float(radius[middle])), middle - 1
        elif outcome is Ended.INFEASIBLE:
            low = middle + 1
        else:
            ended = outcome
            break
        first = False
        if watch.tell is not None and best is not None:
            watch.tell(Progress(watch.seconds, best[1], float(radius[min(low, radius.size - 1)])))
        if low <= high and (over := watch.over) is not None:
            ended = over
            break
    if best is None:
        raise too_few(goal)
    bound = best[1] if ended is Ended.PROVEN else float(radius[min(low, radius.size - 1)])
    return Plan(best[0], best[1], bound, ended, watch.seconds, rows=case.points)


def _serves_all(case: Case, cover: Goal, watch: Watch, *, refuse: bool) -> tuple[Ended, Long | None]:
    """Find sites within the bounds that serve everybody within a radius, the greedy choice first."""
    try:
        flows = Flows(case, cover)
        _refuse_lost(case, cover, flows)
        begun = _begun(case, cover, flows)
        if begun is not None:
            return Ended.PROVEN, begun.sites
        plan = _assigned(case, cover, watch.quietly())
    except InfeasibleError:
        over = watch.over
        if refuse and over is None:
            raise
        return Ended.INFEASIBLE if over is None else over, None
    return Ended.PROVEN, plan.sites
