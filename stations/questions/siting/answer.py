"""The answer of siting: each site in order of what it adds, who gains, what one more would bring, how firm it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geodata.atlas import Atlas
from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.errors import InfeasibleError, SitingError
from stations.questions.coverage.sureness import OTHER_SPEEDS, SPEEDS_KMH
from stations.questions.siting.candidates import BARE, premises_near
from stations.questions.siting.capacities import served_by
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.exact import solve_exactly, solve_greedily
from stations.questions.siting.grounding import Ground, ground
from stations.questions.siting.linear import Watch
from stations.questions.siting.plan import Plan, covered_share, standing, value_of
from stations.questions.siting.problem import Candidate, Objective, SitingQuery
from stations.registry.snapshot import Snapshot

LONGEST_CURVE = 30
"""Sites to which the curve is drawn at most."""

PLACES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A site that was chosen. Gains are demand, or metres that the mean or the farthest way gets shorter.

    Attributes
    ----------
    township
        Index of the township it stands in; -1 outside all.
    wanted
        Whether it was wanted for certain.
    adds, total
        What it adds to those before it, and what there is with it: demand covered, or metres.
    alone
        What is lost when it is left out and all others stay.
    premises, premises_m
        Of a bare point the nearest premises of the atlas, and straight metres; None where there are none, and for
        what is premises itself.
    """

    candidate: Candidate
    township: int
    wanted: bool
    cost: float
    adds: float
    total: float
    alone: float
    premises: Candidate | None = None
    premises_m: float | None = None


@dataclass(frozen=True, slots=True)
class TownshipGain:
    """Demand of a township that is covered within the minutes, before and after; without code and name: outside all."""

    code: str
    name: str
    demand: float
    before: float
    after: float

    @property
    def gained(self) -> float:
        """What it gains."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many sites bring, chosen greedily: demand covered, or metres."""

    sites: int
    value: float


@dataclass(frozen=True, slots=True)
class Firmness:
    """How the choice does if one thing is otherwise.

    Attributes
    ----------
    speed_kmh, moment
        What is otherwise: the speed, or that this moment of the question alone counts, by its number.
    covered
        Demand that the chosen sites cover then.
    best
        What a greedy choice made for it covers; never less than ``covered`` by the same sites.
    stays
        How many of the chosen sites that choice has, too.
    """

    speed_kmh: float | None
    moment: int | None
    covered: float
    best: float
    stays: int


@dataclass(frozen=True, eq=False)
class SitingAnswer:
    """What siting found. Demand is in ``unit``.

    Attributes
    ----------
    before, after
        Demand covered, or metres (`Objective.MEDIAN`, `CENTER`), today and with all sites; infinite metres where
        somebody reaches no station today.
    steps
        Those wanted for certain first, then each that adds most to the ones before.
    further
        The candidates that would add most as the next one: each with what it adds.
    curve
        From 0 sites on, chosen greedily.
    left_out
        Demand that nothing reaches and that was left out.
    off_street
        Keys of candidates with no street near.
    """

    query: SitingQuery
    plan: Plan
    unit: str
    demand: float
    before: float
    after: float
    steps: tuple[Step, ...]
    townships: tuple[TownshipGain, ...]
    further: tuple[tuple[Candidate, float], ...]
    curve: tuple[CurvePoint, ...]
    firmness: tuple[Firmness, ...]
    candidates: int
    left_out: float
    off_street: tuple[str, ...]
    revision: int
    digest: str


def site(query: SitingQuery, snapshot: Snapshot, atlas: Atlas, watch: Watch | None = None) -> SitingAnswer:
    """Choose, prove, and explain.

    Parameters
    ----------
    watch
        For how long to search, what is told meanwhile, whether to stop.

    Raises
    ------
    SitingError, InfeasibleError, QuestionError, WhatIfError, UnknownModeError, LayerError
        What is wrong with the question, or why there is no answer, and where.
    """
    grounded = ground(query, snapshot, atlas)
    try:
        plan = solve_exactly(grounded.case, grounded.goal, watch)
    except InfeasibleError as fault:
        raise with_places(fault, grounded) from fault
    return explain(grounded, plan)


def site_at_once(query: SitingQuery, snapshot: Snapshot, atlas: Atlas) -> SitingAnswer:
    """Choose greedily and explain: the first picture; raises as `site`."""
    grounded = ground(query, snapshot, atlas)
    try:
        plan, _ = solve_greedily(grounded.case, grounded.goal)
    except InfeasibleError as fault:
        raise with_places(fault, grounded) from fault
    return explain(grounded, plan)


