"""The staff on a round: the next station, its sheet, what was found, what is to be put right."""

import io
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from PIL import Image

from stations.desk.desk import Desk
from stations.photos.keeping import Photos
from stations.registry.log import Registry
from stations.rounds.facts import Standing
from stations.rounds.rounds import Rounds
from stations.web.who import KEPT_IN
from tests.stations.web.conftest import Person
from tests.stations.web.reading import read_page
from tests.stations.web.test_keep_the_records import EVERY, Lent
from tests.town import corner, signed_in, today, token_of

ZONE = ZoneInfo("Asia/Shanghai")
WEST, EAST, NEXT = "360681101", "360681102", "360682"
SHEET = "/desk/inspections/sheet/A1"
MARK = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def lent() -> dict[str, Lent]:
    return {"shelf": Lent(), "desk": Lent(), "rounds": Lent(), "photos": Lent()}


@pytest.fixture(scope="module")
def app(lent, open_house):
    return open_house(**lent)


@pytest.fixture(scope="module")
def written(tmp_path_factory, town_stations) -> Path:
    file = tmp_path_factory.mktemp("rounds") / "registry.db"
    registry = Registry.open(f"sqlite:///{file}", ZONE)
    middle = corner(2.5, 0).lon
    placed = [replace(one, township=WEST if one.position.lon < middle else EAST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=datetime.now(UTC))
    registry.close()
    return file


@pytest.fixture
def registry(tmp_path, written):
    shutil.copyfile(written, tmp_path / "registry.db")
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE)
    yield registry
    registry.close()


@pytest.fixture
def rounds(registry) -> Rounds:
    return Rounds(registry.store, 30)


@pytest.fixture
def hire(lent, registry, rounds, request):
    """Hand out browsers of the staff."""
    lent["shelf"].now, lent["desk"].now, lent["rounds"].now = registry, Desk(registry, EVERY), rounds
    lent["photos"].now = Photos(registry.store)
    app = request.getfixturevalue("app")

    def one(role: str, area: str = "360681", stations: tuple[str, ...] = ()) -> Staff:
        client = app.test_client()
        who = signed_in(client, role, area, stations)
        return Staff(client, who.login)

    return one


class Staff(Person):
    def __init__(self, client, login: str) -> None:
        super().__init__(client)
        self.login = login

    def post(self, path: str, *, json: bool = False, **fields):
        parts = ("is_", "note_", "due_", "for_", "number_", "photo_")
        data = {name.replace("_", ".", 1) if name.startswith(parts) else name: value for name, value in fields.items()}
        data["csrf_token"] = token_of(self.client)
        headers = {"Accept": "application/json"} if json else {}
        return self.client.post(path, data=data, headers=headers, content_type="multipart/form-data")

    def fill(self, *, do: str = "send", code: str = "A1", mark: str = MARK, json: bool = False, **fields):
        path = f"/desk/inspections/sheet/{code}"
        return self.post(path, json=json, do=do, mark=mark, checklist=fields.pop("list", "regular"), **fields)


def picture(colour: str = "red") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    file.seek(0)
    return file


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def test_on_a_round_the_nearest_come_first_and_those_that_waited(hire) -> None:
    clerk = hire("clerk")
    page = clerk.see("/desk/inspections/next", lon=corner(6, 6).lon, lat=corner(6, 6).lat)
    names = [one.text for one in page.one("ol", class_="choices").all("b")]
    assert names[0] == "<script>alert(1)</script>"
    assert "停用驿站" not in names, "what is retired is not inspected"
    clerk.fill(is_water="yes")
    names = [one.text for one in clerk.see("/desk/inspections/next").one("ol", class_="choices").all("b")]
    assert names[-1] == "近处驿站"
    assert clerk.get("/desk/inspections/next", q="全天").text.count("/desk/inspections/sheet/") == 1
    for wrong in ({"lon": "nan", "lat": "1"}, {"list": "none"}, {"where": "x"}):
        assert clerk.get("/desk/inspections/next", **wrong).status_code == 400
    assert clerk.get("/desk/inspections/next", lon=1, lat=2, list="quick").status_code == 200


def test_a_sheet_is_saved_and_goes_on_where_one_stopped(hire) -> None:
    clerk = hire("clerk")
    answer = clerk.fill(do="save", is_water="no", note_water="空桶", photo_water=(picture(), "x.jpg"), remark="热")
    assert answer.headers["Location"] == f"{SHEET}?list=regular&said=saved"
    page = clerk.see(SHEET)
    assert page.one("input", name="mark").attributes["value"] == MARK
    assert page.one("input", name="note.water").attributes["value"] == "空桶"
    assert page.one("textarea", name="remark").text == "热"
    checked = [one.attributes["value"] for one in page.all("input", name="is.water") if "checked" in one.attributes]
    assert checked == ["no"]
    shot = page.one("label", class_="snap").one("img").attributes["src"]
    seen = clerk.client.get(shot)
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert hire("officer", NEXT).client.get(shot).status_code == 404
    assert hire("clerk").see(SHEET).one("input", name="mark").attributes["value"] != MARK, "a draft is its writer's"
    clerk.fill(do="drop")
    assert clerk.see(SHEET).one("input", name="mark").attributes["value"] != MARK


