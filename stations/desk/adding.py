"""A station that is new: what it is called in lists, and whether it stands there already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from geodata.lonlat import LonLat, metres_per_degree
from stations.exchange.duplicates import NEAR_M, Duplicate, Places, find_duplicates
from stations.exchange.likeness import Wording
from stations.registry.snapshot import Snapshot
from stations.station import Station

RESERVED = frozenset({"new"})
"""Codes that stand for something else in the addresses of the desk."""

NOWHERE = "S"
"""How codes begin where the township is not known."""

TOWNSHIP_DIGITS = 9


def free_code(codes: Iterable[str], township: str) -> str:
    """Give a code that no station has: that of the township, and a number after the last of those.

    Parameters
    ----------
    codes
        Of all stations.
    township
        Code of 9 or 12 digits; empty where it is not known.
    """
    head = township[:TOWNSHIP_DIGITS] or NOWHERE
    own = re.compile(rf"{re.escape(head)}-(\d{{1,6}})")
    last = max((int(found[1]) for code in codes if (found := own.fullmatch(code))), default=0)
    return f"{head}-{last + 1:03}"


def look_alikes(station: Station, snapshot: Snapshot) -> tuple[Duplicate, ...]:
    """Find the stations beside a new one that may be the same, the likeliest first."""
    known = _near(station.position, snapshot)
    return find_duplicates(Places.of([station]), Places.of(known), _wording())


def _near(position: LonLat, snapshot: Snapshot) -> list[Station]:
    """Give the stations in a box around a position, somewhat larger than two that are one can be apart."""
    lon_m, lat_m = metres_per_degree(position.lat)
    east, north = 1.1 * NEAR_M / lon_m, 1.1 * NEAR_M / lat_m
    inside = (np.abs(snapshot.lon - position.lon) <= east) & (np.abs(snapshot.lat - position.lat) <= north)
    return [snapshot.stations[row] for row in np.flatnonzero(inside).tolist()]


@lru_cache(maxsize=1)
def _wording() -> Wording:
    return Wording.load()
