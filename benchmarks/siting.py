"""Siting: the greedy choice, the model and the proof, on points scattered at random and on Porto."""

from __future__ import annotations

import time

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.places import SEED, Porto, positions_on, seconds_of, snapshot_on, tell
from stations.questions.siting import (
    Candidate,
    CandidateQuery,
    Case,
    Goal,
    Objective,
    Plan,
    SitingQuery,
    Watch,
    explain,
    ground,
    solve_exactly,
    solve_greedily,
)
from stations.questions.siting.model import cover_most, merged

SCATTERED = (
    (100, 100_000, 0.1, 10, 15.0),
    (100, 100_000, 0.2, 10, 15.0),
    (500, 10_000, 0.05, 20, 5.0),
    (500, 10_000, 0.1, 20, 5.0),
)
"""Candidates, points, how far one reaches in a square of one, sites, seconds wanted."""

LONGEST_S = 60.0


def run(porto: Porto) -> None:
    """Measure covering on random points, then every objective on streets."""
    for candidates, points, near, sites, wanted in SCATTERED:
        scattered(candidates, points, near, sites, wanted)
    on_streets(porto)


def case_of(candidates: int, points: int, near: float) -> Case:
    """Candidates and points anywhere in a square of one."""
    dice = np.random.default_rng(SEED)
    here, there = dice.random((points, 2)), dice.random((candidates, 2))
    pairs = cKDTree(here).sparse_distance_matrix(cKDTree(there), near, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs["j"], pairs["v"], pairs["i"]))]
    start = np.concatenate(([0], np.cumsum(np.bincount(pairs["i"], minlength=points))))
    none = np.zeros(candidates, bool)
    return Case(
        start=start,
        site=pairs["j"].astype(np.int32),
        metres=pairs["v"],
        weight=dice.integers(1, 100, points).astype(float),
        kept=none,
        forced=none,
        forbidden=none,
        cost=np.ones(candidates),
        capacity=np.full(candidates, np.inf),
        serves=np.ones((1, candidates), bool),
        period_weight=np.ones(1),
    )


def scattered(candidates: int, points: int, near: float, sites: int, wanted: float) -> None:
    """Maximal covering from data to proof."""
    case, goal = case_of(candidates, points, near), Goal(Objective.MOST, limit_m=near, sites=sites)
    name = f"{candidates} x {points:,}, {sites} sites, reach {near:g}"
    tell(f"{name}: greedy", f"{seconds_of(lambda: solve_greedily(case, goal)):.3f} s", "at most 0.3 s")
    tell(
        f"{name}: model",
        f"{seconds_of(lambda: cover_most(case, goal, merged(case, goal)), 3):.3f} s",
        "less than proof",
    )
    plan = solve_exactly(case, goal, Watch(time_s=LONGEST_S))
    tell(f"{name}: proof, {plan.rows:,} rows", f"{plan.seconds:.2f} s, {said(plan)}", f"at most {wanted:g} s")


def on_streets(porto: Porto) -> None:
    """Every objective among 500 candidates on Porto, with stations that stand, from click to explanation."""
    atlas = porto.atlas()
    if atlas is None:
        return
    snapshot = snapshot_on(atlas, 50)
    given = tuple(Candidate(f"c{number}", at) for number, at in enumerate(positions_on(atlas, 500)))
    for objective in (Objective.MOST, Objective.FEWEST):
        query = SitingQuery(
            objective,
            candidates=CandidateQuery(given=given),
            sites=20 if objective is Objective.MOST else None,
            share=0.5,
        )
        begun = time.perf_counter()
        grounded = ground(query, snapshot, atlas)
        plan = solve_exactly(grounded.case, grounded.goal, Watch(time_s=LONGEST_S))
        explain(grounded, plan)
        spent = time.perf_counter() - begun
        tell(f"Porto, 500 candidates, {objective}: in all", f"{spent:.2f} s, {said(plan)}", "")


def said(plan: Plan) -> str:
    """How a search ended."""
    return "proven" if plan.proven else f"gap {100.0 * plan.gap:.2f} %"
