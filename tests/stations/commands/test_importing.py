"""At the command line: a clerk takes in a list, asks first what it would do, and decides what is asked."""

import csv
import json
import re
import threading

import openpyxl
import pytest
from click.testing import CliRunner

from stations.commands.stations import station_commands

LINES = (
    "code,name,lon,lat,datum,host,hours",
    "A,驿站 [甲],116.301234,28.301234,wgs84,bank,Mo-Fr 08:00-18:00",
    "B,图书馆小屋,116.411234,28.311234,wgs84,library,",
)
TWIN = "X,驿站甲,116.301240,28.301240,wgs84,bank,"


@pytest.fixture
def run(registry, shanghai):
    def invoke(*arguments, **options):
        group = station_commands(lambda: registry, shanghai)
        words = ["import", *(str(argument) for argument in arguments)]
        return CliRunner().invoke(group, words, env={"USER": "clerk"}, **options)

    return invoke


@pytest.fixture
def taken_in(run, csv_file):
    result = run(csv_file(*LINES))
    assert result.exit_code == 0, result.output
    return result


def test_import_says_what_it_did(taken_in, registry):
    assert "2 new, 0 changed, 0 unchanged. Batch 1, revision 2." in taken_in.output
    assert registry.history("A")[0].batch.who == "clerk"
    assert registry.history("A")[0].batch.source == "list.csv"


def test_the_same_file_again_changes_nothing(taken_in, run, csv_file, registry):
    result = run(csv_file(*LINES))
    assert "0 new, 0 changed, 2 unchanged. Nothing to write." in result.output
    assert registry.snapshot().revision == 2


def test_a_dry_run_tells_each_row_and_changes_nothing(taken_in, run, csv_file, registry):
    changed = LINES[1].replace("bank", "library")
    result = run(csv_file(LINES[0], changed, LINES[2], "C,江边渔家棚,116.911234,28.911234,wgs84,,"), "--dry-run")
    assert result.exit_code == 0
    assert "1 new, 1 changed, 1 unchanged. Dry run: nothing was written." in result.output
    assert ": Bank → Library" in result.output
    assert "依托场所：银行 → 图书馆" in run(csv_file(LINES[0], changed), "--dry-run", "--language", "zh").output
    assert registry.snapshot().revision == 2


def test_a_refused_file_lists_its_faults_and_fails(run, csv_file, registry):
    result = run(csv_file("code,name,lon,lat,hours", "A,a,0,0,随缘", "A,b,x,28.3,"))
    assert result.exit_code == 1
    assert "row 2, lon: Its position is 0,0" in result.output
    assert "row 2, hours:" in result.output
    assert "row 3, lon: “x” is not a number" in result.output
    assert "row 3, code: Code A already stands in row 2" in result.output
    assert "Nothing was written" in result.output
    assert "Traceback" not in result.output
    assert registry.snapshot().revision == 0


def test_a_dry_run_of_a_file_that_would_be_refused_fails_too(run, csv_file):
    result = run(csv_file("code,name,lon,lat", "A,a,x,28.3"), "--dry-run")
    assert result.exit_code == 1
    assert "1 refused. Dry run" in result.output
    assert "--rejects FILE.xlsx" in result.output


def test_many_faults_are_counted(run, csv_file):
    result = run(csv_file("code,name,lon,lat", *(f"S{number},s,x,1" for number in range(80))))
    assert "and 30 more." in result.output


def test_the_rows_that_are_right_go_in_when_asked_and_the_others_come_back(run, csv_file, registry, tmp_path):
    path = csv_file(*LINES, "C,丙,x,28.3,wgs84,,")
    rejects = tmp_path / "rejects.xlsx"
    refused = run(path, "--skip-refused")
    assert (refused.exit_code, registry.snapshot().revision) == (2, 0)
    assert "needs --rejects" in refused.output
    result = run(path, "--skip-refused", "--rejects", rejects)
    assert "2 new, 0 changed, 0 unchanged, 1 refused. Batch 1, revision 2." in result.output
    book = openpyxl.load_workbook(rejects)
    (sheet,) = book.worksheets
    assert [cell.value for cell in sheet[1]][:3] == ["拒绝原因", "code", "name"]
    sheet["D2"] = "116.701234"
    book.save(rejects)
    assert "1 new" in run(rejects).output
    assert registry.snapshot().codes == ("A", "B", "C")


def test_an_unknown_column_is_asked_with_how_to_answer(run, csv_file, registry):
    path = csv_file(LINES[0] + ",微波炉2,colour", LINES[1] + ",有,red")
    result = run(path)
    assert result.exit_code == 1
    assert "--column '微波炉2=amenity:microwave'" in result.output
    assert "--column 'colour=keep'" in result.output
    assert registry.snapshot().revision == 0
    assert run(path, "--column", "微波炉2=微波炉", "--column", "colour=ignore").exit_code == 0
    assert registry.snapshot().find("A").extra == {}
    assert "Kept unread: 微波炉2, colour" in run(path, "--keep-unknown").output
    assert run(path, "--column", "colour").exit_code == 1


def test_at_a_terminal_an_unknown_column_is_asked_for(run, csv_file, registry, monkeypatch):
    monkeypatch.setattr("stations.commands.importing._at_terminal", lambda: True)
    path = csv_file(LINES[0] + ",微波炉2,colour", LINES[1] + ",有,red")
    result = run(path, input="\nkeep\n")
    assert result.exit_code == 0, result.output
    assert registry.snapshot().find("A").extra == {"colour": "red"}
    assert registry.snapshot().find("A").amenity("microwave") == "yes"


