"""The other stations near a station: where to go when this one will not do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stations.questions.nearest import Found, NearestQuery, find_nearest
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.web.house import House
from stations.web.words import Wall, say_arrival, say_reason
from stations.wording.figures import say_metres, say_minutes
from stations.wording.names import Names

SHOWN = 3
WITHIN_MINUTES = 30.0
"""How far one goes to another station before one would rather wait."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another station, with what one finds on arrival.

    Attributes
    ----------
    state
        ``open`` or ``unknown`` on arrival, or ``almost`` where something is against it.
    basis
        ``street``, or ``circle`` for an estimate.
    """

    station: Station
    name: str
    minutes: str
    metres: str
    state: str
    arrival: str
    basis: str


def neighbours_of(
    station: Station, mode: str, now: datetime, snapshot: Snapshot, house: House, names: Names
) -> tuple[Neighbour, ...]:
    """Give the nearest others: those that are open on arrival first, and where there are too few, whatever is near."""
    query = NearestQuery(station.position, now, mode=mode, minutes=WITHIN_MINUTES, limit=SHOWN + 1)
    answer = find_nearest(query, snapshot, house.atlas)
    wall = Wall.at(now, house.zone)
    fitting = [found for found in answer.stations if found.station.code != station.code]
    others = [found for found in answer.later + answer.almost if found.station.code != station.code]
    others.sort(key=lambda found: found.seconds)
    chosen = sorted((fitting + others)[:SHOWN], key=lambda found: found.seconds)
    return tuple(_neighbour(found, wall, names) for found in chosen)


def _neighbour(found: Found, wall: Wall, names: Names) -> Neighbour:
    against = [say_reason(reason, found.because, wall, names) for reason in found.reasons]
    return Neighbour(
        station=found.station,
        name=names.station(found.station),
        minutes=say_minutes(found.seconds),
        metres=say_metres(found.metres),
        state="almost" if against else found.state.value,
        arrival=against[0] if against else say_arrival(found, wall),
        basis=found.basis,
    )
