"""Who is served: the counted stations within reach of every demand point, from which all figures follow.

Everything is a reduction over two sparse matrices, metres by street and metres
in a straight line, which depend on positions alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.atlas import Atlas
from geodata.layers import Layer
from geodata.lonlat import Float
from geodata.standing import Rows
from stations.errors import QuestionError
from stations.hours import State
from stations.questions.coverage.nearby import Bool, Int, Metres, count_nearby, nearby_if
from stations.questions.coverage.query import LEAST_SPEED_KMH, CoverageQuery
from stations.questions.coverage.whatif import supposed
from stations.questions.reach import circle_pieces, reach_pieces
from stations.registry.snapshot import STATE_CODES, Snapshot


@dataclass(frozen=True, slots=True)
class Counted:
    """Which of the active stations count, in the order of `Snapshot.active_rows`.

    Attributes
    ----------
    suits
        bool [active]: have the amenities.
    surely, perhaps
        bool [active]: suit and are open at the moment; suit, and their hours at the moment are not known. Whatever
        the hours, all that suit and serve all year are counted surely: a stall of five days is no part of a network,
        unless one asks for one of its days.
    """

    suits: Bool
    surely: Bool
    perhaps: Bool


class Listed(NamedTuple):
    """A row of an answer: the number of its group, and the township's code and name, empty for outside all."""

    group: int
    code: str
    name: str


