"""What a base map shows: all streets with their names, areas over each other, names where they belong."""

import numpy as np
import pytest

from geodata.drawing import CLOSEST, LAYERS, Drawing, draw, world
from geodata.legend import KINDS
from geodata.sketch import BRIDGE, SLIP, TUNNEL
from tests.geodata.grids import extract_of

COUNTY = """
    a    0    0
    b  100    0
    c  200    0
    d  300    0
    e  100 -100
    f  200 -100
    v  150  500 place=village name=柳村 name:en=Willow population=900
    w  250  600 place=village name=大村 population=5000
    s  160  400 amenity=school name=小学
    q    0 1000
    r 1000 1000
    t 1000 2000
    u    0 2000
    k  400 1400
    l  420 1400
    m  420 1420
    n  400 1420
    a-b highway=residential name=长安路
    b-c highway=residential name=长安路 bridge=yes
    c-d highway=residential name=长安路
    b-e highway=residential name=短路
    e-f highway=motorway name=高速
    f-c highway=motorway_link
    e-d highway=footway tunnel=yes
    q-r-t-u-q landuse=forest name=青山
    k-l-m-n-k natural=water
    k-l-m-k building=yes
"""


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    extract = extract_of(COUNTY)
    return draw(extract.sketch, extract.bounds)


def things(drawing: Drawing, layer: str) -> list[tuple[str, str]]:
    of = np.flatnonzero(drawing.layer == LAYERS.index(layer))
    return [(KINDS[drawing.kind[one]], drawing.texts[drawing.text[one]][0]) for one in of]


def test_streets_have_their_class_and_name_also_those_that_no_one_walks(drawing) -> None:
    roads = things(drawing, "roads")
    assert ("motorway", "高速") in roads
    assert ("residential", "短路") in roads
    assert roads[0][0] == "footway", "the broadest are drawn last"
    assert roads[-1][0] == "motorway"


def test_ways_of_one_street_are_joined_but_for_its_bridge() -> None:
    text = "a 0 0\nb 100 0\nc 200 0\nd 300 0\na-b highway=residential name=路\nb-c highway=residential name=路\n"
    assert len(things(drawn(text), "roads")) == 1
    assert len(things(drawn(text + "c-d highway=residential name=路 bridge=yes"), "roads")) == 2


def drawn(text: str) -> Drawing:
    extract = extract_of(text)
    return draw(extract.sketch, extract.bounds)


def test_bridges_tunnels_and_slip_roads_are_known(drawing) -> None:
    assert np.count_nonzero(drawing.flags & BRIDGE) == 1
    assert np.count_nonzero(drawing.flags & TUNNEL) == 1
    slip = np.flatnonzero(drawing.flags & SLIP)
    assert [KINDS[drawing.kind[one]] for one in slip] == ["motorway"]
    assert drawing.zoom[slip] > drawing.zoom[things_of(drawing, "roads", "高速")]


def things_of(drawing: Drawing, layer: str, name: str) -> np.ndarray:
    of = np.flatnonzero(drawing.layer == LAYERS.index(layer))
    return np.array([one for one in of if drawing.texts[drawing.text[one]][0] == name])


def test_areas_and_buildings_appear_as_they_grow(drawing) -> None:
    assert things(drawing, "land") == [("wood", "")]
    wood, house, pond = (
        drawing.zoom[drawing.layer == LAYERS.index(layer)][0] for layer in ("land", "buildings", "water")
    )
    assert wood < pond <= CLOSEST
    assert house == CLOSEST


def test_names_come_with_their_kind_the_larger_first(drawing) -> None:
    assert things(drawing, "names") == [
        ("place:village", "大村"),
        ("place:village", "柳村"),
        ("sight:green", "青山"),
        ("sight:school", "小学"),
    ]
    willow = things_of(drawing, "names", "柳村")[0]
    assert drawing.texts[drawing.text[willow]] == ("柳村", "", "Willow")


def test_the_name_of_an_area_stands_inside_it(drawing) -> None:
    wood = things_of(drawing, "names", "青山")[0]
    box = drawing.box[:, drawing.layer == LAYERS.index("land")][:, 0]
    west, north, _, _ = drawing.box[:, wood]
    assert box[0] < west < box[2]
    assert box[1] < north < box[3]


def test_there_and_back(drawing) -> None:
    again = Drawing.from_arrays(drawing.to_arrays())
    assert again.texts == drawing.texts
    assert again.mark == drawing.mark
    assert Drawing.from_arrays(drawing.to_arrays(), "abc").mark == "abc"


def test_another_park_makes_another_mark(drawing) -> None:
    other = drawn(COUNTY.replace("landuse=forest", "leisure=park"))
    assert other.mark != drawing.mark
    assert drawn(COUNTY).mark == drawing.mark


def test_the_square_of_the_world() -> None:
    x, y = world(np.array([0.0, 90.0, -180.0]), np.array([0.0, 0.0, 85.0511287798]))
    assert x.tolist() == [0, 2**30, -(2**31) + 1]
    assert y[0] == 0
    assert -(2**31) < y[2] < -0.99 * 2**31, "cut off at 85 degrees"
    # EPSG guidance note 7-2: 100 20 W, 24 22 54.433 N is x -11169055.58 m, y 2800000.00 m on a sphere of 6378137 m.
    x, y = world(np.array([-100.0 - 20.0 / 60.0]), np.array([24.0 + 22.0 / 60.0 + 54.433 / 3600.0]))
    metre = 2**32 / (2.0 * np.pi * 6378137.0)
    assert x[0] / metre == pytest.approx(-11169055.58, abs=0.02)
    assert -y[0] / metre == pytest.approx(2800000.00, abs=0.02)


def test_nothing_to_draw() -> None:
    nothing = drawn("a 0 0\nb 100 0\na-b highway=residential")
    assert things(nothing, "names") == []
    assert len(things(nothing, "roads")) == 1
