"""Runs of numbers: what several slices of an array take together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.integer[Any]]


def expand_runs(begin: Whole, end: Whole) -> NDArray[np.int64]:
    """All numbers of the half-open runs ``begin[i]:end[i]``, one run after the other."""
    size = (end - begin).astype(np.int64)
    return np.repeat(begin - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
