"""The stations as of one revision, in columns: what every question is asked of.

A snapshot is frozen and shared between threads. Everything in it is a function
of the log up to its revision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stations.errors import HoursError, UnknownStationError
from stations.hours import Hours, State
from stations.station import COORDINATE_DECIMALS, AmenityState, Station, Status

AMENITY_CODES: Mapping[AmenityState, int] = MappingProxyType(
    {AmenityState.UNKNOWN: 0, AmenityState.YES: 1, AmenityState.NO: 2, AmenityState.NEARBY: 3}
)
"""How the column of amenity states writes them."""

STATE_CODES: Mapping[State, int] = MappingProxyType({State.UNKNOWN: 0, State.OPEN: 1, State.CLOSED: 2})
"""How `Snapshot.states_at` writes the state of a station."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Every station of the registry at one revision, sorted by code; the columns are parallel.

    Attributes
    ----------
    revision
        Revision of the log; 0 when it is empty.
    stations
        The records, planned and retired ones too.
    lon, lat
        float64 ``[n]``, degrees WGS-84.
    amenity
        int8 ``[n, A]``: 0 unknown, 1 yes, 2 no, 3 nearby.
    amenity_keys
        The A keys that any station knows something of, sorted.
    rule
        int32 ``[n]``, index into `rules`.
    rules
        The distinct opening hours; stations with the same hours share one object.
    active
        bool ``[n]``; only active stations serve and count.
    positions_digest
        SHA-256 over codes and positions of the active stations: it changes when a
        reach matrix does.
    """

    revision: int
    stations: tuple[Station, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    amenity: NDArray[np.int8]
    amenity_keys: tuple[str, ...]
    rule: NDArray[np.int32]
    rules: tuple[Hours, ...]
    active: NDArray[np.bool_]
    positions_digest: str
    timezone: ZoneInfo
    _rows: Mapping[str, int]

    @classmethod
    def build(
        cls, revision: int, stations: Iterable[Station], timezone: ZoneInfo, *, rules: Sequence[Hours] = ()
    ) -> Snapshot:
        """Put stations in columns.

        Parameters
        ----------
        rules
            Hours of an earlier snapshot, to be used again with all that they
            have worked out.
        """
        ordered = tuple(sorted(stations, key=lambda station: station.code))
        lon = np.array([station.position.lon for station in ordered], dtype=np.float64)
        lat = np.array([station.position.lat for station in ordered], dtype=np.float64)
        active = np.array([station.status is Status.ACTIVE for station in ordered], dtype=np.bool_)

        keys = tuple(sorted({key for station in ordered for key in station.amenities}))
        columns = {key: column for column, key in enumerate(keys)}
        amenity = np.zeros((len(ordered), len(keys)), dtype=np.int8)
        for row, station in enumerate(ordered):
            for key, state in station.amenities.items():
                amenity[row, columns[key]] = AMENITY_CODES[state]

        earlier = {
            (rule.text, rule.self_service_text, rule.season): rule for rule in rules if rule.timezone == timezone
        }
        numbers: dict[tuple[str, str, str], int] = {}
        used: list[Hours] = []
        rule = np.zeros(len(ordered), dtype=np.int32)
        for row, station in enumerate(ordered):
            texts = (station.hours, station.self_service_hours, station.season)
            number = numbers.get(texts)
            if number is None:
                number = numbers[texts] = len(used)
                used.append(earlier.get(texts) or _readable_hours(station, timezone))
            rule[row] = number

        for column in (lon, lat, amenity, rule, active):
            column.flags.writeable = False
        return cls(
            revision,
            ordered,
            lon,
            lat,
            amenity,
            keys,
            rule,
            tuple(used),
            active,
            _digest(station for station in ordered if station.status is Status.ACTIVE),
            timezone,
            MappingProxyType({station.code: row for row, station in enumerate(ordered)}),
        )

    def __len__(self) -> int:
        return len(self.stations)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in the order of the columns."""
        return tuple(self._rows)

    @cached_property
    def active_rows(self) -> NDArray[np.int64]:
        """Rows of the active stations, ascending."""
        return np.flatnonzero(self.active)

    def index(self, code: str) -> int:
        """Row of a station.

        Raises
        ------
        UnknownStationError
            No station has that code.
        """
        try:
            return self._rows[code]
        except KeyError:
            raise UnknownStationError("There is no station {code}.", code=code[:80]) from None

    def hours(self, row: int) -> Hours:
        """The opening hours of the station in a row."""
        return self.rules[self.rule[row]]

    def has(self, key: str, *, nearby: bool = False) -> NDArray[np.bool_]:
        """Which stations are known to have an amenity, bool ``[n]``; optionally counting what is nearby."""
        if key not in self.amenity_keys:
            return np.zeros(len(self.stations), dtype=np.bool_)
        column = self.amenity[:, self.amenity_keys.index(key)]
        found: NDArray[np.bool_] = column == AMENITY_CODES[AmenityState.YES]
        return found | (column == AMENITY_CODES[AmenityState.NEARBY]) if nearby else found

    def states_at(self, moment: datetime) -> NDArray[np.int8]:
        """State of every station at one aware moment, int8 ``[n]``: 0 unknown, 1 open, 2 closed.

        Each distinct rule is asked once.
        """
        answers = np.array([STATE_CODES[rule.state_at(moment).state] for rule in self.rules], dtype=np.int8)
        return answers[self.rule]


def hours_of(station: Station, timezone: ZoneInfo) -> Hours:
    """Read a station's hours: staffed, self-service and season together.

    Raises
    ------
    HoursError
        Hours that are not in the grammar.
    """
    return Hours.parse(station.hours, timezone, self_service=station.self_service_hours, season=station.season)


def _readable_hours(station: Station, timezone: ZoneInfo) -> Hours:
    try:
        return hours_of(station, timezone)
    except HoursError:
        # Records are checked before they are written, so only a later version of the grammar can
        # refuse one. Then that one station's hours are unknown, rather than all stations gone.
        return Hours.parse("", timezone)


def _digest(stations: Iterable[Station]) -> str:
    digest = hashlib.sha256()
    for station in stations:
        lon, lat = station.position.lon, station.position.lat
        digest.update(f"{station.code}\0{lon:.{COORDINATE_DECIMALS}f}\0{lat:.{COORDINATE_DECIMALS}f}\n".encode())
    return digest.hexdigest()
