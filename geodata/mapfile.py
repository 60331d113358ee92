"""Map files: the features of a GeoJSON, GeoPackage or Shapefile, and the columns in them that matter.

Reading goes through GDAL, in any declared CRS; what comes out is in degrees.
Faults are raised in the class of the caller, who knows what the file was for.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.errors import GeodataError


def read_layer(path: Path, wanted: frozenset[str], error: type[GeodataError]) -> Any:
    """Read the features of a file, in degrees of longitude and latitude.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile, or anything else GDAL reads.
    wanted
        The kind of geometry to look for where a file has several layers: ``Polygon``, ``Point``.
    error
        What to raise.

    Returns
    -------
    geopandas.GeoDataFrame
        With the columns of the file. Longitude first, in the datum of the file.

    Raises
    ------
    GeodataError
        Of the class asked for: missing, empty, not a map file, several layers to
        choose from, or coordinates without a CRS that are not degrees.
    """
    import geopandas
    import pyogrio

    if not path.is_file():
        raise error("There is no file “{file}”. Check its name.", file=path.name)
    if path.stat().st_size == 0:
        raise error("“{file}” is empty. Export it again.", file=path.name)
    try:
        with warnings.catch_warnings():
            # GDAL warns of what is reported here in words of our own, or does not matter (measures, field widths).
            warnings.simplefilter("ignore")
            layers = [str(name) for name, kind in pyogrio.list_layers(path) if _kind(kind) & wanted]
            if len(layers) > 1:
                raise error(
                    "“{file}” holds several layers: {layers}. Save the one that is meant in a file of its own.",
                    file=path.name,
                    layers=listed(layers),
                )
            options = {"layer": layers[0]} if layers else {}
            try:
                frame = geopandas.read_file(path, on_invalid="ignore", **options, **_text_encoding(path))
            except UnicodeDecodeError:
                # A Shapefile that does not say, from a program in China.
                frame = geopandas.read_file(path, on_invalid="ignore", **options, encoding="GB18030")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as fault:
        raise error(
            "“{file}” cannot be read as a map file. Give GeoJSON, GeoPackage or a Shapefile with all of its parts.",
            file=path.name,
        ) from fault
    except UnicodeDecodeError as fault:
        raise error("“{file}” is neither in UTF-8 nor in GB18030. Save it in UTF-8.", file=path.name) from fault
    if not isinstance(frame, geopandas.GeoDataFrame) or len(frame) == 0:
        raise error("“{file}” holds no features. Export it again.", file=path.name)
    frame = frame.set_geometry(shapely.force_2d(frame.geometry.values), crs=frame.crs)
    if frame.crs is not None and not frame.crs.is_geographic:
        return frame.to_crs(4326)
    if frame.crs is None and np.nanmax(np.abs(frame.total_bounds), initial=0.0) > 180.0:
        raise error(
            "“{file}” does not say which coordinate system its numbers (like {sample}) are in. "
            "Save it with its .prj file, or in degrees of longitude and latitude.",
            file=path.name,
            sample=round(float(frame.total_bounds[0])),
        )
    return frame


def _kind(geometry_type: object) -> frozenset[str]:
    """Kinds of geometry that a layer's declared type may hold."""
    text = str(geometry_type)
    if text in {"Unknown", "GeometryCollection"}:
        return frozenset({"Point", "Polygon"})
    return frozenset(kind for kind in ("Point", "Polygon", "Surface") if kind in text)


def _text_encoding(path: Path) -> dict[str, str]:
    """Say how the texts of a Shapefile without a .cpg are to be tried first; GDAL would take Latin-1."""
    beside = path.with_suffix(".cpg").exists() or path.with_suffix(".CPG").exists()
    return {"encoding": "UTF-8"} if path.suffix.lower() == ".shp" and not beside else {}


def text_of(value: object) -> str:
    """Give a cell as text: a number that is whole without its ".0", nothing for a gap."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.0f}" if value.is_integer() else str(value)
    return "" if value is None or str(value) in {"nan", "None", "<NA>", "NaT"} else str(value).strip()


def columns_called(columns: Iterable[object], known: Sequence[str]) -> list[str]:
    """Return the columns whose names are known, in the order of `known`; capitals and spaces do not matter."""
    plain = {re.sub(r"[\s（）()]", "", str(column)).lower(): str(column) for column in reversed(list(columns))}
    return [plain[name] for name in known if name in plain]


def listed(names: Iterable[object], most: int = 8) -> str:
    """Names in a row; of many, the first few and how many more."""
    every = [str(name) for name in names]
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
