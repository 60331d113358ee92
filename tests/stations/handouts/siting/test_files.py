"""A planner takes a plan home, and opens what was taken with other programs."""

import csv
import io
import json
import re
import sqlite3

import openpyxl
import pyogrio
import pypdf
import pytest
from PIL import Image

from stations.handouts.pages import write_pages
from stations.handouts.scene import Sheet
from stations.handouts.siting.files import PLAN_FILES
from stations.handouts.siting.picture import draw_curve, draw_plan
from stations.handouts.siting.scene import PlanTheme
from stations.handouts.siting.story import document_of
from stations.handouts.webpage import policy, write_page
from stations.questions.siting import Objective
from tests.stations.web.reading import read_page

SMALL = Sheet(width=4.0, least=2.0, most=3.0, dots_per_inch=40, headed=False)
QUICK = ("plan.csv", "plan.geojson", "candidates.geojson", "plan.xlsx", "plan.gpkg")


@pytest.fixture(scope="module")
def files(plan, speaking):
    with speaking("zh"):
        return {name: PLAN_FILES[name].make(plan) for name in (*QUICK, "map.html")}


@pytest.fixture(scope="module")
def layers(files, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    path.write_bytes(files["plan.gpkg"])
    return path


def maps_of(plan):
    """Small maps, which are quicker to draw."""
    themes = (PlanTheme.PLAN, PlanTheme.TOWNSHIPS)
    return {theme: draw_plan(plan.scene, theme, SMALL) for theme in themes} | {
        PlanTheme.CURVE: draw_curve(plan.reading.curve, plan.reading.mark, SMALL)
    }


@pytest.fixture(scope="module")
def maps(plan, speaking):
    with speaking("zh"):
        return maps_of(plan)


@pytest.fixture(scope="module")
def page(plan, maps, speaking):
    with speaking("zh"):
        return write_page(document_of(plan), maps)


@pytest.fixture(scope="module")
def pdf(plan, maps, speaking):
    with speaking("zh"):
        return pypdf.PdfReader(io.BytesIO(write_pages(document_of(plan), maps)))


def test_the_table_of_sites_opens_as_a_spreadsheet_and_runs_nothing(files, plan) -> None:
    head, *rows = list(csv.reader(io.StringIO(files["plan.csv"].decode("utf-8-sig"))))
    assert len(rows) == 3
    by_head = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["点位"] for row in by_head] == ["柳江银行", "地图上的点 1（柳村）", "'=HYPERLINK(1)"]
    first = plan.answer.steps[0]
    assert float(by_head[0]["新增（街道米数）"]) == pytest.approx(first.adds, abs=0.1)
    assert float(by_head[0]["经度（WGS-84）"]) == pytest.approx(first.candidate.position.lon, abs=1e-6)
    assert by_head[1]["最近的场所"] == "柳江银行（银行），相距 450 米"


def test_the_workbook_has_a_sheet_for_each_table_and_the_same_figures(files, plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["plan.xlsx"]))
    assert book.sheetnames == ["说明", "选出的点", "乡镇街道", "再加一个", "建多少个", "这个选择稳不稳", "候选点"]
    assert [sheet.freeze_panes is not None for sheet in book.worksheets[1:]] == [True] * 6
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows() if row[0].value}
    assert about["证明"] == plan.reading.proof
    assert about["地图摘要"] == plan.answer.digest
    sites = book["选出的点"]
    column = [cell.value for cell in sites[1]].index("新增（街道米数）") + 1
    assert [sites.cell(row, column).value for row in (2, 3, 4)] == [
        pytest.approx(step.adds, abs=0.06) for step in plan.answer.steps
    ]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    totals = [row[0].row for row in book["乡镇街道"].iter_rows() if row[1].value == "合计"]
    assert len(totals) == 1
    states = [row[-1].value for row in book["候选点"].iter_rows(min_row=2)]
    assert states.count("选中") == 3
    assert "够不着任何人" in states


