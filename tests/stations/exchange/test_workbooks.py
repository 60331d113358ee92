"""Workbooks as offices keep them: titles, merged cells, several sheets, formulas, and damaged ones."""

import datetime as dt
import io
import random
import re
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from stations.errors import ImportRefused
from stations.exchange import workbooks
from stations.exchange.columns import Columns
from stations.exchange.sources import OLD_OFFICE, Part, read_table

HEADER = ("站点编号", "站点名称", "经度", "纬度", "座位数")


@pytest.fixture
def book(tmp_path):
    """Write rows to a workbook; `change` may do more to the sheet."""

    def write(*rows, change=lambda sheet: None, sheets=("驿站",)):
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        for name in sheets:
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        change(made.worksheets[0])
        path = tmp_path / "list.xlsx"
        made.save(path)
        return path

    return write


@pytest.fixture(scope="module")
def knows(taxonomy):
    names = Columns.load()
    return lambda word: names.knows(word, taxonomy)


@pytest.fixture
def read(knows):
    return lambda path, **part: read_table(path, knows, Part(**part))


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path, found):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return path


def test_numbers_texts_and_dates_come_as_a_person_reads_them(book, read):
    header = (*HEADER, "核实", "时间", "有", "电话")
    row = ("007", " 驿站甲 ", 113.305132, "34.803352", 8.0, dt.date(2025, 3, 1), dt.time(8, 30), True, 13800001111)
    table = read(book(header, row))
    assert table.rows == (
        (2, ("007", "驿站甲", "113.305132", "34.803352", "8", "2025-03-01", "08:30", "1", "13800001111")),
    )
    assert (table.encoding, table.faults, table.doubts) == ("xlsx", (), ())


def test_a_title_above_the_header_is_left_out(book, read):
    table = read(
        book(
            ("某市驿站一览表",),
            (),
            HEADER,
            ("A", "甲", 113.1, 34.1, 3),
            change=lambda sheet: sheet.merge_cells("A1:E1"),
        )
    )
    assert table.headers == HEADER
    assert table.rows == ((4, ("A", "甲", "113.1", "34.1", "3")),)
    assert "一览表" in table.doubts[0].message


def test_a_header_of_two_rows_is_one(book, read):
    def merge(sheet):
        for block in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
            sheet.merge_cells(block)

    rows = (("编号", "名称", "坐标", None, "座位数"), (None, None, "经度", "纬度", None), ("A", "甲", 113.1, 34.1, 3))
    table = read(book(*rows, change=merge))
    assert table.headers == ("编号", "名称", "经度", "纬度", "座位数")
    assert table.rows == ((3, ("A", "甲", "113.1", "34.1", "3")),)


def test_merged_cells_fill_their_rows_and_are_told(book, read):
    rows = [
        (*HEADER, "所属区县"),
        *((f"S{n}", "站", 113.1, 34.1, n, "上街区" if n == 1 else None) for n in range(1, 5)),
    ]
    table = read(book(*rows, change=lambda sheet: sheet.merge_cells("F2:F4")))
    assert [cells[5] for _, cells in table.rows] == ["上街区", "上街区", "上街区", ""]
    (doubt,) = table.doubts
    assert (doubt.column, doubt.values["rows"]) == ("所属区县", "2-4")


def test_hidden_rows_are_told(book, read):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    table = read(book(HEADER, ("A", "甲", 113.1, 34.1, 3), ("B", "乙", 113.2, 34.1, 3), change=hide))
    assert len(table.rows) == 2
    assert "Hidden rows were read as well: 3" in table.doubts[0].message


def test_the_sheet_with_stations_is_chosen_or_asked_for(book, read, tmp_path):
    made = openpyxl.Workbook()
    (cover,) = made.worksheets
    cover.title = "说明"
    cover.append(("请填写下表", "谢谢"))
    for name in ("一季度", "二季度"):
        sheet = made.create_sheet(name)
        sheet.append(HEADER)
        sheet.append((name, "甲", 113.1, 34.1, 3))
    path = tmp_path / "two.xlsx"
    made.save(path)
    with pytest.raises(ImportRefused, match="--sheet “一季度”"):
        read(path)
    assert read(path, sheet="二季度").rows[0][1][0] == "二季度"
    with pytest.raises(ImportRefused, match="no sheet “三季度”"):
        read(path, sheet="三季度")
    del made["二季度"]
    made.save(path)
    table = read(path)
    assert table.rows[0][1][0] == "一季度"
    assert "not read: 说明" in table.doubts[0].message


def test_a_sheet_asked_of_a_file_that_has_none(read, csv_file):
    with pytest.raises(ImportRefused, match="no workbook"):
        read(csv_file("code,name,lon,lat", "A,a,1,2"), sheet="x")


