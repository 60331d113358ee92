"""The staff count supplies, keep services and their meals, and enter visits; each sees what is theirs alone."""

import io
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from openpyxl import load_workbook

from stations.desk.desk import Desk
from stations.people.facts import Role
from stations.registry.log import Registry
from stations.stock.stock import Stock
from stations.upkeep.facts import Aspect
from stations.upkeep.saying import Upkeep
from tests.stations.web.test_keep_the_records import Lent, Staff, filled_in
from tests.town import SHANGHAI, corner, signed_in, today

WEST, EAST = "360681101", "360681102"


@pytest.fixture(scope="module")
def lent() -> dict[str, Lent]:
    return {"shelf": Lent(), "desk": Lent(), "upkeep": Lent(), "stock": Lent()}


@pytest.fixture(scope="module")
def made() -> dict[str, Flask]:
    return {}


@pytest.fixture(scope="module")
def written(tmp_path_factory, town_stations) -> Path:
    """The registry as every test finds it: A1, A2, A5 and A6 in the west, A3 and A4 in the east; A5 is retired."""
    file = tmp_path_factory.mktemp("days") / "registry.db"
    registry = Registry.open(f"sqlite:///{file}", SHANGHAI)
    middle = corner(2.5, 0).lon
    placed = [replace(one, township=WEST if one.position.lon < middle else EAST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=datetime.now(UTC))
    registry.close()
    return file


@pytest.fixture
def stock(tmp_path, written, lent):
    shutil.copyfile(written, tmp_path / "registry.db")
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", SHANGHAI)
    lent["shelf"].now, lent["desk"].now = registry, Desk(registry, dict.fromkeys(Aspect, 60))
    lent["upkeep"].now, lent["stock"].now = Upkeep(registry.store, SHANGHAI), Stock(registry.store)
    yield lent["stock"].now
    registry.close()


@pytest.fixture
def office(lent, made, open_house, stock):
    app = made.get("app") or made.setdefault("app", open_house(**lent))

    def hire(role: Role | str, area: str = "360681", stations: tuple[str, ...] = ()) -> Staff:
        client = app.test_client()
        return Staff(client, signed_in(client, role, area, stations).login)

    return hire


@pytest.fixture
def clerk(office) -> Staff:
    return office("clerk")


def form_of(who: Staff, path: str) -> dict[str, object]:
    """What a browser would send of the form that a page has, with nothing typed."""
    forms = [one for one in who.see(path).all("form") if "shelf-form" in one.attributes.get("class", "")]
    action = urlsplit(urljoin(path, forms[0].attributes["action"])).path
    assert who.client.application.url_map.bind("localhost").test(action, "POST"), f"{action} takes no form"
    return {name: value for name, value in filled_in(forms[0]).items() if name != "csrf_token"}


def said(who: Staff, path: str) -> str:
    return re.sub(r"\s+", " ", who.see(path).one("main").text)


def listed(who: Staff, path: str) -> list[tuple[object, ...]]:
    """The rows of the second sheet of a workbook."""
    answer = who.client.get(path)
    assert answer.status_code == 200
    return list(load_workbook(io.BytesIO(answer.data)).worksheets[1].iter_rows(values_only=True))


def test_a_custodian_counts_and_the_round_follows(office, clerk) -> None:
    keeper = office("custodian", stations=("A1",))
    path = "/desk/stations/A1/supplies"
    form = form_of(keeper, path)
    answer = keeper.send(path, **form | {"amount.water": "3", "amount.balm": "６", "amount.cups": "200"})
    assert answer.headers["Location"] == f"{path}?said=count"
    assert "盘点已记录" in said(keeper, answer.headers["Location"])
    assert "只剩3瓶" in said(keeper, path)
    assert "近处驿站" in said(clerk, "/desk/supplies")
    assert "补 45" in said(clerk, "/desk/supplies")
    assert "物资不足 1" in said(keeper, "/desk")
    assert "瓶装水：只剩3瓶" in said(keeper, "/desk")
    assert listed(clerk, "/desk/supplies.xlsx")[1][4:8] == ("瓶装水", "只剩3瓶", 45, "瓶")
    brought = form_of(keeper, f"{path}?do=brought") | {"amount.water": "45"}
    keeper.send(path, **brought)
    keeper.send(path, **brought)  # once more, as the answer was lost
    assert "现有：48瓶" in said(keeper, path)
    assert "物资不足" not in said(keeper, "/desk")


def test_what_cannot_be_counted_is_said_where_it_is_and_nothing_is_lost(clerk, stock) -> None:
    path = "/desk/stations/A1/supplies"
    form = form_of(clerk, path)
    page = clerk.send(path, 422, **form | {"amount.water": "一箱", "amount.cups": "20", "day": "2026-02-30"}).text
    assert "“一箱”" in page
    assert 'name="amount.cups" value="20"' in page
    assert 'name="day" value="2026-02-30"' in page
    assert "请至少填一项" in clerk.send(path, 422, **form).text
    assert "最近一年" in clerk.send(path, 422, **form | {"amount.cups": "1", "day": "2999-01-01"}).text
    assert clerk.client.post(path, data={"csrf_token": clerk.token(), "amount.gold": "1"}).status_code == 422
    assert clerk.client.post(path, data={"csrf_token": clerk.token(), "gold": "1"}).status_code == 400
    assert stock.supplies.book("A1") == ()


def test_a_count_shows_what_another_brought_meanwhile(office, clerk) -> None:
    path = "/desk/stations/A1/supplies"
    form = form_of(clerk, path)
    other = office("clerk")
    other.send(path, **form_of(other, f"{path}?do=brought") | {"amount.water": "24"})
    page = clerk.send(path, 303, **form | {"amount.cups": "9"})  # of another thing: nothing to look at
    clerk.send(path, 303, **form_of(other, f"{path}?do=brought") | {"amount.water": "24"})
    page = clerk.send(path, 409, **form | {"amount.water": "20", "mark": "again"}).text
    assert "刚才有同事" in page
    assert 'name="amount.water" value="20"' in page
    assert "现有：48瓶" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    clerk.send(path, 303, **form | {"amount.water": "20", "seen": seen[1], "mark": "again"})
    assert "现有：20瓶" in said(clerk, path)


def test_targets_are_a_clerks_and_hold_for_one_station(office, clerk) -> None:
    path = "/desk/stations/A1/supplies"
    clerk.send(path, **form_of(clerk, path) | {"amount.water": "12"})
    form = form_of(clerk, f"{path}?do=targets")
    assert "剩到" in said(clerk, f"{path}?do=targets")
    assert "应小于配备数" in clerk.send(f"{path}/targets", 422, **form | {"low.water": "48"}).text
    assert "请填数字" in clerk.send(f"{path}/targets", 422, **form | {"low.water": ""}).text
    clerk.send(f"{path}/targets", **form | {"target.water": "0", "low.water": "0"})
    assert "近处驿站" not in said(clerk, "/desk/supplies")
    keeper = office("custodian", stations=("A1",))
    assert "配备标准" not in said(keeper, path)
    keeper.send(f"{path}/targets", 404, **form)


def test_a_planner_reads_and_writes_nothing(office) -> None:
    planner = office("planner")
    assert "amount.water" not in planner.client.get("/desk/stations/A1/supplies").text
    assert "door." not in planner.client.get("/desk/stations/A1/visits").text
    assert planner.client.get("/desk/visits").status_code == 200
    planner.send("/desk/stations/A1/supplies", 404, **{"amount.water": "1"})
    planner.send("/desk/stations/A1/visits", 404)
    assert planner.client.get("/desk/visits/enter").status_code == 404


def test_the_round_is_parted_by_township_and_shows_who_was_never_counted(office, clerk) -> None:
    for code in ("A1", "A3"):
        path = f"/desk/stations/{code}/supplies"
        clerk.send(path, **form_of(clerk, path) | {"amount.water": "0"})
    both = said(clerk, "/desk/supplies")
    assert both.index("西乡 1") < both.index("近处驿站") < both.index("东乡 1") < both.index("全天驿站")
    assert "96瓶" in both
    assert "近处驿站" not in said(clerk, f"/desk/supplies?township={EAST}")
    never = said(clerk, "/desk/supplies?show=never")
    assert "不详驿站" in never
    assert "停用驿站" not in never
    assert said(office("clerk", WEST), "/desk/supplies").count("全天驿站") == 0
    for wrong in ("show=x", "township=x", "page=x", "what=1"):
        assert clerk.client.get(f"/desk/supplies?{wrong}").status_code == 400


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def breakfast(clerk: Staff, **typed: str) -> str:
    fields = {"key": "breakfast", "hours": "每天 6:30-8:30", "first": (today() - timedelta(days=40)).isoformat()}
    fields |= {"price": "2元", "places": "120", "mark": "m"}
    answer = clerk.send("/desk/stations/A1/services", **fields | {"eligible": "sanitation"} | typed)
    return str(answer.headers["Location"])


def test_a_breakfast_is_written_down_and_its_meals_are_counted(office, clerk) -> None:
    there = breakfast(clerk)
    path = there.partition("?")[0]
    page = said(clerk, there)
    for words in ("爱心早餐", "每天 06:30–08:30", "环卫工人", "2 元", "每天 120 份"):
        assert words in page, words
    keeper = office("custodian", stations=("A1",))
    form = form_of(keeper, path)
    name = f"served.{today().isoformat()}"
    assert name in form
    keeper.send(f"{path}/served", **form | {name: "83"})
    keeper.send(f"{path}/served", 409, **form | {name: "84", "mark": "other"})
    page = said(clerk, "/desk/services")
    assert "近处驿站" in page
    assert "83" in page
    rows = listed(clerk, "/desk/services.xlsx")
    assert rows[1][:5] == ("西乡", "近处驿站", "A1", "爱心早餐", "每天 06:30–08:30")
    assert rows[1][-1] == 83
    keeper.send(path, 404, do="stop", seen="1")


def test_a_service_is_changed_and_ended_with_its_history(office, clerk) -> None:
    path = breakfast(clerk).partition("?")[0]
    fields = {"key": "breakfast", "hours": "周一至周五 6:30-8:30", "first": today().isoformat(), "price": "3"}
    clerk.send(path, **fields | {"seen": "1", "mark": "a", "do": "save"})
    stale = clerk.send(path, 409, **fields | {"seen": "1", "mark": "b", "price": "4", "do": "save"}).text
    assert "刚才有同事" in stale
    assert 'name="price" inputmode="decimal" value="4"' in stale
    clerk.send(path, do="stop", seen="2", mark="c")
    page = said(clerk, path)
    assert "已结束" in page
    assert "2 元" in page, "what it was is in the history"
    assert "已结束 1" in said(clerk, "/desk/services")


@pytest.mark.parametrize(("typed", "told", "kept"), [
    ("每月第一个周六 9:00-11:00", "每月第一个周六 09:00–11:00", "Sa[1] 09:00-11:00"),
    ("每月第一个周六和第三个周六：9点到11点", "每月第一个周六；每月第三个周六 09:00–11:00",
     "Sa[1] 09:00-11:00; Sa[3] 09:00-11:00"),
    ("first Saturday of each month 9 am to 11 am", "每月第一个周六 09:00–11:00", "Sa[1] 09:00-11:00"),
    ("每月15日 9:00-11:00、14:00-16:00", "每月15日 09:00–11:00、14:00–16:00",
     ",".join(f"{month} 15" for month in MONTHS) + " 09:00-11:00,14:00-16:00"),
])  # fmt: skip
def test_a_service_of_some_days_of_each_month_is_said_and_told_in_words(clerk, stock, typed, told, kept) -> None:
    path = breakfast(clerk, key="haircut", hours=typed, price="￥2.5元").partition("?")[0]
    assert told in said(clerk, path)
    assert "2.5 元" in said(clerk, path)
    service = int(path.rpartition("/")[2])
    assert stock.services.get(service).offer.service.hours == kept
    typed = clerk.see(path).one("input", name="hours").attributes["value"]
    assert typed == told
    fields = {"key": "haircut", "hours": typed, "first": today().isoformat(), "seen": "1", "mark": "a", "do": "save"}
    clerk.send(path, **fields)
    assert stock.services.get(service).offer.service.hours == kept, "what is told is read as it was"


@pytest.mark.parametrize(("field", "typed", "told"), [
    ("hours", "有时候", "有时候"),
    ("hours", "", "请写明时间"),
    ("last", "2020-01-01", "不能早于"),
    ("hours", "每月 9:00-11:00", "每月 9:00-11:00"),
    ("hours", "每月第一个周六 9:00-11:00 周日", "读不懂"),
    ("price", "很便宜", "“很便宜”不是价格"),
    ("price", "2.555", "“2.555”不是价格"),
    ("price", "1e3", "“1e3”不是价格"),
    ("places", "许多", "“许多”"),
    ("key", "gold", "“gold”"),
    ("first", "2026-02-30", "2026-02-30"),
])  # fmt: skip
def test_a_service_that_cannot_be_is_said_and_what_was_typed_stays(clerk, stock, field, typed, told) -> None:
    fields = {"key": "breakfast", "hours": "每天 6:30-8:30", "note": "凭卡领取", field: typed}
    page = clerk.send("/desk/stations/A1/services", 422, **fields).text
    assert told in page
    assert "凭卡领取" in page
    assert stock.services.newest(1) == 0


def test_one_finds_the_station_for_a_new_service(clerk) -> None:
    found = clerk.see("/desk/services/new?q=近处")
    assert [link.text for link in found.one("main").all("a") if "A1" in link.attributes["href"]] == ["近处驿站"]
    assert "没有" in said(clerk, "/desk/services/new?q=天上")


def test_visits_of_a_week_are_entered_and_corrected(clerk, stock) -> None:
    path = "/desk/stations/A1/visits"
    form = form_of(clerk, path)
    day, before = (f"door.{(today() - timedelta(days=number)).isoformat()}" for number in (0, 1))
    clerk.send(path, **form | {day: "40", before: "31"})
    assert "71 人次" in said(clerk, "/desk/visits")
    again = form_of(clerk, path)
    assert (again[day], again[before]) == ("40", "31")
    clerk.send(path, **again | {day: "", before: "13"})
    page = said(clerk, path)
    assert "已撤回" in page
    assert "已更正" in page
    assert "13 人次" in said(clerk, "/desk/visits")
    clerk.send(path, 409, **form | {before: "99", "mark": "late"})
    clerk.send(path, 422, **again | {day: "很多", "mark": "x"})
    clerk.send(path, 400, **again | {"door.yesterday": "3", "mark": "y"})
    assert {one.people for one in stock.visits.notes("A1", today() - timedelta(days=6), today())} == {40, 31, 13, None}


def test_visits_of_many_stations_are_entered_on_one_page(office, clerk) -> None:
    path = f"/desk/visits/enter?source=paper&day={(today() - timedelta(days=1)).isoformat()}"
    form = form_of(clerk, path)
    assert {name for name in form if name.startswith("people.")} == {f"people.A{n}" for n in (1, 2, 3, 4, 6)}
    clerk.send(path, **form | {"people.A1": "12", "people.A3": "1,000"} | {"people.A3": "30"})
    assert form_of(clerk, path)["people.A3"] == "30"
    assert "42 人次" in said(clerk, "/desk/visits")
    rows = clerk.client.get("/desk/visits.csv").text.splitlines()
    assert rows[1].endswith("A1,近处驿站,西乡,12,0,12,0")
    assert [row[0] for row in listed(clerk, "/desk/visits.xlsx")[1:]] == [(today() - timedelta(days=1)).isoformat()]
    west = office("clerk", WEST)
    assert "people.A3" not in form_of(west, path)
    west.send(path, 404, **form | {"people.A3": "99", "mark": "z"})
    assert "12 人次" in said(west, "/desk/visits")
    assert "东乡" not in said(west, "/desk/visits")
    assert "30" not in west.client.get("/desk/visits.csv").text


def test_a_long_file_is_put_together_in_parts_and_one_that_no_spreadsheet_opens_is_refused(clerk, monkeypatch) -> None:
    path = "/desk/stations/A1/visits"
    days = [today() - timedelta(days=number) for number in range(7)]
    clerk.send(path, **form_of(clerk, path) | {f"door.{day.isoformat()}": "10" for day in days})
    whole = clerk.client.get("/desk/visits.csv").data
    assert whole.count(b"\r\n") == 8
    monkeypatch.setattr("stations.web.stock.sheets.AT_ONCE", 2)
    assert clerk.client.get("/desk/visits.csv").data == whole
    monkeypatch.setattr("stations.web.stock.visits.MOST_ROWS", 6)
    answer = clerk.client.get("/desk/visits.csv")
    assert answer.status_code == 400
    assert "一共 7 行，表格软件最多打开 6 行。请缩短日期范围。" in answer.text


def test_the_workbook_has_every_township_and_is_called_by_its_days(clerk, office) -> None:
    path = "/desk/stations/A1/visits"
    day = (today() - timedelta(days=1)).isoformat()
    clerk.send(path, **form_of(clerk, path) | {f"door.{day}": "0"})
    answer = clerk.client.get(f"/desk/visits.xlsx?first={day}&last={day}")
    assert f"yizhan-visits-{day}_{day}.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    head, west, east = ([cell.value for cell in row] for row in book["按乡镇街道"].iter_rows(max_row=3))
    assert head[:5] == ["乡镇街道", "代码", "驿站数", "其中有数据的", "服务人次"]
    assert west[:5] == ["西乡", WEST, west[2], 1, 0], "nobody came"
    assert east[0] == "东乡"
    assert east[3] == 0
    assert set(east[4:]) == {None}, "nothing is known"
    only = load_workbook(io.BytesIO(clerk.client.get(f"/desk/visits.xlsx?township={WEST}").data))
    assert [row[1].value for row in only["按乡镇街道"].iter_rows(min_row=2)] == [WEST]


def test_times_are_drawn_by_day_week_or_month(clerk) -> None:
    path = "/desk/stations/A1/visits"
    days = [today() - timedelta(days=number) for number in range(7)]
    clerk.send(path, **form_of(clerk, path) | {f"door.{day.isoformat()}": "10" for day in days})
    first = today() - timedelta(days=13)
    shown = [first + timedelta(days=number) for number in range(14)]
    weeks, months = {day.isocalendar()[:2] for day in shown}, {(day.year, day.month) for day in shown}
    for by, count in (("day", 14), ("week", len(weeks)), ("month", len(months))):
        page = clerk.see(f"/desk/visits?first={first.isoformat()}&last={today().isoformat()}&by={by}")
        wide = next(one for one in page.all("svg") if "wide" in one.attributes.get("class", ""))
        assert len(wide.all("rect")) == count, by
        told = [one.text for one in wide.all("title")]
        assert sum(int(words.rpartition("：")[2].split()[0]) for words in told) == 70
    for wrong in (
        "first=x",
        "first=2026-05-01&last=2026-04-01",
        "first=2000-01-01",
        "by=hour",
        "last=2026-02-30",
        "last=0001-01-05",
    ):
        assert clerk.client.get(f"/desk/visits?{wrong}").status_code == 400, wrong


def test_no_formula_survives_into_a_file(clerk) -> None:
    path = "/desk/stations/A4/visits"
    clerk.send(path, **form_of(clerk, path) | {f"door.{today().isoformat()}": "10"})
    clerk.send("/desk/stations/A4/supplies", **form_of(clerk, "/desk/stations/A4/supplies") | {"amount.water": "0"})
    answer = clerk.client.get("/desk/supplies.xlsx")
    cells = [cell for row in load_workbook(io.BytesIO(answer.data)).worksheets[1].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "=1+1" in {cell.value for cell in cells}, "the address of the station, as a text"
    assert "<script>alert" not in clerk.client.get("/desk/visits").text