def with_places(fault: InfeasibleError, grounded: Ground) -> InfeasibleError:
    """Say of demand that nobody can reach in which townships most of it is."""
    if not fault.points:
        return fault
    points = np.array(fault.points)
    names = ("", *grounded.atlas.townships.names)
    group = grounded.layer.demand.township[points].astype(np.int64) + 1
    lost = np.bincount(group, weights=grounded.layer.demand.weight[points], minlength=len(names))
    worst = [at for at in np.argsort(-lost, kind="stable")[:PLACES_NAMED].tolist() if lost[at] > 0 and names[at]]
    if not worst:
        return fault
    return InfeasibleError(
        "{lost:,.0f} of {total:,.0f} demand at {count} points cannot be reached from any candidate or station, so at "
        "most {share:.2%} can be covered. Most of it is in: {places}. Ask for less, give more minutes, add "
        "candidates there, or leave it out.",
        points=fault.points,
        places=", ".join(names[at] for at in worst),
        **{key: fault.values[key] for key in ("lost", "total", "count", "share")},
    )


def explain(grounded: Ground, plan: Plan) -> SitingAnswer:
    """Say of a plan what each site adds, who gains, what comes next and how firm it is."""
    case, goal = grounded.case, grounded.goal
    small = _only(case, plan.sites)
    covers = goal.objective in {Objective.MOST, Objective.FEWEST}
    gain = _Gain(small, goal)
    order, totals = _in_order(small, plan.sites, gain)
    before, after = gain.of(np.empty(0, np.int64)), gain.of(plan.sites)
    return SitingAnswer(
        query=grounded.query,
        plan=plan,
        unit=grounded.layer.demand.unit,
        demand=case.total,
        before=before if covers else -before,
        after=after if covers else -after,
        steps=tuple(_steps(grounded, small, gain, order, totals, before)),
        townships=_townships(grounded, small, plan),
        further=_further(grounded, plan),
        curve=_curve(case, goal),
        firmness=_firmness(grounded, plan) if covers else (),
        candidates=len(grounded.candidates),
        left_out=float(grounded.layer.demand.weight[grounded.left_out].sum()),
        off_street=grounded.off_street,
        revision=grounded.snapshot.revision,
        digest=grounded.atlas.digest,
    )


def _only(case: Case, sites: Long) -> Case:
    """The case with what stands and some sites alone, so that counting again and again is quick."""
    there = standing(case, sites)
    places, first = case.entries(np.inf, there)
    return replace(case, start=first, site=case.site[places], metres=case.metres[places])


class _Gain:
    """What sites are worth, the more the better: demand covered, or metres with a minus."""

    def __init__(self, case: Case, goal: Goal) -> None:
        self.case, self.goal = case, goal
        self.covers = goal.objective in {Objective.MOST, Objective.FEWEST}
        self.value: Callable[[Long], float] = self._served if case.capacitated and self.covers else self._plain

    def of(self, sites: Long) -> float:
        """What some sites are worth."""
        return self.value(np.sort(sites))

    def _served(self, sites: Long) -> float:
        return served_by(self.case, self.goal, sites)

    def _plain(self, sites: Long) -> float:
        if self.covers:
            return value_of(self.case, replace(self.goal, objective=Objective.MOST), sites)
        return -value_of(self.case, self.goal, sites)


def _in_order(case: Case, sites: Long, gain: _Gain) -> tuple[list[int], list[float]]:
    """Those wanted for certain first, then always the one that adds most: sites, and what there is with each."""
    order: list[int] = []
    totals: list[float] = []
    left = sites.tolist()
    for group in ([one for one in left if case.forced[one]], [one for one in left if not case.forced[one]]):
        rest = list(group)
        while rest:
            values = [gain.of(np.array([*order, one])) for one in rest]
            best = int(np.argmax(values))
            order.append(rest.pop(best))
            totals.append(values[best])
    return order, totals


def _steps(
    grounded: Ground, case: Case, gain: _Gain, order: list[int], totals: list[float], before: float
) -> list[Step]:
    sign = 1.0 if gain.covers else -1.0
    everything = totals[-1] if totals else before
    steps = []
    for at, (one, total) in enumerate(zip(order, totals, strict=True)):
        chosen = grounded.candidate(one)
        township = grounded.atlas.townships.township_at(chosen.position)
        near = premises_near(chosen.position, grounded.atlas) if chosen.kind in BARE else None
        others = np.array([other for other in order if other != one], np.int64)
        steps.append(
            Step(
                candidate=chosen,
                township=-1 if township is None else township,
                wanted=bool(case.forced[one]),
                cost=float(case.cost[one]),
                adds=total - (totals[at - 1] if at else before),
                total=sign * total,
                alone=everything - gain.of(others),
                premises=near[0] if near else None,
                premises_m=near[1] if near else None,
            )
        )
    return steps


