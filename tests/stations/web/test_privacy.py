"""Where a person stands is nobody's business: it is in no log, in no file, and goes to no other house."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from geodata.datum import Datum, lonlat_from_wgs84
from geodata.lonlat import LonLat
from tests.stations.web.reading import read_page
from tests.town import Shelf

LON, LAT = "116.303456", "28.304321"
"""On the ground of the town, and like no number of it."""

TELLING = re.compile(r"116\.3034|28\.3043|116303456|28304321")
PLACE = "柳村东头蓝色大门"

ASKED = [
    "/", "/planning", "/planning/map", "/planning/coverage.csv", "/api/nearest", "/api/search", "/api/stations",
    "/api/changes", "/api/token", "/healthz", "/posters", "/offline", "/pack.json", "/sitemap.xml", "/robots.txt",
    "/nothing", "/s/A1", "/s/A1/poster", "/s/none", "/static/none.css", "/download/stations.csv",
]  # fmt: skip
SLOW = {"/planning", "/planning/map", "/planning/coverage.csv", "/posters"}
QUESTIONS = [
    {"lon": LON, "lat": LAT},
    {"lon": LAT, "lat": LON},
    {"lon": LON, "lat": LAT, "minutes": "-1"},
    {"lon": LON, "lat": LAT, "strange": f"{LON},{LAT}"},
    {"lon": f"{LON}x", "lat": f"{LAT}°"},
    {"where": f"{LON}, {LAT}"},
    {"where": f"{LAT},{LON}", "lang": "en"},
    {"where": PLACE, "q": f"{PLACE} {LON},{LAT}"},
    {"bbox": f"{LON},{LAT},{LON},{LAT}"},
    {"cell": f"{LON},{LAT}"},
]


def ask_all(client: FlaskClient) -> None:
    for path in ASKED:
        for question in QUESTIONS[:4] if path in SLOW else QUESTIONS:
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


def too_close(address: str) -> list[float]:
    """Numbers of an address that tell where the person is more closely than ten metres, in any datum."""
    here = LonLat(float(LON), float(LAT))
    near = [part for datum in Datum for part in lonlat_from_wgs84(here, datum)]
    numbers = [float(number) for number in re.findall(r"\d+\.\d{5,}", address)]
    return [number for number in numbers if any(abs(number - part) < 0.0001 for part in near)]


@pytest.mark.parametrize("asked", [{"lon": LON, "lat": LAT}, {"where": f"{LON}, {LAT}"}, {"where": f"{LAT},{LON}"}])
def test_links_tell_a_position_to_ten_metres(open_house, asked):
    """Also those that a person has just given more closely, and on pages that were found nothing on."""
    client = open_house().test_client()
    for more in ({}, {"minutes": "1"}, {"minutes": "-1"}):
        answer = client.get("/", query_string=asked | more)
        assert not too_close(unquote(answer.headers.get("Location", "")))
        page = read_page(answer.text)
        for one in page.walk():
            for name in ("href", "src", "action", "formaction"):
                assert not too_close(unquote(one.attributes.get(name, ""))), one.attributes[name]


def test_a_refused_cookie_or_header_is_not_logged(open_house, caplog):
    caplog.set_level(logging.DEBUG)
    client = open_house().test_client()
    client.post("/s/A1/visit", headers={"Cookie": f"yizhan={LON}", "Origin": f"http://{LON}", "X-CSRFToken": LON})
    client.get("/", headers={"Cookie": f"yizhan={LON}", "Accept-Language": LON, "Referer": f"/?{LON}"})
    nothing_told([one.getMessage() for one in caplog.records])
