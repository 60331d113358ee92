"""Where a person stands is nobody's business: it is in no log, in no file, and goes to no other house."""

from __future__ import annotations

import logging
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from geodata.datum import Datum, lonlat_from_wgs84
from geodata.lonlat import LonLat
from stations.settings import Settings
from stations.station import PRIVATE_FIELDS
from stations.upkeep.facts import Sender
from tests.stations.web.reading import read_page
from tests.town import Shelf

LON, LAT = "116.303456", "28.304321"
"""On the ground of the town, and like no number of it."""

TELLING = re.compile(r"116\.3034|28\.3043|116303456|28304321")
PLACE = "柳村东头蓝色大门"

ASKED = [
    "/", "/api/nearest", "/api/search", "/api/stations", "/api/changes", "/api/token", "/offline", "/pack.json",
    "/s/A1", "/s/none", "/download/stations.csv", "/nothing",
]  # fmt: skip
ONCE = ["/planning", "/planning/answer.json", "/planning/coverage.csv", "/posters", "/s/A1/poster", "/sitemap.xml"]
QUESTIONS = [
    {"lon": LON, "lat": LAT},
    {"lon": LAT, "lat": LON},
    {"lon": LON, "lat": LAT, "minutes": "-1", "strange": f"{LON},{LAT}"},
    {"lon": f"{LON}x", "lat": f"{LAT}°"},
    {"where": f"{LON}, {LAT}", "lang": "en"},
    {"where": PLACE, "q": f"{PLACE} {LON},{LAT}"},
    {"bbox": f"{LON},{LAT},{LON},{LAT}", "cell": f"{LON},{LAT}"},
]


@pytest.fixture(scope="module")
def client(open_house) -> FlaskClient:
    return open_house().test_client()


def ask_all(client: FlaskClient) -> None:
    asked = [(path, question) for path in ASKED for question in QUESTIONS] + [(path, QUESTIONS[0]) for path in ONCE]
    for path, question in asked:
        client.get(path, query_string=question, buffered=True, headers={"Referer": f"http://localhost/?lon={LON}"})


def send_all(client: FlaskClient) -> None:
    token = client.get("/api/token").get_json()["token"]
    here = {"lon": LON, "lat": LAT}
    for what, form in (
        ("report", {"kind": "gone"}),
        ("report", {"kind": "locked", "amenity": f"{LON},{LAT}"}),
        ("report", {"kind": "gone", "found": f"{LON}T{LAT}"}),
        ("report", {"kind": "gone"} | here),
        ("confirm", {"aspect": "hours"}),
        ("confirm", {"aspect": f"{LON}"}),
        ("visit", here),
        ("visit", {}),
    ):
        client.post(f"/s/A1/{what}", query_string=here, data={"csrf_token": token} | form)
        client.post(f"/s/A1/{what}", query_string=here, data=form)


def nothing_told(said: list[str]) -> None:
    for one in said:
        assert not TELLING.search(one), one[:500]
        assert PLACE not in one, one[:500]


