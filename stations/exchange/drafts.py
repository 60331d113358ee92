"""Rows of a list whose cells are read, with every fault, while positions still are in the datum they came in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geodata.datum import Datum
from geodata.errors import PositionError
from geodata.lonlat import LonLat, distance_m
from stations.errors import Fault, HoursError, StationsError
from stations.exchange import cells as reading
from stations.exchange.columns import Columns
from stations.exchange.sources import Table
from stations.hours import Hours
from stations.station import AmenityState
from stations.taxonomy import Taxonomy

UNREAD_HOURS = "opening_hours_unread"
"""Where hours that are not in the grammar are kept when the importer asks for it."""

NULL_ISLAND_DEG = 0.01
"""Positions this near to 0,0 are a blank that became a number."""

SWAPPED_FAR_M, SWAPPED_NEAR_M = 500_000.0, 100_000.0
"""A position beyond the first from the middle of the file, and within the second once swapped, is swapped."""


@dataclass(slots=True)
class Draft:
    """A row whose cells are read, and whose position still is in the datum of the file."""

    number: int
    values: dict[str, Any]
    amenities: dict[str, AmenityState]
    written: LonLat
    datum: Datum


@dataclass
class Reading:
    """The reading of one table: `drafts` gives its rows, `faults` and `doubts` what was found on the way."""

    table: Table
    mapped: Mapping[str, str]
    names: Columns
    taxonomy: Taxonomy
    timezone: ZoneInfo
    keep_unread_hours: bool
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    hours: dict[str, HoursError | None] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.faults.extend(self.table.faults)
        self.header = {name: header for header, name in self.mapped.items()}

    def fault(self, row: int, name: str, template: str, /, **values: object) -> None:
        """Note what is wrong with a field of a row."""
        self.faults.append(Fault(row, self.header.get(name, ""), template, values))

    def claim(self, row: int, code: str) -> bool:
        """Take a code for a row; a fault when another row has it."""
        first = self.codes.setdefault(code, row)
        if first == row:
            return True
        template = (
            "Code {code} already stands in row {first}. Give each station its own."
            if "code" in self.header
            else "Name and position are those of row {first} (code {code}). Remove one, or add a code column."
        )
        self.fault(row, "code", template, code=code[:80], first=first)
        return False

    def drafts(self, datum: Datum | None) -> list[Draft]:
        """Read every row; those with no usable position or a code taken before are left out.

        Parameters
        ----------
        datum
            Datum of rows that do not say theirs; None for WGS-84.
        """
        if datum is None and "datum" not in self.header:
            self.doubts.append(
                Fault(None, "", "The file does not say its datum; positions are taken as WGS-84.", {}),
            )
        found = []
        for number, cells in self.table.rows:
            draft = self._draft(number, dict(zip(self.table.headers, cells, strict=True)), datum)
            if draft is not None:
                found.append(draft)
        self._suspect_swapped(found)
        return found

    def _draft(self, number: int, cells: Mapping[str, str], datum: Datum | None) -> Draft | None:
        values: dict[str, Any] = {}
        extra: dict[str, str] = {}
        amenities: dict[str, AmenityState] = {}
        numbers: dict[str, float] = {}
        for header, text in cells.items():
            name = self.mapped.get(header)
            try:
                if name is None:
                    if text:
                        extra[header] = text
                elif name in {"lon", "lat"}:
                    numbers[name] = reading.read_number(text)
                elif name == "datum":
                    datum = self.names.datum_of(text) if text else datum
                elif name == "amenities":
                    amenities |= reading.read_amenities(text, self.taxonomy)
                elif name.startswith("amenity:"):
                    self._read_amenity(name.removeprefix("amenity:"), text, amenities, values)
                else:
                    values[name] = self._cell(name, text, extra)
            except StationsError as error:
                self.faults.append(Fault(number, header, error.template, error.values))
        own = self.claim(number, values["code"]) if values.get("code") else True
        written = self._written(number, numbers)
        if written is None or not own:
            return None
        values["extra"] = extra
        return Draft(number, values, amenities, written, datum or Datum.WGS84)

    def _written(self, number: int, numbers: Mapping[str, float]) -> LonLat | None:
        if numbers.keys() != {"lon", "lat"}:
            return None
        try:
            written = LonLat(numbers["lon"], numbers["lat"])
        except PositionError as error:
            self.fault(number, "lon", error.template, **error.values)
            return None
        if abs(written.lon) < NULL_ISLAND_DEG and abs(written.lat) < NULL_ISLAND_DEG:
            self.fault(number, "lon", "Its position is 0,0, which is in the sea. Give the real one.")
            return None
        return written

    def _read_amenity(self, key: str, text: str, amenities: dict[str, AmenityState], values: dict[str, Any]) -> None:
        plain = unicodedata.normalize("NFKC", text)
        if key == "seats" and plain.isdecimal() and int(plain) > 1:  # a list that counts them says they are there
            values["seats"] = reading.read_count(plain)
            amenities[key] = AmenityState.YES
        else:
            amenities[key] = reading.read_state(text, self.taxonomy)

    def _cell(self, name: str, text: str, extra: dict[str, str]) -> Any:  # noqa: PLR0911  one return a kind of cell
        match name:
            case "hours" | "self_service_hours":
                return self._hours(text, extra)
            case "kind":
                return reading.read_key(text, self.taxonomy.kinds) if text else "rest_station"
            case "status":
                return reading.read_key(text, self.taxonomy.statuses) if text else "active"
            case "host" | "built_by":
                vocabulary = self.taxonomy.hosts if name == "host" else self.taxonomy.built_by
                return reading.read_key(text, vocabulary) if text else ""
            case "access" | "eligible":
                return reading.read_keys(text, self.taxonomy.access if name == "access" else self.taxonomy.eligible)
            case "seats":
                return reading.read_count(text) if text else None
            case "area_m2":
                return reading.read_area(text) if text else None
            case "position_checked" | "hours_checked" | "amenities_checked":
                return reading.read_date(text) if text else None
            case "season_from" | "season_to":
                return reading.read_month_day(text) if text else ""
            case _:
                return text

    def _hours(self, text: str, extra: dict[str, str]) -> str:
        if text not in self.hours:
            try:
                Hours.parse(text, self.timezone)
                self.hours[text] = None
            except HoursError as error:
                self.hours[text] = error
        refusal = self.hours[text]
        if refusal is None:
            return text
        if not self.keep_unread_hours:
            raise refusal
        extra[UNREAD_HOURS] = text
        return ""

    def _suspect_swapped(self, drafts: list[Draft]) -> None:
        if len(drafts) < 5:
            return
        middle = LonLat(
            float(np.median([draft.written.lon for draft in drafts])),
            float(np.median([draft.written.lat for draft in drafts])),
        )
        for draft in drafts:
            lon, lat = draft.written.lon, draft.written.lat
            if abs(lon) > 90.0 or distance_m(draft.written, middle) < SWAPPED_FAR_M:
                continue
            if distance_m(LonLat(lat, lon), middle) < SWAPPED_NEAR_M:
                self.fault(
                    draft.number,
                    "lon",
                    "Longitude {lon} and latitude {lat} look swapped: the other way round it lies among the others.",
                    lon=lon,
                    lat=lat,
                )
