"""Someone takes the list of stations home."""

import csv
import io
import re
from urllib.parse import quote

import openpyxl
import pytest

from stations.exchange.proposal import read_stations
from stations.taxonomy import Taxonomy
from stations.web.api import lists
from tests.stations.web.conftest import Person
from tests.town import SHANGHAI, Shelf, corner

FORMS = ["csv", "xlsx", "geojson", "gpkg"]


def get(person, form, **asked):
    answer = person.get(f"/download/stations.{form}", **asked)
    assert answer.status_code == 200, answer.text[:300]
    return answer


@pytest.mark.parametrize("form", FORMS)
def test_the_active_stations_can_be_taken_and_read_again(planner, tmp_path, town_stations, form):
    path = tmp_path / f"taken.{form}"
    path.write_bytes(get(planner, form).data)
    taken = [row.station for row in read_stations(path, Taxonomy.load(), SHANGHAI).rows]
    active = [station for station in town_stations if station.status == "active"]
    assert [station.code for station in taken] == [station.code for station in active]
    assert [station.position for station in taken] == [station.position for station in active]
    assert [station.to_public() for station in taken] == [station.to_public() for station in active]


def test_the_planner_finds_them_beside_the_townships(planner):
    page = planner.get("/planning").text
    for address in re.findall(r'href="(/download/[^"]+)"', page):
        assert planner.get(address).status_code == 200
    assert {"/download/stations.xlsx", "/download/stations.gpkg"} <= set(re.findall(r'href="([^"]+)"', page))


@pytest.mark.parametrize("form", FORMS)
def test_nobody_s_name_is_in_it(planner, tmp_path, form):
    data = get(planner, form).data
    assert "王某".encode() not in data
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        assert all("王某" not in str(cell.value) for sheet in book for row in sheet for cell in row)


@pytest.mark.parametrize("form", FORMS)
def test_a_browser_keeps_it_as_a_file_with_a_chinese_name(planner, form):
    answer = get(planner, form)
    said = answer.headers["Content-Disposition"]
    assert said.startswith(f'attachment; filename="yizhan-stations.{form}"')
    assert f"filename*=UTF-8''{quote('驿站名单')}.{form}" in said
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "filename*" not in get(planner, form, lang="en").headers["Content-Disposition"]


def test_people_read_it_in_their_language(planner):
    chinese = get(planner, "csv").data.decode("utf-8-sig")
    english = get(planner, "csv", lang="en").data.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(chinese)))[:2] == ["编号", "站点名称"]
    assert next(csv.reader(io.StringIO(english)))[:2] == ["Code", "Name"]


def test_no_cell_runs(planner):
    text = get(planner, "csv").data.decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text


@pytest.mark.parametrize("form", FORMS)
def test_a_box_holds_what_is_inside_and_may_be_empty(planner, tmp_path, form):
    west, east = corner(-0.5, 0).lon, corner(1.5, 0).lon
    south, north = corner(0, -0.5).lat, corner(0, 1.5).lat
    path = tmp_path / f"taken.{form}"
    path.write_bytes(get(planner, form, bbox=f"{west},{south},{east},{north}").data)
    assert [row.station.code for row in read_stations(path, Taxonomy.load(), SHANGHAI).rows] == ["A1", "A6"]
    assert get(planner, form, bbox="0,0,1,1").data


@pytest.mark.parametrize("form", FORMS)
def test_what_was_taken_is_not_taken_again_until_it_changes(open_house, town_stations, form):
    shelf = Shelf(town_stations)
    person = Person(open_house(shelf=shelf).test_client())
    tag = get(person, form).headers["ETag"]
    again = person.client.get(f"/download/stations.{form}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    shelf.revision += 1
    assert person.client.get(f"/download/stations.{form}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("asked", [{"box": "1,2,3,4"}, {"bbox": "1,2,3"}, {"bbox": ["0,0,1,1", "0,0,2,2"]}])
def test_a_question_that_is_none_is_refused(planner, asked):
    assert planner.get("/download/stations.csv", **asked).status_code == 400


def test_more_than_a_file_holds_is_refused_with_what_to_do(planner, monkeypatch):
    monkeypatch.setattr(lists, "MOST_STATIONS", 4)
    answer = planner.get("/download/stations.xlsx", lang="en")
    assert answer.status_code == 400
    assert "smaller box" in answer.text
    assert planner.get("/download/stations.xlsx", bbox="0,0,1,1").status_code == 200
