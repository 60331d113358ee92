"""Lists of stations as files: CSV, XLSX workbooks, GeoJSON and GeoPackages, each of which an import reads back.

A file is written beside its place and put there when it is whole, so that nobody
ever finds half of one.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO

from geodata.progress import Progress, silent
from stations.errors import StationsError
from stations.exchange.formulas import guarded, kept_as_text
from stations.exchange.listing import Column, Kind, Listing, Value, Words
from stations.exchange.mapwriting import write_geojson, write_geopackage
from stations.station import COORDINATE_DECIMALS, Station
from stations.taxonomy import Taxonomy

BOM = "\ufeff"
"""Without it, spreadsheet programs in China read UTF-8 as GB18030."""

CHUNK = 2_000

Stations = Callable[[], Iterable[Station]]
"""Gives the stations, in the order of their codes; asked twice, for the columns and for the rows."""


class Form(StrEnum):
    """Forms in which a list is written, by the ends of their files' names."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GPKG = "gpkg"


class ExportRefused(StationsError, ValueError):  # noqa: N818  the field's word, as in ImportRefused
    """A list that was not written; what stood in its place still does."""


@dataclass(frozen=True, slots=True)
class Order:
    """What list is wanted.

    Attributes
    ----------
    full
        Also what is not for the public: for the operator only.
    words
        In what words; None for those that fit the form.
    revision, at
        Of what revision it is, and the aware moment at which it is written.
    picked
        In words, which stations were picked; empty for all.
    """

    form: Form
    revision: int
    at: datetime
    full: bool = False
    words: Words | None = None
    picked: str = ""

    @property
    def said_in(self) -> Words:
        """Chinese where people read it, keys where programs do."""
        return self.words or (Words.ZH if self.form in {Form.CSV, Form.XLSX} else Words.KEY)


def form_of(name: str) -> Form:
    """Tell the form by the end of a file's name.

    Raises
    ------
    ExportRefused
        Another end.
    """
    end = Path(name).suffix.removeprefix(".").lower()
    try:
        return Form("geojson" if end == "json" else end)
    except ValueError:
        raise ExportRefused(
            "“{name}” does not say what to write. End it in {ends}, or give the form.",
            name=Path(name).name[:80],
            ends=", ".join(f".{form}" for form in Form),
        ) from None


def write_stations(
    path: Path,
    stations: Stations,
    order: Order,
    taxonomy: Taxonomy,
    *,
    replace: bool = False,
    tell: Progress = silent,
) -> int:
    """Write a list to a file.

    Parameters
    ----------
    replace
        Put it in the place of a file that is there.
    tell
        Called with the stages ``look``, when the columns are chosen, and ``write``.

    Returns
    -------
    int
        How many stations it has.

    Raises
    ------
    ExportRefused
        A file is there, or the folder does not take one, or there is nothing to write.
    TooLongError
        More than a workbook can hold.
    """
    with _placed(path, replace=replace) as beside:
        if order.form in {Form.CSV, Form.GEOJSON}:
            with beside.open("wb") as out:
                return write_stream(out, stations, order, taxonomy, tell=tell)
        listing = Listing.of(_Counted(stations(), tell, "look"), taxonomy, full=order.full, words=order.said_in)
        rows = _Rows(listing, stations(), tell)
        if order.form is Form.XLSX:
            from stations.exchange.sheetwriting import write_workbook  # openpyxl is slow to import

            title = "Stations" if order.said_in is not Words.ZH else "站点"
            write_workbook(beside, listing.columns, rows, title, _about(order))
        else:
            write_geopackage(beside, listing.columns, rows, order.at)
        return rows.count


def write_stream(
    out: IO[bytes], stations: Stations, order: Order, taxonomy: Taxonomy, *, tell: Progress = silent
) -> int:
    """Write a list as CSV or GeoJSON to an open stream; give how many stations it has.

    Raises
    ------
    ExportRefused
        Another form.
    """
    if order.form is Form.GEOJSON:
        counted = _Counted(stations(), tell)
        write_geojson(out, counted, order.revision, full=order.full)
        return counted.count
    if order.form is Form.CSV:
        listing = Listing.of(_Counted(stations(), tell, "look"), taxonomy, full=order.full, words=order.said_in)
        rows = _Rows(listing, stations(), tell)
        write_csv(out, listing.columns, rows, for_people=listing.words is not Words.KEY)
        return rows.count
    raise ExportRefused("{form} cannot be written to a pipe. Give a file.", form=order.form.value)


