"""Import: a file of stations, checked as a whole, as records for the registry.

Every fault of the file is found before anything is said, and one fault refuses
the whole file unless the refused rows are asked for, so that a list is never
half in without anyone knowing which half. What a file has no column for stays as
it was; an empty cell of a column it has makes the fact unknown.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.datum import Datum, to_wgs84
from geodata.lonlat import LonLat
from geodata.progress import Progress, silent
from geodata.townships import Townships
from stations.errors import Fault, ImportRefused
from stations.exchange.columns import NO_ANSWERS, Answers, Columns
from stations.exchange.drafts import UNREAD_HOURS, Draft, Reading
from stations.exchange.settling import DISAGREES, Place, places_at, settle
from stations.exchange.sources import WHOLE, Part, read_table
from stations.exchange.suspicions import DATUMS, Ground, Positions, suspect, whole_file_swapped
from stations.exchange.tables import Table
from stations.fields import Fields
from stations.registry.snapshot import Snapshot
from stations.station import COORDINATE_DECIMALS, AmenityState, FieldFault, Station, StationReader
from stations.taxonomy import Taxonomy

DERIVED_CODE_DIGITS = 12
"""Hexadecimal digits of a derived code: two of 250,000 stations share 48 bits once in 9,000 files."""

Float = NDArray[np.float64]


DAYS = frozenset({"season_from", "season_to", "dates"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: a station made of its cells, and which facts the file has columns for.

    Attributes
    ----------
    given
        Fields that the file has a column for.
    amenities
        States that the file gives, unknown ones too.
    kept
        Headers whose cells go to `Station.extra`.
    """

    number: int
    station: Station
    given: frozenset[str]
    amenities: Mapping[str, AmenityState]
    kept: frozenset[str]

    def onto(self, before: Station | None) -> Station:
        """Put what the file says over what is known; all else stays."""
        if before is None:
            return self.station
        states = {**before.amenities, **self.amenities}
        anew = self.kept | {UNREAD_HOURS} if "hours" in self.given else self.kept
        extra = {key: text for key, text in before.extra.items() if key not in anew} | dict(self.station.extra)
        # A season and dates say the same in two ways: who gives one takes the other back.
        named = DAYS if any(getattr(self.station, name) for name in DAYS) else frozenset()
        return dataclasses.replace(
            before,
            **{name: getattr(self.station, name) for name in self.given | named},
            amenities=MappingProxyType(
                {key: states[key] for key in sorted(states) if states[key] is not AmenityState.UNKNOWN}
            ),
            extra=MappingProxyType(dict(sorted(extra.items()))),
        )


@dataclass(frozen=True)
class Proposal:
    """What a file would do to the registry.

    Attributes
    ----------
    source, digest
        Name and SHA-256 of the file.
    rows
        The rows that can be taken.
    mapped
        Which field each recognised header stands for.
    kept
        Headers that nobody mapped; their cells go to `Station.extra`.
    left_out
        Headers that are about the file, not about a station.
    doubts
        What is odd, but not wrong enough to refuse the file.
    faults
        Why other rows cannot be taken, in the order of the file; those without a row refuse all of it.
    table
        The file's cells as they were.
    datum
        Of rows that do not say theirs, where a person or a header said it.
    """

    source: str
    digest: str
    encoding: str
    rows: tuple[Row, ...]
    mapped: Mapping[str, str]
    kept: tuple[str, ...]
    doubts: tuple[Fault, ...]
    left_out: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    table: Table = field(default_factory=lambda: Table("", "", "", (), (), ()), repr=False)
    datum: Datum | None = None

    def onto(self, snapshot: Snapshot) -> list[Station]:
        """Give the records as they would be, in the order of the file: the change for `Registry.write`."""
        return [row.onto(snapshot.find(row.station.code)) for row in self.rows]

    def refusal(self) -> ImportRefused | None:
        """Give the error that refuses the file; None where every row can be taken."""
        if not self.faults:
            return None
        return ImportRefused(
            "{name} was not imported: {count} fault(s) in {rows} row(s). Nothing was written.",
            faults=self.faults,
            name=self.source,
            count=len(self.faults),
            rows=len({fault.row for fault in self.faults} - {None}),
        )


