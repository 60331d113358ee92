"""Gaps: uncovered demand that hangs together, ranked, named, with the nearest station and its true time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.demand import Demand
from geodata.gazetteer import NearbyName
from geodata.lonlat import METRES_PER_DEGREE, Float, LonLat
from geodata.runs import expand_runs
from stations.questions.coverage.farther import nearest_counted
from stations.questions.coverage.reasons import Reason, reasons
from stations.questions.coverage.serving import Served, summed

Long = NDArray[np.int64]
Int = NDArray[np.int32]
Bool = NDArray[np.bool_]

CELL_M = 250.0
"""Uncovered demand in neighbouring cells of this side, in one township, is one gap."""

WIDEST_CELLS = 12
"""A gap that stretches farther than this many cells, 3 km, is cut in squares of 2 km, so that each has a place."""

BLOCK_CELLS = 8
MOST_GAPS = 50
MOST_16 = 1 << 16
LEAST_SHARE = 0.0005
"""Gaps with less of all demand than this are crumbs at the edge of the covered land, and not listed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Uncovered demand that hangs together.

    Attributes
    ----------
    name
        The nearest named place; None where the atlas names none.
    position
        The demand point nearest to its centre of weight.
    demand
        In the unit of the demand.
    township
        Its name; empty outside all.
    points
        Demand points in it.
    nearest
        Code of the nearest station that counts, by street; None where none can be reached.
    seconds, metres
        The way there from the position.
    why
        What keeps how much of the demand out of reach, as shares that add up to 1, the largest first.
    """

    name: NearbyName | None
    position: LonLat
    demand: float
    township: str
    points: int
    nearest: str | None
    seconds: float | None
    metres: float | None
    why: tuple[tuple[Reason, float], ...]

    @property
    def reason(self) -> Reason:
        """What keeps the most out of reach."""
        return self.why[0][0]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells that hold demand: the cell of each point, each cell's column, row and block, and pairs of neighbours."""

    of_point: Long
    column: Long
    row: Long
    block: Long
    pair_a: Long
    pair_b: Long


def gaps(served: Served) -> tuple[Gap, ...]:
    """Find the gaps, those with most demand first."""
    atlas, demand = served.atlas, served.layer.demand
    cells = atlas.memo.get(("gap cells", served.layer.key), lambda: _lay_cells(demand, len(atlas.townships.names)))
    open_points = np.flatnonzero(~served.covered & (demand.weight > 0))
    if not open_points.size:
        return ()
    label = _labels(cells, open_points)
    weight = demand.weight[open_points]
    total = np.bincount(label, weights=weight)
    ranked = np.argsort(-total, kind="stable")[:MOST_GAPS]
    ranked = ranked[total[ranked] >= LEAST_SHARE * demand.weight.sum()]
    order = np.argsort(label.astype(np.uint16) if total.size <= MOST_16 else label, kind="stable")  # 16 bits sort fast
    start = np.concatenate(([0], np.cumsum(np.bincount(label))))
    size = np.diff(start)[ranked]
    members = open_points[order[expand_runs(start[ranked], start[ranked + 1])]]
    centre = _centres(demand, members, size)
    names = _names(served, centre)
    ways = nearest_counted(served, centre)
    why = _shares(reasons(served, members, cells.of_point[members]), demand.weight[members], size)
    found = []
    for gap, points, at, name, (code, metres), because in zip(
        ranked.tolist(), size.tolist(), centre.tolist(), names, ways, why, strict=True
    ):
        township = int(demand.township[at])
        found.append(
            Gap(
                name=name,
                position=LonLat(float(demand.lon[at]), float(demand.lat[at])),
                demand=float(total[gap]),
                township=atlas.townships.names[township] if township >= 0 else "",
                points=points,
                nearest=code,
                seconds=None if metres is None else metres / served.speed_ms,
                metres=metres,
                why=because,
            )
        )
    return tuple(found)


