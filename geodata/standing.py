"""Matrices that are kept while sites come, go and move: a place that was asked for before costs nothing again.

A matrix has a slot for every place that a site stands at. When sites are asked
for of which some stand elsewhere, those rows alone are worked out and set in
among the others. Slots that no site stands at any more stay a while, for what is
tried on a map goes to and fro, and count for nothing.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from geodata.keeping import Keep
from geodata.lonlat import Float
from geodata.matrix import Reach
from geodata.streets import Int, Long

Any_ = TypeVar("Any_", bound=np.generic)
Bool = NDArray[np.bool_]
Make = Callable[[Float, Float], tuple[Reach, Bool]]
"""Works out the rows of sites at longitudes and latitudes in degrees, and tells which of them are on the streets."""

DEGREES = 1e7
"""Places are told apart to this part of a degree, a centimetre."""

SPARE_SLOTS = 64
"""As many slots as this, or a quarter of the sites where that is more, may be of places where nothing stands."""

KNOWN_SETS = 32
"""Sets of sites of which is remembered which slots they have."""


@dataclass(frozen=True, eq=False)
class Rows:
    """A matrix, and which of its slots are the sites that were asked for.

    Attributes
    ----------
    reach
        Metres from demand points to slots. Some slots may be of no site, and count for nothing.
    slot
        int32 [S]: each site's slot; -1 where it stands off the streets, or is not of this piece.
    """

    reach: Reach
    slot: Int

    @cached_property
    def site(self) -> Int:
        """int32 [slots]: the site that a slot is of, or -1."""
        site = np.full(self.reach.slots, -1, np.int32)
        there = np.flatnonzero(self.slot >= 0)
        site[self.slot[there]] = there
        return site

    def by_slot(self, values: NDArray[Any_], *, empty: Any = 0) -> NDArray[Any_]:
        """Lay values of the sites, [S, ...], on the slots, [slots, ...]; ``empty`` where a slot is of none."""
        there = self.slot >= 0
        laid = np.full((self.reach.slots, *values.shape[1:]), empty, values.dtype)
        laid[self.slot[there]] = values[there]
        return laid


class Standing:
    """One matrix that grows; safe under threads.

    Parameters
    ----------
    make
        Works out the rows of sites.
    keep
        Where the matrix is kept for the next start, and for other workers.
    family
        What the matrix follows from, but for the sites.
    """

    def __init__(self, make: Make, keep: Keep | None = None, family: str = "") -> None:
        self._make = make
        self._keep = Keep() if keep is None else keep
        self._family = family
        self._lock = Lock()
        self._reach: Reach | None = None
        self._place = np.empty((2, 0), np.int64)
        self._on = np.empty(0, bool)
        self._used = np.empty(0, np.int64)
        self._asked = 0
        self._known: OrderedDict[Hashable, Rows] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """Memory of the matrix."""
        return 0 if self._reach is None else self._reach.nbytes

    def rows(self, name: Hashable, where: Callable[[], tuple[Float, Float]]) -> Rows:
        """The rows of sites.

        Parameters
        ----------
        name
            The same for the same sites only.
        where
            Gives their longitudes and latitudes in degrees, float64 [S]; called for a name that is not known.
        """
        with self._lock:
            known = self._known.get(name)
            if known is None:
                known = self._found(*where())
                self._known[name] = known
                while len(self._known) > KNOWN_SETS:
                    self._known.popitem(last=False)
            else:
                self._known.move_to_end(name)
            return known

    def _found(self, lon: Float, lat: Float) -> Rows:
        place = _places(lon, lat)
        if self._reach is None:
            self._take_up(place)
        slot = _matches(self._place, place)
        missing = np.flatnonzero(slot < 0)
        reach = self._reach
        if reach is None or missing.size > max(slot.size // 2, SPARE_SLOTS):
            # By place, so that equal ways stand in the same order whatever was asked before.
            order = _by_place(place)
            reach, self._on = self._make(lon[order], lat[order])
            self._place, self._used = place[:, order], np.zeros(slot.size, np.int64)
            slot = np.argsort(order)
            reach = self._put_by(reach)
            self._known.clear()
        elif missing.size:
            missing = missing[_by_place(place[:, missing])]
            more, on = self._make(lon[missing], lat[missing])
            slot[missing] = reach.slots + np.arange(missing.size)
            self._place = np.concatenate((self._place, place[:, missing]), axis=1)
            reach = reach.with_rows(more, np.argsort(_by_place(self._place)))
            self._on = np.concatenate((self._on, on))
            self._used = np.concatenate((self._used, np.zeros(missing.size, np.int64)))
            self._known.clear()
        self._asked += 1
        self._used[slot] = self._asked
        self._reach = reach
        if reach.slots - slot.size > max(SPARE_SLOTS, slot.size // 4):
            slot = self._forget(slot)
        return Rows(self._reach, np.where(self._on[slot], slot, -1).astype(np.int32))

    def _take_up(self, place: Long) -> None:
        """Begin with the matrix of these sites that was kept, or else with that of others, of whom some may be here."""
        kept = self._keep.read(self._family, _name(place)) or self._keep.newest(self._family)
        if kept is None:
            return
        try:
            reach = Reach(
                float(kept["limit_m"][0]), kept["start"], kept["site"], kept["metres"], int(kept["place"].shape[1])
            )
            self._place, self._on = kept["place"], kept["on"]
        except LookupError:
            return
        self._used = np.zeros(reach.slots, np.int64)
        self._reach = reach

    def _put_by(self, reach: Reach) -> Reach:
        """Keep a matrix that was worked out from nothing; where that is done its arrays are those on disk."""
        kept = self._keep.write(
            self._family,
            _name(self._place),
            {
                "limit_m": np.array([reach.limit_m]),
                "start": reach.start,
                "site": reach.site,
                "metres": reach.metres,
                "place": self._place,
                "on": self._on,
            },
        )
        if kept is None:
            return reach
        return Reach(reach.limit_m, kept["start"], kept["site"], kept["metres"], reach.slots)

    def _forget(self, slot: Long) -> Long:
        """Drop the slots used longest ago; give the new numbers of those in use."""
        reach = self._reach
        if reach is None:
            return slot
        most = slot.size + SPARE_SLOTS // 2
        kept = np.sort(np.argsort(-self._used, kind="stable")[:most])
        self._reach = reach.of_slots(kept)
        self._place, self._on, self._used = self._place[:, kept], self._on[kept], self._used[kept]
        self._known.clear()
        return np.searchsorted(kept, slot)


class Matrices:
    """Matrices by what they follow from, the least recently used forgotten when they are too large; safe under threads.

    Parameters
    ----------
    most_bytes
        What they may hold together. The newest stays in any case.
    keep
        Where they are kept for the next start, and for other workers.
    """

    def __init__(self, most_bytes: int, keep: Keep | None = None) -> None:
        self._most = most_bytes
        self._keep = keep
        self._lock = Lock()
        self._kept: OrderedDict[str, Standing] = OrderedDict()

    def rows(self, family: str, make: Make, name: Hashable, where: Callable[[], tuple[Float, Float]]) -> Rows:
        """The rows of sites in the matrix of a family, which says what it follows from, as `Standing.rows`."""
        with self._lock:
            standing = self._kept.setdefault(family, Standing(make, self._keep, family))
            self._kept.move_to_end(family)
        found = standing.rows(name, where)
        with self._lock:
            while len(self._kept) > 1 and sum(each.nbytes for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
        return found


def _name(place: Long) -> str:
    return hashlib.sha256(np.ascontiguousarray(place).data).hexdigest()


def _places(lon: Float, lat: Float) -> Long:
    """What tells sites apart, int64 [2, S]: the place, and which of several at one place."""
    place = np.rint(lon * DEGREES).astype(np.int64) << 32 | np.rint((lat + 90.0) * DEGREES).astype(np.int64)
    order = np.argsort(place, kind="stable")
    ordered = place[order]
    first = np.searchsorted(ordered, ordered)
    nth = np.empty(place.size, np.int64)
    nth[order] = np.arange(place.size) - first
    return np.stack((place, nth))


def _by_place(place: Long) -> Long:
    """Order of sites by their places, from west to east."""
    return np.lexsort((place[1], place[0]))


def _matches(known: Long, wanted: Long) -> Long:
    """For each wanted place the number of the known one that is the same, or -1."""
    both = np.concatenate((known, wanted), axis=1)
    _, place = np.unique(both[0], return_inverse=True)
    number = place * (int(both[1].max(initial=0)) + 1) + both[1]
    mine, theirs = number[: known.shape[1]], number[known.shape[1] :]
    order = np.argsort(mine)
    at = np.minimum(np.searchsorted(mine[order], theirs), max(mine.size - 1, 0))
    if not mine.size:
        return np.full(theirs.size, -1)
    return np.where(mine[order][at] == theirs, order[at], -1)
