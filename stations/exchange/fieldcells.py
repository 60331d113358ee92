"""Each field of a record as one cell of a list, both ways: what is written is read back as the same value.

`FieldCells.read` gives what `StationReader` takes; `FieldCells.write` gives a text
that a clerk can change and send again.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from geodata.datum import Datum
from geodata.errors import PositionError
from geodata.lonlat import LonLat, read_position
from stations.errors import HoursError
from stations.exchange import cells, clauses
from stations.exchange.cells import CellError
from stations.phrases import dates_in_words, read_dates
from stations.station import COORDINATE_DECIMALS, AmenityState, Station
from stations.taxonomy import Taxonomy, Vocabulary

_COMPASS = re.compile(r"(\d+(?:\.\d+)?)([NS])[,\s]+(\d+(?:\.\d+)?)([EW])")

_NOTHING_SAID: Mapping[str, Any] = MappingProxyType(
    {
        "kind": "rest_station",
        "status": "active",
        "access": (),
        "eligible": (),
        "closures": (),
        "services": (),
        "photos": (),
        "seats": None,
        "area_m2": None,
        "position_checked": None,
        "hours_checked": None,
        "amenities_checked": None,
        "position": None,
        "lon": None,
        "lat": None,
        "source_datum": None,
    }
)
"""What an empty cell means; for the other fields it is "". So a kind that is not known is written with a word."""

_MAPPINGS = ("amenities", "amenity_notes", "extra")


class FieldCells:
    """Reads and writes the cells of lists. Made once and used for many.

    Parameters
    ----------
    taxonomy
        The words of the cells.
    read_hours
        Reads opening hours and gives them in OSM grammar.
    """

    def __init__(self, taxonomy: Taxonomy, read_hours: clauses.ReadHours) -> None:
        self._taxonomy = taxonomy
        self._vocabularies: Mapping[str, Vocabulary] = {
            "kind": taxonomy.kinds,
            "host": taxonomy.hosts,
            "built_by": taxonomy.built_by,
            "status": taxonomy.statuses,
            "access": taxonomy.access,
            "eligible": taxonomy.eligible,
        }
        self._readers: Mapping[str, Callable[[str], Any]] = {
            "kind": lambda text: self._key("kind", text),
            "host": lambda text: self._key("host", text),
            "built_by": lambda text: self._key("built_by", text),
            "status": lambda text: cells.read_key(text, taxonomy.statuses),
            "access": lambda text: cells.read_keys(text, taxonomy.access),
            "eligible": lambda text: cells.read_keys(text, taxonomy.eligible),
            "hours": read_hours,
            "self_service_hours": read_hours,
            "season_from": cells.read_month_day,
            "season_to": cells.read_month_day,
            "dates": read_dates,
            "seats": cells.read_count,
            "area_m2": cells.read_area,
            "lon": cells.read_number,
            "lat": cells.read_number,
            "position": _read_position,
            "source_datum": _read_datum,
            "position_checked": cells.read_date,
            "hours_checked": cells.read_date,
            "amenities_checked": cells.read_date,
            "closures": clauses.read_closures,
            "services": lambda text: clauses.read_services(text, taxonomy, read_hours),
            "photos": clauses.read_photos,
            "amenities": lambda text: cells.read_amenities(text, taxonomy),
            "amenity_notes": lambda text: clauses.read_notes(text, taxonomy),
            "extra": _read_extra,
        }
        self._writers: Mapping[str, Callable[[Any, str], str]] = {
            "kind": lambda key, language: self._word("kind", key, language) or self._unknown(language),
            "host": lambda key, language: self._word("host", key, language),
            "built_by": lambda key, language: self._word("built_by", key, language),
            "status": lambda key, language: self._word("status", key, language),
            "access": lambda keys, language: self._words("access", keys, language),
            "eligible": lambda keys, language: self._words("eligible", keys, language),
            "dates": write_dates,
            "area_m2": lambda area, _: "" if area is None else repr(float(area)).removesuffix(".0"),
            "lon": lambda degrees, _: write_degrees(degrees),
            "lat": lambda degrees, _: write_degrees(degrees),
            "position": lambda position, _: _write_position(position),
            "closures": lambda closures, _: clauses.write_closures(closures),
            "services": lambda services, language: clauses.write_services(services, taxonomy, language),
            "photos": lambda photos, _: clauses.write_photos(photos),
            "amenities": self._write_amenities,
            "amenity_notes": lambda notes, language: clauses.write_notes(notes, taxonomy, language),
            "extra": lambda extra, _: json.dumps(dict(extra), ensure_ascii=False) if extra else "",
        }

    def read(self, name: str, text: str) -> Any:
        """Read the cell of a field, or of ``lon`` or ``lat``; an empty one means that nothing is said.

        Raises
        ------
        CellError
            What cannot be read, with an example of what can.
        StationsError
            Hours that cannot be read.
        """
        if not text:
            return {} if name in _MAPPINGS else _NOTHING_SAID.get(name, "")
        reader = self._readers.get(name)
        return reader(text) if reader else text

    def write(self, name: str, value: Any, language: str = "zh") -> str:
        """Write the value of a field, with words in ``zh`` or ``en``; what is not known gives an empty cell."""
        writer = self._writers.get(name)
        if writer:
            return writer(value, language)
        return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)

    def write_all(self, station: Station, names: Sequence[str], language: str = "zh") -> list[str]:
        """Write the fields of a station, ``lon`` and ``lat`` among them, in the order of the names."""
        position = {"lon": station.position.lon, "lat": station.position.lat}
        return [
            self.write(name, position[name] if name in position else getattr(station, name), language) for name in names
        ]

    def write_state(self, state: AmenityState, language: str = "zh") -> str:
        """Write the cell of an amenity's own column; what is not known gives an empty one."""
        return "" if state is AmenityState.UNKNOWN else cells.word_of(state.value, self._taxonomy.states, language)

    def _unknown(self, language: str) -> str:
        return cells.word_of(AmenityState.UNKNOWN.value, self._taxonomy.states, language)

    def _key(self, name: str, text: str) -> str:
        if self._taxonomy.states.key_of(text) == AmenityState.UNKNOWN and text not in self._vocabularies[name]:
            return ""
        return cells.read_key(text, self._vocabularies[name])

    def _word(self, name: str, key: str, language: str) -> str:
        return cells.word_of(key, self._vocabularies[name], language) if key else ""

    def _words(self, name: str, keys: Sequence[str], language: str) -> str:
        return ("、" if language == "zh" else ", ").join(self._word(name, key, language) for key in keys)

    def _write_amenities(self, states: Mapping[str, AmenityState], language: str) -> str:
        written = []
        for key, state in states.items():
            word = cells.word_of(key, self._taxonomy.amenities, language)
            if state is AmenityState.YES:
                written.append(word)
            elif state is not AmenityState.UNKNOWN:
                written.append(f"{word}={self.write_state(state, language)}")
        return ("、" if language == "zh" else ", ").join(written)


