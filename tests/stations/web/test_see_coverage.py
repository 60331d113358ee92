"""A planner reads who is not served, and takes the figures home."""

import csv
import io
import json

import pytest
import shapely

from geodata.building import build_atlas
from stations.handouts.shapes import collection
from stations.handouts.tables import write_csv
from tests.stations.web.conftest import Person
from tests.stations.web.reading import read_page
from tests.town import A_FRIDAY, corner, write_town

WHOLE_TOWN_KM = 14 * 1.2  # fourteen streets of six blocks


def table(page):
    rows = page.one("table", class_="sortable").all("tr")
    return [[cell.text for cell in row.inside if not isinstance(cell, str)] for row in rows]


def rows_of(answer):
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_finding_comes_first_and_in_words(planner):
    page = planner.see("/planning", minutes=5)
    assert page.one("h1").text.endswith("的街道步行 5 分钟内能到驿站。")
    assert "最差的是东乡" in page.text


def test_the_finding_says_that_stations_are_open_and_equipped(planner):
    noon = f"{A_FRIDAY}T10:00"
    assert planner.see("/planning", minutes=5, at=noon).one("h1").text.endswith("分钟内能到开着的驿站。")
    page = planner.see("/planning", minutes=5, at=noon, amenity="water", lang="en")
    assert page.one("h1").text.endswith("of an open station equipped as asked.")


@pytest.mark.parametrize("address", ["/planning", "/planning/siting"])
def test_a_day_of_which_nobody_knows_yet_whether_it_is_a_holiday_says_so(planner, address):
    asked = {"sites": 1, "spacing": 400} if address.endswith("siting") else {}
    far = planner.see(address, at="2039-10-02T10:00", **asked).one("p", class_="moment").text
    assert "2039年10月2日 10:00（2039 年放假安排尚未公布）" in far
    assert "尚未公布" not in planner.see(address, at=f"{A_FRIDAY}T10:00", **asked).one("p", class_="moment").text


def test_townships_that_nobody_serves_are_counted_and_not_one_named_worst(open_house):
    page = Person(open_house(stations=[]).test_client()).see("/planning")
    assert "2 个乡镇街道中有 2 个完全没有覆盖：西乡，东乡" in page.text.replace("、", "，")
    assert "最差的是" not in page.text


def test_every_column_of_every_part_says_what_it_holds(planner):
    for part in ("townships", "gaps", "stations", "double15", "sure", "fair", "compare"):
        page = planner.see("/planning", minutes=5, part=part, vs="mode=ebike")
        heads = [head.text.strip() for head in page.one("div", id="panel").all("th", scope="col")]
        assert heads, part
        assert all(heads), (part, heads)


def test_the_townships_and_their_total(planner):
    head, *lines, total = table(planner.see("/planning"))
    assert [head[at] for at in (0, 1, 3, 4, 5, 6)] == ["乡镇街道", "驿站数", "已覆盖", "交叉覆盖", "圆圈计算", "未覆盖"]
    assert "公里" in head[2]
    assert [line[0] for line in lines] == ["西乡", "东乡"]
    assert [int(line[1]) for line in lines] == [3, 2]
    assert float(total[2]) == pytest.approx(WHOLE_TOWN_KM, abs=0.1)
    for column in (1, 2, 6):
        assert sum(float(line[column]) for line in lines) == pytest.approx(float(total[column]), abs=0.11)


def test_a_fully_served_town_has_no_gap(open_house, make_station):
    stations = [make_station(f"B{x}{y}", position=corner(x, y)) for x in range(7) for y in range(7)]
    planner = Person(open_house(stations=stations).test_client())
    assert planner.see("/planning").one("h1").text.startswith("100%")
    assert "没有空白" in planner.see("/planning", part="gaps").text


def test_a_town_without_stations_is_one_gap(open_house):
    page = Person(open_house(stations=[]).test_client()).see("/planning", part="gaps")
    assert page.one("h1").text.startswith("0%")
    assert "没有空白" not in page.text


def test_gaps_are_ranked_and_named(planner):
    page = planner.see("/planning", minutes=5, part="gaps")
    gaps = page.one("table", class_="gaps-table").one("tbody").all("tr")
    assert [gap.all("td")[0].text for gap in gaps] == [str(rank) for rank in range(1, len(gaps) + 1)]
    named = gaps[0].one("th").text
    assert "村" in named


def test_unknown_hours_are_a_band_and_not_a_guess(planner):
    assert "另有 1 个驿站开放时间不详" in planner.see("/planning", at=f"{A_FRIDAY}T10:00").text
    assert "开放时间不详" not in planner.see("/planning").text


def test_the_question_goes_along_to_the_map_and_the_files(planner):
    page = planner.see("/planning", minutes=1, amenity=["water", "microwave"], at=f"{A_FRIDAY}T10:00", mode="ebike")
    addresses = [one.attributes["href"] for one in page.one("section", id="home").all("a")]
    addresses = [address for address in addresses if address.startswith("/planning/")]
    assert len(addresses) >= 6
    for address in addresses:
        for part in ("mode=ebike", "minutes=1&", "amenity=water", "amenity=microwave", "at=2026-11-20T10"):
            assert part in address
        assert planner.get(address).status_code == 200


