"""A station: every fact kept of one, and which of them anyone may see.

Unknown is a value: an empty text, None, an absent amenity. It is never read as no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from geodata.datum import Datum
from geodata.lonlat import LonLat
from stations.errors import StationError

PRIVATE_FIELDS = frozenset({"custodian", "extra"})
"""Never shown to the public. `extra` is among them as nobody knows what a file's other columns hold."""

MAX_CODE, MAX_NAME, MAX_TEXT = 64, 200, 2000
"""Longest code, name and other text, in characters."""

EMPTY_SAYS = frozenset({"self_service_hours", "season_from", "season_to"})
"""Fields whose empty text is a fact: nobody gets in without staff, and the season is all year."""

COORDINATE_DECIMALS = 7
"""Positions are kept to 1e-7 degrees, about a centimetre, so that the same file gives the same record anywhere."""


class AmenityState(StrEnum):
    """Whether a station has an amenity. Absent from a record means unknown."""

    YES = "yes"
    NO = "no"
    NEARBY = "nearby"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a station is in its life. Only active ones serve and count."""

    PLANNED = "planned"
    ACTIVE = "active"
    RETIRED = "retired"


def _legible(text: str) -> str:
    if text != text.strip() or any(ord(character) < 32 or ord(character) == 127 for character in text):
        message = "has blanks at an end, or control characters"
        raise ValueError(message)
    return text


def _month_day(text: str) -> str:
    if text:
        dt.date.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 is a day
    return text


Code = Annotated[str, Field(min_length=1, max_length=MAX_CODE), AfterValidator(_legible)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_legible)]
Line = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_legible)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]*$", max_length=MAX_CODE)]
Keys = tuple[Key, ...]
MonthDay = Annotated[str, Field(pattern=r"^(\d\d-\d\d)?$"), AfterValidator(_month_day)]
TownshipCode = Annotated[str, Field(pattern=r"^(\d{9}|\d{12})?$")]

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
        Township code of 9 or 12 digits; empty when not known.
    kind, host, built_by, access, eligible
        Keys of the taxonomy; empty when not known.
    hours, self_service_hours
        OSM grammar: with staff, and without. Empty hours are unknown;
        empty self-service hours are none.
    season_from, season_to
        Month and day, ``06-01``, both inclusive; empty for all year.
    amenities
        State by amenity key; what is absent is unknown.
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

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", str_strip_whitespace=False)

    code: Code
    name: Name
    position: LonLat
    name_en: Line = ""
    kind: Key = "rest_station"
    host: Key = ""
    source_datum: Datum = Datum.WGS84
    address: Text = ""
    township: TownshipCode = ""
    built_by: Key = ""
    hours: Text = ""
    self_service_hours: Text = ""
    season_from: MonthDay = ""
    season_to: MonthDay = ""
    access: Keys = ()
    eligible: Keys = ()
    amenities: Mapping[Key, AmenityState] = field(default_factory=lambda: NOTHING, hash=False)
    note: Text = ""
    seats: Annotated[int, Field(ge=0, le=10_000)] | None = None
    area_m2: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None = None
    phone: Line = ""
    custodian: Line = ""
    status: Status = Status.ACTIVE
    position_checked: dt.date | None = None
    hours_checked: dt.date | None = None
    amenities_checked: dt.date | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)

    def amenity(self, key: str) -> AmenityState:
        """State of one amenity; unknown when the record does not say."""
        return self.amenities.get(key, AmenityState.UNKNOWN)

    @property
    def season(self) -> str:
        """The season in OSM grammar, empty for all year."""
        if not (self.season_from and self.season_to):
            return ""
        begin, end = (dt.date.fromisoformat(f"2024-{day}") for day in (self.season_from, self.season_to))
        return f"{_MONTHS[begin.month - 1]} {begin.day:02}-{_MONTHS[end.month - 1]} {end.day:02}"

    def to_record(self) -> dict[str, Any]:
        """Give the fields as plain JSON values, without those that say nothing.

        The same station always gives the same record: positions rounded to 1e-7
        degrees, mappings in the order of their keys, unknown amenities left out.
        """
        record: dict[str, Any] = {
            "code": self.code,
            "lon": round(float(self.position.lon), COORDINATE_DECIMALS) + 0.0,  # never -0.0
            "lat": round(float(self.position.lat), COORDINATE_DECIMALS) + 0.0,
        }
        for name, default in _DEFAULTS:
            value = getattr(self, name)
            if name == "amenities":
                value = {key: value[key].value for key in sorted(value) if value[key] is not AmenityState.UNKNOWN}
            elif name == "extra":
                value = {key: value[key] for key in sorted(value)}
            if value != default:
                record[name] = value.isoformat() if isinstance(value, dt.date) else value
        return record

    def to_json(self) -> str:
        """Give the record as the one text that stands in the log."""
        return orjson.dumps(self.to_record()).decode()

    def to_public(self) -> dict[str, Any]:
        """Give every public field as a plain JSON value; None alone means that nothing is known."""
        record = self.to_record()
        public = {"code": self.code, "lon": record["lon"], "lat": record["lat"]}
        for name, default in _DEFAULTS:
            if name not in PRIVATE_FIELDS:
                value = record.get(name, default)
                public[name] = value if value not in _NOTHING_KNOWN or name in EMPTY_SAYS else None
        return public

    @classmethod
    def from_json(cls, text: str) -> Station:
        """Read a record of the log, which was checked when it was written."""
        record = orjson.loads(text)
        record["position"] = LonLat(record.pop("lon"), record.pop("lat"))
        for name, read in _READ.items():
            if name in record:
                record[name] = read(record[name])
        return cls(**record)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DEFAULTS: tuple[tuple[str, Any], ...] = tuple(
    (one.name, {} if one.name in {"amenities", "extra"} else one.default)
    for one in fields(Station)
    if one.name not in {"code", "position"}
)

_NOTHING_KNOWN: tuple[Any, ...] = ("", (), {})

_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "source_datum": Datum,
        "status": Status,
        "access": tuple,
        "eligible": tuple,
        "amenities": lambda states: MappingProxyType({key: AmenityState(state) for key, state in states.items()}),
        "extra": MappingProxyType,
        "position_checked": dt.date.fromisoformat,
        "hours_checked": dt.date.fromisoformat,
        "amenities_checked": dt.date.fromisoformat,
    }
)


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a record that came in."""

    field: str
    value: object
    message: str


class StationReader:
    """Makes stations of outside input, checking every field. Made once and used for many."""

    def __init__(self) -> None:
        self._adapter = TypeAdapter(Station)

    def read(self, values: Mapping[str, Any]) -> Station | list[FieldFault]:
        """Make a station, or say what is wrong with each field.

        Parameters
        ----------
        values
            By field name. Texts may stand for numbers, dates and states.
        """
        faults: list[FieldFault] = []
        try:
            station = self._adapter.validate_python(dict(values))
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = str(fault["loc"][0]) if fault["loc"] else ""
                faults.append(FieldFault(where, fault["input"], fault["msg"].removeprefix("Value error, ")))
            return faults
        if bool(station.season_from) != bool(station.season_to):
            empty = "season_to" if station.season_from else "season_from"
            faults.append(FieldFault(empty, "", "a season needs both its first and its last day"))
        # Through its text, so that a record is the same before it goes into the log and after.
        return faults or Station.from_json(station.to_json())

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
