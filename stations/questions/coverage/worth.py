"""What each station is worth: what it covers, what only it covers, and which stations do the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.lonlat import Float
from geodata.standing import Rows
from geodata.streets import Int, Long
from stations.questions.coverage.nearby import entries, weighed
from stations.questions.coverage.serving import Served, summed

MOST_PRODUCTS = 3e7
"""Pairs of stations over all points that a sparse product takes; beyond it a dense one is faster."""

POINTS_AT_ONCE = 4096

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
    counted = np.flatnonzero(served.counts)
    if counted.size < 2:
        return ()
    both = _overlaps(served, counted)
    covers = both.diagonal().copy()
    lesser = np.minimum(covers[:, None], covers[None, :])
    enough = LEAST_OVERLAP * lesser * (1.0 - ROUNDING)
    one, other = np.nonzero(np.triu((both >= enough) & (lesser > 0), 1))
    swap = covers[one] > covers[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    shared = both[one, other]
    of_lesser, of_greater = np.minimum(shared / covers[one], 1.0), np.minimum(shared / covers[other], 1.0)
    strongest = np.lexsort((other, one, -shared, -of_greater, -of_lesser))[:MOST_PAIRS]
    codes = served.codes
    return tuple(
        Pair(
            lesser=codes[counted[one[at]]],
            greater=codes[counted[other[at]]],
            shared=float(shared[at]),
            of_lesser=float(of_lesser[at]),
            of_greater=float(of_greater[at]),
        )
        for at in strongest.tolist()
    )


def _covering(served: Served, rows: Rows) -> tuple[Int, Int]:
    """Points, ascending, and counted stations within reach of them, by their places among the active ones."""
    taken = entries(rows, served.counts, served.limit_m)
    return taken.point, rows.site[rows.reach.site[taken.place]]


def _overlaps(served: Served, counted: Long) -> Float:
    """Demand that each two counted stations both cover, float64 [counted, counted]; with itself, what one covers."""
    number = np.full(served.counts.size, -1, np.int64)
    number[counted] = np.arange(counted.size)
    parts = [_covering(served, rows) for rows in served.pieces()]
    point, site = (np.concatenate(some) for some in zip(*parts, strict=True))
    shape = (served.weight.size, counted.size)
    covering = csr_array((np.ones(point.size, np.float32), (point, number[site])), shape=shape)
    if float(served.times.astype(np.float64) @ served.times) <= MOST_PRODUCTS:
        weighed = csr_array((served.weight[point], (number[site], point)), shape=shape[::-1])
        return np.asarray((weighed @ covering).todense())
    both = np.zeros((counted.size, counted.size))
    for first in range(0, shape[0], POINTS_AT_ONCE):
        some = slice(first, first + POINTS_AT_ONCE)
        dense = covering[some].toarray()
        both += dense.T @ (dense * served.weight[some, None].astype(np.float32))
    return both