def _townships(grounded: Ground, case: Case, plan: Plan) -> tuple[TownshipGain, ...]:
    group = grounded.layer.demand.township.astype(np.int64) + 1
    townships = grounded.atlas.townships
    groups = len(townships.names) + 1

    def summed(share: Float | float) -> Float:
        return np.bincount(group, weights=case.weight * share, minlength=groups).astype(np.float64)

    demand = summed(1.0)
    before = summed(covered_share(case, grounded.goal, case.kept))
    after = summed(covered_share(case, grounded.goal, standing(case, plan.sites)))
    named = [(at, townships.codes[at - 1], townships.names[at - 1]) for at in range(1, groups)]
    if demand[0] > 0:
        named.append((0, "", ""))
    return tuple(
        TownshipGain(code, name, float(demand[at]), float(before[at]), float(after[at])) for at, code, name in named
    )


def _further(grounded: Ground, plan: Plan, most: int = 3) -> tuple[tuple[Candidate, float], ...]:
    """What would add most to the plan, by covering or by what is saved of the mean way; nothing for `CENTER`."""
    case, goal = grounded.case, grounded.goal
    gains = next_gains(case, goal, plan.sites)
    best = np.argsort(-gains, kind="stable")[:most]
    return tuple((grounded.candidate(one), float(gains[one])) for one in best.tolist() if gains[one] > 0)


def next_gains(case: Case, goal: Goal, sites: Long) -> Float:
    """What each site would add to a plan, float64 [S]: demand, or metres of the mean way; 0 for those in it."""
    there = standing(case, sites)
    free = case.candidates & ~there
    gains = np.zeros(case.sites)
    if goal.objective is Objective.CENTER:
        return gains
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


def _curve(case: Case, goal: Goal) -> tuple[CurvePoint, ...]:
    """What 0, 1, 2 and more sites bring when they are chosen greedily, to a little beyond the number asked for."""
    if goal.objective is Objective.CENTER:
        return ()
    aim = Objective.MEDIAN if goal.objective is Objective.MEDIAN else Objective.MOST
    forced = int((case.forced & ~case.kept).sum())
    most = min(max((goal.sites or 0) + 1, LONGEST_CURVE, forced), int(case.candidates.sum()))
    asked = replace(goal, objective=aim, budget=None, sites=most)
    try:
        _, found = solve_greedily(case, asked)
    except SitingError:
        return ()
    begin = value_of(case, asked, np.flatnonzero(case.forced & ~case.kept))
    signed = -found.adds / case.total if aim is Objective.MEDIAN else found.adds
    values = begin + np.concatenate(([0.0], np.cumsum(signed)))
    return tuple(CurvePoint(forced + at, float(value)) for at, value in enumerate(values.tolist()))


def _firmness(grounded: Ground, plan: Plan) -> tuple[Firmness, ...]:
    """Ask again at the slowest and the fastest that people go, and at each moment alone."""
    case, goal = grounded.case, grounded.goal
    mode = grounded.atlas.network(grounded.query.coverage.mode).mode
    speeds = SPEEDS_KMH.get(mode.key, tuple(mode.speed_kmh * share for share in OTHER_SPEEDS))
    found = []
    for speed in speeds:
        at = replace(goal, limit_m=goal.limit_m * speed / 3.6 / grounded.speed_ms)
        found.append(_otherwise(case, at, plan, speed, None))
    moments = grounded.query.moments
    if len(moments) > 1:
        wishes = case.serves.shape[0] // len(moments)
        for number in range(len(moments)):
            some = slice(number * wishes, (number + 1) * wishes)
            weights = case.period_weight[some]
            if weights.sum() > 0:
                then = replace(case, serves=case.serves[some], period_weight=weights / weights.sum())
                found.append(_otherwise(then, goal, plan, None, number))
    return tuple(one for one in found if one is not None)


def _otherwise(case: Case, goal: Goal, plan: Plan, speed: float | None, moment: int | None) -> Firmness | None:
    cover = replace(goal, objective=Objective.MOST, sites=max(plan.sites.size, 1), budget=goal.budget)
    covered = value_of(case, cover, plan.sites)
    try:
        other, _ = solve_greedily(case, cover)
    except SitingError:
        return Firmness(speed, moment, covered, covered, int(plan.sites.size))
    stays = int(np.isin(plan.sites, other.sites).sum())
    return Firmness(speed, moment, covered, max(other.value, covered), stays)
