"""Which stations a phone keeps: all of a county, or those around a coarse cell of a larger registry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.lonlat import LonLat, distances_m
from stations.registry.snapshot import Snapshot
from stations.web.params import Args, BadParameter, first

MOST_WHOLE = 1000
"""A registry of no more active stations is kept whole."""

MOST_AROUND = 500
FARTHEST_M = 60_000.0
"""Of a larger one, the nearest to the middle of a cell, and none beyond an hour and more by e-bike."""

CELLS_PER_DEGREE = 10
"""A cell is a tenth of a degree wide, some 10 km: it says no more of a person than the name of a district."""

PACK_PARAMETERS = frozenset({"cell", "lang"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A tenth of a degree by a tenth, by its south-west corner in tenths of degrees WGS-84."""

    east: int
    north: int

    @classmethod
    def at(cls, position: LonLat) -> Cell:
        """The cell in which a position lies."""
        return cls(
            int(np.floor(round(position.lon * CELLS_PER_DEGREE, 6))),
            int(np.floor(round(position.lat * CELLS_PER_DEGREE, 6))),
        )

    @classmethod
    def read(cls, args: Args) -> Cell:
        """Read ``cell``: longitude and latitude of its corner, each with one decimal.

        Raises
        ------
        BadParameter
            It is missing, or not the corner of a cell: a closer position is nothing that this house wants to know.
        """
        text = first(args, "cell")
        try:
            lon, lat = (float(part) for part in text.split(","))
            cell = cls.at(LonLat(lon, lat))
        except ValueError:
            raise _not_a_cell(text) from None
        if str(cell) != text:
            raise _not_a_cell(text)
        return cell

    @property
    def middle(self) -> LonLat:
        """WGS-84."""
        return LonLat((self.east + 0.5) / CELLS_PER_DEGREE, min((self.north + 0.5) / CELLS_PER_DEGREE, 90.0))

    def __str__(self) -> str:
        """As addresses write it: ``116.3,28.3``."""
        return f"{self.east / CELLS_PER_DEGREE:.1f},{self.north / CELLS_PER_DEGREE:.1f}"


def is_whole(snapshot: Snapshot) -> bool:
    """Whether a registry is small enough to be kept whole."""
    return snapshot.active_rows.size <= MOST_WHOLE


def rows_around(snapshot: Snapshot, cell: Cell | None) -> NDArray[np.int64]:
    """Rows of the active stations to keep, ascending; around a cell, or all where there is none."""
    rows = snapshot.active_rows
    if cell is None:
        return rows
    lon, lat = (np.full(rows.size, degrees) for degrees in (cell.middle.lon, cell.middle.lat))
    metres = distances_m(lon, lat, snapshot.lon[rows], snapshot.lat[rows])
    near = np.argsort(metres, kind="stable")[:MOST_AROUND]
    return np.sort(rows[near[metres[near] <= FARTHEST_M]])


def _not_a_cell(text: str) -> BadParameter:
    return BadParameter(
        "cell",
        text,
        "“{value}” is not a cell. Give the south-west corner of a tenth of a degree, longitude first, like 116.3,28.3.",
    )