@dataclass(frozen=True, eq=False)
class Served:
    """A question with what all its answers are reduced from. Points are those of the layer's demand.

    Attributes
    ----------
    snapshot
        As supposed: with the changes of the query.
    before
        As the registry has it.
    limit_m
        How far one gets in the minutes.
    speed_ms
        Metres per second.
    counts, perhaps
        bool [active]: stations that count, and those that would if their unknown hours were open.
    times, times_if
        int32 [P]: counted stations within reach; the same, if those of unknown hours were open.
    nearest_m, nearest_site
        float32 and int32 [P]: the nearest counted station within reach; infinite and -1 where there is none. Sites
        are places among the active stations.
    circle_times
        int32 [P]: counted stations within the same distance in a straight line.
    """

    query: CoverageQuery
    snapshot: Snapshot
    before: Snapshot
    atlas: Atlas
    layer: Layer
    limit_m: float
    speed_ms: float
    suits: Bool
    counts: Bool
    perhaps: Bool
    times: Int
    times_if: Int
    nearest_m: Metres
    nearest_site: Int
    circle_times: Int

    @cached_property
    def covered(self) -> Bool:
        """Bool [P]: within reach of a station that counts."""
        return self.times >= 1

    @property
    def dated(self) -> Bool:
        """Bool [active]: stations left out for serving on given dates alone, as no moment is asked for."""
        return self.suits & ~self.counts if self.query.at is None else np.zeros(self.suits.size, bool)

    @property
    def weight(self) -> Float:
        """float64 [P]: demand."""
        return self.layer.demand.weight

    @property
    def total(self) -> float:
        """All demand."""
        return float(self.weight.sum())

    @cached_property
    def group(self) -> NDArray[np.int64]:
        """int64 [P]: township of each point, from 1; 0 outside all."""
        return self.layer.demand.township.astype(np.int64) + 1

    @property
    def groups(self) -> int:
        """How many groups there may be: a township each, and what lies outside all."""
        return len(self.atlas.townships.names) + 1

    def by_groups(self, *chosen: Bool) -> Float:
        """Demand by group in all, and that of each choice of points, bool [P]: float64 [groups, 1 + choices]."""
        kind = np.zeros(self.weight.size, np.uint8)  # of at most 8 choices
        for bit, points in enumerate(chosen):
            kind |= points.view(np.uint8) << np.uint8(bit)
        kinds = 1 << len(chosen)
        table = summed(self.group * kinds + kind, self.weight, self.groups * kinds).reshape(self.groups, kinds)
        of_kind = np.arange(kinds)
        sums = (table[:, of_kind >> bit & 1 == 1].sum(axis=1) for bit in range(len(chosen)))
        return settled(np.column_stack([table.sum(axis=1), *sums]))

    def by_group(self, chosen: Bool | None = None) -> Float:
        """Demand by group, float64 [groups]: all, or that of some points alone, bool [P]."""
        if chosen is None:
            return settled(summed(self.group, self.weight, self.groups))
        return settled(summed(self.group, self.weight * chosen, self.groups))

    @cached_property
    def site_group(self) -> NDArray[np.int64]:
        """int64 [active]: the group that each active station stands in."""
        rows = self.snapshot.active_rows
        where = self.atlas.memo.get(
            ("standing", self.snapshot.positions_digest),
            lambda: self.atlas.townships.townships_at(self.snapshot.lon[rows], self.snapshot.lat[rows]),
        )
        return where.astype(np.int64) + 1

    @cached_property
    def standing(self) -> NDArray[np.int64]:
        """int64 [groups]: stations that count, by where they stand."""
        return np.bincount(self.site_group[self.counts], minlength=self.groups)

    @cached_property
    def listed(self) -> tuple[Listed, ...]:
        """What an answer has a row for: every township, and at the end what lies outside all, if anything does."""
        townships = self.atlas.townships
        named = zip(range(1, self.groups), townships.codes, townships.names, strict=True)
        rows = [Listed(group, code, name) for group, code, name in named]
        if self.standing[0] or (self.weight[self.group == 0] > 0).any():
            rows.append(Listed(0, "", ""))
        return tuple(rows)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the active stations, which sites are places among."""
        rows = self.snapshot.active_rows
        return tuple(self.snapshot.codes[row] for row in rows.tolist())

    def pieces(self, limit_m: float | None = None) -> Iterator[Rows]:
        """The matrix by street to at least a limit, the one of the question unless told; mostly in one piece."""
        return reach_pieces(
            self.snapshot, self.atlas, self.query.mode, self.layer.key, self.limit_m if limit_m is None else limit_m
        )

    def circles(self) -> Iterator[Rows]:
        """The matrix of straight lines to at least the limit; mostly in one piece."""
        return circle_pieces(self.snapshot, self.atlas, self.layer.key, self.limit_m)


def serve(query: CoverageQuery, snapshot: Snapshot, atlas: Atlas) -> Served:
    """Find out who is served.

    A demand point is served when the way along the streets from it to the door of a station that counts takes at most
    the minutes asked.

    Parameters
    ----------
    snapshot
        As the registry has it; the changes of the query are made here.

    Raises
    ------
    UnknownModeError
        The atlas was built without the travel mode.
    LayerError
        The atlas has no such demand.
    QuestionError
        A speed at which nobody goes.
    WhatIfError
        A change that cannot be supposed.
    """
    speed_ms = speed_of(query, atlas)
    layer = atlas.layer(query.weight)
    before, snapshot = snapshot, supposed(query.changes, snapshot, atlas)
    limit_m = query.minutes * 60.0 * speed_ms
    counted = counted_of(query, snapshot)
    points = layer.demand.weight.size
    pieces = reach_pieces(snapshot, atlas, query.mode, layer.key, limit_m)
    near, times_if = nearby_if(pieces, counted.surely, counted.perhaps, limit_m, points)
    circles = circle_pieces(snapshot, atlas, layer.key, limit_m)
    return Served(
        query=query,
        snapshot=snapshot,
        before=before,
        atlas=atlas,
        layer=layer,
        limit_m=limit_m,
        speed_ms=speed_ms,
        suits=counted.suits,
        counts=counted.surely,
        perhaps=counted.perhaps,
        times=near.times,
        times_if=times_if,
        nearest_m=near.metres,
        nearest_site=near.site,
        circle_times=count_nearby(circles, counted.surely, limit_m, points),
    )


def speed_of(query: CoverageQuery, atlas: Atlas) -> float:
    """Metres per second of a question.

    Raises
    ------
    UnknownModeError
        The atlas was built without the travel mode.
    QuestionError
        Slower than `LEAST_SPEED_KMH`, or faster than the mode may be asked for.
    """
    mode = atlas.network(query.mode).mode
    if query.speed_kmh is None:
        return mode.metres_per_second
    if not LEAST_SPEED_KMH <= query.speed_kmh <= mode.max_speed_kmh:
        raise QuestionError(
            "Nobody goes {speed:g} km/h there. Give a speed from {least:g} to {most:g} km/h.",
            speed=query.speed_kmh,
            least=LEAST_SPEED_KMH,
            most=mode.max_speed_kmh,
        )
    return query.speed_kmh / 3.6


def counted_of(query: CoverageQuery, snapshot: Snapshot) -> Counted:
    """Which active stations count in a question."""
    rows = snapshot.active_rows
    suits = np.ones(rows.size, bool)
    for key in query.amenities:
        suits &= snapshot.has(key, nearby=True)[rows]
    if query.at is None:
        return Counted(suits, suits & ~snapshot.dated[rows], np.zeros(rows.size, bool))
    state = snapshot.states_at(query.at)[rows]
    return Counted(suits, suits & (state == STATE_CODES[State.OPEN]), suits & (state == STATE_CODES[State.UNKNOWN]))


def counted_stations(query: CoverageQuery, snapshot: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of a snapshot, as supposed, that count in a question, and rows that would if their hours were open."""
    rows, counted = snapshot.active_rows, counted_of(query, snapshot)
    return rows[counted.surely], rows[counted.perhaps]


def summed(place: NDArray[np.integer], values: Float, size: int) -> Float:
    """Add up values by the place of each, float64 [size]."""
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)


def settled(sums: Float) -> Float:
    """Sums of demand to a millionth, so that they are the same in whatever order they were added up."""
    return np.round(sums, 6)
