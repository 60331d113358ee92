"""The reach matrix: metres by street from demand points to sites, sparse, every point's sites nearest first.

It depends on positions alone. A site is a slot, and rows of further sites are set
in among the others without working these out again, so that a station that moves
costs one search.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.network import AT_NODE_M, StreetNetwork
from geodata.runs import expand_runs
from geodata.snapping import Snaps
from geodata.streets import Float, Int, Long
from geodata.travel import searches

Metres = NDArray[np.float32]

CENTIMETRES = 100.0
"""Metres are kept to the centimetre, so that ways of one length are equal however they were added up."""

WHOLE_KEY_BITS = 63


@dataclass(frozen=True, eq=False)
class Reach:
    """Metres from demand points to sites, sparse, by point, nearest site first.

    Attributes
    ----------
    limit_m
        Whatever lies within this distance is in the matrix.
    start
        int64 [P + 1]: the point's entries are ``start[p]:start[p + 1]``.
    site
        int32 [E]: slot of the site.
    metres
        float32 [E]: the whole way, at both ends to the door; to the centimetre, ascending within a point. Equal ones
        stand by the rank of their sites, which is that of their slots unless others came in later.
    slots
        Sites have slots from 0; a slot may have no entries.
    """

    limit_m: float
    start: Long
    site: Int
    metres: Metres
    slots: int

    @classmethod
    def gathered(
        cls, limit_m: float, points: int, slots: int, point: Int | Long, site: Int | Long, centimetres: Int | Long
    ) -> Reach:
        """Bring entries that come in any order, one for each pair, into the order of the matrix."""
        widths = [int(top).bit_length() for top in (points, centimetres.max(initial=0), slots)]
        if sum(widths) <= WHOLE_KEY_BITS:
            # One number for an entry sorts many times as fast as three.
            key = point.astype(np.int64)
            for part, width in ((centimetres, widths[1]), (site, widths[2])):
                key <<= width
                key |= part
            key.sort()
            site = (key & ((1 << widths[2]) - 1)).astype(np.int32)
            key >>= widths[2]
            centimetres = (key & ((1 << widths[1]) - 1)).astype(np.int32)
            key >>= widths[1]
            point = key
        else:
            order = np.lexsort((site, centimetres, point))
            point, site, centimetres = point[order], site[order], centimetres[order]
        start = np.zeros(points + 1, np.int64)
        np.cumsum(np.bincount(point, minlength=points), out=start[1:])
        metres = (centimetres / CENTIMETRES).astype(np.float32)
        return cls(limit_m, start, site.astype(np.int32, copy=False), metres, slots)

    @property
    def points(self) -> int:
        """How many demand points there are."""
        return self.start.size - 1

    @property
    def nbytes(self) -> int:
        """Memory of the entries."""
        return self.start.nbytes + self.site.nbytes + self.metres.nbytes

    def point(self) -> Int:
        """int32 [E]: the point of every entry."""
        return np.repeat(np.arange(self.points, dtype=np.int32), np.diff(self.start))

    def row(self, slot: int) -> tuple[Int, Metres]:
        """The points within reach of one site, ascending, and their metres."""
        at = np.flatnonzero(self.site == slot)
        point = np.searchsorted(self.start, at, side="right") - 1
        return point.astype(np.int32), self.metres[at]

    def with_rows(self, more: Reach, rank: Long | None = None) -> Reach:
        """The same with the rows of further sites, which get the slots behind those that are there.

        Parameters
        ----------
        more
            Of the same points, with at least the same limit; what is beyond this one's limit is left out.
        rank
            int64 [slots of both]: by which equal ways stand; by slot when not given.
        """
        near = more.metres <= self.limit_m
        point, site, metres = more.point()[near], more.site[near] + np.int32(self.slots), more.metres[near]
        slots = self.slots + more.slots
        if not point.size:
            return Reach(self.limit_m, self.start, self.site, self.metres, slots)
        ranks = np.arange(slots) if rank is None else rank
        place = self._places(point, metres, ranks, ranks[site]) + np.arange(point.size)
        old = np.ones(self.site.size + point.size, bool)
        old[place] = False
        sites, all_metres = np.empty(old.size, np.int32), np.empty(old.size, np.float32)
        sites[place], all_metres[place] = site, metres
        sites[old], all_metres[old] = self.site, self.metres
        start = self.start.copy()
        start[1:] += np.cumsum(np.bincount(point, minlength=self.points))
        return Reach(self.limit_m, start, sites, all_metres, slots)

    def of_slots(self, kept: Long) -> Reach:
        """The rows of some slots alone, which are renumbered from 0 in the order of ``kept``, ascending."""
        number = np.full(self.slots, -1, np.int32)
        number[kept] = np.arange(kept.size, dtype=np.int32)
        site = number[self.site]
        stays = site >= 0
        before = np.zeros(self.site.size + 1, np.int64)
        np.cumsum(stays, out=before[1:])
        return Reach(self.limit_m, before[self.start], site[stays], self.metres[stays], int(kept.size))

    def _places(self, point: Int, metres: Metres, ranks: Long, rank: Long) -> Long:
        """Before which entries further ones belong: behind those of the same point that are nearer, or as near."""
        low, high = self.start[point], self.start[point + 1]
        while np.any(low < high):
            middle = (low + high) >> 1
            probed = np.minimum(middle, self.metres.size - 1)
            there = self.metres[probed]
            before = (low < high) & ((there < metres) | ((there == metres) & (ranks[self.site[probed]] < rank)))
            low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
        return low


class Points:
    """Demand points on a network, made ready for being reached from many sites.

    Parameters
    ----------
    network
        Of one travel mode.
    snaps
        Where the points meet it; edge -1 is never reached.
    """

    def __init__(self, network: StreetNetwork, snaps: Snaps) -> None:
        streets = network.streets
        self.network, self.snaps = network, snaps
        on = snaps.edge >= 0
        edge = np.where(on, snaps.edge, 0)
        chosen = Snaps(edge, snaps.offset_m, snaps.off_m)
        to_u, to_v = network.leaving(chosen)
        self.u, self.v = streets.edge_u[edge], streets.edge_v[edge]
        off_m = np.where(on, snaps.off_m, np.inf)
        rest_m = streets.edge_m[edge] - snaps.offset_m
        # Infinite where one may not leave by that end.
        self.by_u_m = np.where(to_u, snaps.offset_m + off_m, np.inf)
        self.by_v_m = np.where(to_v, rest_m + off_m, np.inf)

    def __len__(self) -> int:
        return len(self.snaps)

    @cached_property
    def _by_node(self) -> tuple[Long, Int]:
        """Points by the ends of their edges: int64 [N + 1], int32."""
        number = np.flatnonzero(self.snaps.edge >= 0)
        node = np.concatenate((self.u[number], self.v[number]))
        order = np.argsort(node, kind="stable")
        start = np.zeros(self.network.streets.node_x.size + 1, np.int64)
        np.cumsum(np.bincount(node, minlength=start.size - 1), out=start[1:])
        return start, np.concatenate((number, number))[order].astype(np.int32)

    @cached_property
    def _by_edge(self) -> tuple[Int, Int]:
        """Edges of the points, ascending, and the points on them."""
        order = np.argsort(self.snaps.edge, kind="stable").astype(np.int32)
        return self.snaps.edge[order], order

    def around(self, nodes: Long) -> Int:
        """Points, ascending, on edges that begin or end at one of some nodes."""
        start, point = self._by_node
        return _distinct(point[expand_runs(start[nodes], start[nodes + 1])])

    def on_edges_of(self, sites: Snaps) -> tuple[Long, Int | Long, Float]:
        """Sites, ascending, and points on the same edge, straight along it: site, point, metres door to door."""
        return _on_one_edge(self.network, sites, self.snaps, *self._by_edge)


def reach_matrix(points: Points, sites: Snaps, limit_m: float) -> Reach:
    """Metres from every point to every site within ``limit_m``, door to door.

    Parameters
    ----------
    sites
        Where the sites meet the network of the points; a site gets the slot of its place here, and one on edge -1
        has no entries.
    """
    return _gathered(_searched(points, sites, limit_m), limit_m, len(points), len(sites))


def node_matrix(network: StreetNetwork, sites: Snaps, limit_m: float) -> Reach:
    """Metres from every node of a network, which are its points, to the doors of sites within ``limit_m``."""
    tables = (
        (group, nodes, table + sites.off_m[group][:, None]) for group, nodes, table in searches(network, sites, limit_m)
    )
    return _gathered(tables, limit_m, network.streets.node_x.size, len(sites))


def _gathered(tables: Iterable[tuple[Long, Int | Long, Float]], limit_m: float, points: int, slots: int) -> Reach:
    """Put together what lies within a limit, from groups of sites, points, and float64 [group, points] metres."""
    none = np.empty(0, np.int32)  # 32 bits hold every street: 21,000 km in centimetres
    owner, reached, far = [none], [none], [none]
    most = math.floor(limit_m * CENTIMETRES) if math.isfinite(limit_m) else None
    for group, point, metres in tables:
        centimetres = np.rint(metres * CENTIMETRES)
        row, column = np.nonzero(np.isfinite(centimetres) if most is None else centimetres <= most)
        owner.append(group[row].astype(np.int32))
        reached.append(point[column].astype(np.int32))
        far.append(centimetres[row, column].astype(np.int32))
    return Reach.gathered(limit_m, points, slots, *map(np.concatenate, (reached, owner, far)))


def _searched(points: Points, sites: Snaps, limit_m: float) -> Iterator[tuple[Long, Int, Float]]:
    """Groups of sites, the points around them, and float64 [group, points] metres door to door, infinite beyond."""
    straight_site, straight_point, straight_m = points.on_edges_of(sites)
    first = np.searchsorted(straight_site, np.arange(len(sites) + 1))
    for group, nodes, table in searches(points.network, sites, limit_m):
        begin, end = first[group], first[group + 1]
        same = expand_runs(begin, end)
        point = points.around(nodes)
        if same.size:
            point = _distinct(np.concatenate((point, straight_point[same])))
        if not point.size:
            continue
        # One column more, for nodes that are beyond the searched part.
        ways = np.pad(table, ((0, 0), (0, 1)), constant_values=np.inf)
        u, v = (_column_of(nodes, end_node[point]) for end_node in (points.u, points.v))
        metres = np.minimum(ways[:, u] + points.by_u_m[point], ways[:, v] + points.by_v_m[point])
        metres += sites.off_m[group][:, None]
        if same.size:
            row = np.repeat(np.arange(group.size), end - begin)
            np.minimum.at(metres, (row, np.searchsorted(point, straight_point[same])), straight_m[same])
        yield group, point, metres


def _distinct(numbers: Int) -> Int:
    """Each number once, ascending; they lie together, so that marking them is quicker than sorting."""
    if not numbers.size:
        return numbers
    low = int(numbers.min())
    marked = np.zeros(int(numbers.max()) - low + 1, bool)
    marked[numbers - low] = True
    return (np.flatnonzero(marked) + low).astype(np.int32)


def _column_of(nodes: Long, wanted: Int) -> Long:
    """Places of some nodes among ascending ones; one behind the last for those that are not there."""
    place = np.searchsorted(nodes, wanted)
    if not nodes.size:
        return place
    found = nodes[np.minimum(place, nodes.size - 1)] == wanted
    return np.where(found, place, nodes.size)


def nearest_on_edge(network: StreetNetwork, sites: Snaps, points: Snaps) -> tuple[Float, Int]:
    """The nearest site along the very edge that a point is on.

    Returns
    -------
    metres, site
        float64 [K], from the point on the street to the site's door, infinite without one; int32 [K], -1 there.
    """
    order = np.argsort(points.edge, kind="stable")
    site, point, metres = _on_one_edge(network, sites, points, points.edge[order], order)
    metres = metres - points.off_m[point]
    order = np.lexsort((site, metres, point))
    site, point, metres = site[order], point[order], metres[order]
    first = np.ones(point.size, bool)
    first[1:] = point[1:] != point[:-1]
    nearest_m, nearest = np.full(len(points), np.inf), np.full(len(points), -1, np.int32)
    nearest_m[point[first]], nearest[point[first]] = metres[first], site[first]
    return nearest_m, nearest


def _on_one_edge(
    network: StreetNetwork, sites: Snaps, points: Snaps, edges: Int, number: Int | Long
) -> tuple[Long, Int | Long, Float]:
    """As `Points.on_edges_of`; ``edges`` are those of the points, ascending, and ``number`` the points on them."""
    along, against = network.is_open
    present = np.flatnonzero(sites.edge >= 0)
    begin = np.searchsorted(edges, sites.edge[present])
    end = np.searchsorted(edges, sites.edge[present], side="right")
    site = np.repeat(present, end - begin)
    point = number[expand_runs(begin, end)]
    gap = sites.offset_m[site] - points.offset_m[point]
    edge = sites.edge[site]
    permitted = np.where(gap > 0, along[edge], against[edge]) | (np.abs(gap) <= AT_NODE_M)
    site, point, gap = site[permitted], point[permitted], np.abs(gap[permitted])
    return site, point, gap + sites.off_m[site] + points.off_m[point]