def write_csv(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, for_people: bool) -> None:
    """Write a list as CSV: UTF-8 with a byte order mark, lines ended by CR LF, and no text that runs as a formula.

    Parameters
    ----------
    for_people
        Also keep texts of digits from being taken for numbers and days, as spreadsheet programs do.
    """
    page = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    page.write(BOM)
    writer = csv.writer(page)
    writer.writerow([guarded(column.header) for column in columns])
    kinds = [column.kind for column in columns]
    for row in rows:
        writer.writerow([_cell(kind, value, for_people) for kind, value in zip(kinds, row, strict=True)])
    page.flush()
    page.detach()


def _cell(kind: Kind, value: Value, for_people: bool) -> str:  # noqa: FBT001  asked for every cell
    if isinstance(value, str):
        text = guarded(value)
        return kept_as_text(text) if for_people else text
    if isinstance(value, float):
        text = f"{value:.{COORDINATE_DECIMALS}f}".rstrip("0").rstrip(".") if kind is Kind.DEGREES else repr(value)
        return text.removesuffix(".0")
    return "" if value is None else str(value)


class _Counted:
    """Stations, counted as they go by."""

    def __init__(self, stations: Iterable[Station], tell: Progress, stage: str = "write") -> None:
        self.count = 0
        self._stations, self._tell, self._stage = stations, tell, stage

    def __iter__(self) -> Iterator[Station]:
        for station in self._stations:
            if self.count % CHUNK == 0:
                self._tell(self._stage, self.count, None)
            self.count += 1
            yield station
        self._tell(self._stage, self.count, None)


class _Rows:
    """Rows of a list, counted as they go by."""

    def __init__(self, listing: Listing, stations: Iterable[Station], tell: Progress) -> None:
        self._counted, self._listing = _Counted(stations, tell), listing

    @property
    def count(self) -> int:
        """How many went by."""
        return self._counted.count

    def __iter__(self) -> Iterator[list[Value]]:
        return map(self._listing.row, self._counted)


def _about(order: Order) -> list[tuple[str, str]]:
    """What the list is of, for the people who get it."""
    when = order.at.isoformat(" ", "minutes")
    if order.said_in is Words.ZH:
        return [
            ("修订号", str(order.revision)),
            ("导出时刻", when),
            ("筛选条件", order.picked or "无，全部站点"),
            ("内容范围", "全部字段，含不公开内容，请勿外传" if order.full else "仅公开字段"),
            ("坐标基准", "WGS-84（EPSG:4326），单位：度"),
            ("使用方法", "改好后可直接导入；留空表示不详。"),
        ]
    return [
        ("Revision", str(order.revision)),
        ("Exported at", when),
        ("Filter", order.picked or "none: every station"),
        ("Content", "every field, private ones too: not to be passed on" if order.full else "public fields only"),
        ("Geodetic datum", "WGS-84 (EPSG:4326), in degrees"),
        ("How to use it", "Correct it and import it again; an empty cell means not known."),
    ]


@contextmanager
def _placed(path: Path, *, replace: bool) -> Iterator[Path]:
    """Give a place to write to, and move what was written there to where it belongs when it is whole."""
    if path.is_dir():
        raise ExportRefused("{name} is a folder. Give a file.", name=path.name)
    if path.exists() and not replace:
        raise _is_there(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".yizhan-", dir=path.parent) as folder:
            beside = Path(folder) / path.name
            yield beside
            with beside.open("rb+") as written:
                os.fsync(written.fileno())
            if replace:
                beside.replace(path)
            else:
                # Unlike a move, a link does not take the place of a file that came meanwhile.
                try:
                    path.hardlink_to(beside)
                except FileExistsError:
                    raise _is_there(path) from None
                except OSError:  # a stick or a share that knows no links
                    if path.exists():
                        raise _is_there(path) from None
                    beside.replace(path)
    except OSError as error:
        raise ExportRefused(
            "{name} cannot be written: {fault}.", name=path.name, fault=error.strerror or error
        ) from None


def _is_there(path: Path) -> ExportRefused:
    return ExportRefused("{name} is there already. Give another name, or --force to replace it.", name=path.name)
