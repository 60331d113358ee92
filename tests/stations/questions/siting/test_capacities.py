"""Stations that can serve so many: what trying everything finds, and what is said where they cannot serve enough."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from stations.errors import InfeasibleError, SitingError
from stations.questions.siting import Case, Goal, Objective, next_gains, solve_exactly, solve_greedily
from stations.questions.siting.flows import Flows
from stations.questions.siting.gains import Gain, shares_covered
from stations.questions.siting.serving import Pipes, serve_greedily

MOST, FEWEST, MEDIAN, CENTER = Objective.MOST, Objective.FEWEST, Objective.MEDIAN, Objective.CENTER


@st.composite
def cases(draw) -> Case:
    points, sites = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    dice = np.random.default_rng(draw(st.integers(0, 10_000)))
    metres = dice.integers(1, 9, (points, sites)).astype(float)
    metres[dice.random(metres.shape) < draw(st.sampled_from([0.0, 0.3]))] = np.inf
    kept = dice.random(sites) < draw(st.sampled_from([0.0, 0.3]))
    weight = dice.integers(0, 7, points) + draw(st.sampled_from([0.0, 0.37]))
    capacity = dice.integers(2, 14, sites).astype(float)
    capacity[dice.random(sites) < 0.2] = np.inf
    periods = draw(st.integers(1, 2))
    return Case.of(
        metres,
        weight,
        kept=kept,
        forced=(dice.random(sites) < 0.15) & ~kept,
        cost=dice.integers(1, 4, sites).astype(float),
        capacity=capacity,
        serves=dice.random((periods, sites)) < 0.9,
        period_weight=dice.integers(1, 4, periods).astype(float),
    )


def sent(case: Case, goal: Goal, there: np.ndarray) -> float:
    """Of sites that stand the most served, the least mean way, or infinity where not all can be served."""
    total = 0.0
    for serving, share in case.periods:
        point = np.repeat(np.arange(case.points), np.diff(case.start))
        limit = goal.beyond_m if goal.objective is MEDIAN else goal.limit_m
        some = np.flatnonzero((serving & there)[case.site] & (case.metres <= limit))
        ways = np.concatenate((case.metres[some], np.full(case.points, goal.beyond_m)))
        to_point = np.concatenate((point[some], np.arange(case.points)))
        all_served = goal.objective is MEDIAN
        cost = np.where(np.isinf(ways), 1e6, ways) if all_served else np.repeat([-1.0, 0.0], [some.size, case.points])
        holds = np.zeros((case.sites, ways.size))
        holds[case.site[some], np.arange(some.size)] = 1.0
        bounded = np.isfinite(case.capacity)
        needs = np.zeros((case.points, ways.size))
        needs[to_point, np.arange(ways.size)] = 1.0
        found = linprog(cost, holds[bounded], case.capacity[bounded], needs, case.weight)
        total += share * found.fun
    if goal.objective is not MEDIAN:
        return -total
    return np.inf if total > 1e3 * case.total else total / case.total


def tried(case: Case, goal: Goal) -> float | None:
    optional, forced = np.flatnonzero(case.candidates & ~case.forced), np.flatnonzero(case.forced)
    best = None
    for count in range(optional.size + 1):
        for some in itertools.combinations(optional.tolist(), count):
            sites = np.array(sorted([*some, *forced.tolist()]), int)
            if goal.sites is not None and sites.size > goal.sites:
                continue
            there = case.kept.copy()
            there[sites] = True
            value = sent(case, goal, there)
            if goal.objective is FEWEST:
                if value < goal.share * case.total - 1e-7:
                    continue
                value = float(case.cost[sites].sum())
            if np.isfinite(value) and (best is None or (value > best if goal.objective is MOST else value < best)):
                best = value
    return best


goals = st.builds(
    Goal,
    objective=st.sampled_from([MOST, FEWEST, MEDIAN]),
    limit_m=st.sampled_from([3.0, 6.0]),
    sites=st.sampled_from([1, 2, 3]),
    share=st.sampled_from([1.0, 0.6]),
    beyond_m=st.sampled_from([np.inf, 8.0]),
)


@given(case=cases(), goal=goals)
@settings(max_examples=40)
def test_the_choice_is_the_best_of_all_that_keep_to_the_capacities(case, goal) -> None:
    assume(case.total > 0)
    assume(case.capacitated)
    goal = replace(goal, beyond_m=goal.beyond_m if goal.objective is MEDIAN else np.inf)
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
    assert plan.value == pytest.approx(best, abs=1e-5)


@given(case=cases(), sites=st.integers(1, 3))
@settings(max_examples=25)
def test_the_first_picture_keeps_to_the_capacities_and_says_what_cannot_be_beaten(case, sites) -> None:
    assume(case.total > 0)
    assume(case.capacitated)
    goal = Goal(MOST, limit_m=6.0, sites=sites)
    try:
        plan, greedy = solve_greedily(case, goal)
    except SitingError:
        return
    there = case.kept.copy()
    there[plan.sites] = True
    best = solve_exactly(case, goal).value
    assert plan.value == pytest.approx(sent(case, goal, there), abs=1e-5)
    assert plan.value <= best + 1e-6 <= plan.bound + 2e-6
    begun = Pipes(Flows(case, goal)).served(np.empty(0, np.int64))
    assert plan.value - begun >= (greedy.guarantee or 0.0) * (best - begun) - 1e-6


def test_who_is_full_sends_others_farther_and_the_farthest_way_grows() -> None:
    # Two places of six people; the near station serves only four of each.
    case = Case.of(np.array([[1.0, 3.0], [5.0, 1.0]]), np.array([6.0, 6.0]), capacity=np.array([4.0, 8.0]))
    assert solve_exactly(case, Goal(CENTER, sites=2)).value == 3.0
    mean = solve_exactly(case, Goal(MEDIAN, sites=2))
    assert mean.value == pytest.approx((4 * 1.0 + 2 * 3.0 + 6 * 1.0) / 12)
    assert mean.proven
    roomy = replace(case, capacity=np.array([9.0, 9.0]))
    assert solve_exactly(roomy, Goal(MEDIAN, sites=2)).value == 1.0


def test_what_cannot_be_served_is_told_with_how_much_and_where() -> None:
    case = Case.of(np.array([[1.0, 3.0], [5.0, 1.0]]), np.array([6.0, 6.0]), capacity=np.array([4.0, 8.0]))
    with pytest.raises(InfeasibleError, match="1 sites and the stations there are can serve 8 of 12 demand at most"):
        solve_exactly(case, Goal(FEWEST, limit_m=9.0, sites=1))
    for goal in (Goal(FEWEST, limit_m=2.0), Goal(MEDIAN, sites=2, beyond_m=2.0)):
        if goal.objective is MEDIAN:
            assert solve_exactly(case, goal).value == pytest.approx((10 * 1.0 + 2 * 2.0) / 12)
            continue
        with pytest.raises(InfeasibleError, match="together can serve 10 of 12 demand") as refused:
            solve_exactly(case, goal)
        assert refused.value.points == (0,)
    with pytest.raises(InfeasibleError, match="together can serve 8 of 12 demand"):
        solve_exactly(replace(case, capacity=np.array([4.0, 4.0])), Goal(MEDIAN, sites=2))


def served_of(case: Case, goal: Goal, sites: np.ndarray) -> float:
    there = case.kept.copy()
    there[sites] = True
    return sent(replace(case, forced=np.zeros(case.sites, bool)), goal, there)


@settings(max_examples=80)
@given(cases(), st.integers(1, 3))
def test_what_is_said_of_stations_with_room_adds_up(case, sites) -> None:
    assume(case.total > 0)
    assume(case.capacitated)
    goal = Goal(MOST, limit_m=6.0, sites=sites)
    try:
        plan, _ = solve_greedily(case, goal)
    except SitingError:
        return
    before, after = shares_covered(case, goal, plan.sites)
    assert (after >= before - 1e-9).all()
    assert (after <= 1.0 + 1e-9).all()
    none = np.empty(0, np.int64)
    assert before @ case.weight == pytest.approx(served_of(case, goal, none), abs=1e-5)
    assert after @ case.weight == pytest.approx(plan.value, abs=1e-5)
    more = next_gains(case, goal, plan.sites)
    for one in np.flatnonzero(case.candidates).tolist():
        there = np.append(plan.sites, one) if one not in plan.sites else plan.sites
        assert more[one] == pytest.approx(served_of(case, goal, there) - plan.value, abs=1e-5)
    lost = Gain(case, goal, plan.sites).lost(plan.sites.tolist())
    for one, gone in zip(plan.sites.tolist(), lost, strict=True):
        rest = plan.sites[plan.sites != one]
        assert gone == pytest.approx(plan.value - served_of(case, goal, rest), abs=1e-5)


@settings(max_examples=60)
@given(cases(), st.sampled_from([0.3, 0.6, 1.0]))
def test_a_choice_made_in_a_hurry_serves_enough_and_no_less_than_it_says(case, share) -> None:
    assume(case.total > 0)
    assume(case.capacitated)
    goal = Goal(FEWEST, limit_m=6.0, share=share)
    flows = Flows(case, goal)
    assume(flows.lost <= 0 or share < 1)
    most = Pipes(flows).served(flows.candidate)
    assume(most >= share * case.total)
    hurried = serve_greedily(case, goal, flows, most_work=0)
    chosen = hurried.sites[~case.kept[hurried.sites]]
    assert Pipes(flows).served(chosen) >= share * case.total * (1.0 - 1e-6)
    assert hurried.guarantee is None
    try:
        best = solve_exactly(case, goal)
    except SitingError:
        return
    assert best.value <= float(case.cost[case.forced & ~case.kept].sum() + case.cost[hurried.sites].sum()) + 1e-6
    assert hurried.bound <= best.value + 1e-6


def test_eight_hundred_small_stations_are_chosen_and_explained_without_working_each_out_anew(monkeypatch) -> None:
    # Each serves 5 of the 50 people around it: whatever is chosen, it is filled by those whom the others leave.
    metres = np.where(np.arange(100)[:, None] == np.arange(800)[None, :] // 8, 1.0, np.inf)
    case = Case.of(metres, np.full(100, 50.0), capacity=np.full(800, 5.0))
    flows = 0
    whole = Pipes.flow

    def counted(self: Pipes, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal flows
        flows += 1
        return whole(self, chosen)

    monkeypatch.setattr(Pipes, "flow", counted)
    goal = Goal(FEWEST, limit_m=9.0, share=0.75)
    plan, _ = solve_greedily(case, goal)
    assert plan.sites.size == 750
    gain = Gain(case, goal, plan.sites)
    _, totals = gain.in_order(plan.sites.tolist(), ())
    assert totals[-1] == 3750.0
    assert set(gain.lost(plan.sites.tolist())) == {5.0}
    assert flows < 20
