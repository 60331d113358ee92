"""A search can be watched, stopped and repeated; what cannot be answered is refused with the figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import InfeasibleError, SitingError
from stations.questions.siting import (
    Case,
    Ended,
    Goal,
    Objective,
    Progress,
    Watch,
    solve_exactly,
    solve_greedily,
    value_of,
)
from stations.questions.siting.greedy import ONE_LESS_1_E, Ways
from stations.questions.siting.linear import solve
from stations.questions.siting.model import cover_most, free, merged
from stations.questions.siting.swaps import nearer_by_swaps

MOST, FEWEST, MEDIAN, CENTER = Objective.MOST, Objective.FEWEST, Objective.MEDIAN, Objective.CENTER


def scattered(points: int, sites: int, near: float, seed: int = 7) -> Case:
    """Points and sites anywhere in a square of one metre."""
    dice = np.random.default_rng(seed)
    here, there = dice.random((points, 2)), dice.random((sites, 2))
    metres = np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2))
    return Case.of(np.where(metres <= near, metres, np.inf), dice.integers(1, 100, points).astype(float))


HARD = scattered(3000, 150, 0.18)


def test_a_search_that_runs_out_of_time_gives_the_best_so_far_and_what_cannot_be_beaten() -> None:
    goal = Goal(MOST, limit_m=0.18, sites=9)
    plan = solve_exactly(HARD, goal, Watch(time_s=0.3))
    greedy, _ = solve_greedily(HARD, goal)
    assert plan.ended is Ended.TIME
    assert greedy.value <= plan.value < plan.bound <= HARD.total
    assert 0 < plan.gap < 1
    assert plan.sites.size <= 9


def test_one_who_waits_is_told_how_far_it_is_and_can_stop() -> None:
    told: list[Progress] = []
    watch = Watch(tell=told.append, stop=lambda: len(told) >= 2)
    plan = solve_exactly(HARD, Goal(MOST, limit_m=0.18, sites=9), watch)
    assert plan.ended is Ended.CANCELLED
    assert not plan.proven
    assert all(one.value <= one.bound for one in told if np.isfinite(one.value))
    assert told[-1].gap < 1
    assert plan.value == value_of(HARD, Goal(MOST, limit_m=0.18, sites=9), plan.sites)


def test_equal_choices_are_told_apart_the_same_way_every_time() -> None:
    # Four islands of two sites each that do the same: any two islands are as good as any other two.
    metres = np.kron(np.eye(4), np.ones((3, 2)))
    case = Case.of(np.where(metres > 0, 1.0, np.inf), np.ones(12))
    for objective in (MOST, MEDIAN):
        goal = Goal(objective, limit_m=2.0, sites=2, beyond_m=9.0)
        chosen = {tuple(solve_exactly(case, goal).sites.tolist()) for _ in range(5)}
        assert len(chosen) == 1
    assert not set(solve_exactly(case, Goal(MOST, limit_m=2.0, sites=2)).sites.tolist()) & {1, 3, 5, 7}


def test_points_with_the_same_candidates_are_one_row_and_a_candidate_that_another_outdoes_is_left_out() -> None:
    reaches = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]])
    case = Case.of(np.where(reaches, 1.0, np.inf), np.array([1.0, 2.0, 4.0, 8.0]))
    rows = merged(case, Goal(MOST, limit_m=2.0, sites=1))
    assert rows.merged == 4
    assert rows.dominated.tolist() == [[1, 0]]
    assert sorted(rows.weight.tolist()) == [7.0, 8.0]
    # A dear one does not outdo a cheap one.
    dear = replace(case, cost=np.array([2.0, 1.0, 1.0]))
    assert not merged(dear, Goal(MOST, limit_m=2.0, sites=1)).dominated.size


@given(seed=st.integers(0, 10_000), sites=st.integers(1, 6), near=st.sampled_from([0.15, 0.3]))
@settings(max_examples=25)
def test_the_greedy_choice_keeps_its_promise_and_its_curve_bends_down(seed, sites, near) -> None:
    case = scattered(60, 12, near, seed)
    goal = Goal(MOST, limit_m=near, sites=sites)
    plan, greedy = solve_greedily(case, goal)
    assert greedy.guarantee == ONE_LESS_1_E
    assert plan.value == pytest.approx(greedy.adds.sum())
    assert (np.diff(greedy.adds) <= 1e-9).all()
    best = solve_exactly(case, goal).value
    assert plan.value >= ONE_LESS_1_E * best
    assert best <= plan.bound + 1e-9 <= case.total + 2e-9
    # By looking at every candidate each time.
    chosen: list[int] = []
    for _ in range(sites):
        values = [value_of(case, goal, np.unique([*chosen, one])) for one in range(12)]
        if max(values) <= (value_of(case, goal, np.array(chosen, int)) if chosen else 0.0):
            break
        chosen.append(int(np.argmax(values)))
    assert greedy.sites.tolist() == chosen


@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.5, 0.9]), times=st.sampled_from([1, 2]))
@settings(max_examples=20)
def test_every_first_picture_says_what_cannot_be_beaten(seed, share, times) -> None:
    case = scattered(40, 9, 0.4, seed)
    for goal in (
        Goal(MOST, limit_m=0.3, sites=3, times=times),
        Goal(MOST, limit_m=0.3, budget=2.5, times=times),
        Goal(FEWEST, limit_m=0.4, share=share, times=times),
        Goal(MEDIAN, sites=3, beyond_m=0.4),
        Goal(CENTER, sites=9),
    ):
        try:
            plan, greedy = solve_greedily(case, goal)
            best = solve_exactly(case, goal).value
        except InfeasibleError:
            continue
        low, high = sorted((plan.value, plan.bound))
        assert low - 1e-9 <= best <= high + 1e-9
        if goal.objective is MOST:
            assert plan.value == pytest.approx(greedy.adds.sum())


@given(seed=st.integers(0, 10_000), sites=st.integers(1, 4), beyond=st.sampled_from([0.3, np.inf]))
@settings(max_examples=15)
def test_after_the_swaps_no_swap_makes_the_mean_way_shorter(seed, sites, beyond) -> None:
    case = scattered(25, 8, 2.0, seed)
    goal = Goal(MEDIAN, sites=sites, beyond_m=beyond)
    ways = Ways(case, goal, np.arange(8), np.zeros(8, bool))
    begun = np.arange(8) < sites
    chosen = np.flatnonzero(nearer_by_swaps(ways, begun))
    worth = value_of(case, goal, chosen)
    assert chosen.size == sites
    assert worth <= value_of(case, goal, np.flatnonzero(begun)) + 1e-12
    for out in chosen:
        for into in set(range(8)) - set(chosen.tolist()):
            assert value_of(case, goal, np.array([*(chosen[chosen != out]), into])) >= worth - 1e-9


def test_two_stations_are_chosen_by_pairs_at_once() -> None:
    # One by one the lone site in the middle seems best; only the two at the end together cover anyone twice.
    reaches = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 1]])
    case = Case.of(np.where(reaches, 1.0, np.inf), np.array([2.0, 2.0, 3.0, 3.0, 3.0, 1.0]))
    plan, greedy = solve_greedily(case, Goal(MOST, limit_m=2.0, sites=2, times=2))
    assert plan.sites.tolist() == [0, 1]
    assert greedy.adds.tolist() == [0.0, 4.0]


def test_what_a_station_can_serve_bounds_what_it_covers() -> None:
    # Two sites beside ten people each can serve six, one far off reaches five others and can serve nine.
    metres = np.array([[1.0, 1.0, np.inf], [1.0, 2.0, np.inf], [np.inf, np.inf, 1.0]])
    case = Case.of(metres, np.array([10.0, 10.0, 5.0]), capacity=np.array([6.0, 6.0, 9.0]))
    two = solve_exactly(case, Goal(MOST, limit_m=3.0, sites=2))
    assert two.value == pytest.approx(12.0)
    assert two.sites.tolist() == [0, 1]
    assert solve_exactly(case, Goal(FEWEST, limit_m=3.0, share=0.68)).value == 3
    with pytest.raises(InfeasibleError, match=r"17 of 25.*capacity is too\s+small"):
        solve_exactly(case, Goal(FEWEST, limit_m=3.0, share=1.0))
    roomy = replace(case, capacity=np.array([20.0, 20.0, 9.0]))
    assert solve_exactly(roomy, Goal(MEDIAN, sites=2)).value == pytest.approx(1.0)
    assert solve_exactly(roomy, Goal(CENTER, sites=2)).value == 1.0
    tight = replace(case, capacity=np.array([4.0, 16.0, 9.0]))
    assert solve_exactly(tight, Goal(CENTER, sites=3)).value == 2.0


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_without_a_bound_that_matters_capacities_change_nothing(seed) -> None:
    case = scattered(30, 7, 0.5, seed)
    roomy = replace(case, capacity=np.full(7, case.total))
    for goal in (
        Goal(MOST, limit_m=0.3, sites=2),
        Goal(FEWEST, limit_m=0.5, share=0.6),
        Goal(MEDIAN, sites=3, beyond_m=0.5),
    ):
        assert solve_exactly(roomy, goal).value == pytest.approx(solve_exactly(case, goal).value)


LINE = Case.of(np.array([[1.0, 5.0, np.inf], [2.0, 1.0, np.inf], [np.inf, np.inf, np.inf]]), np.array([3.0, 4.0, 2.0]))


@pytest.mark.parametrize(
    ("change", "goal", "said"),
    [
        ({}, Goal(MOST, limit_m=3.0, sites=4), "4 sites cannot be chosen among 3 candidates"),
        ({}, Goal(MOST, limit_m=3.0, sites=0), "0 sites are none"),
        ({}, Goal(MOST, limit_m=3.0), "how many sites"),
        ({}, Goal(MOST, limit_m=0.5, sites=1), "No candidate is within reach of any demand, of 3 "),
        (
            {"cost": np.array([5.0, 6.0, 7.0])},
            Goal(MOST, limit_m=3.0, budget=4.0),
            "buys nothing: the cheapest .* costs 5",
        ),
        (
            {"forced": np.ones(3, bool)},
            Goal(MOST, limit_m=3.0, sites=2),
            "3 candidates are wanted .* only 2 may be chosen",
        ),
        (
            {"forced": np.ones(3, bool)},
            Goal(MOST, limit_m=3.0, budget=2.0),
            "cost 3 together, more than the budget of 2",
        ),
        ({"forced": np.ones(3, bool), "forbidden": np.ones(3, bool)}, Goal(MOST, sites=1), "both wanted and ruled out"),
        ({"forbidden": np.ones(3, bool)}, Goal(MOST, sites=1), "no candidate to choose from"),
        ({"weight": np.zeros(3)}, Goal(MOST, sites=1), "no demand"),
        ({}, Goal(FEWEST, limit_m=3.0), "2 of 9 demand at 1 points cannot be reached.*at most 77.77%"),
        ({}, Goal(CENTER, sites=2), "2 of 9 demand at 1 points cannot be reached"),
        ({}, Goal(MEDIAN, sites=2), "2 of 9 demand at 1 points cannot be reached"),
        ({}, Goal(FEWEST, limit_m=1.0, share=0.7, sites=1), "1 sites are not enough"),
        ({}, Goal(FEWEST, limit_m=1.0, share=0.7, budget=1.5), "A budget of 1.5 is not enough"),
        ({}, Goal(FEWEST, share=1.2), "A share of 120%"),
        ({}, Goal(MEDIAN, sites=1, times=2), "Only covering can be asked by two"),
        ({"capacity": np.ones(3)}, Goal(MOST, sites=1, times=2), "both at once cannot be asked"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_figures(change, goal, said) -> None:
    with pytest.raises(SitingError, match=said):
        solve_exactly(replace(LINE, **change), goal)


def test_one_site_alone_covers_nobody_by_two_and_says_so() -> None:
    plan = solve_exactly(LINE, Goal(MOST, limit_m=3.0, sites=1, times=2))
    assert (plan.value, plan.proven, plan.sites.size) == (0.0, True, 0)


def test_what_nobody_reaches_is_named() -> None:
    with pytest.raises(InfeasibleError) as refused:
        solve_exactly(LINE, Goal(FEWEST, limit_m=3.0))
    assert refused.value.points == (2,)


def test_the_relaxed_program_is_never_below_what_can_be_covered() -> None:
    case = scattered(80, 10, 0.3)
    goal = Goal(MOST, limit_m=0.3, sites=3)
    program = cover_most(case, goal, merged(case, goal))
    relaxed = solve(replace(program, whole=np.zeros(program.whole.size, bool)), Watch())
    assert relaxed.bound <= solve(program, Watch()).value + 1e-9
    assert free(case).all()
