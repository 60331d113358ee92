"""Files of stations as plain tables: CSV as spreadsheet programs save it, and GeoJSON points.

Nothing is understood here but the form of the file. Rows keep the number a
person sees: the line of a spreadsheet, the place of a feature in its collection.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from stations.errors import Fault, ImportRefused

MAX_BYTES = 100_000_000
MAX_ROWS = 250_000
"""Largest file that is read: above the country's stations, below what a laptop's memory bears."""

MAX_COLUMNS = 1_000

RARE_HANZI = 0.2
"""Share of characters outside GB 2312 above which text read as GB18030 was something else.

GB 2312 has the 6,763 characters that cover 99.75 % of Chinese text. Bytes of
another encoding that happen to be GB18030 fall outside it about half the time.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headers and rows, as text.

    Attributes
    ----------
    headers
        As the file has them, trimmed.
    rows
        Row number and cells, as many as headers.
    digest
        SHA-256 of the file's bytes.
    encoding
        How it was read: ``utf-8``, ``gb18030`` or ``geojson``.
    faults
        Rows whose form is wrong; they are not in `rows`.
    """

    name: str
    digest: str
    encoding: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[Fault, ...]


def read_table(path: Path) -> Table:
    """Read a CSV or GeoJSON file.

    Raises
    ------
    ImportRefused
        Missing, empty, too large, or in a form or encoding that is not known.
    """
    name = path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImportRefused(
                "{name} has {size} MB; at most {most} MB are read. Split it.",
                name=name,
                size=round(size / 1e6),
                most=MAX_BYTES // 1_000_000,
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise ImportRefused("There is no file {name}.", name=name) from None
    except OSError as error:
        raise ImportRefused("{name} cannot be read: {fault}.", name=name, fault=error.strerror) from None
    if not data.strip():
        raise ImportRefused("{name} is empty.", name=name)
    digest = hashlib.sha256(data).hexdigest()
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
        return _read_geojson(name, digest, data.removeprefix(b"\xef\xbb\xbf"))
    text, encoding = _decoded(name, data)
    return _read_csv(name, digest, text, encoding)


def _decoded(name: str, data: bytes) -> tuple[str, str]:
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise ImportRefused("{name} is a workbook. Save the sheet as CSV UTF-8 and import that.", name=name)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ImportRefused("{name} is in UTF-16. Save it as CSV UTF-8.", name=name)
    if b"\0" in data:
        raise ImportRefused("{name} is not a text file. Give a CSV or GeoJSON file.", name=name)
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = [character for character in text if ord(character) > 127]
    if not text or sum(not _common(character) for character in foreign) > RARE_HANZI * len(foreign):
        raise ImportRefused(
            "{name} is neither UTF-8 (the first wrong byte is in line {line}) nor GB18030. Save it as CSV UTF-8.",
            name=name,
            line=line,
        )
    return text, "gb18030"


def _common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _read_csv(name: str, digest: str, text: str, encoding: str) -> Table:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)  # on a tie the comma
    faults: list[Fault] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    headers: tuple[str, ...] = ()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            row = tuple(cell.strip(" \t\r\n\u3000\u00a0") for cell in cells)
            if not any(row):
                continue
            if not headers:
                headers = _checked_headers(name, row)
            elif len(row) < len(headers) or any(row[len(headers) :]):
                faults.append(
                    Fault(
                        number,
                        "",
                        "It has {cells} cells where the header has {columns}. Is a separator missing, or a quote?",
                        {"cells": len(row), "columns": len(headers)},
                    )
                )
            else:
                rows.append((number, row[: len(headers)]))
                _bound(name, len(rows))
    except csv.Error as error:
        raise ImportRefused(
            "{name} is not a CSV file from row {row} on: {fault}.", name=name, row=number + 1, fault=error
        ) from None
    if not rows and not faults:
        raise ImportRefused("{name} has a header and no rows.", name=name)
    return Table(name, digest, encoding, headers, tuple(rows), tuple(faults))


def _checked_headers(name: str, headers: tuple[str, ...]) -> tuple[str, ...]:
    while headers and not headers[-1]:
        headers = headers[:-1]
    if len(headers) > MAX_COLUMNS:
        raise ImportRefused(
            "{name} has {count} columns; at most {most} are read.", name=name, count=len(headers), most=MAX_COLUMNS
        )
    for header in headers:
        if not header:
            raise ImportRefused("In {name}, a column has no header. Name it or remove it.", name=name)
        if headers.count(header) > 1:
            raise ImportRefused("In {name}, two columns are called “{header}”. Rename one.", name=name, header=header)
    return headers


def _bound(name: str, rows: int) -> None:
    if rows > MAX_ROWS:
        raise ImportRefused("{name} has more than {most} rows. Split it.", name=name, most=MAX_ROWS)


def _read_geojson(name: str, digest: str, data: bytes) -> Table:
    try:
        collection = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ImportRefused(
            "{name} is not whole JSON: {fault} in line {line}.", name=name, fault=error.msg, line=error.lineno
        ) from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise ImportRefused("{name} is not a GeoJSON FeatureCollection.", name=name)
    if not features:
        raise ImportRefused("{name} is a collection without features.", name=name)
    _bound(name, len(features))
    _refuse_foreign_crs(name, collection.get("crs"))

    faults: list[Fault] = []
    records: list[tuple[int, dict[str, str]]] = []
    headers: dict[str, None] = {"lon": None, "lat": None}
    for number, feature in enumerate(features, start=1):
        position = _point(feature)
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if position is None or not isinstance(properties, dict | None):
            faults.append(
                Fault(
                    number, "geometry", "It is not a point with a longitude and a latitude. Give every station one.", {}
                )
            )
            continue
        # The geometry is the position, whatever else a property may be called.
        record = {
            f"properties.{key}" if key in {"lon", "lat"} else key: _text(value)
            for key, value in (properties or {}).items()
        }
        if "id" in feature:
            record.setdefault("id", _text(feature["id"]))
        headers |= dict.fromkeys(record)
        records.append((number, record | {"lon": _text(position[0]), "lat": _text(position[1])}))
    if faults and not records:
        raise ImportRefused(
            "{name} was not imported: none of its {count} feature(s) is a point. Nothing was written.",
            faults=tuple(faults),
            name=name,
            count=len(faults),
        )
    columns = _checked_headers(name, tuple(headers))
    rows = tuple((number, tuple(record.get(header, "") for header in columns)) for number, record in records)
    return Table(name, digest, "geojson", columns, rows, tuple(faults))


def _refuse_foreign_crs(name: str, crs: object) -> None:
    """Refuse the ``crs`` of older GeoJSON unless it says WGS-84, which is all that RFC 7946 knows."""
    if crs is None:
        return
    said = orjson.dumps(crs).decode()
    if not any(wgs84 in said for wgs84 in ("CRS84", "EPSG::4326", "EPSG:4326")):
        raise ImportRefused(
            "{name} is in another reference system: {crs}. Save it in WGS-84.", name=name, crs=said[:200]
        )


def _point(feature: object) -> list[Any] | None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or not 2 <= len(position) <= 3:
        return None
    return position


def _text(value: object) -> str:
    """Give a JSON value as the cell of a table."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return ";".join(f"{key}={item}" for key, item in value.items())
    return orjson.dumps(value).decode()
