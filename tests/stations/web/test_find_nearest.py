"""A courier asks for the nearest open door."""

from datetime import UTC, datetime

import pytest

from stations.upkeep.facts import Sender
from tests.stations.web.conftest import Courier
from tests.stations.web.reading import read_page
from tests.town import A_FRIDAY, CORNER, corner

A_BLOCK_S = 180.0  # 200 m at 4 km/h


def codes(found):
    return [one["code"] for one in found]


def test_times_are_the_blocks_walked(courier):
    answer = courier.ask()
    assert codes(answer["stations"]) == ["A1", "A2", "A3"]
    for found, blocks in zip(answer["stations"], (1, 2, 3), strict=True):
        assert found["seconds"] == pytest.approx(blocks * A_BLOCK_S, rel=2e-3)
        assert found["metres"] == pytest.approx(blocks * 200.0, rel=2e-3)
        assert found["basis"] == "street"


def test_an_e_bike_takes_the_same_way_faster(courier):
    on_foot, riding = courier.ask(), courier.ask(mode="ebike")
    assert riding["stations"][0]["metres"] == on_foot["stations"][0]["metres"]
    assert riding["stations"][0]["seconds"] == pytest.approx(on_foot["stations"][0]["seconds"] * 4 / 18, abs=0.1)


def test_the_answer_says_what_it_was_made_from(courier, atlas):
    answer = courier.ask()
    assert answer["revision"] == 7
    assert answer["digest"] == atlas.digest


def test_each_station_says_what_one_finds_on_arrival(courier):
    first, second, third = courier.ask()["stations"]
    assert (first["state"], first["changes_at"]) == ("open", f"{A_FRIDAY}T18:00:00+08:00")
    assert (second["state"], second["changes_at"]) == ("unknown", None)
    assert (third["state"], third["changes_at"]) == ("open", None)
    assert first["amenities"] == {"microwave": "yes", "water": "yes"}
    assert second["amenities"] == {"water": "nearby"}
    assert (first["lon"], first["lat"]) == (corner(1, 0).lon, corner(1, 0).lat)


def test_a_station_says_when_one_gets_in_without_staff(open_house, make_station):
    hours = {"hours": "Mo-Fr 09:00-17:00", "self_service_hours": "17:00-23:00"}
    stations = [make_station("B1", position=corner(1, 0), **hours), make_station("B2", position=corner(2, 0))]
    first, second = Courier(open_house(stations=stations).test_client()).ask(at=f"{A_FRIDAY}T20:00")["stations"]
    assert {key: first[key] for key in hours} == hours
    assert first["state"] == "open"
    assert (second["hours"], second["self_service_hours"]) == ("", "")


def test_what_almost_fits_says_why(courier):
    almost = {one["code"]: one["reasons"] for one in courier.ask()["almost"]}
    assert almost["A6"] == [{"key": "closed", "opens_at": f"{A_FRIDAY}T20:00:00+08:00"}]
    lacking = {one["code"]: one["reasons"] for one in courier.ask(amenity="microwave")["almost"]}
    assert {"key": "lacks", "amenity": "microwave"} in lacking["A3"]
    assert {"key": "not_known", "amenity": "microwave"} in lacking["A2"]


def test_a_door_that_closes_on_the_way_is_almost(courier):
    almost = {one["code"]: one["reasons"][0] for one in courier.ask(at=f"{A_FRIDAY}T17:58")["almost"]}
    assert almost["A1"]["key"] == "closing"
    assert almost["A1"]["early_s"] == pytest.approx(60.0, abs=1.0)


def test_with_nothing_in_reach_the_closest_that_would_do_comes_with_its_true_time(courier):
    answer = courier.ask(lon=corner(6, 4).lon, lat=corner(6, 4).lat, minutes=5)
    assert answer["stations"] == []
    assert codes(answer["almost"]) == ["A4", "A3", "A2"]
    assert {one["reasons"][0]["key"] for one in answer["almost"]} == {"too_far"}
    assert answer["almost"][0]["seconds"] == pytest.approx(2 * A_BLOCK_S, rel=2e-3)


