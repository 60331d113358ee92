"""An online service is asked where a place is: with restraint, and without trusting it."""

import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderServiceError, GeocoderTimedOut
from hypothesis import given
from hypothesis import strategies as st

from geodata import geocode
from geodata.datum import Datum, lonlat_from_wgs84
from geodata.errors import OnlineSearchError
from geodata.geocode import OnlinePlace, OnlineSearch, Tianditu, open_online
from geodata.lonlat import LonLat, distance_m

HERE = LonLat(116.3234, 28.2912)
BOUNDS = (116.2, 28.2, 116.5, 28.5)


class Line(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """A line to a service that says what it is told to say, and remembers what it was asked."""

    def __init__(self, answers):
        super().__init__(proxies=None, ssl_context=None)
        self.answers = list(answers)
        self.asked: list[dict] = []

    def get_json(self, url, *, timeout, headers):
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append(
            {"host": parts.netloc, "scheme": parts.scheme, "path": parts.path, "timeout": timeout, **headers, **query}
        )
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get_text(self, url, *, timeout, headers):
        return json.dumps(self.get_json(url, timeout=timeout, headers=headers))


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 1000.0, 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def open_line(service: str, *answers, **options) -> tuple[OnlineSearch, Line, Clock]:
    line, clock = Line(answers), Clock()
    options = {"bounds": BOUNDS} | options
    return (
        open_online(service, adapter_factory=lambda **_: line, clock=clock, sleep=clock.sleep, **options),
        line,
        clock,
    )


def nominatim_place(name: str, at: LonLat = HERE) -> dict:
    return {"name": name, "display_name": f"{name}, 川阳镇, 驿川县", "lat": str(at.lat), "lon": str(at.lon)}


def test_nominatim_is_asked_as_its_policy_wants():
    search, line, _ = open_line("nominatim", [nominatim_place("人民医院")])
    (place,) = search.find("人民医院", "zh")
    assert place == OnlinePlace("人民医院", "川阳镇, 驿川县", HERE)
    (asked,) = line.asked
    assert (asked["scheme"], asked["host"], asked["path"]) == ("https", "nominatim.openstreetmap.org", "/search")
    assert asked["q"] == "人民医院"
    assert asked["viewbox"] == "116.2,28.2,116.5,28.5"
    assert asked["accept-language"].startswith("zh")
    assert "yizhan" in asked["User-Agent"]
    assert asked["timeout"] <= 3.0


def test_a_nominatim_of_ones_own():
    _, line, _ = (opened := open_line("nominatim", [], host="nominatim.example.org"))
    opened[0].find("x")
    assert (line.asked[0]["scheme"], line.asked[0]["host"]) == ("https", "nominatim.example.org")
    _, line, _ = (opened := open_line("nominatim", [], host="localhost:8080"))
    opened[0].find("x")
    assert (line.asked[0]["scheme"], line.asked[0]["host"]) == ("http", "localhost:8080")


def test_baidu_answers_in_its_own_datum():
    lon, lat = lonlat_from_wgs84(HERE, Datum.BD09)
    answer = {"status": 0, "result": {"location": {"lng": lon, "lat": lat}, "precise": 1, "level": "医院"}}
    search, line, _ = open_line("baidu", answer, key="k1")
    (place,) = search.find("人民医院")
    assert place.name == "人民医院"
    assert distance_m(place.position, HERE) < 0.01
    assert line.asked[0]["ak"] == "k1"
    assert line.asked[0]["address"] == "人民医院"


def test_tianditu_answers_in_wgs84():
    poi = {"name": "人民医院", "address": "人民路1号", "lonlat": f"{HERE.lon},{HERE.lat}"}
    answer = {"resultType": 1, "count": "1", "pois": [poi], "status": {"infocode": 1000, "cndesc": "服务正常"}}
    search, line, _ = open_line("tianditu", answer, key="k2")
    assert search.find("人民医院") == (OnlinePlace("人民医院", "人民路1号", HERE),)
    (asked,) = line.asked
    assert (asked["scheme"], asked["host"], asked["path"]) == ("https", "api.tianditu.gov.cn", "/v2/search")
    assert asked["tk"] == "k2"
    said = json.loads(asked["postStr"])
    assert said["keyWord"] == "人民医院"
    assert said["mapBound"] == "116.20000,28.20000,116.50000,28.50000"


def test_tianditu_may_answer_with_an_area_or_with_nothing():
    area = {
        "resultType": 3,
        "area": {"name": "驿川县", "lonlat": f"{HERE.lon} {HERE.lat}"},
        "status": {"infocode": 1000},
    }
    assert open_line("tianditu", area, key="k")[0].find("驿川")[0].position == HERE
    assert open_line("tianditu", {"resultType": 1, "status": {"infocode": 1000}}, key="k")[0].find("驿川") == ()


def test_tianditu_as_geopy_has_its_geocoders():
    line = Line([{"pois": [{"name": "甲", "lonlat": "116.3,28.3"}], "status": {"infocode": 1000}}])
    geocoder = Tianditu("k", adapter_factory=lambda **_: line, domain="mirror.example.org", scheme="http", timeout=7)
    found = geocoder.geocode("甲")
    assert (found.address, found.longitude, found.latitude) == ("甲", 116.3, 28.3)
    assert (line.asked[0]["scheme"], line.asked[0]["host"], line.asked[0]["timeout"]) == (
        "http",
        "mirror.example.org",
        7,
    )
    line.answers = [{"status": {"infocode": 2001, "cndesc": "参数错误"}}]
    with pytest.raises(GeocoderServiceError, match="参数错误"):
        geocoder.geocode("甲")


def test_a_place_far_from_the_ground_is_another_of_its_name():
    far = nominatim_place("人民医院", LonLat(104.0, 30.6))
    near = nominatim_place("人民医院", LonLat(116.6, 28.3))
    assert [one.position.lon for one in open_line("nominatim", [far, near])[0].find("人民医院")] == [116.6]
    assert open_line("nominatim", [far])[0].find("人民医院") == ()
    assert len(open_line("nominatim", [far], bounds=None)[0].find("人民医院")) == 1


def test_a_place_without_a_position_is_no_place():
    assert open_line("nominatim", [{"display_name": "nowhere"}], bounds=None)[0].find("哪儿") == ()


def test_the_same_is_not_asked_twice_in_a_day_not_even_what_is_not_known():
    search, line, clock = open_line("nominatim", [])
    assert search.find("哪儿") == search.find(" 哪儿！") == ()
    assert len(line.asked) == 1
    clock.now += 86_401
    search.find("哪儿")
    assert len(line.asked) == 2


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(geocode, "ANSWERS_KEPT", 3)
    search, line, _ = open_line("nominatim", [], host="own.example.org")
    for name in "甲乙丙丁":
        search.find(name)
    search.find("丁")
    assert len(line.asked) == 4
    search.find("甲")
    assert len(line.asked) == 5


def test_questions_to_the_public_nominatim_are_apart():
    search, _, clock = open_line("nominatim", [])
    for name in "甲乙丙":
        search.find(name)
    assert clock.slept == pytest.approx(2 * geocode.APART_S)
    own, _, clock = open_line("nominatim", [], host="own.example.org")
    for name in "甲乙丙":
        own.find(name)
    assert clock.slept == 0.0


def test_a_day_has_its_budget():
    search, line, clock = open_line("nominatim", [], per_day=2)
    search.find("甲")
    search.find("乙")
    with pytest.raises(OnlineSearchError, match="2 times today"):
        search.find("丙")
    assert search.find("甲") == ()  # is known
    assert len(line.asked) == 2
    clock.now += 86_400
    search.find("丙")
    assert len(line.asked) == 3


def http_error(status: int) -> AdapterHTTPError:
    return AdapterHTTPError("no", status_code=status, headers={}, text="key=SECRET")


FAULTS = [
    GeocoderTimedOut("slow"),
    GeocoderServiceError("down"),
    http_error(500),
    http_error(403),
    http_error(429),
    OSError("line cut"),
    {"error": "bad"},
    [{"lat": "x", "lon": "y"}],
    [{"lat": "nan", "lon": "0", "display_name": "x"}],
    ["not a place"],
    7,
    "text",
]


@pytest.mark.parametrize("answer", FAULTS, ids=repr)
def test_whatever_a_service_does_is_one_fault(answer, caplog):
    search, line, clock = open_line("nominatim", answer)
    with pytest.raises(OnlineSearchError):
        search.find("人民医院")
    assert "人民医院" not in caplog.text
    assert "SECRET" not in caplog.text
    # Then it is left alone for a while.
    with pytest.raises(OnlineSearchError, match="left alone"):
        search.find("别处")
    assert len(line.asked) == 1
    line.answers = [[]]
    clock.now += geocode.LONG_REST_S
    assert search.find("人民医院") == ()


@pytest.mark.parametrize("status", [1, 2, 4, 5, 101, 210, 302, 401, 999])
def test_baidus_own_faults_are_faults(status):
    with pytest.raises(OnlineSearchError):
        open_line("baidu", {"status": status, "message": "no"}, key="k")[0].find("甲")


@pytest.mark.parametrize("text", ["", "  ", "😀", "甲" * 101])
def test_what_is_no_place_is_not_asked(text):
    search, line, _ = open_line("nominatim", [])
    assert search.find(text) == ()
    assert not line.asked


KEYS = st.sampled_from("status result pois area lonlat lat lon display_name location infocode error".split())
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(ANSWERS, st.sampled_from(["nominatim", "baidu", "tianditu"]))
@pytest.mark.filterwarnings("ignore:Latitude normalization:UserWarning")
def test_any_answer_is_read_or_refused(answer, service):
    search, _, _ = open_line(service, answer, key="k")
    try:
        found = search.find("甲")
    except OnlineSearchError:
        return
    assert all(isinstance(one, OnlinePlace) for one in found)


def test_one_question_at_a_time(monkeypatch):
    monkeypatch.setattr(geocode, "PATIENCE_S", 0.05)
    asked, answered = threading.Event(), threading.Event()

    def ask(text, language):
        asked.set()
        assert answered.wait(5)
        return []

    search = OnlineSearch(ask, apart_s=0.0)
    first = threading.Thread(target=search.find, args=("甲",))
    first.start()
    assert asked.wait(5)
    with pytest.raises(OnlineSearchError, match="something else"):
        search.find("乙")
    answered.set()
    first.join()
    assert search.find("甲") == ()
