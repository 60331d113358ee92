"""The answer of siting: each site in order of what it adds, who gains, what one more would bring, how firm it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.atlas import Atlas
from geodata.lonlat import Float
from stations.errors import InfeasibleError
from stations.questions.coverage.serving import counted_of
from stations.questions.siting.candidates import BARE, premises_near
from stations.questions.siting.exact import solve_exactly, solve_greedily
from stations.questions.siting.gains import Gain, shares_covered
from stations.questions.siting.grounding import Ground, ground
from stations.questions.siting.linear import Watch
from stations.questions.siting.outlook import CurvePoint, Firmness, curve, firmness, next_gains
from stations.questions.siting.plan import Plan
from stations.questions.siting.problem import Candidate, SitingQuery
from stations.questions.siting.spots import spots_of
from stations.registry.snapshot import Snapshot

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
        From 0 sites on: greedy choices, and the plan itself.
    left_out
        Demand that nothing reaches and that was left out.
    off_street
        Candidates with no street near, or with nobody within reach.
    dated
        Stations that serve on given dates alone, and so are not built upon, as no moment is asked for.
    unsure
        Stations whose hours at a moment that is asked for are not known, and so are not built upon then.
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
    off_street: tuple[Candidate, ...]
    dated: int
    unsure: int
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
    """Say of demand that nobody can reach, or serve, where most of it is."""
    if not fault.points:
        return fault
    places = " / ".join(spot.called for spot in spots_of(fault.points, grounded.atlas, grounded.layer)[:PLACES_NAMED])
    unit = grounded.layer.demand.unit
    if "most" in fault.values:
        return InfeasibleError(
            "All candidates and stations together can serve {most:,.0f} of {wanted:,.0f} {unit}: their capacity is too "
            "small, or lies elsewhere. Most of those left over are in: {places}. Add candidates or capacity there, or "
            "ask for less.",
            points=fault.points,
            unit=unit,
            places=places,
            **{key: fault.values[key] for key in ("most", "wanted")},
        )
    return InfeasibleError(
        "{lost:,.0f} of {total:,.0f} {unit} at {count} points cannot be reached from any candidate or station, so at "
        "most {share:.2%} can be covered. Most of it is in: {places}. Ask for less, give more minutes, add "
        "candidates there, or leave it out.",
        points=fault.points,
        unit=unit,
        places=places,
        **{key: fault.values[key] for key in ("lost", "total", "count", "share")},
    )


def explain(grounded: Ground, plan: Plan) -> SitingAnswer:
    """Say of a plan what each site adds, who gains, what comes next and how firm it is."""
    case, goal = grounded.case, grounded.goal
    gain = Gain(case, goal, plan.sites)
    covers = gain.covers
    chosen = plan.sites.tolist()
    wanted, sums = gain.in_order([one for one in chosen if case.forced[one]], ())
    rest, totals = gain.in_order([one for one in chosen if not case.forced[one]], wanted)
    order, totals = wanted + rest, sums + totals
    before = gain.of(())
    after = totals[-1] if totals else before
    return SitingAnswer(
        query=grounded.query,
        plan=plan,
        unit=grounded.layer.demand.unit,
        demand=case.total,
        before=before if covers else -before,
        after=after if covers else -after,
        steps=tuple(_steps(grounded, gain, order, totals, before)),
        townships=_townships(grounded, plan),
        further=_further(grounded, plan),
        curve=curve(case, goal, plan, before, totals),
        firmness=firmness(grounded, plan),
        candidates=len(grounded.candidates),
        left_out=float(grounded.layer.demand.weight[grounded.left_out].sum()),
        off_street=_nobody_near(grounded),
        dated=_left_out_for_dates(grounded),
        unsure=_left_out_for_hours(grounded),
        revision=grounded.snapshot.revision,
        digest=grounded.atlas.digest,
    )


def _left_out_for_dates(grounded: Ground) -> int:
    query, snapshot = grounded.query, grounded.snapshot
    if not query.keep or query.moments or query.coverage.at is not None:
        return 0
    return int(snapshot.dated[snapshot.active_rows].sum())


def _left_out_for_hours(grounded: Ground) -> int:
    query, snapshot = grounded.query, grounded.snapshot
    if not query.keep:
        return 0
    unsure = np.zeros(snapshot.active_rows.size, bool)
    moments = [replace(query.coverage, at=one.at) for one in query.moments] or [query.coverage]
    for asked in moments:
        unsure |= counted_of(asked, snapshot).perhaps
    return int(unsure.sum())


def _nobody_near(grounded: Ground) -> tuple[Candidate, ...]:
    keys = frozenset(grounded.off_street)
    return tuple(one for one in grounded.candidates if one.key in keys)


def _steps(grounded: Ground, gain: Gain, order: list[int], totals: list[float], before: float) -> list[Step]:
    case = grounded.case
    sign = 1.0 if gain.covers else -1.0
    steps = []
    for at, (one, total, lost) in enumerate(zip(order, totals, gain.lost(order), strict=True)):
        chosen = grounded.candidate(one)
        township = grounded.atlas.townships.township_at(chosen.position)
        near = premises_near(chosen.position, grounded.atlas) if chosen.kind in BARE else None
        steps.append(
            Step(
                candidate=chosen,
                township=-1 if township is None else township,
                wanted=bool(case.forced[one]),
                cost=float(case.cost[one]),
                adds=total - (totals[at - 1] if at else before),
                total=sign * total,
                alone=lost,
                premises=near[0] if near else None,
                premises_m=near[1] if near else None,
            )
        )
    return steps


def _townships(grounded: Ground, plan: Plan) -> tuple[TownshipGain, ...]:
    case = grounded.case
    group = grounded.layer.demand.township.astype(np.int64) + 1
    townships = grounded.atlas.townships
    groups = len(townships.names) + 1

    def summed(share: Float | float) -> Float:
        return np.bincount(group, weights=case.weight * share, minlength=groups).astype(np.float64)

    demand = summed(1.0)
    before, after = (summed(share) for share in shares_covered(case, grounded.goal, plan.sites))
    named = [(at, townships.codes[at - 1], townships.names[at - 1]) for at in range(1, groups)]
    if demand[0] > 0:
        named.append((0, "", ""))
    return tuple(
        TownshipGain(code, name, float(demand[at]), float(before[at]), float(after[at])) for at, code, name in named
    )


def _further(grounded: Ground, plan: Plan, most: int = 3) -> tuple[tuple[Candidate, float], ...]:
    """What would add most to the plan: by covering, or by what is saved of the mean or the farthest way."""
    case, goal = grounded.case, grounded.goal
    gains = next_gains(case, goal, plan.sites)
    best = np.argsort(-gains, kind="stable")[:most]
    return tuple((grounded.candidate(one), float(gains[one])) for one in best.tolist() if gains[one] > 0)