def test_errors_and_formulas_that_were_never_worked_out_refuse_their_row(book, read):
    table = read(
        book(HEADER, ("A", "甲", 113.1, 34.1, "#N/A"), ("B", "乙", "=100+13", 34.1, 3), ("C", "丙", 113.3, 34.1, 3))
    )
    assert [number for number, _ in table.rows] == [4]
    assert [(fault.row, fault.column) for fault in table.faults] == [(2, "座位数"), (3, "经度")]
    assert "#N/A" in table.faults[0].message
    assert "never worked out" in table.faults[1].message
    assert set(table.misfits) == {2, 3}


def test_a_formula_gives_the_value_it_had(book, read):
    path = book(HEADER, ("A", "甲", "=100+13", 34.1, 3))
    found = parts(path)
    name = "xl/worksheets/sheet1.xml"
    found[name] = found[name].replace(b"<f>100+13</f><v></v>", b"<f>100+13</f><v>113</v>")
    found[name] = found[name].replace(b"<f>100+13</f><v />", b"<f>100+13</f><v>113</v>")
    assert read(packed(path, found)).rows[0][1][2] == "113"


def test_a_cell_beside_the_header_refuses_its_row(book, read):
    table = read(book(HEADER, ("A", "甲", 113.1, 34.1, 3, "extra"), ("B", "乙", 113.2, 34.1, 3)))
    assert [fault.row for fault in table.faults] == [2]
    assert table.misfits[2][-1] == "extra"


def test_the_numbers_of_days_since_1904(book, read):
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    (sheet,) = made.worksheets
    sheet.append((*HEADER, "核实"))
    sheet.append(("A", "甲", 113.1, 34.1, 3, dt.date(2025, 3, 1)))
    path = book(HEADER)
    made.save(path)
    assert read(path).rows[0][1][5] == "2025-03-01"


def test_long_numbers_are_whole_or_seen_to_be_rounded(book, read):
    row = ("A", "甲", 116.3, 0.1 + 0.2, 4503599627370497, 410000000000000000, -12.0)
    table = read(book((*HEADER, "电话", "x"), row))
    assert table.rows[0][1][2:] == ("116.3", "0.3", "4503599627370497", "4.1e+17", "-12")


def test_moments_and_spans_of_time(book, read):
    values = (
        dt.datetime.combine(dt.date(2025, 3, 1), dt.time(8, 5)),
        dt.timedelta(hours=26, minutes=5),
        dt.time(7, 59, 59, 999_700),
    )
    table = read(book((*HEADER, "a", "b", "c"), ("A", "甲", 113.1, 34.1, 3, *values)))
    assert table.rows[0][1][5:] == ("2025-03-01 08:05", "26:05", "08:00")


def test_errors_in_another_sheet_are_its_own(book, read):
    def spoil(sheet):
        sheet.parent["附表"]["B2"] = "#REF!"

    table = read(book(HEADER, ("A", "甲", 113.1, 34.1, 3), change=spoil, sheets=("驿站", "附表")), sheet="驿站")
    assert (len(table.rows), table.faults) == (1, ())


def test_columns_with_colours_to_the_end_of_the_sheet_hold_nothing(book, read):
    def colour(sheet):
        sheet["XFD1048576"].font = Font(bold=True)

    assert len(read(book(HEADER, ("A", "甲", 113.1, 34.1, 3), change=colour)).rows) == 1


def test_xml_that_cannot_be_searched_is_told(book, read):
    path = book(HEADER, ("A", "甲", 113.1, 34.1, 3))
    found = parts(path)
    name = "xl/worksheets/sheet1.xml"
    found[name] = re.sub(rb'"', b"'", found[name])
    table = read(packed(path, found))
    assert len(table.rows) == 1
    assert "errors of formulas are read as empty" in table.doubts[0].message


# The other forms of workbooks.

ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="驿站">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def cell(value):
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if isinstance(value, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def test_an_open_document_is_read_whatever_its_name(read, tmp_path):
    rows = ((*HEADER, "核实"), ("007", "驿站甲", 113.305132, "34.80", 8.0, dt.date(2025, 3, 1)))
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    lines += (  # as every such file ends
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    found = {"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": ODS.format(rows=lines).encode()}
    table = read(packed(tmp_path / "list.xlsx", found), sheet="驿站")
    assert table.rows == ((2, ("007", "驿站甲", "113.305132", "34.80", "8", "2025-03-01")),)
    assert table.encoding == "ods"
    assert "errors of formulas are read as empty" in table.doubts[0].message


@pytest.mark.parametrize("form", ["xls", "xlsb"])
def test_old_and_binary_workbooks_go_to_the_same_reader(book, read, monkeypatch, form):
    path = book(HEADER, ("A", "甲", 113.1, 34.1, 3))
    whole = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))

    class Opened:
        @staticmethod
        def from_filelike(_):
            return whole

    monkeypatch.setattr(workbooks, "CalamineWorkbook", Opened)
    if form == "xls":
        path.write_bytes(OLD_OFFICE + b"\0" * 512)
    else:
        packed(path, {"[Content_Types].xml": b"", "xl/workbook.bin": b""})
    table = read(path, sheet="驿站")
    assert (table.encoding, table.rows) == (form, ((2, ("A", "甲", "113.1", "34.1", "3")),))


