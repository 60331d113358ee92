"""Lists as XLSX workbooks, with a sheet that says what the list is of.

openpyxl makes the workbook: heads, widths, number formats and the words to choose
from. The rows are written into its sheet one after another, so that a country's
stations need no more memory than one of them. Texts are texts: nothing is a formula.

Source: ECMA-376 part 1, SpreadsheetML (18.3 sheets, 18.18.11 cell types, 22.9.2.19 escapes).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from stations.errors import StationsError
from stations.exchange.formulas import guarded, unguarded
from stations.exchange.listing import Column, Kind, Value

LONGEST_CELL = 32_767
LONGEST_CHOICE = 255
"""Most characters of a cell, and of the words to choose from."""

MOST_ROWS = 1_048_575

FORMATS = {Kind.TEXT: "@", Kind.COUNT: "0", Kind.NUMBER: "General", Kind.DEGREES: "0.0000000", Kind.DAY: "yyyy-mm-dd"}
WIDTHS = {Kind.TEXT: 16, Kind.COUNT: 8, Kind.NUMBER: 9, Kind.DEGREES: 13, Kind.DAY: 12}
WIDE = {"name": 36, "address": 40, "hours": 32, "note": 32}

DAY_ZERO = dt.date(1899, 12, 30)
MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every part of the archive, so that the same list gives the same bytes."""

_MOMENT = re.compile(rb"(?<=W3CDTF\">)[^<]*")
_MADE = b"1980-01-01T00:00:00Z"
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class TooLongError(StationsError, ValueError):
    """A list that a workbook cannot hold."""


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
    with zipfile.ZipFile(io.BytesIO(_empty(columns, title, about))) as made:
        sheet = made.read("xl/worksheets/sheet1.xml").decode()
        sheet = re.sub(r"<dimension [^>]*>", "", sheet)
        said = dict(re.findall(r'<c r="([A-Z]+)2" s="(\d+)"', sheet))
        letters = [get_column_letter(at) for at in range(1, len(columns) + 1)]
        heads = [
            (letter, said.get(letter, "0"), column.header) for letter, column in zip(letters, columns, strict=True)
        ]
        start = sheet.index('<row r="2"')
        end = sheet.index("</row>", start) + len("</row>")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
            for part in made.infolist():
                if part.filename == "xl/worksheets/sheet1.xml":
                    continue
                content = made.read(part)
                if part.filename == "docProps/core.xml":
                    content = _MOMENT.sub(_MADE, content)
                book.writestr(zipfile.ZipInfo(part.filename, MADE), content, zipfile.ZIP_DEFLATED)
            whole = zipfile.ZipInfo("xl/worksheets/sheet1.xml", MADE)
            whole.compress_type = zipfile.ZIP_DEFLATED
            with book.open(whole, "w", force_zip64=True) as out:
                out.write(sheet[:start].encode())
                number = 1
                for number, row in enumerate(rows, start=2):
                    if number > MOST_ROWS + 1:
                        raise TooLongError(
                            "A workbook holds at most {most} stations. Write CSV instead.", most=MOST_ROWS
                        )
                    out.write(_row(number, heads, row))
                out.write(sheet[end:].encode())


def _empty(columns: Sequence[Column], title: str, about: Sequence[tuple[str, str]]) -> bytes:
    """The workbook with one row of empty cells that show the style of their columns."""
    book = Workbook()
    book.properties.creator = "Yizhan"
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.freeze_panes = "C2"
    for at, column in enumerate(columns, start=1):
        letter = get_column_letter(at)
        head = sheet.cell(1, at)
        head.value, head.data_type = column.header, "s"
        head.font = Font(bold=True)
        head.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.cell(2, at).number_format = FORMATS[column.kind]
        sheet.column_dimensions[letter].width = WIDE.get(column.field, WIDTHS[column.kind])
        sheet.column_dimensions[letter].number_format = FORMATS[column.kind]
        _offer(sheet, letter, column)
    other = book.create_sheet("About" if title.isascii() else "说明")
    other.column_dimensions["A"].width, other.column_dimensions["B"].width = 24, 80
    for line, (what, value) in enumerate(about, start=1):
        for at, text in enumerate((what, value), start=1):
            cell = other.cell(line, at)
            cell.value, cell.data_type = text, "s"
            cell.number_format = "@"
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def _offer(sheet: Worksheet, letter: str, column: Column) -> None:
    """Have a spreadsheet program offer the words that may stand in a column; another one is asked back, not refused."""
    words = ",".join(column.choices)
    if not words or len(words) > LONGEST_CHOICE or any("," in word or '"' in word for word in column.choices):
        return
    offer = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, errorStyle="warning")
    offer.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
    sheet.add_data_validation(offer)


def _row(number: int, heads: Sequence[tuple[str, str, str]], row: Sequence[Value]) -> bytes:
    """A row of the sheet; `heads` has the letter, the style and the header of each column."""
    cells = []
    for (letter, style, header), value in zip(heads, row, strict=True):
        if value is None or value == "":
            continue
        place = f'<c r="{letter}{number}" s="{style}"'
        if isinstance(value, str):
            if len(value) > LONGEST_CELL:
                raise TooLongError(
                    "In row {row}, “{column}” has {count} characters; a cell of a workbook holds {most}. "
                    "Write CSV or GeoJSON instead.",
                    row=number,
                    column=header,
                    count=len(value),
                    most=LONGEST_CELL,
                )
            text = escape(_ESCAPE.sub("_x005F_", value if unguarded(value) == value else guarded(value)))
            cells.append(f'{place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        elif isinstance(value, dt.date):
            cells.append(f"{place}><v>{(value - DAY_ZERO).days}</v></c>")
        else:
            cells.append(f"{place}><v>{value!r}</v></c>")
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()