def test_no_door_logs_prints_or_writes_down_where_a_person_is(open_house, upkeeps, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    before = set(upkeeps._folder.iterdir())
    client = open_house().test_client()
    ask_all(client)
    send_all(client)
    nothing_told([f"{one.name} {one.getMessage()} {one.exc_text} {one.exc_info}" for one in caplog.records])
    nothing_told(list(capfd.readouterr()))
    files = set(upkeeps._folder.iterdir()) - before
    assert any(b"gone" in file.read_bytes() for file in files)  # what was said is there
    nothing_told([file.read_bytes().decode("latin-1") for file in files])
    nothing_told([file.read_bytes().decode("utf-8", "replace") for file in files])


def test_what_breaks_is_logged_without_what_it_says(open_house, caplog, capfd):
    class Broken(Shelf):
        def snapshot(self):
            try:
                raise KeyError(f"at {LON},{LAT}")
            except KeyError as fault:
                raise RuntimeError(f"no way from {LON}, {LAT} ({PLACE})") from fault

    caplog.set_level(logging.DEBUG)
    client = open_house(shelf=Broken([])).test_client()
    for path in ("/", "/api/nearest", "/s/A1"):
        answer = client.get(path, query_string={"lon": LON, "lat": LAT})
        assert answer.status_code == 500
        assert not TELLING.search(answer.text)
    said = [f"{one.getMessage()} {one.exc_text} {one.exc_info}" for one in caplog.records]
    nothing_told([*said, *capfd.readouterr()])
    logged = "\n".join(said)
    assert "Failed on /api/nearest" in logged
    assert "Failed on /s/<code> ('A1')" in logged
    assert "builtins.RuntimeError" in logged
    assert "builtins.KeyError" in logged
    assert "in snapshot" in logged  # the line of code that failed, which is what one needs to mend it


def test_what_breaks_after_the_answer_is_logged_without_what_it_says(open_house, caplog):
    app = open_house()

    @app.after_request
    def break_it(_):
        raise RuntimeError(f"at {LON},{LAT}")

    caplog.set_level(logging.DEBUG)
    answer = app.test_client().get("/healthz", query_string={"lon": LON})
    assert answer.status_code == 500
    nothing_told([f"{one.getMessage()} {one.exc_text} {one.exc_info}" for one in caplog.records])
    assert "in break_it" in caplog.text


def too_close(address: str) -> list[float]:
    """Numbers of an address that tell where the person is more closely than ten metres, in any datum."""
    here = LonLat(float(LON), float(LAT))
    near = [part for datum in Datum for part in lonlat_from_wgs84(here, datum)]
    numbers = [float(number) for number in re.findall(r"\d+\.\d{5,}", address)]
    return [number for number in numbers if any(abs(number - part) < 0.0001 for part in near)]


@pytest.mark.parametrize("asked", [{"lon": LON, "lat": LAT}, {"where": f"{LON}, {LAT}"}, {"where": f"{LAT},{LON}"}])
def test_links_tell_a_position_to_ten_metres(client, asked):
    """Also those that a person has just given more closely, and on pages that were found nothing on."""
    for more in ({}, {"minutes": "1"}, {"minutes": "-1"}):
        answer = client.get("/", query_string=asked | more)
        assert not too_close(unquote(answer.headers.get("Location", "")))
        page = read_page(answer.text)
        for one in page.walk():
            for name in ("href", "src", "action", "formaction"):
                assert not too_close(unquote(one.attributes.get(name, ""))), one.attributes[name]


def test_a_refused_cookie_or_header_is_not_logged(client, caplog):
    caplog.set_level(logging.DEBUG)
    client.post("/s/A1/visit", headers={"Cookie": f"yizhan={LON}", "Origin": f"http://{LON}", "X-CSRFToken": LON})
    client.get("/", headers={"Cookie": f"yizhan={LON}", "Accept-Language": LON, "Referer": f"/?{LON}"})
    nothing_told([one.getMessage() for one in caplog.records])


MARK = "nobodysbusiness"


@pytest.fixture(scope="module")
def confided(open_house, upkeeps, town_stations) -> FlaskClient:
    """The town, where every station holds things that are not for the public, and people have reported with notes."""
    private = {
        "custodian": f"王{MARK}",
        "extra": {MARK: f"列{MARK}"},
        "township_declared": f"镇{MARK}",
    }
    assert set(private) == PRIVATE_FIELDS
    stations = [replace(station, **private) for station in town_stations]
    upkeep = upkeeps.new()
    now = datetime.now(UTC)
    for device, network in ((f"one{MARK}", f"203.0.113.9{MARK}"), (f"two{MARK}", f"203.0.113.10{MARK}")):
        for kind, asked in upkeep.kinds.items():
            about = {"amenity": "water"} if asked.asks == "amenity" else {}
            sender = Sender(device=device, network=network)
            upkeep.report("A1", kind, note=f"密{MARK}", sender=sender, found=now, now=now, revision=7, **about)
    uncounted = Settings(requests_per_minute=0, reports_per_hour=0)
    return open_house(stations=stations, upkeep=upkeep, settings=uncounted).test_client()


def everything_in(body: bytes) -> str:
    """What is written in an answer, also in the parts of a workbook."""
    if zipfile.is_zipfile(BytesIO(body)):
        with zipfile.ZipFile(BytesIO(body)) as parts:
            body = b"".join(parts.read(name) for name in parts.namelist())
    return body.decode("utf-8", "replace")


def test_no_public_address_tells_what_is_not_for_the_public(confided):
    told = 0
    for rule in confided.application.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        path = re.sub(r"<int:\w+>", "0", rule.rule.replace("<code>", "A1").replace("<mark>", "x"))
        for asked in (
            {"lon": "116.3", "lat": "28.3"},
            {"q": "近处", "where": "近处"},
            {},
            {"size": "a5"},
            {"lang": "en"},
        ):
            body = everything_in(confided.get(path, query_string=asked, buffered=True).data)
            assert MARK not in body, f"{path} {asked}"
            told += "近处" in body
    assert told > 10


def test_nobody_finds_a_station_by_what_is_not_for_the_public(confided):
    for asked in (f"王{MARK}", f"密{MARK}"):
        assert "A1" not in confided.get("/api/search", query_string={"q": asked}).text
    assert "A1" in confided.get("/api/search", query_string={"q": "近处"}).text
