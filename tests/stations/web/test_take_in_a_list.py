"""Bring a list, look at it row by row, decide, take it in and take it back."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from geodata.datum import Datum, from_wgs84
from geodata.lonlat import LonLat
from stations.desk.desk import Desk
from stations.desk.listed import Asked
from stations.desk.lists import Lists
from stations.registry.log import Registry
from stations.registry.schema import WAITING, WAITING_FILE
from stations.settings import Settings
from stations.station import Station
from stations.upkeep.facts import Aspect
from tests.stations.web.reading import Element, read_page
from tests.town import SHANGHAI, corner, signed_in, token_of

WEST, EAST, COUNTY, NEXT = "360681101", "360681102", "360681", "360682"
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
REAL = Path(os.environ.get("YIZHAN_DATA", "/nowhere")) / "stations"


@pytest.fixture(scope="module")
def town(open_house, town_stations, tmp_path_factory) -> tuple[Flask, Registry, list[Station]]:
    """A house over the town, whose stations stand in the townships that they lie in."""
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('lists') / 'town.db'}", SHANGHAI)
    middle = corner(2.5, 0).lon
    placed = [replace(one, township=WEST if one.position.lon < middle else EAST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=AT)
    return house_over(open_house, registry), registry, placed


def house_over(open_house, registry: Registry, **options: object) -> Flask:
    settings = Settings(requests_per_minute=0, reports_per_hour=0)
    return open_house(shelf=registry, desk=Desk(registry, dict.fromkeys(Aspect, 60)), settings=settings, **options)


@pytest.fixture
def registry(town) -> Iterator[Registry]:
    """The registry of the town; afterwards it is as it was, and no list waits."""
    _, registry, placed = town
    yield registry
    more = set(registry.snapshot().codes) - {one.code for one in placed}
    if more:
        registry.remove(more, who="test", at=AT)
    registry.append(placed, what="edit", who="test", at=AT)
    with registry.store.writing() as connection:
        connection.execute(sa.delete(WAITING))
        connection.execute(sa.delete(WAITING_FILE))


@pytest.fixture
def enter(town, registry):
    """Sign somebody in."""

    def come(role: str = "officer", area: str = COUNTY) -> FlaskClient:
        client = town[0].test_client()
        signed_in(client, role, area, login=f"{role}-{area or 'all'}")
        return client

    return come


@pytest.fixture
def officer(enter) -> FlaskClient:
    return enter()


def post(client: FlaskClient, path: str, **fields: object):
    data = fields | {"csrf_token": token_of(client)}
    return client.post(path, data=data, content_type="multipart/form-data")


def bring(client: FlaskClient, content: str | bytes, name: str = "名单.csv", **fields: str) -> str:
    """Send a file; give where one is led."""
    sent = content.encode() if isinstance(content, str) else content
    answer = post(client, "/desk/lists", file=(io.BytesIO(sent), name), **fields)
    assert answer.status_code == 303, read_page(answer.text).one("main").text
    return answer.headers["Location"]


def row(code: str, name: str, at: LonLat, **more: str) -> dict[str, str]:
    return {"code": code, "name": name, "lon": str(at.lon), "lat": str(at.lat)} | more


def listing(*rows: dict[str, str]) -> str:
    headers = list(rows[0])
    return "\n".join([",".join(headers), *(",".join(one[header] for header in headers) for one in rows)])


def see(client: FlaskClient, path: str = "/desk/lists/1", status: int = 200) -> Element:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:400]
    return read_page(answer.text)


def take_in(client: FlaskClient, number: int = 1, seen: str = ""):
    seen = seen or see(client, f"/desk/lists/{number}").one("input", name="seen").attributes["value"]
    return post(client, f"/desk/lists/{number}/take-in", seen=seen)


def tallies(page: Element) -> dict[str, int]:
    links = page.one("nav", class_="tallies").all("a")
    return {one.attributes["class"].removeprefix("t-"): int(one.one("b").text.replace(",", "")) for one in links}


MIXED = listing(
    row("N1", "新站", corner(1, 2), address="三路5号"),
    row("A1", "近处驿站", corner(1, 0), address="一路2号"),
    row("A3", "全天驿站", corner(3, 0), address=""),
    row("N2", "海里的站", LonLat(121.5, 31.2), address=""),
    row("N3", "近处驿站（新）", corner(1.1, 0), address=""),
)


def test_a_list_is_looked_at_decided_taken_in_and_taken_back(officer, registry) -> None:
    before = registry.snapshot()
    assert bring(officer, MIXED) == "/desk/lists/1"
    page = see(officer)
    assert tallies(page) == {"all": 5, "new": 1, "changed": 1, "unchanged": 1, "duplicate": 1, "refused": 1}
    assert "一路1号" in page.text
    assert "一路2号" in page.text
    assert not page.all("input", name="seen"), "one row is not decided"
    assert registry.snapshot().revision == before.revision, "nothing is written by looking"

    undecided = see(officer, "/desk/lists/1?show=duplicate")
    assert undecided.one("input", name="row.6", value="same:A1") is not None
    post(officer, "/desk/lists/1/decide", show="duplicate", **{"row.6": "new"})
    assert tallies(see(officer))["decided"] == 1

    assert take_in(officer).status_code == 303
    after = registry.snapshot()
    assert set(after.codes) - set(before.codes) == {"N1", "N3"}
    assert after.station("A1").address == "一路2号"
    assert after.station("N1").township == WEST, "where the ground says it is"
    (batch,) = registry.batches(1)
    assert (batch.what, batch.source, batch.who, batch.count) == ("import", "名单.csv", "officer-360681", 3)

    assert f"第 {batch.id} 批" in see(officer).text
    assert post(officer, "/desk/lists/1/undo").headers["Location"] == "/desk/lists/1?said=undone"
    assert [one.to_json() for one in registry.snapshot().stations] == [one.to_json() for one in before.stations]
    assert take_in(officer).status_code == 303, "it waits again"
    assert "N1" in registry.snapshot().codes


def test_a_row_that_is_a_station_already_changes_that_one(officer, registry) -> None:
    bring(officer, listing(row("N3", "近处驿站（新）", corner(1.1, 0))))
    post(officer, "/desk/lists/1/decide", all="same")
    take_in(officer)
    station = registry.snapshot().station("A1")
    assert station.name == "近处驿站（新）"
    assert station.extra["also_coded"] == "N3"
    assert "N3" not in registry.snapshot().codes


def test_what_was_decided_can_be_asked_again(officer) -> None:
    bring(officer, MIXED)
    for said, left in (("skip", 0), ("again", 1), ("same:A1", 0), ("again", 1)):
        assert post(officer, "/desk/lists/1/decide", **{"row.6": said}).status_code == 303
        assert tallies(see(officer)).get("duplicate", 0) == left, said
    for wrong in ({"row.6": "same:A5"}, {"row.99": "new"}, {"row.6": "perhaps"}, {"all": "x"}):
        assert post(officer, "/desk/lists/1/decide", **wrong).status_code == 400


def first_sheet(book: Workbook) -> Worksheet:
    """The sheet that a spreadsheet program shows."""
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_refused_rows_come_back_as_a_workbook_that_can_be_sent_again(officer) -> None:
    bring(officer, listing(row("N1", "=1+1", LonLat(121.5, 31.2)), row("N2", "好站", corner(1, 2))))
    book = load_workbook(io.BytesIO(officer.get("/desk/lists/1/refused.xlsx").data))
    headers, refused = list(first_sheet(book).iter_rows(values_only=True))
    assert headers[:3] == ("拒绝原因", "code", "name")
    assert refused[1:3] == ("N1", "=1+1")
    assert "121.5" in str(refused[0])
    assert next(first_sheet(book).iter_rows(min_row=2))[2].data_type == "s", "text, and no formula"
    corrected = first_sheet(book)
    corrected["D2"], corrected["E2"] = str(corner(2, 2).lon), str(corner(2, 2).lat)
    stream = io.BytesIO()
    book.save(stream)
    bring(officer, stream.getvalue(), "改好.xlsx")
    assert tallies(see(officer, "/desk/lists/2")) == {"all": 1, "new": 1}


# Columns


def test_a_header_that_nobody_knows_is_asked_for(officer, registry) -> None:
    text = listing(
        {"大名": "新站", "东": str(corner(1, 2).lon), "lat": str(corner(1, 2).lat), "微波炉": "有", "杂": "x"}
    )
    assert bring(officer, text) == "/desk/lists/1/columns"
    page = see(officer, "/desk/lists/1/columns")
    assert "没有认出哪一列是站点名称、经度，请指定" in page.one("div", id="faults").text
    assert len(page.all("tr", class_="asked")) == 3
    answer = post(officer, "/desk/lists/1/columns", **{"column.0": "name", "column.1": "keep", "column.4": "keep"})
    assert answer.status_code == 422
    chosen = read_page(answer.text).one("select", id="c-0").one("option", selected="")
    assert chosen.attributes["value"] == "name", "what was chosen is not lost"
    said = {"column.0": "name", "column.1": "lon", "column.3": "amenity:microwave", "column.4": "ignore"}
    assert post(officer, "/desk/lists/1/columns", **said).headers["Location"] == "/desk/lists/1"
    take_in(officer)
    station = next(one for one in registry.snapshot().stations if one.name == "新站")
    assert station.amenities["microwave"] == "yes"
    assert not station.extra


def test_a_guess_is_chosen_already_for_what_no_list_goes_without(officer) -> None:
    one = row("N1", "新站", corner(1, 2))
    text = listing({"code": "N1", "某驿站名称": "新站", "lon": one["lon"], "lat": one["lat"], "照片数": "3"})
    assert bring(officer, text) == "/desk/lists/1/columns"
    page = see(officer, "/desk/lists/1/columns")
    chosen = {at: page.one("select", id=f"c-{at}").one("option", selected="").attributes["value"] for at in (1, 4)}
    assert chosen == {1: "name", 4: "keep"}


def test_a_list_that_does_not_say_its_datum_says_so_above_its_rows(officer) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2))))
    assert "名单没有写明坐标系" in see(officer).one("p", class_="datum").text
    post(officer, "/desk/lists/1/columns", datum="wgs84")
    assert not see(officer).all("p", class_="datum")


def test_a_column_can_be_kept_as_it_is_or_left_out(officer, registry) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2), address="三路5号", phone="123")))
    post(officer, "/desk/lists/1/columns", **{"column.4": "keep", "column.5": "ignore"})
    take_in(officer)
    station = registry.snapshot().station("N1")
    assert (station.address, station.phone, dict(station.extra)) == ("", "", {"address": "三路5号"})


def test_one_of_several_sheets_is_chosen(officer) -> None:
    book = Workbook()
    for title, code in (("甲", "N1"), ("乙", "N2")):
        sheet = first_sheet(book) if title == "甲" else book.create_sheet()
        sheet.title = title
        one = row(code, f"{title}站", corner(1, 2))
        sheet.append(list(one))
        sheet.append(list(one.values()))
    stream = io.BytesIO()
    book.save(stream)
    assert bring(officer, stream.getvalue(), "两页.xlsx") == "/desk/lists/1/columns"
    page = see(officer, "/desk/lists/1/columns")
    assert "--sheet" not in page.text, "a page has no options of a command line"
    post(officer, "/desk/lists/1/columns", do="part", part="乙")
    assert "乙站" in see(officer).text


def test_what_cannot_be_opened_is_said_in_the_language_of_the_page(officer) -> None:
    answer = post(officer, "/desk/lists", file=(io.BytesIO(b"PK\x03\x04x"), "台账.xlsx"))
    assert answer.status_code == 422
    assert read_page(answer.text).one("", role="alert").text == "台账.xlsx 这个工作簿已损坏。请打开后另存为 XLSX 再试。"


def test_the_sheet_that_was_read_is_the_one_that_is_shown(officer) -> None:
    """A cover sheet comes first, and nobody said which one."""
    book = Workbook()
    cover = first_sheet(book)
    cover.title = "说明"
    cover.append(["各乡镇于月底前报送。"])
    one = row("N1", "一站", corner(1, 2))
    sheet = book.create_sheet("台账")
    sheet.append(list(one))
    sheet.append(list(one.values()))
    stream = io.BytesIO()
    book.save(stream)
    bring(officer, stream.getvalue(), "台账.xlsx")
    chosen = see(officer, "/desk/lists/1/columns").one("select", name="part")
    assert [one.text for one in chosen.all("option") if "selected" in one.attributes] == ["台账"]


def test_a_datum_that_does_not_fit_is_asked_for_and_can_be_said(officer, registry) -> None:
    rows = []
    for number in range(30):
        at = corner(number % 6 * 0.4, number // 6)
        rows.append(row(f"N{number}", f"第{number}站", LonLat(*map(float, from_wgs84(at.lon, at.lat, Datum.GCJ02)))))
    bring(officer, listing(*rows))
    page = see(officer)
    if "gcj02" in page.text:  # the ground is small: what fits better is only told where it is clear
        assert not page.all("input", name="seen")
    post(officer, "/desk/lists/1/columns", datum="gcj02")
    post(officer, "/desk/lists/1/decide", all="new")
    take_in(officer)
    station = registry.snapshot().station("N7")
    assert station.source_datum == "gcj02"
    assert station.position.lon == pytest.approx(corner(0.4, 1).lon, abs=2e-5)


# Whose


def test_rows_outside_of_ones_area_are_refused_with_that_reason(enter, registry) -> None:
    client = enter(area=WEST)
    east, west = corner(5, 5), corner(1, 2)
    text = listing(
        row("N1", "东站", east),
        row("N2", "西站", west),
        row("A3", "近处改名", corner(1, 3)),
        row("A1", "近处驿站", east),
        row("A2", "不详改名", corner(0, 2)),
    )
    bring(client, text)
    page = see(client)
    assert tallies(page) == {"all": 5, "new": 1, "changed": 1, "refused": 3}
    told = {one.attributes["id"]: one.text for one in page.all("li", class_="r-refused")}
    assert "东乡" not in told["row-2"]
    assert EAST in told["row-2"]
    assert "A3" in told["row-4"], "it stands in the east, and would be moved here"
    assert EAST in told["row-5"], "it stands here, and would be moved to the east"
    before = registry.snapshot()
    take_in(client)
    after = registry.snapshot()
    assert {one.code for one in after.stations if after.record_of(one.code) != before.record_of(one.code)} == {
        "N2",
        "A2",
    }


def test_a_row_with_the_code_of_a_station_elsewhere_that_is_gone_is_refused(enter, registry) -> None:
    gone = replace(registry.snapshot().station("A3"), code="G1")
    registry.append([gone], what="import", who="import", at=AT)
    registry.remove({"G1"}, who="test", at=AT)
    text = listing(row("G1", "西站", corner(1, 2)), row("G2", "又一家", corner(0, 4)))
    bring(enter(area=WEST), text)
    assert tallies(see(enter(area=WEST))) == {"all": 2, "new": 1, "refused": 1}
    bring(enter(), text)
    assert tallies(see(enter(), "/desk/lists/2")) == {"all": 2, "new": 2}


def test_a_station_beside_the_area_is_not_named(enter) -> None:
    client = enter(area=WEST)
    bring(client, listing(row("N1", "全天驿站", corner(2.45, 0))))
    beside = enter(area=COUNTY)
    bring(beside, listing(row("N1", "全天驿站", corner(2.6, 0))))
    assert "A3" in see(beside, "/desk/lists/2").text
    assert "A3" not in see(client).text


def test_a_list_is_seen_by_who_may_import_in_all_of_its_area(officer, enter) -> None:
    bring(officer, MIXED)
    for role, area, sees in (
        ("officer", COUNTY, True),
        ("officer", "3606", True),
        ("administrator", "", True),
        ("officer", WEST, False),
        ("officer", NEXT, False),
        ("clerk", COUNTY, False),
        ("planner", COUNTY, False),
    ):
        other, told = enter(role, area), f"{role} of {area}"
        for path in ("", "/columns", "/refused.xlsx"):
            assert other.get(f"/desk/lists/1{path}").status_code == (200 if sees else 404), told
        for path in ("/columns", "/decide", "/take-in", "/undo", "/drop"):
            assert sees or post(other, f"/desk/lists/1{path}").status_code == 404, told
        assert ("名单.csv" in other.get("/desk/lists").text) == sees, told
        assert ("名单.csv" in other.get("/desk").text) == sees, told


def test_an_area_that_is_not_ones_own_cannot_be_chosen(officer) -> None:
    answer = post(officer, "/desk/lists", file=(io.BytesIO(MIXED.encode()), "x.csv"), area=NEXT)
    assert answer.status_code == 400


# Two at once, and time


def test_what_changed_since_one_looked_is_shown_again(officer, registry) -> None:
    bring(officer, MIXED)
    post(officer, "/desk/lists/1/decide", all="skip")
    seen = see(officer).one("input", name="seen").attributes["value"]
    registry.append([replace(registry.snapshot().station("A1"), phone="1")], what="edit", who="other", at=AT)
    answer = take_in(officer, seen=seen)
    assert answer.status_code == 409
    assert "N1" not in registry.snapshot().codes
    assert take_in(officer).status_code == 303
    assert registry.snapshot().station("A1").phone == "1", "a column that the list does not have stays"


def test_an_edit_of_another_station_is_no_reason_to_look_again(officer, registry) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2))))
    seen = see(officer).one("input", name="seen").attributes["value"]
    registry.append([replace(registry.snapshot().station("A6"), phone="1")], what="edit", who="other", at=AT)
    assert take_in(officer, seen=seen).status_code == 303


def test_a_list_is_taken_in_once(officer, registry) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2))))
    seen = see(officer).one("input", name="seen").attributes["value"]
    assert take_in(officer, seen=seen).status_code == 303
    revision = registry.snapshot().revision
    assert take_in(officer, seen=seen).status_code == 303
    assert registry.snapshot().revision == revision


def test_what_was_edited_since_stands_in_the_way_of_an_undo(officer, registry) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2))))
    take_in(officer)
    registry.append([replace(registry.snapshot().station("N1"), phone="1")], what="edit", who="other", at=AT)
    answer = post(officer, "/desk/lists/1/undo")
    assert answer.status_code == 409
    assert "N1" in answer.text
    assert "N1" in registry.snapshot().codes


def test_a_batch_that_was_taken_back_elsewhere_makes_its_list_wait_again(officer, registry) -> None:
    bring(officer, listing(row("N1", "新站", corner(1, 2))))
    take_in(officer)
    registry.undo(registry.batches(1)[0].id, who="other", at=AT)
    assert "名单.csv" in see(officer, "/desk").text
    assert take_in(officer).status_code == 303
    assert "N1" in registry.snapshot().codes


def test_what_the_neighbours_bring_pushes_no_list_out(officer, town, registry) -> None:
    bring(officer, listing(row("N1", "西站", corner(1, 2))))
    lists = Lists(registry.store)
    for number in range(110):
        lists.keep("隔壁.csv", b"code", Asked(), area=NEXT, who=f"neighbour-{number}", at=datetime.now(UTC))
    assert "名单.csv" in see(officer, "/desk/lists").text
    assert "隔壁.csv" not in see(officer, "/desk/lists").text
    assert "名单.csv" in see(officer, "/desk").text


def test_a_list_that_was_thrown_away_is_gone(officer) -> None:
    bring(officer, MIXED)
    assert post(officer, "/desk/lists/1/drop").headers["Location"] == "/desk/lists?said=dropped"
    see(officer, status=404)
    assert "名单.csv" not in see(officer, "/desk/lists").text
    assert post(officer, "/desk/lists/1/decide", **{"row.6": "new"}).status_code == 404
    assert bring(officer, MIXED) == "/desk/lists/2", "an open page of the first speaks of no other"


# Bad input


def test_a_file_that_is_no_list_is_refused_with_the_reason(officer) -> None:
    for content, told in (
        (b"", "是空的"),
        (b"   \n", "是空的"),
        (b"PK\x03\x04 nothing", "损坏"),
        (b"\x89PNG\r\n\x1a\n\0\0", "不是文本文件"),
        (b"name,lon,lat\n", "没有数据行"),
    ):
        answer = post(officer, "/desk/lists", file=(io.BytesIO(content), "a/../b\\名单.csv"))
        assert answer.status_code == 422, content
        assert told in answer.text, content
    assert "名单.csv" not in see(officer, "/desk/lists").text


def test_names_from_a_list_are_text_and_no_page(officer) -> None:
    bring(officer, listing(row("N1", "<script>alert(1)</script>", corner(1, 2))), name="<b>x</b>.csv")
    text = officer.get("/desk/lists/1").text
    assert "<script>alert" not in text
    assert "<b>x" not in text


# A real list


@pytest.mark.skipif(not REAL.exists(), reason="YIZHAN_DATA does not name the folder of real lists")
def test_a_real_list_from_end_to_end(open_house, registry) -> None:
    client = house_over(open_house, registry, ground=None).test_client()
    signed_in(client, "administrator", "")
    there = bring(client, (REAL / "zhengzhou_82_gb18030.csv").read_bytes(), "郑州.csv")
    if there.endswith("columns"):
        assert post(client, "/desk/lists/1/columns", datum="gcj02").status_code == 303
    post(client, "/desk/lists/1/columns", datum="gcj02", keep_unread_hours="yes")
    post(client, "/desk/lists/1/decide", all="new")
    counts = tallies(see(client))
    assert counts["all"] == 82
    before = len(registry.snapshot().codes)
    assert take_in(client).status_code == 303
    assert len(registry.snapshot().codes) == before + counts["new"]
    assert counts["new"] + counts.get("refused", 0) == 82
    post(client, "/desk/lists/1/undo")
    assert len(registry.snapshot().codes) == before
