"""Stations as files: whatever is written comes back as it was, and nothing in it runs."""

import datetime as dt
import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stations.exchange.columns import Columns
from stations.exchange.formulas import guarded, kept_as_text, unguarded
from stations.exchange.listing import Listing, Words
from stations.exchange.picking import Pick, pick_stations
from stations.exchange.proposal import read_stations
from stations.exchange.sheetrows import TooLongError
from stations.exchange.writing import ExportRefused, Form, Order, form_of, write_stations, write_stream
from stations.registry.snapshot import Snapshot
from stations.station import PRIVATE_FIELDS, StationReader
from stations.taxonomy import Taxonomy

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAXONOMY = Taxonomy.load()
READER = StationReader()

TEXTS = st.text(alphabet="驿站甲乙 =+-@'\"_x0041;；,、:：<&>1\n２ａ＝%()[]{}\t", max_size=12).map(str.strip)
LINES = TEXTS.map(lambda text: " ".join(text.split()))
CODES = st.text(alphabet="甲A-=+1.0@' ", min_size=1, max_size=8).map(
    lambda text: " ".join(text.split()).strip(".") or "A"
)
OTHER_COLUMNS = st.sampled_from(["更新", "联系电话", "名称", "=1", " ", "a\nb", "\0"])


def keys(vocabulary, **size):
    return st.lists(st.sampled_from(list(vocabulary.terms)), unique=True, **size)


STATIONS = st.fixed_dictionaries(
    {
        "name": LINES.filter(bool),
        "position": st.tuples(st.floats(0.1, 179), st.floats(-89, -0.1)).map(
            lambda place: {"lon": round(place[0], 7), "lat": round(place[1], 7)}
        ),
    },
    optional={
        "name_en": LINES,
        "kind": st.sampled_from(["", *TAXONOMY.kinds.terms]),
        "host": st.sampled_from(["", *TAXONOMY.hosts.terms]),
        "host_name": LINES,
        "source_datum": st.sampled_from(["wgs84", "gcj02", "bd09"]),
        "address": TEXTS,
        "township": st.sampled_from(["", "360481001", "360481001001"]),
        "built_by": st.sampled_from(["", *TAXONOMY.built_by.terms]),
        "hours": st.sampled_from(["", "24/7", "Mo-Fr 08:00-12:00,13:00-17:30", "Mo-Su 22:00-06:00; PH closed"]),
        "self_service_hours": st.sampled_from(["", "24/7"]),
        "closures": st.lists(
            st.builds(
                lambda first, days, reason: {"first": first, "last": first + dt.timedelta(days), "reason": reason},
                st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
                st.integers(0, 400),
                LINES,
            ),
            max_size=2,
        ),
        "access": keys(TAXONOMY.access, max_size=3),
        "eligible": keys(TAXONOMY.eligible, max_size=3),
        "amenities": st.dictionaries(
            st.sampled_from(list(TAXONOMY.amenities.terms)), st.sampled_from(["yes", "no", "nearby"]), max_size=4
        ),
        "amenity_notes": st.dictionaries(st.sampled_from(list(TAXONOMY.amenities.terms)), TEXTS, max_size=2),
        "services": st.lists(
            st.fixed_dictionaries(
                {"key": st.sampled_from(list(TAXONOMY.services.terms))},
                optional={
                    "name": LINES,
                    "price_yuan": st.integers(0, 9999).map(lambda fen: fen / 100),
                    "eligible": keys(TAXONOMY.eligible, max_size=2),
                    "hours": st.sampled_from(["", "Mo-Fr 06:00-08:30"]),
                    "note": TEXTS,
                },
            ),
            max_size=2,
        ),
        "photos": st.lists(
            st.fixed_dictionaries(
                {"file": st.sampled_from(["a1.jpg", "b-2"])},
                optional={"caption": LINES, "taken": st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))},
            ),
            max_size=2,
        ),
        "note": TEXTS,
        "seats": st.integers(0, 10_000),
        "area_m2": st.floats(0.1, 1e5).map(lambda area: round(area, 2)),
        "phone": LINES,
        "custodian": LINES,
        "status": st.sampled_from(["planned", "active", "retired"]),
        "position_checked": st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
        "amenities_checked": st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
        "extra": st.dictionaries(OTHER_COLUMNS, st.text(max_size=8), max_size=4),
    },
)


