"""Snapping: from a position to the nearest street segment, the offset along its edge and the distance off it.

Segments are listed by the cells of a grid that they touch. A search looks at
the cells around a position and widens until the best segment found is nearer
than anything outside the cells could be, so the answer is exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.errors import OffStreetError
from geodata.lonlat import METRES_PER_DEGREE, LonLat
from geodata.runs import expand_runs
from geodata.sketch import FIXED
from geodata.streets import Arrays, Float, Int, Long, Streets

CELL_M = 100.0
MAX_OFF_M = 500.0
"""Farther off a street than this is a mistake or another place, never a stop on the way."""

TIE_M = 1e-6
"""Segments as near as this to each other count as equally near; the one listed first wins."""

Y_SCALE = METRES_PER_DEGREE
MOST_WINDOWS = 4096
"""Cells kept ready for single positions, some 4 kB each."""

ROW_STRIDE = 1 << 32
CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a position meets a mode's streets.

    Attributes
    ----------
    edge
        Index of the edge.
    offset_m
        Metres from the edge's start to the nearest point on it.
    off_m
        Metres from the position to that point, straight.
    """

    edge: int
    offset_m: float
    off_m: float

    def as_snaps(self) -> Snaps:
        """The same as a list of one."""
        return Snaps(np.array([self.edge], np.int32), np.array([self.offset_m]), np.array([self.off_m]))


@dataclass(frozen=True)
class Snaps:
    """Snaps of many positions.

    Attributes
    ----------
    edge
        int32 [K]: -1 where no street is within the distance asked for.
    offset_m, off_m
        float64 [K]
    """

    edge: Int
    offset_m: Float
    off_m: Float

    def __len__(self) -> int:
        return int(self.edge.size)

    def __getitem__(self, chosen: NDArray[np.bool_] | Long | Int | slice) -> Snaps:
        return Snaps(self.edge[chosen], self.offset_m[chosen], self.off_m[chosen])

    def to_arrays(self) -> Arrays:
        """The arrays by name, for saving."""
        return {"edge": self.edge, "offset_m": self.offset_m, "off_m": self.off_m}

    @cached_property
    def off_street(self) -> Long:
        """Those that no street is near."""
        return np.flatnonzero(self.edge < 0)

    @cached_property
    def by_edge(self) -> dict[int, list[int]]:
        """Numbers of the snaps by the edge that they are on."""
        on: dict[int, list[int]] = {}
        for number, edge in enumerate(self.edge.tolist()):
            if edge >= 0:
                on.setdefault(edge, []).append(number)
        return on


