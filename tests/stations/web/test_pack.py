"""What a phone is given to keep: it says of every door what the clock rule says, and it is small."""

import gzip
import math
import random
import re
import struct
from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import brotli  # type: ignore[import-untyped]
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import LonLat, distance_m
from stations.hours import State
from stations.questions.outwards import MEAN_DETOUR
from stations.registry.snapshot import Snapshot, hours_of
from stations.settings import Settings
from stations.station import Closure
from stations.taxonomy import Taxonomy
from stations.upkeep.facts import Sender
from stations.web.offline.area import MOST_AROUND, MOST_WHOLE, Cell, rows_around
from stations.web.offline.week import DAYS, Week
from tests.stations.web.reading import read_page
from tests.town import PROJECT, SHANGHAI, Shelf, corner

WITHIN = 60_000
"""Bytes that 200 stations may take, compressed."""

TEXTS = (
    "",
    "24/7",
    "Mo-Su 08:00-18:00",
    "Mo-Fr 08:30-12:00,13:00-17:30; PH off",
    "Mo-Su 22:00-06:00",
    "Mo-Su 09:00-26:00",
    "Mo-Fr 09:00-17:00; SH off",
    "PH 10:00-14:00",
    "Sa,Su 00:00-24:00",
    "Mo-Su 08:00-18:00 unknown",
    'Mo-Su 05:00-11:00 "早餐", 11:00-20:00',
    "Dec 24-Jan 02 10:00-12:00",
    "off",
)
SEASONS = ("", "06-01/09-30", "11-25/03-15")


@st.composite
def doors(draw, make):
    season = draw(st.sampled_from(SEASONS)).partition("/")
    station = make(
        hours=draw(st.sampled_from(TEXTS)),
        self_service_hours=draw(st.sampled_from(("", "", "Mo-Su 20:00-08:00", "PH 00:00-24:00"))),
        season_from=season[0],
        season_to=season[2],
    )
    first = datetime(2026, 11, 1, tzinfo=UTC).date() + timedelta(days=draw(st.integers(0, 60)))
    closed = Closure(
        first=first, last=first + timedelta(days=draw(st.integers(0, 5))), reason=draw(st.sampled_from(("", "装修")))
    )
    return replace(station, closures=(closed,) if draw(st.booleans()) else ())


def said_of(spans, minute):
    """What spans say at a minute, and at which minute the state changes next."""
    at = bisect_right([start for start, _ in spans], minute) - 1
    said = spans[at][1]
    return said, next((start for start, one in spans[at:] if one.state is not said.state), None)


@given(data=st.data())
@settings(max_examples=60)
def test_spans_say_of_a_door_what_the_clock_rule_says(data, make_station):
    zone = ZoneInfo(data.draw(st.sampled_from(("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin"))))
    # October 2026 and the turn of a year that is not announced; and, in Berlin, clocks that change.
    day = data.draw(st.sampled_from(("2026-09-28", "2026-10-22", "2026-12-27")))
    now = datetime.fromisoformat(day).replace(tzinfo=zone) + timedelta(minutes=data.draw(st.integers(0, 4000)))
    hours = hours_of(data.draw(doors(make_station)), zone)
    week = Week.of(now, zone)
    spans = week.spans(hours)
    assert spans[0][0] == 0
    for seconds in data.draw(st.lists(st.integers(0, 7 * 86400), min_size=5, max_size=20)):
        moment = now + timedelta(seconds=seconds)
        minute = (moment.timestamp() - week.midnight) / 60
        assert minute < week.minutes
        said, until = said_of(spans, minute)
        truth = hours.state_at(moment)
        assert (said.state, said.reason) == (truth.state, truth.reason)
        if truth.until is not None:
            assert until is not None
            assert week.midnight + until * 60 == truth.until.timestamp()
        elif until is not None:  # the clock rule looks no farther than eight days
            assert until - minute > 8 * 1440


def test_a_week_holds_seven_days_from_any_moment_of_its_first(shanghai):
    for hour in (0, 23):
        now = datetime(2026, 11, 20, hour, 59, tzinfo=shanghai)
        week = Week.of(now, shanghai)
        assert week.midnight <= now.timestamp()
        assert now.timestamp() + 7 * 86400 <= week.end
        assert week.minutes == DAYS * 1440


def test_where_clocks_change_the_offsets_say_when():
    berlin = ZoneInfo("Europe/Berlin")
    week = Week.of(datetime(2026, 10, 24, 12, tzinfo=berlin), berlin)
    assert week.offsets() == [(0, 120), (27 * 60, 60)]
    assert week.minutes == 8 * 1440 + 60


@pytest.fixture
def get(open_house):
    app = open_house()

    def get(path, **headers):
        return app.test_client().get(
            path, headers={name.replace("_", "-"): text for name, text in headers.items()}, buffered=True
        )

    return get


