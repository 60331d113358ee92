"""A person opens the page of a station: from a card, from a link, from the poster on its door."""

import json
from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale

from geodata.lonlat import LonLat
from stations.registry.entries import Action, Batch, Entry
from stations.registry.snapshot import hours_of
from stations.settings import Settings
from stations.station import PRIVATE_FIELDS
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.kinds import load_kinds
from stations.web.language import LOCALES
from stations.web.station.linked_data import WEEKDAYS, as_script, linked_data
from stations.web.station.telling import numbers_of, tell
from stations.web.station.timetable import timetable_of
from stations.web.words import Wall
from tests.stations.web.conftest import Person
from tests.town import SHANGHAI, Shelf, corner

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)

FULL = {
    "name": "桥头驿站",
    "name_en": "Bridgehead",
    "kind": "drivers_home",
    "host": "bank",
    "host_name": "农商行桥头支行",
    "source_datum": "gcj02",
    "address": "二路2号",
    "township": "360681101",
    "township_declared": "西乡镇政府",
    "built_by": "shared",
    "hours": "Mo-Su 00:00-12:00",
    "self_service_hours": "Mo-Su 12:00-24:00",
    "season_from": "03-01",
    "season_to": "11-30",
    "closures": [{"first": "2099-01-01", "last": "2099-01-03", "reason": "粉刷"}],
    "access": ["walk_in", "qr_door"],
    "eligible": ["couriers"],
    "amenities": {"water": "yes", "toilet": "nearby", "microwave": "no"},
    "amenity_notes": {"water": "早晚各一壶", "microwave": "拿去修了", "fridge": "听说有"},
    "services": [
        {"key": "haircut", "name": "周三义剪", "price_yuan": 2.5, "eligible": ["sanitation"], "hours": "We 14:00-16:00",
         "note": "带上证件"},
        {"key": "breakfast", "price_yuan": 0},
        {"key": "legal_advice", "hours": "half past"},
    ],
    "photos": [{"file": "a1b2.jpg", "caption": "门口"}],
    "note": "门在背后",
    "seats": 12,
    "area_m2": 26.5,
    "phone": "0793-1234567 转 8、保安亭",
    "custodian": "李某",
    "position_checked": "2026-03-04",
    "hours_checked": "2026-05-06",
    "amenities_checked": "2026-07-08",
    "extra": {"备用": "内部"},
}  # fmt: skip


NASTY = "</script><script>alert(1)</script><!--'\"&amp;"
FAR = LonLat(117.0, 29.0)


@pytest.fixture(scope="module")
def everyone(town_stations, make_station):
    """The stations of the town, and far away from them one for every oddity."""
    return [
        *town_stations,
        make_station("F1", position=FAR, **FULL),
        make_station(
            "C1", position=FAR, hours="24/7", closures=[{"first": "2020-01-01", "last": "2020-01-02", "reason": "旧事"}]
        ),
        make_station("P1", position=FAR, status="planned", hours="24/7"),
        make_station("W1", position=FAR, amenities={"water": "no"}),
        make_station("ab", position=FAR, name="小写"),
        make_station("AB", position=FAR, name="大写"),
        make_station("郑-01 号&b", position=FAR, hours="24/7"),
        make_station("N1", position=FAR, name=NASTY, address=NASTY, hours="24/7"),
    ]


@pytest.fixture(scope="module")
def street(open_house, everyone):
    """A house over all of them, that people know by an address. Opening one takes a while, so nothing is said in it."""
    return open_house(stations=everyone, settings=Settings(address="https://y.example"))


@pytest.fixture
def visit(open_house, town_stations, street):
    """Go to that house, or to a new one over other stations."""

    def go(*stations, **options) -> Person:
        if not stations and not options:
            return Person(street.test_client())
        return Person(open_house(stations=stations or town_stations, **options).test_client())

    return go


def described(page) -> dict:
    """What search engines read in a page."""
    script = page.one("script", type="application/ld+json")
    return json.loads(script.inside[0])