def test_the_limit_holds(courier):
    assert codes(courier.ask(limit=1)["stations"]) == ["A1"]


def test_the_way_comes_when_asked_for(courier):
    assert "path" not in courier.ask()["stations"][0]
    path = courier.ask(path=1)["stations"][0]["path"]
    assert path["type"] == "LineString"
    assert path["coordinates"][0] == pytest.approx(CORNER, abs=1e-5)
    assert path["coordinates"][-1] == pytest.approx((corner(1, 0).lon, corner(1, 0).lat), abs=1e-5)


def test_a_time_with_an_offset_is_the_same_moment(courier):
    assert courier.ask(at=f"{A_FRIDAY}T02:00:00Z") == courier.ask(at=f"{A_FRIDAY}T10:00")
    assert courier.ask(at=f"{A_FRIDAY}T10:00:00+08:00") == courier.ask()


def test_where_no_street_is_known_times_are_estimates_and_say_so(open_house):
    courier = Courier(open_house(ground=None).test_client())
    answer = courier.ask()
    assert {one["basis"] for one in answer["stations"]} == {"circle"}
    assert answer["digest"] is None
    assert answer["stations"][0]["metres"] == pytest.approx(200.0 * 1.324, rel=1e-3)
    assert "直线估算" in courier.find().one(id="s1").text


def test_the_page_groups_open_then_unknown_then_almost(courier):
    page = courier.find()
    names = [card.one("h4").text for card in page.all("li", class_="card")]
    assert names == ["近处驿站", "全天驿站", "不详驿站", "夜间驿站"]
    assert [head.text for head in page.all("h3")] == ["到时开门", "不能确定开着", "差一点，原因如下"]
    assert [card.one("h4").text for card in page.all("li", class_="unknown")] == ["不详驿站"]
    assert [card.one("h4").text for card in page.all("li", class_="almost")] == ["夜间驿站"]


HEADLINES = [
    (["unknown", "open", "open"], "zh", "2 个驿站到时开着，最近的 6 分钟可到"),
    (["unknown", "open", "open"], "en", "2 stations are open when you get there; the nearest is 6 min away"),
    (["open"], "en", "1 station is open when you get there; it is 3 min away"),
    (["unknown", "unknown"], "zh", "步行 15 分钟内有 2 个驿站，都不能确定开着；最近的 3 分钟可到"),
    (["unknown", "unknown"], "en", "2 stations within 15 min on foot, none sure to be open; the nearest is 3 min away"),
    (["unknown"], "en", "1 station within 15 min on foot, not sure to be open; it is 3 min away"),
]


@pytest.mark.parametrize(("states", "language", "said"), HEADLINES)
def test_the_headline_speaks_of_what_is_listed_first(open_house, make_station, states, language, said):
    hours = {"open": "24/7", "unknown": ""}
    stations = [
        make_station(f"B{block}", position=corner(block, 0), hours=hours[state])
        for block, state in enumerate(states, 1)
    ]
    page = Courier(open_house(stations=stations).test_client()).find(lang=language)
    assert page.one("h2").text == said
    assert page.one(id="s1").one("p", class_="far").one("b").text in said


def test_a_card_says_how_far_and_until_when(courier):
    card = courier.find().one(id="s1")
    assert "3 分钟" in card.text
    assert "200 米" in card.text
    assert "开放到 18:00" in card.text
    assert "一路1号" in card.text
    assert {"饮用水", "微波炉"} <= {item.text for item in card.one("ul", class_="has").all("li")}


def test_a_card_says_why_not(courier):
    assert "到的时候没开门，20:00 开" in courier.find().one("li", class_="almost").text
    closing = courier.find(at=f"{A_FRIDAY}T17:58").all("li", class_="almost")[0]
    assert "18:00 关门，比您到早 1 分钟" in closing.text
    asked = courier.find(amenity="microwave").text
    assert "没有微波炉" in asked
    assert "有没有微波炉，不清楚" in asked