@pytest.fixture
def pack(get):
    return get("/pack.json").json


def test_what_a_phone_is_told_of_a_station(pack, town_stations):
    stations = pack["stations"]
    assert stations["code"] == ["A1", "A2", "A3", "A4", "A6"]  # A5 is retired
    assert len({len(column) for column in stations.values()}) == 1
    at = stations["code"].index("A1")
    assert stations["name"][at] == "近处驿站"
    assert stations["address"][at] == "一路1号"
    assert (stations["lon"][at], stations["lat"][at]) == pytest.approx((corner(1, 0).lon, corner(1, 0).lat))
    has = dict(zip(pack["amenities"], stations["has"][at], strict=True))
    assert {key: state for key, state in has.items() if state != "0"} == {"water": "1", "microwave": "1"}
    has = dict(zip(pack["amenities"], stations["has"][stations["code"].index("A2")], strict=True))
    assert {key: state for key, state in has.items() if state != "0"} == {"water": "3"}
    assert pack["amenities"]["water"] == ["饮用水", "Drinking water", "glass-water"]
    assert pack["words"]["zh"]["hours"][stations["rule"][at]] == "周一至周日 08:00–18:00"
    assert pack["words"]["en"]["hours"][stations["rule"][at]] == "Monday to Sunday 08:00–18:00"
    assert "王某" not in orjson.dumps(pack).decode()


def test_hours_not_known_are_said_to_be_so(pack):
    spans = pack["rules"][pack["stations"]["rule"][pack["stations"]["code"].index("A2")]]
    assert [pack["states"][said] for said in spans[1::2]] == ["unknown"]


def test_how_long_a_way_takes_is_reckoned_as_the_house_does(pack, courier):
    assert pack["detour"] == MEAN_DETOUR
    for one in courier.ask(mode="ebike", minutes=60, limit=9)["stations"]:
        assert one["metres"] / pack["speeds"]["ebike"] == pytest.approx(one["seconds"], abs=0.1)
    # A block is 200 m.
    assert distance_m(corner(0, 0), corner(1, 0)) == pytest.approx(
        pack["radius"] * math.radians(corner(1, 0).lon - corner(0, 0).lon) * math.cos(math.radians(28.3))
    )


