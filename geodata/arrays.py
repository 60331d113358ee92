"""Saved arrays, mapped into memory, whichever thread asks for them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ONE_AT_A_TIME = threading.Lock()


def open_array(path: Path, *, mapped: bool = True) -> NDArray[Any]:
    """Open an array that `numpy.save` wrote.

    Parameters
    ----------
    mapped
        Whether to leave it on the disk until it is read; an array with nothing in it cannot be.

    Returns
    -------
    array
        A plain view: numpy's memmap class costs microseconds on every slice.

    Raises
    ------
    OSError, ValueError
        It is not there, or cannot be read.
    """
    # numpy reads the head with `ast`, which fails in CPython 3.11 when two threads are at it (python/cpython#106905).
    with _ONE_AT_A_TIME:
        array: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    return array.view(np.ndarray)
