"""What if: stations supposed to be added, moved, closed or open at other hours, before anybody builds them.

A supposition is a later snapshot. So every question can be asked of it, and no
answer knows the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geodata.atlas import Atlas
from geodata.errors import OffStreetError
from geodata.lonlat import LonLat
from geodata.snapping import MAX_OFF_M
from stations.errors import HoursError, WhatIfError
from stations.registry.columns import Row
from stations.registry.snapshot import Snapshot, hours_of
from stations.station import MAX_NAME, MAX_TEXT, AmenityState, Station, Status

MOST_CHANGES = 50
"""So many stations can be looked over on one map; a plan with more is a list, to be imported."""


@dataclass(frozen=True, slots=True)
class Add:
    """A station more.

    Attributes
    ----------
    hours
        OpenStreetMap's grammar; empty where they are not known.
    amenities
        What it has.
    """

    position: LonLat
    name: str = ""
    hours: str = ""
    amenities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """A station elsewhere."""

    code: str
    position: LonLat


@dataclass(frozen=True, slots=True)
class Close:
    """A station less."""

    code: str


@dataclass(frozen=True, slots=True)
class SetHours:
    """A station that is open at these hours and no others: its self-service hours, dates and closures do not count.

    Attributes
    ----------
    hours
        OpenStreetMap's grammar; empty where they are not known.
    """

    code: str
    hours: str


Change = Add | Move | Close | SetHours


def is_placed(code: str, changes: Sequence[Change]) -> bool:
    """Whether a station stands where only somebody's question put it: one that is added, or moved."""
    return code.startswith("+") or any(isinstance(change, Move) and change.code == code for change in changes)


def supposed(changes: Sequence[Change], snapshot: Snapshot, atlas: Atlas | None = None) -> Snapshot:
    """Give the snapshot as it would be after some changes, made one after the other.

    It has the revision of the one given. Stations that are added have the codes ``+1``, ``+2`` and so on.

    Parameters
    ----------
    atlas
        Where given, a position with no street near is refused.

    Raises
    ------
    WhatIfError
        More changes than `MOST_CHANGES`, a station that there is not or that is not in service, hours that cannot be
        read, or a position nowhere near the streets.
    """
    if not changes:
        return snapshot
    if len(changes) > MOST_CHANGES:
        raise WhatIfError(
            "{count} changes are too many to suppose at once. Give at most {most}, or import the plan as a list.",
            count=len(changes),
            most=MOST_CHANGES,
        )
    changed: dict[str, Station] = {}
    for change in changes:
        station = _changed(change, changed, snapshot, atlas)
        changed[station.code] = station
    return snapshot.advanced(snapshot.revision, [Row.of(station, snapshot.revision) for station in changed.values()])


def _changed(change: Change, changed: dict[str, Station], snapshot: Snapshot, atlas: Atlas | None) -> Station:
    match change:
        case Add(position, name, hours, amenities):
            _refuse_off_street(position, atlas)
            code = _new_code(changed, snapshot)
            return _open(
                Station(
                    code=code,
                    name=name[:MAX_NAME] or code,
                    position=position,
                    hours=hours,
                    amenities=dict.fromkeys(sorted(amenities), AmenityState.YES),
                ),
                snapshot,
            )
        case Move(code, position):
            _refuse_off_street(position, atlas)
            return replace(_in_service(code, changed, snapshot), position=position)
        case Close(code):
            return replace(_in_service(code, changed, snapshot), status=Status.RETIRED)
        case SetHours(code, hours):
            station = _in_service(code, changed, snapshot)
            bare = replace(station, self_service_hours="", season_from="", season_to="", dates="", closures=())
            return _open(replace(bare, hours=hours), snapshot)


def _in_service(code: str, changed: dict[str, Station], snapshot: Snapshot) -> Station:
    station = changed.get(code) or snapshot.find(code)
    if station is None:
        raise WhatIfError("There is no station {code}. Take the change back, or give another code.", code=code[:80])
    if station.status is not Status.ACTIVE:
        raise WhatIfError(
            "Station {code} is not in service, so it cannot be moved, closed or opened. Add a station there instead.",
            code=code[:80],
        )
    return station


def _new_code(changed: dict[str, Station], snapshot: Snapshot) -> str:
    number = 1
    while (code := f"+{number}") in changed or snapshot.find(code) is not None:
        number += 1
    return code


def _open(station: Station, snapshot: Snapshot) -> Station:
    """The same station, once its hours are known to be readable."""
    try:
        if len(station.hours) > MAX_TEXT:
            raise HoursError("The hours are too long.")
        hours_of(station, snapshot.timezone)
    except HoursError as fault:
        raise WhatIfError(
            "The hours “{text}” cannot be read. Write them like Mo-Su 08:00-20:00 or 24/7.", text=station.hours[:80]
        ) from fault
    return station


def _refuse_off_street(position: LonLat, atlas: Atlas | None) -> None:
    if atlas is None:
        return
    for mode in atlas.modes:
        try:
            atlas.network(mode).snap(position)
        except OffStreetError:
            continue
        return
    raise WhatIfError(
        "No street lies within {limit:.0f} m of {lon:.5f}, {lat:.5f}, so nobody could get to a station there. "
        "Put it nearer to a street.",
        limit=MAX_OFF_M,
        lon=position.lon,
        lat=position.lat,
    )
