"""Layers for a map program: GeoPackage (OGC 12-128), in WGS-84.

Each layer has the figures of a table under their short names; what the headings
say stands beside them, where map programs look for it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from stations.handouts.tables import Column, Kind, Table, Value, heading

MADE = "1980-01-01T00:00:00.000Z"
"""When every layer says that it was changed, so that the same report gives the same bytes."""

CRS = "EPSG:4326"

Shapes = Sequence[BaseGeometry | None]


@dataclass(frozen=True)
class Layer:
    """A table with a shape for each row."""

    name: str
    title: str
    kind: str
    shapes: Shapes
    table: Table


def write_geopackage(layers: Sequence[Layer], about: Sequence[tuple[str, str]]) -> bytes:
    """Write layers, and one that says what they are of; the same give the same bytes."""
    import pyogrio

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for number, layer in enumerate(layers):
            columns = layer.table.columns
            cells = list(zip(*layer.table.rows, strict=True)) or [()] * len(columns)
            pyogrio.raw.write(
                path,
                shapely.to_wkb(np.array(layer.shapes, dtype=object)),
                field_data=[_data(column, values) for column, values in zip(columns, cells, strict=True)],
                fields=[column.key for column in columns],
                field_mask=[
                    None if column.is_text else np.array([value is None for value in values], dtype=np.bool_)
                    for column, values in zip(columns, cells, strict=True)
                ],
                layer=layer.name,
                driver="GPKG",
                geometry_type=layer.kind,
                crs=CRS,
                append=number > 0,
                GEOMETRY_NAME="geom",
            )
        pyogrio.raw.write(
            path,
            None,
            field_data=[np.array(texts, dtype=object) for texts in zip(*about, strict=True)],
            fields=["what", "value"],
            layer="about",
            driver="GPKG",
            append=True,
        )
        _describe(path, layers)
        return path.read_bytes()


def _describe(path: Path, layers: Sequence[Layer]) -> None:
    """Say what layers and columns are called, and take out the time of the clock on the wall.

    Source: OGC 12-128r19, F.9 Schema.
    """
    database = sqlite3.connect(path)
    try:
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
                "name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
                "CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))"
            )
            database.executemany(
                "INSERT OR REPLACE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
                "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
                [("gpkg_data_columns",)],
            )
            for layer in layers:
                database.execute(
                    "UPDATE gpkg_contents SET identifier = ? WHERE table_name = ?", (layer.title, layer.name)
                )
                database.executemany(
                    "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)",
                    [
                        (layer.name, column.key, heading(column, layer.table.unit), column.heading)
                        for column in layer.table.columns
                    ],
                )
            database.execute("UPDATE gpkg_contents SET last_change = ?", (MADE,))
    finally:
        database.close()


def _data(column: Column, values: Sequence[Value]) -> Any:
    if column.is_text:
        return np.array([value or None for value in values], dtype=object)
    if column.kind is Kind.COUNT:
        return np.array([value or 0 for value in values], dtype=np.int32)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def several(shape: BaseGeometry | None) -> BaseGeometry | None:
    """A polygon as one of several, as a layer holds them."""
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def polygons(shape: BaseGeometry) -> BaseGeometry:
    """The areas of a shape, without the lines and points that two shapes may share."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
