"""A station: every fact kept of one, and which of them anyone may see.

Unknown is a value: an empty text, None, an absent amenity. It is never read as no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from geodata.datum import Datum
from geodata.lonlat import LonLat
from stations.errors import StationError
from stations.facts import (
    MAX_CLOSURES,
    MAX_CODE,
    MAX_EXTRA,
    MAX_KEYS,
    MAX_NAME,
    MAX_PHOTOS,
    MAX_SERVICES,
    MAX_TEXT,
    STRICT,
    AmenityState,
    Cell,
    Closure,
    Code,
    Key,
    Keys,
    Line,
    MonthDay,
    Name,
    Photo,
    Service,
    Status,
    Text,
    TownshipCode,
)

__all__ = [
    "COORDINATE_DECIMALS",
    "EMPTY_SAYS",
    "MAX_CODE",
    "MAX_NAME",
    "MAX_TEXT",
    "NOTHING",
    "PRIVATE_FIELDS",
    "AmenityState",
    "Closure",
    "FieldFault",
    "Key",
    "Photo",
    "Service",
    "Station",
    "StationReader",
    "Status",
]

PRIVATE_FIELDS = frozenset({"custodian", "extra", "township_declared"})
"""Never shown to the public: who keeps the station, what a file's other columns hold, and what a list got wrong."""

EMPTY_SAYS = frozenset({"self_service_hours", "season_from", "season_to", "dates", "closures", "photos"})
"""Fields that say something when empty: nobody gets in without staff, it serves all year, nothing shuts it."""

COORDINATE_DECIMALS = 7
"""Positions are kept to 1e-7 degrees, about a centimetre, so that the same file gives the same record anywhere."""


NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One station as of one revision. Made from outside input only by `StationReader`.

    Attributes
    ----------
    code
        What the station is called in lists and on its door; unique, for good.
    position
        WGS-84.
    source_datum
        The datum of the position as it came, before it was converted.
    township
        Township code of 9 or 12 digits, computed from the position; empty when not known.
    township_declared
        What a list said, code or name, where it is not the one computed; never public.
    host_name
        Whose house it is in: ``郑州银行伊河路支行``.
    kind, host, built_by, access, eligible
        Keys of the taxonomy; empty when not known.
    hours, self_service_hours
        OSM grammar: with staff, and without. Empty hours are unknown;
        empty self-service hours are none.
    season_from, season_to
        Month and day, ``06-01``, both inclusive; empty for all year, and where `dates` say more.
    dates
        The only dates on which it serves, in OSM grammar: ``Sa[1]``, ``2027 Jan 28-2027 Feb 1``; empty for all
        year, or as the season says.
    closures
        Days on which it stays shut, by rising first day.
    amenities
        State by amenity key; what is absent is unknown.
    amenity_notes
        A remark by amenity key: ``早晚各一壶``.
    services, photos
        In the order in which they are shown.
    area_m2
        Square metres.
    phone
        A number for the public.
    custodian
        Who keeps the station; never public.
    position_checked, hours_checked, amenities_checked
        When somebody last made sure, each for itself.
    extra
        Columns that an import brought and nobody mapped, by their header; never public.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    code: Code
    name: Name
    position: LonLat
    name_en: Line = ""
    kind: Key = "rest_station"
    host: Key = ""
    host_name: Line = ""
    source_datum: Datum = Datum.WGS84
    address: Text = ""
    township: TownshipCode = ""
    township_declared: Text = ""
    built_by: Key = ""
    hours: Text = ""
    self_service_hours: Text = ""
    season_from: MonthDay = ""
    season_to: MonthDay = ""
    dates: Text = ""
    closures: Annotated[tuple[Closure, ...], Field(max_length=MAX_CLOSURES)] = ()
    access: Keys = ()
    eligible: Keys = ()
    amenities: Annotated[Mapping[Key, AmenityState], Field(max_length=MAX_KEYS)] = field(
        default_factory=lambda: NOTHING, hash=False
    )
    amenity_notes: Annotated[Mapping[Key, Text], Field(max_length=MAX_KEYS)] = field(
        default_factory=lambda: NOTHING, hash=False
    )
    services: Annotated[tuple[Service, ...], Field(max_length=MAX_SERVICES)] = ()
    photos: Annotated[tuple[Photo, ...], Field(max_length=MAX_PHOTOS)] = ()
    note: Text = ""
    seats: Annotated[int, Field(ge=0, le=10_000)] | None = None
    area_m2: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None = None
    phone: Line = ""
    custodian: Line = ""
    status: Status = Status.ACTIVE
    position_checked: dt.date | None = None
    hours_checked: dt.date | None = None
    amenities_checked: dt.date | None = None
    extra: Annotated[Mapping[Cell, Cell], Field(max_length=MAX_EXTRA)] = field(
        default_factory=lambda: NOTHING, hash=False
    )

    def amenity(self, key: str) -> AmenityState:
        """State of one amenity; unknown when the record does not say."""
        return self.amenities.get(key, AmenityState.UNKNOWN)

    @property
    def last_checked(self) -> dt.date | None:
        """The last day on which somebody made sure of anything; None where nobody did yet."""
        days = (self.position_checked, self.hours_checked, self.amenities_checked)
        return max((day for day in days if day is not None), default=None)

    @property
    def season(self) -> str:
        """The dates outside which it is closed, in OSM grammar, however they were given; empty for all year."""
        if self.dates or not (self.season_from and self.season_to):
            return self.dates
        begin, end = (dt.date.fromisoformat(f"2024-{day}") for day in (self.season_from, self.season_to))
        return f"{_MONTHS[begin.month - 1]} {begin.day:02}-{_MONTHS[end.month - 1]} {end.day:02}"

    def to_record(self) -> dict[str, Any]:
        """Give the fields as plain JSON values, without those that say nothing.

        The same station always gives the same record: positions rounded to 1e-7
        degrees, mappings in the order of their keys, closures in that of their days,
        unknown amenities left out.
        """
        record: dict[str, Any] = {
            "code": self.code,
            "lon": round(float(self.position.lon), COORDINATE_DECIMALS) + 0.0,  # never -0.0
            "lat": round(float(self.position.lat), COORDINATE_DECIMALS) + 0.0,
        }
        for name, default, write, value in zip(_NAMES, _PLAIN, _WRITERS, _values_of(self), strict=True):
            if value is not default and value != default:
                written = write(value) if write else value
                if written != default:
                    record[name] = written
        return record

    def to_json(self) -> str:
        """Give the record as the one text that stands in the log."""
        return orjson.dumps(self.to_record()).decode()

    def to_public(self) -> dict[str, Any]:
        """Give every public field as a plain JSON value; None alone means that nothing is known."""
        record = self.to_record()
        public = {"code": self.code, "lon": record["lon"], "lat": record["lat"]}
        for name, default in _DEFAULTS.items():
            if name not in PRIVATE_FIELDS:
                value = record.get(name, default)
                public[name] = value if value not in _NOTHING_KNOWN or name in EMPTY_SAYS else None
        for name in ("closures", "services", "photos"):
            if public[name]:
                public[name] = [_in_full(one) for one in getattr(self, name)]
        return public

    @classmethod
    def from_json(cls, text: str | bytes) -> Station:
        """Read a record of the log, which was checked when it was written."""
        record = orjson.loads(text)
        record["position"] = LonLat(record.pop("lon"), record.pop("lat"))
        for name in record.keys() & _READ.keys():
            record[name] = _READ[name](record[name])
        return cls(**record)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MAPPINGS = frozenset({"amenities", "amenity_notes", "extra"})

_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        one.name: {} if one.name in _MAPPINGS else one.default
        for one in fields(Station)
        if one.name not in {"code", "position"}
    }
)
_NAMES, _PLAIN = tuple(_DEFAULTS), tuple(_DEFAULTS.values())
_values_of: Callable[[Station], tuple[Any, ...]] = attrgetter(*_NAMES)
_STATES: Mapping[str, AmenityState] = MappingProxyType({state.value: state for state in AmenityState})

_NOTHING_KNOWN: tuple[Any, ...] = ("", (), {})


def _known_states(states: Mapping[str, AmenityState]) -> dict[str, str]:
    return {key: states[key].value for key in sorted(states) if states[key] is not AmenityState.UNKNOWN}


