"""Which stations a list is of: by status, kind, host, place, amenity and hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stations.hours import STATE_CODES, State
from stations.registry.snapshot import Snapshot
from stations.station import Station

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Pick:
    """What stations must be to be picked; of several words of one kind any will do, amenities must all be there.

    Attributes
    ----------
    townships
        Beginnings of township codes.
    amenities
        Known to be there, not merely nearby.
    open_at
        An aware moment at which they are known to be open.
    bounds
        West, south, east and north, degrees WGS-84.
    """

    codes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    townships: tuple[str, ...] = ()
    amenities: frozenset[str] = frozenset()
    open_at: datetime | None = None
    bounds: Bounds | None = None

    def told(self) -> str:
        """Say in a line what was picked; empty for every station."""
        parts = [
            f"{name}={','.join(sorted(words))}"
            for name, words in (
                ("code", self.codes),
                ("status", self.statuses),
                ("kind", self.kinds),
                ("host", self.hosts),
                ("township", self.townships),
                ("amenity", self.amenities),
            )
            if words
        ]
        if self.open_at:
            parts.append(f"open-at={self.open_at.isoformat()}")
        if self.bounds:
            parts.append(f"bbox={','.join(f'{degrees:g}' for degrees in self.bounds)}")
        return "; ".join(parts)


EVERY_STATION = Pick()


def pick_stations(snapshot: Snapshot, pick: Pick) -> NDArray[np.int64]:
    """Find the rows of a snapshot that fit, ascending: in the order of their codes."""
    chosen = np.ones(len(snapshot), dtype=np.bool_)
    if pick.bounds is not None:
        west, south, east, north = pick.bounds
        chosen &= (snapshot.lon >= west) & (snapshot.lon <= east) & (snapshot.lat >= south) & (snapshot.lat <= north)
    if pick.statuses == {"active"}:
        chosen &= snapshot.active
    for key in pick.amenities:
        chosen &= snapshot.has(key)
    if pick.open_at is not None:
        chosen &= snapshot.states_at(pick.open_at) == STATE_CODES[State.OPEN]
    if pick.codes:
        chosen &= np.fromiter((code in pick.codes for code in snapshot.codes), dtype=np.bool_, count=len(snapshot))
    rows = np.flatnonzero(chosen)
    if pick.statuses or pick.kinds or pick.hosts or pick.townships:
        fits = [_fits(snapshot.stations[row], pick) for row in rows.tolist()]
        rows = rows[np.array(fits, dtype=np.bool_)]
    return rows


def _fits(station: Station, pick: Pick) -> bool:
    return (
        (not pick.statuses or station.status in pick.statuses)
        and (not pick.kinds or station.kind in pick.kinds)
        and (not pick.hosts or station.host in pick.hosts)
        and (not pick.townships or station.township.startswith(pick.townships))
    )