def test_an_inspection_with_a_fault_makes_a_task_for_somebody(hire, rounds) -> None:
    clerk, keeper = hire("clerk"), hire("custodian", stations=("A1",))
    answer = clerk.fill(
        is_open="yes", is_water="no", note_water="空桶", due_water=in_days(2), for_water=keeper.login, is_clean="no",
        due_clean="", photo_water=(picture(), "a.jpg"),
    )  # fmt: skip
    assert answer.headers["Location"] == "/desk/inspections/1?said=sent"
    (task,) = rounds.tasks.open()
    assert (task.item, task.person, task.due.isoformat()) == ("water", keeper.login, in_days(2))
    page = clerk.see("/desk/inspections/1")
    assert "clerk某" in page.one("main").text, "who inspected is told by name"
    assert "custodian某" in clerk.see("/desk/inspections/tasks/1").text, "and so is who puts it right"
    assert "空桶" in page.one("ul", class_="was-found").text
    assert "饮用水" in page.one("section", class_="looked").text
    listed = keeper.see("/desk/inspections/tasks", show="mine")
    assert "未达到：有干净的饮用水" in listed.text, "what a task is called does not say that all is well"
    assert "有干净的饮用水" in keeper.see("/desk").text, "and it is on the page of today"
    answer = keeper.post("/desk/inspections/tasks/1", do="done", note="换了新桶", photo=(picture("blue"), "b.jpg"))
    assert answer.headers["Location"] == "/desk/inspections/tasks?said=done"
    settled = rounds.tasks.get(1)
    assert (settled.standing, settled.done_by, len(settled.photos)) == (Standing.DONE, keeper.login, 1)
    assert "换了新桶" in clerk.see("/desk/inspections/tasks/1").text
    late = keeper.post("/desk/inspections/tasks/1", do="done", note="又换")
    assert late.status_code == 422
    assert keeper.login in late.text


def test_what_was_found_goes_into_the_record_when_somebody_presses(hire, registry) -> None:
    clerk = hire("clerk")
    clerk.fill(list="rating", is_water="no", is_sign="yes", number_seat_count="22", is_toilet="nearby")
    page = clerk.see("/desk/inspections/1")
    seen = page.one("input", name="seen").attributes["value"]
    assert clerk.post("/desk/inspections/1/write", seen=seen).status_code == 303
    station = registry.snapshot().station("A1")
    assert (station.amenities["water"], station.amenities["toilet"], station.seats) == ("no", "nearby", 22)
    assert station.extra["统一标识"] == "有"
    assert registry.history("A1")[-1].batch.what == f"inspection 1 by {clerk.login}"
    history = clerk.see("/desk/stations/A1").one("ol", class_="history").text
    assert re.search(rf"由 clerk某( \({clerk.login}\))? 的 1 号巡查写入", history), (
        "with the log-in where two bear the name"
    )
    again = clerk.see("/desk/inspections/1")
    assert not again.all("section", class_="looked"), "the record says it all"
    stale = clerk.post("/desk/inspections/1/write", seen="1")
    assert stale.status_code == 409
    planner = hire("planner")
    assert planner.client.get("/desk/inspections/1").status_code == 200
    assert planner.post("/desk/inspections/1/write", seen=seen).status_code == 404


def test_the_stars_follow_and_say_why(hire) -> None:
    clerk = hire("clerk")
    beside = clerk.see("/desk/stations/A1").one("aside", class_="beside")
    stars = next(one for one in beside.all("details") if "星级" in one.one("summary").text)
    assert "三星" in stars.one("p", class_="next").text
    assert "厕所" in stars.one("ul", class_="takes").text
    assert clerk.get("/desk/stations/A1", lang="en").text.count("For Three stars it still takes:") == 1


def test_a_sheet_that_comes_twice_or_late_counts_once(hire, rounds) -> None:
    clerk = hire("clerk")
    there = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    first = clerk.fill(json=True, found=there, who=clerk.login, is_water="no", due_water=in_days(-2))
    assert first.json == {"outcome": "taken", "address": "/desk/inspections/1?said=sent"}
    again = clerk.fill(json=True, found=there, who=clerk.login, is_water="yes")
    assert again.json["outcome"] == "known"
    one = rounds.get(1)
    assert one.day == datetime.fromisoformat(there).astimezone(ZONE).date()
    assert len(rounds.between(date.min, date.max)) == len(rounds.tasks.open()) == 1
    day = today()
    strange = clerk.fill(json=True, mark="f" * 32, found="2031-01-01T00:00:00Z", is_water="yes")
    assert rounds.get(2).day == day, strange.json


