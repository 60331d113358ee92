"""Fairness: the measures as published, what they must always hold, and a town worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.questions.coverage import CoverageQuery, Fairness, fairness, inequality, serve
from stations.questions.coverage.fairness import theil_parts
from stations.station import Station
from tests.stations.questions.town import snapshot_of, station, town_of

# J. Perez, Inequality.jl (documentation of gini, theil and their weighted forms), github.com/JosepER/Inequality.jl.
NINE = np.array([8, 5, 1, 3, 5, 6, 7, 6, 3], float)
TENTHS = np.arange(1, 10) / 10


def test_the_published_figures_of_nine_incomes():
    assert inequality(NINE, np.ones(9)).gini == pytest.approx(0.2373737373737374)
    assert inequality(NINE, np.ones(9)).theil == pytest.approx(0.10494562214323544)
    assert inequality(NINE, TENTHS).gini == pytest.approx(0.20652395514780775)
    assert inequality(NINE, TENTHS).theil == pytest.approx(0.08120013911680612)


def test_the_palma_ratio_is_the_richest_tenth_over_the_poorest_four():
    """As A. Cobham and A. Sumner define it ("Is it all about the tails?", CGD Working Paper 343, 2013).

    Of incomes 1 to 10 the richest has 10, and the poorest four have 1 + 2 + 3 + 4.
    """
    assert inequality(np.arange(1.0, 11.0), np.ones(10)).palma == pytest.approx(1.0)
    assert inequality(np.full(10, 3.0), np.ones(10)).palma == pytest.approx(0.25)
    # A tenth and four tenths that end inside a group take their part of it.
    assert inequality(np.array([1.0, 3.0]), np.array([1.0, 1.0])).palma == pytest.approx((0.1 * 1.5) / (0.4 * 0.5))


def test_of_two_halves_of_whom_one_has_a_quarter():
    """B. Essama-Nssah, "The Lorenz model of the size distribution of income", World Bank, 2005: shares 0.25 and 1."""
    found = inequality(np.array([25.0, 75.0]), np.array([0.5, 0.5]))
    assert found.gini == pytest.approx(0.25)
    assert found.mean == pytest.approx(50.0)
    assert found.theil == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))


def test_where_all_have_the_same_nothing_is_unequal():
    found = inequality(np.full(5, 2.0), np.array([1.0, 7.0, 2.0, 4.0, 0.5]))
    assert (found.gini, found.theil) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_where_one_has_everything_all_is_unequal():
    found = inequality(np.array([0.0, 0.0, 0.0, 8.0]), np.ones(4))
    assert found.gini == pytest.approx(0.75)
    assert found.theil == pytest.approx(math.log(4))
    assert found.palma is None


def test_of_nobody_and_of_nothing_there_is_no_measure():
    none = inequality(np.array([1.0]), np.array([0.0]))
    assert (none.mean, none.gini, none.palma, none.theil) == (None, None, None, None)
    nothing = inequality(np.zeros(3), np.ones(3))
    assert (nothing.mean, nothing.gini, nothing.palma, nothing.theil) == (0.0, None, None, None)
    assert inequality(np.empty(0), np.empty(0)).gini is None


values = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9), st.integers(0, 3)), min_size=2, max_size=12)


@given(values, st.floats(0.1, 20))
@settings(max_examples=100)
def test_neither_the_unit_nor_the_order_nor_who_is_counted_apart_matters(held, scale):
    x, weight, group = (np.array(column, float) for column in zip(*held, strict=True))
    found = inequality(x, weight)
    order = np.argsort(-x)
    for other in (
        inequality(x * scale, weight),
        inequality(x, weight * scale),
        inequality(x[order], weight[order]),
        inequality(np.repeat(x, weight.astype(int)), np.ones(int(weight.sum()))),
    ):
        for name in ("gini", "palma", "theil"):
            was, now = getattr(found, name), getattr(other, name)
            assert was == now or was == pytest.approx(now, rel=1e-9, abs=1e-9), name
    if found.gini is None:
        return
    assert 0.0 <= found.gini <= 1.0
    people = np.bincount(group.astype(int), weights=weight)
    within, between = theil_parts(found.theil, people, np.bincount(group.astype(int), weights=weight * x))
    assert within is not None
    assert between is not None
    assert within + between == pytest.approx(found.theil)
    by_hand = 0.0
    for one in np.unique(group):
        inside = inequality(x[group == one], weight[group == one])
        by_hand += (x * weight)[group == one].sum() / (x * weight).sum() * (inside.theil or 0.0)
    assert within == pytest.approx(by_hand, abs=1e-9)


ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
WEST, EAST = (
    ("360681001", "西街道", (-500.0, -900.0, 3000.0, 900.0)),
    ("360681002", "东乡", (3000.0, -900.0, 6500.0, 900.0)),
)


def of_town(stations: list[Station], *more: tuple) -> Fairness:
    return fairness(serve(CoverageQuery(), snapshot_of(stations), town_of(ROAD, (WEST, EAST, *more))))


def test_a_town_in_which_the_west_has_all():
    """The west has two stations within reach on 2000 of its 3000 m; the east has none."""
    found = of_town([station("A", 1500), station("B", 1500)])
    assert (found.worst_name, found.worst_share) == ("东乡", 0.0)
    assert (found.best_name, found.best_share) == ("西街道", pytest.approx(2 / 3, abs=0.03))
    assert (found.worst_others, found.best_others) == (0, 0)
    assert found.access.mean == pytest.approx(2 / 3, abs=0.03)
    assert found.access.gini == pytest.approx(2 / 3, abs=0.02)
    assert found.access.palma is None
    assert found.access.theil == pytest.approx(math.log(3), abs=0.05)
    assert found.theil_between == pytest.approx(math.log(2), abs=0.02)
    assert found.theil_within == pytest.approx(math.log(1.5), abs=0.05)
    assert found.townships.gini == pytest.approx(0.5, abs=0.01)


def test_a_township_without_demand_is_served_neither_worst_nor_best():
    found = of_town([station("A", 4500)], ("360681003", "空乡", (20_000.0, -900.0, 22_000.0, 900.0)))
    assert (found.worst_name, found.best_name) == ("西街道", "东乡")


def test_without_stations_there_is_nothing_to_share_out():
    found = of_town([])
    assert (found.worst_share, found.access.gini, found.theil_within) == (0.0, None, None)
    assert found.townships.gini is None


def test_townships_that_are_served_alike_are_counted():
    found = of_town([])
    assert (found.worst_share, found.worst_others) == (0.0, 1)
