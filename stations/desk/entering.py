"""One station as a form: what its fields show, and the record that is meant by what was typed into them.

A field that reads as it was shown leaves its fact as it was, so that a text is never
changed by being looked at. A field that is missing does so too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geodata.datum import Datum
from geodata.errors import PositionError
from geodata.lonlat import LonLat
from geodata.pasted import read_pasted
from geodata.townships import Townships
from stations.errors import EntryError, HoursError, StationsError
from stations.exchange.cells import read_area, read_count, read_date, read_number
from stations.exchange.fieldcells import write_dates, write_degrees
from stations.exchange.settling import places_at, settle
from stations.facts import MAX_CLOSURES, MAX_NAME, MAX_TEXT, AmenityState
from stations.hours import Hours
from stations.phrases import Language, read_dates, read_hours, sentence, yearly_span
from stations.station import Station, StationReader
from stations.taxonomy import Taxonomy, Vocabulary
from stations.upkeep.facts import Aspect

Fields = Mapping[str, Sequence[str]]
"""What a form holds: its fields, each with all its values."""

LINES = ("name", "name_en", "host_name", "phone", "custodian")
TEXTS = ("address", "note")
HOURS = ("hours", "self_service_hours")
DATES = "dates"
"""The dates on which it serves, in one field, whether the record keeps them as a season or as `Station.dates`."""

CHOICES: Mapping[str, str] = MappingProxyType(
    {"kind": "kinds", "host": "hosts", "built_by": "built_by", "status": "statuses"}
)
SEVERAL: Mapping[str, str] = MappingProxyType({"access": "access", "eligible": "eligible"})
"""Fields that are a choice, or several, from a vocabulary of the taxonomy."""

NO_SEASON: Mapping[str, str] = MappingProxyType({"season_from": "", "season_to": ""})
MUST_BE_CHOSEN = frozenset({"kind", "status"})
HAS, REMARK, CLOSURE, CHECKED = "has.", "note.", "closure.", "checked."
"""How fields begin that there are several of: an amenity, its remark, a closure, what was made sure of."""

_ROW = re.compile(r"closure\.(\d{1,3})\.(first|last|reason)")


@dataclass(frozen=True, slots=True)
class Entered:
    """What a form comes to.

    Attributes
    ----------
    station
        The record that is meant; with faults, what of it could be read.
    faults
        What cannot be used, by the name of the field.
    """

    station: Station
    faults: Mapping[str, StationsError]


@dataclass(frozen=True)
class Form:
    """Shows records as fields, and reads them back. Made once and used for many.

    Attributes
    ----------
    taxonomy
        The words that are offered.
    townships
        Where positions lie; None where nobody knows.
    """

    taxonomy: Taxonomy
    townships: Townships | None = None
    reader: StationReader = dataclasses.field(default_factory=StationReader)

    def shown(self, station: Station, language: Language) -> dict[str, list[str]]:
        """Give what the fields show of a record."""
        fields: dict[str, list[str]] = {name: [getattr(station, name)] for name in (*LINES, *TEXTS)}
        fields |= {name: [str(getattr(station, name))] for name in CHOICES}
        fields |= {name: list(getattr(station, name)) for name in SEVERAL}
        fields |= {name: [told_hours(getattr(station, name), language)] for name in HOURS}
        fields[DATES] = [write_dates(plain_dates(station.season), language)]
        fields["seats"] = ["" if station.seats is None else str(station.seats)]
        fields["area_m2"] = ["" if station.area_m2 is None else f"{station.area_m2:g}"]
        fields["lon"], fields["lat"] = [write_degrees(station.position.lon)], [write_degrees(station.position.lat)]
        fields["place"], fields["datum"] = [""], [""]
        for key in self.taxonomy.amenities.terms:
            fields[HAS + key] = [station.amenity(key).value]
            fields[REMARK + key] = [station.amenity_notes.get(key, "")]
        for number, closure in enumerate(station.closures):
            fields[f"{CLOSURE}{number}.first"] = [closure.first.isoformat()]
            fields[f"{CLOSURE}{number}.last"] = [closure.last.isoformat()]
            fields[f"{CLOSURE}{number}.reason"] = [closure.reason]
        return fields

    def read(self, fields: Fields, base: Station, language: Language, today: date) -> Entered:
        """Read a form that was made of a record.

        Parameters
        ----------
        fields
            What was sent.
        base
            The record that the form was made of.
        language
            In which it was shown.
        today
            The day on which somebody says to have made sure.
        """
        before = self.shown(base, language)
        reading = _Reading(fields, before)
        values: dict[str, Any] = {}
        for name in LINES:
            reading.take(values, name, lambda text: _bounded(text, MAX_NAME))
        for name in TEXTS:
            reading.take(values, name, lambda text: _bounded(text, MAX_TEXT))
        if "name" in values and not values["name"]:
            reading.faults["name"] = EntryError("A station needs a name.")
        for name, vocabulary in CHOICES.items():
            reading.take(values, name, _chooser(getattr(self.taxonomy, vocabulary), must=name in MUST_BE_CHOSEN))
        for name, vocabulary in SEVERAL.items():
            reading.take_all(values, name, getattr(self.taxonomy, vocabulary))
        for name in HOURS:
            reading.take(values, name, read_whole_hours)
        reading.take(values, DATES, read_whole_dates)
        if DATES in values:
            span = yearly_span(values[DATES])
            values |= {DATES: "", "season_from": span[0], "season_to": span[1]} if span else NO_SEASON
        reading.take(values, "seats", lambda text: _at_most(read_count(text), 10_000) if text else None)
        reading.take(values, "area_m2", lambda text: _positive(read_area(text)) if text else None)
        self._amenities(values, reading, base)
        _closures(values, reading)
        values |= self._position(reading, base)
        for aspect in Aspect:
            if reading.given(CHECKED + aspect.value):
                values[f"{aspect.value}_checked"] = today
        return self._checked(values, reading.faults, base)

    def _amenities(self, values: dict[str, Any], reading: _Reading, base: Station) -> None:
        states, notes = dict(base.amenities), dict(base.amenity_notes)
        for key in self.taxonomy.amenities.terms:
            found: dict[str, Any] = {}
            reading.take(found, HAS + key, _state)
            reading.take(found, REMARK + key, lambda text: _bounded(text, MAX_NAME))
            if HAS + key in found:
                states[key] = found[HAS + key]
            if REMARK + key in found:
                notes[key] = found[REMARK + key]
        values["amenities"] = {key: state for key, state in states.items() if state is not AmenityState.UNKNOWN}
        values["amenity_notes"] = {key: note for key, note in notes.items() if note}

    def _position(self, reading: _Reading, base: Station) -> dict[str, Any]:
        pasted, moved = reading.given("place"), reading.changed("lon") or reading.changed("lat")
        if not pasted and not moved:
            return {}
        try:
            if pasted:
                position, datum = read_place(pasted, reading.given("datum"))
            else:
                position, datum = _typed(reading), Datum.WGS84
        except StationsError as fault:
            reading.faults["place" if pasted else "lon"] = fault
            return {}
        if LonLat(round(position.lon, 7), round(position.lat, 7)) == base.position:
            return {}
        found: dict[str, Any] = {"position": position, "source_datum": datum}
        place = None
        if self.townships is not None:
            place = places_at(self.townships, np.array([position.lon]), np.array([position.lat]))[0]
            if place is None and self.townships.declared:
                reading.faults["place" if pasted else "lon"] = EntryError(
                    "“{lon}, {lat}” lies in none of the townships that are known here. Look at the datum, and at the "
                    "order of longitude and latitude.",
                    lon=f"{position.lon:.6f}",
                    lat=f"{position.lat:.6f}",
                )
                return {}
        there = settle(place, base.township, base.township_declared, listed=False)
        return found | {"township": there.township, "township_declared": there.declared}

    def _checked(self, values: dict[str, Any], faults: dict[str, StationsError], base: Station) -> Entered:
        """Make the record of what could be read; what it refuses besides is a fault of its field."""
        facts = {one.name: getattr(base, one.name) for one in dataclasses.fields(Station)}
        while True:
            made = self.reader.read(facts | values)
            if isinstance(made, Station):
                return Entered(made, MappingProxyType(faults))
            wrong = {fault.field for fault in made} & values.keys()
            for name in wrong:
                faults.setdefault(
                    name,
                    EntryError(
                        "This cannot be kept as it is. Write it without signs that nobody can see, and shorter."
                    ),
                )
            if not wrong:
                return Entered(base, MappingProxyType(faults))
            values = {key: value for key, value in values.items() if key not in wrong}


class _Reading:
    """The fields of one form, beside what they showed."""

    def __init__(self, fields: Fields, before: Mapping[str, Sequence[str]]) -> None:
        self.fields, self.before = fields, before
        self.faults: dict[str, StationsError] = {}

    def given(self, name: str) -> str:
        """The text of a field, without blanks around it; empty where it is missing."""
        values = self.fields.get(name) or ("",)
        return values[0].replace("\r\n", "\n").strip()

    def changed(self, name: str) -> bool:
        """Whether a field is there and reads otherwise than it was shown."""
        return name in self.fields and self.given(name) != (self.before.get(name) or [""])[0].strip()

    def take(self, values: dict[str, Any], name: str, read: Callable[[str], Any]) -> None:
        """Read a field that was changed."""
        if not self.changed(name):
            return
        try:
            values[name] = read(self.given(name))
        except (StationsError, PositionError) as fault:
            self.faults[name] = (
                fault if isinstance(fault, StationsError) else EntryError(fault.template, **fault.values)
            )

    def take_all(self, values: dict[str, Any], name: str, vocabulary: Vocabulary) -> None:
        """Read a field of several choices; a hidden empty one says that none is chosen."""
        if name not in self.fields:
            return
        chosen = [key for key in self.fields[name] if key]
        kept = [key for key in self.before[name] if key in chosen or key not in vocabulary]
        added = [key for key in chosen if key not in kept]
        if any(key not in vocabulary for key in added):
            self.faults[name] = EntryError("“{value}” is not offered here.", value=added[0][:80])
        elif tuple(kept + added) != tuple(self.before[name]):
            values[name] = tuple(kept + added)


def told_hours(text: str, language: Language) -> str:
    """Tell hours as they are typed: as a phrase; in OpenStreetMap's grammar where that would be read otherwise."""
    if not text:
        return text
    try:
        phrase = sentence(text, language)
        return phrase if read_hours(phrase) == text else text
    except HoursError:
        return text


