"""Population files: how many people, and where, as far as the file says.

A file says where in one of three ways: points, areas, or the names or codes of
townships with their totals. What is read here is checked row by row, and is not
yet laid on any street.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import DemandError
from geodata.lonlat import Float
from geodata.mapfile import columns_called, listed, read_layer, text_of

TABLES = frozenset({".csv", ".tsv", ".txt"})

PEOPLE_COLUMNS = (
    "population pop people persons inhabitants residents total_population pop_total poptotal totalpop tot_pop "
    "人口 人口数 人口总数 总人口 人数 常住人口 常住人口数 户籍人口 居民 居民数 "
    "workers employees 职工 职工数 职工人数 从业人员 从业人数 劳动者 劳动者人数 户外劳动者 户外劳动者人数 户外劳动者数 "
    "weight 权重 demand 需求"
).split()
LON_COLUMNS = "lon lng long longitude x 经度 东经 lon_wgs84 lng_wgs84 wgs84_lon wgs84_lng".split()
LAT_COLUMNS = "lat latitude y 纬度 北纬 lat_wgs84 wgs84_lat".split()
SHAPE_COLUMNS = "wkt geometry geom the_geom shape".split()
TOWNSHIP_NAMES = (
    "name 名称 township town street 乡镇名称 街道名称 乡镇街道名称 乡镇街道 镇街 乡镇 街道 地区 行政区 行政区名称 "
    "township_name town_name xzqmc xzmc mc"
).split()
TOWNSHIP_CODES = (
    "code 代码 编码 行政区划代码 行政区代码 区划代码 乡镇代码 街道代码 统计用区划代码 "
    "township_code town_code xzqdm xzdm dm"
).split()
NOT_PEOPLE = frozenset("id fid gid oid objectid osm_id index no 序号 编号 面积 area shape_area shape_length".split())
SUM_ROWS = frozenset({"合计", "总计", "全县", "全市", "全区", "小计", "total", "sum"})


class Where(StrEnum):
    """How a population file says where its people are."""

    POINTS = "population points"
    POLYGONS = "population polygons"
    TOTALS = "township totals"


@dataclass(frozen=True, eq=False)
class Population:
    """What a population file says, row by row.

    Attributes
    ----------
    where
        Which of the columns below are filled.
    people
        At least 0, shape [n].
    rows
        Number of each row as a spreadsheet shows it, or of the feature, shape [n].
    lon, lat
        For points: degrees WGS-84.
    shapes
        For polygons: valid shapely polygons in degrees WGS-84.
    names, codes
        For totals: of townships, "" where not said.
    notes
        What was left out, in plain words.
    """

    where: Where
    people: Float
    rows: NDArray[np.int64]
    lon: Float
    lat: Float
    shapes: NDArray[Any]
    names: tuple[str, ...]
    codes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """A file as columns of text, with or without geometries."""

    file: str
    columns: dict[str, list[str]]
    first_row: int
    shapes: NDArray[Any] | None

    def first(self, known: Sequence[str]) -> list[str] | None:
        """Cells of the first known column there is."""
        found = columns_called(self.columns, known)
        return self.columns[found[0]] if found else None


def load_population(path: Path) -> Population:
    """Read a population file: CSV in UTF-8 or GB18030, GeoPackage, GeoJSON or Shapefile.

    Raises
    ------
    DemandError
        Unreadable; no column of people, or several; negative, missing or unreadable
        numbers, or impossible positions, with their rows.
    """
    table = _read_csv(path) if path.suffix.lower() in TABLES else _read_map(path)
    people, notes = _people(table)
    rows = np.arange(len(people), dtype=np.int64) + table.first_row
    lon = lat = np.empty(0)
    shapes: NDArray[Any] = np.empty(0, dtype=object)
    names = codes = ("",) * len(people)
    lon_texts, lat_texts = table.first(LON_COLUMNS), table.first(LAT_COLUMNS)
    if table.shapes is not None:
        where, lon, lat, shapes = _places(table, rows)
    elif lon_texts is not None and lat_texts is not None:
        where = Where.POINTS
        lon, lat = (_numbers(table, texts, what) for texts, what in ((lon_texts, "longitude"), (lat_texts, "latitude")))
    else:
        where = Where.TOTALS
        names, codes = _townships(table)
        kept = [index for index, name in enumerate(names) if name.lower() not in SUM_ROWS]
        if len(kept) < len(names):
            notes.append(f"{len(names) - len(kept)} rows of sums were left out.")
            people, rows = people[kept], rows[kept]
            names, codes = tuple(names[index] for index in kept), tuple(codes[index] for index in kept)
    if where is Where.POINTS:
        _check_positions(table, lon, lat, rows)
    return Population(where, people, rows, lon, lat, shapes, names, codes, tuple(notes))


def _read_csv(path: Path) -> _Table:
    """Read a table of text, in UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030."""
    if not path.is_file():
        raise DemandError("There is no file “{file}”. Check its name.", file=path.name)
    raw = path.read_bytes()
    if not raw.strip():
        raise DemandError("“{file}” is empty. Export it again.", file=path.name)
    text: str | None = None
    for encoding in ("utf-16",) if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    if text is None or "\0" in text:
        raise DemandError("“{file}” is neither in UTF-8 nor in GB18030. Save it in UTF-8.", file=path.name)
    head = text.partition("\n")[0]
    comma = max(",;\t，", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=comma))
    except csv.Error as fault:
        raise DemandError(
            "“{file}” is not a table: {fault}. Save it as CSV.", file=path.name, fault=str(fault)
        ) from fault
    header, body = [cell.strip() for cell in lines[0]], lines[1:]
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    if not body:
        raise DemandError("“{file}” has a heading and no rows. Export it again.", file=path.name)
    columns = {
        name: [line[place].strip() if place < len(line) else "" for line in body]
        for place, name in enumerate(header)
        if name
    }
    table = _Table(path.name, columns, 2, None)
    texts = table.first(SHAPE_COLUMNS)
    if texts is None:
        return table
    shapes = shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")
    return _Table(path.name, columns, 2, shapes)


def _read_map(path: Path) -> _Table:
    """Read a map file as columns of text and geometries."""
    frame = read_layer(path, frozenset({"Point", "Polygon", "Surface"}), DemandError)
    columns = {
        str(column): [text_of(value) for value in frame[column]]
        for column in frame.columns
        if column != frame.geometry.name
    }
    return _Table(path.name, columns, 1, np.asarray(frame.geometry.values, dtype=object))


def _people(table: _Table) -> tuple[Float, list[str]]:
    """Return the people of every row: the one column known to hold them, or the only one of numbers."""
    known = columns_called(table.columns, PEOPLE_COLUMNS)
    notes: list[str] = []
    if not known:
        spoken_for = {
            *columns_called(table.columns, [*LON_COLUMNS, *LAT_COLUMNS, *SHAPE_COLUMNS]),
            *columns_called(table.columns, [*TOWNSHIP_NAMES, *TOWNSHIP_CODES]),
        }
        known = [
            name
            for name, texts in table.columns.items()
            if name not in spoken_for and name.lower() not in NOT_PEOPLE and all(map(_is_number, texts))
        ]
        notes = [f"“{name}” is taken for the number of people, being the only column of numbers." for name in known]
    if len(known) > 1:
        raise DemandError(
            "“{file}” has several columns that could be the number of people: {columns}. "
            "Call the right one “population” and take the others out.",
            file=table.file,
            columns=listed(known),
        )
    if not known:
        raise DemandError(
            "“{file}” has no column with the number of people; it has {columns}. Call the right one “population”.",
            file=table.file,
            columns=listed(table.columns),
        )
    people = _numbers(table, table.columns[known[0]], known[0])
    negative = np.flatnonzero(people < 0.0)
    if negative.size:
        raise DemandError(
            "“{file}” has a negative number of people in row {rows}. Correct these rows or take them out.",
            file=table.file,
            rows=listed(f"{row + table.first_row} ({people[row]:g})" for row in negative.tolist()),
        )
    if not people.any():
        raise DemandError(
            "“{file}” has no people: “{column}” is 0 in every row. Give another column the name “population”.",
            file=table.file,
            column=known[0],
        )
    return people, notes


def _number(text: str) -> float:
    """Read a number as spreadsheets write it, with commas between thousands or without; NaN when it is none."""
    try:
        return float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return math.nan


def _is_number(text: str) -> bool:
    return math.isfinite(_number(text))


def _numbers(table: _Table, texts: Sequence[str], what: str) -> Float:
    """Read a column of numbers; every cell must be one."""
    numbers = np.array([_number(text) for text in texts], dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise DemandError(
            "“{file}” has no number for {what} in row {rows}. Correct these rows or take them out.",
            file=table.file,
            what=what,
            rows=listed(f"{row + table.first_row} (“{texts[row][:20]}”)" for row in bad.tolist()),
        )
    return numbers


def _check_positions(table: _Table, lon: Float, lat: Float, rows: NDArray[np.int64]) -> None:
    """Refuse what cannot be a place: off the Earth, or at 0, 0, where programs put what they do not know."""
    off = (np.abs(lon) > 180.0) | (np.abs(lat) > 90.0)
    if off.any():
        swapped = not ((np.abs(lat) > 180.0) | (np.abs(lon) > 90.0)).any()
        raise DemandError(
            "“{file}” has positions that are not on Earth; longitude and latitude look swapped. Row {rows}. "
            "Exchange the two columns."
            if swapped
            else "“{file}” has positions that are not on Earth in row {rows}. "
            "Give degrees of longitude (-180 to 180) and latitude (-90 to 90).",
            file=table.file,
            rows=listed(f"{rows[one]} ({lon[one]:g}, {lat[one]:g})" for one in _first_of_each(rows, off)),
        )
    null = (np.abs(lon) < 1e-6) & (np.abs(lat) < 1e-6)
    if null.any():
        raise DemandError(
            "“{file}” has positions at 0, 0, which stands for unknown, in row {rows}. "
            "Give these rows a position or take them out.",
            file=table.file,
            rows=listed(rows[one] for one in _first_of_each(rows, null)),
        )


def _first_of_each(rows: NDArray[np.int64], bad: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Index of the first bad position of each row: an area has many."""
    return np.flatnonzero(bad)[np.unique(rows[bad], return_index=True)[1]]


