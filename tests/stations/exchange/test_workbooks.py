"""Workbooks as offices keep them: titles, merged cells, several sheets, formulas, and damaged ones."""

import datetime as dt
import io
import random
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from stations.errors import ImportRefused
from stations.exchange import workbooks
from stations.exchange.columns import Columns
from stations.exchange.sources import Part, read_table

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
    refuse(read, packed(path, {"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "binary workbook")
    refuse(read, packed(path, {"[Content_Types].xml": b""}), "damaged workbook")


def test_a_workbook_that_unpacks_to_too_much(book, read, monkeypatch):
    path = book(HEADER, ("A", "甲", 113.1, 34.1, 3))
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    refuse(read, path, "unpacks to")


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
