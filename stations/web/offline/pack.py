"""The pack: what a phone needs to answer the finder's question without a network.

One JSON object, in columns, in both languages. Nothing in it is worked out twice: what decides when a door is open are
spans of the one clock rule, what a way takes is the detour and the speed that the finder estimates with.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import orjson
from flask_babel import force_locale, format_date
from numpy.typing import NDArray

from geodata.lonlat import EARTH_RADIUS_M
from stations.hours import OUT_OF_SEASON, State
from stations.hours.states import Said
from stations.questions.outwards import MEAN_DETOUR
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.taxonomy import Vocabulary
from stations.upkeep.facts import Caution
from stations.upkeep.kinds import Kind
from stations.web.cautions import SHUT
from stations.web.language import LOCALES
from stations.web.offline.area import Cell, rows_around
from stations.web.offline.week import Week
from stations.web.words import say_because, say_hours
from stations.wording.names import Names

FORMAT = 1
"""Rises when a page of an earlier release could not read the pack."""

A_MONDAY = date(2024, 1, 1)
POSITION_DECIMALS = 6
"""Positions to a decimetre."""

AWAY = Said(State.CLOSED, OUT_OF_SEASON)
"""What the clock rule says of a station that is not there on that day at all."""

Cautions = Mapping[str, tuple[Caution, ...]]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a pack is made of, beside the stations: the words of the house.

    Attributes
    ----------
    kinds
        Of report, by key.
    """

    names: Names
    kinds: Mapping[str, Kind]


def write_pack(snapshot: Snapshot, cautions: Cautions, now: datetime, contents: Contents, cell: Cell | None) -> bytes:
    """Write the pack. In an app's context, for its translations.

    Parameters
    ----------
    cautions
        By code of the station.
    now
        Aware. Only its date in the stations' time zone counts.
    cell
        Around which stations are kept; None for all.

    Returns
    -------
    bytes
        JSON, as docs/api.md describes it, but for the revision and when it was made.
    """
    week = Week.of(now, snapshot.timezone)
    rows = rows_around(snapshot, cell)
    stations = [snapshot.stations[row] for row in rows.tolist()]
    taxonomy, icon_of = contents.names.taxonomy, contents.names.amenity_icon
    said, rules = _Numbers[Said](), _Numbers[int]()
    kept = [rules.of(number) for number in snapshot.rule[rows].tolist()]
    spans = [[(minute, said.of(one)) for minute, one in week.spans(snapshot.rules[number])] for number in rules]
    of_rule = [stations[kept.index(number)] for number in range(len(spans))]
    amenities = _in_order(snapshot, contents.names)
    columns = _columns(snapshot, rows, stations, amenities)
    warned = {one.code: cautions[one.code] for one in stations if cautions.get(one.code)}
    days = {*week.dates, *_dates(stations, warned, week)}
    words = {spoken: _words(week, of_rule, list(said), days) for spoken in _speaking()}
    return orjson.dumps(
        {
            "format": FORMAT,
            "cell": None if cell is None else str(cell),
            "midnight": round(week.midnight),
            "minutes": week.minutes,
            "offsets": week.offsets(),
            "detour": MEAN_DETOUR,
            "radius": EARTH_RADIUS_M,
            "speeds": {key: mode.metres_per_second for key, mode in contents.names.modes.items()},
            "amenities": {key: [*_pair(taxonomy.amenities, key), icon_of(key)] for key in amenities},
            "access": {key: _pair(taxonomy.access, key) for key in _used(station.access for station in stations)},
            "eligible": {key: _person(taxonomy.eligible, key) for key in taxonomy.eligible.terms},
            "kinds": {key: [kind.zh, kind.en, kind.icon] for key, kind in contents.kinds.items()},
            "states": [one.state.value for one in said],
            "away": [at for at, one in enumerate(said) if one == AWAY],
            "rules": [list(chain.from_iterable(each)) for each in spans],
            "words": words,
            "doubtful": sorted(SHUT),
            "stations": {"rule": kept, **columns},
            "cautions": {code: [_caution(one, week) for one in several] for code, several in warned.items()},
        }
    )


