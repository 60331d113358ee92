"""The proven choice is what trying everything finds, and what others have published."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stations.errors import InfeasibleError, SitingError
from stations.questions.siting.case import Case, Goal
from stations.questions.siting.exact import solve_exactly
from stations.questions.siting.plan import value_of
from stations.questions.siting.problem import Objective

MOST, FEWEST, MEDIAN, CENTER = Objective.MOST, Objective.FEWEST, Objective.MEDIAN, Objective.CENTER


@pytest.fixture(scope="module")
def san_francisco(real_data) -> Case:
    folder = real_data / "siting"
    with (folder / "spopt_SF_demand_205_centroid_uniform_weight.csv").open(encoding="utf-8") as file:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(file)}
    with (folder / "spopt_SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(
        encoding="utf-8"
    ) as file:
        ways = list(csv.DictReader(file))
    tracts = {name: number for number, name in enumerate(people)}
    stores = {name: number for number, name in enumerate(dict.fromkeys(row["name"] for row in ways))}
    metres = np.full((len(tracts), len(stores)), np.inf)
    for row in ways:
        metres[tracts[row["DestinationName"]], stores[row["name"]]] = float(row["distance"])
    return Case.of(metres, np.array(list(people.values())))


def test_san_francisco_has_its_published_values(san_francisco) -> None:
    def solved(goal: Goal):
        plan = solve_exactly(san_francisco, goal)
        assert plan.proven
        assert plan.bound == plan.value
        return plan

    assert solved(Goal(MOST, limit_m=5000.0, sites=4)).value == 875_247
    assert solved(Goal(FEWEST, limit_m=5000.0)).value == 8
    assert solved(Goal(FEWEST, limit_m=8000.0)).value == 3
    assert solved(Goal(MEDIAN, sites=4)).value == pytest.approx(2982.1268579890657, rel=1e-12)
    assert solved(Goal(CENTER, sites=4)).value == pytest.approx(7403.0638, abs=5e-5)


@st.composite
def cases(draw) -> Case:
    points, sites, seed = draw(st.integers(2, 9)), draw(st.integers(2, 6)), draw(st.integers(0, 10_000))
    dice = np.random.default_rng(seed)
    metres = dice.integers(1, 12, (points, sites)).astype(float)
    metres[dice.random(metres.shape) < draw(st.sampled_from([0.0, 0.3]))] = np.inf
    flags = dice.random((3, sites))
    kept = flags[0] < draw(st.sampled_from([0.0, 0.25]))
    periods = draw(st.integers(1, 3))
    return Case.of(
        metres,
        dice.integers(0, 9, points).astype(float),
        kept=kept,
        forced=(flags[1] < 0.15) & ~kept,
        forbidden=(flags[2] < 0.15) & (flags[1] >= 0.15) & ~kept,
        cost=dice.integers(1, 5, sites).astype(float),
        serves=dice.random((periods, sites)) < 0.8,
        period_weight=dice.integers(1, 4, periods).astype(float),
    )


goals = st.builds(
    Goal,
    objective=st.sampled_from([MOST, FEWEST, MEDIAN, CENTER]),
    limit_m=st.sampled_from([3.0, 6.0]),
    sites=st.sampled_from([1, 2, 3]),
    budget=st.sampled_from([None, None, 6.0]),
    share=st.sampled_from([1.0, 0.7]),
    times=st.sampled_from([1, 1, 2]),
    beyond_m=st.sampled_from([np.inf, 8.0]),
)


def tried(case: Case, goal: Goal) -> float | None:
    """The best value of all choices; None where none will do."""
    optional = np.flatnonzero(case.candidates & ~case.forced)
    forced = np.flatnonzero(case.forced)
    best = None
    for count in range(optional.size + 1):
        for some in itertools.combinations(optional.tolist(), count):
            sites = np.array(sorted([*some, *forced.tolist()]), int)
            if goal.sites is not None and sites.size > goal.sites:
                continue
            if goal.budget is not None and case.cost[sites].sum() > goal.budget:
                continue
            value = value_of(case, goal, sites)
            if goal.objective is FEWEST:
                cover = value_of(case, replace(goal, objective=MOST), sites)
                if cover < goal.share * case.total - 1e-9:
                    continue
            elif not np.isfinite(value):
                continue
            better = best is None or (value > best if goal.objective is MOST else value < best)
            best = value if better else best
    return best


@given(case=cases(), goal=goals)
@settings(max_examples=120)
def test_the_choice_is_the_best_of_all(case, goal) -> None:
    assume(case.total > 0)
    if goal.objective in {MEDIAN, CENTER}:
        goal = replace(goal, times=1)
    if goal.objective is CENTER:
        goal = replace(goal, beyond_m=np.inf)
    best = tried(case, goal)
    try:
        plan = solve_exactly(case, goal)
    except InfeasibleError:
        assert best is None
        return
    except SitingError:
        return
    assert best is not None
    assert plan.proven
    assert plan.value == pytest.approx(best)
    assert plan.bound == pytest.approx(plan.value)
    assert value_of(case, goal, plan.sites) == pytest.approx(plan.value)
    assert set(np.flatnonzero(case.forced)) <= set(plan.sites)
    assert not case.forbidden[plan.sites].any()