@dataclass(frozen=True)
class SegmentIndex:
    """Street segments by grid cell.

    Attributes
    ----------
    segment_shape
        int64 [S]: first shape point of a segment.
    segment_edge
        int32 [S]: its edge.
    cell_key
        int64 [C]: occupied cells, ascending, ``row * ROW_STRIDE + column``.
    cell_start
        int64 [C + 1]: the cell's segments are ``cell_segment[cell_start[c]:cell_start[c + 1]]``.
    cell_segment
        int32
    cell_lon_deg
        Width of a cell, float64 [1]; its height is ``CELL_M`` of latitude.
    """

    segment_shape: Long
    segment_edge: Int
    cell_key: Long
    cell_start: Long
    cell_segment: Int
    cell_lon_deg: Float

    @classmethod
    def build(cls, streets: Streets) -> SegmentIndex:
        """List every segment under the cells that its bounding box touches."""
        shape, edge = streets.segments()
        _, south, _, north = streets.bounds
        narrowest = max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
        wide = CELL_M / METRES_PER_DEGREE / narrowest
        high = CELL_M / METRES_PER_DEGREE
        column = np.floor((streets.shape_x / FIXED + 180.0) / wide).astype(np.int64)
        row = np.floor((streets.shape_y / FIXED + 90.0) / high).astype(np.int64)
        column_0 = np.minimum(column[shape], column[shape + 1])
        row_0 = np.minimum(row[shape], row[shape + 1])
        columns = np.abs(column[shape] - column[shape + 1]) + 1
        cells = columns * (np.abs(row[shape] - row[shape + 1]) + 1)
        which = np.repeat(np.arange(shape.size), cells)
        nth = np.arange(which.size) - np.repeat(np.cumsum(cells) - cells, cells)
        key = (row_0[which] + nth // columns[which]) * ROW_STRIDE + column_0[which] + nth % columns[which]
        order = np.lexsort((which, key))
        cell_key, first = np.unique(key[order], return_index=True)
        return cls(
            segment_shape=shape,
            segment_edge=edge,
            cell_key=cell_key,
            cell_start=np.append(first, key.size).astype(np.int64),
            cell_segment=which[order].astype(np.int32),
            cell_lon_deg=np.array([wide]),
        )

    def to_arrays(self) -> Arrays:
        """The arrays by name, for saving."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> SegmentIndex:
        """The reverse of :meth:`to_arrays`."""
        return cls(**arrays)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Window:
    """The segments in and around a cell, in metres from its middle, as complex numbers: east is real, north imaginary.

    ``fold`` times the way from a position to a segment's start has as its real part the share of the segment at which
    the position's foot falls: it is the negative conjugate of ``run`` over its square.
    """

    lon: float
    lat: float
    x_scale: float
    segment: Int
    start: NDArray[np.complex128]
    run: NDArray[np.complex128]
    fold: NDArray[np.complex128]


class Snapper:
    """Snaps positions to the streets of one mode that belong to components large enough to matter."""

    def __init__(self, streets: Streets, mode_index: int, index: SegmentIndex) -> None:
        self._streets = streets
        self._index = index
        self._mode_en = streets.modes[mode_index].en
        usable = streets.main(mode_index)[index.segment_edge]
        shape = index.segment_shape
        # The segments of this mode alone, by the same cells.
        kept = usable[index.cell_segment]
        self._cell_segment = index.cell_segment[kept]
        self._cell_start = np.concatenate(([0], np.cumsum(kept)))[index.cell_start]
        x0, y0 = streets.shape_x[shape] / FIXED, streets.shape_y[shape] / FIXED
        x1, y1 = streets.shape_x[shape + 1] / FIXED, streets.shape_y[shape + 1] / FIXED
        self._lines = np.stack((x0, y0, x1 - x0, y1 - y0))
        self._windows: dict[tuple[int, int], _Window] = {}
        self._wide = float(index.cell_lon_deg[0])
        self._high = CELL_M / METRES_PER_DEGREE

    def snap(self, position: LonLat) -> Snap:
        """The nearest usable street segment.

        Raises
        ------
        OffStreetError
            None within 500 m.
        """
        segment, along, off_m = self._nearest_to(position)
        if off_m > CELL_M:
            lon, lat = np.array([position.lon]), np.array([position.lat])
            ring, last = 2, math.ceil(MAX_OFF_M / CELL_M)
            while True:
                (segment,), (along,), (off_m,) = (found.tolist() for found in self._nearest(lon, lat, ring))
                if off_m <= ring * CELL_M or ring == last:
                    break
                ring = min(ring * 2, last)
        if off_m > MAX_OFF_M:
            raise OffStreetError(
                "No street that one may use {mode} lies within {limit:.0f} m of {lon:.5f}, {lat:.5f}. "
                "Check the position and its datum, or build the atlas from a larger extract.",
                mode=self._mode_en,
                limit=MAX_OFF_M,
                lon=position.lon,
                lat=position.lat,
            )
        shape = int(self._index.segment_shape[segment])
        start_m = float(self._streets.shape_m[shape])
        offset_m = start_m + along * (float(self._streets.shape_m[shape + 1]) - start_m)
        return Snap(int(self._index.segment_edge[segment]), offset_m, off_m)

    def snap_many(self, lon: Float, lat: Float, max_off_m: float = MAX_OFF_M) -> Snaps:
        """Snap positions in degrees, float64 [K] each; farther than ``max_off_m`` gives edge -1."""
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        segment = np.full(lon.size, -1, np.int64)
        along = np.zeros(lon.size)
        off_m = np.full(lon.size, np.inf)
        open_ = np.arange(lon.size)
        ring = 1
        last = math.ceil(max_off_m / CELL_M)
        while open_.size:
            for start in range(0, open_.size, CHUNK):
                part = open_[start : start + CHUNK]
                segment[part], along[part], off_m[part] = self._nearest(lon[part], lat[part], ring)
            if ring >= last:
                break
            open_ = open_[off_m[open_] > ring * CELL_M]
            ring = min(ring * 2, last)
        found = off_m <= max_off_m
        segment = np.where(found, segment, 0)
        shape = self._index.segment_shape[segment]
        start_m = self._streets.shape_m[shape]
        offset_m = start_m + along * (self._streets.shape_m[shape + 1] - start_m)
        edge = np.where(found, self._index.segment_edge[segment], -1).astype(np.int32)
        return Snaps(edge, np.where(found, offset_m, 0.0), np.where(found, off_m, np.inf))

    def point_on(self, snap: Snap) -> LonLat:
        """The position on the street that a snap names."""
        lon, lat = self.points_on(snap.as_snaps())
        return LonLat(float(lon[0]), float(lat[0]))

    def points_on(self, snaps: Snaps) -> tuple[Float, Float]:
        """Longitudes and latitudes of the positions on the streets, in degrees."""
        return self._streets.points_on(snaps.edge, snaps.offset_m)

    def _nearest_to(self, position: LonLat) -> tuple[int, float, float]:
        """As :meth:`_nearest` for one position and one ring, with as few array operations as will do."""
        column = math.floor((position.lon + 180.0) / self._wide)
        row = math.floor((position.lat + 90.0) / self._high)
        window = self._windows.get((row, column))
        if window is None:
            window = self._keep(row, column)
        if window.segment.size == 0:
            return -1, 0.0, math.inf
        away = window.start - complex(
            (position.lon - window.lon) * window.x_scale, (position.lat - window.lat) * Y_SCALE
        )
        along = (away * window.fold).real
        np.minimum(np.maximum(along, 0.0, out=along), 1.0, out=along)
        away += along * window.run
        off_m = np.abs(away)
        best = int(off_m.argmin())
        return int(window.segment[best]), float(along[best]), float(off_m[best])

    def _keep(self, row: int, column: int) -> _Window:
        """Prepare a cell and its eight neighbours for looking; people come back to the same places."""
        first = (row - 1) * ROW_STRIDE + column
        keys = [key for at in range(first, first + 3 * ROW_STRIDE, ROW_STRIDE) for key in (at - 1, at + 2)]
        found = self._cell_start[self._index.cell_key.searchsorted(keys)].tolist()
        segment = np.concatenate([self._cell_segment[a:b] for a, b in zip(found[::2], found[1::2], strict=True)])
        lon, lat = (column + 0.5) * self._wide - 180.0, (row + 0.5) * self._high - 90.0
        x_scale = METRES_PER_DEGREE * math.cos(math.radians(lat))
        x0, y0, dx, dy = self._lines[:, segment]
        run = dx * x_scale + 1j * (dy * Y_SCALE)
        start = (x0 - lon) * x_scale + 1j * ((y0 - lat) * Y_SCALE)
        window = _Window(lon, lat, x_scale, segment, start, run, -run.conj() / (run.real**2 + run.imag**2))
        if len(self._windows) >= MOST_WINDOWS:
            self._windows.clear()
        self._windows[row, column] = window
        return window

    def _nearest(self, lon: Float, lat: Float, ring: int) -> tuple[Long, Float, Float]:
        """The nearest segment within a window of ``2 ring + 1`` cells: segment, share along it, metres off it."""
        index = self._index
        column = np.floor((lon + 180.0) / self._wide).astype(np.int64)
        row = np.floor((lat + 90.0) / self._high).astype(np.int64)
        rows = row[:, None] + np.arange(-ring, ring + 1)
        key = (rows * ROW_STRIDE + column[:, None]).ravel()
        begin = self._cell_start[np.searchsorted(index.cell_key, key - ring)]
        end = self._cell_start[np.searchsorted(index.cell_key, key + ring, side="right")]
        candidate = self._cell_segment[expand_runs(begin, end)]
        which = np.repeat(np.repeat(np.arange(lon.size), 2 * ring + 1), end - begin)
        x_scale = METRES_PER_DEGREE * np.cos(np.radians(lat))[which]
        x0, y0, dx, dy = self._lines[:, candidate]
        px, py = (lon[which] - x0) * x_scale, (lat[which] - y0) * METRES_PER_DEGREE
        dx, dy = dx * x_scale, dy * METRES_PER_DEGREE
        along = np.clip((px * dx + py * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        off_m = np.hypot(px - along * dx, py - along * dy)
        segment = np.full(lon.size, -1, np.int64)
        share = np.zeros(lon.size)
        best_m = np.full(lon.size, np.inf)
        if candidate.size == 0:
            return segment, share, best_m
        np.minimum.at(best_m, which, off_m)
        is_best = np.flatnonzero(off_m <= best_m[which] + TIE_M)
        is_best = is_best[np.lexsort((candidate[is_best], which[is_best]))]
        first = np.ones(is_best.size, bool)
        first[1:] = which[is_best][1:] != which[is_best][:-1]
        is_best = is_best[first]
        segment[which[is_best]] = candidate[is_best]
        share[which[is_best]] = along[is_best]
        best_m[which[is_best]] = off_m[is_best]
        return segment, share, best_m