def read_whole_hours(text: str) -> str:
    """Read hours as they are typed, and see that the clock understands them.

    Raises
    ------
    HoursError
        It is not understood; says which words.
    """
    found = read_hours(_bounded(text, MAX_TEXT))
    Hours.parse(found, ZoneInfo("UTC"))
    return found


def plain_dates(text: str) -> str:
    """Give dates in OSM grammar in the one spelling in which they are read; as they are where it cannot be read."""
    try:
        return read_dates(text)
    except HoursError:
        return text


def read_whole_dates(text: str) -> str:
    """Read the dates on which a station serves as they are typed, and see that the clock understands them.

    Raises
    ------
    HoursError
        They are not understood; says which words.
    """
    found = read_dates(_bounded(text, MAX_TEXT))
    Hours.parse("", ZoneInfo("UTC"), season=found)
    return found


def read_place(text: str, said: str) -> tuple[LonLat, Datum]:
    """Read a position that was pasted: two numbers, degrees and minutes, or the link of a map program.

    Parameters
    ----------
    said
        Key of the datum that it is in, where that cannot be known; may be empty.

    Raises
    ------
    EntryError
        Not a position, or one in a datum that nobody said.
    """
    datum = next((one for one in Datum if one.value == said), None)
    try:
        pasted = read_pasted(text)
        if pasted is None:
            raise EntryError(
                "“{value}” holds no position. Paste a longitude and a latitude, or the link that a map program shares.",
                value=text[:80],
            )
        if pasted.is_in_doubt and datum is None:
            raise EntryError("Say where this position is from: maps in China shift it by some 500 m.")
        return pasted.position(datum), pasted.read_as(datum)
    except PositionError as fault:
        raise EntryError(fault.template, **fault.values) from None


