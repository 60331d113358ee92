"""Runs of numbers: what several slices of an array take together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 20260301

Whole = NDArray[np.integer[Any]]


def expand_runs(begin: Whole, end: Whole) -> NDArray[np.int64]:
    """All numbers of the half-open runs ``begin[i]:end[i]``, one run after the other."""
    size = (end - begin).astype(np.int64)
    return np.repeat(begin - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))


def group_runs(start: Whole, number: Whole, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group runs that hold the same numbers, in whatever order.

    Told apart by the sums of two random numbers of 64 bits for each number.

    Parameters
    ----------
    start
        [R + 1]: the i-th run is ``number[start[i]:start[i + 1]]``.
    number
        From 0 to below ``count``; none twice in a run.

    Returns
    -------
    first, group
        int64 [G]: a run of each group; int64 [R]: the group of each run.
    """
    marks = np.random.default_rng(SEED).integers(0, 2**64, (2, count), np.uint64)
    keys = []
    for mark in marks:
        sums = np.zeros(number.size + 1, np.uint64)
        np.cumsum(mark.take(number), out=sums[1:])
        keys.append(np.diff(sums.take(start)))
    order = np.argsort(keys[0])
    other = _others(keys[0][order])
    if (_others(keys[1][order]) & ~other).any():
        order = np.lexsort(keys)
        other = _others(keys[0][order]) | _others(keys[1][order])
    group = np.empty(order.size, np.int64)
    group[order] = np.cumsum(other) - 1
    return order[other], group


def _others(ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which are not the same as the one before."""
    other = np.ones(ordered.size, np.bool_)
    other[1:] = ordered[1:] != ordered[:-1]
    return other