def test_the_table_as_csv_holds_the_same_figures(planner):
    head, west, east, total = rows_of(planner.get("/planning/coverage.csv"))
    assert head[:3] == ["代码", "乡镇街道", "驿站数"]
    assert (west[:2], east[:2], total[:2]) == (["360681101", "西乡"], ["360681102", "东乡"], ["", "合计"])
    for column in range(2, 9):
        assert float(west[column]) + float(east[column]) == pytest.approx(float(total[column]), abs=0.2)
    assert float(total[3]) == pytest.approx(WHOLE_TOWN_KM * 1000, rel=2e-3)
    (uncovered,) = [at for at, name in enumerate(head) if name.startswith("未覆盖")]
    assert float(total[4]) + float(total[uncovered]) == pytest.approx(float(total[3]), abs=0.2)


def test_gaps_as_csv_and_as_points_are_the_same(planner):
    head, *lines = rows_of(planner.get("/planning/gaps.csv", minutes=5, lang="en"))
    assert head[:2] == ["Rank", "Gap"]
    points = planner.get("/planning/gaps.geojson", minutes=5, lang="en").json["features"]
    assert len(lines) == len(points) > 0
    for line, point in zip(lines, points, strict=True):
        assert line[1] == point["properties"]["name"]
        assert [float(line[4]), float(line[5])] == pytest.approx(point["geometry"]["coordinates"])


@pytest.mark.parametrize("name", ["coverage", "gaps", "reach"])
def test_shapes_are_geojson_with_the_longitude_first(planner, name):
    answer = planner.get(f"/planning/{name}.geojson", minutes=5)
    assert answer.mimetype == "application/geo+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    features = json.loads(answer.data)["features"]
    assert features
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
        west, south, east, north = shape.bounds
        assert shape.is_valid
        assert 116.2 < west <= east < 116.4
        assert 28.2 < south <= north < 28.4


def test_the_area_within_reach_grows_with_the_minutes(planner):
    bands = planner.get("/planning/reach.geojson").json["features"]
    by_minutes = {band["properties"]["minutes"]: shapely.geometry.shape(band["geometry"]).area for band in bands}
    assert list(by_minutes) == [15.0, 10.0, 5.0]
    assert by_minutes[5.0] < by_minutes[10.0] < by_minutes[15.0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_a_text_cannot_run_in_a_spreadsheet(text):
    (_, (cell,)) = list(csv.reader(io.StringIO(write_csv(["h"], [[text]]).decode("utf-8-sig"), newline="")))
    assert cell == "'" + text


def test_numbers_stay_numbers():
    (_, cells) = list(csv.reader(io.StringIO(write_csv(["h"], [[-46.5, 0.0, 3, None, 1e-9]]).decode("utf-8-sig"))))
    assert cells == ["-46.5", "0", "3", "", "0"]


def test_a_shape_is_rounded_to_a_tenth_of_a_metre():
    shapes = shapely.GeometryCollection([shapely.Point(116.12345678, 28.0), shapely.Point(1, 2)])
    geometry = collection([(shapes, {})])["features"][0]["geometry"]
    assert geometry["geometries"][0]["coordinates"] == (116.123457, 28.0)
    assert collection([(None, {})])["features"][0]["geometry"] is None


@pytest.mark.parametrize("address", ["/planning", "/planning/siting?spacing=500"])
def test_the_tools_of_the_map_come_before_its_pins(planner, address):
    text = planner.get(address).text
    places = [
        text.index(mark) for mark in ('class="skip" href="#main"', 'id="place"', 'id="placing-here"', 'id="plan-map"')
    ]
    assert places == sorted(places)


@pytest.fixture(scope="module")
def undivided(open_house, tmp_path_factory):
    """A house of the town, to which nobody gave townships."""
    path = tmp_path_factory.mktemp("undivided") / "town.osm.pbf"
    write_town(path)
    return Person(open_house(ground=build_atlas(path)).test_client())


def test_land_that_nobody_divided_is_not_shaded_as_if_it_were_one_township(undivided):
    page = undivided.see("/planning", minutes=5)
    assert "乡镇街道覆盖率" not in page.one("div", class_="legend").text
    assert json.loads(page.one("script", id="plan-data").text)["classes"] == []
    kept = undivided.get("/planning/map.html", minutes=5).text
    assert "yizhanTownship)" not in kept
    assert "覆盖率" not in read_page(kept).one("details").text


def test_what_changes_where_nobody_divided_the_land_is_said_without_a_township(undivided):
    new = corner(4, 3)
    asked = {"minutes": 5, "add": f"{new.lon},{new.lat},;24/7"}
    page = undivided.see("/planning", **asked)
    assert "全区域" not in page.one("div", id="changed").text
    assert "增加" in page.one("div", id="changed").text
    told = read_page(undivided.get("/planning/report", **asked).text).one("main").text
    assert "新增" in told
    assert "其中全区域" not in told


def test_a_change_in_one_township_is_said_to_be_all_there(planner):
    new = corner(1, 3)
    told = read_page(planner.get("/planning/report", minutes=5, add=f"{new.lon},{new.lat},;24/7").text).text
    assert "，都在西乡。" in told
