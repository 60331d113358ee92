"""Siting: the greedy choice, the model and the proof, on points scattered at random, on Porto Alegre and on Porto."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.places import SEED, Porto, positions_on, seconds_of, snapshot_on, tell
from geodata.atlas import Atlas
from geodata.building import build_atlas
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
from stations.registry.snapshot import Snapshot

SCATTERED = (
    (100, 100_000, 0.1, 10, 15.0),
    (100, 100_000, 0.2, 10, 15.0),
    (500, 10_000, 0.05, 20, 5.0),
    (500, 10_000, 0.1, 20, 5.0),
)
"""Candidates, points, how far one reaches in a square of one, sites, seconds wanted."""

LONGEST_S = 60.0

PROBLEMS: dict[str, dict[str, Any]] = {
    "most": {},
    "fewest for half": {"objective": Objective.FEWEST, "sites": None, "share": 0.5},
    "fewest for nine of ten": {"objective": Objective.FEWEST, "sites": None, "share": 0.9, "leave_out": True},
    "median": {"objective": Objective.MEDIAN},
    "center": {"objective": Objective.CENTER, "leave_out": True},
    "most, 15,000 for each station": {"capacity": 15_000.0},
    "most, 25,000 for each station": {"capacity": 25_000.0},
    "fewest for half, 15,000 for each": {
        "objective": Objective.FEWEST,
        "sites": None,
        "share": 0.5,
        "capacity": 15_000.0,
    },
    "median, 40,000 for each": {"objective": Objective.MEDIAN, "capacity": 40_000.0},
    "most by two": {"times": 2},
}


def run(porto: Porto) -> None:
    """Measure covering on random points, then every objective on streets."""
    for candidates, points, near, sites, wanted in SCATTERED:
        scattered(candidates, points, near, sites, wanted)
    among_people()
    on_streets(porto)
    tell("most memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


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


def among_people() -> None:
    """Every problem on Porto Alegre with its population: 20 of 500 candidates, 10 stations that stand."""
    data = os.environ.get("YIZHAN_DATA")
    extract = None if data is None else Path(data).resolve() / "osm" / "porto_alegre.osm.pbf"
    if extract is None or not extract.exists():
        print("YIZHAN_DATA does not lead to osm/porto_alegre.osm.pbf: what needs it is left out.")
        return
    with tempfile.TemporaryDirectory() as folder:
        cells = extract.parents[1] / "population" / "porto_alegre_hexgrid.csv"
        build_atlas(extract, population=cells).save(Path(folder))
        atlas = Atlas.load(Path(folder))
        snapshot = snapshot_on(atlas, 10)
        given = tuple(Candidate(f"c{number}", at) for number, at in enumerate(positions_on(atlas, 500)))
        asked = SitingQuery(candidates=CandidateQuery(given=given), sites=20)
        for what, query in PROBLEMS.items():
            _click_to_proof(f"Porto Alegre, {what}", replace(asked, **query), snapshot, atlas)


def _click_to_proof(what: str, query: SitingQuery, snapshot: Snapshot, atlas: Atlas) -> None:
    begun, busy = time.perf_counter(), time.process_time()
    grounded = ground(query, snapshot, atlas)
    plan = solve_exactly(grounded.case, grounded.goal, Watch(time_s=LONGEST_S))
    proven = time.process_time()
    explain(grounded, plan)
    spent, explained = time.perf_counter() - begun, time.process_time() - proven
    busy = time.process_time() - busy
    tell(what, f"{spent:.2f} s, {said(plan)}", f"{busy:.2f} s of a processor, explained in {explained:.2f}")


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
