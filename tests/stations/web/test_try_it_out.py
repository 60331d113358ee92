"""A planner tries out what would change: adds a station, moves one, closes one, and reads what it would bring."""

import json
import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.errors import UnknownRevisionError
from stations.questions.coverage import Add, Close, CoverageQuery, Move, SetHours
from stations.registry.log import Registry
from stations.web.params import BadParameter, Known
from stations.web.planned import read_changes, read_coverage
from stations.web.planning.state import read_versus
from tests.stations.web.conftest import Person
from tests.town import A_FRIDAY, SHANGHAI, Shelf, corner

KNOWN = Known(frozenset({"walk", "ebike"}), frozenset({"water"}), SHANGHAI, {}, frozenset({"street", "area"}))
AWAY = corner(5, 3)
THERE = f"{AWAY.lon},{AWAY.lat}"


def rows(page):
    """What the table of townships says, by name and column."""
    table = page.one("table", id="townships")
    head = [cell.text for cell in table.one("thead").all("th")]
    body = {row.all("th")[0].text: row for row in table.all("tr") if row.all("td")}
    return {name: dict(zip(head[1:], (cell.text for cell in row.all("td")), strict=True)) for name, row in body.items()}


def share(page) -> float:
    return float(page.one("b", id="figure").text.rstrip("%"))


def test_a_station_more_serves_more_and_the_page_says_where(planner):
    before, after = planner.see("/planning", minutes=5), planner.see("/planning", minutes=5, add=THERE)
    assert share(after) > share(before)
    assert "东乡" in after.one("div", id="changed").text
    assert f"{share(before)}%" in after.one("div", id="changed").text
    changes = {name: row["差异"] for name, row in rows(after).items()}
    assert changes["西乡"] == "–"
    assert changes["东乡"] == changes["合计"]
    assert float(changes["合计"]) > 0


def test_taking_it_back_leads_to_where_one_was(planner):
    page = planner.see("/planning", minutes=5, add=THERE, close="A3")
    backs = [one.attributes["href"] for one in page.all("a", class_="take-back")]
    assert len(backs) == 2
    assert "add=" not in backs[0]
    assert "close=A3" in backs[0]
    (all_back,) = page.one("li", class_="all-back").all("a")
    assert share(planner.see(all_back.attributes["href"])) == share(planner.see("/planning", minutes=5))


def test_a_closed_station_serves_fewer_and_can_be_opened_again(planner):
    before, after = planner.see("/planning", minutes=5), planner.see("/planning", minutes=5, close="A3")
    assert share(after) < share(before)
    assert "没有全天驿站" in after.one("div", id="changed").text
    data = json.loads(after.one("script", id="plan-data").text or after.one("script", id="plan-data").inside[0])
    (closed,) = [one for one in data["stations"] if one["code"] == "A3"]
    assert (closed["tried"], closed["state"]) == ("closed", "not")


def test_hours_decide_at_the_hour_asked(planner):
    late = {"minutes": 5, "at": f"{A_FRIDAY}T23:00"}
    assert share(planner.see("/planning", **late, hours="A1;每天 18:00-24:00")) > share(
        planner.see("/planning", **late)
    )


def test_a_station_tried_out_has_what_is_asked_for(planner):
    asked = {"minutes": 5, "amenity": "microwave"}
    assert share(planner.see("/planning", **asked, add=THERE)) > share(planner.see("/planning", **asked))


def test_each_gap_offers_a_station_there(planner):
    page = planner.see("/planning", minutes=5, part="gaps")
    first = page.all("a", class_="try")[0].attributes["href"]
    tried = planner.see(first)
    assert share(tried) > share(page)
    assert tried.one("a", aria_current="true").attributes["data-tab"] == "gaps"


