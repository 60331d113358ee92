"""A courier says where they are: by a name, by what they copied from a map, by a place that only others know."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.datum import Datum, lonlat_from_wgs84
from geodata.errors import OnlineSearchError
from geodata.geocode import OnlinePlace
from geodata.lonlat import LonLat, distance_m
from geodata.pasted import LONGEST, read_pasted
from stations.errors import SettingsError
from stations.settings import Settings
from stations.web.finder.suggest import LONGEST as LONGEST_TYPED
from stations.web.handover import links_to
from stations.web.online import online_search
from tests.stations.web.conftest import Courier
from tests.stations.web.reading import Element
from tests.town import CORNER, corner

BASE = {"mode": "walk", "minutes": 15, "at": "2026-11-20T10:00"}
PASTED = f"{CORNER[0] + 0.0001:.5f}, {CORNER[1] + 0.0001:.5f}"


def position(page: Element) -> LonLat:
    """Where a page took the person to be."""
    lon, lat = page.one(id="at-position").text.replace(",", " ").split()[-2:]
    return LonLat(float(lon), float(lat))


def choices(page: Element) -> dict[str, Element]:
    return {link.text: link for link in page.one(id="which-datum").all("a")}


def refusal(page: Element) -> str:
    field = page.one("input", id="where")
    assert "aria-invalid" in field.attributes
    return page.one(id=field.attributes["aria-describedby"]).text


def test_what_was_typed_stays_in_the_field(courier):
    assert courier.see("/", where="柳村", **BASE).one("input", id="where").attributes["value"] == "柳村"


@pytest.mark.parametrize("typed", ["柳村", "liucun", "lc", "LIU CUN", "柳"])
def test_a_place_may_be_typed_in_any_way(courier, typed):
    assert "从柳村出发" in courier.see("/", where=typed, **BASE).one(id="at-place").text


def test_what_else_may_have_been_meant_is_offered_with_the_rest_of_the_question(courier, make_station, open_house):
    courier = Courier(
        open_house(
            stations=[make_station("B1", name="柳村驿站", position=corner(1, 0), address="一路1号")]
        ).test_client()
    )
    page = courier.see("/", where="柳", amenity="water", **BASE)
    (other,) = page.one("details", class_="or-was-it").all("a")
    assert "柳村驿站" in other.text
    assert "一路1号" in other.text
    href = other.attributes["href"]
    assert "amenity=water" in href
    again = courier.see(href.partition("#")[0])
    assert "从柳村驿站出发" in again.one(id="at-place").text
    assert again.one("input", id="where").attributes["value"] == "柳村驿站"
    sent = {
        one.attributes["name"]: one.attributes for one in again.all("input", type="hidden") if "name" in one.attributes
    }
    assert "disabled" not in sent["lon"]
    # Beside what is called just so, nothing else was meant.
    assert "or-was-it" not in courier.get("/", where="柳村", **BASE).text


def test_a_position_left_over_from_before_does_not_count(courier):
    page = courier.see("/", where="柳村", lon=CORNER[0], lat=CORNER[1], **BASE)
    assert "从柳村出发" in page.one(id="at-place").text
    courier.see("/", where="柳村", lon="nonsense", lat="", **BASE)


def test_a_pasted_pair_in_china_is_taken_for_what_maps_show_and_the_page_asks(courier):
    page = courier.see("/", where=PASTED, **BASE)
    assert list(choices(page)) == ["高德、腾讯地图或微信", "手机 GPS 或 OpenStreetMap", "百度地图"]
    assert "aria-current" in choices(page)["高德、腾讯地图或微信"].attributes
    assert "700" in page.one(id="datum-question").text
    bent = lonlat_from_wgs84(position(page), Datum.GCJ02)
    assert bent == pytest.approx((CORNER[0] + 0.0001, CORNER[1] + 0.0001), abs=2e-5)


@pytest.mark.parametrize(("datum", "word"), [("wgs84", "手机"), ("bd09", "百度"), ("gcj02", "高德")])
def test_the_answer_settles_it_and_can_be_changed(courier, datum, word):
    page = courier.see("/", where=PASTED, **BASE)
    link = next(one for text, one in choices(page).items() if word in text)
    again = courier.see(link.attributes["href"].partition("#")[0])
    there = lonlat_from_wgs84(position(again), Datum(datum))
    assert there == pytest.approx((CORNER[0] + 0.0001, CORNER[1] + 0.0001), abs=2e-5)
    assert [text for text, one in choices(again).items() if "aria-current" in one.attributes] == [link.text]
    (kept,) = [one for one in again.all("input", type="hidden") if one.attributes.get("name") == "datum"]
    assert (kept.attributes["value"], "disabled" in kept.attributes) == (datum, False)


@pytest.mark.parametrize(
    "asked",
    [
        {"where": "116.3, 28.3"},  # too coarse to tell
        {"where": "-8.61099, 41.14961"},  # not in China
        {"where": "geo:28.30012,116.30012"},
        {"lon": 116.30012, "lat": 28.30012},  # from the page's own button
        {"where": "柳村", "datum": "bd09"},
    ],
)
def test_otherwise_nobody_is_asked(courier, asked):
    page = courier.see("/", **asked, **BASE)
    assert not [one for one in page.walk() if one.attributes.get("id") == "which-datum"]


def test_a_datum_that_is_none_is_refused(courier):
    page = courier.see("/", status=400, where=PASTED, datum="nad27", lang="en", **BASE)
    assert "There is no datum “nad27”" in refusal(page)


def test_a_short_link_says_what_to_do(courier):
    assert "短链接" in refusal(courier.see("/", status=400, where="https://surl.amap.com/4kAB", **BASE))


@pytest.mark.parametrize("text", ["   ", "😀😀", "' OR 1=1; --", "<script>alert(1)</script>x", "甲" * 500])
def test_what_is_no_place_is_said_so(courier, text):
    page = courier.see("/", status=400, where=text, **BASE)
    assert refusal(page)
    assert not [one for one in page.walk() if one.tag == "script" and "alert" in one.text]


def test_what_is_too_long_is_said_so(courier):
    assert "太长" in refusal(courier.see("/", status=400, where="x" * (LONGEST + 1), **BASE))
    assert courier.get("/", where="甲" * 10_000).status_code == 414


@settings(max_examples=40)
@given(
    lon=st.floats(73.0, 135.0),
    lat=st.floats(3.0, 53.0),
    name=st.text(max_size=20),
    mode=st.sampled_from(["walk", "ebike"]),
    agent=st.sampled_from(["", "Linux; Android 10", "iPhone", "Linux; Android 12 MicroMessenger/8.0"]),
)
def test_every_link_that_we_write_reads_back_to_the_same_place(lon, lat, name, mode, agent):
    there = LonLat(lon, lat)
    written = links_to(there, name, mode, agent)
    for link in (written.first, *written.others):
        pasted = read_pasted(link.address)
        assert pasted is not None, link
        assert distance_m(pasted.position(), there) < 1.0, link


# While one types


def suggested(person, **asked) -> list[tuple[str, str]]:
    answer = person.get("/api/search", **asked)
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["name"]) for one in answer.json["matches"]]


def test_suggestions_come_with_all_that_a_list_shows(courier):
    (first, *_) = courier.get("/api/search", q="jinchu").json["matches"]
    assert first == {
        "kind": "station",
        "what": "工会驿站",
        "name": "近处驿站",
        "line": "一路1号",
        "lon": corner(1, 0).lon.__round__(6),
        "lat": corner(1, 0).lat.__round__(6),
        "href": "/s/A1",
    }
    (place,) = courier.get("/api/search", q="lcun", lang="en").json["matches"]
    assert (place["kind"], place["what"], place["line"], place["href"]) == ("place", "place", "西乡", None)


def test_suggestions_speak_the_readers_language(courier):
    assert ("station", "<b>Far</b>") in suggested(courier, q="far", lang="en")
    assert ("station", "<script>alert(1)</script>") in suggested(courier, q="far", lang="zh")


def test_the_limit_of_suggestions(courier):
    assert len(suggested(courier, q="驿站")) == 4
    assert len(suggested(courier, q="驿站", limit=2)) == 2


def test_an_answer_that_holds_a_position_is_not_kept(courier):
    assert courier.get("/api/search", q="l").headers["Cache-Control"] == "private, max-age=60"
    assert courier.get("/api/search", q="l", lon=116.3, lat=28.3).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("q", {}),
        ("q", {"q": " \t"}),
        ("q", {"q": "甲" * (LONGEST_TYPED + 1)}),
        ("limit", {"q": "l", "limit": 0}),
        ("limit", {"q": "l", "limit": 21}),
        ("limit", {"q": "l", "limit": "many"}),
        ("lat", {"q": "l", "lon": 116.3}),
        ("lon", {"q": "l", "lon": 300, "lat": 28}),
        ("query", {"q": "l", "query": "x"}),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_searched_is_said(courier, field, asked, lang):
    answer = courier.get("/api/search", lang=lang, **asked)
    assert answer.status_code == 400
    error = answer.json["error"]
    assert error["field"] == field
    assert error["message"].isascii() is (lang == "en") or "“" in error["message"]


@pytest.mark.parametrize("text", ["😀", "'", "%", "\\", "\0", "甲" * 100, "x" * 100])
def test_any_text_may_be_searched(courier, text):
    assert suggested(courier, q=text) == []


# Online


class Service:
    """An online service that knows a hospital, or does not answer."""

    def __init__(self, *places: OnlinePlace, fault: bool = False) -> None:
        self.places, self.fault = places, fault
        self.asked: list[tuple[str, str]] = []

    def find(self, text, language):
        self.asked.append((text, language))
        if self.fault:
            raise OnlineSearchError("no answer")
        return self.places


HOSPITAL = OnlinePlace("人民医院", "柳村路2号", corner(2, 2))
CLINIC = OnlinePlace("人民医院门诊", "柳村路9号", corner(3, 2))


def online(open_house, service, **options) -> Courier:
    return Courier(open_house(online=service, settings=Settings(geocoder="nominatim"), **options).test_client())


def test_what_nobody_here_knows_is_asked_online_and_the_service_is_named(open_house):
    service = Service(HOSPITAL, CLINIC)
    page = online(open_house, service).see("/", where="人民医院", **BASE)
    assert "从人民医院出发" in page.one(id="at-place").text
    assert "OpenStreetMap" in page.one(id="found-online").text
    assert service.asked == [("人民医院", "zh")]
    (other,) = page.one("details", class_="or-was-it").all("a")
    assert "门诊" in other.text


def test_the_one_picked_of_several_is_taken(open_house):
    courier = online(open_house, Service(HOSPITAL, CLINIC))
    there = CLINIC.position
    page = courier.see("/", where="人民医院", lon=round(there.lon, 4), lat=round(there.lat, 4), **BASE)
    assert "从人民医院门诊出发" in page.one(id="at-place").text


def test_nothing_else_is_asked_online(open_house):
    service = Service(HOSPITAL)
    courier = online(open_house, service)
    for known in ("柳村", "liucun", "桃", "28.3, 116.3", "https://surl.amap.com/x", "近处驿站"):
        courier.get("/", where=known, **BASE)
    assert service.asked == []


def test_nothing_is_asked_online_while_one_types(open_house):
    service = Service(HOSPITAL)
    assert suggested(online(open_house, service), q="人民医院") == []
    assert service.asked == []


def test_a_service_that_does_not_answer_is_said_and_breaks_nothing(open_house):
    page = online(open_house, Service(fault=True)).see("/", status=400, where="人民医院", **BASE)
    assert "在线搜索此刻也没有应答" in refusal(page)


def test_what_fits_badly_here_is_asked_online_and_still_taken_when_nobody_knows_better(open_house):
    # An address holds it, no name does.
    service = Service()
    courier = online(open_house, service)
    assert "从近处驿站出发" in courier.see("/", where="一路1号", **BASE).one(id="at-place").text
    service.fault = True
    assert "从近处驿站出发" in courier.see("/", where="一路1号", **BASE).one(id="at-place").text
    service.places, service.fault = (HOSPITAL,), False
    page = courier.see("/", where="一路1号", **BASE)
    assert "从人民医院出发" in page.one(id="at-place").text
    assert "近处驿站" in page.one("details", class_="or-was-it").text
    assert len(service.asked) == 3


def test_a_service_is_opened_as_the_settings_say(atlas):
    assert online_search(Settings(), atlas) is None
    assert online_search(Settings(geocoder="nominatim"), None) is not None
    assert online_search(Settings(geocoder="tianditu", geocoder_key="k"), atlas) is not None
    with pytest.raises(SettingsError, match="YIZHAN_GEOCODER_KEY"):
        online_search(Settings(geocoder="baidu"), atlas)