def test_everything_public_is_told_in_the_readers_language(visit):
    page = visit().see("/s/F1", lang="zh")
    for told in (
        "桥头驿站", "Bridgehead", "司机之家", "西乡", "农商行桥头支行（银行）", "共建共享", "二路2号",
        "00:00–12:00", "自助", "3月1日至11月30日", "2099年1月1日至2099年1月3日停用：粉刷",
        "直接进入、扫码开门", "快递员和外卖员", "早晚各一壶", "厕所 附近", "微波炉（拿去修了）", "冰箱（听说有）",
        "周三义剪 2.5 元", "环卫工人", "周三 14:00–16:00", "带上证件", "爱心早餐 免费", "half past", "门在背后",
        "12 个座位、26.5 平方米", "0793-1234567 转 8", "保安亭", "2026年3月4日核实", "2026年5月6日核实",
        "2026年7月8日核实", "F1", "GCJ02", "360681101",
    ):  # fmt: skip
        assert told in page.text, told


def test_nothing_private_is_told(visit):
    answer = visit().get("/s/F1")
    assert {"custodian", "extra", "township_declared"} == PRIVATE_FIELDS
    for secret in ("李某", "备用", "内部", "西乡镇政府"):
        assert secret not in answer.text


def test_no_picture_is_promised_that_nobody_can_see(visit):
    assert "a1b2.jpg" not in visit().get("/s/F1").text


def test_in_english_the_english_name_comes_first(visit):
    page = visit().see("/s/F1", lang="en")
    assert page.one("h1").text == "Bridgehead"
    assert page.one(class_="other-name").text == "桥头驿站"
    assert "Fridge (听说有)" in page.text


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("0793-1234567", ["tel:07931234567"]),
        ("+86 793 1234567", ["tel:+867931234567"]),
        ("(0793) 1234567 转 8", ["tel:07931234567,8"]),
        ("12351、13800000000", ["tel:12351", "tel:13800000000"]),
        ("问门卫", [""]),
        ("", []),
    ],
)
def test_a_number_is_dialled_by_a_tap(text, dialled):
    assert [number.address for number in numbers_of(text)] == dialled


@pytest.fixture(scope="module")
def reader(open_house):
    """Have a station's hours told at a moment, in a language."""
    app = open_house()

    def read(station, now, language="zh"):
        with app.test_request_context(), force_locale(LOCALES[language]):
            return timetable_of(station, hours_of(station, SHANGHAI), now, Wall.at(now, SHANGHAI))

    return read


@pytest.mark.parametrize(
    ("facts", "clock", "state", "zh", "en"),
    [
        ({"hours": "Mo-Su 08:00-18:00"}, 10, "open", "开放到 18:00", "Open until 18:00"),
        ({"hours": "24/7"}, 10, "open", "全天开放", "Open around the clock"),
        ({"hours": "Mo-Su 08:00-18:00"}, 20, "closed", "现在没开门，明天 08:00 开", "Closed now, opens tomorrow 08:00"),
        ({"hours": "Mo-Su 11:00-18:00"}, 10, "closed", "现在没开门，11:00 开", "Closed now, opens 11:00"),
        ({}, 10, "unknown", "开放时间不详", "Opening hours not known"),
        (
            {"hours": "24/7", "closures": [{"first": "2026-11-01", "last": "2026-12-31", "reason": "装修"}]},
            10,
            "closed",
            "现在没开门（装修）",
            "Closed now (装修)",
        ),
        (
            {"hours": "Mo-Su 12:00-13:00", "self_service_hours": "Mo-Su 09:00-11:00"},
            10,
            "open",
            "开放到 11:00（无人值守，自助进入）",
            "Open until 11:00 (without staff)",
        ),
    ],
)  # fmt: skip
def test_how_the_door_stands_now(reader, make_station, facts, clock, state, zh, en):
    station, now = make_station(**facts), SUNDAY.replace(hour=clock)
    assert reader(station, now).state == state
    assert (reader(station, now).now, reader(station, now, "en").now) == (zh, en)


def test_it_says_when_the_door_is_about_to_close(reader, make_station):
    station = make_station(hours="Mo-Su 08:00-18:00")
    assert reader(station, SUNDAY.replace(hour=17, minute=14)).soon == ""
    assert reader(station, SUNDAY.replace(hour=17, minute=48), "en").soon == "closes in 12 min"