# What is refused as a whole.


def refuse(read, path, says):
    with pytest.raises(ImportRefused, match=says) as caught:
        read(path)
    assert path.name in str(caught.value)


def test_an_empty_sheet_and_a_header_alone(book, read):
    refuse(read, book(), "nothing in its sheet")
    refuse(read, book(HEADER), "a header and no rows")


def test_archives_that_are_no_workbooks(read, tmp_path):
    path = tmp_path / "list.xlsx"
    refuse(read, packed(path, {"readme.txt": b"x"}), "not an XLSX workbook")
    refuse(read, packed(path, {"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "damaged workbook")
    refuse(read, packed(path, {"[Content_Types].xml": b""}), "damaged workbook")


def test_a_workbook_that_unpacks_to_too_much(book, read, monkeypatch):
    path = book(HEADER, ("A", "甲", 113.1, 34.1, 3))
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    refuse(read, path, "unpacks to")


def test_a_cell_at_the_far_corner_is_refused_before_room_is_made_for_it(book, read):
    def far(place):
        return lambda sheet: sheet.__setitem__(place, "x")

    row = ("A", "甲", 113.1, 34.1, 3)
    refuse(read, book(HEADER, row, change=far("XFD1048576")), "column XFD")
    refuse(read, book(HEADER, row, change=far("ZZ1048576")), "more than 250000 rows")
    refuse(read, book(HEADER, row, change=far("ZZ200000")), "reaches to row 200000 and column ZZ")
    assert len(read(book(HEADER, row, ("B",) * 5, change=far("A200000"))).rows) == 3


def test_old_files_with_a_password_or_of_another_program(read, tmp_path):
    path = tmp_path / "list.xls"
    path.write_bytes(OLD_OFFICE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"))
    refuse(read, path, "with a password")
    path.write_bytes(OLD_OFFICE + b"\0" * 2000)
    refuse(read, path, "damaged workbook")


def test_entities_are_never_expanded(book, read):
    path = book(HEADER, ("A", "甲", 113.1, 34.1, 3))
    found = parts(path)
    name = "xl/worksheets/sheet1.xml"
    found[name] = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>' + found[name].partition(b"?>")[2]
    with pytest.raises(ImportRefused):
        read(packed(path, found))


def test_too_many_columns_and_merged_blocks_without_end(book, read, monkeypatch):
    path = book([f"c{n}" for n in range(1_001)], range(1_001))
    refuse(read, path, "1000 columns")
    path = book(HEADER, ("A",) * 5, change=lambda sheet: sheet.merge_cells("A2:E2"))
    found = parts(path)
    name = "xl/worksheets/sheet1.xml"
    found[name] = found[name].replace(b"A2:E2", b"A2:XFD1048576")
    assert len(read(packed(path, found)).rows) == 1
    monkeypatch.setattr(workbooks, "MAX_MERGED", 3)
    refuse(read, path, "merged cells")


def test_a_damaged_workbook_is_refused_or_read_never_worse(book, read):
    whole = book(HEADER, *((f"S{n}", "站", 113.1, 34.1, n) for n in range(20))).read_bytes()
    chance = random.Random(7)
    path = book(HEADER)
    for _ in range(60):
        data = bytearray(whole)
        if chance.random() < 0.3:
            data = data[: chance.randrange(4, len(data))]
        for _ in range(chance.randrange(1, 20)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            read(path)
        except ImportRefused as refusal:
            assert str(refusal)  # noqa: PT017  either way is right


def test_damage_inside_a_sheet_is_refused_or_read_never_worse(book, read):
    path = book(HEADER, *((f"S{n}", "站", 113.1, 34.1, n) for n in range(3)))
    found = parts(path)
    chance = random.Random(9)
    for _ in range(60):
        name = chance.choice([one for one in found if one.startswith("xl/") and "theme" not in one])
        data = bytearray(found[name])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(32, 127)
        broken = io.BytesIO()
        packed(broken, found | {name: bytes(data)})
        path.write_bytes(broken.getvalue())
        try:
            read(path)
        except ImportRefused as refusal:
            assert str(refusal)  # noqa: PT017  either way is right
