"""Lists as XLSX workbooks, with a sheet that says what the list is of.

Each row is written as it comes, so that a country's stations need no more memory
than one of them. Texts are texts: nothing is a formula.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from stations.exchange.listing import Column, Kind, Value
from stations.exchange.sheetrows import Row, TooLongError, cell_text, write_beneath

LONGEST_CHOICE = 255
"""Most characters of the words to choose from."""

MOST_ROWS = 1_048_575

FORMATS = {Kind.TEXT: "@", Kind.COUNT: "0", Kind.NUMBER: "General", Kind.DEGREES: "0.0000000", Kind.DAY: "yyyy-mm-dd"}
WIDTHS = {Kind.TEXT: 16, Kind.COUNT: 8, Kind.NUMBER: 9, Kind.DEGREES: 13, Kind.DAY: 12}
WIDE = {"name": 36, "address": 40, "hours": 32, "note": 32}

MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001  an archive knows no zones
"""The time of the workbook and of every part of it, so that the same list gives the same bytes."""


def write_workbook(
    path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Value]], title: str, about: Sequence[tuple[str, str]]
) -> None:
    """Write a list.

    Parameters
    ----------
    title
        Name of its sheet.
    about
        Lines of the other sheet: what, and its value.

    Raises
    ------
    TooLongError
        More rows, or a longer text, than a workbook can hold.
    """
    with open_workbook() as book:
        sheet = book.create_sheet(title)
        _lay_out(sheet, columns)
        heads = [filled(WriteOnlyCell(sheet), column.header, 1, column.header) for column in columns]
        for head in heads:
            head.font, head.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        sheet.append(heads)
        cells = [WriteOnlyCell(sheet) for _ in columns]
        for cell, column in zip(cells, columns, strict=True):
            cell.number_format = FORMATS[column.kind]
        row_of = Row(cells, [column.header for column in columns])
        write_beneath(sheet, (row_of.xml(number, row) for number, row in enumerate(_bounded(rows), start=2)))
        other = book.create_sheet("About" if title.isascii() else "说明")
        other.column_dimensions["A"].width, other.column_dimensions["B"].width = 24, 80
        for number, line in enumerate(about, start=1):
            other.append([filled(WriteOnlyCell(other), text, number, line[0]) for text in line])
        with Undated(path, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).write_data()


def _bounded(rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooLongError("A workbook holds at most {most} stations. Write CSV instead.", most=MOST_ROWS)
        yield row


@contextlib.contextmanager
def open_workbook() -> Iterator[Workbook]:
    """Give a workbook; in the end, nothing of it is left in the folder for temporary files."""
    book = Workbook(write_only=True)
    book.properties.creator = "Yizhan"
    book.properties.created = book.properties.modified = MADE
    try:
        yield book
    finally:
        # openpyxl keeps the rows of a workbook that was not saved until the process ends.
        sheets: list[Any] = book.worksheets
        for sheet in sheets:
            writer = sheet._writer  # noqa: SLF001  no other way to it
            if writer and Path(writer.out).exists():
                with contextlib.suppress(Exception):  # a disk that takes no more
                    sheet.close()
                writer.cleanup()


class Undated(zipfile.ZipFile):
    """An archive whose parts all have the same time."""

    def open(
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> IO[bytes]:
        """Open a part; `write` and `writestr` come by here too."""
        if isinstance(name, zipfile.ZipInfo):
            name.date_time = MADE.timetuple()[:6]
        return super().open(name, mode, pwd, force_zip64=force_zip64)


def _lay_out(sheet: Any, columns: Sequence[Column]) -> None:
    """Say how the columns look, and what may stand in them; openpyxl wants it before the first row."""
    sheet.freeze_panes = "C2"
    for at, column in enumerate(columns, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = WIDE.get(column.field, WIDTHS[column.kind])
        sheet.column_dimensions[letter].number_format = FORMATS[column.kind]
        if offer := _offer(column):
            offer.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.data_validations.append(offer)


def _offer(column: Column) -> DataValidation | None:
    """Have a spreadsheet program offer the words that may stand in a column; another one is asked back, not refused."""
    words = ",".join(column.choices)
    if not words or len(words) > LONGEST_CHOICE or any("," in word or '"' in word for word in column.choices):
        return None
    return DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, errorStyle="warning")


def filled(cell: Cell, value: Value, number: int, header: str) -> Cell:
    """Put a value into a cell of a row; openpyxl would take some texts for formulas or errors."""
    if isinstance(value, str):
        cell.value, cell.data_type = cell_text(value, number, header), "s"
    else:
        cell.value = value
    return cell