def test_what_somebody_filled_in_is_sent_as_nobody_else(hire, rounds) -> None:
    clerk, other = hire("clerk"), hire("clerk")
    assert other.fill(json=True, who=clerk.login, is_water="yes").status_code == 409
    clerk.fill(do="save", is_water="no")
    assert other.fill(json=True, is_water="yes").status_code == 422
    assert rounds.by_mark(MARK).who == clerk.login


def test_what_cannot_be_used_is_told_where_it_is_and_nothing_is_lost(hire, rounds) -> None:
    clerk = hire("clerk")
    answer = clerk.fill(
        list="rating", is_water="no", due_water="2020-01-01", note_clean="脏", is_clean="no", for_clean="nobody",
        number_area="much", photo_water=(io.BytesIO(b"<svg/>"), "x.jpg"), photo_clean=(picture(), "y.jpg"),
    )  # fmt: skip
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert page.one("input", name="note.clean").attributes["value"] == "脏"
    for key, words in (("water", "2020-01-01"), ("clean", "这个站点"), ("area", "much")):
        assert words in page.one("fieldset", id=f"i-{key}").text, key
    assert page.one("fieldset", id="i-water").all("p", class_="wrong-here")[0].text
    draft = rounds.drafts(clerk.login)[0]
    assert len(draft.answers["clean"].photos) == 1, "what could be used is kept"
    assert rounds.between(date.min, date.max) == ()
    assert clerk.fill(mark="a" * 32).status_code == 422, "nothing is answered"
    assert clerk.fill(mark="short", is_water="yes").status_code == 409
    assert clerk.fill(do="burn").status_code == 400
    assert clerk.fill(do="send", is_water="yes", bogus="1").status_code == 400


def test_tasks_are_given_to_somebody_else_or_dropped_with_a_word(hire, rounds) -> None:
    clerk, keeper = hire("clerk"), hire("custodian", stations=("A1",))
    clerk.fill(is_water="no", due_water=in_days(1))
    path = "/desk/inspections/tasks/1"
    assert clerk.post(f"{path}/plan", due=in_days(5), **{"for": keeper.login}).status_code == 303
    assert (rounds.tasks.get(1).person, rounds.tasks.get(1).due.isoformat()) == (keeper.login, in_days(5))
    for wrong in ({"due": "soon", "for": ""}, {"due": in_days(3), "for": "nobody"}):
        assert clerk.post(f"{path}/plan", **wrong).status_code == 422
    assert keeper.post(f"{path}/plan", due=in_days(9)).status_code == 404
    assert keeper.post(path, do="drop", note="算了").status_code == 404
    assert clerk.post(path, do="drop", note="").status_code == 422
    assert clerk.post(path, do="drop", note="站点要搬").status_code == 303
    assert rounds.tasks.get(1).standing is Standing.DROPPED


def test_lists_by_area_and_period_and_the_workbook(hire, rounds) -> None:
    officer = hire("officer")
    officer.fill(is_water="no", note_water="=1+1", due_water=in_days(1))
    officer.fill(code="A3", mark="b" * 32, is_water="yes")
    page = officer.see("/desk/inspections")
    assert len(page.one("ul", class_="found-list").all("li")) == 2
    assert len(officer.see("/desk/inspections", faults="yes").one("ul", class_="found-list").all("li")) == 1
    assert "近处驿站" not in officer.see("/desk/inspections", township=EAST).one("ul", class_="found-list").text
    assert "found-list" not in officer.get("/desk/inspections", **{"from": "2020-01-01", "to": "2020-02-01"}).text
    for wrong in ({"from": "soon"}, {"from": in_days(2), "to": in_days(1)}, {"page": "x"}, {"who": "me"}):
        assert officer.get("/desk/inspections", **wrong).status_code == 400
    book = load_workbook(io.BytesIO(officer.client.get("/desk/inspections/export.xlsx").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 3
    assert "=1+1" in rows[2] or "=1+1" in rows[1], "as text"
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    west = hire("officer", WEST)
    mine = load_workbook(io.BytesIO(west.client.get("/desk/inspections/export.xlsx").data))
    assert {row[2] for row in list(mine.worksheets[0].iter_rows(values_only=True))[1:]} == {"A1"}
    trail = west.client.application.extensions[KEPT_IN].people.audit.latest()
    told = [one for one in trail if one.what == "exported" and one.area == WEST]
    assert len(told) == 1
    assert told[0].about.startswith("inspections ")
    assert told[0].about.endswith(": 1")


def test_one_clerk_inspects_in_the_own_township_alone(hire) -> None:
    west = hire("clerk", WEST)
    assert west.get(SHEET).status_code == 200
    assert west.get("/desk/inspections/sheet/A3").status_code == 404
    assert west.fill(code="A3", is_water="yes").status_code == 404
    assert "全天驿站" not in west.get("/desk/inspections/next").text
    assert hire("custodian", stations=("A1",)).get(SHEET).status_code == 404
    assert hire("custodian", stations=("A1",)).get("/desk/inspections").status_code == 200
