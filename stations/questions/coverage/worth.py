"""What each station is worth: what it covers, what only it covers, and which stations do the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from geodata.lonlat import Float
from geodata.runs import expand_runs, group_runs
from stations.questions.coverage.nearby import Bool, Int, entries, weighed
from stations.questions.coverage.serving import Served, settled, summed

MOST_PRODUCTS = 3e7
"""Pairs of stations over all points that a sparse product takes; beyond it a dense one is faster."""

POINTS_AT_ONCE = 4096

MOST_TOGETHER = 2000
"""Stations of which the pairs are found once for all moments; of more, among those that count alone."""

MOST_PAIRS = 50
LEAST_OVERLAP = 0.5
"""Stations duplicate each other when at least half of what the lesser covers is covered by the other, too."""

ROUNDING = 1e-6
"""Two halves added up in another order are halves all the same."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a station that counts is worth, in the unit of the demand.

    Attributes
    ----------
    covers
        All within reach of it: ``only`` and ``shared`` together.
    only
        What no other covers: what closing it would cost.
    shared
        What others cover, too.
    nearest
        What has it as the nearest station.
    township
        Name of the township it stands in; empty outside all.
    """

    code: str
    township: str
    covers: float
    only: float
    shared: float
    nearest: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stations that cover the same demand; `lesser` covers no more than `greater`.

    Attributes
    ----------
    shared
        What both cover, in the unit of the demand.
    of_lesser, of_greater
        That as a share of what each covers, 0 to 1.
    """

    lesser: str
    greater: str
    shared: float
    of_lesser: float
    of_greater: float


def worth(served: Served) -> tuple[Worth, ...]:
    """Tell what each station that counts is worth, in the order of their codes."""
    size, weight = served.counts.size, served.weight
    covers = np.zeros(size)
    for rows in served.pieces():
        near = (rows.reach.metres <= served.limit_m).astype(np.float64)
        there = rows.slot >= 0
        covers[there] += (weighed(rows, near).T @ weight)[rows.slot[there]]
    alone, covered = served.times == 1, served.covered
    only = summed(served.nearest_site[alone], weight[alone], size)
    nearest = summed(served.nearest_site[covered], weight[covered], size)
    codes, names = served.codes, ("", *served.atlas.townships.names)
    return tuple(
        Worth(
            code=codes[site],
            township=names[served.site_group[site]],
            covers=float(covers[site]),
            only=float(only[site]),
            shared=max(float(covers[site] - only[site]), 0.0),
            nearest=float(nearest[site]),
        )
        for site in np.flatnonzero(served.counts).tolist()
    )


def pairs(served: Served) -> tuple[Pair, ...]:
    """Find the pairs of stations that duplicate each other, the strongest first, and `MOST_PAIRS` at most."""
    if served.counts.sum() < 2:
        return ()
    # What two stations share hangs on no third: every moment has some of the same pairs.
    among = np.ones(served.counts.size, bool) if served.counts.size <= MOST_TOGETHER else served.counts
    key = (served.snapshot.positions_digest, served.query.mode, served.layer.key, served.limit_m, among.tobytes())
    every = served.atlas.memo.get(("pairs", *key), lambda: _duplicates(served, among))
    strongest = np.flatnonzero(served.counts[every.lesser] & served.counts[every.greater])[:MOST_PAIRS]
    codes = served.codes
    return tuple(
        Pair(
            lesser=codes[every.lesser[at]],
            greater=codes[every.greater[at]],
            shared=float(every.shared[at]),
            of_lesser=float(every.of_lesser[at]),
            of_greater=float(every.of_greater[at]),
        )
        for at in strongest.tolist()
    )


class _Duplicates(NamedTuple):
    """Pairs, the strongest first: places among the active stations, int32 [K], and figures as those of a `Pair`."""

    lesser: Int
    greater: Int
    shared: Float
    of_lesser: Float
    of_greater: Float


def _duplicates(served: Served, among: Bool) -> _Duplicates:
    """Find all pairs among some of the active stations, bool [active]."""
    one, other, shared, covers = _overlaps(served, among)
    least = np.minimum(covers[one], covers[other])
    strong = np.flatnonzero((shared >= LEAST_OVERLAP * least * (1.0 - ROUNDING)) & (least > 0))
    one, other, shared = one[strong], other[strong], shared[strong]
    swap = covers[one] > covers[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    of_lesser, of_greater = np.minimum(shared / covers[one], 1.0), np.minimum(shared / covers[other], 1.0)
    order = np.lexsort((other, one, -shared, -of_greater, -of_lesser))
    return _Duplicates(one[order], other[order], shared[order], of_lesser[order], of_greater[order])


def _covering(served: Served, among: Bool) -> tuple[Int, Int]:
    """Which of some stations cover each point: int32 [P + 1], the point's are ``site[start[p]:start[p + 1]]``."""
    parts = [(rows, entries(rows, among, served.limit_m)) for rows in served.pieces()]
    sites = [rows.site.take(rows.reach.site.take(taken.place)) for rows, taken in parts]
    if len(parts) == 1:
        return parts[0][1].first, sites[0]
    point = np.concatenate([np.empty(0, np.int32), *(taken.point for _, taken in parts)])
    start = np.zeros(served.weight.size + 1, np.int32)
    np.cumsum(np.bincount(point, minlength=served.weight.size), out=start[1:])
    return start, np.concatenate([np.empty(0, np.int32), *sites])[np.argsort(point, kind="stable")]


def _overlaps(served: Served, among: Bool) -> tuple[Int, Int, Float, Float]:
    """Each two of some stations and the demand that both cover; the demand that each covers, float64 [active]."""
    start, site = _covering(served, among)
    # Points that the same stations cover count as one: some six times fewer on a city's streets.
    first, group = group_runs(start, site, among.size)
    weight, times = summed(group, served.weight, first.size), np.diff(start)[first]
    site = site.take(expand_runs(start[first], start[first] + times))
    start = np.concatenate((np.zeros(1, np.int32), np.cumsum(times, dtype=np.int32)))
    covering = csr_array((np.ones(site.size), site, start), shape=(first.size, among.size))
    squares = float(np.square(times, dtype=np.float64).sum())
    dense = squares > MOST_PRODUCTS and among.size <= MOST_TOGETHER
    both = _by_parts(covering, weight) if dense else _at_once(covering, weight)
    upper = both.col > both.row
    return both.row[upper], both.col[upper], settled(both.data[upper]), settled(both.diagonal())


def _at_once(covering: csr_array, weight: Float) -> coo_array:
    times = np.diff(covering.indptr)
    weighed = csr_array((weight.repeat(times), covering.indices, covering.indptr), covering.shape)
    return (weighed.T @ covering).tocoo()


def _by_parts(covering: csr_array, weight: Float) -> coo_array:
    both = np.zeros((covering.shape[1], covering.shape[1]))
    for begin in range(0, weight.size, POINTS_AT_ONCE):
        some = slice(begin, begin + POINTS_AT_ONCE)
        dense = covering[some].toarray().astype(np.float32)
        both += dense.T @ (dense * weight[some, None].astype(np.float32))
    return coo_array(both)
