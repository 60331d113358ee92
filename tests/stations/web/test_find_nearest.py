"""A courier asks for the nearest open door."""

import pytest

from tests.stations.web.conftest import Courier
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
    assert [(one["code"], one["reasons"]) for one in answer["almost"]] == [("A4", [{"key": "too_far", "minutes": 5.0}])]
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
    assert [head.text for head in page.all("h3")] == ["到时开门", "时间不详", "差一点，原因如下"]
    assert [card.one("h4").text for card in page.all("li", class_="unknown")] == ["不详驿站"]
    assert [card.one("h4").text for card in page.all("li", class_="almost")] == ["夜间驿站"]


HEADLINES = [
    (["unknown", "open", "open"], "zh", "步行 15 分钟内有 3 个驿站，最近的开着的要 6 分钟"),
    (["unknown", "open", "open"], "en", "3 stations within 15 min on foot; the nearest open one is 6 min away"),
    (["open"], "zh", "步行 15 分钟内有 1 个驿站，最近的开着的要 3 分钟"),
    (["open"], "en", "1 station within 15 min on foot; it is open and 3 min away"),
    (["unknown", "unknown"], "zh", "步行 15 分钟内有 2 个驿站，但开放时间不详，最近的要 3 分钟"),
    (["unknown", "unknown"], "en", "2 stations within 15 min on foot, all of unknown hours; the nearest is 3 min away"),
    (["unknown"], "en", "1 station within 15 min on foot, of unknown hours; it is 3 min away"),
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


def test_navigation_leads_there_in_each_programs_datum(courier):
    amap, geo = (link.attributes["href"] for link in courier.find().one(id="s1").all("a"))
    at = corner(1, 0)
    assert geo.startswith(f"geo:{at.lat:.6f},{at.lon:.6f}")
    lon, lat, name = amap.partition("to=")[2].partition("&")[0].split(",")
    # AMap's GCJ-02 lies some 500 m to the south-east of WGS-84 in these parts.
    assert 0.001 < float(lon) - at.lon < 0.01
    assert 0.001 < at.lat - float(lat) + 0.01 < 0.02
    assert name == "%E8%BF%91%E5%A4%84%E9%A9%BF%E7%AB%99"
    assert "mode=walk" in amap
    assert "mode=ride" in courier.find(mode="ebike").one(id="s1").all("a")[0].attributes["href"]


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
    assert "虚构" in Courier(open_house(demo=True).test_client()).see("/").one("p", class_="notice").text
    assert not Courier(open_house().test_client()).see("/").all("p", class_="notice")