def _places(table: _Table, rows: NDArray[np.int64]) -> tuple[Where, Float, Float, NDArray[Any]]:
    """Take the geometries of all rows as points, or as polygons."""
    shapes = table.shapes if table.shapes is not None else np.empty(0, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.any():
        raise DemandError(
            "“{file}” has no usable geometry in row {rows}. Draw it, or take the row out.",
            file=table.file,
            rows=listed(rows[missing]),
        )
    shapes = shapely.force_2d(shapes)
    kinds = shapely.get_type_id(shapes)
    if (kinds == shapely.GeometryType.POINT).all():
        return Where.POINTS, shapely.get_x(shapes), shapely.get_y(shapes), np.empty(0, dtype=object)
    area = np.isin(kinds, [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON])
    if not area.all():
        raise DemandError(
            "“{file}” must hold points alone or areas alone; row {rows} is something else than the rest. "
            "Keep one kind and take the others out.",
            file=table.file,
            rows=listed(rows[~area] if area.any() else rows[kinds != shapely.GeometryType.POINT]),
        )
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    _check_positions(table, corners[:, 0], corners[:, 1], rows[owner])
    return Where.POLYGONS, np.empty(0), np.empty(0), shapely.make_valid(shapes)


def _townships(table: _Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and codes of townships in a table without positions."""
    names, codes = table.first(TOWNSHIP_NAMES), table.first(TOWNSHIP_CODES)
    if names is None and codes is None:
        raise DemandError(
            "“{file}” does not say where its people are; it has {columns}. Give the columns “lon” and “lat”, "
            "or the township's “name” or “code”.",
            file=table.file,
            columns=listed(table.columns),
        )
    rows = len(next(iter(table.columns.values())))
    return tuple(names or [""] * rows), tuple(codes or [""] * rows)