def test_shapes_are_points_in_degrees_with_figures(files, plan) -> None:
    told = json.loads(files["plan.geojson"])
    assert [one["properties"]["number"] for one in told["features"]] == [1, 2, 3]
    assert told["features"][0]["geometry"] == {"type": "Point", "coordinates": [116.308171, 28.307195]}
    properties = told["features"][0]["properties"]
    assert (properties["key"], properties["kind"], properties["kind_name"]) == ("n1", "bank", "银行")
    assert told["plan"]["ended"] == "proven"
    assert told["plan"]["after"] == pytest.approx(plan.answer.after, abs=0.06)
    assert "attribution" in told
    offered = {
        one["properties"]["key"]: one["properties"] for one in json.loads(files["candidates.geojson"])["features"]
    }
    assert len(offered) == 6
    assert offered["n1"]["chosen"] == 1
    assert offered["listed-1"]["chosen"] is None
    assert not offered["far"]["reaches"]


def test_ways_that_nobody_has_are_no_numbers(tell_plan, speaking) -> None:
    plan = tell_plan(objective=Objective.CENTER, keep=False)
    with speaking("zh"):
        for name in QUICK:
            content = PLAN_FILES[name].make(plan)
            assert b"Infinity" not in content
            assert b"NaN" not in content
        assert json.loads(PLAN_FILES["plan.geojson"].make(plan))["plan"]["before"] is None


def test_every_layer_opens_in_a_map_program(layers, plan) -> None:
    kinds = dict(pyogrio.list_layers(layers).tolist())
    assert kinds == {
        "sites": "Point",
        "candidates": "Point",
        "stations": "Point",
        "townships": "MultiPolygon",
        "reach": "MultiPolygon",
        "demand": "Point",
        "about": None,
    }
    sites = pyogrio.read_dataframe(layers, layer="sites")
    assert sites["name"].tolist()[0] == "柳江银行"
    demand = pyogrio.read_dataframe(layers, layer="demand")
    assert (demand["demand"] * demand["before"]).sum() == pytest.approx(plan.answer.before, rel=1e-3)
    assert (demand["demand"] * demand["after"]).sum() == pytest.approx(plan.answer.after, rel=1e-3)
    reach = pyogrio.read_dataframe(layers, layer="reach")
    assert reach["when"].tolist() == ["今天", "新增"]
    today, added = reach.geometry.tolist()
    assert added.area > 0
    assert today.intersection(added).area < 1e-12
    with sqlite3.connect(layers) as database:
        assert ("选出的点",) in database.execute("SELECT identifier FROM gpkg_contents").fetchall()
    stations = pyogrio.read_dataframe(layers, layer="stations").set_index("code")
    assert stations["counts"].to_dict() == dict.fromkeys(("A1", "A2", "A3", "A4", "A6"), "是")


def test_a_plan_from_scratch_shows_no_station_as_counting(tell_plan, speaking, tmp_path) -> None:
    plan = tell_plan(keep=False)
    assert plan.counted == []
    assert plan.areas[0].is_empty
    with speaking("zh"):
        (tmp_path / "plan.gpkg").write_bytes(PLAN_FILES["plan.gpkg"].make(plan))
    assert pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="reach").geometry[0].is_empty


def test_the_map_to_click_is_one_file_and_reads_no_name_as_code(files, plan) -> None:
    html = files["map.html"].decode()
    assert '<html lang="zh-Hans">' in html
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)", html)
    assert "default-src 'none'" in html
    assert html.count("yizhanSite") >= 2
    assert plan.reading.headline in html
    for line in plan.reading.sites:
        assert line.sentence in html


def test_braces_in_a_name_stay_braces(tell_plan, speaking) -> None:
    plan = tell_plan(name="{{ 7 * 7 }}<b>")
    with speaking("en"):
        html = PLAN_FILES["map.html"].make(plan).decode()
    assert "{{ 7 * 7 }}&lt;b&gt;" in html
    assert "<b>" not in html.split("<title>")[1][:200]


