"""Who sees streets is told whose work they are; where they are made up, that they are."""

import pytest

from stations.wording.credit import ATTRIBUTION
from tests.stations.web.conftest import Person

SHAPES = [
    "/planning/coverage.geojson",
    "/planning/gaps.geojson",
    "/planning/reach.geojson",
    "/planning/siting/plan.geojson",
    "/planning/siting/candidates.geojson",
]
PAGES = ["/", "/planning", "/planning/siting", "/nothing"]
CREDIT = {"zh": "© OpenStreetMap 贡献者", "en": "© OpenStreetMap contributors"}


@pytest.fixture
def visitor(open_house, made_up) -> Person:
    """Someone who visits the made-up county."""
    return Person(open_house(ground=made_up).test_client())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_the_source_in_its_foot(planner, path, language):
    foot = planner.see(path, status=404 if path == "/nothing" else 200, lang=language).one("footer")
    assert CREDIT[language] in foot.text
    assert "ODbL" in foot.text
    assert foot.all("a")[0].attributes["href"] == "https://www.openstreetmap.org/copyright"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_map_beside_the_list_names_the_source_without_script(planner, language):
    said = planner.see("/", lang=language).one("p", class_="credit").text
    assert CREDIT[language] in said
    assert "ODbL" in said


def test_the_coverage_map_names_the_source(planner):
    title = planner.see("/planning/map.html").one("header")
    (credit,) = [one.text for one in title.all("small") if not one.attributes]
    assert CREDIT["zh"] in credit
    assert "ODbL" in credit


@pytest.mark.parametrize("path", SHAPES)
def test_shapes_carry_the_source(planner, path):
    collection = planner.get(path, minutes=5 if "planning" in path else None).json
    assert collection["type"] == "FeatureCollection"
    assert collection["features"]
    assert collection["attribution"] == ATTRIBUTION
    assert "made_up" not in collection
    assert CREDIT["en"] in ATTRIBUTION
    assert "ODbL" in ATTRIBUTION


@pytest.mark.parametrize("path", [*PAGES, "/planning/map.html", *SHAPES])
def test_what_is_made_up_names_nobody(visitor, path):
    assert "OpenStreetMap" not in visitor.get(path).text


@pytest.mark.parametrize("path", SHAPES)
def test_shapes_of_what_is_made_up_say_so(visitor, path):
    collection = visitor.get(path).json
    assert collection["made_up"] is True
    assert "attribution" not in collection


def test_pages_and_maps_of_what_is_made_up_say_so(visitor):
    page = visitor.see("/")
    foot = page.one("footer")
    assert [page.one("p", class_="credit").text, foot.text.split()[0]] == ["虚构的县", "虚构的县"]
    assert [link.attributes["href"] for link in foot.all("a")] == ["/desk/sign-in"]
    assert "虚构的县" in visitor.see("/planning/map.html").one("header").text


def test_without_ground_there_is_nobody_to_name(open_house):
    page = Person(open_house(ground=None).test_client()).see("/")
    assert not page.all("footer")
    assert not page.all("p", class_="credit")
