"""Lists as clerks send them: what goes in, what is asked, and every way a list is refused."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.datum import Datum, from_wgs84
from geodata.lonlat import LonLat, distance_m
from stations.errors import ImportRefused
from stations.exchange import tables
from stations.exchange.columns import Answers, UnknownColumns
from stations.exchange.proposal import derived_code, read_stations
from stations.registry.snapshot import Snapshot
from stations.standards import load_standards
from stations.station import AmenityState, Status

GOOD = ("code,name,lon,lat,datum", "A,驿站甲,116.30,28.30,wgs84", "B,驿站乙,116.31,28.31,wgs84")


@pytest.fixture
def read(taxonomy, shanghai):
    def stations_in(path, **options):
        return read_stations(path, taxonomy, shanghai, **options)

    return stations_in


@pytest.fixture
def refused(read):
    """Read a file that must be refused; give the faults as (row, column, message)."""

    def faults_of(path, **options):
        with pytest.raises(ImportRefused) as caught:
            read(path, **options)
        return [(fault.row, fault.column, fault.message) for fault in caught.value.faults], str(caught.value)

    return faults_of


def stations(proposal):
    return [row.station for row in proposal.rows]


def test_a_plain_list(read, csv_file):
    one, two = stations(read(csv_file(*GOOD)))
    assert (one.code, one.name, one.position) == ("A", "驿站甲", LonLat(116.30, 28.30))
    assert (two.kind, two.status, two.hours) == ("rest_station", Status.ACTIVE, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_spreadsheet_programs(read, csv_file, encoding, separator):
    proposal = read(csv_file(*(line.replace(",", separator) for line in GOOD), encoding=encoding))
    assert [station.name for station in stations(proposal)] == ["驿站甲", "驿站乙"]


def test_chinese_headers_and_words(read, csv_file):
    (station,) = stations(
        read(
            csv_file(
                "编号,站点名称,经度,纬度,坐标系,类型,依托场所,地址,营业时间,进入方式,服务对象,建筑面积,座位数,"
                "联系电话,负责人,微波炉,厕所,WiFi,更新",
                "A,驿站甲,116.3,28.3,WGS84,工会驿站,加油站,人民路1号,Mo-Fr 08:00-18:00,扫码；直接进入,"
                "环卫工人、司机,20㎡,８,0570-1,某人,有,附近,无,昨天",
            ),
            columns=Answers({"更新": "keep"}),
        )
    )
    assert (station.kind, station.host, station.address) == ("rest_station", "petrol_station", "人民路1号")
    assert station.access == ("qr_door", "walk_in")
    assert station.eligible == ("sanitation", "drivers")
    assert (station.area_m2, station.seats, station.phone, station.custodian) == (20.0, 8, "0570-1", "某人")
    assert station.amenities == {
        "microwave": AmenityState.YES,
        "toilet": AmenityState.NEARBY,
        "wifi": AmenityState.NO,
    }
    assert station.extra == {"更新": "昨天"}


def test_amenities_in_one_column_and_what_is_left_out_stays_unknown(read, csv_file):
    (station,) = stations(read(csv_file("code,name,lon,lat,amenities", "A,a,116.3,28.3,饮用水；Wi-Fi;toilet=nearby")))
    assert station.amenities == {
        "water": AmenityState.YES,
        "wifi": AmenityState.YES,
        "toilet": AmenityState.NEARBY,
    }
    assert station.amenity("aed") is AmenityState.UNKNOWN


def test_a_column_of_seats_may_say_yes_or_how_many(read, csv_file):
    some, many, none = stations(
        read(csv_file("code,name,lon,lat,seats", "A,a,116.3,28.3,yes", "B,b,116.4,28.3,12", "C,c,116.5,28.3,无"))
    )
    assert (some.amenity("seats"), some.seats) == (AmenityState.YES, None)
    assert (many.amenity("seats"), many.seats) == (AmenityState.YES, 12)
    assert (none.amenity("seats"), none.seats) == (AmenityState.NO, None)


def test_dates_and_seasons_as_people_write_them(read, csv_file):
    (station,) = stations(
        read(
            csv_file("code,name,lon,lat,hours_checked,season_from,season_to", "A,a,116.3,28.3,2025年3月1日,6月1日,9-30")
        )
    )
    assert station.hours_checked.isoformat() == "2025-03-01"
    assert station.season == "Jun 01-Sep 30"


def test_a_station_may_serve_on_given_dates(read, csv_file, make_station, shanghai):
    path = csv_file("code,name,lon,lat,服务日期", "A,a,116.3,28.3,2027年1月28日至2月1日", "B,b,116.4,28.3,")
    assert [one.season for one in stations(read(path))] == ["2027 Jan 28-2027 Feb 1", ""]
    # Who gives the one takes the other back: a season and dates say the same in two ways.
    summer = make_station("A", season_from="06-01", season_to="09-30")
    stall = make_station("B", dates="Sa[1]")
    known = Snapshot.build(1, [summer, stall], shanghai)
    assert [(one.season_from, one.dates) for one in read(path).onto(known)] == [
        ("", "2027 Jan 28-2027 Feb 1"),
        ("", ""),
    ]
    path = csv_file("code,name,lon,lat,season_from,season_to", "A,a,116.3,28.3,,", "B,b,116.4,28.3,06-01,09-30")
    assert [(one.season, one.dates) for one in read(path).onto(known)] == [("", ""), ("Jun 01-Sep 30", "")]
    for header, cell, why in (
        ("dates", "周一至周五 8:00-18:00", "more than dates"),
        ("dates,season_from,season_to", "Sa[1],06-01,09-30", "both"),
    ):
        with pytest.raises(ImportRefused) as refused:
            read(csv_file(f"code,name,lon,lat,{header}", f"A,a,116.3,28.3,{cell}"))
        assert why in str(refused.value.faults)


def test_a_header_that_nobody_knows_is_a_question(read, csv_file):
    path = csv_file("code,name,lon,lat,微波炉2,zzz", "A,a,116.3,28.3,有,x")
    with pytest.raises(UnknownColumns) as asked:
        read(path)
    (first, second) = asked.value.questions
    assert (first.header, first.guesses[0]) == ("微波炉2", "amenity:microwave")
    assert (second.header, second.guesses) == ("zzz", ())
    (station,) = stations(read(path, columns=Answers({"微波炉2": "微波炉", "zzz": "ignore"})))
    assert station.amenity("microwave") is AmenityState.YES
    assert dict(station.extra) == {}
    with pytest.raises(ImportRefused, match="no column “yyy”"):
        read(path, columns=Answers({"yyy": "keep"}))
    with pytest.raises(ImportRefused, match="no field of a station"):
        read(path, columns=Answers({"zzz": "colour"}))


def test_titles_above_the_header_are_left_out_and_told(read, csv_file):
    proposal = read(csv_file("某市工会驿站一览表,,,,", "填报单位：总工会,,2026年,,", *GOOD))
    assert [station.code for station in stations(proposal)] == ["A", "B"]
    assert [row.number for row in proposal.rows] == [4, 5]
    assert any("一览表" in doubt.message for doubt in proposal.doubts)


def test_inferred_columns_are_kept_and_never_taken(read, csv_file):
    proposal = read(
        csv_file("code,name,lon,lat,hours_inferred,amenities_inferred", "A,a,116.3,28.3,08:00-20:00,water;wifi")
    )
    (station,) = stations(proposal)
    assert (station.hours, dict(station.amenities)) == ("", {})
    assert proposal.kept == ("hours_inferred", "amenities_inferred")


@pytest.mark.parametrize("datum", Datum)
def test_positions_come_in_their_datum(read, csv_file, datum):
    true = LonLat(116.3, 28.3)
    lon, lat = (float(part[0]) for part in from_wgs84(np.array([true.lon]), np.array([true.lat]), datum))
    row = f"A,a,{lon!r},{lat!r}"
    for proposal in (
        read(csv_file("code,name,lon,lat", row), datum=datum),
        read(csv_file("code,name,lon,lat,datum", f"{row},{datum.value}"), datum=Datum.WGS84),
    ):
        (station,) = stations(proposal)
        assert distance_m(station.position, true) < 0.02
        assert station.source_datum is datum


def test_a_datum_in_the_header(read, csv_file):
    (station,) = stations(read(csv_file("code,name,经度(GCJ-02),纬度(GCJ-02)", "A,a,116.3,28.3")))
    assert station.source_datum is Datum.GCJ02


def test_a_list_without_a_datum_says_how_it_was_taken(read, csv_file):
    (doubt,) = read(csv_file("code,name,lon,lat", "A,a,116.3001,28.3001")).doubts
    assert "WGS-84" in doubt.message


def test_a_list_without_codes_gets_codes_that_stay(read, csv_file):
    lines = ("name,lon,lat,note", "甲,116.3,28.3,x", "乙,116.3,28.3,x", "甲,116.4,28.3,x")
    codes = [station.code for station in stations(read(csv_file(*lines)))]
    assert codes == [derived_code("甲", LonLat(116.3, 28.3)), *codes[1:]]
    assert len(set(codes)) == 3
    assert all(code.startswith("auto-") for code in codes)
    again = stations(read(csv_file(lines[0], *(line.replace(",x", ",y") for line in lines[:0:-1])), datum=Datum.GCJ02))
    assert sorted(station.code for station in again) == sorted(codes)


def test_a_station_without_a_name_is_called_by_what_it_is(read, csv_file):
    bank, other = stations(read(csv_file("ref,name,host,lon,lat", "n7,,bank,116.3,28.3", "n8,,,116.4,28.3")))
    assert (bank.name, other.name) == ("银行 n7", "工会驿站 n8")


def test_geojson(read, tmp_path):
    path = tmp_path / "list.geojson"
    feature = {
        "type": "Feature",
        "id": 12,
        "properties": {"name": "甲", "amenities": {"water": "no"}, "hours": None, "tags": ["a", "b"], "depth": 1.5},
        "geometry": {"type": "Point", "coordinates": [116.3, 28.3, 55]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8-sig")
    (station,) = stations(read(path, columns=Answers({}, keep_unknown=True)))
    assert (station.code, station.name, station.position) == ("12", "甲", LonLat(116.3, 28.3))
    assert station.amenity("water") is AmenityState.NO
    assert station.extra == {"tags": "a;b", "depth": "1.5"}


def test_only_columns_that_the_file_has_are_changed(read, csv_file, make_station, shanghai):
    before = make_station(
        "A",
        seats=4,
        hours="24/7",
        custodian="某人",
        amenities={"water": "yes", "aed": "yes"},
        extra={"old": "1", "tel": "2"},
    )
    snapshot = Snapshot.build(1, [before], shanghai)
    path = csv_file("code,name,lon,lat,hours,water,tel", "A,新名,116.3,28.3,,no,")
    (after,) = read(path, columns=Answers({"tel": "keep"})).onto(snapshot)
    assert (after.name, after.hours) == ("新名", "")
    assert (after.seats, after.custodian) == (4, "某人")
    assert after.amenities == {"aed": AmenityState.YES, "water": AmenityState.NO}
    assert after.extra == {"old": "1"}


def test_the_same_file_again_changes_nothing(read, csv_file, registry, noon):
    proposal = read(csv_file(*GOOD))
    facts = {"what": "import", "who": "tester", "at": noon}
    assert registry.write(proposal.onto, **facts).added == ("A", "B")
    again = registry.write(proposal.onto, **facts)
    assert (again.batch, again.unchanged) == (None, ("A", "B"))


# Every way to be refused.

REFUSED = [
    ("A,a,abc,28.3", "lon", "not a number"),
    ("A,a,,28.3", "lon", "It is empty"),
    ("A,a,116_3,28.3", "lon", "not a number"),
    ("A,a,nan,28.3", "lon", "not numbers"),
    ("A,a,inf,28.3", "lon", "not numbers"),
    ("A,a,0,0", "lon", "in the sea"),
    ("A,a,28.3,116.3", "lon", "swapped"),
    ("A,a,200,100", "lon", "not on Earth"),
    (",a,116.3,28.3", "code", "empty"),
    (f"{'A' * 65},a,116.3,28.3", "code", "64"),
    ("B,a,116.3,28.3", "code", "already stands in row 2"),
    ("A,a,116.3", "", "3 cells"),
    ("A,a,116.3,28.3,more", "", "5 cells"),
]


@pytest.mark.parametrize(("line", "column", "says"), REFUSED)
def test_a_row_that_is_refused_says_where_and_why(refused, csv_file, line, column, says):
    faults, _ = refused(csv_file("code,name,lon,lat", "B,b,116.31,28.31", line))
    assert [(row, header) for row, header, _ in faults] == [(3, column)]
    assert says in faults[0][2]


@pytest.mark.parametrize(
    ("header", "cell", "says"),
    [
        ("hours", "随缘开放", "随缘"),
        ("hours", "Mo-Fr 25:00-26:00", "25:00"),
        ("self_service_hours", "nights", "nights"),
        ("water", "perhaps", "not one of the states"),
        ("amenities", "water;sauna", "sauna"),
        ("host", "moon base", "bank (银行)"),
        ("kind", "castle", "rest_station"),
        ("status", "lost", "active"),
        ("access", "walk_in;window", "window"),
        ("eligible", "cats", "cats"),
        ("datum", "mars", "gcj02"),
        ("seat_count", "a few", "whole number"),
        ("area_m2", "big", "square metres"),
        ("area_m2", "-3", "greater than 0"),
        ("hours_checked", "yesterday", "2025-03-01"),
        ("hours_checked", "2025-02-30", "cannot be used"),
        ("season_from", "summer", "06-01"),
        ("season_from", "06-01", "last day"),
        ("township", "贵溪", "cannot be used"),
    ],
)
def test_a_cell_that_is_refused_says_what_was_expected(refused, csv_file, header, cell, says):
    faults, summary = refused(csv_file(f"code,name,lon,lat,{header}", f"A,a,116.3,28.3,{cell}"))
    assert len(faults) == 1
    assert faults[0][0] == 2
    assert faults[0][1] in {header, ""}
    assert says in faults[0][2]
    assert "Nothing was written" in summary


def test_all_faults_are_told_at_once(refused, csv_file):
    faults, summary = refused(
        csv_file(
            "code,name,lon,lat,hours,host", "A,a,x,28.3,随缘开放,castle", "A,b,116,28,,", "C,c,0,0,,", "D,,116,28,,"
        )
    )
    assert [(row, column) for row, column, _ in faults] == [
        (2, "lon"),
        (2, "hours"),
        (2, "host"),
        (3, "code"),
        (4, "lon"),
    ]
    assert "5 fault(s) in 3 row(s)" in summary


def test_one_position_with_its_axes_swapped_where_both_ways_are_on_earth(refused, csv_file):
    rows = [f"S{number},s,9.5{number},47.1{number}" for number in range(6)]
    faults, _ = refused(csv_file("code,name,lon,lat", *rows, "X,x,47.12,9.52"))
    assert [(row, "look swapped" in message) for row, _, message in faults] == [(8, True)]


def test_the_same_name_and_place_twice_without_codes(refused, csv_file):
    faults, _ = refused(csv_file("name,lon,lat", "甲,116.3,28.3", "甲,116.3,28.3"))
    assert "row 2" in faults[0][2]


def test_neither_code_nor_name(refused, csv_file):
    faults, _ = refused(csv_file("name,lon,lat", ",116.3,28.3"))
    assert [message for _, _, message in faults] == ["It has neither a name nor a code. Give it one."]


def test_broken_hours_may_be_kept_unread(read, csv_file, shanghai):
    path = csv_file("code,name,lon,lat,hours", "A,a,116.3,28.3,随缘开放")
    proposal = read(path, keep_unread_hours=True)
    (station,) = stations(proposal)
    assert station.hours == ""
    assert station.extra == {"opening_hours_unread": "随缘开放"}
    snapshot = Snapshot.build(1, [station], shanghai)
    (mended,) = read(csv_file("code,name,lon,lat,hours", "A,a,116.3,28.3,24/7")).onto(snapshot)
    assert (mended.hours, dict(mended.extra)) == ("24/7", {})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"code,name,lon,lat\n", "no rows"),
        (b"PK\x03\x04rest of a workbook", "damaged workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "damaged workbook"),
        (b"SQLite format 3\x00" + bytes(100), "not a GeoPackage"),
        ("code,name\n甲".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        ("code,name,lon,lat\nA,Rösle,9.5,47.1\n".encode("latin-1"), "line 2"),
        ("編號,名稱\n1,驛站在這裡".encode("big5"), "neither UTF-8"),
        (b"code,name,lon,lat\nA,\xff\xff,9.5,47.1\n", "neither UTF-8"),
        (b'code,name,lon,lat\nA,"open quote,9.5,47.1\n', "not a CSV file from row 2"),
        (b"code,name,,lat\nA,a,9.5,47.1\n", "no header"),
        (b"code,name,lon,lat,lat\nA,a,9.5,47.1,47\n", "two columns are called"),
        (b"code,name,x,lng,lat\nA,a,9.5,9.5,47.1\n", ""),
        (b"code,title\nA,a\n", "name, lon, lat"),
        (b"code,name,lat\nA,a,47\n", "Its columns are code, name, lat"),
        (b"just some words\nand more\n", "no column for"),
        (b"code,name,lon,lat,mystery\nA,a,9.5,47.1,x\n", r"1 column\(s\) are not known"),
        (b'{"type": "FeatureCollection", "features": [', "not whole JSON"),
        (b'{"type": "Feature"}', "not a GeoJSON FeatureCollection"),
        (b"[1, 2]", "not a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "without features"),
        (
            b'{"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:4547"}}, "features": [1]}',
            "another reference system",
        ),
    ],
)
def test_a_file_that_is_refused_as_a_whole(read, tmp_path, data, says):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    if not says:
        assert read(path).kept == ("x",)
        return
    with pytest.raises(ImportRefused, match=says) as caught:
        read(path)
    assert "list.csv" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    "geometry",
    [None, {"type": "Polygon", "coordinates": []}, {"type": "Point", "coordinates": [1]}, {"type": "Point"}, 5],
)
def test_a_feature_that_is_no_point(refused, tmp_path, geometry):
    path = tmp_path / "list.geojson"
    feature = {"type": "Feature", "properties": {"name": "a", "code": "A"}, "geometry": geometry}
    good = {"type": "Feature", "properties": {"name": "b"}, "geometry": {"type": "Point", "coordinates": [9.5, 47.1]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [good, feature]}))
    faults, _ = refused(path)
    assert (2, "geometry") in [(row, column) for row, column, _ in faults]


def test_a_missing_file_and_a_folder(read, tmp_path):
    with pytest.raises(ImportRefused, match="no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(ImportRefused, match="cannot be read"):
        read(tmp_path)


def test_a_file_that_is_too_large(read, csv_file, monkeypatch):
    path = csv_file(*GOOD)
    monkeypatch.setattr(tables, "MAX_ROWS", 1)
    with pytest.raises(ImportRefused, match="more than 1 rows"):
        read(path)
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    with pytest.raises(ImportRefused, match="MB"):
        read(path)


# Lists of real places.


def test_82_stations_of_zhengzhou_as_a_spreadsheet_saves_them(read, real_data):
    proposal = read(real_data / "stations" / "zhengzhou_82_gb18030.csv")
    assert (len(proposal.rows), proposal.encoding, proposal.kept) == (82, "gb18030", ("所属区县",))
    assert len({station.code for station in stations(proposal)}) == 82
    assert {station.source_datum for station in stations(proposal)} == {Datum.GCJ02}
    assert sum(bool(station.hours) for station in stations(proposal)) == 22
    first = stations(proposal)[0]
    assert first.hours == "24/7"
    assert first.extra == {"所属区县": "上街区"}
    assert 300 < distance_m(first.position, LonLat(113.305132, 34.803352)) < 700


def test_the_same_82_as_geojson_lie_where_the_spreadsheet_has_them(read, real_data):
    folder = real_data / "stations"
    sheet = stations(read(folder / "zhengzhou_82_gb18030.csv"))
    points = stations(read(folder / "zhengzhou_82_gcj02.geojson"))
    assert {(one.name, one.position, one.hours) for one in sheet} == {
        (one.name, one.position, one.hours) for one in points
    }
    assert not any(one.amenities for one in points)
    assert any("facilities_inferred" in one.extra for one in points)


@pytest.mark.parametrize(("name", "count", "with_hours"), [("liechtenstein", 68, 26), ("monaco", 53, 12)])
def test_hosts_of_small_countries(read, registry, noon, real_data, name, count, with_hours):
    proposal = read(real_data / "stations" / f"{name}_hosts.csv")
    registry.write(proposal.onto, what="import", who="tester", at=noon)
    snapshot = registry.snapshot()
    assert len(snapshot) == count
    assert sum(bool(station.hours) for station in snapshot.stations) == with_hours
    assert all(station.name for station in snapshot.stations)
    assert all(rule.state_at(datetime(2025, 3, 3, 10, tzinfo=UTC)) for rule in snapshot.rules)


# Round trip.

WORD = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1, max_size=12)
KEYS = ("water", "aed", "toilet")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    facts=st.lists(
        st.tuples(
            st.text("甲乙丙ABCabc012_-", min_size=1, max_size=12),
            WORD,
            st.floats(73.5, 134.9),
            st.floats(18.2, 53.4),
            st.lists(st.sampled_from(AmenityState), min_size=3, max_size=3),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda fact: fact[0],
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_is_written_to_a_list_is_read_from_it(read, tmp_path, facts, encoding):
    def quoted(cell):
        return '"' + str(cell).replace('"', '""') + '"'

    path = tmp_path / "list.csv"
    lines = [",".join(("code", "name", "lon", "lat", *KEYS))]
    lines += [",".join(map(quoted, (code, name, lon, lat, *states))) for code, name, lon, lat, states in facts]
    path.write_bytes("\n".join(lines).encode(encoding))
    for (code, name, lon, lat, states), station in zip(facts, stations(read(path)), strict=True):
        assert (station.code, station.name) == (code, name)
        assert abs(station.position.lon - lon) <= 6e-8
        assert abs(station.position.lat - lat) <= 6e-8
        assert [station.amenity(key) for key in KEYS] == states


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: ("code,name,lon,lat\n" + text).encode())
    )
)
def test_any_bytes_are_read_or_refused(read, tmp_path, data):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    try:
        read(path)
    except ImportRefused as refusal:
        assert str(refusal)  # noqa: PT017  either way is right


@pytest.mark.parametrize(
    "geometry",
    [None, 1, {"type": "Polygon", "coordinates": [[[116.3, 28.3], [116.4, 28.3], [116.4, 28.4], [116.3, 28.3]]]}],
)
def test_a_file_without_one_point_says_that_it_is_the_geometry(refused, tmp_path, geometry):
    features = [{"type": "Feature", "geometry": geometry, "properties": {"name": "甲"}}]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    faults, said = refused(path)
    assert "none of its 1 feature(s) is a point" in said
    assert [(row, column) for row, column, _ in faults] == [(1, "geometry")]


def test_columns_that_standards_read_are_kept_unasked(csv_file, taxonomy, shanghai):
    needs = [
        need
        for standard in load_standards(taxonomy).values()
        for level in standard.levels
        for item in level.items
        for one in item.needs
        for need in (one, *(one.any or ()))
    ]
    headers = sorted({header for need in needs for header in need.kept or ()})
    assert "管理制度" in headers
    row = ",".join(["有"] * len(headers))
    proposal = read_stations(
        csv_file(f"code,name,lon,lat,{','.join(headers)}", f"A,甲,116.31,28.31,{row}"), taxonomy, shanghai
    )
    assert sorted(proposal.kept) == headers
