"""A planner opens the workbook in a spreadsheet program."""

import io

import openpyxl
import pytest

from stations.exchange.sheetrows import TooLongError
from stations.handouts.tables import Column, Kind, Table
from stations.handouts.workbook import sheet_title, write_workbook


def workbook_of(report) -> bytes:
    return write_workbook(list(report.tables.values()), report.about)


@pytest.fixture(scope="module")
def book(supposed, speaking):
    with speaking("zh"):
        return openpyxl.load_workbook(io.BytesIO(workbook_of(supposed)))


def test_there_is_a_sheet_for_each_question_and_one_that_says_what_it_is(book, supposed) -> None:
    assert book.sheetnames[0] == "说明"
    assert book.sheetnames[1:] == [sheet_title(table.title) for table in supposed.tables.values()]
    about = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert about["地图摘要"] == supposed.answer.digest
    assert about["登记册版本"] == str(supposed.answer.revision)


def test_heads_stay_in_sight_and_can_be_filtered(book) -> None:
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("2")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.max_row == 1 or sheet.auto_filter.ref


def test_figures_are_numbers_with_a_format(book, supposed) -> None:
    sheet = book[sheet_title(supposed.tables["townships"].title)]
    heads = [cell.value for cell in sheet[1]]
    share = sheet.cell(sheet.max_row, heads.index("覆盖率") + 1)
    assert share.value == pytest.approx(supposed.answer.total.share, abs=1e-6)
    assert share.number_format == "0.0%"
    assert share.font.bold
    assert any("需求（街道米数）" in str(head) for head in heads)


def test_no_name_runs_as_a_formula(book) -> None:
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == "=SUM(A1)" and cell.data_type == "s" for cell in cells)


def test_the_same_report_gives_the_same_bytes(supposed, speaking) -> None:
    with speaking("zh"):
        assert workbook_of(supposed) == workbook_of(supposed)


def test_a_text_too_long_for_a_cell_is_said(speaking) -> None:
    table = Table("t", "T", [Column("name", "Name"), Column("n", "N", Kind.COUNT)], [["x" * 40_000, 1]])
    with speaking("en"), pytest.raises(TooLongError):
        write_workbook([table], [])


@pytest.mark.parametrize("title", ["a/b:c", "x" * 40, "[1]*?", "时钟（不详算开放）"])
def test_a_title_fits_a_sheet(title) -> None:
    assert 0 < len(sheet_title(title)) <= 31
    assert not set(sheet_title(title)) & set("[]:*?/\\")
