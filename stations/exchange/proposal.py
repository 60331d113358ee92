"""Import: a file of stations, checked as a whole, as records for the registry.

Every fault of the file is found before anything is said, and one fault refuses
the whole file, so that a list is never half in. What a file has no column for
stays as it was; an empty cell of a column it has makes the fact unknown.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np

from geodata.datum import Datum, to_wgs84
from geodata.lonlat import LonLat
from stations.errors import Fault, ImportRefused
from stations.exchange.columns import Columns
from stations.exchange.drafts import UNREAD_HOURS, Draft, Reading
from stations.exchange.sources import read_table
from stations.registry.snapshot import Snapshot
from stations.station import COORDINATE_DECIMALS, AmenityState, FieldFault, Station, StationReader
from stations.taxonomy import Taxonomy

DERIVED_CODE_DIGITS = 12
"""Hexadecimal digits of a derived code: two of 250,000 stations share 48 bits once in 9,000 files."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a check against the ground found odd about a position.

    Attributes
    ----------
    template, values
        English sentence with ``{name}`` placeholders, and what fills them.
    refuse
        Whether the file must not be taken with it; else it is only told.
    """

    template: str
    values: Mapping[str, object]
    refuse: bool


PositionCheck = Callable[[LonLat], Doubt | None]
"""Looks at a WGS-84 position, for instance on the streets of an atlas."""


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
        return dataclasses.replace(
            before,
            **{name: getattr(self.station, name) for name in self.given},
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
    mapped
        Which field each recognised header stands for.
    kept
        Headers that nobody mapped; their cells go to `Station.extra`.
    doubts
        What is odd, but not wrong enough to refuse the file.
    """

    source: str
    digest: str
    encoding: str
    rows: tuple[Row, ...]
    mapped: Mapping[str, str]
    kept: tuple[str, ...]
    doubts: tuple[Fault, ...]

    def onto(self, snapshot: Snapshot) -> list[Station]:
        """Give the records as they would be, in the order of the file: the change for `Registry.write`."""
        known = {station.code: station for station in snapshot.stations}
        return [row.onto(known.get(row.station.code)) for row in self.rows]


def read_stations(
    path: Path,
    taxonomy: Taxonomy,
    timezone: ZoneInfo,
    *,
    datum: Datum | None = None,
    keep_unread_hours: bool = False,
    check: PositionCheck | None = None,
) -> Proposal:
    """Read a CSV or GeoJSON file of stations.

    Parameters
    ----------
    datum
        Datum of rows that do not say theirs; None takes them as WGS-84 and says so.
    keep_unread_hours
        Take rows whose hours are not in OSM grammar, as hours unknown with the
        text kept in `Station.extra`, instead of refusing them.
    check
        Looks at each position.

    Raises
    ------
    ImportRefused
        Anything wrong, every fault listed with its row and column.
    """
    table = read_table(path)
    names = Columns.load()
    mapped = names.map(table.name, table.headers, taxonomy)
    kept = tuple(header for header in table.headers if header not in mapped)
    reading = Reading(table, mapped, names, taxonomy, timezone, keep_unread_hours=keep_unread_hours)
    drafts = reading.drafts(datum or names.datum_in_headers(mapped))
    rows = _rows(reading, drafts, frozenset(kept), check)
    if reading.faults:
        raise ImportRefused(
            "{name} was not imported: {count} fault(s) in {rows} row(s). Nothing was written.",
            faults=tuple(sorted(reading.faults, key=lambda fault: fault.row or 0)),
            name=table.name,
            count=len(reading.faults),
            rows=len({fault.row for fault in reading.faults}),
        )
    return Proposal(table.name, table.digest, table.encoding, tuple(rows), mapped, kept, tuple(reading.doubts))


def _rows(reading: Reading, drafts: list[Draft], kept: frozenset[str], check: PositionCheck | None) -> list[Row]:
    reader = StationReader()
    given = frozenset(name for name in reading.mapped.values() if name in Station.__dataclass_fields__)
    given = (given - {"amenities", "code"}) | {"position", "source_datum"}
    rows = []
    for draft, position in zip(drafts, _converted(drafts), strict=True):
        derived = _identify(reading, draft)
        found = reader.read(
            {
                **{name: value for name, value in draft.values.items() if value is not None},
                "position": position,
                "source_datum": draft.datum,
                "amenities": draft.amenities,
            }
        )
        if not isinstance(found, Station):
            _note(reading, draft.number, found)
        elif not derived or reading.claim(draft.number, found.code):
            doubt = check(position) if check else None
            if doubt is not None:
                into = reading.faults if doubt.refuse else reading.doubts
                into.append(Fault(draft.number, reading.header["lon"], doubt.template, dict(doubt.values)))
            more = {"seats"} if "seats" in draft.values else set()
            rows.append(Row(draft.number, found, given | more, MappingProxyType(draft.amenities), kept))
    return rows


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


def _converted(drafts: list[Draft]) -> list[LonLat]:
    """Give the positions in WGS-84, in the order of the drafts."""
    lon = np.array([draft.written.lon for draft in drafts], dtype=np.float64)
    lat = np.array([draft.written.lat for draft in drafts], dtype=np.float64)
    for datum in Datum:
        chosen = np.array([draft.datum is datum for draft in drafts], dtype=np.bool_)
        lon[chosen], lat[chosen] = to_wgs84(lon[chosen], lat[chosen], datum)
    return [
        LonLat(round(float(x), COORDINATE_DECIMALS), round(float(y), COORDINATE_DECIMALS))
        for x, y in zip(lon, lat, strict=True)
    ]