def read_stations(
    path: Path,
    taxonomy: Taxonomy,
    timezone: ZoneInfo,
    *,
    datum: Datum | None = None,
    keep_unread_hours: bool = False,
    keep_refused: bool = False,
    columns: Answers = NO_ANSWERS,
    ground: Ground | None = None,
    part: Part = WHOLE,
    tell: Progress = silent,
) -> Proposal:
    """Read a file of stations: CSV, an XLSX workbook, GeoJSON or a GeoPackage.

    Parameters
    ----------
    datum
        Datum of rows that do not say theirs; None takes them as WGS-84 and says so.
    keep_unread_hours
        Take rows whose hours are not understood, as hours unknown with the
        text kept in `Station.extra`, instead of refusing them.
    keep_refused
        Give what is wrong with rows in `Proposal.faults`, instead of refusing the file.
    columns
        What a person said of headers that nobody knows.
    ground
        What to hold the positions against.
    part
        Which sheet or layer of the file is meant.
    tell
        Called with the stages ``read`` and ``check``.

    Raises
    ------
    UnknownColumns
        Headers that nobody knows.
    ImportRefused
        Anything else wrong, every fault listed with its row and column.
    """
    names = _names()
    table = read_table(path, lambda word: names.knows(word, taxonomy), part, tell)
    return stations_in(
        table,
        taxonomy,
        timezone,
        datum=datum,
        keep_unread_hours=keep_unread_hours,
        keep_refused=keep_refused,
        columns=columns,
        ground=ground,
        tell=tell,
    )


def stations_in(
    table: Table,
    taxonomy: Taxonomy,
    timezone: ZoneInfo,
    *,
    datum: Datum | None = None,
    keep_unread_hours: bool = False,
    keep_refused: bool = False,
    columns: Answers = NO_ANSWERS,
    ground: Ground | None = None,
    tell: Progress = silent,
) -> Proposal:
    """Make stations of the rows of a table; the parameters, and what is raised, are those of `read_stations`."""
    names = _names()
    mapped = names.map(table.name, table.headers, taxonomy, columns)
    reading = Reading(table, mapped, names, taxonomy, timezone, keep_unread_hours=keep_unread_hours)
    usual = datum or names.datum_in_headers(mapped.fields)
    townships = ground.townships if ground else None
    rows, positions = _rows(reading, usual, frozenset(map(names.kept_under, mapped.kept)), townships, tell)
    header = reading.position_header
    found = suspect(positions, ground, header, datum_said=usual is not None or "datum" in reading.header)
    faults = whole_file_swapped([*reading.faults, *found.faults], len(table.rows), header)
    order = {one: at for at, one in enumerate(table.headers)}
    proposal = Proposal(
        table.name,
        table.digest,
        table.encoding,
        _sound(rows, [*reading.faults, *found.faults]),
        mapped.fields,
        mapped.kept,
        (*reading.doubts, *found.doubts),
        mapped.left_out,
        tuple(sorted(faults, key=lambda fault: (fault.row or 0, order.get(fault.column, -1)))),
        table,
        usual,
    )
    refusal = None if keep_refused else proposal.refusal()
    if refusal:
        raise refusal
    return proposal


@cache
def _names() -> Columns:
    return Columns.load()


@cache
def _reader() -> StationReader:
    return StationReader()


def _sound(rows: Sequence[Row], faults: Sequence[Fault]) -> tuple[Row, ...]:
    """Give the rows that nothing is wrong with."""
    if not faults:
        return tuple(rows)
    bad = {fault.row for fault in faults}
    return tuple(row for row in rows if row.number not in bad)


def _rows(
    reading: Reading, usual: Datum | None, kept: frozenset[str], townships: Townships | None, tell: Progress
) -> tuple[list[Row], Positions]:
    """Make stations of the rows, and give where they lie as written and in WGS-84."""
    reader = _reader()
    given = frozenset(name for name in reading.header if name in Station.__dataclass_fields__)
    given = (given - {"amenities", "code", "extra"}) | {"position", "source_datum"}
    rows: list[Row] = []
    places: list[tuple[float, ...]] = []
    for drafts in reading.drafts(usual, tell):
        east, north = _converted(drafts)
        there = _settle(reading, drafts, east, north, townships)
        for draft, lon, lat, settled in zip(drafts, east, north, there, strict=True):
            written = draft.written
            places.append((draft.number, written.lon, written.lat, lon, lat, DATUMS.index(draft.datum), draft.decimals))
            derived = _identify(reading, draft)
            found = reader.read(
                {
                    "source_datum": draft.datum,
                    **{name: value for name, value in draft.values.items() if value is not None},
                    "position": LonLat(lon, lat),
                    "amenities": draft.amenities,
                }
            )
            if not isinstance(found, Station):
                _note(reading, draft.number, found)
            elif not derived or reading.claim(draft.number, found.code):
                more = settled | {"seats"} if "seats" in draft.values else settled
                rows.append(Row(draft.number, found, given | more, MappingProxyType(draft.amenities), kept))
    columns = np.array(places, dtype=np.float64).reshape(-1, 7).T
    whole = columns[[0, 5, 6]].astype(np.int64)
    return rows, Positions(whole[0], columns[1], columns[2], columns[3], columns[4], whole[1], whole[2])


