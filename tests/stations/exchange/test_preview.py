"""What an import would do, row by row; who decides of twins; and refused rows that are sent again."""

import json

import pytest

from geodata.datum import Datum
from stations.errors import ImportRefused
from stations.exchange.preview import ALSO_CODED, Answer, Decision, Verdict, preview
from stations.exchange.proposal import read_stations
from stations.exchange.reports import read_decisions, said, to_csv, to_json, write_rejects, write_report
from stations.exchange.tables import REASONS
from stations.registry.differences import Words
from stations.registry.snapshot import Snapshot

HEADER = "code,name,lon,lat,datum,hours"
ENGLISH = Words.load("en")
KNOWN = "A,人民路郑州银行驿站,116.312345,28.312345,wgs84,24/7"
TWIN = "X9,郑州银行人民路驿站,116.312400,28.312400,wgs84,24/7"


@pytest.fixture
def read(taxonomy, shanghai):
    return lambda path, **options: read_stations(path, taxonomy, shanghai, keep_refused=True, **options)


@pytest.fixture
def taken(registry, noon, read, csv_file):
    """Take a list in, with decisions, and give the preview it was."""

    def take(*lines, header=HEADER, **options):
        found = preview(read(csv_file(header, *lines)), registry.snapshot(), **options)
        refusal = found.refusal()
        if refusal:
            raise refusal
        registry.write(lambda _: found.stations, what="import", who="tester", at=noon)
        return found

    return take


def verdicts(found):
    return [(row.number, row.verdict.value) for row in found.rows]


def test_each_row_is_new_changed_unchanged_or_refused(read, csv_file, make_station, shanghai):
    known = [make_station("A", hours="24/7"), make_station("B", name="乙", source_datum="wgs84")]
    path = csv_file(
        "code,name,lon,lat,hours",
        "A,新名,116.3,28.3,24/7",
        "B,乙,116.3,28.3,",
        "C,丙丙,117.9,28.9,24/7",
        "D,丁,116.3,28.3,随缘",
    )
    found = preview(read(path), Snapshot.build(7, known, shanghai))
    assert verdicts(found) == [(2, "changed"), (3, "unchanged"), (4, "new"), (5, "refused")]
    report = json.loads(to_json(found, ENGLISH))
    assert report["totals"] == {"new": 1, "changed": 1, "unchanged": 1, "refused": 1, "duplicate": 0, "skipped": 0}
    assert report["revision"] == 7
    (difference,) = report["rows"][0]["differences"]
    assert (difference["field"], difference["before"], difference["after"]) == ("name", "驿站 A", "新名")
    assert report["rows"][3]["reasons"][0]["column"] == "hours"
    assert (report["rows"][3]["code"], report["rows"][3]["name"]) == ("D", "丁")
    assert [station.code for station in found.stations] == ["A", "B", "C"]
    assert found.refusal() is not None
    assert found.refusal(skip_refused=True) is None


def test_a_twin_is_asked_about_and_nothing_goes_in_until_it_is_decided(taken):
    taken(KNOWN)
    with pytest.raises(ImportRefused) as caught:
        taken(TWIN)
    (fault,) = caught.value.faults
    assert fault.row == 2
    assert "may be A “人民路郑州银行驿站”" in fault.message


def test_said_to_be_the_same_it_is_that_station_and_is_not_asked_again(taken, registry):
    taken(KNOWN)
    found = taken(TWIN.replace("24/7", "Mo-Fr 08:00-18:00"), decisions={2: Decision(Answer.SAME, "A")})
    assert [(row.code, row.verdict) for row in found.rows] == [("A", Verdict.CHANGED)]
    station = registry.snapshot().find("A")
    assert (station.name, station.hours, station.extra[ALSO_CODED]) == ("郑州银行人民路驿站", "Mo-Fr 08:00-18:00", "X9")
    again = taken(TWIN.replace("24/7", "Mo-Fr 08:00-18:00"))
    assert verdicts(again) == [(2, "unchanged")]
    assert len(registry.snapshot()) == 1


def test_said_to_be_another_it_goes_in_and_is_not_asked_again(taken, registry):
    taken(KNOWN)
    taken(TWIN, decisions={2: Decision(Answer.NEW)})
    assert registry.snapshot().codes == ("A", "X9")
    assert verdicts(taken(TWIN)) == [(2, "unchanged")]


def test_skipped_it_stays_out_and_the_others_go_in(taken, registry):
    taken(KNOWN)
    other = "Z,江边渔家棚,116.91,28.91,wgs84,"
    assert verdicts(taken(TWIN, other, decisions={2: Decision(Answer.SKIP)})) == [(2, "skipped"), (3, "new")]
    assert registry.snapshot().codes == ("A", "Z")


def test_all_twins_may_be_taken(taken, registry):
    taken(KNOWN)
    taken(TWIN, take_duplicates=True)
    assert len(registry.snapshot()) == 2