def test_the_week_begins_today_and_names_holidays(reader, make_station):
    station = make_station(hours="Mo-Fr 08:00-18:00; PH off")
    days = reader(station, datetime(2026, 9, 29, 10, tzinfo=SHANGHAI)).days
    assert [day.iso for day in days] == [f"2026-{day}" for day in "09-29 09-30 10-01 10-02 10-03 10-04 10-05".split()]
    assert [day.today for day in days] == [True] + [False] * 6
    assert days[0].spans == ("08:00–18:00",)
    assert (days[2].spans, days[2].note) == ((), "国庆节")
    assert (days[0].weekday, days[0].date) == ("周二", "9月29日")


def test_without_hours_there_is_no_week(visit, town_stations):
    page = visit().see("/s/A2")
    assert not page.all("table")
    assert "还不知道开放时间" in page.text
    assert page.one("p", class_="state").fits({"class_": "unknown"})


def test_a_closure_that_is_over_is_not_told(visit):
    assert "旧事" not in visit().get("/s/C1").text


def test_navigate_is_one_button_and_riding_comes_first_for_who_rides(visit):
    page = visit().see("/s/A1", lang="en")
    walk, *_ = page.one(class_="ways").all("a")
    assert walk.text == "Navigate, on foot"
    assert "mode=walk" in walk.attributes["href"]
    page = visit().see("/s/A1", lang="en", mode="ebike")
    ride, *_ = page.one(class_="ways").all("a")
    assert "mode=ride" in ride.attributes["href"]
    assert page.one(class_="ways").all("a", class_="action") == [ride]
    assert visit().see("/s/A1", mode="balloon").one("h1").text == "近处驿站"


def test_the_others_near_it_are_three_and_never_itself(visit):
    page = visit().see("/s/A1")
    links = [link.attributes["href"] for link in page.one("ul", class_="neighbours").all("a")]
    assert len(links) == 3
    assert "/s/A1" not in links
    assert "/s/A5" not in links
    assert set(links) <= {"/s/A2", "/s/A3", "/s/A4", "/s/A6"}


def test_minutes_to_the_others_are_by_street_from_this_door(visit, make_station):
    here = make_station("H", position=corner(0, 0), hours="24/7")
    there = make_station("T", name="那边", position=corner(1, 1), hours="24/7")
    page = visit(here, there).see("/s/H", lang="en")
    assert page.one("ul", class_="neighbours").text == "6 min 400 m那边Open around the clock"


def test_alone_in_the_county(visit, make_station):
    assert "附近没有其他驿站" in visit(make_station()).see("/s/S1").text


# What is not there


def test_a_planned_station_says_so(visit):
    page = visit().see("/s/P1", lang="en")
    assert "This station is planned." in page.text
    assert not page.all(class_="ways")
    assert page.all("meta", name="robots", content="noindex")
    assert not page.all("form")
    assert not page.all("script", type="application/ld+json")


def test_a_retired_station_says_so_and_where_to_go(visit):
    page = visit().see("/s/A5", lang="en")
    assert "This station is closed for good." in page.text
    assert page.one("ul", class_="neighbours").all("a")
    assert not page.all(class_="ways")
    assert not page.all("form")
    assert page.all("meta", name="robots", content="noindex")
    order = [one.attributes.get("class") for one in page.one("article").walk() if one.tag in {"section", "div"}]
    assert order.index("near") < order.index("rest")


class Log(Shelf):
    """A shelf whose log knows what was taken off it."""

    def __init__(self, stations, gone):
        super().__init__(stations)
        self.gone = gone

    def history(self, code):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        batch = Batch(1, "edit", "", "", at, "x", 1)
        return tuple(Entry(2, Action.REMOVE, one, batch) for one in self.gone if one.code == code)


def test_a_station_that_was_taken_off_the_list_is_gone_in_words(visit, make_station):
    house = visit(shelf=Log([make_station("S1")], [make_station("S2", name="旧驿站")]))
    page = house.see("/s/S2", status=410, lang="zh")
    assert "旧驿站（S2）已经不是驿站了" in page.text
    assert page.one("form").attributes["action"] == "/#found"


def test_a_code_that_never_was_leads_to_a_search(visit):
    page = visit().see("/s/Z9", status=404, lang="zh")
    assert "没有编号为“Z9”的驿站" in page.text
    assert page.one("form").one("input").attributes["name"] == "where"