def test_twins_are_decided_row_by_row(taken_in, run, csv_file, registry, tmp_path):
    path = csv_file(LINES[0], TWIN)
    refused = run(path)
    assert refused.exit_code == 1
    assert "row 2: “驿站甲” may be A “驿站 [甲]”, 1 m away." in refused.output
    assert "--same 2=A" in refused.output
    assert "--distinct 2" in refused.output
    report = tmp_path / "report.json"
    assert "like A 驿站 [甲], 1 m" in run(path, "--dry-run", "--report", report).output
    found = json.loads(report.read_bytes())
    found["rows"][0]["decision"] = "same"
    report.write_text(json.dumps(found))
    assert run(path, "--decisions", report).exit_code == 0
    assert registry.snapshot().codes == ("A", "B")
    assert "1 unchanged. Nothing to write." in run(path).output


@pytest.mark.parametrize("said", [("--distinct", "2"), ("--take-duplicates",)])
def test_twins_may_be_two_stations(taken_in, run, csv_file, registry, said):
    assert run(csv_file(LINES[0], TWIN), *said).exit_code == 0
    assert registry.snapshot().codes == ("A", "B", "X")


def test_same_names_the_station(taken_in, run, csv_file, registry):
    path = csv_file(LINES[0], TWIN)
    assert run(path, "--same", "2").exit_code == 1
    assert run(path, "--same", "2=A").exit_code == 0
    assert registry.snapshot().codes == ("A", "B")


def test_what_another_writes_between_looking_and_taking_in_is_seen(run, csv_file, registry, noon, make_station):
    looked = threading.Event()
    original = registry.write

    def write(change, **facts):
        if not looked.is_set():
            looked.set()
            original(lambda _: [make_station("A", name="别人写的")], what="edit", who="other", at=noon)
        return original(change, **facts)

    registry.write = write
    result = run(csv_file(*LINES))
    assert "1 new, 1 changed" in result.output


def test_hours_that_cannot_be_read_go_in_when_asked(run, csv_file, registry):
    path = csv_file("name,lon,lat,开放时间", "甲,113.301234,34.801234,随缘开放", encoding="gb18030")
    assert run(path).exit_code == 1
    assert run(path, "--keep-unread-hours", "--datum", "gcj02").exit_code == 0
    (station,) = registry.snapshot().stations
    assert station.extra["opening_hours_unread"] == "随缘开放"
    assert station.source_datum == "gcj02"


def test_a_file_that_is_not_there(run, tmp_path):
    result = run(tmp_path / "nothing.csv")
    assert (result.exit_code, result.output) == (1, "Error: There is no file nothing.csv.\n")


def test_an_unknown_datum_is_a_usage_error(run, csv_file):
    assert run(csv_file(*LINES), "--datum", "mars").exit_code == 2


def test_82_stations_go_in_as_they_are(run, registry, real_data):
    result = run(real_data / "stations" / "zhengzhou_82_gb18030.csv", "--take-duplicates")
    assert "82 new" in result.output, result.output


WRONG = (
    "编号,名称,经度,纬度,开放时间,依托场所,面积,公共服务,核实日期",
    "A,甲,0,0,,,,,",
    "A,乙,x,28.3,,,,,",
    "C,丙,116.3,28.3,随缘,,,,",
    "D,丁,116.3,28.3,,火星,,,",
    "E/1,戊,116.3,28.3,,,,,",
    "F,己,116.3,28.3,,,-1,,",
    ",庚,116.3,28.3,,,,,",
    "H,辛,28°18'N,116.3,,,,,",
    f"I,{'长' * 201},116.3,28.3,,,,,",
)
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def test_a_clerk_reads_chinese_reasons(run, csv_file, tmp_path):
    rejects, report = tmp_path / "rejects.csv", tmp_path / "report.json"
    answer = ("--language", "zh", "--keep-unknown", "--dry-run", "--report", report, "--rejects", rejects)
    result = run(csv_file(*WRONG), *answer)
    assert result.exit_code == 1
    assert not ENGLISH.search(result.output), result.output
    with rejects.open(encoding="utf-8-sig", newline="") as source:
        reasons = [row["拒绝原因"] for row in csv.DictReader(source)]
    assert len(reasons) == 9
    assert all(re.search("[\u4e00-\u9fff]", reason) for reason in reasons)
    assert not [reason for reason in reasons if ENGLISH.search(reason)]
    assert "编号不能含有 /" in reasons[4]
    assert "纬度，却写在经度列" in reasons[7]
    assert "最多 200 个字" in reasons[8]
    rows = json.loads(report.read_bytes())["rows"]
    assert rows[0]["reasons"][0]["message"].startswith("位置是 0,0")
    again = run(rejects, "--language", "zh", "--keep-unknown", "--dry-run")
    assert "拒绝 9" in again.output


def test_a_column_is_asked_for_in_chinese(run, csv_file):
    result = run(csv_file("编号,名称,经度,纬度,坐标系,奇怪的列", "A,甲,116.3,28.3,wgs84,x"), "--language", "zh")
    assert result.exit_code == 1
    assert "不认识这一列" in result.output
    assert "请说明每一列是什么" in result.output
