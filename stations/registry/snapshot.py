"""The stations as of one revision, in columns: what every question is asked of.

A snapshot is frozen and shared between threads. Everything in it is a function
of the log up to its revision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from itertools import compress, repeat
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import orjson
from numpy.typing import NDArray

from geodata.memo import Memo
from stations.errors import HoursError, UnknownStationError
from stations.hours import STATE_CODES, Hours, serves_on
from stations.hours.table import RuleTable
from stations.registry.columns import AMENITY_CODES, Columns, Row, RowValues, amenities_key, gather, hours_key, merge
from stations.registry.records import Stations, keeping_decoder
from stations.station import COORDINATE_DECIMALS, AmenityState, Closure, Station

__all__ = ["AMENITY_CODES", "STATE_CODES", "Row", "Snapshot", "amenities_key", "hours_key", "hours_of"]

Codes8 = NDArray[np.int8]


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot(Columns):
    """Every station of the registry at one revision; the same revision gives the same, however it was reached.

    Attributes
    ----------
    revision
        Revision of the log; 0 when it is empty.
    stations
        The records, planned and retired ones too, decoded as they are asked for.
    rules
        The distinct opening hours, parallel to `rule_keys`; stations with the
        same hours share one object.
    """

    revision: int
    timezone: ZoneInfo
    stations: Stations
    rules: tuple[Hours, ...]

    @classmethod
    def build(
        cls,
        revision: int,
        stations: Iterable[Station],
        timezone: ZoneInfo,
        *,
        rules: Sequence[Hours] = (),
        revisions: Iterable[int] | None = None,
    ) -> Snapshot:
        """Put stations in columns.

        Parameters
        ----------
        rules
            Hours of an earlier snapshot, to be used again with all that they
            have worked out.
        revisions
            Parallel to the stations: when each was written; all at `revision`
            when not given.
        """
        written = repeat(revision) if revisions is None else revisions
        rows = [Row.of(station, each) for station, each in zip(stations, written, strict=False)]
        return cls.of_rows(revision, [rows] if rows else [], timezone, rules=rules)

    @classmethod
    def of_rows(
        cls, revision: int, chunks: Iterable[Sequence[RowValues]], timezone: ZoneInfo, *, rules: Sequence[Hours] = ()
    ) -> Snapshot:
        """Put rows in columns, which come some at a time and in any order; as `build`."""
        columns = gather(chunks)
        earlier = {_key_of(rule): rule for rule in rules if rule.timezone == timezone}
        return cls(
            **{column.name: getattr(columns, column.name) for column in fields(Columns)},
            revision=revision,
            timezone=timezone,
            stations=Stations(columns.records, keeping_decoder()),
            rules=_rules(columns.rule_keys, earlier, timezone),
        )

    def advanced(self, revision: int, rows: Sequence[Row], gone: Iterable[str] = ()) -> Snapshot:
        """Give a later snapshot, in which a few stations are new, changed or gone.

        Parameters
        ----------
        rows
            Stations that were written, as they are at `revision`.
        gone
            Codes of stations that were removed.
        """
        columns = merge(self, rows, gone)
        rules = self.rules
        if columns.rule_keys is not self.rule_keys:
            rules = _rules(columns.rule_keys, dict(zip(self.rule_keys, self.rules, strict=True)), self.timezone)
        later = Snapshot(
            **{column.name: getattr(columns, column.name) for column in fields(Columns)},
            revision=revision,
            timezone=self.timezone,
            stations=Stations(columns.records, self.stations.keeping),
            rules=rules,
        )
        vars(later)["memo"] = self.memo
        # What did not change is the same object.
        if later.rules is self.rules:
            self._hand_on(later, "_table")
        if later.codes is self.codes and later.active is self.active:
            self._hand_on(later, "active_rows", "_active_codes_digest")
            if later.lon is self.lon and later.lat is self.lat:
                self._hand_on(later, "positions_digest")
        return later

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def memo(self) -> Memo:
        """What is kept of this snapshot and of those that follow from it; a key says by itself what it is true of."""
        return Memo()

    @cached_property
    def active_rows(self) -> NDArray[np.int64]:
        """Rows of the active stations, ascending."""
        return np.flatnonzero(self.active)

    @cached_property
    def positions_digest(self) -> str:
        """SHA-256 over codes and positions of the active stations: it changes when a reach matrix does."""
        digest = hashlib.sha256(self._active_codes_digest)
        for degrees in (self.lon, self.lat):
            digest.update(np.rint(degrees[self.active_rows] * 10**COORDINATE_DECIMALS).astype("<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def _active_codes_digest(self) -> bytes:
        # No code has a NUL in it.
        return hashlib.sha256("\0".join(compress(self.codes, self.active.tolist())).encode()).digest()

    def find(self, code: str) -> Station | None:
        """The station with a code, or None."""
        row = self._row(code)
        return None if row is None else self.stations[row]

    def station(self, code: str) -> Station:
        """The station with a code.

        Raises
        ------
        UnknownStationError
            No station has that code.
        """
        return self.stations[self.index(code)]

    def record_of(self, code: str) -> bytes | None:
        """The record of the station with a code, JSON as it stands in the log, or None."""
        row = self._row(code)
        return None if row is None else self.records[row]

    def index(self, code: str) -> int:
        """Row of a station.

        Raises
        ------
        UnknownStationError
            No station has that code.
        """
        row = self._row(code)
        if row is None:
            raise UnknownStationError("There is no station {code}.", code=code[:80])
        return row

    def hours(self, row: int) -> Hours:
        """The opening hours of the station in a row."""
        return self.rules[self.rule[row]]

    def has(self, key: str, *, nearby: bool = False) -> NDArray[np.bool_]:
        """Which stations are known to have an amenity, bool ``[n]``; optionally counting what is nearby."""
        if key not in self.amenity_keys:
            return np.zeros(len(self), dtype=np.bool_)
        column = self.amenity[:, self.amenity_keys.index(key)]
        found: NDArray[np.bool_] = column == AMENITY_CODES[AmenityState.YES]
        return found | (column == AMENITY_CODES[AmenityState.NEARBY]) if nearby else found

    @cached_property
    def amenity_counts(self) -> Mapping[str, int]:
        """How many active stations are known to have each amenity themselves."""
        has = self.amenity[self.active] == AMENITY_CODES[AmenityState.YES]
        return MappingProxyType(dict(zip(self.amenity_keys, has.sum(axis=0).tolist(), strict=True)))

    def states_at(self, moment: datetime) -> Codes8:
        """State of every station at one aware moment, int8 ``[n]``: 0 unknown, 1 open, 2 closed.

        Each distinct rule is asked once.
        """
        return self._table.states_at(moment)[self.rule]

    def states_through(self, moments: Sequence[datetime]) -> Codes8:
        """State of every station at several aware moments, int8 ``[len(moments), n]``, as `states_at`."""
        return self._table.states_through(moments)[:, self.rule]

    @cached_property
    def dated(self) -> NDArray[np.bool_]:
        """Which stations serve on given dates alone, bool ``[n]``: in a season, or as a stall of some days."""
        return np.array([bool(rule.season) for rule in self.rules], np.bool_)[self.rule]

    def serving_on(self, day: date) -> NDArray[np.bool_]:
        """Which stations serve on a day, bool ``[n]``: all but those that have dates of which it is none."""
        return np.array([serves_on(rule, day) for rule in self.rules], np.bool_)[self.rule]

    @cached_property
    def _table(self) -> RuleTable:
        return RuleTable(self.rules)

    def _row(self, code: str) -> int | None:
        row, stands = self.codes.place(code)
        return row if stands else None

    def _hand_on(self, later: Snapshot, *worked_out: str) -> None:
        """Give a later snapshot what this one has worked out and is true of both."""
        mine = vars(self)
        vars(later).update({name: mine[name] for name in worked_out if name in mine})


def hours_of(station: Station, timezone: ZoneInfo) -> Hours:
    """Read a station's hours: staffed, self-service, season and closures together.

    Raises
    ------
    HoursError
        Hours that are not in the grammar.
    """
    return Hours.parse(
        station.hours,
        timezone,
        self_service=station.self_service_hours,
        season=station.season,
        closures=tuple(sorted(station.closures)),
    )


def _rules(keys: Iterable[str], known: Mapping[str, Hours], timezone: ZoneInfo) -> tuple[Hours, ...]:
    return tuple(known.get(key) or _readable_hours(key, timezone) for key in keys)


def _readable_hours(key: str, timezone: ZoneInfo) -> Hours:
    """Read what `hours_key` wrote."""
    text, self_service, season, closures = orjson.loads(key)
    shut = tuple(Closure.from_record(closure) for closure in closures)
    try:
        return Hours.parse(text, timezone, self_service=self_service, season=season, closures=shut)
    except HoursError:
        # Records are checked before they are written, so only a later version of the grammar can
        # refuse one. Then that one station's hours are unknown, rather than all stations gone.
        return Hours.parse("", timezone)


def _key_of(rule: Hours) -> str:
    closures = [closure.to_record() for closure in rule.closures]
    return orjson.dumps((rule.text, rule.self_service_text, rule.season, closures)).decode()