def test_the_report_tells_finding_sites_townships_proof_method_and_limits(pdf, plan) -> None:
    text = re.sub(r"\s", "", "".join(one.extract_text() for one in pdf.pages))
    for words in (
        plan.reading.headline,
        plan.reading.proof,
        "选出的点",
        "哪些乡镇受益",
        "多建一个或少建几个",
        "这个选择稳不稳",
        "怎么知道没有更好的",
        "它不知道的",
        plan.answer.digest,
        "最大覆盖选址问题",
    ):
        assert re.sub(r"\s", "", words) in text
    first = re.sub(r"\s", "", pdf.pages[0].extract_text())
    assert re.sub(r"\s", "", plan.reading.headline) in first
    assert pdf.root_object["/Lang"] == "zh-CN"
    assert pdf.metadata.title == "下一批驿站建在哪里"
    assert sum(len(one.images) for one in pdf.pages) == 3
    assert 3 <= len(pdf.pages) <= 7


def test_page_and_paper_tell_the_same(pdf, page) -> None:
    paper = re.sub(r"\s", "", "".join(one.extract_text() for one in pdf.pages))
    read = read_page(page)
    cells = [cell.text for table in read.all("table") for cell in table.all("td") if cell.text]
    assert len(cells) > 40
    for cell in cells:
        assert re.sub(r"\s", "", cell) in paper
    assert len(read.all("img")) == 3
    assert all(one.attributes["alt"] for one in read.all("img"))
    assert policy() in page


def test_a_saved_plan_carries_its_name_and_who_saved_it(tell_plan, maps, speaking) -> None:
    plan = tell_plan("en", name="North, six", by="Li")
    assert plan.title == "Where the next stations should go: North, six"
    about = dict(plan.about)
    assert (about["Plan"], about["Saved by"]) == ("North, six", "Li")
    with speaking("en"):
        text = write_page(document_of(plan), maps)
    assert "Where the next stations should go: North, six" in text


def test_a_first_picture_says_that_it_is_one(tell_plan, maps, speaking) -> None:
    plan = tell_plan("en", greedy=True)
    with speaking("en"):
        text = write_page(document_of(plan), maps)
    assert "had not been run or had not ended" in text


def test_a_plan_of_ways_is_told_without_what_it_does_not_have(tell_plan, speaking) -> None:
    plan = tell_plan("en", objective=Objective.CENTER)
    assert list(plan.tables) == ["sites", "townships", "further", "curve", "firmness", "candidates"]
    assert [one.speed_kmh for one in plan.answer.firmness] == [None] * 3, "the way is as long at every speed"
    with speaking("en"):
        document = document_of(plan)
        text = write_page(document, dict.fromkeys(document.themes, b""))
    assert "p-center problem: Hakimi 1964." in text


def test_pictures_are_pictures(plan, maps, speaking) -> None:
    with speaking("zh"):
        assert draw_plan(plan.scene, PlanTheme.PLAN, SMALL) == maps[PlanTheme.PLAN]
    assert len(set(maps.values())) == 3
    for content in maps.values():
        assert len(Image.open(io.BytesIO(content)).convert("RGB").getcolors(1 << 24)) > 20


def test_the_same_plan_gives_the_same_bytes(files, plan, speaking) -> None:
    with speaking("zh"):
        for name in (*QUICK, "map.html"):
            assert PLAN_FILES[name].make(plan) == files[name], name


def test_every_file_has_a_name_in_either_language() -> None:
    assert len({one.file for one in PLAN_FILES.values()}) == len(PLAN_FILES)
    for one in PLAN_FILES.values():
        assert one.file.isascii()
        assert one.file.rpartition(".")[2] == one.chinese.rpartition(".")[2]