def test_it_is_not_sent_again_while_nothing_changed(open_house, town_stations):
    shelf = Shelf(town_stations)
    client = open_house(shelf=shelf).test_client()
    first = client.get("/pack.json")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/pack.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    shelf.revision, shelf.stations = 8, town_stations[1:]
    later = client.get("/pack.json", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200
    assert (later.json["revision"], len(later.json["stations"]["code"])) == (8, 4)
    # A revision in which nothing changed for a phone is as good as the one before.
    shelf.revision = 9
    assert client.get("/pack.json", headers={"If-None-Match": later.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accepts", "coding", "read"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("", None, bytes),
        ("br;q=0", None, bytes),
    ],
)
def test_it_comes_as_the_browser_can_read_it(get, accepts, coding, read):
    answer = get("/pack.json", Accept_Encoding=accepts)
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.vary
    assert orjson.loads(read(answer.data))["format"] == 1


@pytest.fixture(scope="module")
def two_hundred(make_station):
    """Stations of which everything is known, no two alike."""
    dice = random.Random(4)
    terms = Taxonomy.load()
    roads = [f"{a}{b}{c}" for a in "建设人民中山解放文化" for b in "一二三东西南北" for c in ("路", "街", "大道", "巷")]
    hosts = ("工商银行", "邮政", "中石化加油站", "社区党群服务中心", "新华书店", "供电营业厅", "环卫所", "大药房")

    def station(number):
        road = dice.choice(roads)
        opens, closes = dice.randint(5, 9), dice.randint(17, 22)
        return make_station(
            f"ZZ{dice.randrange(10**6):06}-{number:03}",
            name=f"{road}{dice.choice(hosts)}第{number}工会驿站",
            name_en=f"Rest station {number}, {dice.randint(1, 999)} {road}",
            position=LonLat(113.6 + dice.uniform(-0.2, 0.2), 34.7 + dice.uniform(-0.2, 0.2)),
            address=f"郑州市{dice.choice('金水中原二七')}区{road}{dice.randint(1, 999)}号附{dice.randint(1, 30)}",
            phone=f"0371-{dice.randint(10**7, 10**8 - 1)}",
            note=f"{dice.choice('东西南北')}门，{dice.randint(1, 5)}楼{dice.randint(100, 999)}室，{dice.choice(hosts)}",
            hours=f"Mo-Fr {opens:02}:{dice.randrange(60):02}-{closes}:{dice.randrange(60):02}; PH off",
            amenities={key: dice.choice(("yes", "no", "nearby", "unknown")) for key in terms.amenities.terms},
            access=dice.sample(sorted(terms.access.terms), 2),
            eligible=dice.sample(sorted(terms.eligible.terms), 2),
            hours_checked=f"2026-{dice.randint(1, 11):02}-{dice.randint(1, 28):02}",
        )

    return [station(number) for number in range(200)]


def test_two_hundred_stations_of_which_everything_is_known_are_small(open_house, two_hundred):
    client = open_house(stations=two_hundred).test_client()
    sizes = {
        coding: len(client.get("/pack.json", headers={"Accept-Encoding": coding}).data) for coding in ("br", "gzip")
    }
    assert 10_000 < sizes["br"] < sizes["gzip"] < WITHIN, sizes


@pytest.fixture(scope="module")
def many(make_station, open_house):
    """A registry too large to be kept whole: stations 0.01° apart."""
    east, north = 50, MOST_WHOLE // 50 + 1
    stations = [
        make_station(f"N{row:02}{column:02}", position=LonLat(116.0 + column / 100, 28.0 + row / 100))
        for row in range(north)
        for column in range(east)
    ]
    return open_house(stations=stations, ground=None, upkeep=None).test_client()


def test_of_a_large_registry_the_stations_around_a_cell_are_kept(many):
    stations = many.get("/pack.json?cell=116.2,28.1").json["stations"]
    assert len(stations["code"]) == MOST_AROUND
    assert "N1525" in stations["code"]
    assert many.get("/pack.json?cell=110.0,30.0").json["stations"]["code"] == []


@pytest.mark.parametrize(
    "cell", ["", "116.25,28.1", "116.2", "116.2345,28.1234", "x,y", "200.0,28.1", "116,28", "nan,nan"]
)
def test_a_closer_position_than_a_cell_is_not_taken(many, cell):
    answer = many.get("/pack.json", query_string={"cell": cell, "lang": "en"})
    assert answer.status_code == 400
    assert "116.3,28.3" in answer.text


def test_a_page_about_a_place_names_its_cell_and_nothing_closer(many):
    def kept(path):
        return read_page(many.get(path).text).one("script", data_worker="/sw.js").attributes["data-pack"]

    assert kept("/?lon=116.2345&lat=28.1234") == "/pack.json?cell=116.2,28.1"
    assert kept("/s/N1525") == "/pack.json?cell=116.2,28.1"
    assert kept("/") == ""


@given(st.floats(-180, 179.9), st.floats(-90, 89.9))
def test_a_cell_holds_the_positions_that_are_in_it(lon, lat):
    cell = Cell.at(LonLat(lon, lat))
    assert abs(cell.middle.lon - lon) < 0.0501
    assert abs(cell.middle.lat - lat) < 0.0501
    assert Cell.read({"cell": [str(cell)]}) == cell


def test_nobody_is_kept_from_the_station_next_door(many, make_station):
    dice = random.Random(7)
    stations = [
        make_station(f"S{number:05}", position=LonLat(116 + dice.random() / 2, 28 + dice.random() / 2))
        for number in range(2 * MOST_AROUND)
    ]
    snapshot = Snapshot.build(1, stations, SHANGHAI)
    here = LonLat(116.21, 28.29)
    kept = rows_around(snapshot, Cell.at(here))
    nearest = sorted(range(len(snapshot)), key=lambda row: distance_m(here, snapshot.stations[row].position))[:20]
    assert set(nearest) <= set(kept.tolist())


def test_what_others_found_wrong_goes_along_and_is_a_reason_to_fetch_anew(open_house, town_stations, upkeeps):
    upkeep = upkeeps.new()
    client = open_house(upkeep=upkeep).test_client()

    def mark():
        return read_page(client.get("/").text).one("script", data_worker="/sw.js").attributes["data-mark"]

    before = mark()
    now = datetime.now(UTC)
    for device in ("one", "two"):
        sender = Sender(device, f"198.51.100.{len(device) + ord(device[0])}")
        upkeep.report("A1", "locked", sender=sender, found=now - timedelta(hours=1), now=now, revision=7)
    pack = client.get("/pack.json").json
    ((kind, amenity, people, minute, day),) = pack["cautions"]["A1"]
    assert (kind, amenity, people) == ("locked", "", 2)
    assert pack["midnight"] + minute * 60 == pytest.approx((now - timedelta(hours=1)).timestamp(), abs=60)
    assert day in pack["words"]["zh"]["days"]
    assert kind in pack["doubtful"]
    assert mark() != before


# The page, the worker and the manifest


def test_words_that_the_scripts_say_are_given_to_them(get):
    page = get("/offline?lang=en").text
    given_words = orjson.loads(found(r'id="words">(.*?)</script>', page))
    scripts = PROJECT / "static" / "js"
    files = ("away.js", "asked.js", "sheet.js", "cards.js")
    asked = {name for file in files for name in re.findall(r"\bwords\.(\w+)", read(scripts / file))}
    assert asked - {"map", "forEach"} <= set(given_words) | {"lacks", "not_known"}
    later = orjson.loads(read_page(page).one("script", data_worker="/sw.js").attributes["data-words"])
    assert set(re.findall(r'counted\("(\w+)"|words\.(\w+)', read(scripts / "forms.js"))) == {
        (name, "") if isinstance(text, list) else ("", name) for name, text in later.items()
    }


def read(path):
    return path.read_text(encoding="utf-8")


def found(pattern, text):
    """The first group of a pattern, or all that it matches where it has none."""
    match = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    assert match, pattern
    return match[match.re.groups]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_that_is_kept_is_the_same_for_everyone(open_house, town_stations, language):
    shelf = Shelf(town_stations)
    client = open_house(shelf=shelf).test_client()
    first = client.get(f"/offline?lang={language}")
    shelf.revision = 8
    assert client.get(f"/offline?lang={language}").text == first.text
    assert read_page(first.text).one("script", data_worker="/sw.js").attributes["data-mark"] == ""


def test_the_worker_keeps_files_that_are_there_and_names_them_by_content(get):
    answer = get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    release = orjson.loads(found(r"RELEASE = (\{.*?\});$", answer.text))
    total = 0
    for address in [*release["files"], *release["pages"].values()]:
        kept = get(address, Accept_Encoding="br")
        assert kept.status_code == 200
        assert "?v=" in address or address.startswith("/offline?lang=")
        total += len(kept.data)
    assert total < 60_000
    assert get("/sw.js", If_None_Match=answer.headers["ETag"]).status_code == 304
    # All that the page asks for is kept, or it would stand there bare.
    page = read_page(get("/offline?lang=zh").text)
    asked = {one.attributes["src"] for one in page.all("script") if "src" in one.attributes}
    asked |= {one.attributes["href"] for one in page.all("link", rel="stylesheet")}
    asked |= {
        page.one("script", data_worker="/sw.js").attributes[name] for name in ("data-later", "data-forms", "data-style")
    }
    assert {address for address in asked if "without_script" not in address} <= set(release["files"])


def test_a_new_release_is_a_new_worker(open_house, town_stations):
    plain, demo = (open_house(demo=demo).test_client().get("/sw.js").text for demo in (False, True))
    version = r'"version":"(\w+)"'
    assert found(version, plain) != found(version, demo)
    assert found(version, plain) == found(version, open_house().test_client().get("/sw.js").text)


def test_a_house_that_keeps_nothing_takes_away_what_phones_kept(open_house):
    client = open_house(settings=Settings(offline=False)).test_client()
    assert "unregister()" in client.get("/sw.js").text
    (script,) = [one for one in read_page(client.get("/").text).all("script") if "data-worker" in one.attributes]
    assert script.attributes["data-worker"] == script.attributes["data-pack"] == ""


@pytest.mark.parametrize(("language", "name"), [("zh", "驿站"), ("en", "Yizhan")])
def test_what_the_phone_calls_it_when_it_is_on_its_screen(get, language, name):
    page = read_page(get(f"/?lang={language}").text)
    address = page.one("link", rel="manifest").attributes["href"]
    manifest = get(address)
    assert manifest.mimetype == "application/manifest+json"
    said = manifest.json
    assert said["short_name"] == name
    assert (said["start_url"], said["scope"], said["display"]) == ("/", "/", "standalone")
    assert {(one["sizes"], one["purpose"]) for one in said["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for one in said["icons"]:
        picture = get(one["src"]).data
        assert "x".join(map(str, struct.unpack(">II", picture[16:24]))) == one["sizes"]
        assert len(picture) < 16_000
    assert get(page.one("link", rel="apple-touch-icon").attributes["href"]).status_code == 200
    assert {one.attributes["media"] for one in page.all("meta", name="theme-color")} == {
        "(prefers-color-scheme: light)",
        "(prefers-color-scheme: dark)",
    }


def test_what_the_first_view_pays_for_it(get):
    page = get("/").text
    element = found(r"<script [^>]*data-worker=.*?</script>", page)
    script = get(found(r'src="([^"]+)"', element)).data
    assert "defer" in element
    assert len(gzip.compress(script)) + len(gzip.compress(element.encode())) < 6_000


def test_no_state_is_made_up(pack):
    assert set(pack["states"]) <= {state.value for state in State}
    for spans in pack["rules"]:
        starts = spans[::2]
        assert starts[0] == 0
        assert all(a < b for a, b in pairwise(starts))
