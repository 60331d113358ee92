"""Pairs of positions that are near each other, in bounded time however they lie.

Space is cut into cubes as wide as the reach; a pair within reach lies in one cube
or in two that touch. No projection is needed, so poles and the date line are
places like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from geodata.lonlat import EARTH_RADIUS_M, distances_m

CROWD = 128
"""Positions in a cube from which only neighbours in an order are paired, `NEIGHBOURS` each way."""

NEIGHBOURS = 10

CHUNK = 1_000_000
"""Pairs that are looked at together."""

Rows = NDArray[np.int64]
Float = NDArray[np.float64]
Orders = Callable[[Rows], Sequence[Rows]]
"""Puts rows in orders in which those that belong together stand together."""


def near_pairs(
    lon: Float, lat: Float, fresh: int, within_m: float, orders: Orders
) -> Iterator[tuple[Rows, Rows, Float]]:
    """Give the pairs that are within reach, in chunks.

    Parameters
    ----------
    lon, lat
        float64 ``[n]``, degrees WGS-84.
    fresh
        The first so many are paired with each other and with all the rest; the rest not among themselves.
    within_m
        The reach, metres.
    orders
        Asked where more than `CROWD` share a cube; there a pair farther apart in
        every order is not given.

    Yields
    ------
    tuple
        Rows of the first, always a fresh one and after the second if that is
        fresh too; rows of the second; great-circle metres.
    """
    for one, other in _chunks(_candidates(lon, lat, within_m, orders)):
        first, second = np.where(other < fresh, np.maximum(one, other), one), np.minimum(one, other)
        second = np.where(one < fresh, np.where(other < fresh, second, other), one)
        first = np.where(one < fresh, first, other)
        kept = first < fresh
        first, second = first[kept], second[kept]
        metres = distances_m(lon[first], lat[first], lon[second], lat[second])
        kept = metres <= within_m
        yield first[kept], second[kept], metres[kept]


def _candidates(lon: Float, lat: Float, within_m: float, orders: Orders) -> Iterator[tuple[Rows, Rows]]:
    cubes, starts, ends, sorted_rows = _cubes(lon, lat, within_m)
    sizes = ends - starts
    half = [step for step in itertools.product((-1, 0, 1), repeat=3) if step >= (0, 0, 0)]
    for step in half:
        there = cubes + _packed(np.array([step], dtype=np.int64))[0]
        at = np.minimum(np.searchsorted(cubes, there), len(cubes) - 1)
        here = np.flatnonzero(cubes[at] == there)
        with_ = at[here]
        crowded = sizes[here] * sizes[with_] > CROWD * CROWD
        for a, b in zip(here[crowded], with_[crowded], strict=True):
            inside = sorted_rows[starts[a] : ends[a]]
            rows = inside if a == b else np.concatenate((inside, sorted_rows[starts[b] : ends[b]]))
            for order in orders(rows):
                for shift in range(1, min(NEIGHBOURS + 1, len(order))):
                    yield order[:-shift], order[shift:]
        yield from _every_pair(sorted_rows, starts, sizes, here[~crowded], with_[~crowded])


def _cubes(lon: Float, lat: Float, within_m: float) -> tuple[Rows, Rows, Rows, Rows]:
    """The cubes that hold anything, sorted; where each begins and ends in the rows sorted by cube; those rows."""
    x, y = np.radians(lon), np.radians(lat)
    on_sphere = np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y))) * EARTH_RADIUS_M
    packed = _packed(np.floor((on_sphere + EARTH_RADIUS_M) / within_m).astype(np.int64) + 1)
    order = np.argsort(packed, kind="stable")
    cubes, starts = np.unique(packed[order], return_index=True)
    return cubes, starts, np.append(starts[1:], len(order)), order


def _packed(cube: Rows) -> Rows:
    """One number for a cube; steps to a neighbour add up, as no coordinate reaches 2^20."""
    packed: Rows = (cube[:, 0] << 42) + (cube[:, 1] << 21) + cube[:, 2]
    return packed


def _every_pair(rows: Rows, starts: Rows, sizes: Rows, here: Rows, there: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Pair every position of a cube with every one of another, or with those after it in the same."""
    counts = sizes[here] * sizes[there]
    for part in _parts(counts):
        one, other, number = here[part], there[part], counts[part]
        pair = np.repeat(np.arange(len(number)), number)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(number) - number, number)
        width = sizes[other][pair]
        a, b = within // width, within % width
        kept = (one[pair] != other[pair]) | (a < b)
        a, b, pair = a[kept], b[kept], pair[kept]
        yield rows[starts[one][pair] + a], rows[starts[other][pair] + b]


def _parts(counts: Rows) -> Iterator[slice]:
    """Part rows so that their counts together stay near a chunk."""
    if not len(counts):
        return
    chunk = np.cumsum(counts) // CHUNK
    cuts = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), len(counts)]
    yield from (slice(begin, end) for begin, end in itertools.pairwise(cuts))


def _chunks(pairs: Iterator[tuple[Rows, Rows]]) -> Iterator[tuple[Rows, Rows]]:
    """Put small pieces together."""
    held: list[tuple[Rows, Rows]] = []
    count = 0
    for one, other in pairs:
        held.append((one, other))
        count += len(one)
        if count >= CHUNK:
            yield np.concatenate([first for first, _ in held]), np.concatenate([second for _, second in held])
            held, count = [], 0
    if count:
        yield np.concatenate([first for first, _ in held]), np.concatenate([second for _, second in held])
