"""Rows of a list whose cells are read, with every fault, while positions still are in the datum they came in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from geodata.datum import Datum
from geodata.errors import PositionError
from geodata.lonlat import LonLat
from geodata.progress import Progress, silent
from stations.errors import Fault, HoursError, StationsError
from stations.exchange import cells as reading
from stations.exchange import clauses
from stations.exchange.cells import CellError
from stations.exchange.columns import Columns, Mapped
from stations.exchange.coordinates import Degrees, read_degrees, read_pair
from stations.exchange.fieldcells import FieldCells
from stations.exchange.structured import STRUCTURED, is_structured, read_structured
from stations.exchange.tables import NO_VALUE, Table, formula_fault, told
from stations.hours import Hours
from stations.phrases.reading import read_hours
from stations.station import AmenityState
from stations.taxonomy import Taxonomy

UNREAD_HOURS = "opening_hours_unread"
"""Where hours that are not understood are kept when the importer asks for it."""

NULL_ISLAND_DEG = 0.01
"""Positions this near to 0,0 are a blank that became a number."""

ONE_LINE = frozenset({"code", "name", "name_en", "host_name", "phone", "custodian"})
"""Facts of one line: a line break that a spreadsheet has in the cell is a blank."""

AS_IT_IS = ONE_LINE | {"address", "township", "township_declared", "note"}

MOST_REMEMBERED = 50_000
"""Texts of a column whose reading is remembered, as lists say the same in most rows."""

CHUNK = 4_096

ERRORS = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", NO_VALUE}
)
"""What a spreadsheet program shows instead of a value, and saves as text in a CSV file."""

_MANGLED = re.compile(r"\d(\.\d+)?[eE]\+?\d{2,3}")

ReadCell = Callable[[str], Any]


@dataclass(slots=True)
class Draft:
    """A row whose cells are read, and whose position still is in the datum of the file.

    Attributes
    ----------
    decimals
        Digits behind the point of its coordinates: the more of the two.
    """

    number: int
    values: dict[str, Any]
    amenities: dict[str, AmenityState]
    written: LonLat
    datum: Datum
    decimals: int


@dataclass(slots=True)
class _Column:
    """A column of the file, and how its cells are read."""

    at: int
    header: str
    name: str
    read: ReadCell
    known: dict[str, Any] = field(default_factory=dict)

    def value(self, text: str) -> Any:
        """Read a cell, or what was made of the same text before.

        Raises
        ------
        StationsError
            As the cell's own reader says.
        """
        try:
            found = self.known[text]
        except KeyError:
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            try:
                found = self.read(text)
            except StationsError as error:
                found = error
            self.known[text] = found
        if isinstance(found, StationsError):
            raise found
        return found


class Reading:
    """The reading of one table: `drafts` gives its rows, `faults` and `doubts` what was found on the way.

    Attributes
    ----------
    header
        By field, the header of its column.
    """

    def __init__(
        self,
        table: Table,
        mapped: Mapped,
        names: Columns,
        taxonomy: Taxonomy,
        timezone: ZoneInfo,
        *,
        keep_unread_hours: bool,
    ) -> None:
        self.table = table
        self.taxonomy = taxonomy
        self.header = {name: header for header, name in mapped.fields.items()}
        self.faults: list[Fault] = list(table.faults)
        self.doubts: list[Fault] = list(table.doubts)
        self._names = names
        self._cells = FieldCells(taxonomy, self._hours_of_service)
        self._timezone = timezone
        self._keep_unread_hours = keep_unread_hours
        self._codes: dict[str, int] = {}
        self._counted: list[int] = []
        at = {header: place for place, header in enumerate(table.headers)}
        self._at = {name: at[header] for header, name in mapped.fields.items()}
        self._plain = [(at[header], name) for header, name in mapped.fields.items() if name in AS_IT_IS]
        self._kept = [(at[header], names.kept_under(header)) for header in mapped.kept]
        self._columns = [
            _Column(at[header], header, name, self._reader(name))
            for header, name in mapped.fields.items()
            if name not in AS_IT_IS | {"lon", "lat", "position"}
        ]

    def fault(self, row: int, name: str, template: str, /, **values: object) -> None:
        """Note what is wrong with a field of a row."""
        self.faults.append(Fault(row, self.header.get(name, ""), template, values))

    def claim(self, row: int, code: str) -> bool:
        """Take a code for a row; a fault when another row has it."""
        first = self._codes.setdefault(code, row)
        if first == row:
            return True
        template = (
            "Code {code} already stands in row {first}. Give each station its own."
            if "code" in self.header
            else "Name and position are those of row {first} (code {code}). Remove one, or add a code column."
        )
        self.fault(row, "code", template, code=code[:80], first=first)
        return False

    def drafts(self, datum: Datum | None, tell: Progress = silent) -> Iterator[list[Draft]]:
        """Read every row, some thousands at a time; those with no usable position or a code taken before are left out.

        Parameters
        ----------
        datum
            Datum of rows that do not say theirs; None for WGS-84.
        tell
            Called with the stage ``check``.
        """
        if datum is None and "datum" not in self.header:
            self.doubts.append(
                Fault(None, "", "The file does not say its datum; positions are taken as WGS-84.", {}),
            )
        rows = self.table.rows
        for start in range(0, len(rows), CHUNK):
            tell("check", start, len(rows))
            drafts = (self._draft(number, cells, datum) for number, cells in rows[start : start + CHUNK])
            yield [draft for draft in drafts if draft is not None]
        tell("check", len(rows), len(rows))
        if self._counted:
            template = "Coordinates in degrees, minutes and seconds were read in rows {rows}."
            self.doubts.append(Fault(None, self.position_header, template, {"rows": told(self._counted)}))

    @property
    def position_header(self) -> str:
        """Header of the column that says where a station is."""
        return self.header.get("lon") or self.header["position"]

    def _draft(self, number: int, cells: Sequence[str], datum: Datum | None) -> Draft | None:
        if not ERRORS.isdisjoint(cells):
            self.faults += [
                formula_fault(number, header, cell)
                for header, cell in zip(self.table.headers, cells, strict=True)
                if cell in ERRORS
            ]
            return None
        values: dict[str, Any] = {name: cells[at] for at, name in self._plain}
        extra = {header: cells[at] for at, header in self._kept if cells[at]}
        values["extra"] = extra
        amenities: dict[str, AmenityState] = {}
        for column in self._columns:
            try:
                self._take(column.name, column.value(cells[column.at]), values, amenities, cells[column.at])
            except StationsError as error:
                self.faults.append(Fault(number, column.header, error.template, error.values))
        self._refuse_mangled(number, values)
        own = self.claim(number, values["code"]) if values.get("code") else True
        place = self._place(number, cells)
        written = self._written(number, *place) if place else None
        if written is None or place is None or not own:
            return None
        for name in ONE_LINE & values.keys():
            if not values[name].isprintable():
                values[name] = " ".join(values[name].split())
        decimals = max(place[0].decimals, place[1].decimals)
        if place[0].counted or place[1].counted:
            self._counted.append(number)
        said = values.pop("datum", None)
        return Draft(number, values, amenities, written, said or datum or Datum.WGS84, decimals)

    def _take(
        self, name: str, value: Any, values: dict[str, Any], amenities: dict[str, AmenityState], text: str
    ) -> None:
        """Put what a cell says where it belongs."""
        if name.startswith("amenity:"):
            amenities[name.removeprefix("amenity:")], seats = value
            if seats is not None:
                values["seats"] = seats
        elif name == "amenities":
            amenities.update(value)
        elif name == "services":
            values[name], others = value
            amenities.update(dict.fromkeys(others, AmenityState.YES))
        elif name == "extra":
            values["extra"].update(value)
        elif name in {"hours", "self_service_hours"}:
            values[name] = value or ""
            if value is None:
                values["extra"][UNREAD_HOURS] = text
        else:
            values[name] = value

    def _place(self, number: int, cells: Sequence[str]) -> tuple[Degrees, Degrees] | None:
        """Read the coordinates of a row; None after noting what is wrong with them."""
        if "position" in self._at:
            try:
                return read_pair(cells[self._at["position"]])
            except CellError as error:
                self.fault(number, "position", error.template, **error.values)
                return None
        found = []
        for axis in ("lon", "lat"):
            try:
                found.append(read_degrees(cells[self._at[axis]], axis))
            except CellError as error:
                self.fault(number, axis, error.template, **error.values)
        return (found[0], found[1]) if len(found) == 2 else None

    def _written(self, number: int, lon: Degrees, lat: Degrees) -> LonLat | None:
        name = "lon" if "lon" in self.header else "position"
        try:
            written = LonLat(lon.value, lat.value)
        except PositionError as error:
            self.fault(number, name, error.template, **error.values)
            return None
        if abs(written.lon) < NULL_ISLAND_DEG and abs(written.lat) < NULL_ISLAND_DEG:
            self.fault(number, name, "Its position is 0,0, which is in the sea. Give the real one.")
            return None
        return written

    def _refuse_mangled(self, number: int, values: Mapping[str, Any]) -> None:
        """Refuse long numbers that a spreadsheet program has rounded: their last digits are lost."""
        for name in ("code", "phone"):
            if _MANGLED.fullmatch(values.get(name, "")):
                template = (
                    "“{value}” is a long number whose last digits a spreadsheet has lost. "
                    "Format the column as text, and enter the number anew."
                )
                self.fault(number, name, template, value=values[name])

    def _reader(self, name: str) -> ReadCell:
        """Choose how the cells of a field are read; an empty one is always unknown."""
        if name.startswith("amenity:"):
            return lambda text: self._amenity(name.removeprefix("amenity:"), text)
        if name in STRUCTURED:
            read = self._field_reader(name)
            return lambda text: read_structured(name, text) if is_structured(text) else read(text)
        return self._field_reader(name)

    def _field_reader(self, name: str) -> ReadCell:
        match name:
            case "hours" | "self_service_hours":
                return self._hours
            case "datum" | "source_datum":
                return lambda text: self._names.datum_of(text) if text else None
            case "services":
                return lambda text: clauses.read_offers(text, self.taxonomy, self._hours_of_service)
            case _:
                return lambda text: self._cells.read(name, text)

    def _amenity(self, key: str, text: str) -> tuple[AmenityState, int | None]:
        plain = unicodedata.normalize("NFKC", text)
        if key == "seats" and plain.isdecimal() and int(plain) > 1:  # a list that counts them says they are there
            return AmenityState.YES, reading.read_count(plain)
        return reading.read_state(text, self.taxonomy), None

    def _hours(self, text: str) -> str | None:
        """Read opening hours as OSM grammar; None where they are not understood and are to be kept unread."""
        try:
            return self._hours_of_service(text)
        except HoursError:
            if self._keep_unread_hours:
                return None
            raise

    def _hours_of_service(self, text: str) -> str:
        found = read_hours(text)
        Hours.parse(found, self._timezone)
        return found
