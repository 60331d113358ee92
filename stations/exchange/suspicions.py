"""What people get wrong with positions: exchanged axes, the wrong datum, one position for many, too few digits.

What surely is wrong refuses the rows or the file; what only looks odd is told.
Nothing here is asked row by row: a list has up to 250,000.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.atlas import Atlas
from geodata.datum import Datum, to_wgs84
from geodata.lonlat import distances_m
from geodata.townships import Townships
from stations.errors import Fault
from stations.exchange.tables import told

SWAPPED_FAR_M, SWAPPED_NEAR_M = 500_000.0, 100_000.0
"""A position beyond the first from the middle of the file, and within the second once swapped, is swapped."""

SWAPPED_SHARE = 0.8
"""From this share of swapped rows on it is the headers that are exchanged."""

FAR_M = 5_000.0
"""A position farther than this outside the atlas is in the sea or in another county."""

FEW_DECIMALS = 4
"""Fewer digits behind the point place a station to no better than some 100 m; four, to 10 m."""

SAMPLE = 3_000
LEAST_FOR_DATUM = 16
"""Fewer positions cannot be told from their neighbours 500 m on: the sign test would not pass with all of them."""

CLEARLY_NEARER, CLEARLY_MORE = 0.6, 4.0
"""Another datum fits when it brings the middle one of the positions to this share of its distance from the streets,
and nearer so many that chance gives it less than once in 30,000 (the sign test, four deviations)."""

INSIDE_BETTER = 0.1
"""Or when it puts this much larger a share inside the townships, and nearly all."""

DATUMS = tuple(Datum)

Float = NDArray[np.float64]
Long = NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """What an atlas says of positions in degrees WGS-84.

    Attributes
    ----------
    bounds
        West, south, east and north of the streets.
    off_m
        Metres from each position to the nearest street one may walk; infinite where none is near.
    townships
        None where nobody declared any.
    """

    bounds: tuple[float, float, float, float]
    off_m: Callable[[Float, Float], Float]
    townships: Townships | None = None

    @classmethod
    def of(cls, atlas: Atlas) -> Ground:
        """Take an atlas: the streets one may walk, and the townships."""
        network = atlas.network("walk")
        declared = atlas.townships if atlas.townships.declared else None
        return cls(atlas.summary.bounds, lambda lon, lat: network.snap_many(lon, lat).off_m, declared)

    def share_inside(self, lon: Float, lat: Float) -> float:
        """Share of positions that lie in a township; 1 where nobody declared any."""
        return 1.0 if self.townships is None else float((self.townships.townships_at(lon, lat) >= 0).mean())


@dataclass(frozen=True)
class Positions:
    """The positions of a list; all parallel.

    Attributes
    ----------
    row
        Row of the file.
    lon, lat
        As written, degrees of the row's datum.
    east, north
        Degrees WGS-84.
    datum
        Index into `DATUMS`.
    decimals
        Digits behind the point.
    """

    row: Long
    lon: Float
    lat: Float
    east: Float
    north: Float
    datum: Long
    decimals: Long

    def __getitem__(self, chosen: NDArray[Any]) -> Positions:
        return Positions(*(column[chosen] for column in vars(self).values()))


@dataclass(frozen=True, slots=True)
class Suspicions:
    """What was found: faults refuse their rows or the file, doubts are only told."""

    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...]


def suspect(positions: Positions, ground: Ground | None, header: str, *, datum_said: bool) -> Suspicions:
    """Look at the positions of a list.

    Parameters
    ----------
    ground
        What to hold them against, if there is an atlas.
    header
        Of the column that a fault is told at.
    datum_said
        Whether the list, or who imports it, says its datum; if not, one that does not fit refuses the file.
    """
    faults = _swapped(positions, header)
    doubts = [*_coarse(positions, header), *_equal(positions, header)]
    if ground is not None and positions.row.size:
        bad = [fault.row for fault in faults if fault.row is not None]
        rest = positions[~np.isin(positions.row, bad)] if bad else positions
        more, odd = _off_ground(rest, ground, header)
        faults += more
        doubts += odd
        told_datum = None if more and len(more) > len(rest.row) / 2 else _other_datum(rest, ground, said=datum_said)
        if told_datum is not None:
            (doubts if datum_said else faults).insert(0, told_datum)
    return Suspicions(tuple(faults), tuple(doubts))


def _swapped(positions: Positions, header: str) -> list[Fault]:
    """Rows that lie far from the others, and among them once their axes change places."""
    if positions.row.size < 5:
        return []
    lon, lat = positions.lon, positions.lat
    middle_lon, middle_lat = np.full(lon.size, np.median(lon)), np.full(lat.size, np.median(lat))
    could = np.abs(lon) <= 90.0
    far = distances_m(lon, lat, middle_lon, middle_lat) >= SWAPPED_FAR_M
    near = distances_m(np.where(could, lat, 0.0), np.where(could, lon, 0.0), middle_lon, middle_lat) < SWAPPED_NEAR_M
    template = "Longitude {lon} and latitude {lat} look swapped: the other way round it lies among the others."
    return [
        Fault(int(row), header, template, {"lon": float(x), "lat": float(y)})
        for row, x, y in zip(*(part[could & far & near] for part in (positions.row, lon, lat)), strict=True)
    ]


def whole_file_swapped(faults: list[Fault], rows: int, header: str) -> list[Fault]:
    """Say once of a file what is wrong with nearly every row of it: its two headers are exchanged."""
    swapped = [fault for fault in faults if fault.row is not None and "swapped" in fault.template]
    if len(swapped) < max(3, SWAPPED_SHARE * rows):
        return faults
    template = "Longitude and latitude are exchanged in {count} rows: rename the two columns."
    rest = [fault for fault in faults if not (fault.row is not None and "swapped" in fault.template)]
    return [Fault(None, header, template, {"count": len(swapped)}), *rest]


def _coarse(positions: Positions, header: str) -> list[Fault]:
    coarse = positions.row[positions.decimals < FEW_DECIMALS]
    if not coarse.size:
        return []
    template = "Fewer than four digits behind the point place a station to 100 m or worse: rows {rows}."
    return [Fault(None, header, template, {"rows": told(coarse.tolist())})]


def _equal(positions: Positions, header: str) -> list[Fault]:
    """Rows that share one position to the last digit."""
    order = np.lexsort((positions.row, positions.lat, positions.lon))
    lon, lat, row = positions.lon[order], positions.lat[order], positions.row[order]
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = (lon[1:] != lon[:-1]) | (lat[1:] != lat[:-1])
    start = np.flatnonzero(fresh)
    count = np.diff(np.append(start, order.size))
    template = "Rows {rows} have exactly one position, {lon}, {lat}. Was it copied down?"
    found = [
        (int(row[at]), {"rows": told(row[at : at + many].tolist()), "lon": float(lon[at]), "lat": float(lat[at])})
        for at, many in zip(start[count > 1].tolist(), count[count > 1].tolist(), strict=True)
    ]
    return [Fault(first, header, template, dict(values)) for first, values in sorted(found, key=lambda pair: pair[0])]


def _off_ground(positions: Positions, ground: Ground, header: str) -> tuple[list[Fault], list[Fault]]:
    """Refuse what lies far outside the atlas; only tell what merely is off its streets."""
    outside = _outside_m(positions.east, positions.north, ground.bounds)
    faults, doubts = [], []
    far = outside > FAR_M
    could = np.abs(positions.east) <= 90.0
    swapped = far & could & (_outside_m(positions.north, positions.east, ground.bounds) <= FAR_M)
    for at in np.flatnonzero(far).tolist():
        values: dict[str, object] = {
            "lon": float(positions.lon[at]),
            "lat": float(positions.lat[at]),
            "km": round(float(outside[at]) / 1000),
        }
        template = (
            "Longitude {lon} and latitude {lat} look swapped: the other way round it lies in the atlas."
            if swapped[at]
            else "Position {lon}, {lat} lies {km} km outside the atlas: in the sea, or in "
            "another county; or the atlas is another county's."
        )
        faults.append(Fault(int(positions.row[at]), header, template, values))
    near = positions[~far]
    off = near.row[~np.isfinite(ground.off_m(near.east, near.north))]
    if off.size:
        template = "No street within 500 m of rows {rows}. Check their positions, and the datum."
        doubts.append(Fault(None, header, template, {"rows": told(off.tolist())}))
    return faults, doubts


def _outside_m(lon: Float, lat: Float, bounds: tuple[float, float, float, float]) -> Float:
    west, south, east, north = bounds
    return distances_m(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north))


def _other_datum(positions: Positions, ground: Ground, *, said: bool) -> Fault | None:
    """Tell whether another datum than that of most rows fits the streets or the townships clearly better.

    A station stands beside a street. Moved by some hundred metres it stands beside
    another one, but seldom as near; so the list is tried in every datum. A datum
    that is only nearer by chance is as near when the list is moved the other way.
    """
    given = int(np.bincount(positions.datum, minlength=len(DATUMS)).argmax())
    chosen = positions[positions.datum == given]
    if chosen.row.size < LEAST_FOR_DATUM:
        return None
    sample = chosen[np.unique(np.linspace(0, chosen.row.size - 1, SAMPLE).astype(np.int64))]
    here = ground.off_m(sample.east, sample.north)
    best: tuple[float, Datum, float] | None = None
    for other in DATUMS:
        east, north = to_wgs84(sample.lon, sample.lat, other)
        moved = distances_m(sample.east, sample.north, east, north)
        if other is DATUMS[given] or not moved.size or float(np.median(moved)) < 50.0:
            continue  # outside China they are one
        there = ground.off_m(east, north)
        opposite = ground.off_m(2.0 * sample.east - east, 2.0 * sample.north - north)
        middle = float(np.median(there))
        fits = _fits_better(here, there, opposite) or _more_inside(sample, east, north, ground)
        if fits and (best is None or middle < best[0]):
            best = middle, other, float(np.median(moved))
    if best is None:
        return None
    middle, other, moved_m = best
    template = (
        "The positions fit {other} better than {given}: the middle one is then {there} m from a street, not {here}. "
        "All lie some {moved} m off. Check the datum that the list gives."
        if said
        else "The positions fit {other} better than {given}: the middle one is then {there} m from a street, not "
        "{here}. All lie some {moved} m off. Say which it is with --datum: {other}, or {given} if you are sure."
    )
    values = {
        "other": other.value,
        "given": DATUMS[given].value,
        "there": _metres(middle),
        "here": _metres(float(np.median(here))),
        "moved": round(moved_m),
    }
    return Fault(None, "", template, dict(values))


def _fits_better(here: Float, there: Float, opposite: Float) -> bool:
    middle = float(np.median(there))
    if not np.isfinite(middle) or middle > CLEARLY_NEARER * min(float(np.median(here)), float(np.median(opposite))):
        return False
    nearer, farther = int((there < here).sum()), int((there > here).sum())
    return nearer - farther >= CLEARLY_MORE * np.sqrt(max(nearer + farther, 1))


def _more_inside(sample: Positions, east: Float, north: Float, ground: Ground) -> bool:
    there = ground.share_inside(east, north)
    return there >= 0.97 and there - ground.share_inside(sample.east, sample.north) >= INSIDE_BETTER


def _metres(value: float) -> str:
    return f"{value:.0f}" if np.isfinite(value) else "over 500"