@pytest.mark.parametrize("code", ["x" * 65, "%3Cscript%3E", "a%00b", "%F0%9F%92%A9" * 70, "..", "A1%2F"])
def test_any_code_gets_an_answer(visit, code):
    answer = visit().get(f"/s/{code}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace('<script src="', "")


@pytest.mark.parametrize("typed", ["a1", "Ａ1", "%20A1%20", "ａ１"])
def test_a_code_spelt_otherwise_is_led_to_the_right_address(visit, typed):
    answer = visit().get(f"/s/{typed}", **{"from": "door"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/s/A1?from=door"


def test_two_codes_that_differ_by_case_are_two_stations(visit):
    assert visit().see("/s/ab").one("h1").text == "小写"
    assert visit().see("/s/AB").one("h1").text == "大写"


def test_a_chinese_code_is_quoted_in_every_address(visit):
    page = visit().see("/s/郑-01 号&b")
    whole = "https://y.example/s/%E9%83%91-01%20%E5%8F%B7&b"
    assert page.one("link", rel="canonical").attributes["href"] == whole
    assert described(page)["@id"] == whole
    assert all(form.attributes["action"].isascii() for form in page.all("form"))


# For those who share it, and for search engines


def test_who_chose_no_language_is_where_the_page_is_for_everyone(visit):
    answer = visit().client.get("/s/A1", headers={"Accept-Language": "en"})
    assert '<html lang="en">' in answer.text
    assert '<link rel="canonical" href="https://y.example/s/A1">' in answer.text


def test_each_language_has_its_address(visit):
    house = visit()
    for language, canonical in (("zh", "https://y.example/s/A1"), ("en", "https://y.example/s/A1?lang=en")):
        page = house.see("/s/A1", lang=language, **{"from": "door"})
        assert page.one("link", rel="canonical").attributes["href"] == canonical
        assert page.one("meta", property="og:url").attributes["content"] == canonical
        others = {link.attributes["hreflang"]: link.attributes["href"] for link in page.all("link", rel="alternate")}
        assert others == {
            "zh-Hans": "https://y.example/s/A1",
            "en": "https://y.example/s/A1?lang=en",
            "x-default": "https://y.example/s/A1",
        }


def test_a_shared_link_shows_name_and_hours(visit):
    page = visit().see("/s/A1", lang="zh")
    assert page.one("meta", property="og:title").attributes["content"] == "近处驿站"
    said = "工会驿站。一路1号。周一至周日 08:00–18:00。饮用水、微波炉"
    assert page.one("meta", property="og:description").attributes["content"] == said
    assert page.one("meta", name="description").attributes["content"] == said
    assert page.one(id="address").text == "https://y.example/s/A1"


TYPES = {
    "@context": str, "@type": str, "@id": str, "url": str, "identifier": str, "name": str, "alternateName": str,
    "description": str, "geo": dict, "address": dict, "telephone": str, "publicAccess": bool,
    "openingHoursSpecification": list, "specialOpeningHoursSpecification": list, "amenityFeature": list,
}  # fmt: skip
CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"


def check_shape(data):
    """Hold a description against what schema.org has for a CivicStructure."""
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "CivicStructure"
    assert all(isinstance(value, TYPES[name]) for name, value in data.items())
    for hours in data.get("openingHoursSpecification", []) + data.get("specialOpeningHoursSpecification", []):
        assert hours["@type"] == "OpeningHoursSpecification"
        datetime.strptime(hours["opens"], "%H:%M")  # noqa: DTZ007  a time of any day
        datetime.strptime(hours["closes"], "%H:%M")  # noqa: DTZ007
        assert date.fromisoformat(hours["validFrom"]) <= date.fromisoformat(hours["validThrough"])
        for day in hours.get("dayOfWeek", []):
            assert day.removeprefix("https://schema.org/") in WEEKDAYS
    for one in data.get("amenityFeature", []):
        assert one.keys() == {"@type", "name", "value"}


def test_search_engines_are_told_what_is_known(visit):
    data = described(visit().see("/s/F1", lang="zh"))
    check_shape(data)
    assert data["geo"]["latitude"] == FAR.lat
    assert data["address"] == {"@type": "PostalAddress", "streetAddress": "二路2号", "addressLocality": "西乡"}
    assert data["publicAccess"] is False
    assert {one["name"]: one["value"] for one in data["amenityFeature"]} == {
        "饮用水": True, "微波炉": False, "厕所": "nearby",
    }  # fmt: skip
    assert data["specialOpeningHoursSpecification"] == [
        {"@type": "OpeningHoursSpecification", "opens": "00:00", "closes": "00:00",
         "validFrom": "2099-01-01", "validThrough": "2099-01-03"},
    ]  # fmt: skip


def test_what_is_not_known_is_not_told_to_search_engines(visit):
    data = described(visit().see("/s/A2"))
    check_shape(data)
    assert "openingHoursSpecification" not in data
    assert "publicAccess" not in data
    assert "telephone" not in data


@pytest.fixture(scope="module")
def describe(reader, open_house, make_station):
    """Describe a station as of a moment."""
    app = open_house()
    names = _names()

    def of(now, **facts):
        station = make_station(**facts)
        days = reader(station, now).plain
        with app.test_request_context():
            house = _House()
            data = linked_data(station, tell(station, house, names), names, "https://y.example/s/S1", days)
        check_shape(data)
        return data

    return of


def _names():
    from stations.wording.names import Names

    return Names.read()


class _House:
    atlas = None


def test_a_week_of_hours_for_search_engines(describe):
    data = describe(SUNDAY, hours="Mo-Fr 08:00-12:00,13:00-18:00; Sa 22:00-26:00")
    said = {(spec["opens"], spec["closes"]): len(spec["dayOfWeek"]) for spec in data["openingHoursSpecification"]}
    assert said == {("08:00", "12:00"): 5, ("13:00", "18:00"): 5, ("22:00", "23:59"): 1, ("00:00", "02:00"): 1}
    spec = data["openingHoursSpecification"][0]
    assert (spec["validFrom"], spec["validThrough"]) == ("2026-11-22", "2026-11-28")


def test_staff_or_not_is_open_all_the_same(describe):
    data = describe(SUNDAY, hours="Mo-Su 08:00-22:00", self_service_hours="Mo-Su 00:00-08:00,22:00-24:00")
    (spec,) = data["openingHoursSpecification"]
    assert (spec["opens"], spec["closes"]) == ("00:00", "23:59")


def test_holidays_are_exceptions(describe):
    data = describe(datetime(2026, 9, 29, 10, tzinfo=SHANGHAI), hours="Mo-Fr 08:00-18:00; PH off")
    usual = [day for spec in data["openingHoursSpecification"] for day in spec["dayOfWeek"]]
    assert "https://schema.org/Thursday" not in usual
    assert {(one["validFrom"], one["opens"], one["closes"]) for one in data["specialOpeningHoursSpecification"]} >= {
        ("2026-10-01", "00:00", "00:00"), ("2026-10-02", "00:00", "00:00"),
    }  # fmt: skip


def test_a_day_that_is_not_known_is_left_out(describe):
    data = describe(datetime(2026, 12, 30, 10, tzinfo=SHANGHAI), hours="Mo-Su 08:00-18:00; PH off")
    days = [day for spec in data["openingHoursSpecification"] for day in spec["dayOfWeek"]]
    assert sorted(days) == ["https://schema.org/Thursday", "https://schema.org/Wednesday"]


def test_no_name_breaks_out_of_a_page(visit):
    page = visit().see("/s/N1")
    assert page.one("h1").text == NASTY
    assert described(page)["name"] == NASTY
    assert not [script for script in page.all("script") if not script.attributes]
    nastier = NASTY + "\u2028"
    assert json.loads(as_script({"name": nastier})) == {"name": nastier}
    assert not set("<>&\u2028\u2029") & set(as_script({"name": nastier}))


# What people say


def post_of(page, path):
    """The form that posts to an address, and its token."""
    form = next(form for form in page.all("form") if form.attributes["action"].endswith(path))
    return form, form.one("input", name="csrf_token").attributes["value"]


def test_every_kind_of_report_has_its_form(visit):
    page = visit().see("/s/A1", lang="en")
    forms = [form for form in page.all("form") if form.attributes["action"] == "/s/A1/report"]
    kinds = load_kinds()
    assert [form.one("input", name="kind").attributes["value"] for form in forms] == list(kinds)
    for form in forms:
        assert form.attributes["method"] == "post"
        assert "data-later" in form.attributes
        assert form.one("input", name="csrf_token").attributes["value"]
        asks = kinds[form.one("input", name="kind").attributes["value"]].asks
        which = [button.attributes.get("value") for button in form.all("button", name="amenity")]
        assert which == (["water", "microwave"] if asks == "amenity" else [])
        assert all(note.attributes["maxlength"] == "200" for note in form.all("input", name="note"))
        assert "required" in form.all("input", name="note")[0].attributes if asks == "note" else True


def test_what_is_not_there_cannot_be_broken(visit):
    page = visit().see("/s/W1")
    asked = {field.attributes["value"] for field in page.all("input", name="kind")}
    assert asked == {kind.key for kind in load_kinds().values() if kind.asks != "amenity"}


def test_each_aspect_can_be_said_to_be_still_right(visit):
    page = visit().see("/s/A1")
    buttons = page.one("section", class_="right").all("button", name="aspect")
    assert [button.attributes["value"] for button in buttons] == ["position", "hours", "amenities"]


def test_where_nothing_can_be_said_nothing_is_asked(visit):
    page = visit(upkeep=None).see("/s/A1", **{"from": "door"})
    assert not page.all("form")
    assert "不知道上次什么时候核实过" in page.text


def test_a_visit_is_offered_at_the_door_alone(visit):
    assert not visit().see("/s/A1").all("form", class_="visit")
    form = visit().see("/s/A1", **{"from": "door"}).one("form", class_="visit")
    assert form.attributes["action"] == "/s/A1/visit"
    assert "我到了" in form.one("button").text


@pytest.fixture(scope="module")
def talked_about(open_house):
    return open_house()


@pytest.mark.parametrize(
    ("path", "said", "thanks"),
    [
        ("/visit", {}, "已计次"),
        ("/confirm", {"aspect": "hours"}, "谢谢，大家更放心了"),
        ("/report", {"kind": "locked"}, "工作人员已经能看到"),
    ],
)
def test_what_is_sent_from_the_page_is_taken_and_thanked_for(talked_about, path, said, thanks):
    person = Person(talked_about.test_client())
    form, token = post_of(person.see("/s/A1", **{"from": "door"}), path)
    answer = person.client.post(form.attributes["action"], data={"csrf_token": token} | said)
    assert answer.status_code == 303
    where, _, fragment = answer.headers["Location"].partition("#")
    page = person.see(where)
    told = page.one(id=fragment)
    assert thanks in told.text
    assert told.attributes["role"] == "status"
    again = person.client.post(form.attributes["action"], data={"csrf_token": token} | said)
    assert "已" in person.see(again.headers["Location"].partition("#")[0]).one(id="said").text


def test_thanks_are_said_for_what_the_doors_say_alone(visit):
    for said, outcome in (("report", "eaten"), ("<b>", "taken"), ("", "")):
        assert not visit().see("/s/A1", said=said, outcome=outcome).all(id="said")


@pytest.fixture
def upkeep(tmp_path):
    from stations.registry.log import Registry
    from stations.upkeep.saying import Upkeep

    registry = Registry.open(f"sqlite:///{tmp_path / 'r.db'}")
    yield Upkeep(registry.store, SHANGHAI, clock=lambda: next(seconds))
    registry.close()


seconds = iter(range(10**6))


def person(number):
    return Sender(f"device {number}", f"10.0.{number}.1")


def test_what_people_said_is_told(visit, upkeep):
    now = datetime.now(UTC)
    for number in (1, 2, 3):
        upkeep.report("A3", "locked", sender=person(number), found=now, now=now, revision=7)
        upkeep.confirm("A3", Aspect.POSITION, sender=person(number), now=now, revision=7)
        upkeep.visit("A3", sender=person(number), now=now)
    house = visit(upkeep=upkeep)
    page = house.see("/s/A3", lang="zh")
    assert "3 人" in page.one("ul", class_="cautions").text
    assert "锁门" in page.one("ul", class_="cautions").text
    assert page.one("p", class_="state").fits({"class_": "unknown"})
    assert not house.see("/s/A1").all("ul", class_="cautions")
    page = house.see("/s/A3", lang="en")
    assert "3 people say it is right, the last today" in page.text
    assert "3 visits counted, 3 of them in the last 30 days" in page.text


def test_the_page_is_kept_by_nobody_else(visit):
    assert visit().get("/s/A1").headers["Cache-Control"] == "private, no-cache"
