"""Boundary files: the names, codes and polygons in them, made sound.

What townships are made of, before they are townships.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.datum import Datum, to_wgs84
from geodata.errors import BoundaryError
from geodata.lonlat import metres_per_degree
from geodata.mapfile import columns_called, listed, read_layer, text_of

DECIMALS = 7
"""Coordinates are kept to 1e-7 degrees, about a centimetre, so that they are the same on any machine."""

M2_PER_HA = 10_000.0

NAME_COLUMNS = (
    "name 名称 township town street 乡镇名称 街道名称 乡镇街道名称 乡镇街道 镇街 乡镇 街道 地名 行政区名称 行政区 "
    "name_zh name:zh name_cn namecn township_name townname town_name xzqmc xzmc xzjmc xmc zmc mc label"
).split()
CODE_COLUMNS = (
    "code 代码 编码 行政区划代码 行政区代码 区划代码 乡镇代码 街道代码 乡镇街道代码 统计用区划代码 "
    "township_code town_code towncode division_code region_code xzqdm xzdm xzjdm xzqhdm qhdm dm adcode gbcode gb pac"
).split()


@dataclass(frozen=True)
class Boundary:
    """One feature of a boundary file, as read: its name, its code or "", its polygons."""

    name: str
    code: str
    geometry: BaseGeometry


def is_township_code(code: str) -> bool:
    """Whether a code can be a township's: 9 digits, or the same with 3 more for a village or zeros.

    Source: GB/T 10114-2003, the rules for codes below the county: 6 digits of GB/T
    2260 for the county and 3 for the township; statistics append 3 for the village.
    """
    return re.fullmatch(r"[1-9]\d{8}(\d{3})?", code) is not None


def read_boundaries(path: Path) -> tuple[list[Boundary], list[str]]:
    """Read names, codes and polygons from a file, in the datum of the file.

    Returns
    -------
    boundaries
        In the order of the file, polygons as they are, mended or not.
    notes
        What was left out, in plain words.

    Raises
    ------
    BoundaryError
        Unreadable; no column of names; no polygons; or areas without a polygon, by name.
    """
    frame = read_layer(path, frozenset({"Polygon", "Surface"}), BoundaryError)
    names = _names(frame, path.name)
    codes, notes = _codes(frame, names)
    shapes = frame.geometry.values
    boundaries: list[Boundary] = []
    missing: list[str] = []
    other = 0
    for name, code, shape in zip(names, codes, shapes, strict=True):
        if shape is None or shape.is_empty:
            missing.append(name)
            continue
        polygons = polygons_of(shape)
        if polygons.is_empty:
            other += 1
            continue
        boundaries.append(Boundary(name, code, polygons))
    if missing:
        raise BoundaryError(
            "“{file}” has no usable outline for {names}. Draw it, or take the row out.",
            file=path.name,
            names=listed(missing),
        )
    if not boundaries:
        raise BoundaryError(
            "“{file}” holds no areas, only points or lines. Export the boundaries as polygons.", file=path.name
        )
    nameless = sum(re.fullmatch(r"row \d+", boundary.name) is not None for boundary in boundaries)
    if nameless:
        notes.append(f"{nameless} areas have no name; they are called by their row in the file.")
    if other:
        notes.append(f"{other} features that are points or lines were left out.")
    return boundaries, notes


def _names(frame: Any, file: str) -> list[str]:
    """Name every row, from the first known column that says anything."""
    candidates = columns_called(frame.columns, NAME_COLUMNS)
    for column in candidates:
        texts = [text_of(value) for value in frame[column]]
        if any(texts):
            return [text or f"row {row}" for row, text in enumerate(texts, start=1)]
    others = [column for column in frame.columns if column != frame.geometry.name]
    raise BoundaryError(
        "“{file}” has no column with the names of the townships; it has {columns}. Call the right one “name”.",
        file=file,
        columns=listed(others) or "none",
    )


def _codes(frame: Any, names: list[str]) -> tuple[list[str], list[str]]:
    """Return a township code or "" for every row, from the known column with the most of them; and notes."""
    best: list[str] = [""] * len(names)
    notes: list[str] = []
    for column in columns_called(frame.columns, CODE_COLUMNS):
        texts = [text_of(value) for value in frame[column]]
        good = [text if is_township_code(text) else "" for text in texts]
        wrong = [
            f"{name} ({text})" for name, text in zip(names, texts, strict=True) if text and not is_township_code(text)
        ]
        if sum(map(bool, good)) <= sum(map(bool, best)):
            if wrong and not any(best):
                held = listed(dict.fromkeys(filter(None, texts)), 3)
                notes = [
                    f"The column “{column}” holds {held}: no township codes of 9 or 12 digits, so none were taken."
                ]
            continue
        best = good
        notes = [f"These codes are not of 9 or 12 digits and were left out: {listed(wrong)}."] if wrong else []
    return best, notes


def polygons_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas in a geometry, as one polygon or multipolygon; empty when there are none."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def mended(boundary: Boundary) -> tuple[Boundary, str | None]:
    """Round a boundary to `DECIMALS` and make its rings valid.

    Returns
    -------
    boundary
        Valid and in canonical order.
    note
        What was wrong and where; ``None`` when nothing was.

    Raises
    ------
    BoundaryError
        The rings enclose nothing.
    """
    shape = _rounded(boundary.geometry)
    note: str | None = None
    if not shape.is_valid:
        why = shapely.is_valid_reason(boundary.geometry)
        where = re.search(r"\[([-\d.eE]+) ([-\d.eE]+)\]", why)
        at = f" near {float(where[1]):.5f}, {float(where[2]):.5f}" if where else ""
        fault = why.split("[")[0].strip().lower()
        if fault != "valid geometry":
            note = f"The outline of {boundary.name} was repaired: {fault}{at}."
        for _ in range(4):
            if shape.is_valid:
                break
            whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            shape = _rounded(shapely.set_precision(polygons_of(whole), 10.0**-DECIMALS))
    if shape.is_empty or shape.area == 0.0 or not shape.is_valid:
        raise BoundaryError("The outline of {name} encloses nothing. Draw it again.", name=boundary.name)
    return replace(boundary, geometry=shapely.normalize(shape)), note


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: np.round(xy, DECIMALS))


def in_wgs84(boundary: Boundary, datum: Datum) -> Boundary:
    """Give a boundary of another datum in WGS-84, corner by corner."""
    if datum is Datum.WGS84:
        return boundary
    moved = shapely.transform(
        boundary.geometry, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum)), include_z=False
    )
    return replace(boundary, geometry=moved)


def area_ha(shape: BaseGeometry) -> float:
    """Area in hectares of a small polygon in degrees, in the metric frame of its own latitude."""
    if shape.is_empty:
        return 0.0
    lon_m, lat_m = metres_per_degree(float(shape.centroid.y))
    return float(shape.area) * lon_m * lat_m / M2_PER_HA
