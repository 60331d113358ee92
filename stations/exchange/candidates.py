"""Lists of places where stations could be put: any form of file that lists of stations may have, fewer columns.

What is read is given as text in plain columns, so that it can be kept and read
again: WGS-84, hours in OpenStreetMap's grammar, the keys of host kinds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from geodata.datum import Datum, lonlat_to_wgs84
from geodata.errors import PositionError
from geodata.lonlat import LonLat
from stations.errors import Fault, HoursError, ImportRefused
from stations.exchange.cells import CellError, read_number
from stations.exchange.columns import Columns
from stations.exchange.coordinates import read_degrees, read_pair
from stations.exchange.sources import read_table
from stations.phrases import read_hours
from stations.taxonomy import Taxonomy, folded

MOST_CANDIDATES_LISTED = 5_000
LONGEST_NAME = 60
LONGEST_KIND = 60
DECIMALS = 7
"""Of degrees: a centimetre."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("候选点", "候选点名称", "点位", "点位名称", "场所", "场所名称", "单位", "单位名称", "place", "title"),
        "kind": ("kind", "类型", "类别", "点位类型", "候选点类型", "type", "category"),
        "cost": ("cost", "费用", "成本", "造价", "投资", "投入", "投入资金", "建设费用", "建设成本", "预算", "price"),
        "capacity": ("capacity", "容量", "服务能力", "服务人数", "可服务人数", "服务容量", "最大服务人数"),
    }
)
"""What lists call the columns of candidates, beside what lists of stations call theirs."""

SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("name", "host_name"),
        "kind": ("host",),
        "lon": ("lon",),
        "lat": ("lat",),
        "position": ("position",),
        "datum": ("datum",),
        "hours": ("hours",),
    }
)
"""Columns of stations that mean the same of candidates, the one to be preferred first."""


def read_candidates(path: Path, datum: Datum | None = None) -> list[dict[str, str]]:
    """Read a list of places.

    Parameters
    ----------
    datum
        Of its positions, where the list does not say it; WGS-84 when not given.

    Returns
    -------
    list of dict
        For each place its cells by ``lon``, ``lat``, ``name``, ``kind``, ``hours``, ``cost``, ``capacity``; those that
        the list does not have are left out.

    Raises
    ------
    ImportRefused
        A file that cannot be read, without positions, with too many rows, or with cells that cannot be meant: each with
        its row and column.
    """
    columns, taxonomy = Columns.load(), Taxonomy.load()
    known = _known(columns)
    table = read_table(path, lambda cell: folded(cell) in known)
    at = _places(table.headers, known)
    if "position" not in at and not {"lon", "lat"} <= at.keys():
        raise ImportRefused(
            "{name} has no column with positions. Name two columns lon and lat, or 经度 and 纬度.", name=table.name
        )
    if len(table.rows) > MOST_CANDIDATES_LISTED:
        raise ImportRefused(
            "{name} has {count} places. Give at most {most}.",
            name=table.name,
            count=len(table.rows),
            most=MOST_CANDIDATES_LISTED,
        )
    faults = list(table.faults)
    reading = _Reading(columns, taxonomy, at, datum or _datum_in(table.headers, columns) or Datum.WGS84)
    rows = []
    for number, cells in table.rows:
        row: dict[str, str] = {}
        for name, read in reading.readers():
            try:
                row |= read(cells)
            except (CellError, HoursError, PositionError) as fault:
                faults.append(Fault(number, table.headers[at[name]], fault.template, dict(fault.values)))
        rows.append(row)
    if faults:
        raise ImportRefused(
            "{name} was not taken: {count} of its cells or rows cannot be used.",
            faults=tuple(sorted(faults, key=lambda one: one.row or 0)),
            name=table.name,
            count=len(faults),
        )
    if not rows:
        raise ImportRefused("{name} has a header and no rows.", name=table.name)
    return rows


def _known(columns: Columns) -> dict[str, tuple[str, int]]:
    """By folded header the column, and how far behind among its names."""
    known: dict[str, tuple[str, int]] = {}
    for name in ("lon", "lat", "position", "datum", "hours", "cost", "capacity", "name", "kind"):
        words = [word for field in SHARED.get(name, ()) for word in columns.fields[field]]
        words += [folded(word) for word in COLUMNS.get(name, ())]
        for place, word in enumerate(words):
            known.setdefault(word, (name, place))
    return known