@st.composite
def registries(draw):
    codes = draw(st.lists(CODES, min_size=1, max_size=3, unique=True))
    found = [READER.read({"code": code} | draw(STATIONS)) for code in sorted(codes)]
    return [station for station in found if not isinstance(station, list)]


@pytest.fixture
def written(tmp_path):
    def write(stations, form, *, name="", replace=False, **options):
        path = tmp_path / (name or f"list.{form}")
        write_stations(path, lambda: stations, Order(Form(form), 7, AT, **options), TAXONOMY, replace=replace)
        return path

    return write


@pytest.mark.parametrize("form", list(Form))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(stations=registries(), words=st.sampled_from([None, *Words]))
def test_a_full_list_comes_back_as_it_was(written, shanghai, form, stations, words):
    if stations:
        path = written(stations, form, full=True, words=words, replace=True)
        back = [row.station.to_record() for row in read_stations(path, TAXONOMY, shanghai).rows]
        assert back == [station.to_record() for station in stations]


@pytest.mark.parametrize("form", list(Form))
def test_the_same_list_gives_the_same_bytes(written, make_station, form):
    some = [make_station("A", amenities={"water": "yes"}), make_station("B", seats=3)]
    assert written(some, form, name=f"1.{form}").read_bytes() == written(some, form, name=f"2.{form}").read_bytes()


@pytest.mark.parametrize("form", list(Form))
def test_what_is_private_is_in_a_full_list_only(written, make_station, form):
    secret = make_station("A", custodian="王某", township_declared="某镇", extra={"手机": "138"})
    public, full = written([secret], form, name=f"p.{form}"), written([secret], form, name=f"f.{form}", full=True)
    for word in ("王某", "某镇", "手机", "138"):
        assert word not in text_in(public)
        assert word in text_in(full)


@pytest.mark.parametrize("words", list(Words))
@pytest.mark.parametrize("form", list(Form))
def test_a_public_list_that_comes_back_changes_nothing_of_what_it_leaves_out(
    written, make_station, shanghai, form, words
):
    known = make_station("A", custodian="王某", township="410102001", township_declared="桃村镇", extra={"手机": "138"})
    (row,) = read_stations(written([known], form, words=words), TAXONOMY, shanghai).rows
    assert row.onto(known) == known


