"""Stations for map programs: GeoJSON (RFC 7946) and GeoPackage (OGC 12-128), in WGS-84."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from geodata.datum import Datum
from stations.exchange.listing import KEYS, Column, Kind, Value
from stations.station import PRIVATE_FIELDS, Station

LAYER = "stations"
CHUNK = 20_000
"""Stations that are handed to GDAL together."""

UNKNOWN_KIND = "unknown"
"""Written for a kind that is not known, as an import takes an empty one for a rest station."""

_TYPES: dict[Kind, Any] = {Kind.COUNT: np.float64, Kind.NUMBER: np.float64, Kind.DEGREES: np.float64}


def write_geojson(out: IO[bytes], stations: Iterable[Station], revision: int, *, full: bool) -> None:
    """Write stations as a FeatureCollection, one feature a line: the same stations give the same bytes.

    Parameters
    ----------
    full
        Also what is not for the public.
    """
    out.write(b'{"type":"FeatureCollection","revision":%d,"features":[' % revision)
    parting = b"\n"
    for station in stations:
        out.write(parting + orjson.dumps(feature_of(station, full=full)))
        parting = b",\n"
    out.write(b"\n]}\n")


def feature_of(station: Station, *, full: bool) -> dict[str, Any]:
    """Give a station as a GeoJSON feature that an import reads back as it was; None where nothing is known.

    The datum of the position is `datum`; `original_datum` is the one in which it once came.
    """
    known = station.to_public()
    position = [known.pop("lon"), known.pop("lat")]
    if full:
        record = station.to_record()
        known |= {name: record.get(name) for name in sorted(PRIVATE_FIELDS)}
    properties = {KEYS.get(name, name): value for name, value in known.items()} | {"datum": Datum.WGS84.value}
    properties["kind"] = properties["kind"] or UNKNOWN_KIND
    return {
        "type": "Feature",
        "id": station.code,
        "geometry": {"type": "Point", "coordinates": position},
        "properties": properties,
    }


def write_geopackage(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Value]], at: dt.datetime) -> None:
    """Write a list as a layer of points with one column for each of the list, in chunks.

    Parameters
    ----------
    at
        An aware moment: when the layer says that it was last changed.

    Raises
    ------
    OSError
        A disk that does not take it.
    """
    import pyogrio
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

    places = [number for number, column in enumerate(columns) if column.kind is Kind.DEGREES]
    kept = [number for number in range(len(columns)) if number not in places]
    names = [columns[number].header for number in kept]
    try:
        first = True
        for chunk in _chunks(rows):
            points = shapely.to_wkb(
                shapely.points(np.array([[row[number] for number in places] for row in chunk]).reshape(-1, 2))
            )
            data, masks = zip(
                *(_column(columns[number].kind, [row[number] for row in chunk]) for number in kept), strict=True
            )
            pyogrio.raw.write(
                path,
                points,
                field_data=list(data),
                fields=names,
                field_mask=list(masks),
                layer=LAYER,
                driver="GPKG",
                geometry_type="Point",
                crs="EPSG:4326",
                append=not first,
                **({} if not first else {"GEOMETRY_NAME": "geom"}),
            )
            first = False
        # GDAL writes the time of the clock on the wall.
        database = sqlite3.connect(path)
        try:
            with database:
                moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                database.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
        finally:
            database.close()
    except (DataSourceError, DataLayerError, FieldError, FeatureError, sqlite3.Error) as error:
        raise OSError(str(error)) from None  # a full disk, as a rule


def _chunks(rows: Iterable[Sequence[Value]]) -> Iterator[list[Sequence[Value]]]:
    left = iter(rows)
    chunk = list(islice(left, CHUNK))
    yield chunk  # also when it is empty, as a layer without points has its columns too
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _column(kind: Kind, values: list[Value]) -> tuple[Any, Any]:
    """A column for GDAL, and where it holds nothing."""
    nothing = np.array([value is None or value == "" for value in values], dtype=np.bool_)
    if kind is Kind.TEXT:
        return np.array([value or None for value in values], dtype=object), None
    if kind is Kind.DAY:
        return np.array(["NaT" if value is None else str(value) for value in values], dtype="datetime64[D]"), nothing
    if kind is Kind.COUNT:
        return np.array([value or 0 for value in values], dtype=np.int32), nothing
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64), nothing
