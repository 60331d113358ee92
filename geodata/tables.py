"""Tables of sites: from every node of a network the sites it reaches, nearest first, ready to be asked by a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

import numpy as np

from geodata.matrix import node_matrix
from geodata.network import AT_NODE_M, StreetNetwork
from geodata.snapping import Snap, Snaps
from geodata.standing import Rows

ROW_PIECE = 12
"""Most questions are answered by the few nearest sites."""


@dataclass(frozen=True, eq=False)
class SiteTable:
    """Metres from nodes to the doors of sites.

    Attributes
    ----------
    sites
        Where the sites meet the streets; edge -1 has no entries.
    rows
        Their rows in a matrix whose points are the nodes.
    """

    sites: Snaps
    rows: Rows

    @property
    def limit_m(self) -> float:
        """Whatever lies within this distance is in the table."""
        return self.rows.reach.limit_m


def site_table(network: StreetNetwork, sites: Snaps, limit_m: float) -> SiteTable:
    """Metres from every node to the door of each site within ``limit_m``, worked out now."""
    slot = np.where(sites.edge >= 0, np.arange(len(sites)), -1).astype(np.int32)
    return SiteTable(sites, Rows(node_matrix(network, sites, limit_m), slot))


def nearest_first(network: StreetNetwork, table: SiteTable, origin: Snap) -> Iterator[tuple[float, int]]:
    """Sites that a position reaches, by a ready table, the nearest first and no more of them than are asked for.

    Yields
    ------
    metres, site
        The whole way from door to door. Ways of one length to the centimetre come in the order of the sites. All
        sites within the table's limit come; one that is reached by both ends of the street comes twice, the shorter
        way first.
    """
    streets, edge, offset_m = network.streets, origin.edge, origin.offset_m
    rest_m = float(streets.edge_m[edge]) - offset_m
    along, against = bool(network.is_open[0][edge]), bool(network.is_open[1][edge])
    runs: list[Iterable[tuple[float, int]]] = []
    if along or rest_m <= AT_NODE_M:
        runs.append(_row(table, int(streets.edge_v[edge]), rest_m + origin.off_m))
    if against or offset_m <= AT_NODE_M:
        runs.append(_row(table, int(streets.edge_u[edge]), offset_m + origin.off_m))
    direct = []
    for site in table.sites.by_edge.get(edge, ()):
        gap_m = float(table.sites.offset_m[site]) - offset_m
        if abs(gap_m) <= AT_NODE_M or (along if gap_m > 0 else against):
            direct.append((round(abs(gap_m) + float(table.sites.off_m[site]) + origin.off_m, 2), site))
    if direct:
        runs.append(sorted(direct))
    return merge(*runs)


def _row(table: SiteTable, node: int, first_m: float) -> Iterator[tuple[float, int]]:
    """One node's sites, nearest first, ``first_m`` added; taken out of the arrays a few at a time."""
    reach, site_of = table.rows.reach, table.rows.site
    metres = reach.metres
    at, end = int(reach.start[node]), int(reach.start[node + 1])
    while at < end:
        to = min(at + ROW_PIECE, end)
        # Ways of one length stay together, to be put in the order of the sites.
        while to < end and metres[to] == metres[to - 1]:
            to += 1
        sites = site_of[reach.site[at:to]].tolist()
        found = zip(metres[at:to].tolist(), sites, strict=True)
        yield from sorted((round(door_m + first_m, 2), site) for door_m, site in found if site >= 0)
        at = to
