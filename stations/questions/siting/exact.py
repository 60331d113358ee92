"""The proven choice: what HiGHS finds, begun with the greedy one, with the bound that no choice can beat."""

from __future__ import annotations

import numpy as np

from geodata.lonlat import Float
from stations.questions.siting.capacities import assign, served_at_once
from stations.questions.siting.case import Case, Goal, Long, check
from stations.questions.siting.center import center
from stations.questions.siting.greedy import Greedy, Ways, cover_greedily, save_greedily, share_greedily, whole_cost
from stations.questions.siting.linear import Ended, Progress, Watch, solve
from stations.questions.siting.median import median
from stations.questions.siting.model import SCALE, Rows, cover_most, cover_share, free, merged, settled
from stations.questions.siting.plan import Plan, too_few, unreachable, value_of
from stations.questions.siting.problem import Objective
from stations.questions.siting.swaps import paired, swapped


def solve_exactly(case: Case, goal: Goal, watch: Watch | None = None) -> Plan:
    """Find the best choice, and prove it.

    Parameters
    ----------
    watch
        For how long, what is told meanwhile, whether to stop. A search that is ended gives the best so far with the
        bound that was proven until then.

    Raises
    ------
    SitingError
        A question that does not go together.
    InfeasibleError
        No choice does what is wanted; said of which demand, or by how much.
    """
    watch = Watch() if watch is None else watch
    check(case, goal)
    if case.capacitated:
        return assign(case, goal, watch)
    match goal.objective:
        case Objective.MOST:
            return _most(case, goal, watch)
        case Objective.FEWEST:
            return _fewest(case, goal, watch)
        case Objective.MEDIAN:
            return median(case, goal, watch)
        case Objective.CENTER:
            return center(case, goal, watch)


def solve_greedily(case: Case, goal: Goal) -> tuple[Plan, Greedy]:
    """Choose greedily, at once: the plan, and the sites in the order in which they were taken.

    For the mean and the farthest way capacities are not regarded: a site counts for all that it reaches.

    Raises
    ------
    SitingError, InfeasibleError
        As `solve_exactly`.
    """
    watch = Watch()
    check(case, goal)
    forced = np.flatnonzero(case.forced & ~case.kept)
    rows = None
    if case.capacitated and goal.objective in {Objective.MOST, Objective.FEWEST}:
        return served_at_once(case, goal)
    if goal.objective is Objective.MEDIAN:
        ways = Ways(case, goal, np.flatnonzero(free(case)), settled(case))
        found = save_greedily(case, goal, ways)
    elif goal.objective is Objective.CENTER:
        plan = center(case, goal, watch, quick=True)
        return plan, Greedy(plan.sites, np.full(plan.sites.size, np.nan), None, plan.bound)
    else:
        rows = merged(case, goal, prune=False)
        if goal.objective is Objective.FEWEST:
            _refuse_unreached(case, goal, rows)
            found = share_greedily(case, goal, rows)
            _refuse_short(case, goal, rows, found)
        else:
            found = paired(case, goal, rows, cover_greedily(case, goal, rows))
    sites = np.sort(np.concatenate((forced, found.sites)))
    value = value_of(case, goal, sites)
    plan = Plan(
        sites=sites,
        value=value,
        bound=max(found.bound, value) if goal.objective is Objective.MOST else min(found.bound, value),
        ended=None,
        seconds=watch.seconds,
        guarantee=found.guarantee,
        rows=0 if rows is None else rows.size,
        merged=0 if rows is None else rows.merged,
    )
    return plan, found


def _most(case: Case, goal: Goal, watch: Watch) -> Plan:
    rows = merged(case, goal)
    greedy = swapped(case, goal, rows, cover_greedily(case, goal, rows))
    least = rows.covered(_mask(rows, greedy.sites))
    if least >= greedy.bound * (1.0 - 1e-12):
        sites = _all_sites(case, rows.candidate[_needed(rows, _mask(rows, greedy.sites))])
        value = value_of(case, goal, sites)
        return _plan(rows, sites, value, value, Ended.PROVEN, watch)
    program = cover_most(case, goal, rows)
    unit = case.total / SCALE

    def told(value: float, bound: float) -> Progress:
        return Progress(
            watch.seconds, max(rows.always - value * unit, least), min(rows.always - bound * unit, greedy.bound)
        )

    # Begun without the greedy choice: HiGHS is several times as slow when it is handed one, but where points need two.
    start = _with_rows(rows, greedy.sites) if (rows.need > 1).any() else None
    found = solve(program, watch, start, told)
    chosen = _chosen(rows, found.x)
    if chosen is None or rows.covered(chosen) < rows.covered(_mask(rows, greedy.sites)):
        chosen = _mask(rows, greedy.sites)
    sites = _all_sites(case, rows.candidate[_needed(rows, chosen)])
    value = value_of(case, goal, sites)
    bound = value if found.ended is Ended.PROVEN else max(rows.always - found.bound * unit, value)
    bound = max(min(bound, greedy.bound), value)
    return _plan(rows, sites, value, bound, found.ended, watch)


