"""Rows of a sheet are what openpyxl would have written, to the byte."""

import datetime as dt
from pathlib import Path
from xml.etree import ElementTree as ET

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from stations.exchange.sheetrows import LONGEST_CELL, Row, TooLongError, write_beneath
from stations.exchange.sheetwriting import filled, open_workbook

HEADS = ("名称", "count", "day", "=x")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12).filter(
    lambda text: not ILLEGAL_CHARACTERS_RE.search(text)
)
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.sampled_from(["=1+1", "'=1", " a ", "_x0041_", "<&>\"'", "a\nb", "#N/A", "24/7", "007", "  "]),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1950, 1, 1), dt.date(2990, 1, 1)),
)
ROWS = st.lists(st.tuples(*[VALUES] * len(HEADS)), min_size=1, max_size=6)


def cells_of(sheet):
    cells = [WriteOnlyCell(sheet) for _ in HEADS]
    for cell, form in zip(cells, ("@", "#,##0", "yyyy-mm-dd", "General"), strict=True):
        cell.number_format = form
    cells[1].font = Font(bold=True)
    assert [cell.style_id for cell in cells] == [1, 2, 3, 0], "ways to look are numbered as they are first asked for"
    return cells


def sheet_xml(fill):
    with open_workbook() as book:
        sheet = book.create_sheet("站点")
        sheet.freeze_panes = "B2"
        sheet.append([filled(WriteOnlyCell(sheet), head, 1, head) for head in HEADS])
        fill(sheet)
        if not sheet.closed:
            sheet.close()
        return Path(sheet._writer.out).read_bytes()


@settings(max_examples=40, deadline=None)
@given(ROWS)
@example([("", None, "", None)])
def test_rows_are_what_openpyxl_writes(rows) -> None:
    def cell_by_cell(sheet):
        for number, row in enumerate(rows, start=2):
            cells = cells_of(sheet)  # it keeps what a day made of a cell
            sheet.append(
                [
                    None if value is None or value == "" else filled(cell, value, number, head)
                    for cell, value, head in zip(cells, row, HEADS, strict=True)
                ]
            )

    def as_text(sheet):
        row_of = Row(cells_of(sheet), HEADS)
        write_beneath(sheet, (row_of.xml(number, row) for number, row in enumerate(rows, start=2)))

    def without_days(of):
        # What openpyxl gives a day in a column of other things is the format of days; here a column has one format.
        return [
            [None if isinstance(value, dt.date) and at != 2 else value for at, value in enumerate(row)] for row in of
        ]

    rows = without_days(rows)
    assert sheet_xml(as_text) == sheet_xml(cell_by_cell)


@pytest.mark.parametrize(("text", "fault"), [
    ("a" * (LONGEST_CELL + 1), TooLongError),
    ("_x0041_" * 5000, TooLongError),
])  # fmt: skip
def test_what_no_cell_can_hold_is_refused(text, fault) -> None:
    with open_workbook() as book:
        row_of = Row(cells_of(book.create_sheet("x")), HEADS)
        with pytest.raises(fault):
            row_of.xml(2, (text, None, None, None))


def test_a_number_that_is_none_is_an_empty_cell() -> None:
    with open_workbook() as book:
        row_of = Row(cells_of(book.create_sheet("x")), HEADS)
        assert "<v></v>" in row_of.xml(2, (None, float("nan"), None, None))


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_sign_that_no_file_can_hold_breaks_none(sign) -> None:
    text = f"a{sign}b"
    with open_workbook() as book:
        sheet = book.create_sheet("x")
        sheet.append([filled(WriteOnlyCell(sheet), text, 1, "x")])
        cells = cells_of(sheet)
        write_beneath(sheet, [Row(cells, HEADS).xml(2, (text, None, None, None))])
        written = ET.fromstring(Path(sheet._writer.out).read_bytes())
    assert [one.text for one in written.iter() if one.tag.endswith("}t")] == ["a\ufffdb"] * 2