def _lay_cells(demand: Demand, townships: int) -> _Cells:
    high = CELL_M / METRES_PER_DEGREE
    wide = high / max(float(np.cos(np.radians(np.abs(demand.lat).max(initial=0.0)))), 0.01)
    column = np.floor(demand.lon / wide).astype(np.int64)
    row = np.floor(demand.lat / high).astype(np.int64)
    stride, groups = np.int64(1 << 24), np.int64(townships + 1)
    key = ((row + stride // 2) * stride + column + stride // 2) * groups + demand.township + 1
    keys, first, of_point = np.unique(key, return_index=True, return_inverse=True)
    pairs_a, pairs_b = [], []
    for step in (1, stride - 1, stride, stride + 1):
        beside = np.searchsorted(keys, keys + step * groups)
        beside = np.minimum(beside, keys.size - 1)
        a = np.flatnonzero(keys[beside] == keys + step * groups)
        pairs_a.append(a)
        pairs_b.append(beside[a])
    column, row = column[first], row[first]
    _, block = np.unique((row // BLOCK_CELLS) * (1 << 24) + column // BLOCK_CELLS, return_inverse=True)
    return _Cells(of_point, column, row, block, np.concatenate(pairs_a), np.concatenate(pairs_b))


def _labels(cells: _Cells, points: Long) -> Int:
    """Number the gaps that points belong to: neighbouring open cells, the widest cut in blocks."""
    is_open = np.zeros(cells.column.size, bool)
    cell = cells.of_point[points]
    is_open[cell] = True
    opened = np.flatnonzero(is_open)
    number = np.cumsum(is_open, dtype=np.int32) - 1
    linked = is_open[cells.pair_a] & is_open[cells.pair_b]
    a, b = number[cells.pair_a[linked]], number[cells.pair_b[linked]]
    links = coo_array((np.ones(a.size, np.int8), (a, b)), shape=(opened.size, opened.size))
    count, part = connected_components(links, directed=False)
    wide = np.zeros(count, bool)
    for at in (cells.column[opened], cells.row[opened]):
        low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
        np.minimum.at(low, part, at)
        np.maximum.at(high, part, at)
        wide |= high - low > WIDEST_CELLS
    block = np.where(wide[part], cells.block[opened] + 1, 0)
    label = np.unique(part.astype(np.int64) * (cells.column.size + 1) + block, return_inverse=True)[1]
    return label.astype(np.int32)[number[cell]]


def _centres(demand: Demand, points: Long, size: Long) -> Long:
    """The point nearest to the centre of weight, of runs of points of some sizes; of several as near, the first."""
    if not size.size:
        return size
    lon, lat, weight = demand.lon[points], demand.lat[points], demand.weight[points]
    first, run = np.cumsum(size) - size, np.repeat(np.arange(size.size), size)
    whole = np.add.reduceat(weight, first)
    mid_lon, mid_lat = np.add.reduceat(lon * weight, first) / whole, np.add.reduceat(lat * weight, first) / whole
    off = ((lon - mid_lon[run]) * np.cos(np.radians(mid_lat))[run]) ** 2 + (lat - mid_lat[run]) ** 2
    nearest = np.flatnonzero(off == np.minimum.reduceat(off, first)[run])
    return points[nearest[np.unique(run[nearest], return_index=True)[1]]]


def _names(served: Served, points: Long) -> list[NearbyName | None]:
    """The nearest named place of each point; gaps keep their middles through most questions."""
    known: dict[int, NearbyName | None] = served.atlas.memo.get(("gap names", served.layer.key), dict)
    new = np.array([point for point in points.tolist() if point not in known], np.int64)
    if new.size:
        demand = served.layer.demand
        found = served.atlas.gazetteer.names_near(demand.lon[new], demand.lat[new])
        known.update(zip(new.tolist(), found, strict=True))
    return [known[point] for point in points.tolist()]


def _shares(kept_by: Int, weight: Float, size: Long) -> list[tuple[tuple[Reason, float], ...]]:
    """What keeps how much out of reach, of runs of points of some sizes; the largest first."""
    every = tuple(Reason)
    order = range(len(every), 0, -1)
    run = np.repeat(np.arange(size.size), size)
    table = summed(run * len(every) + kept_by, weight, size.size * len(every)).reshape(size.size, len(every))
    table /= table.sum(axis=1, keepdims=True)
    return [
        tuple((reason, share) for share, _, reason in sorted(zip(row, order, every, strict=True))[::-1] if share > 0.0)
        for row in table.tolist()
    ]