class _Numbers(dict[T, int]):
    """Things by the order in which they came first."""

    def of(self, thing: T) -> int:
        return self.setdefault(thing, len(self))


def _speaking() -> Iterator[str]:
    """Each language as ``lang`` spells it, while it is the one that is spoken."""
    for spoken, locale in LOCALES.items():
        with force_locale(locale):
            yield spoken


def _words(week: Week, of_rule: Sequence[Station], said: Sequence[Said], days: Iterable[date]) -> dict[str, Any]:
    """What differs by language: weekdays from Monday on, dates, the hours of each rule, the reasons for a state."""
    return {
        "weekdays": [format_date(A_MONDAY + timedelta(days=number), "EEE", rebase=False) for number in range(7)],
        "days": {day.isoformat(): format_date(day, "medium", rebase=False) for day in sorted(days)},
        "hours": [say_hours(station, week.first) for station in of_rule],
        "because": [say_because(one.reason) for one in said],
    }


def _dates(stations: Iterable[Station], warned: Cautions, week: Week) -> Iterator[date]:
    """Every date that is said of a station."""
    yield from filter(None, (station.last_checked for station in stations))
    for caution in chain.from_iterable(warned.values()):
        yield caution.last.astimezone(week.zone).date()


def _in_order(snapshot: Snapshot, names: Names) -> list[str]:
    """Every amenity that one can ask for, as the taxonomy orders them, then those that it lost."""
    return sorted({*names.taxonomy.amenities.terms, *snapshot.amenity_keys}, key=lambda key: (names.order(key), key))


def _columns(
    snapshot: Snapshot, rows: NDArray[np.int64], stations: Sequence[Station], amenities: Sequence[str]
) -> dict[str, Any]:
    states = np.zeros((rows.size, len(amenities)), dtype=np.int8)
    for column, key in enumerate(amenities):
        if key in snapshot.amenity_keys:
            states[:, column] = snapshot.amenity[rows, snapshot.amenity_keys.index(key)]
    return {
        "code": [station.code for station in stations],
        "name": [station.name for station in stations],
        "name_en": [station.name_en for station in stations],
        "address": [station.address for station in stations],
        "phone": [station.phone for station in stations],
        "note": [station.note for station in stations],
        "lon": [round(station.position.lon, POSITION_DECIMALS) for station in stations],
        "lat": [round(station.position.lat, POSITION_DECIMALS) for station in stations],
        # A digit for each amenity: 0 unknown, 1 yes, 2 no, 3 nearby.
        "has": ["".join(map(str, each)) for each in states.tolist()],
        "access": [" ".join(station.access) for station in stations],
        "eligible": [" ".join(station.eligible) for station in stations],
        "checked": [station.last_checked and station.last_checked.isoformat() for station in stations],
    }


def _used(several: Iterable[Sequence[str]]) -> list[str]:
    return sorted(set(chain.from_iterable(several)))


def _pair(vocabulary: Vocabulary, key: str) -> list[str]:
    """A term's words; the bare key where an operator's own list has one that the taxonomy lost."""
    term = vocabulary.terms.get(key)
    return [key, key] if term is None else [term.zh, term.en]


def _person(vocabulary: Vocabulary, key: str) -> list[str]:
    """What someone is called, and the keys of the wider groups that they belong to."""
    return [*_pair(vocabulary, key), *sorted(vocabulary.wider(key) - {key})]


def _caution(caution: Caution, week: Week) -> list[Any]:
    last = round((caution.last.timestamp() - week.midnight) / 60.0)
    return [caution.kind, caution.amenity, caution.people, last, caution.last.astimezone(week.zone).date().isoformat()]
