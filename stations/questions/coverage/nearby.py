"""What is near each demand point: reductions over the sparse matrices of metres, by street or straight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.bits import Bits
from geodata.matrix import Reach
from geodata.runs import expand_runs
from geodata.standing import Rows

Bool = NDArray[np.bool_]
Int = NDArray[np.int32]
Long = NDArray[np.int64]
Metres = NDArray[np.float32]
Kinds = NDArray[np.uint8]

AT_ONCE = 1 << 15
"""Entries whose stations are looked up together."""

PERHAPS, SURELY = np.uint8(1), np.uint8(2)


@dataclass(frozen=True, slots=True)
class Nearby:
    """The stations of some choice within a distance of each demand point.

    Attributes
    ----------
    times
        int32 [P]: how many.
    metres
        float32 [P]: to the nearest; infinite where there is none.
    site
        int32 [P]: the nearest, as a place among the active stations; -1 where there is none.
    """

    times: Int
    metres: Metres
    site: Int


def nearby(pieces: Iterable[Rows], chosen: Bool, limit_m: float, points: int) -> Nearby:
    """Find the chosen stations, bool [active], within a distance of each point."""
    found = _none(points)
    for rows in pieces:
        found = _together(found, _nearby(rows, _taken(rows, chosen, limit_m)))
    return found


def nearby_if(pieces: Iterable[Rows], surely: Bool, perhaps: Bool, limit_m: float, points: int) -> tuple[Nearby, Int]:
    """As `nearby` of the stations that are surely chosen, and how many are surely or perhaps, int32 [P]."""
    found, either = _none(points), np.zeros(points, np.int32)
    for rows in pieces:
        kind = _kinds(rows, surely * SURELY + perhaps * PERHAPS, limit_m)
        found = _together(found, _nearby(rows, kind == SURELY))
        either += _times(rows, kind > 0)
    return found, either


def count_nearby(pieces: Iterable[Rows], chosen: Bool, limit_m: float, points: int) -> Int:
    """Count the chosen stations, bool [active], within a distance of each point, int32 [P]."""
    times = np.zeros(points, np.int32)
    for rows in pieces:
        times += _times(rows, _taken(rows, chosen, limit_m))
    return times


class Entries(NamedTuple):
    """Some entries of a matrix.

    Attributes
    ----------
    place
        int64, ascending: where they stand in it.
    first
        int32 [P + 1]: the point's are ``place[first[p]:first[p + 1]]``, nearest first.
    """

    place: Long
    first: Int

    @property
    def times(self) -> Int:
        """int32 [P]: how many each point has."""
        return np.diff(self.first)

    @property
    def point(self) -> Int:
        """int32: the point of each."""
        times = self.times
        return np.repeat(np.arange(times.size, dtype=np.int32), times)


def entries(rows: Rows, chosen: Bool, limit_m: float) -> Entries:
    """Find the entries of the chosen stations, bool [active], within a distance."""
    taken = _taken(rows, chosen, limit_m)
    return Entries(np.flatnonzero(taken), Bits.of(taken).before(rows.reach.start).astype(np.int32))


def at_points(rows: Rows, points: Long) -> Rows:
    """The part of a matrix that is of some points, in their order."""
    reach = rows.reach
    begin, end = reach.start[points], reach.start[points + 1]
    taken = expand_runs(begin, end)
    start = np.zeros(points.size + 1, np.int64)
    np.cumsum(end - begin, out=start[1:])
    return Rows(Reach(reach.limit_m, start, reach.site[taken], reach.metres[taken], reach.slots), rows.slot)


def weighed(rows: Rows, values: NDArray[np.floating]) -> csr_array:
    """The matrix with a value for every entry, [points, slots]."""
    reach = rows.reach
    return csr_array((values, reach.site, reach.start), shape=(reach.points, reach.slots))


def _taken(rows: Rows, chosen: Bool, limit_m: float) -> Bool:
    """Tell which entries are within a distance and of the chosen stations: bool [E]."""
    return _kinds(rows, chosen.astype(np.uint8), limit_m).view(np.bool_)


def _kinds(rows: Rows, kinds: Kinds, limit_m: float) -> Kinds:
    """Kinds of the stations, uint8 [active], at the entries that are within a distance: uint8 [E], 0 elsewhere."""
    site, by_slot = rows.reach.site, rows.by_slot(kinds)
    near = (rows.reach.metres <= limit_m).view(np.uint8)
    if by_slot.size and (by_slot == by_slot[0]).all():
        return near * by_slot[0]
    # What `take` needs of indices is made some at a time, so that it stays near.
    laid = np.empty(site.size, np.uint8)
    index = np.empty(min(AT_ONCE, site.size), np.intp)
    for begin in range(0, site.size, AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        here = index[: site[some].size]
        here[:] = site[some]
        by_slot.take(here, out=laid[some], mode="clip")
    laid *= near
    return laid


def _times(rows: Rows, taken: Bool) -> Int:
    return np.diff(Bits.of(taken).before(rows.reach.start)).astype(np.int32)


def _nearby(rows: Rows, taken: Bool) -> Nearby:
    # A point's entries stand nearest first: the first that is taken is the nearest.
    reach, bits = rows.reach, Bits.of(taken)
    found = _none(reach.points)
    found.times[:] = np.diff(bits.before(reach.start))
    some = np.flatnonzero(found.times > 0)
    nearest = bits.following(reach.start.take(some))
    found.metres[some] = reach.metres.take(nearest)
    found.site[some] = rows.site.take(reach.site.take(nearest))
    return found


def _none(points: int) -> Nearby:
    return Nearby(np.zeros(points, np.int32), np.full(points, np.inf, np.float32), np.full(points, -1, np.int32))


def _together(one: Nearby, other: Nearby) -> Nearby:
    """Put the stations of two pieces together."""
    site = np.where(other.metres < one.metres, other.site, one.site)
    return Nearby(one.times + other.times, np.minimum(one.metres, other.metres), site)