def text_in(path):
    """Everything that a file says."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(part).decode() for part in book.namelist())
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("words", list(Words))
def test_every_header_is_one_that_an_import_knows(make_station, words):
    some = make_station(
        amenities=dict.fromkeys(TAXONOMY.amenities.terms, "yes"), extra={"更新": "x", "名称": "y", "": "z"}
    )
    columns = Columns.load()
    for column in Listing.of([some], TAXONOMY, full=True, words=words).columns:
        place = columns._place(column.header, TAXONOMY)
        assert place is not None, column.header
        expected = "keep" if column.field.startswith("extra:") else column.field
        assert place[0] == expected


@given(st.text())
@example("'=1")
@example("''")
def test_no_text_runs_and_every_text_comes_back(text):
    safe = guarded(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert unguarded(safe) == text
    assert unguarded(kept_as_text(safe).rstrip("\t")) == text.rstrip("\t") or text.endswith("\t")


def test_a_spreadsheet_finds_no_formula_in_a_csv_and_keeps_its_digits(written, make_station):
    some = make_station("007", name="=cmd|' /C calc'!A1", phone="+86 570 1", hours="24/7", note="-1")
    lines = written([some], "csv").read_bytes()
    assert lines.startswith("\ufeff编号,站点名称".encode())
    assert lines.count(b"\r\n") == 2
    row = lines.decode("utf-8-sig").split("\r\n")[1].split(",")
    assert row[:2] == ["007\t", "'=cmd|' /C calc'!A1"]
    assert row[5:7] == ["116.3", "28.3"]
    assert "24/7\t" in row
    assert "'+86 570 1" in row
    assert "'-1" in row


def test_for_programs_only_formulas_are_kept_from_running(written, make_station):
    text = written([make_station("007", phone="=1")], "csv", words=Words.KEY).read_text(encoding="utf-8-sig")
    assert text.startswith("code,name,")
    assert "007," in text
    assert ",'=1," in text


def test_a_workbook_as_a_spreadsheet_program_sees_it(written, make_station):
    some = make_station(
        "007", name="=1+1", seats=8, area_m2=20.5, hours_checked="2026-01-02", amenities={"toilet": "nearby"}
    )
    book = openpyxl.load_workbook(written([some], "xlsx", picked="status=active"))
    sheet, about = book.worksheets
    head = [cell.value for cell in sheet[1]]
    cells = dict(zip(head, sheet[2], strict=True))
    assert (cells["编号"].value, cells["编号"].data_type) == ("007", "s")
    assert (cells["站点名称"].value, cells["站点名称"].data_type) == ("=1+1", "s")
    assert (cells["经度"].value, cells["座位数"].value, cells["面积"].value) == (116.3, 8, 20.5)
    assert cells["时间核实日期"].value == datetime(2026, 1, 2)  # noqa: DTZ001  a cell has no zone
    assert cells["厕所"].value == "附近有"
    assert sheet.freeze_panes == "C2"
    offers = {offer.formula1 for offer in sheet.data_validations.dataValidation}
    assert '"有,无,附近有"' in offers
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert (said["修订号"], said["筛选条件"]) == ("7", "status=active")
    assert "WGS-84" in str(said["坐标基准"])


def test_a_workbook_refuses_a_text_that_no_cell_holds(written, make_station, tmp_path):
    long = make_station("A", extra={"a": "x" * 32_767, "b": "\0" * 6_000})
    with pytest.raises(TooLongError, match="Write CSV"):
        written([long], "xlsx", full=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["_x000D_", "a_x0041_b", "_x005F_x000D_", "'=1", "''-", "=_x0041_", "\n'@"])
def test_a_text_that_a_workbook_might_take_for_another_comes_back(written, make_station, shanghai, text):
    some = make_station("A", note=text, extra={text.strip(): text.strip()})
    (row,) = read_stations(written([some], "xlsx", full=True), TAXONOMY, shanghai).rows
    assert row.station == some


@pytest.mark.parametrize("form", list(Form))
def test_what_no_list_can_hold_comes_back_too(written, make_station, shanghai, form):
    some = make_station("A", extra={"甲\uffff": "\0乙\ufffe", "丙": "\x7f\u3000"})
    (row,) = read_stations(written([some], form, full=True), TAXONOMY, shanghai).rows
    assert row.station.extra == some.extra


def test_nothing_in_a_workbook_tells_when_it_was_made(written, make_station):
    with zipfile.ZipFile(written([make_station("A")], "xlsx")) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_a_workbook_that_fails_leaves_nothing_behind(make_station, tmp_path, monkeypatch):
    def broken():
        yield make_station("A")
        if looked:
            raise RuntimeError("the database is gone")
        looked.append("at the columns")

    looked = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "lists").mkdir()
    with pytest.raises(RuntimeError):
        write_stations(tmp_path / "lists" / "a.xlsx", broken, Order(Form.XLSX, 1, AT), TAXONOMY)
    assert [one.name for one in tmp_path.rglob("*")] == ["lists"]


def test_geojson_as_a_map_program_reads_it(written, make_station):
    some = make_station("A", amenities={"water": "yes"}, closures=[{"first": "2026-02-14", "last": "2026-02-20"}])
    found = json.loads(written([some], "geojson").read_bytes())
    (feature,) = found["features"]
    assert found["revision"] == 7
    assert feature["geometry"] == {"type": "Point", "coordinates": [116.3, 28.3]}
    assert feature["properties"]["amenities"] == {"water": "yes"}
    assert feature["properties"]["closures"] == [{"first": "2026-02-14", "last": "2026-02-20", "reason": ""}]
    assert not PRIVATE_FIELDS & feature["properties"].keys()


def test_a_geopackage_as_a_map_program_reads_it(written, make_station):
    import pyogrio

    path = written([make_station("A", seats=8), make_station("B", hours_checked="2026-01-02")], "gpkg")
    said = pyogrio.read_info(path)
    types = dict(zip(said["fields"], said["dtypes"], strict=True))
    assert (said["layer_name"], said["crs"], said["geometry_type"]) == ("stations", "EPSG:4326", "Point")
    assert (types["seat_count"], types["area_m2"], types["hours_checked"]) == ("int32", "float64", "datetime64[D]")
    database = sqlite3.connect(path)
    seats = database.execute("SELECT code, seat_count, hours_checked FROM stations ORDER BY code").fetchall()
    database.close()
    assert seats == [("A", 8, None), ("B", None, "2026-01-02")]


def test_an_export_takes_no_file_s_place_unless_told(written, make_station, tmp_path):
    (tmp_path / "list.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportRefused, match="there already"):
        written([make_station()], "csv")
    assert (tmp_path / "list.csv").read_text(encoding="utf-8") == "mine"
    assert written([make_station()], "csv", replace=True).stat().st_size > 100
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_a_stick_that_knows_no_links_will_do(written, make_station, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    assert written([make_station()], "csv").stat().st_size > 100


def test_an_export_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("mine", encoding="utf-8")

    def broken():
        raise RuntimeError("the disk is gone")
        yield

    with pytest.raises(RuntimeError):
        write_stations(path, broken, Order(Form.CSV, 1, AT), TAXONOMY, replace=True)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


def test_a_folder_that_is_not_there_is_told(make_station, tmp_path):
    with pytest.raises(ExportRefused, match="cannot be written"):
        write_stations(tmp_path / "no" / "a.csv", lambda: [make_station()], Order(Form.CSV, 1, AT), TAXONOMY)


def test_the_end_of_a_name_says_the_form():
    assert [form_of(name) for name in ("a.CSV", "b.json", "c.gpkg")] == [Form.CSV, Form.GEOJSON, Form.GPKG]
    with pytest.raises(ExportRefused, match=r"\.xlsx"):
        form_of("stations.xls")


@pytest.mark.parametrize("form", [Form.XLSX, Form.GPKG])
def test_only_texts_go_through_a_pipe(make_station, form):
    with pytest.raises(ExportRefused, match="pipe"):
        write_stream(io.BytesIO(), lambda: [make_station()], Order(form, 1, AT), TAXONOMY)


@pytest.fixture
def town(make_station, shanghai):
    return Snapshot.build(
        1,
        [
            make_station("A", township="360481001", amenities={"water": "yes"}, hours="24/7"),
            make_station("B", township="360481002", host="bank", amenities={"water": "nearby"}, status="retired"),
            make_station("C", kind="nursing_room", position={"lon": 120.0, "lat": 30.0}, status="planned"),
        ],
        shanghai,
    )


@pytest.mark.parametrize(
    ("pick", "codes"),
    [
        ({}, "ABC"),
        ({"statuses": {"active"}}, "A"),
        ({"statuses": {"retired", "planned"}}, "BC"),
        ({"kinds": {"nursing_room"}}, "C"),
        ({"hosts": {"bank"}}, "B"),
        ({"townships": ("360481",)}, "AB"),
        ({"townships": ("360481002", "3604810019")}, "B"),
        ({"amenities": {"water"}}, "A"),
        ({"open_at": AT}, "A"),
        ({"bounds": (119.0, 29.0, 121.0, 31.0)}, "C"),
        ({"codes": {"A", "C", "Z"}, "statuses": {"planned"}}, "C"),
        ({"codes": {"Z"}}, ""),
    ],
)
def test_stations_are_picked(town, pick, codes):
    found = pick_stations(town, Pick(**pick))
    assert "".join(town.codes[row] for row in found) == codes