def _settle(
    reading: Reading, drafts: list[Draft], east: list[float], north: list[float], townships: Townships | None
) -> list[frozenset[str]]:
    """Compute the townships of some rows, and give which fields of each that decides."""
    listed = bool({"township", "township_declared"} & reading.header.keys())
    if townships is None and not listed:
        return [frozenset()] * len(drafts)
    declared = Fields.load().terms["township_declared"]
    # Beside such columns, of an exported list, the township is one computed before and nobody's word.
    own = {declared.zh, declared.en, "township_declared"}
    said = reading.header.get("township_declared") not in own and "source_datum" not in reading.header
    decides = "township_declared" in reading.header or (said and "township" in reading.header)
    places: list[Place | None] = [None] * len(drafts)
    if townships is not None:
        places = places_at(townships, np.array(east), np.array(north))
    decided = []
    for draft, place in zip(drafts, places, strict=True):
        values = draft.values
        found = settle(place, values.get("township", ""), values.get("township_declared", ""), listed=said)
        if found.doubt:
            name = "township_declared" if "township_declared" in reading.header else "township"
            reading.doubts.append(Fault(draft.number, reading.header[name], DISAGREES, found.doubt))
        fields = {"township"} if place is not None else set()
        if decides:
            fields |= {"township_declared"}
        if fields:
            values["township"], values["township_declared"] = found.township, found.declared
        decided.append(frozenset(fields))
    return decided


def _identify(reading: Reading, draft: Draft) -> bool:
    """Give a row without a code one that stays the same, and a row without a name one that says what it is."""
    values = draft.values
    derived = "code" not in reading.header and bool(values["name"])
    if derived:
        values["code"] = derived_code(values["name"], draft.written)
    if not values["name"] and values.get("code"):
        host, kind = values.get("host", ""), values.get("kind", "rest_station")
        term = reading.taxonomy.hosts[host] if host else reading.taxonomy.kinds[kind]
        values["name"] = f"{term.zh} {values['code']}"
    return derived


def _note(reading: Reading, row: int, faults: list[FieldFault]) -> None:
    if "code" not in reading.header and any(fault.field == "code" for fault in faults):
        reading.fault(row, "name", "It has neither a name nor a code. Give it one.")
        return
    for fault in faults:
        if not fault.value and fault.field in {"code", "name"}:
            reading.fault(row, fault.field, "It is empty. Every station needs one.")
        else:
            template = "“{value}” cannot be used: {fault}."
            reading.fault(row, fault.field, template, value=str(fault.value)[:80], fault=fault.message)


def derived_code(name: str, written: LonLat) -> str:
    """Give the code of a station whose list has none.

    It follows from the name and the position as written, to 1e-5 degrees (about a
    metre), so that the same list gives the same codes; the datum does not matter.
    """
    text = f"{name}\0{written.lon:.5f}\0{written.lat:.5f}"
    return f"auto-{hashlib.sha256(text.encode()).hexdigest()[:DERIVED_CODE_DIGITS]}"


def _converted(drafts: list[Draft]) -> tuple[list[float], list[float]]:
    """Give longitudes and latitudes in WGS-84, in the order of the drafts."""
    lon = np.array([draft.written.lon for draft in drafts], dtype=np.float64)
    lat = np.array([draft.written.lat for draft in drafts], dtype=np.float64)
    for datum in Datum:
        chosen = np.array([draft.datum is datum for draft in drafts], dtype=np.bool_)
        lon[chosen], lat[chosen] = to_wgs84(lon[chosen], lat[chosen], datum)
    return _rounded(lon), _rounded(lat)


def _rounded(degrees: Float) -> list[float]:
    return [round(degree, COORDINATE_DECIMALS) for degree in degrees.tolist()]
