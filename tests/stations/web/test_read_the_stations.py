"""A program reads the stations, and looks in on the house."""

import json

import pytest

from stations.errors import RegistryError
from stations.exchange.proposal import read_stations
from tests.stations.web.conftest import Person
from tests.town import Shelf, corner


@pytest.fixture
def program(planner):
    return planner


def test_every_active_station_with_all_that_is_public(program):
    answer = program.get("/api/stations")
    assert answer.mimetype == "application/geo+json"
    features = answer.json["features"]
    assert [feature["id"] for feature in features] == ["A1", "A2", "A3", "A4", "A6"]
    first = features[0]
    assert first["geometry"] == {"type": "Point", "coordinates": [corner(1, 0).lon, corner(1, 0).lat]}
    assert first["properties"]["hours"] == "Mo-Su 08:00-18:00"
    assert first["properties"]["amenities"] == {"microwave": "yes", "water": "yes"}
    assert {"kind": "rest_station", "status": "active", "source_datum": "wgs84"}.items() <= first["properties"].items()
    # Unknown is there, as unknown.
    assert first["properties"]["seats"] is None
    assert {tuple(sorted(feature["properties"])) for feature in features} == {tuple(sorted(first["properties"]))}


def test_what_is_not_public_is_not_shown(program):
    answer = program.get("/api/stations")
    assert "custodian" not in answer.json["features"][0]["properties"]
    assert "王某" not in answer.text


def test_the_list_can_be_taken_in_as_it_is(open_house, make_station, taxonomy, shanghai, tmp_path):
    """Above all the points, whose datum is not the one they once came in."""
    original = make_station("A1", position=corner(1, 0), source_datum="gcj02", hours="24/7")
    program = Person(open_house(stations=[original]).test_client())
    (tmp_path / "list.geojson").write_bytes(program.get("/api/stations").data)
    proposal = read_stations(tmp_path / "list.geojson", taxonomy, shanghai)
    assert [row.station for row in proposal.rows] == [original]


def test_a_box_holds_what_is_inside(program):
    west, east = corner(-0.5, 0).lon, corner(1.5, 0).lon
    south, north = corner(0, -0.5).lat, corner(0, 1.5).lat
    answer = program.get("/api/stations", bbox=f"{west},{south},{east},{north}")
    assert [feature["id"] for feature in answer.json["features"]] == ["A1", "A6"]
    assert program.get("/api/stations", bbox="0,0,1,1").json["features"] == []


def test_what_was_read_is_not_read_again_until_it_changes(open_house, town_stations):
    shelf = Shelf(town_stations)
    program = Person(open_house(shelf=shelf).test_client())
    tag = program.get("/api/stations").headers["ETag"]
    again = program.client.get("/api/stations", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    shelf.revision += 1
    assert program.client.get("/api/stations", headers={"If-None-Match": tag}).status_code == 200


def test_a_change_shows_at_once_in_what_was_written_before(open_house, make_station):
    shelf = Shelf([make_station("A1", position=corner(1, 0), amenities={"water": "yes"})])
    program = Person(open_house(shelf=shelf).test_client())

    def amenities():
        answer = program.get("/api/nearest", lon=corner(0, 0).lon, lat=corner(0, 0).lat)
        return json.loads(answer.data)["stations"][0]["amenities"]

    assert amenities() == {"water": "yes"}
    shelf.stations, shelf.revision = [make_station("A1", position=corner(1, 0), amenities={"water": "no"})], 8
    assert amenities() == {"water": "no"}


def test_the_house_says_that_it_stands(program, atlas):
    assert program.get("/healthz").json == {"status": "ok", "revision": 7, "digest": atlas.digest}


def test_the_house_says_that_what_it_serves_may_be_old(open_house, town_stations, atlas):
    shelf = Shelf(town_stations, trouble=RegistryError("The registry is away."))
    answer = Person(open_house(shelf=shelf).test_client()).get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "stale", "revision": 7, "digest": atlas.digest}
    assert "away" not in answer.text
