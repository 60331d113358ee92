"""Lists as GeoJSON: a FeatureCollection of points, the geometry being the position."""

from __future__ import annotations

from typing import Any

import orjson

from stations.errors import Fault, ImportRefused
from stations.exchange.tables import MAX_COLUMNS, Table, bound_rows, checked_headers, text_of

OBJECTS = frozenset({"amenity_notes", "extra"})
"""Properties whose object is kept as JSON, as its texts may hold anything."""

NO_POINT = "It is not a point with a longitude and a latitude. Give every station one."


def read_geojson(name: str, digest: str, data: bytes) -> Table:
    """Read a list from its bytes.

    Raises
    ------
    ImportRefused
        Not JSON, not a collection of features, without one point, or in another reference system than WGS-84.
    """
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
    bound_rows(name, len(features))
    _refuse_foreign_crs(name, collection.get("crs"))
    columns: dict[str, int] = {"lon": 0, "lat": 1}
    found: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    misfits: dict[int, tuple[str, ...]] = {}
    for at, feature in enumerate(features):
        features[at] = None  # a large list need not be in memory twice
        position = _point(feature)
        properties = feature.get("properties") if isinstance(feature, dict) else None
        cells = _cells(feature, properties if isinstance(properties, dict) else {}, columns)
        if len(columns) > MAX_COLUMNS:
            checked_headers(name, columns)
        if position is None or not isinstance(properties, dict | None):
            faults.append(Fault(at + 1, "geometry", NO_POINT, {}))
            misfits[at + 1] = tuple(cells)
            continue
        cells[:2] = text_of(position[0]), text_of(position[1])
        found.append((at + 1, cells))
    if not found:
        raise ImportRefused(
            "{name} was not imported: none of its {count} feature(s) is a point. Nothing was written.",
            faults=tuple(faults),
            name=name,
            count=len(faults),
        )
    headers = checked_headers(name, columns)
    count = len(headers)
    rows = tuple((number, (*cells, *[""] * (count - len(cells)))) for number, cells in found)
    return Table(name, digest, "geojson", headers, rows, tuple(faults), (), misfits)


def _cells(feature: object, properties: dict[str, Any], columns: dict[str, int]) -> list[str]:
    """Give the properties of a feature by column; a column not seen before is added."""
    cells = [""] * len(columns)

    def put(header: str, text: str) -> None:
        at = columns.setdefault(header, len(columns))
        if at == len(cells):
            cells.append("")
        cells[at] = text

    for key, value in properties.items():
        # The geometry is the position, whatever else a property may be called.
        text = orjson.dumps(value).decode() if key in OBJECTS and isinstance(value, dict) else text_of(value)
        put(f"properties.{key}" if key in {"lon", "lat"} else key, text)
    if (
        isinstance(feature, dict)
        and "id" in feature
        and feature["id"] not in (properties.get("id"), properties.get("code"))
    ):
        put("id", text_of(feature["id"]))
    return cells


def _refuse_foreign_crs(name: str, crs: object) -> None:
    """Refuse the ``crs`` of older GeoJSON unless it says WGS-84, which is all that RFC 7946 knows."""
    if crs is None:
        return
    said = orjson.dumps(crs).decode()
    if not any(known in said for known in ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")):
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
