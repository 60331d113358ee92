"""Lists as workbooks: XLSX, and the older and other forms XLS, XLSB and ODS.

The workbook itself is read by calamine, which knows the four forms, their number
formats and their days. Here stands what a list is: which sheet, where its header
is, and what of it a person should be told.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, zip_longest
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from geodata.progress import Progress, silent
from stations.errors import Fault, ImportRefused
from stations.exchange.archives import BROKEN
from stations.exchange.formulas import unguarded
from stations.exchange.sheetmarks import Marks, parts_of, read_marks
from stations.exchange.tables import (
    BLANKS,
    HEADER_WITHIN,
    MAX_COLUMNS,
    MAX_ROWS,
    Knows,
    Table,
    bound_rows,
    checked_headers,
    formula_fault,
    header_index,
    left_out_above,
    refuse_without_rows,
    told,
    without_notes_below,
)

MAX_UNPACKED = 1_500_000_000
"""Bytes of a workbook once unpacked: above 250,000 rows, below what a machine bears."""

MAX_STRINGS = 300_000_000
"""Bytes of its table of texts, which is held in memory."""

MAX_MERGED = 1_000_000
"""Cells that merged blocks may fill."""

TOLD_EACH = 10_000
"""Rows between two words of progress."""

EXACT = 2.0**53
"""From here on a number of a spreadsheet is no longer every integer."""

HALF_SECOND = dt.timedelta(milliseconds=500)

DAMAGED = (CalamineError, *BROKEN)
"""What broken parts of a workbook end in."""

Value = int | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta


@dataclass(slots=True)
class _Sheet:
    """A sheet as read: its rows of text by number, its merged blocks (first row and column, last ones), its marks."""

    rows: list[tuple[int, list[str]]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)


def read_workbook(path: Path, digest: str, knows: Knows, sheet: str = "", tell: Progress = silent) -> Table:
    """Read the sheet that lists the stations.

    Parameters
    ----------
    sheet
        Its name; empty where the workbook leaves no choice.
    tell
        Called with the stage ``read``, and how many rows of the sheet.

    Raises
    ------
    ImportRefused
        Not a workbook, a damaged or too large one, or several sheets that could be meant.
    """
    name = path.name
    with _told(name):
        form = _form(path)
        marks = _marks(path) if form == "xlsx" else {}
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:  # by what is in it, not its name
            sheets = {one.name: one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet}
            if not sheets:
                raise ImportRefused("{name} is a workbook without a sheet of cells.", name=name)
            chosen, opened = _chosen(name, book, sheets, knows, sheet)
            found = _read(name, opened or book.get_sheet_by_name(chosen), tell=tell)
        found.marks = marks.get(chosen, Marks())
        table = _table(name, digest, form, found, knows)
    doubts = list(table.doubts)
    others = [other for other in sheets if other != chosen]
    if others:
        values: dict[str, object] = {"sheet": chosen, "others": ", ".join(others)[:200]}
        doubts.insert(0, Fault(None, "", "Sheet “{sheet}” was read; not read: {others}.", values))
    if chosen not in marks:
        template = (
            "In this form of workbook errors of formulas are read as empty cells, and hidden rows and some merged "
            "cells are not seen. Save it as XLSX if it has any."
        )
        doubts.append(Fault(None, "", template, {}))
    return replace(table, doubts=tuple(doubts), part=chosen)


def sheets_of(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook.

    Raises
    ------
    ImportRefused
        Not a workbook, or a damaged or too large one.
    """
    with _told(path.name):
        _form(path)
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            return tuple(one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Say of whatever a damaged workbook ends in that it is damaged."""
    try:
        yield
    except ImportRefused:
        raise
    except PasswordError:
        raise ImportRefused("{name} is a workbook with a password. Save it without one.", name=name) from None
    except BaseException as error:
        panic = type(error).__name__ == "PanicException"  # how the reader stops; it is no Exception
        if not panic and not isinstance(error, DAMAGED):
            raise
        raise ImportRefused(
            "{name} is a damaged workbook ({fault}). Open it, save it anew as XLSX and try again.",
            name=name,
            fault=str(error)[:120] or type(error).__name__,
        ) from None


def _form(path: Path) -> str:
    """Tell the form of a workbook by what is in it, and refuse what unpacks to too much."""
    name = path.name
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return "xls"
    with zipfile.ZipFile(path) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
    strings = max((size for part, size in sizes.items() if part.lower().endswith("sharedstrings.xml")), default=0)
    if sum(sizes.values()) > MAX_UNPACKED or strings > MAX_STRINGS:
        raise ImportRefused(
            "{name} unpacks to {size} MB, more than a list of stations has. Save its sheet as CSV UTF-8.",
            name=name,
            size=round(sum(sizes.values()) / 1e6),
        )
    if "xl/workbook.bin" in sizes:
        return "xlsb"
    if "[Content_Types].xml" in sizes:
        return "xlsx"
    if "content.xml" in sizes:
        return "ods"
    raise ImportRefused(
        "{name} is an archive, but not an XLSX workbook. Save the list as XLSX or CSV UTF-8.", name=name
    )


def _marks(path: Path) -> dict[str, Marks]:
    """Search the sheets before any is opened: one that reaches too far would not come back."""
    with zipfile.ZipFile(path) as archive:
        found = {sheet: read_marks(path.name, archive, part) for sheet, part in parts_of(archive).items()}
    return {sheet: marks for sheet, marks in found.items() if marks}


def _chosen(
    name: str, book: CalamineWorkbook, sheets: Mapping[str, SheetMetadata], knows: Knows, sheet: str
) -> tuple[str, CalamineSheet | None]:
    """Give the sheet with the stations: the one asked for, the only one, or the only one whose header is known.

    Opening a sheet reads all of it, so one that had to be opened to be chosen is given with its name.
    """
    if sheet:
        if sheet in sheets:
            return sheet, None
        raise ImportRefused(
            "{name} has no sheet “{sheet}”; it has {sheets}.",
            name=name,
            sheet=sheet[:80],
            sheets=", ".join(sheets)[:500],
        )
    if len(sheets) == 1:
        return next(iter(sheets)), None
    likely: dict[str, CalamineSheet | None] = {}
    for one in sheets:
        opened = book.get_sheet_by_name(one)
        rows = [row for _, row in _read(name, opened, most=HEADER_WITHIN).rows]
        if rows and sum(map(knows, set(rows[header_index(rows, knows)]))) >= 2:
            likely[one] = None if likely else opened  # a second one is perhaps of no use, and both large
    shown = [one for one in likely if sheets[one].visible == SheetVisibleEnum.Visible] or list(likely)
    if len(shown) == 1:
        return shown[0], likely[shown[0]]
    raise ImportRefused(
        "{name} has several sheets that could be meant: {sheets}. Say which with --sheet “{first}”."
        if shown
        else "{name} has several sheets, and none has a header that is known: {sheets}. Say which with --sheet.",
        name=name,
        sheets=", ".join(shown or sheets)[:500],
        first=(shown or [""])[0],
    )


def _read(name: str, opened: CalamineSheet, *, most: int = 0, tell: Progress = silent) -> _Sheet:
    """Read the cells of a sheet as text, or the first rows of it; rows without any text are left out."""
    if opened.start is None:
        return _Sheet([])
    if opened.start[1] + opened.width > MAX_COLUMNS:
        raise ImportRefused("{name} has more than {most} columns.", name=name, most=MAX_COLUMNS)
    margin = [""] * opened.start[1]
    plain = lru_cache(maxsize=1 << 16)(_plain)  # texts that come again and again are kept once
    rows: list[tuple[int, list[str]]] = []
    for number, values in enumerate(opened.iter_rows(), 1):
        if number % TOLD_EACH == 0:
            tell("read", number, opened.total_height)
        row = margin + [plain(value) if isinstance(value, str) else _text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            rows.append((number, row))
            if len(rows) > MAX_ROWS + HEADER_WITHIN:
                bound_rows(name, len(rows))
            if len(rows) == most:
                break
    blocks = opened.merged_cell_ranges or ()
    found = _Sheet(rows, [(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in blocks])
    _fill_merged(name, found)
    return found


def _text(value: Value) -> str:
    """Give a number, a day or a time as a person reads it: numbers in the 15 digits that spreadsheets keep."""
    if isinstance(value, int | float):  # True is 1
        return str(int(value)) if float(value).is_integer() and abs(value) < EXACT else f"{value:.15g}"
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, dt.time):  # parts of a day are not exact: 08:30 may come as 08:29:59.999
        return (dt.datetime.combine(dt.date(2000, 1, 1), value) + HALF_SECOND).time().isoformat("minutes")
    if isinstance(value, dt.datetime):
        value += HALF_SECOND
        return value.date().isoformat() if value.hour == value.minute == 0 else value.isoformat(" ", "minutes")
    return value.isoformat()


def _plain(text: str) -> str:
    return unguarded(text.strip(BLANKS))


def _fill_merged(name: str, sheet: _Sheet) -> None:
    """Give every cell of a merged block the value that stands in its corner."""
    places = {number: at for at, (number, _) in enumerate(sheet.rows)}
    wide = max((len(row) for _, row in sheet.rows), default=0)
    filled = 0
    for top, left, bottom, right in sheet.merged:
        if top not in places or left > len(sheet.rows[places[top]][1]):
            continue
        value = sheet.rows[places[top]][1][left - 1]
        last = min(right, wide)
        for number, row in islice(sheet.rows, places[top], None) if value else ():
            if number > bottom:
                break
            row.extend([""] * (last - len(row)))
            row[left - 1 : last] = [cell or value for cell in row[left - 1 : last]]
            filled += last - left + 1
            if filled > MAX_MERGED:
                raise ImportRefused("{name} has too many merged cells. Unmerge them and save it anew.", name=name)


def _table(name: str, digest: str, form: str, sheet: _Sheet, knows: Knows) -> Table:
    """Part header and rows, and tell what is odd."""
    if not sheet.rows:
        raise ImportRefused("{name} has nothing in its sheet.", name=name)
    at = header_index([row for _, row in sheet.rows[:HEADER_WITHIN]], knows)
    head, cells = sheet.rows[at]
    titles = sheet.rows[:at]
    deep = max((bottom - head for top, _, bottom, _ in sheet.merged if top == head and bottom - top < 4), default=0)
    if deep and at + deep < len(sheet.rows):  # a second line under a merged heading says more
        at += deep
        cells = [under or over for over, under in zip_longest(cells, sheet.rows[at][1], fillvalue="")]
    head = sheet.rows[at][0]
    headers = checked_headers(name, cells)
    count = len(headers)
    faults: list[Fault] = []
    misfits: dict[int, tuple[str, ...]] = {}
    rows: list[tuple[int, tuple[str, ...]]] = []
    bad = _errors(sheet.marks, headers)
    for number, row in sheet.rows[at + 1 :]:
        if number in bad:
            faults += bad[number]
        elif any(row[count:]):
            template = "It has {cells} cells where the header has {columns}. Give the column a header, or empty it."
            faults.append(Fault(number, "", template, {"cells": len(row), "columns": count}))
        else:
            rows.append((number, (*row[:count], *[""] * (count - len(row)))))
            continue
        misfits[number] = tuple(row)
    if not rows and not faults:
        raise refuse_without_rows(name)
    bound_rows(name, len(rows))
    stations, notes = without_notes_below(rows)
    doubts = [*left_out_above(titles), *notes, *_odd(sheet, head, headers)]
    return Table(name, digest, form, headers, tuple(stations), tuple(faults), tuple(doubts), misfits)


def _errors(marks: Marks, headers: Sequence[str]) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    for number, column, value in marks.errors:
        if column <= len(headers):
            found.setdefault(number, []).append(formula_fault(number, headers[column - 1], value))
    return found


def _odd(sheet: _Sheet, head: int, headers: Sequence[str]) -> list[Fault]:
    """Tell of merged cells among the stations, and of rows that nobody sees."""
    doubts = []
    by_column: dict[int, list[int]] = {}
    for top, left, bottom, right in sheet.merged:
        if bottom > head and left <= len(headers):
            span = range(max(top, head + 1), min(bottom, top + MAX_ROWS) + 1)
            for column in range(left, min(right, len(headers)) + 1):
                by_column.setdefault(column, []).extend(span)
    for column, rows in sorted(by_column.items()):
        template = "Merged cells: each of rows {rows} was given their value. Unmerge them if that is wrong."
        doubts.append(Fault(None, headers[column - 1], template, {"rows": told(rows)}))
    hidden = [number for number in sheet.marks.hidden if number > head]
    if hidden:
        template = "Hidden rows were read as well: {rows}. Delete them if they are not meant."
        doubts.append(Fault(None, "", template, {"rows": told(hidden)}))
    return doubts
