"""Lists as GeoPackages: a layer of points, in any declared reference system."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from stations.errors import Fault, ImportRefused
from stations.exchange.geojson import NO_POINT
from stations.exchange.tables import Knows, Table, bound_rows, checked_headers, text_of

AS_IT_IS = frozenset({"4326", "4490", "4979", "4480"})
"""EPSG codes of WGS-84 and CGCS2000 in degrees; they differ by less than a position in a list is good for."""

SIGNATURES = (b"GPKG", b"GP10", b"GP11")
"""The application number in the head of the file (OGC 12-128r19, requirement 2; GP10 and GP11 in the older ones)."""


TREE = re.compile(r"create\s+virtual\s+table\s+(?:\"(?:[^\"]|\"\")*\"|\w+)\s+using\s+\"?rtree\"?\s*\(", re.IGNORECASE)
"""How the one kind of table is made that GeoPackages may have beside ordinary ones (OGC 12-128r19, F.3)."""


def is_geopackage(head: bytes) -> bool:
    """Whether a SQLite file, by its first hundred bytes, is a GeoPackage."""
    return head[68:72] in SIGNATURES


def refuse_programs(path: Path) -> None:
    """Refuse a file that computes what it holds, or part of it, while it is read: it can do so for ever.

    Raises
    ------
    ImportRefused
        It has a view, a computed column, or a table that something else than SQLite's trees stands behind.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            tables = database.execute("PRAGMA table_list").fetchall()
            kinds = {(schema, name): kind for schema, name, kind, *_ in tables}
            made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            trees = {name for name, sql in made if TREE.match(str(sql))}
            computed = [
                name
                for (_, name), kind in kinds.items()
                if kind == "view"
                or (kind == "virtual" and name not in trees)
                or (kind == "table" and _computes(database, name))
            ]
    except (sqlite3.Error, UnicodeError):  # told as damaged by whoever reads it next
        return
    if computed:
        raise ImportRefused(
            "{name} computes “{table}” while it is read. Save the layer as a new GeoPackage, and send that.",
            name=path.name,
            table=computed[0][:80],
        )


def _computes(database: sqlite3.Connection, table: str) -> bool:
    columns = database.execute("SELECT hidden FROM pragma_table_xinfo(?)", (table,))
    return any(hidden > 1 for (hidden,) in columns)