def write_dates(dates: str, language: str) -> str:
    """Write the dates on which a station serves in words, or in OSM grammar where words would say less."""
    try:
        said = dates_in_words(dates, "zh" if language == "zh" else "en")
        return said if read_dates(said) == dates else dates
    except HoursError:
        return dates


def write_degrees(degrees: float) -> str:
    """Write a longitude or latitude with as many of 7 decimals as it has, never in powers of ten."""
    text = f"{degrees:.{COORDINATE_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _write_position(position: LonLat) -> str:
    lat, lon = write_degrees(abs(position.lat)), write_degrees(abs(position.lon))
    return f"{lat}{'N' if position.lat >= 0 else 'S'} {lon}{'E' if position.lon >= 0 else 'W'}"


def _read_position(text: str) -> LonLat:
    written = _COMPASS.fullmatch(text)
    try:
        if not written:
            return read_position(text)
        lat = float(written[1]) * (1 if written[2] == "N" else -1)
        return LonLat(float(written[3]) * (1 if written[4] == "E" else -1), lat)
    except PositionError as error:
        raise CellError(error.template, **error.values) from None


def _read_datum(text: str) -> Datum:
    try:
        return Datum(text.strip().casefold().replace("-", ""))
    except ValueError:
        raise CellError("“{value}” is not a datum. Write wgs84, gcj02 or bd09.", value=text[:80]) from None


def _read_extra(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise CellError(
            "“{value}” is not what other columns held. Write it like {example}.",
            value=text[:80],
            example='{"更新": "昨天"}',
        )
    return found
