"""What comes next: what one more site would bring, the curve, and how the choice does if something is otherwise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.errors import SitingError
from stations.questions.coverage.sureness import OTHER_SPEEDS, SPEEDS_KMH
from stations.questions.siting.case import Bool, Case, Goal, Long
from stations.questions.siting.exact import solve_greedily
from stations.questions.siting.gains import COVERING, Gain
from stations.questions.siting.grounding import Ground, serving_at
from stations.questions.siting.plan import Plan, nearest_m, standing
from stations.questions.siting.problem import Objective
from stations.questions.siting.serving import gains_served

LONGEST_CURVE = 30
"""Sites to which the curve is drawn at most."""

ORDINARY_HOURS = (datetime(2026, 3, 4, 12, 30), datetime(2026, 3, 4, 22), datetime(2026, 3, 8, 12, 30))  # noqa: DTZ001
"""Noon and late evening of a Wednesday, and a Sunday's noon, on the stations' clocks: of a week far from holidays, and
for ever the same one, so that a plan that was saved says the same whenever it is opened."""

FARTHEST = 500
"""Points who have it farthest that are looked at for what the next site would bring."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many sites bring at least: demand covered, or metres at most.

    Attributes
    ----------
    proven
        Whether it is proven that no choice of so many brings more; otherwise it is what a greedy choice brings.
    """

    sites: int
    value: float
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Firmness:
    """How the choice does if one thing is otherwise.

    Attributes
    ----------
    speed_kmh, moment
        What is otherwise: the speed, or that this moment of the question alone counts, by its number.
    covered
        Demand that the chosen sites cover then; metres for `Objective.MEDIAN` and `CENTER`.
    best
        The same of a greedy choice made for it, or of the chosen sites where that is no better.
    stays
        How many of the chosen sites that choice has, too.
    at
        An hour of an ordinary week at which stations must be open, where that is otherwise.
    """

    speed_kmh: float | None
    moment: int | None
    covered: float
    best: float
    stays: int
    at: datetime | None = None


def next_gains(case: Case, goal: Goal, sites: Long) -> Float:
    """What each site would add to a plan, float64 [S]: demand, or metres of the way; 0 for those in it.

    Of ways capacities are not regarded.
    """
    if case.capacitated and goal.objective in COVERING:
        return gains_served(case, goal, sites)
    there = standing(case, sites)
    free = case.candidates & ~there
    gains = np.zeros(case.sites)
    if goal.objective is Objective.CENTER:
        return _nearer(case, there, free)
    for serving, share in case.periods:
        if goal.objective is Objective.MEDIAN:
            now = np.full(case.points, goal.beyond_m)
            places, first = case.entries(goal.beyond_m, serving & there)
            has = np.flatnonzero(np.diff(first))
            now[has] = case.metres[places[first[has]]]
            places, first = case.entries(goal.beyond_m, serving & free)
            point = np.repeat(np.arange(case.points), np.diff(first))
            saved = np.maximum(now[point] - case.metres[places], 0.0) * case.weight[point]
            gains += share * np.bincount(case.site[places], weights=saved, minlength=case.sites) / case.total
            continue
        _, first = case.entries(goal.limit_m, serving & there)
        missing = np.diff(first) == goal.times - 1
        places, first = case.entries(goal.limit_m, serving & free)
        some = np.flatnonzero(missing)
        taken = places[expand_runs(first[some], first[some + 1])]
        weight = np.repeat(case.weight[some], np.diff(first)[some])
        gains += share * np.bincount(case.site[taken], weights=weight, minlength=case.sites)
    return gains


def _nearer(case: Case, there: Bool, free: Bool) -> Float:
    """By how much each free site would shorten the farthest way, float64 [S]: at least that."""
    now = nearest_m(case, there)
    now[:, case.weight <= 0] = 0.0
    farthest = float(now.max(initial=0.0))
    # A site helps only if it is nearer to all who have it farthest, so a few of these are looked at.
    few = min(FARTHEST, case.points)
    saved = np.where(free, farthest, 0.0)
    for at, (serving, _) in enumerate(case.periods):
        order = np.argsort(-now[at], kind="stable")
        point = order[:few]
        left = np.broadcast_to(now[at, point][:, None], (few, case.sites)).copy()
        entries = expand_runs(case.start[point], case.start[point + 1])
        row = np.repeat(np.arange(few), np.diff(case.start)[point])
        some = (serving & free)[case.site[entries]]
        left[row[some], case.site[entries[some]]] = np.minimum(now[at, point[row[some]]], case.metres[entries[some]])
        rest = float(now[at, order[few]]) if few < case.points else 0.0
        saved = np.minimum(saved, farthest - np.maximum(left.max(axis=0, initial=0.0), rest))
    return np.where(free & np.isfinite(saved), np.maximum(saved, 0.0), 0.0)


def curve(case: Case, goal: Goal, plan: Plan, begin: float, totals: list[float]) -> tuple[CurvePoint, ...]:
    """What 0, 1, 2 and more sites bring, to a little beyond the number asked for.

    At each number the best that is known: chosen greedily, or the plan's sites in their order, or the plan and more
    chosen greedily to it. Of the farthest way only the plan's own order is known.

    Parameters
    ----------
    begin, totals
        What the plan brings without any site, and with each in its order; the more the better.
    """
    forced = int((case.forced & ~case.kept).sum())
    found = {at: value for at, value in enumerate((begin, *totals)) if at >= forced or not at}
    if goal.objective is not Objective.CENTER:
        aim = Objective.MEDIAN if goal.objective is Objective.MEDIAN else Objective.MOST
        most = min(max((goal.sites or 0) + 1, LONGEST_CURVE, forced), int(case.candidates.sum()))
        asked = replace(goal, objective=aim, budget=None, sites=most)
        _take_better(found, case, asked, forced)
        chosen = standing(case, plan.sites) & ~case.kept
        _take_better(found, replace(case, forced=chosen, forbidden=case.forbidden & ~chosen), asked, plan.sites.size)
    sign = 1.0 if goal.objective in {Objective.MOST, Objective.FEWEST} else -1.0
    best, points = -math.inf, []
    proven = plan.proven and goal.budget is None and goal.objective is not Objective.FEWEST
    for at in sorted(found):
        best = max(best, found[at])
        if math.isfinite(best):
            # With fewer somebody reaches no station at all.
            points.append(CurvePoint(at, sign * best, proven and at == plan.sites.size))
    return tuple(points)


def _take_better(found: dict[int, float], case: Case, goal: Goal, begun: int) -> None:
    """Choose greedily on from what is wanted for certain, and note what is better than what is known."""
    if goal.sites is None or goal.sites < max(begun, 1):
        return
    try:
        plan, greedy = solve_greedily(case, goal)
    except SitingError:
        return
    if goal.objective is Objective.MEDIAN:
        if not math.isfinite(goal.beyond_m):
            return
        adds, whole = greedy.adds / case.total, -plan.value
    else:
        adds, whole = greedy.adds, plan.value
    values = whole - float(adds.sum()) + np.concatenate(([0.0], np.cumsum(adds)))
    for at, value in enumerate(values.tolist(), begun):
        found[at] = max(found.get(at, -math.inf), value)


def firmness(grounded: Ground, plan: Plan) -> tuple[Firmness, ...]:
    """Ask again at the slowest and the fastest that people go, and at each moment alone, or at ordinary hours."""
    case, goal = grounded.case, grounded.goal
    found = []
    mode = grounded.atlas.network(grounded.query.coverage.mode).mode
    for speed in SPEEDS_KMH.get(mode.key, tuple(mode.speed_kmh * share for share in OTHER_SPEEDS)):
        faster = speed / 3.6 / grounded.speed_ms
        match goal.objective:
            case Objective.MOST | Objective.FEWEST:
                paced = replace(goal, limit_m=goal.limit_m * faster)
            case Objective.MEDIAN if grounded.query.farthest_minutes is not None:
                paced = replace(goal, beyond_m=goal.beyond_m * faster)
            case _:
                # The way is as long at every speed.
                continue
        found.append(_otherwise(case, paced, plan, speed, None))
    moments = grounded.query.moments
    if len(moments) > 1:
        wishes = case.serves.shape[0] // len(moments)
        for number in range(len(moments)):
            some = slice(number * wishes, (number + 1) * wishes)
            weights = case.period_weight[some]
            if weights.sum() > 0:
                then = replace(case, serves=case.serves[some], period_weight=weights / weights.sum())
                found.append(_otherwise(then, goal, plan, None, number))
        return tuple(found)
    for hour in ORDINARY_HOURS if plan.sites.size else ():
        at = hour.replace(tzinfo=grounded.snapshot.timezone)
        serves, weights = serving_at(grounded, at)
        then = replace(case, serves=serves, period_weight=weights)
        found.append(replace(_otherwise(then, goal, plan, None, None), at=at))
    return tuple(found)


def _otherwise(case: Case, goal: Goal, plan: Plan, speed: float | None, moment: int | None) -> Firmness:
    number = max(plan.sites.size, 1)
    if goal.objective is Objective.FEWEST:
        # As many sites as the plan has, for the most that they can cover then.
        goal = replace(goal, objective=Objective.MOST, sites=number)
    gain = Gain(case, goal, plan.sites)
    here = gain.of(plan.sites.tolist())
    sign = 1.0 if gain.covers else -1.0
    try:
        other, _ = solve_greedily(case, replace(goal, sites=number))
    except SitingError:
        return Firmness(speed, moment, sign * here, sign * here, int(plan.sites.size))
    best = Gain(case, goal, other.sites).of(other.sites.tolist())
    stays = int(np.isin(plan.sites, other.sites).sum()) if best > here else int(plan.sites.size)
    return Firmness(speed, moment, sign * here, sign * max(best, here), stays)