def _fewest(case: Case, goal: Goal, watch: Watch) -> Plan:
    rows = merged(case, goal)
    _refuse_unreached(case, goal, rows)
    greedy = share_greedily(case, goal, rows)
    base = float(case.cost[case.forced & ~case.kept].sum())
    mask = _mask(rows, greedy.sites)
    enough = rows.covered(mask) >= _wanted(case, goal, rows)
    if enough and base + float(case.cost[rows.candidate] @ mask) <= greedy.bound + 1e-9:
        sites = _all_sites(case, rows.candidate[mask])
        value = value_of(case, goal, sites)
        return _plan(rows, sites, value, value, Ended.PROVEN, watch)
    program = cover_share(case, goal, rows)
    start = None
    if enough:
        start = mask.astype(float) if goal.share >= 1.0 else _with_rows(rows, greedy.sites)

    def told(value: float, bound: float) -> Progress:
        return Progress(watch.seconds, base + value, base + bound)

    found = solve(program, watch, start, told)
    if found.ended is Ended.INFEASIBLE:
        raise too_few(goal)
    chosen = _chosen(rows, found.x)
    cost = case.cost[rows.candidate]
    if chosen is None or (enough and float(cost @ mask) < float(cost @ chosen) - 1e-9):
        if not enough:
            raise too_few(goal)
        chosen = mask
    sites = _all_sites(case, rows.candidate[chosen])
    value = value_of(case, goal, sites)
    bound = max(whole_cost(case, base + found.bound), greedy.bound)
    ended = found.ended
    if bound >= value - 1e-9:
        ended = Ended.PROVEN
    return _plan(rows, sites, value, value if ended is Ended.PROVEN else bound, ended, watch)


def _wanted(case: Case, goal: Goal, rows: Rows) -> float:
    whole = rows.always + float(rows.weight.sum())
    return (whole if goal.share >= 1.0 else goal.share * case.total) - 1e-9 * case.total


def _refuse_unreached(case: Case, goal: Goal, rows: Rows) -> None:
    if rows.never > 0 and case.total - rows.never < goal.share * case.total * (1.0 - 1e-12):
        raise unreachable(case, rows.unreached, rows.never)


def _refuse_short(case: Case, goal: Goal, rows: Rows, found: Greedy) -> None:
    if rows.covered(_mask(rows, found.sites)) < _wanted(case, goal, rows):
        raise too_few(goal)


def _mask(rows: Rows, sites: Long) -> np.ndarray:
    return np.isin(rows.candidate, sites)


def _chosen(rows: Rows, x: Float | None) -> np.ndarray | None:
    return None if x is None else x[: rows.candidate.size] > 0.5


def _with_rows(rows: Rows, sites: Long) -> Float:
    """What a choice makes of all variables of a program of covering."""
    mask = _mask(rows, sites)
    covered = rows.matrix @ mask.astype(float) >= rows.need - 0.5
    return np.concatenate((mask, covered)).astype(float)


def _needed(rows: Rows, chosen: np.ndarray) -> np.ndarray:
    """The same without candidates that add nothing to the others, the last first."""
    kept = chosen.copy()
    whole = rows.covered(kept)
    for one in np.flatnonzero(chosen)[::-1]:
        kept[one] = False
        if rows.covered(kept) < whole:
            kept[one] = True
    return kept


def _all_sites(case: Case, chosen: Long) -> Long:
    return np.sort(np.concatenate((np.flatnonzero(case.forced & ~case.kept), chosen)))


def _plan(rows: Rows, sites: Long, value: float, bound: float, ended: Ended, watch: Watch) -> Plan:
    return Plan(sites, value, bound, ended, watch.seconds, None, rows.size, rows.merged, int(rows.dominated.shape[0]))
