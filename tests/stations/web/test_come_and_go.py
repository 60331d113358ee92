"""A stall of a few days at the doors: on the finder, its map, its own page, posters, the copy on a phone, and plans."""

import json
from datetime import datetime, timedelta

import pytest

from stations.web.offline.pack import AWAY
from tests.stations.web.conftest import Courier, Person
from tests.town import SHANGHAI, corner

TODAY = datetime.now(SHANGHAI).date()


def on(first: int, last: int) -> str:
    """Dates by their distance from today, in OSM grammar."""
    days = (TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    return "-".join(
        f"{day:%Y} {('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec').split()[day.month - 1]} {day.day}"
        for day in days
    )


@pytest.fixture(scope="module")
def house(open_house, make_station):
    stations = [
        make_station("HOUSE", position=corner(1, 0), hours="24/7", township="360681101"),
        make_station("NOW", position=corner(2, 0), hours="24/7", dates=on(-1, 2), township="360681101"),
        make_station("SOON", position=corner(3, 0), hours="24/7", dates=on(20, 24), township="360681101"),
        make_station("PAST", position=corner(4, 0), hours="24/7", dates=on(-9, -5), township="360681101"),
    ]
    return open_house(stations=stations)


@pytest.fixture
def courier(house):
    return Courier(house.test_client())


@pytest.fixture
def visitor(house):
    return Person(house.test_client())


def at(days: int) -> str:
    return f"{TODAY + timedelta(days=days)}T12:00"


def named(answer) -> dict[str, list[str]]:
    return {part: [one["code"] for one in answer[part]] for part in ("stations", "almost", "later")}


@pytest.mark.parametrize(
    ("days", "there"), [(0, ["HOUSE", "NOW"]), (10, ["HOUSE"]), (22, ["HOUSE", "SOON"]), (400, ["HOUSE"])]
)
def test_it_is_among_the_nearest_on_its_days_alone(courier, days, there):
    answer = courier.ask(minutes=60, at=at(days))
    assert named(answer) == {"stations": there, "almost": [], "later": []}
    page = courier.find(minutes=60, at=at(days))
    assert all(
        (f"/s/{code}" in str([one.attributes.get("href") for one in page.all("a")])) == (code in there)
        for code in ("NOW", "SOON", "PAST")
    )


def test_the_map_beside_draws_what_serves_on_the_day_that_was_asked(courier, visitor):
    page = courier.find(minutes=60, at=at(22))
    data = next(json.loads(one.inside[0]) for one in page.all("script") if "api/stations" in one.text)
    assert data["stations"] == f"/api/stations?on={TODAY + timedelta(days=22)}"
    assert [one["id"] for one in visitor.get(data["stations"]).json["features"]] == ["HOUSE", "SOON"]
    assert [one["id"] for one in visitor.get("/api/stations").json["features"]] == ["HOUSE", "NOW", "PAST", "SOON"]
    soon = visitor.get(data["stations"]).json["features"][1]["properties"]
    assert soon["dates"] == on(20, 24)
    assert visitor.get(data["stations"]).json["features"][0]["properties"]["dates"] == ""


@pytest.mark.parametrize("day", ["tomorrow", "2027-02-30", "1066-10-14", ""])
def test_a_day_that_is_none_is_told(visitor, day):
    answer = visitor.get("/api/stations", on=day, lang="en")
    assert answer.status_code == 400
    assert answer.json["error"]["field"] == "on"


def test_its_own_page_says_when_it_is_there_again(visitor):
    day = TODAY + timedelta(days=20)
    assert f"今天不在；下次是{day.year}年{day.month}月{day.day}日" in visitor.see("/s/SOON").text
    assert f"next on {day:%A}" in visitor.see("/s/SOON", lang="en").text
    assert "最后一天已过，不再设点" in visitor.see("/s/PAST", lang="zh").text
    assert "24" in visitor.see("/s/NOW").one("section", class_="hours").text
    for code in ("NOW", "HOUSE"):
        assert "今天不在" not in visitor.see(f"/s/{code}").text


def test_posters_are_printed_ahead_and_not_of_what_is_over(visitor):
    sheets = [one.attributes["aria-label"] for one in visitor.see("/posters", township="360681101").all("article")]
    assert len(sheets) == 3
    assert "仅" in visitor.see("/s/SOON/poster").one("article").text


def test_a_phone_is_told_when_it_is_not_there(visitor):
    pack = visitor.get("/pack.json").json
    away = {at for at, state in enumerate(pack["states"]) if at in pack["away"]}
    assert {pack["states"][place] for place in away} == {AWAY.state.value}
    rule_of = dict(zip(pack["stations"]["code"], pack["stations"]["rule"], strict=True))
    said = {code: pack["rules"][rule][1::2] for code, rule in rule_of.items()}
    assert set(said["SOON"]) == set(said["PAST"]) == away
    assert not set(said["HOUSE"]) & away
    assert [one in away for one in said["NOW"]] == [False, True]


def test_plans_without_an_hour_do_not_count_it_and_say_so(visitor):
    page = visitor.see("/planning", minutes=1)
    assert "另有 3 个站点只在部分日子服务，这里没有计入" in page.text
    assert "只在部分日子服务" not in visitor.see("/planning", minutes=1, at=at(0)).text
    assert page.all("span", **{"data-said": "stations"})[-1].text == "1"
