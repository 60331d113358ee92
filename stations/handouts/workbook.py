"""A report as a workbook: a sheet for each question, and one that says what was asked and how it was counted."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from stations.exchange.sheetrows import Row, write_beneath
from stations.exchange.sheetwriting import Undated, filled, open_workbook
from stations.handouts.tables import Column, Kind, Table, Value, heading

if TYPE_CHECKING:
    from openpyxl.cell import Cell

FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.AMOUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.POINTS: "+0.0%;-0.0%;0.0%",
    Kind.INDEX: "0.000",
    Kind.NUMBER: "#,##0.0",
    Kind.MINUTES: "#,##0.0",
    Kind.METRES: "#,##0",
    Kind.DEGREES: "0.000000",
    Kind.COST: "General",
}
SIGNED = "+#,##0;-#,##0;0"
NARROWEST, WIDEST = 7.0, 44.0
HOUR_WIDTH = 8.0
MOST_OF_A_TITLE = 31
"""Characters of a sheet's name, by the file format."""

LIGHT, DEEP = "FFF9EC", "D9993D"
"""Of the hours: the least and the most covered. Black figures can be read on both."""

HEAD = "EFE8DA"


def write_workbook(tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> bytes:
    """Write tables, a sheet each, behind one with what they are of; the same tables give the same bytes.

    Parameters
    ----------
    about
        What, and its value.

    Raises
    ------
    TooLongError
        A text that no cell can hold.
    """
    with open_workbook() as book, tempfile.TemporaryDirectory() as folder:
        from openpyxl.writer.excel import ExcelWriter

        _about(book, tables, about)
        for table in tables:
            _sheet(book, table)
        path = Path(folder) / "report.xlsx"
        with Undated(path, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).write_data()
        return path.read_bytes()


def sheet_title(title: str) -> str:
    """A title as the name of a sheet, which may not hold every sign nor be long."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:MOST_OF_A_TITLE].strip("' ")


def _about(book: Any, tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(sheet_title(gettext("About")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100
    notes = [(table.title, table.note) for table in tables]
    for number, line in enumerate([*about, ("", ""), (gettext("Sheet"), gettext("How to read it")), *notes], start=1):
        cells = [_written(sheet, text, number, line[0]) for text in line]
        cells[0].font = Font(bold=True)
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.append(cells)
    _print_on_a4(sheet)


def _sheet(book: Any, table: Table) -> None:
    from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
    from openpyxl.styles import Alignment, Color, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(sheet_title(table.title))
    names = [
        column.heading if column.kind in {Kind.SHARE, Kind.POINTS} else heading(column, table.unit)
        for column in table.columns
    ]
    first_figure = next((at for at, column in enumerate(table.columns) if not column.is_text), 1)
    sheet.freeze_panes = f"{get_column_letter(max(first_figure, 1) + 1)}2"
    sheet.print_title_rows = "1:1"
    is_clock = table.key.startswith("clock")
    for at, (column, name) in enumerate(zip(table.columns, names, strict=True)):
        width = HOUR_WIDTH if is_clock and column.kind is Kind.SHARE else _width(table, at, name)
        sheet.column_dimensions[get_column_letter(at + 1)].width = width
    last = get_column_letter(len(table.columns))
    if table.rows:
        sheet.auto_filter.ref = f"A1:{last}{len(table.rows) + 1}"
    if is_clock and table.rows:
        ends = [FormatObject(type="num", val=0), FormatObject(type="num", val=1)]
        scale = Rule(type="colorScale", colorScale=ColorScale(cfvo=ends, color=[Color(LIGHT), Color(DEEP)]))
        sheet.conditional_formatting.add(f"{get_column_letter(first_figure + 1)}2:{last}{len(table.rows) + 1}", scale)
    heads = [_written(sheet, name, 1, name) for name in names]
    for head, column in zip(heads, table.columns, strict=True):
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD)
        head.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left" if column.is_text else "right")
    sheet.append(heads)
    _print_on_a4(sheet)
    headings = [column.heading for column in table.columns]
    plain, bold = [[_cell(sheet, column) for column in table.columns] for _ in range(2)]
    for cell in bold:
        cell.font = Font(bold=True)
    row_of, total_of = Row(plain, headings), Row(bold, headings)
    write_beneath(
        sheet,
        (
            (total_of if row is table.total else row_of).xml(number, row)
            for number, row in enumerate(table.lines, start=2)
        ),
    )


def _cell(sheet: Any, column: Column) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.number_format = SIGNED if column.signed and column.kind is Kind.AMOUNT else FORMATS[column.kind]
    return cell


def _written(sheet: Any, value: Value, number: int, name: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return filled(WriteOnlyCell(sheet), value, number, name)


def _width(table: Table, at: int, name: str) -> float:
    """As wide as its longest word, its headings in two lines."""
    column = table.columns[at]
    if column.is_text:
        longest = max((_breadth(str(row[at])) for row in table.lines if row[at] is not None), default=0.0)
        return min(max(longest + 2.0, _breadth(name) / 2.0 + 2.0, NARROWEST), WIDEST)
    return min(max(_breadth(name) / 2.0 + 3.0, 11.0), 22.0)


def _breadth(text: str) -> float:
    """Of a text in figures of the usual font: a Chinese character is as wide as two."""
    return float(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text))


def _print_on_a4(sheet: Any) -> None:
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