def test_tomorrow_is_said_as_tomorrow(courier):
    card = next(one for one in courier.find(at=f"{A_FRIDAY}T23:00").all("li", class_="almost") if "近处" in one.text)
    assert "明天 08:00 开" in card.text


def test_the_same_in_english(courier):
    page = courier.find(lang="en", amenity="microwave")
    assert page.one("html").attributes["lang"] == "en"
    assert "Open until 18:00" in page.one(id="s1").text
    assert "Does not have: Microwave" in page.text
    assert "Not known whether it has: Microwave" in page.text


def test_one_button_leads_there_and_other_maps_are_behind_a_word(courier):
    card = courier.find().one(id="s1")
    first = card.one("a", class_="way").attributes["href"]
    assert first.startswith("https://uri.amap.com/navigation?to=")
    assert "mode=walk" in first
    others = [link.attributes["href"] for link in card.one("details").all("a")]
    assert [other.split(":")[0] for other in others] == ["https", "https", "geo"]
    riding = courier.find(mode="ebike").one(id="s1").one("a", class_="way")
    assert "mode=ride" in riding.attributes["href"]


def test_inside_wechat_the_button_opens_what_works_there(courier):
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.40"}
    answer = courier.client.get(f"/?lon={CORNER[0]}&lat={CORNER[1]}&at={A_FRIDAY}T10:00", headers=agent)
    card = read_page(answer.text).one(id="s1")
    assert card.one("a", class_="way").attributes["href"].startswith("https://apis.map.qq.com/")
    assert "callnative" not in answer.text
    assert "geo:" not in answer.text


def test_a_card_leads_to_the_stations_own_page(courier):
    assert courier.find().one(id="s1").one("h4").one("a").attributes["href"] == "/s/A1"


def test_a_card_says_how_one_gets_in_for_whom_and_when_it_was_checked(open_house, make_station):
    stations = [
        make_station(
            "B1", position=corner(1, 0), access=["qr_door", "ask_staff"], eligible=["couriers"], hours="24/7",
            hours_checked="2026-10-03", position_checked="2026-09-01",
        ),
        make_station("B2", position=corner(2, 0), eligible=["everyone"], hours="24/7"),
    ]  # fmt: skip
    page = Courier(open_house(stations=stations).test_client()).find()
    card = page.one(id="s1")
    assert "进门：扫码开门、询问工作人员" in card.text
    assert "仅限快递员和外卖员" in card.text
    assert "最近核实：2026年10月3日" in card.text
    assert "仅限" not in page.one(id="s2").text
    assert "尚未现场核实" in page.one(id="s2").text


def test_who_one_is_may_be_said_where_some_station_is_for_some_only(open_house, make_station, courier):
    assert not courier.see("/").all("input", name="who")
    stations = [
        make_station("B1", position=corner(1, 0), eligible=["drivers"], hours="24/7"),
        make_station("B2", position=corner(2, 0), eligible=["outdoor_workers"], hours="24/7"),
        make_station("B3", position=corner(3, 0), hours="24/7"),
    ]
    someone = Courier(open_house(stations=stations).test_client())
    offered = [one.attributes["value"] for one in someone.see("/").all("input", name="who")]
    assert {"couriers", "drivers", "outdoor_workers"} <= set(offered)
    assert "everyone" not in offered
    assert "members" not in offered
    assert codes(someone.ask()["stations"]) == ["B1", "B2", "B3"]
    rider = someone.ask(who="couriers")
    assert codes(rider["stations"]) == ["B2", "B3"]
    assert rider["almost"][0]["reasons"] == [{"key": "not_for", "eligible": "drivers"}]
    assert "仅限司机" in someone.find(who="couriers").one("li", class_="almost").text
    assert codes(someone.ask(who=["couriers", "drivers"])["stations"]) == ["B1", "B2", "B3"]