def _places(headers: Sequence[str], known: Mapping[str, tuple[str, int]]) -> dict[str, int]:
    """Where each column stands; of two that may be meant, the one with the better name."""
    found: dict[str, tuple[int, int]] = {}
    for at, header in enumerate(headers):
        # 造价（万元） is the cost, and 经度(GCJ02) the longitude.
        plain = folded(header.replace("（", "(").partition("(")[0])
        name, rank = known.get(folded(header)) or known.get(plain) or ("", 0)
        if name and (name not in found or rank < found[name][1]):
            found[name] = (at, rank)
    return {name: at for name, (at, _) in found.items()}


def _datum_in(headers: Sequence[str], columns: Columns) -> Datum | None:
    """The datum that stands in brackets in a header."""
    for header in headers:
        _, bracket, rest = header.replace("（", "(").replace("）", ")").partition("(")
        if bracket and (datum := columns.datums.get(folded(rest.partition(")")[0]))):
            return datum
    return None


class _Reading:
    """Reads the cells of a row, each column by its own rules."""

    def __init__(self, columns: Columns, taxonomy: Taxonomy, at: Mapping[str, int], datum: Datum) -> None:
        self._columns, self._taxonomy, self._at, self._datum = columns, taxonomy, at, datum

    def readers(self) -> Iterator[tuple[str, Callable[[Sequence[str]], dict[str, str]]]]:
        """The columns that there are, and how a row's part of each is read."""
        yield ("position" if "position" in self._at else "lon"), self._position
        for name, read in (
            ("name", self._name),
            ("kind", self._kind),
            ("hours", self._hours),
            ("cost", self._cost),
            ("capacity", self._capacity),
        ):
            if name in self._at:
                yield name, read

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return cells[self._at[name]].strip() if name in self._at else ""

    def _position(self, cells: Sequence[str]) -> dict[str, str]:
        if "position" in self._at:
            lon, lat = read_pair(self._cell(cells, "position"))
        else:
            lon, lat = read_degrees(self._cell(cells, "lon"), "lon"), read_degrees(self._cell(cells, "lat"), "lat")
        said = self._cell(cells, "datum")
        datum = self._columns.datum_of(said) if said else self._datum
        LonLat(lon.value, lat.value)
        true = lonlat_to_wgs84(lon.value, lat.value, datum)
        return {"lon": f"{true.lon:.{DECIMALS}f}", "lat": f"{true.lat:.{DECIMALS}f}"}

    def _name(self, cells: Sequence[str]) -> dict[str, str]:
        name = " ".join(self._cell(cells, "name").split())
        return _told("name", name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")

    def _kind(self, cells: Sequence[str]) -> dict[str, str]:
        text = " ".join(self._cell(cells, "kind").split())
        return _told("kind", (self._taxonomy.hosts.key_of(text) or text)[:LONGEST_KIND])

    def _hours(self, cells: Sequence[str]) -> dict[str, str]:
        return _told("hours", read_hours(self._cell(cells, "hours")))

    def _cost(self, cells: Sequence[str]) -> dict[str, str]:
        return self._amount(cells, "cost", above=False)

    def _capacity(self, cells: Sequence[str]) -> dict[str, str]:
        return self._amount(cells, "capacity", above=True)

    def _amount(self, cells: Sequence[str], name: str, *, above: bool) -> dict[str, str]:
        text = self._cell(cells, name)
        if not text:
            return {}
        try:
            amount = read_number(text.replace(",", "").replace("，", ""))
        except CellError:
            amount = math.nan
        if not (amount > 0.0 or (amount == 0.0 and not above)):
            raise CellError(
                "“{value}” is not a number above 0." if above else "“{value}” is not a number of 0 or more.",
                value=text[:80],
            )
        return {name: f"{amount:.12g}"}


def _told(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


__all__ = ["MOST_CANDIDATES_LISTED", "read_candidates"]