def test_each_station_can_be_tried_without(planner):
    page = planner.see("/planning", minutes=5, part="stations")
    links = [one.attributes["href"] for one in page.all("a", class_="try")]
    assert "close=A3" in links[0] or any("close=A3" in one for one in links)
    assert share(planner.see(links[0])) <= share(page)


def test_names_from_the_address_are_text(planner):
    page = planner.get("/planning", add=f"{THERE},<b>x</b>;24/7")
    assert "<b>x" not in page.text
    assert "&lt;b&gt;x" in page.text


def test_the_files_take_what_is_tried_out(planner):
    page = planner.see("/planning", minutes=5, add=THERE, close="A3")
    links = [one for one in page.one("section", id="home").all("a") if "/planning/" in one.attributes["href"]]
    assert len(links) > 8
    for link in links:
        assert "add=" in link.attributes["href"]
        assert "close=A3" in link.attributes["href"]
    before, after = (planner.get("/planning/coverage.geojson", minutes=5, add=add).json for add in (None, THERE))
    assert sum(one["properties"]["stations"] for one in after["features"]) == 1 + sum(
        one["properties"]["stations"] for one in before["features"]
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"add": "here"}, "没有位置"),
        ({"add": "116.3,91"}, "没有位置"),
        ({"move": "A1"}, "没有位置"),
        ({"hours": "A1;有时候"}, "看不懂"),
        ({"speed": "900"}, "900"),
        ({"weight": "gold"}, "gold"),
        ({"vs": "yesterday"}, "yesterday"),
        ({"vs": "at=noon"}, "noon"),
        ({"part": "nothing"}, "nothing"),
        ({"add": ["116.3,28.3"] * 51}, "51"),
        ({"close": "NOPE"}, "NOPE"),
        ({"close": "A5"}, "A5"),
        ({"add": "117.5,28.3"}, "117.5"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_else_happens(planner, asked, says):
    page = planner.see("/planning", status=400, **asked)
    fault = page.one("p", role="alert").text
    assert says in fault
    assert re.search("[\u4e00-\u9fff]", fault), "in Chinese"
    assert not page.all("table")


def test_ten_thousand_are_refused_before_anybody_reads_them(planner):
    assert planner.get("/planning", close=["A1"] * 10_000).status_code == 414


def test_what_was_refused_can_be_taken_back(planner):
    page = planner.see("/planning", status=400, add="117.5,28.3")
    planner.see(page.one("a", class_="take-back").attributes["href"])


def test_the_answer_for_a_drag_says_the_same_as_the_page(planner):
    asked = {"minutes": 5, "at": f"{A_FRIDAY}T10:00", "add": THERE}
    page, answer = planner.see("/planning", **asked), planner.get("/planning/answer.json", **asked).json
    assert answer["said"]["figure"] == page.one("b", id="figure").text
    assert answer["said"]["change"] == page.one("b", id="change-says").text
    assert answer["said"]["before"] == page.one("span", id="figure-before").text
    assert answer["total"]["name"] == "合计"
    assert answer["stations"] == {"+1": "perhaps", "A1": "counts", "A2": "perhaps", "A3": "counts", "A4": "counts",
                                  "A6": "not"}  # fmt: skip
    said = rows(page)
    for town in answer["townships"]:
        assert said[town["name"]]["差异"] == town["said"]["change"]
        assert said[town["name"]]["未覆盖"] == town["said"]["uncovered"]


def test_a_wrong_answer_is_json_too(planner):
    answer = planner.get("/planning/answer.json", add="nowhere")
    assert answer.status_code == 400
    assert "nowhere" in answer.json["error"]["message"]


def test_the_outlines_are_kept_by_the_digest(planner, atlas):
    shapes = planner.get("/planning/townships.json", digest=atlas.digest[:12])
    assert "immutable" in shapes.headers["Cache-Control"]
    assert [one["properties"]["name"] for one in shapes.json["features"]] == ["西乡", "东乡"]
    assert planner.get("/planning/townships.json").headers["Cache-Control"] == "no-cache"
    assert planner.get("/planning/townships.json", minutes=5).status_code == 400


def test_two_hours_side_by_side(planner):
    page = planner.see("/planning", minutes=5, at=f"{A_FRIDAY}T10:00", vs=f"at={A_FRIDAY}T21:00", part="compare")
    assert "周五 21:00" in page.one("div", id="panel").text
    assert "近处驿站" in page.one("div", id="panel").text, "open at ten"
    assert "夜间驿站" in page.one("div", id="panel").text, "open at nine in the evening"


def test_the_same_time_on_the_other_days_is_offered(planner):
    def offered(**asked):
        page = planner.see("/planning", minutes=5, part="compare", **asked)
        return [one.text for one in page.one("div", class_="choices").all("a")]

    assert [f"周{day} 05:30" for day in "一二三四六日"] == [
        one for one in offered(at=f"{A_FRIDAY}T05:30") if "05:30" in one
    ]
    assert "周五 22:00" in offered(at=f"{A_FRIDAY}T22:30"), "half an hour later is another time"
    assert not [one for one in offered() if "周日" in one], "any hour is on no day"


def test_a_moment_with_an_offset_is_shown_by_the_clock_on_the_wall(planner):
    page = planner.see("/planning", minutes=5, at=f"{A_FRIDAY}T14:30Z", part="clock")
    assert page.one("input", id="at").attributes["value"] == f"{A_FRIDAY}T22:30"
    assert page.one("input", id="hour").attributes["value"] == "22.5"
    assert (
        page.one("table", class_="heat").one("a", aria_current="true").attributes["href"].count(f"{A_FRIDAY}T22:00")
        == 1
    )
    assert page.one("select", id="day").one("option", selected="").attributes["value"] == A_FRIDAY
    assert planner.see("/planning", at="gestern", status=400).one("input", id="at").attributes["value"] == "gestern"


def test_measures_of_fairness_have_their_chinese_names(planner):
    heads = [head.text for head in planner.see("/planning", part="fair").one("div", id="panel").all("th", scope="row")]
    assert {"基尼系数", "帕尔马比", "泰尔指数 T"} <= set(heads)


def test_two_ways_to_travel_side_by_side(planner):
    page = planner.see("/planning", minutes=5, vs="mode=ebike", part="compare")
    assert page.one("span", id="figure-before").text == "100%"
    assert share(page) < 100
    assert "电动自行车" in page.one("div", id="panel").text


class Log(Shelf):
    """A registry that had one station less."""

    def as_of(self, when):
        if when not in (6, 7):
            raise UnknownRevisionError("There is no revision {revision}: the log goes from 0 to {head}. If it went "
                                       "further before, the registry was restored from an older backup; read it anew "
                                       "from 0.", revision=when, head=7)  # fmt: skip
        return Shelf(self.stations[:-1] if when == 6 else self.stations, when).snapshot()


def test_the_registry_as_it_was(open_house, town_stations):
    planner = Person(open_house(shelf=Log(town_stations)).test_client())
    page = planner.see("/planning", minutes=5, vs="revision=6", part="compare")
    assert "第 6 版" in page.one("div", id="panel").text
    assert "夜间驿站" in page.one("div", id="panel").text
    assert "99" in planner.see("/planning", status=400, vs="revision=99").one("p", role="alert").text


def test_revisions_are_offered_from_the_log(open_house, tmp_path, town_stations):
    registry = Registry.open(f"sqlite:///{tmp_path / 'r.db'}", ZoneInfo("Asia/Shanghai"))
    try:
        for hour, station in enumerate(town_stations[:2]):
            registry.edit(station, seen=0, who="a", at=datetime(2026, 3, 1, hour, tzinfo=SHANGHAI))
        planner = Person(open_house(shelf=registry).test_client())
        page = planner.see("/planning", part="compare")
        offered = [one.attributes["href"] for one in page.one("div", class_="choices").all("a")]
        revisions = [one for one in offered if "vs=revision" in one]
        assert len(revisions) == 2
        planner.see(revisions[0])
    finally:
        registry.close()


@pytest.mark.parametrize("part", ["townships", "gaps", "stations", "clock", "double15", "sure", "fair", "compare"])
@pytest.mark.parametrize("stations", [None, []])
def test_every_part_is_a_page_without_script(open_house, part, stations):
    page = Person(open_house(stations=stations).test_client()).see("/planning", minutes=5, part=part)
    assert page.one("a", aria_current="true").attributes["data-tab"] == part
    assert page.one("div", id="panel").all("h2")


def test_the_clock_leads_to_its_hours(planner):
    page = planner.see("/planning", minutes=5, part="clock", at=f"{A_FRIDAY}T10:00")
    cells = page.one("table", class_="heat").all("a")
    assert len(cells) == 168 + 24, "the week, and a holiday"
    friday = [cell for cell in cells if f"at={A_FRIDAY}T" in cell.attributes["href"]]
    assert len(friday) == 24
    assert friday[10].attributes["aria-current"] == "true"
    at_ten = planner.see(friday[10].attributes["href"])
    assert round(share(at_ten)) == int(friday[10].text)


def test_the_last_holiday_stands_for_those_not_announced_yet(planner):
    asked = {"minutes": 5, "part": "clock", "at": f"{A_FRIDAY}T10:00"}
    page = planner.see("/planning", **asked)
    assert "国庆节 10/1" in page.one("tr", class_="holiday").text
    assert "还没有公布：最后一行是最近的一个，国庆节 10/1" in page.one("div", id="panel").text
    assert "2026-10-01" in [one.attributes["value"] for one in page.one("select", id="day").all("option")]
    assert planner.get("/planning/answer.json", **asked).json["clock"]["holiday"] == "2026-10-01"
    before = planner.see("/planning", **asked | {"at": "2026-09-28T10:00"})
    assert "还没有公布" not in before.one("div", id="panel").text


def test_the_week_for_the_slider_is_the_week_of_the_table(planner):
    clock = planner.get("/planning/answer.json", minutes=5, part="clock", at=f"{A_FRIDAY}T10:00").json["clock"]
    cells = (
        planner.see("/planning", minutes=5, part="clock", at=f"{A_FRIDAY}T10:00").one("table", class_="heat").all("a")
    )
    assert [round(100 * one) for one in clock["shares"]] == pytest.approx([int(cell.text) for cell in cells], abs=1)
    assert all(low <= high for low, high in zip(clock["shares"], clock["shares_if"], strict=True))


def test_the_question_as_typed_values():
    args = {
        "add": ["116.3,28.3,新站;24小时", "116.4,28.3"],
        "move": ["A1,116.31,28.31"],
        "close": ["A2"],
        "hours": ["A3;24/7"],
    }
    add, plain, move, close, hours = read_changes(args, frozenset({"water"}))
    assert isinstance(add, Add)
    assert (add.name, add.hours, add.amenities) == ("新站", "24/7", frozenset({"water"}))
    assert isinstance(plain, Add)
    assert not plain.hours
    assert isinstance(move, Move)
    assert (close, hours) == (Close("A2"), SetHours("A3", "24/7"))
    query = read_coverage({"speed": ["3.6"], "weight": ["area"]}, KNOWN)
    assert query == CoverageQuery(speed_kmh=3.6, weight="area")


def test_what_is_tried_out_is_compared_with_how_it_stands():
    query = CoverageQuery(changes=(Close("A1"),))
    assert read_versus({}, CoverageQuery(), KNOWN) is None
    versus = read_versus({}, query, KNOWN)
    assert versus is not None
    assert versus.query == replace(query, changes=())
    with pytest.raises(BadParameter):
        read_versus({"vs": ["before=x"]}, query, KNOWN)
