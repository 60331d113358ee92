"""Runs of numbers: expanded, and grouped by what they hold."""

import numpy as np

from geodata.runs import expand_runs, group_runs


def test_runs_are_expanded_one_after_the_other():
    assert expand_runs(np.array([3, 5, 0]), np.array([5, 5, 2])).tolist() == [3, 4, 0, 1]


def test_runs_of_the_same_numbers_are_one_group_in_whatever_order():
    runs = [[3, 1], [], [1, 3], [2], [1, 2, 3], [], [3, 2, 1], [1, 2]]
    start = np.cumsum([0, *map(len, runs)])
    number = np.array([one for run in runs for one in run], np.int32)
    first, group = group_runs(start, number, 4)
    assert [group[a] == group[b] for a in range(8) for b in range(8)] == [
        set(runs[a]) == set(runs[b]) for a in range(8) for b in range(8)
    ]
    assert group[first].tolist() == list(range(first.size))


def test_runs_that_one_sum_cannot_tell_apart_are_told_apart_by_the_other(monkeypatch):
    class Dice:
        def integers(self, *_):
            return np.array([[1, 1, 2], [1, 2, 3]], np.uint64)

    monkeypatch.setattr(np.random, "default_rng", lambda _: Dice())
    first, group = group_runs(np.array([0, 1, 2, 3]), np.array([0, 1, 0]), 3)
    assert first.size == 2
    assert group[0] == group[2] != group[1]
