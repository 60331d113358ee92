"""The staff work on the list: a cell at a time, many stations at once, a new one, a file, and all of it taken back."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from geodata.geocode import OnlinePlace
from stations.facts import Status
from stations.people.facts import By, Grant, Role
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep
from stations.web.who import KEPT_IN
from tests.stations.web.reading import Element, read_page
from tests.stations.web.test_keep_the_records import (
    EAST,
    WEST,
    ZONE,
    Staff,
    clerk,
    lent,
    made,
    neighbour,
    office,
    officer,
    registry,
    teller,
    written,
)
from tests.town import corner, signed_in

__all__ = ["clerk", "lent", "made", "neighbour", "office", "officer", "registry", "teller", "written"]


def paths(page: Element) -> set[str]:
    return {one.attributes.get("href", "") for one in page.all("a")}


def press(staff: Staff, answered: int, asked: dict, /, **fields):
    """Send the form of bulk edits for the stations that an address means."""
    query = "&".join(
        f"{name}={one}" for name, value in asked.items() for one in ([value] if isinstance(value, str) else value)
    )
    return staff.send(f"/desk/bulk?{query}", answered, **fields)


def mark(page: Element) -> str:
    return page.one("input", name="mark").attributes["value"]


# The list and its map


def test_the_map_has_what_the_list_has_and_no_more(office) -> None:
    clerk = office("clerk")
    said = clerk.get("/desk/dots.json").json
    assert said["code"] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    assert said["sign"][4] == 2
    assert (said["lon"][0], said["lat"][0]) == (corner(1, 0).lon, corner(1, 0).lat)
    assert clerk.get("/desk/dots.json", q="一路").json["code"] == ["A1"]
    assert office("custodian", stations=("A2",)).get("/desk/dots.json").json["code"] == ["A2"]
    assert office("officer", "360682").get("/desk/dots.json").json["code"] == []
    assert clerk.get("/desk/dots.json", colour="red").status_code == 400


def test_who_may_write_gets_boxes_to_tick_and_who_may_not_gets_none(office, teller) -> None:
    assert len(office("clerk").see("/desk/stations").all("input", name="code")) == 6
    assert len(office("clerk", WEST).see("/desk/stations").all("input", name="code")) == 4
    for staff in (teller, office("planner")):
        page = staff.see("/desk/stations")
        assert not page.all("input", name="code")
        assert not any("/desk/bulk" in one.attributes.get("formaction", "") for one in page.all("button"))
        assert "/desk/stations/new" not in paths(page)


# Cells


def test_a_cell_is_written_like_the_form(clerk, registry) -> None:
    for field, value, fact in (
        ("phone", "0793-5", "0793-5"),
        ("hours", "周一至周五 8:30-17:30", "Mo-Fr 08:30-17:30"),
        ("status", "planned", Status.PLANNED),
        ("host", "bank", "bank"),
        ("name", "新名驿站", "新名驿站"),
    ):
        seen = registry.snapshot().revisions[0]
        said = clerk.send("/desk/stations/A1/cell", 200, seen=str(seen), field=field, value=value).json
        assert said["outcome"] == "saved"
        assert said["seen"] == registry.snapshot().revisions[0]
        assert getattr(registry.snapshot().station("A1"), field) == fact
    assert registry.history("A1")[-1].batch.who == clerk.login
    seen = str(registry.snapshot().revisions[0])
    again = clerk.send("/desk/stations/A1/cell", 200, seen=seen, field="name", value="新名驿站").json
    assert again["outcome"] == "nothing"


@pytest.mark.parametrize(
    ("field", "value"), [("hours", "后天"), ("name", ""), ("status", "shut"), ("host", "moon"), ("phone", "1\x07")]
)
def test_a_cell_says_what_cannot_be_used_and_writes_nothing(clerk, registry, field, value) -> None:
    said = clerk.send("/desk/stations/A1/cell", 422, seen="1", field=field, value=value).json
    assert said["fault"]
    assert registry.snapshot().revision == 6


def test_the_second_of_two_in_one_cell_sees_what_the_first_wrote(office, registry) -> None:
    first, second = office("clerk"), office("clerk")
    first.send("/desk/stations/A1/cell", 200, seen="1", field="phone", value="1")
    clash = second.send("/desk/stations/A1/cell", 409, seen="1", field="phone", value="2").json
    assert clash["who"] == f"clerk某 ({first.login})"
    assert "1" in clash["changes"][0]
    assert registry.snapshot().station("A1").phone == "1"
    second.send("/desk/stations/A1/cell", 200, seen=str(clash["seen"]), field="phone", value="2")
    assert registry.snapshot().station("A1").phone == "2"


def test_a_cell_that_is_none_is_refused(clerk) -> None:
    clerk.send("/desk/stations/A1/cell", 400, seen="1", field="custodian", value="x")


# Many at once


def test_one_change_for_many_is_seen_written_and_taken_back(office, registry) -> None:
    clerk = office("clerk")
    chosen = {"code": ["A1", "A2"], "of": "chosen", "what": "custodian"}
    page = clerk.see("/desk/bulk", **chosen)
    assert "近处驿站" in page.text
    looked = read_page(press(clerk, 200, chosen, custodian="李某", do="look").text)
    assert "王某" in looked.one("section", class_="plan").text
    assert registry.snapshot().revision == 6
    answer = press(clerk, 303, chosen, custodian="李某", do="write", mark=mark(looked))
    assert answer.location == "/desk/changes/2?said=written"
    snapshot = registry.snapshot()
    assert [one.custodian for one in snapshot.stations[:3]] == ["李某", "李某", ""]
    assert clerk.send("/desk/changes/2/own").location == "/desk/changes/3?said=undone"
    assert [one.custodian for one in registry.snapshot().stations[:3]] == ["王某", "", ""]
    page = clerk.see("/desk/changes/2")
    assert "已经撤回" in page.text
    assert not page.all("form", class_="undo")


def test_all_that_the_sieve_finds_is_changed(office, registry) -> None:
    clerk = office("clerk")
    found = {"township": EAST, "of": "found", "what": "hours"}
    looked = read_page(press(clerk, 200, found, hours="每天 8:00-20:00", do="look").text)
    press(clerk, 303, found, hours="每天 8:00-20:00", do="write", mark=mark(looked))
    assert {one.code for one in registry.snapshot().stations if one.hours == "08:00-20:00"} == {"A3", "A4"}


def test_what_is_written_is_what_was_looked_at(office, registry) -> None:
    clerk, other = office("clerk"), office("clerk")
    found = {"of": "found", "what": "note"}
    looked = read_page(press(clerk, 200, found, note="一", do="look").text)
    other.send("/desk/stations/A1/cell", 200, seen="1", field="phone", value="1")
    again = read_page(press(clerk, 409, found, note="一", do="write", mark=mark(looked)).text)
    assert "再看一遍" in again.text
    assert {one.note for one in registry.snapshot().stations} == {""}
    press(clerk, 409, found, note="二", do="write", mark=mark(again))
    press(clerk, 303, found, note="一", do="write", mark=mark(again))
    assert {one.note for one in registry.snapshot().stations} == {"一"}


def test_stations_that_one_may_only_see_are_left_out_and_others_are_not_there(office, registry) -> None:
    west = office("clerk", WEST)
    people = west.client.application.extensions[KEPT_IN].people
    people.grant(west.login, Grant(Role.CUSTODIAN, "360681", frozenset({"A3"})), by=By("test"))
    chosen = {"code": ["A1", "A3", "A4"], "what": "phone"}
    page = read_page(press(west, 200, chosen, phone="1", do="look").text)
    assert "近处驿站" in page.text
    assert "全天驿站" in page.one("ul", class_="matters").text
    assert "alert(1)" not in page.text
    press(west, 303, chosen, phone="1", do="write", mark=mark(page))
    assert [one.code for one in registry.snapshot().stations if one.phone] == ["A1"]


def test_a_station_that_people_reported_is_looked_at_alone(clerk, registry) -> None:
    upkeep, now = Upkeep(registry.store, ZONE), datetime.now(UTC)
    for number in (1, 2):
        upkeep.report(
            "A1", "locked", sender=Sender(f"device{number}", f"10.{number}.0.1"), found=now, now=now, revision=1
        )
    page = read_page(press(clerk, 200, {"of": "found", "what": "phone"}, phone="1", do="look").text)
    assert "近处驿站" in page.all("ul", class_="matters")[0].text
    checks = {"of": "found", "what": "checked"}
    assert "有人反映的正是这一项" in press(clerk, 200, checks, aspect="hours", do="look").text
    looked = read_page(press(clerk, 200, checks, aspect="amenities", do="look").text)
    assert "有人反映" not in looked.text
    press(clerk, 303, checks, aspect="amenities", do="write", mark=mark(looked))
    assert registry.snapshot().station("A1").amenities_checked is not None
    assert len(upkeep.tasks(registry.snapshot(), now)) == 1, "what was reported stands"


def test_bad_wishes_are_told_and_what_was_typed_stays(clerk) -> None:
    page = read_page(press(clerk, 422, {"of": "found", "what": "hours"}, hours="后天", do="look").text)
    assert page.one("input", name="hours").attributes["value"] == "后天"
    assert page.all("p", class_="fault")
    press(clerk, 422, {"of": "found", "what": "closure"}, first="2027-02-30", do="look")
    press(clerk, 400, {"of": "all", "what": "closure"}, first="2027-02-03")
    press(clerk, 400, {"of": "found", "what": "code"}, do="look")
    press(clerk, 400, {"of": "found", "what": "phone"}, phone="1", custodian="x")
    assert "还没有选站点" in clerk.see("/desk/bulk").text


# What was written


def test_an_officer_takes_back_what_is_all_in_the_area_and_nobody_else_does(office, registry) -> None:
    clerk, west = office("clerk"), office("officer", WEST)
    looked = read_page(press(clerk, 200, {"of": "found", "what": "note"}, note="一", do="look").text)
    press(clerk, 303, {"of": "found", "what": "note"}, note="一", do="write", mark=mark(looked))
    page = west.see("/desk/changes/2")
    assert "A1" in page.text
    assert "A3" not in page.one("table", class_="did").text
    assert not page.all("form", class_="undo")
    west.send("/desk/changes/2/undo", 404)
    west.send("/desk/changes/2/own", 404)
    office("clerk").send("/desk/changes/2/own", 404)
    office("clerk").send("/desk/changes/2/undo", 404)
    assert {one.note for one in registry.snapshot().stations} == {"一"}
    officer = office("officer")
    assert officer.see("/desk/changes/2").all("form", class_="undo")
    officer.send("/desk/changes/2/undo")
    assert {one.note for one in registry.snapshot().stations} == {""}


def test_what_was_changed_since_is_not_taken_back_and_one_is_told(office, registry) -> None:
    officer, clerk = office("officer"), office("clerk")
    for phone in "12":
        seen = registry.snapshot().revisions[0]
        clerk.send("/desk/stations/A1/cell", 200, seen=str(seen), field="phone", value=phone)
    page = read_page(officer.send("/desk/changes/2/undo", 409).text)
    assert "clerk某" in page.text
    assert registry.snapshot().station("A1").phone == "2"


def test_a_batch_is_not_taken_back_to_where_one_may_change_nothing(office, registry) -> None:
    there = replace(registry.snapshot().station("A1"), township="360682101")
    registry.append([there], what="edit", who="x", at=datetime.now(UTC))
    registry.append([replace(there, township=WEST)], what="edit", who="x", at=datetime.now(UTC))
    officer = office("officer")
    officer.send("/desk/changes/3/undo", 404)
    assert registry.snapshot().station("A1").township == WEST


def test_the_neighbour_sees_no_change_and_takes_none_back(neighbour) -> None:
    assert "/desk/changes/1" not in paths(neighbour.see("/desk/changes"))
    assert neighbour.get("/desk/changes/1").status_code == neighbour.get("/desk/changes/99").status_code == 404
    neighbour.send("/desk/changes/1/undo", 404)
    neighbour.send("/desk/changes/1/own", 404)
    assert neighbour.get("/desk/changes/99999999999999999999").status_code == 404


# A new station


def test_a_clerk_adds_a_station_with_a_name_and_a_place(clerk, registry) -> None:
    there = corner(5, 5)
    assert clerk.see("/desk/stations/new").one("form", id="new")
    answer = clerk.send(
        "/desk/stations/new", name="桃村驿站", place=f"{there.lon},{there.lat}", datum="wgs84", do="add"
    )
    code = f"{EAST}-001"
    assert answer.location == f"/desk/stations/{code}?said=added"
    station = registry.snapshot().station(code)
    assert (station.name, station.township, station.status) == ("桃村驿站", EAST, Status.ACTIVE)
    assert registry.history(code)[-1].batch.who == clerk.login
    batch = registry.history(code)[-1].batch.id
    clerk.send(f"/desk/changes/{batch}/own")
    assert registry.snapshot().find(code) is None
    assert clerk.see(f"/desk/changes/{batch}")


def test_a_station_that_stands_there_already_is_shown_first(clerk, registry) -> None:
    there = corner(1, 0.1)
    fields = {"name": "近处驿站", "lon": str(there.lon), "lat": str(there.lat), "do": "add"}
    page = read_page(clerk.send("/desk/stations/new", 409, **fields).text)
    assert "A1" in page.one(id="beside").text
    assert page.one("input", name="name").attributes["value"] == "近处驿站"
    assert len(registry.snapshot()) == 6
    sure = page.one("input", name="sure").attributes["value"]
    clerk.send("/desk/stations/new", **(fields | {"sure": sure}))
    assert len(registry.snapshot()) == 7


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "lon": "116.3", "lat": "28.3"}, "name"),
        ({"name": "新"}, "place"),
        ({"name": "新", "lon": "116.3", "lat": "x"}, "lon"),
        ({"name": "新", "place": "116.3012345,28.3012345"}, "place"),
        ({"name": "新", "place": "10,10", "datum": "wgs84"}, "place"),
        ({"name": "新", "lon": "116.3", "lat": "28.3", "code": "a/b"}, "code"),
        ({"name": "新", "lon": "116.3", "lat": "28.3", "code": "new"}, "code"),
        ({"name": "新", "lon": "116.3", "lat": "28.3", "code": "A1"}, "code"),
        ({"name": "新", "lon": "116.3", "lat": "28.3", "hours": "后天"}, "hours"),
        ({"name": "新", "lon": "116.3", "lat": "28.3", "status": "gone"}, "status"),
    ],
)
def test_a_new_station_that_cannot_be_is_told_where_it_is_wrong(clerk, registry, fields, wrong) -> None:
    page = read_page(clerk.send("/desk/stations/new", 422, do="add", **fields).text)
    assert page.one(id=f"e-{wrong}").text
    assert len(registry.snapshot()) == 6


def test_a_station_is_added_only_where_one_may_write(office, teller, neighbour, registry) -> None:
    there = corner(5, 5)
    fields = {"name": "新", "lon": str(there.lon), "lat": str(there.lat), "do": "add"}
    page = office("clerk", WEST).send("/desk/stations/new", 422, **fields)
    assert "东乡" in page.text
    neighbour.send("/desk/stations/new", 422, **fields)
    teller.send("/desk/stations/new", 404, **fields)
    assert len(registry.snapshot()) == 6


def test_the_code_of_somebody_elses_station_that_is_gone_opens_nothing_that_is_known_of_it(office, registry) -> None:
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    gone = replace(registry.snapshot().station("A3"), code="360681101-001", township=EAST, custodian="李某")
    registry.append([gone], what="import", who="import", at=at)
    registry.remove({gone.code}, who="test", at=at)
    there = corner(1, 5)
    fields = {"name": "西站", "lon": str(there.lon), "lat": str(there.lat), "do": "add"}
    west = office("clerk", WEST)
    page = read_page(west.send("/desk/stations/new", 422, **fields, code=gone.code).text)
    assert gone.code in page.one(id="e-code").text
    west.send("/desk/stations/new", **fields)
    assert registry.snapshot().find("360681101-002"), "and no number leads there either"
    office("clerk").send("/desk/stations/new", **fields | {"name": "又一家"}, code=gone.code)
    assert registry.snapshot().find(gone.code), "who may write there may use it again"


def test_two_who_add_at_once_get_two_numbers(office, registry, monkeypatch) -> None:
    first, second = office("clerk"), office("clerk")
    there = corner(5, 5)
    fields = {"name": "新", "lon": str(there.lon), "lat": str(there.lat), "do": "add"}
    first.send("/desk/stations/new", **fields)
    desk = first.client.application.extensions[KEPT_IN].desk.now
    real, asked = desk.write, []

    def late(station, **more):
        asked.append(station.code)
        return real(replace(station, code=f"{EAST}-001") if len(asked) == 1 else station, **more)

    monkeypatch.setattr(desk, "write", late)
    second.send("/desk/stations/new", **(fields | {"name": "另一个名字"}))
    assert registry.snapshot().find(f"{EAST}-002") is not None
    assert registry.snapshot().station(f"{EAST}-001").name == "新"


def test_a_station_is_retired_and_set_back(clerk, registry) -> None:
    clerk.send("/desk/stations/A1/retire", seen="1")
    assert registry.snapshot().station("A1").status is Status.RETIRED
    assert clerk.send("/desk/stations/A2/retire", seen="9").location.endswith("said=moved")
    assert registry.snapshot().station("A2").status is Status.ACTIVE


# A place by its address


def test_a_place_is_found_by_its_name_and_chosen(clerk, registry) -> None:
    page = read_page(clerk.send("/desk/stations/new", 200, name="新", search="柳村", do="find").text)
    assert page.one("input", name="name").attributes["value"] == "新"
    spot = page.one("fieldset", id="spots").all("input")[0].attributes["value"]
    clerk.send("/desk/stations/new", name="新", search="柳村", found=spot, do="add")
    added = registry.snapshot().station(f"{WEST}-001")
    assert abs(added.position.lon - corner(1, 5).lon) < 1e-6
    page = read_page(clerk.send("/desk/stations/new", 422, name="新", search="火星", do="find").text)
    assert "火星" in page.one(id="e-search").text


class Service:
    """An online search that knows one place."""

    def find(self, text: str, language: str) -> tuple[OnlinePlace, ...]:
        return (OnlinePlace("火星广场", "火星路1号", corner(4, 4)),) if "火星" in text else ()


def test_a_place_that_nobody_here_knows_is_looked_for_online(open_house, office, lent) -> None:
    office("clerk")
    client = open_house(**lent, online=Service()).test_client()
    staff = Staff(client, signed_in(client, "clerk").login)
    page = read_page(staff.send("/desk/stations/A1", 200, **(staff.form("A1") | {"search": "火星", "do": "find"})).text)
    assert "火星路1号" in page.one("fieldset", id="spots").text
    spot = page.one("fieldset", id="spots").all("input")[0].attributes["value"]
    form = staff.form("A1", page) | {"search": "火星", "found": spot}
    staff.send("/desk/stations/A1", 303, **(form | {"do": "save"}))
    assert staff.get("/desk/dots.json", q="A1").get_json()["lon"][0] == pytest.approx(corner(4, 4).lon)


# A file


def test_an_officer_takes_the_list_away_and_the_trail_says_so(office, registry) -> None:
    officer = office("officer")
    csv = officer.get("/desk/stations.csv", township=WEST)
    text = csv.data.decode("utf-8-sig")
    assert "王某" in text
    assert "A3" not in text
    assert "\n'=1+1" not in text
    whole = officer.get("/desk/stations.csv").data.decode("utf-8-sig")
    assert "'=1+1" in whole
    book = load_workbook(BytesIO(officer.get("/desk/stations.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "王某" in {cell.value for cell in cells}
    assert not any(cell.data_type == "f" for cell in cells)
    assert officer.get("/desk/stations.geojson").json["features"]
    assert officer.get("/desk/stations.gpkg").data.startswith(b"SQLite")
    trail = officer.client.application.extensions[KEPT_IN].people.audit.latest()
    told = [one.about for one in trail if one.what == "exported" and one.who == officer.login]
    assert told[-1] == f"csv: 4 township={WEST}"
    assert all(one.area == "360681" for one in trail if one.who == officer.login and one.what == "exported")


def test_who_may_not_export_gets_no_file_and_is_offered_none(office, clerk, teller) -> None:
    for staff in (clerk, teller):
        assert staff.get("/desk/stations.csv").status_code == 404
        assert not any("/desk/stations.csv" in path for path in paths(staff.see("/desk/stations")))
    beside = office("officer", "360682").get("/desk/stations.csv")
    assert "王某" not in beside.text
    assert not re.search("A[1-6]", beside.text)


def test_a_custodian_is_told_nothing_of_a_station_that_was_moved_away(office, registry) -> None:
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    keeper = office("custodian", WEST, ("A1", "B7"))
    there = registry.snapshot().station("A1")
    registry.append([replace(there, seats=7)], what="edit", who="somebody-near", at=at)
    registry.append([replace(there, code="B7", township=WEST)], what="edit", who="who-added", at=at)
    registry.remove({"B7"}, who="who-removed", at=at)
    text = keeper.see("/desk/changes").text
    assert all(who in text for who in ("somebody-near", "who-added", "who-removed"))
    registry.append([replace(there, township="360682101")], what="edit", who="somebody-far", at=at)
    text = keeper.see("/desk/changes").text
    assert "somebody" not in text
    assert "who-added" in text