def _typed(reading: _Reading) -> LonLat:
    try:
        return LonLat(read_number(reading.given("lon")), read_number(reading.given("lat")))
    except PositionError as fault:
        raise EntryError(fault.template, **fault.values) from None


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise EntryError("That has {length} characters. Say it in {most}.", length=len(text), most=most)
    return text


def _at_most(number: int, most: int) -> int:
    if number > most:
        raise EntryError("“{value}” is more than can be meant; at most {most} is kept.", value=number, most=most)
    return number


def _positive(area_m2: float) -> float:
    if not 0 < area_m2 <= 1e6:
        raise EntryError("“{value}” is not the area of a station. Write square metres, like 20.", value=f"{area_m2:g}")
    return area_m2


def _chooser(vocabulary: Vocabulary, *, must: bool) -> Callable[[str], str]:
    def choose(key: str) -> str:
        if (key and key not in vocabulary) or (must and not key):
            raise EntryError("“{value}” is not offered here.", value=key[:80])
        return key

    return choose


def _state(text: str) -> AmenityState:
    try:
        return AmenityState(text)
    except ValueError:
        raise EntryError("“{value}” is not offered here.", value=text[:80]) from None


def _closures(values: dict[str, Any], reading: _Reading) -> None:
    """Read the rows of closures; one without days and reason is none, and one without its last day is a day long."""
    numbers = sorted({int(found[1]) for name in reading.fields if (found := _ROW.fullmatch(name))})
    if not numbers or not any(
        reading.changed(f"{CLOSURE}{number}.{part}") for number in numbers for part in ("first", "last", "reason")
    ):
        return
    read: list[dict[str, Any]] = []
    for number in numbers[:MAX_CLOSURES]:
        name = f"{CLOSURE}{number}"
        first, last, reason = (reading.given(f"{name}.{part}") for part in ("first", "last", "reason"))
        if not (first or last or reason):
            continue
        try:
            if not first:
                raise EntryError("Say on which day it begins.")
            days = [date.fromisoformat(read_date(day)) for day in (first, last or first)]
            if days[1] < days[0]:
                raise EntryError("It must not end before it begins.")
            read.append({"first": days[0], "last": days[1], "reason": _bounded(reason, MAX_NAME)})
        except StationsError as fault:
            reading.faults[name] = fault
        except ValueError:
            reading.faults[name] = EntryError(
                "“{value}” is not a day of the calendar.", value=f"{first} {last}".strip()[:80]
            )
    values["closures"] = read