def read_geopackage(path: Path, digest: str, knows: Knows, layer: str = "") -> Table:
    """Read the layer that lists the stations.

    Parameters
    ----------
    layer
        Its name; empty where the file leaves no choice.

    Raises
    ------
    ImportRefused
        Damaged, without points, or with several layers that could be meant; or as `refuse_programs`.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    name = path.name
    refuse_programs(path)
    try:
        with warnings.catch_warnings():
            # GDAL warns of what is said here in words of our own, or does not matter (measures, field widths).
            warnings.simplefilter("ignore")
            chosen = _chosen(name, path, knows, layer)
            bound_rows(name, int(pyogrio.read_info(path, layer=chosen, force_feature_count=True)["features"]))
            meta, _, geometry, columns = pyogrio.raw.read(path, layer=chosen, force_2d=True, datetime_as_string=True)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, ValueError) as error:
        raise ImportRefused(
            "{name} is a damaged GeoPackage ({fault}). Export it again.", name=name, fault=str(error)[:120]
        ) from None
    fields = [f"properties.{field}" if field in {"lon", "lat"} else str(field) for field in meta["fields"]]
    doubts: list[Fault] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    faults: list[Fault] = []
    misfits: dict[int, tuple[str, ...]] = {}
    if geometry is None:
        headers = checked_headers(name, [str(field) for field in meta["fields"]])
        positions: Sequence[tuple[str, ...] | None] = [()] * len(columns[0] if len(columns) else ())
    else:
        headers = checked_headers(name, ["lon", "lat", *fields])
        positions = _positions(name, geometry, meta["crs"], doubts)
    texts = [_texts(column) for column in columns]
    for number, position in enumerate(positions, start=1):
        cells = tuple(text[number - 1] for text in texts)
        if position is None:
            faults.append(Fault(number, "geometry", NO_POINT, {}))
            misfits[number] = ("", "", *cells)
        else:
            rows.append((number, (*position, *cells)))
    if not rows:
        raise ImportRefused(
            "{name} was not imported: none of its {count} feature(s) is a point. Nothing was written.",
            faults=tuple(faults),
            name=name,
            count=len(faults),
        )
    return Table(name, digest, "gpkg", headers, tuple(rows), tuple(faults), tuple(doubts), misfits, chosen)


def layers_of(path: Path) -> tuple[str, ...]:
    """Name the layers of a GeoPackage; none of one that cannot be read.

    Raises
    ------
    ImportRefused
        As `refuse_programs`.
    """
    refuse_programs(path)
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(str(one) for one, _ in pyogrio.list_layers(path))
    except (DataSourceError, UnicodeDecodeError, ValueError):
        return ()


def _chosen(name: str, path: Path, knows: Knows, layer: str) -> str:
    import pyogrio

    layers = {str(one): str(kind) for one, kind in pyogrio.list_layers(path)}
    if layer:
        if layer in layers:
            return layer
        raise ImportRefused(
            "{name} has no layer “{layer}”; it has {layers}.",
            name=name,
            layer=layer[:80],
            layers=", ".join(layers)[:500],
        )
    points = [one for one, kind in layers.items() if "Point" in kind or kind == "Unknown"] or list(layers)
    if not points:
        raise ImportRefused("{name} is a GeoPackage without a layer.", name=name)
    if len(points) == 1:
        return points[0]
    likely = [one for one in points if any(map(knows, map(str, pyogrio.read_info(path, layer=one)["fields"])))]
    if len(likely) == 1:
        return likely[0]
    raise ImportRefused(
        "{name} has several layers that could be meant: {layers}. Say which with --layer “{first}”.",
        name=name,
        layers=", ".join(likely or points)[:500],
        first=(likely or points)[0],
    )


def _positions(name: str, geometry: Any, crs: str | None, doubts: list[Fault]) -> list[tuple[str, ...] | None]:
    """Give longitude and latitude of each feature as text; None where it is no point."""
    import shapely

    shapes = shapely.from_wkb(geometry, on_invalid="ignore")
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    sound = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    x, y = np.full(shapes.size, np.nan), np.full(shapes.size, np.nan)
    x[sound], y[sound] = shapely.get_x(shapes[sound]), shapely.get_y(shapes[sound])
    x, y = _in_degrees(name, crs, x, y, doubts)
    return [
        (repr(lon), repr(lat)) if point else None
        for lon, lat, point in zip(x.tolist(), y.tolist(), sound.tolist(), strict=True)
    ]


def _in_degrees(name: str, crs: str | None, x: Any, y: Any, doubts: list[Fault]) -> tuple[Any, Any]:
    """Give positions in degrees of WGS-84; those already in it or in CGCS2000 are left as they are."""
    if not crs or "Undefined" in crs:
        return x, y
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError, ProjError

    try:
        known = CRS.from_user_input(crs)
        if known.is_geographic and (
            ":".join(known.to_authority() or ()).rpartition(":")[2] in AS_IT_IS
            or any(datum in str(known.datum) for datum in ("World Geodetic System 1984", "China 2000"))
        ):
            return x, y
        doubts.append(
            Fault(None, "", "Positions were converted from {crs} to WGS-84.", {"crs": known.name[:120]}),
        )
        lon, lat = Transformer.from_crs(known, 4326, always_xy=True).transform(x, y)
    except (CRSError, ProjError) as error:
        raise ImportRefused(
            "{name} is in a reference system that is not known ({crs}): {fault}. Save it in WGS-84.",
            name=name,
            crs=crs[:80],
            fault=str(error)[:120],
        ) from None
    return np.round(lon, 8), np.round(lat, 8)


def _texts(column: Any) -> list[str]:
    """Give a column of a layer as texts; gaps as empty ones."""
    values = column.tolist()
    if column.dtype.kind == "f":
        return ["" if value != value else _number(value) for value in values]  # noqa: PLR0124  NaN is a gap
    return [_text(value) for value in values]


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, bytes):
        return ""
    if isinstance(value, str):
        return text_of(value).removesuffix("T00:00:00")
    return text_of(value)