def _known_texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: texts[key] for key in sorted(texts) if texts[key]}


_WRITE: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "source_datum": str,
        "status": str,
        "closures": lambda closures: [one.to_record() for one in sorted(set(closures))],
        "amenities": _known_states,
        "amenity_notes": _known_texts,
        "services": lambda services: [one.to_record() for one in services],
        "photos": lambda photos: [one.to_record() for one in photos],
        "position_checked": dt.date.isoformat,
        "hours_checked": dt.date.isoformat,
        "amenities_checked": dt.date.isoformat,
        "extra": lambda extra: {key: extra[key] for key in sorted(extra)},
    }
)

_WRITERS: tuple[Callable[[Any], Any] | None, ...] = tuple(map(_WRITE.get, _NAMES))

_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "source_datum": Datum,
        "status": Status,
        "closures": lambda records: tuple(map(Closure.from_record, records)),
        "access": tuple,
        "eligible": tuple,
        "amenities": lambda states: MappingProxyType({key: _STATES[state] for key, state in states.items()}),
        "amenity_notes": MappingProxyType,
        "services": lambda records: tuple(map(Service.from_record, records)),
        "photos": lambda records: tuple(map(Photo.from_record, records)),
        "extra": MappingProxyType,
        "position_checked": dt.date.fromisoformat,
        "hours_checked": dt.date.fromisoformat,
        "amenities_checked": dt.date.fromisoformat,
    }
)


def _in_full(one: Closure | Service | Photo) -> dict[str, Any]:
    values = ((part.name, getattr(one, part.name)) for part in fields(one))
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values}


def _as_in_the_log(station: Station) -> Station:
    """Give a station just read the form it has after it went through the log, so that the two are equal.

    Its other fields are so already: texts, numbers and dates come back from JSON as they went in.
    """
    put = object.__setattr__  # it is new, and nobody else has it yet
    position = station.position
    lon = round(float(position.lon), COORDINATE_DECIMALS) + 0.0
    lat = round(float(position.lat), COORDINATE_DECIMALS) + 0.0
    put(station, "position", LonLat(lon, lat))
    for name in _MAPPINGS:
        mapping = getattr(station, name)
        if mapping:
            known = _WRITE[name](mapping)
            put(station, name, _READ[name](known) if known else NOTHING)
        else:
            put(station, name, NOTHING)
    if station.closures:
        put(station, "closures", tuple(sorted(set(station.closures))))
    return station


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a record that came in."""

    field: str
    value: object
    message: str


@cache
def _checks() -> TypeAdapter[Station]:
    """What checks every field: some hundredths of a second to make, when a record first comes in."""
    return TypeAdapter(Station)


class StationReader:
    """Makes stations of outside input, checking every field."""

    def read(self, values: Mapping[str, Any]) -> Station | list[FieldFault]:
        """Make a station, or say what is wrong with each field.

        Parameters
        ----------
        values
            By field name. Texts may stand for numbers, dates and states.
        """
        faults: list[FieldFault] = []
        try:
            station = _checks().validate_python(dict(values))
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = str(fault["loc"][0]) if fault["loc"] else ""
                faults.append(FieldFault(where, fault["input"], fault["msg"].removeprefix("Value error, ")))
            return faults
        if bool(station.season_from) != bool(station.season_to):
            empty = "season_to" if station.season_from else "season_from"
            faults.append(FieldFault(empty, "", "a season needs both its first and its last day"))
        if station.dates and (station.season_from or station.season_to):
            faults.append(FieldFault("dates", station.dates, "either a season or dates say when it serves, not both"))
        return faults or _as_in_the_log(station)

    def read_or_raise(self, values: Mapping[str, Any]) -> Station:
        """Make a station.

        Raises
        ------
        StationError
            Fields that cannot be true; the first is named.
        """
        station = self.read(values)
        if isinstance(station, Station):
            return station
        raise StationError(
            "The station's {field} is “{value}”, which cannot be used: {fault}.",
            field=station[0].field,
            value=str(station[0].value)[:80],
            fault=station[0].message,
        )