def test_two_rows_of_one_file_that_are_one_station(taken, registry):
    found = taken(KNOWN, TWIN, decisions={3: Decision(Answer.SAME, "A")})
    assert verdicts(found) == [(2, "new"), (3, "skipped")]
    assert registry.snapshot().find("A").extra[ALSO_CODED] == "X9"
    assert verdicts(taken(KNOWN, TWIN)) == [(2, "unchanged"), (3, "skipped")]


def test_decisions_for_another_row_or_station_are_refused(read, csv_file, registry):
    proposal = read(csv_file(HEADER, KNOWN))
    for decisions, says in (
        ({9: Decision(Answer.NEW)}, "has no station there"),
        ({2: Decision(Answer.NEW, "", "B")}, "was made for station B, and A stands there"),
        ({2: Decision(Answer.SAME, "Q")}, "station Q, which is neither"),
    ):
        with pytest.raises(ImportRefused, match=says):
            preview(proposal, registry.snapshot(), decisions=decisions)


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_a_report_is_decided_in_and_given_back(taken, read, registry, csv_file, tmp_path, ending):
    taken(KNOWN)
    found = preview(read(csv_file(HEADER, TWIN)), registry.snapshot())
    path = tmp_path / f"report{ending}"
    write_report(path, found, ENGLISH)
    assert dict(read_decisions(path)) == {}
    if ending == ".json":
        path.write_bytes(path.read_bytes().replace(b'"decision": null', b'"decision": "same=A"'))
    else:
        path.write_bytes(path.read_bytes().rstrip(b"\r\n") + "同一=A\r\n".encode())
    assert dict(read_decisions(path)) == {2: Decision(Answer.SAME, "A", "X9")}


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"rows": [1]}', b"\xff", b"a,b\n1,2\n", b"row,decision\n2,perhaps\n"])
@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_what_is_no_report_is_refused(tmp_path, data, ending):
    path = tmp_path / f"report{ending}"
    path.write_bytes(data)
    with pytest.raises(ImportRefused):
        read_decisions(path)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_refused_rows_come_with_their_reasons_and_corrected_go_in(taken, read, registry, csv_file, tmp_path, ending):
    lines = ("007,=1+1,x,28.3,wgs84,24/7", KNOWN, "B,乙,116.312345,28.1,wgs84,随缘", "C,丙")
    found = preview(read(csv_file(HEADER, *lines)), registry.snapshot())
    path = tmp_path / f"rejects{ending}"
    write_rejects(path, found)
    again = read(path)
    assert again.left_out == (REASONS,)
    assert [cells[1:4] for _, cells in again.table.rows] == [
        ("007", "=1+1", "x"),
        ("B", "乙", "116.312345"),
        ("C", "丙", ""),
    ]
    reasons = [cells[0] for _, cells in again.table.rows]
    assert "not a number" in reasons[0]
    assert "随缘" in reasons[1]
    assert "2 cells" in reasons[2]


def test_refused_rows_keep_the_datum_that_was_said_of_them(read, csv_file, registry, tmp_path):
    lines = ("A,甲,x,28.3", "B,乙,116.3,y")
    said = preview(read(csv_file("code,name,lon,lat", *lines), datum=Datum.GCJ02), registry.snapshot())
    path = tmp_path / "rejects.csv"
    write_rejects(path, said)
    path.write_bytes(path.read_bytes().replace(b",x,", b",116.3,").replace(b",y,", b",28.4,"))
    again = read(path)
    assert {row.station.source_datum for row in again.rows} == {Datum.GCJ02}
    assert len(again.rows) == 2
    unsaid = preview(read(csv_file("code,name,lon,lat", *lines)), registry.snapshot())
    write_rejects(path, unsaid)
    assert "坐标系" not in path.read_text(encoding="utf-8")


def test_a_change_is_told_fact_by_fact(read, csv_file, make_station, shanghai):
    known = [make_station("A", amenities={"water": "yes", "microwave": "no"}, source_datum="wgs84")]
    path = csv_file("code,name,lon,lat,微波炉,note", 'A,驿站 A,116.3,28.3,有,"一\n二"')
    (row,) = preview(read(path), Snapshot.build(7, known, shanghai)).rows
    assert said(row, ENGLISH) == "Amenities, Microwave: No → Yes; Note: — → 一 / 二"
    assert said(row, Words.load("zh")).startswith("设施·微波炉：无 → 有")


def test_a_report_has_no_cell_that_is_a_formula(read, csv_file, registry):
    found = preview(read(csv_file(HEADER, "A,=cmd(),116.312345,28.1,wgs84,")), registry.snapshot())
    assert b"'=cmd()" in to_csv(found, ENGLISH)


def test_a_report_of_another_form_or_in_no_folder_is_refused(read, csv_file, registry, tmp_path):
    found = preview(read(csv_file(HEADER, KNOWN)), registry.snapshot())
    with pytest.raises(ImportRefused, match="must end in"):
        write_report(tmp_path / "report.docx", found, ENGLISH)
    with pytest.raises(ImportRefused, match="cannot be written"):
        write_rejects(tmp_path / "nowhere" / "rejects.csv", found)
