"""The nearest station: the one that is open on arrival, has what is needed and is quickest to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geodata.access import Mode, load_modes
from geodata.atlas import Atlas
from geodata.errors import OffStreetError, UnknownModeError
from geodata.lonlat import LonLat
from geodata.paths import path
from geodata.snapping import Snap
from geodata.travel import metres_between
from stations.hours import Hours, State, StateAt, is_away
from stations.questions.outwards import Basis, by_distance, circle_m
from stations.questions.reach import sites_on
from stations.registry.snapshot import Snapshot
from stations.station import AmenityState, Station

MOST_STATIONS = 50
LATER, FARTHER = 3, 3
"""How many stations are named that open later, and how many beyond the minutes, when nothing nearer will do."""

SOON = timedelta(hours=12)
"""What opens later than this is no help to who is out now."""

EVERYONE = "everyone"
"""Who may use a station that is for all."""

SERVES = frozenset({AmenityState.YES, AmenityState.NEARBY})


class Why(StrEnum):
    """Why a station does not fit."""

    CLOSED = "closed"
    CLOSING = "closing"
    NOT_FOR = "not_for"
    LACKS = "lacks"
    NOT_KNOWN = "not_known"
    TOO_FAR = "too_far"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing in which a station does not fit, for the doors to put in words.

    Attributes
    ----------
    key
        ``closed`` on arrival (``opens_at``, ISO 8601 or None); ``closing`` before one gets there (``closes_at``,
        ``early_s``); ``not_for`` the person, but for those in ``eligible``, keys with commas between; ``lacks`` or
        ``not_known`` of an ``amenity``; ``too_far`` for the ``minutes`` asked; ``no_way`` along the streets, as across
        a river without a bridge.
    """

    key: Why
    values: Mapping[str, str | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NearestQuery:
    """What the person asked.

    Attributes
    ----------
    origin
        Where they are, WGS-84.
    at
        When they set out; aware.
    amenities
        Keys of what they need, all of it.
    who
        Keys of what the person is, wider ones too (a courier is an outdoor worker); empty when they did not say, and
        then nobody is turned away.
    limit
        1 to 50 stations.
    path
        Whether to give the way along the streets.
    """

    origin: LonLat
    at: datetime
    mode: str = "walk"
    minutes: float = 15.0
    amenities: frozenset[str] = frozenset()
    who: frozenset[str] = frozenset()
    limit: int = 5
    path: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A station with what the person finds on arrival.

    Attributes
    ----------
    seconds, metres
        Door to door at the mode's speed.
    basis
        ``street``, or ``circle``: straight distance times the mean detour, an estimate.
    state
        On arrival.
    changes_at
        When that changes next; None when not within days, or not known.
    because
        The clock rule's reason for that state, in plain English: of a closure, a season, a comment of the rule, a
        calendar not announced; empty for usual hours.
    reasons
        Empty when the station fits.
    path
        The way along the streets, where asked for and known.
    """

    station: Station
    seconds: float
    metres: float
    basis: Basis
    state: State
    changes_at: datetime | None
    because: str = ""
    reasons: tuple[Reason, ...] = ()
    path: tuple[LonLat, ...] | None = None


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """Stations that fit and those that almost do, nearest first, and those that open later, the earliest first.

    Attributes
    ----------
    digest
        Of the atlas; None where there is none.
    """

    query: NearestQuery
    stations: tuple[Found, ...]
    almost: tuple[Found, ...]
    later: tuple[Found, ...]
    revision: int
    digest: str | None


def find_nearest(query: NearestQuery, snapshot: Snapshot, atlas: Atlas | None) -> NearestAnswer:
    """Find the stations that serve a person soonest.

    A station fits when it is within the minutes, has every amenity (itself or next door), is for this person, and is
    open, or of unknown hours, on arrival. Where more fit than were asked for, open ones come before unknown ones, and
    nearer before farther. ``almost`` holds those nearer than the last that fits which do not, each with its reasons.
    When none is open, ``later`` holds those within the minutes that lack nothing else and open within 12 hours, and
    are then not in ``almost``. When none fits at all, ``almost`` also holds the closest beyond the minutes that would,
    with their true times, or where no street leads to any, the closest in a straight line, as an estimate. One that
    serves on given dates alone is nowhere among them on other days, but may be in ``later``. Ties are broken by code.

    Raises
    ------
    UnknownModeError
        The travel mode is not known.
    """
    mode = _mode(query.mode, atlas)
    reach_m = query.minutes * 60.0 * mode.metres_per_second
    sift = _Sift(query, snapshot, mode, reach_m)
    for row, metres, basis in by_distance(query.origin, query.mode, snapshot, atlas, lambda: not sift.farther):
        if not sift.take(row, metres, basis):
            break
    else:
        if not sift.fits and not sift.farther and atlas is not None:
            sift.farther += _cut_off(query, snapshot, atlas, mode, sift.suits)
    answer = sift.answer(None if atlas is None else atlas.digest)
    return _with_paths(answer, snapshot, atlas) if query.path and atlas is not None else answer


class _Sift:
    """Stations as they come, nearest first, each put where it belongs."""

    def __init__(self, query: NearestQuery, snapshot: Snapshot, mode: Mode, reach_m: float) -> None:
        self.query, self.snapshot, self.speed, self.reach_m = query, snapshot, mode.metres_per_second, reach_m
        self.suits = _suits(query, snapshot)
        self.fits: list[Found] = []
        self.opened = 0
        self.almost: list[Found] = []
        self.shut: list[Found] = []
        self.farther: list[Found] = []

    def take(self, row: int, metres: float, basis: Basis) -> bool:
        """Take the next station; tells whether to go on."""
        query, snapshot = self.query, self.snapshot
        beyond = metres > self.reach_m
        if beyond and self.fits:
            return False
        seconds = metres / self.speed
        arrival = snapshot.hours(row).state_at(query.at + timedelta(seconds=seconds))
        suits = (self.suits is None or bool(self.suits[row])) and (
            not query.who or is_for(snapshot.stations[row], query.who)
        )
        if suits and arrival.state is not State.CLOSED:
            reasons = (Reason(Why.TOO_FAR, {"minutes": query.minutes}),) if beyond else ()
            station = snapshot.stations[row]
            found = Found(station, seconds, metres, basis, arrival.state, arrival.until, arrival.reason, reasons)
            if beyond:
                self.farther.append(found)
                return len(self.farther) < FARTHER
            self.fits.append(found)
            self.opened += arrival.state is State.OPEN
            return self.opened < query.limit
        if not beyond:
            opens = suits and not self.opened and arrival.until is not None and arrival.until - query.at <= SOON
            away = _is_away(snapshot.hours(row), arrival, query.at)
            if opens or (not away and len(self.almost) < query.limit):
                unfit = _unfit(query, snapshot, row, seconds, metres, basis, arrival)
                if opens:
                    self.shut.append(unfit)
                if not away and len(self.almost) < query.limit:
                    self.almost.append(unfit)
        return True

    def answer(self, digest: str | None) -> NearestAnswer:
        """What came of it."""
        fits = self.fits
        if len(fits) > self.query.limit:
            certain = sorted(range(len(fits)), key=lambda at: (fits[at].state is not State.OPEN, at))
            fits = [fits[at] for at in sorted(certain[: self.query.limit])]
        later: list[Found] = []
        almost = self.almost
        if not self.opened:
            later = sorted(self.shut, key=_opens_at)[:LATER]
            almost = [found for found in almost if found not in later]
        return NearestAnswer(
            self.query, tuple(fits), (*almost, *self.farther), tuple(later), self.snapshot.revision, digest
        )


def is_for(station: Station, who: frozenset[str]) -> bool:
    """Whether a station is for a person; one that does not say, and a person who does not, are taken together."""
    return not who or not station.eligible or EVERYONE in station.eligible or not who.isdisjoint(station.eligible)


def _is_away(hours: Hours, arrival: StateAt, now: datetime) -> bool:
    """Whether a station is not there on this day at all: neither on arrival nor when one sets out."""
    return is_away(hours, arrival) and is_away(hours, hours.state_at(now))


def _opens_at(found: Found) -> datetime:
    assert found.changes_at is not None  # noqa: S101  -- only such are kept
    return found.changes_at


def _mode(key: str, atlas: Atlas | None) -> Mode:
    modes = load_modes() if atlas is None else atlas.modes
    if key not in modes:
        known = ", ".join(modes)
        raise UnknownModeError("There is no travel mode “{mode}”. Use one of: {known}.", mode=key, known=known)
    return modes[key]


def _cut_off(
    query: NearestQuery, snapshot: Snapshot, atlas: Atlas, mode: Mode, suits: NDArray[np.bool_] | None
) -> list[Found]:
    """The closest station that would do and that no street leads to from here, in a list of one; or none."""
    network = atlas.network(query.mode)
    try:
        origin = network.snap(query.origin)
    except OffStreetError:
        return []
    sites = sites_on(snapshot, atlas, query.mode)
    apart = np.flatnonzero((sites.edge >= 0) & ~np.isfinite(metres_between(network, origin, sites)))
    rows = snapshot.active_rows[apart]
    metres = circle_m(query.origin, snapshot, rows)
    for at in np.argsort(metres, kind="stable").tolist():
        row, seconds = int(rows[at]), float(metres[at]) / mode.metres_per_second
        arrival = snapshot.hours(row).state_at(query.at + timedelta(seconds=seconds))
        if (
            arrival.state is not State.CLOSED
            and (suits is None or suits[row])
            and is_for(snapshot.stations[row], query.who)
        ):
            station, why = snapshot.stations[row], (Reason(Why.NO_WAY),)
            there = (arrival.state, arrival.until, arrival.reason)
            return [Found(station, seconds, float(metres[at]), "circle", *there, why)]
    return []


def _suits(query: NearestQuery, snapshot: Snapshot) -> NDArray[np.bool_] | None:
    """Which stations have every amenity asked for, bool [n]; None when none is asked for."""
    suits: NDArray[np.bool_] | None = None
    for key in query.amenities:
        has = snapshot.has(key, nearby=True)
        suits = has if suits is None else suits & has
    return suits


def _unfit(
    query: NearestQuery, snapshot: Snapshot, row: int, seconds: float, metres: float, basis: Basis, arrival: StateAt
) -> Found:
    """A station that does not fit, with every reason against it."""
    station = snapshot.stations[row]
    reasons: list[Reason] = []
    if arrival.state is State.CLOSED:
        now = snapshot.hours(row).state_at(query.at)
        if now.state is State.OPEN and now.until is not None:
            early_s = seconds - (now.until - query.at).total_seconds()
            reasons.append(Reason(Why.CLOSING, {"closes_at": now.until.isoformat(), "early_s": round(early_s)}))
        else:
            opens_at = None if arrival.until is None else arrival.until.isoformat()
            reasons.append(Reason(Why.CLOSED, {"opens_at": opens_at}))
    if not is_for(station, query.who):
        reasons.append(Reason(Why.NOT_FOR, {"eligible": ",".join(station.eligible)}))
    for key in sorted(query.amenities):
        has = station.amenity(key)
        if has not in SERVES:
            reasons.append(Reason(Why.LACKS if has is AmenityState.NO else Why.NOT_KNOWN, {"amenity": key}))
    return Found(station, seconds, metres, basis, arrival.state, arrival.until, arrival.reason, tuple(reasons))


def _with_paths(answer: NearestAnswer, snapshot: Snapshot, atlas: Atlas) -> NearestAnswer:
    def along(several: tuple[Found, ...]) -> tuple[Found, ...]:
        return tuple(_with_path(found, answer.query, snapshot, atlas) for found in several)

    return replace(answer, stations=along(answer.stations), almost=along(answer.almost), later=along(answer.later))


def _with_path(found: Found, query: NearestQuery, snapshot: Snapshot, atlas: Atlas) -> Found:
    if found.basis != "street":
        return found
    network = atlas.network(query.mode)
    sites = sites_on(snapshot, atlas, query.mode)
    at = int(np.searchsorted(snapshot.active_rows, snapshot.index(found.station.code)))
    end = Snap(int(sites.edge[at]), float(sites.offset_m[at]), float(sites.off_m[at]))
    line = path(network, query.origin, network.snap(query.origin), end, found.station.position, found.metres + 1.0)
    return replace(found, path=tuple(line))