def test_when_nothing_is_open_the_page_says_what_opens_later_and_what_is_farther(open_house, make_station):
    stations = [
        make_station("B1", position=corner(1, 0), hours="Mo-Su 14:00-18:00"),
        make_station("B2", position=corner(6, 0), hours="24/7"),
        make_station("B3", position=corner(2, 0), hours="Mo-Su 20:00-22:00"),
    ]
    someone = Courier(open_house(stations=stations).test_client())
    page = someone.find(minutes=10, at=f"{A_FRIDAY}T10:00")
    assert [head.text for head in page.all("h3")] == ["稍后开门", "更远的"]
    assert [card.one("h4").text for card in page.all("li", class_="card")] == [
        stations[0].name, stations[2].name, stations[1].name,
    ]  # fmt: skip
    assert "14:00 开" in page.one(id="s1").text
    assert "开放" in page.one(id="s3").text
    assert codes(someone.ask(minutes=10)["later"]) == ["B1", "B3"]


def test_moments_one_often_means_are_links_that_need_no_script(courier):
    links = courier.find(at=None).one("ul", class_="presets").all("a")
    assert [link.text for link in links][:2] == ["30 分钟后", "2 小时后"]
    assert all("at=20" in link.attributes["href"] for link in links)
    assert "where=" in links[0].attributes["href"]


def test_a_station_that_others_found_locked_is_not_certain_to_be_open(open_house, upkeeps):
    upkeep = upkeeps.new()
    someone = Courier(open_house(upkeep=upkeep).test_client())
    now = datetime.now(UTC)
    for person in ("a", "b"):
        upkeep.report("A3", "locked", sender=Sender(person, f"192.0.2.{ord(person)}"), found=now, now=now, revision=7)
    page = someone.find()
    card = next(one for one in page.all("li", class_="card") if "全天驿站" in one.text)
    assert "2 人反映：开放时间内锁门（今天" in card.text
    assert "doubtful" in card.attributes["class"]
    assert card.attributes["id"] != "s2"
    told = {one["code"]: one.get("cautions") for one in someone.ask()["stations"]}
    assert told["A3"][0]["kind"] == "locked"
    assert told["A1"] is None


def test_a_place_may_be_named(courier):
    page = courier.find(where="柳村")
    assert "从柳村出发" in page.text
    assert page.all("li", class_="card")


def test_lon_and_lat_of_the_map_serve_as_well(courier):
    page = courier.see("/", lon=CORNER[0], lat=CORNER[1], at=f"{A_FRIDAY}T10:00")
    assert page.one(id="s1").one("h4").text == "近处驿站"


def test_before_any_question_the_page_is_a_form_that_needs_no_script(courier):
    page = courier.see("/")
    form = page.one("form")
    assert form.attributes["method"] == "get"
    assert not page.all("li", class_="card")
    assert {one.attributes["value"] for one in form.all("input", name="mode")} == {"walk", "ebike"}
    assert page.one("button", id="locate").attributes.get("hidden") == ""
    written = [one for one in page.all("script") if "src" not in one.attributes]
    assert [one.attributes["type"] for one in written] == ["application/json"]


def test_only_amenities_that_some_station_has_are_offered(courier):
    offered = {box.attributes["value"] for box in courier.see("/").all("input", name="amenity")}
    assert offered == {"microwave", "water"}


def test_a_retired_station_is_nowhere(courier):
    assert "停用驿站" not in courier.find(minutes=45).text
    assert "A5" not in codes(courier.ask(minutes=100, limit=50)["stations"])


def test_a_name_cannot_become_part_of_the_page(courier):
    answer = courier.get("/", where=f"{corner(6, 6).lon},{corner(6, 6).lat}", at=f"{A_FRIDAY}T10:00")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    typed = courier.get("/", where='"><img src=x onerror=alert(1)>')
    assert "<img src=x" not in typed.text


def test_no_answer_about_a_person_is_kept(courier):
    assert courier.get("/api/nearest", lon=CORNER[0], lat=CORNER[1]).headers["Cache-Control"] == "no-store"
    assert courier.get("/", lon=CORNER[0], lat=CORNER[1]).headers["Cache-Control"].startswith("private")


def test_a_made_up_county_says_so(open_house):
    assert "虚构" in Courier(open_house(demo=True).test_client()).see("/").one("aside", class_="notice").text
    assert not Courier(open_house().test_client()).see("/").all("aside", class_="notice")
