"""p-center: the least radius within which so many sites cover everybody, found by halving.

Minieka (1970): for a radius it is a set covering problem, and only distances that
occur can be the answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.lonlat import Float
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.greedy import share_greedily
from stations.questions.siting.linear import Ended, Progress, Watch, solve
from stations.questions.siting.model import Rows, bounds_on, cover_share, merged
from stations.questions.siting.plan import Plan, nearest_m, too_few, unreachable, value_of
from stations.questions.siting.problem import Objective


def center(case: Case, goal: Goal, watch: Watch, *, quick: bool = False) -> Plan:
    """Find the choice for which the farthest way is least.

    Parameters
    ----------
    quick
        Judge a radius by the greedy cover alone: nothing is proven.

    Raises
    ------
    InfeasibleError
        Some demand reaches no site at all, or so many sites cannot reach everybody.
    """
    reaching = least_radius(case)
    radius = np.unique(case.metres)
    radius = radius[radius >= reaching]
    best: tuple[Long, float] | None = None
    low, high = 0, radius.size - 1
    ended = Ended.PROVEN
    biggest, first = high, True
    while low <= high:
        if (over := watch.over) is not None and best is not None:
            ended = over
            break
        # The widest first: whether there is an answer at all.
        middle = biggest if first else (low + high) // 2
        first = False
        outcome, sites = _covers(case, goal, float(radius[middle]), watch, quick=quick and middle != biggest)
        if sites is not None:
            value = value_of(case, goal, sites)
            best = (sites, value)
            high = min(int(np.searchsorted(radius, value)), middle) - 1
        elif outcome is Ended.INFEASIBLE:
            if middle == biggest:
                raise too_few(goal)
            low = middle + 1
        else:
            ended = outcome
            break
        if watch.tell is not None and best is not None:
            watch.tell(Progress(watch.seconds, best[1], float(radius[min(low, biggest)])))
    if best is None:
        raise too_few(goal)
    bound = best[1] if ended is Ended.PROVEN else float(radius[low])
    if quick:
        return Plan(best[0], best[1], reaching, None, watch.seconds)
    return Plan(best[0], best[1], bound, ended, watch.seconds, rows=case.points)


def least_radius(case: Case) -> float:
    """Metres of whoever is farthest from everything that may serve: no choice can be better."""
    most = nearest_m(case, case.kept | case.candidates)
    most[:, case.weight <= 0] = 0.0
    lost = np.flatnonzero(np.isinf(most).any(axis=0))
    if lost.size:
        shares = np.array([share for _, share in case.periods])
        weight = float((shares @ np.isinf(most)) @ case.weight)
        raise unreachable(case, lost, weight)
    return float(most.max(initial=0.0))


def _covers(case: Case, goal: Goal, radius: float, watch: Watch, *, quick: bool) -> tuple[Ended, Long | None]:
    """Find sites within the bounds that cover everybody within a radius."""
    cover = replace(goal, objective=Objective.FEWEST, limit_m=radius, share=1.0)
    # Money and number are both bounded, so the least of one of them alone decides where the other is free.
    rows = merged(case, cover)
    forced = np.flatnonzero(case.forced & ~case.kept)
    if rows.never > 0:
        return Ended.INFEASIBLE, None
    greedy = share_greedily(case, cover, rows)
    mask = np.isin(rows.candidate, greedy.sites)
    if not (rows.matrix @ mask.astype(float) < rows.need - 0.5).any():
        return Ended.PROVEN, np.sort(np.concatenate((forced, greedy.sites)))
    if quick:
        return Ended.INFEASIBLE, None
    return _proven(case, cover, rows, forced, watch)


def _proven(case: Case, cover: Goal, rows: Rows, forced: Long, watch: Watch) -> tuple[Ended, Long | None]:
    program = cover_share(case, cover, rows)
    _, most = bounds_on(case, cover, rows.candidate)
    if (most < 0).any():
        return Ended.INFEASIBLE, None
    program = replace(program, cost=_number_or_money(case, cover, rows))
    found = solve(program, watch.quietly())
    if found.x is None:
        return found.ended, None
    chosen = found.x[: rows.candidate.size] > 0.5
    return Ended.PROVEN, np.sort(np.concatenate((forced, rows.candidate[chosen])))


def _number_or_money(case: Case, cover: Goal, rows: Rows) -> Float:
    return case.cost[rows.candidate] if cover.sites is None else np.ones(rows.candidate.size)
