"""Vector tiles: the right things at the right place, no more than a scale can show, and an end to what is kept."""

import math

import mapbox_vector_tile
import pytest
import shapely

from geodata.drawing import CLOSEST, Drawing, draw
from geodata.errors import TileError
from geodata.tiles import BUFFER, EXTENT, Tiles, check, encode
from tests.geodata.grids import CORNER, at, extract_of

COUNTY = """
    a -3000     0
    b  3000     0
    c     0 -3000
    d     0  3000
    g    40    40
    h    80    40
    i    80    80
    j    40    80
    v   100   100 place=village name=柳村 name:en=Willow name:zh=柳
    a-b highway=primary name=国道
    c-d highway=footway
    g-h highway=trunk_link bridge=yes
    g-h-i-j-g building=yes
    g-h-i-j-g leisure=park name=公园
    g-c railway=rail
    j-c waterway=river name=信江
"""


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    extract = extract_of(COUNTY)
    return draw(extract.sketch, extract.bounds)


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, float, float]:
    """The tile of a position, and where in it the position is, in 4096ths (the textbook way)."""
    x = (lon + 180.0) / 360.0 * 2**z
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * 2**z
    return int(x), int(y), (x - int(x)) * EXTENT, (y - int(y)) * EXTENT


def read(drawing: Drawing, z: int, lon: float = CORNER.lon, lat: float = CORNER.lat):
    x, y, _, _ = tile_of(lon, lat, z)
    made = encode(drawing, z, x, y)
    layers = mapbox_vector_tile.decode(made, default_options={"y_coord_down": True}) if made else {}
    return {name: [(f["properties"], f["geometry"]) for f in layer["features"]] for name, layer in layers.items()}


def test_a_thing_is_where_it_is(drawing) -> None:
    willow = at(100, 100)
    _, _, x, y = tile_of(willow.lon, willow.lat, 15)
    ((said, spot), *_) = [
        one for one in read(drawing, 15, willow.lon, willow.lat)["names"] if one[0]["kind"] == "village"
    ]
    assert spot["coordinates"] == pytest.approx([x, y], abs=1.0)
    assert said == {"kind": "village", "name": "柳村", "zh": "柳", "en": "Willow"}


def test_what_is_said_of_a_road(drawing) -> None:
    roads = {said["kind"]: said for said, _ in read(drawing, 15)["roads"]}
    assert roads["primary"] == {"kind": "primary", "rank": 2, "name": "国道"}
    assert roads["trunk"] == {"kind": "trunk", "rank": 1, "link": 1, "level": 1}
    assert roads["footway"]["rank"] == 7


def test_the_broadest_road_comes_last(drawing) -> None:
    ranks = [said["rank"] for said, _ in read(drawing, 15)["roads"]]
    assert ranks == sorted(ranks, reverse=True)


def test_small_things_wait_for_their_scale(drawing) -> None:
    far, near = read(drawing, 9), read(drawing, 15)
    assert {said["kind"] for said, _ in far["roads"]} == {"primary"}
    assert {"buildings", "land"} & set(far) == set()
    assert {"buildings", "land", "streams", "rails"} <= set(near)


def test_lines_are_cut_a_little_beyond_the_edge(drawing) -> None:
    (primary,) = (line for said, line in read(drawing, 15)["roads"] if said["kind"] == "primary")
    x = [point[0] for point in primary["coordinates"]]
    assert (min(x), max(x)) == (-BUFFER, EXTENT + BUFFER)


def test_a_name_stands_in_one_tile_only(drawing) -> None:
    willow = at(100, 100)
    x, y, _, _ = tile_of(willow.lon, willow.lat, 15)
    there = 0
    for east in (-1, 0, 1):
        for south in (-1, 0, 1):
            made = encode(drawing, 15, x + east, y + south)
            there += made.count("柳村".encode())
    assert there == 1


def test_areas_wind_as_the_format_asks(drawing) -> None:
    """An outer ring has a positive area in a tile's coordinates, y to the south (section 4.3.3.3)."""
    for layer in ("land", "buildings"):
        ((_, area),) = read(drawing, 15)[layer]
        assert shapely.LinearRing(area["coordinates"][0]).is_ccw


def test_nothing_is_an_empty_tile(drawing) -> None:
    assert encode(drawing, 15, 0, 0) == b""
    assert encode(drawing, 0, 0, 0) == b"", "no street is that broad"


@pytest.mark.parametrize("tile", [(CLOSEST + 1, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_a_tile_that_does_not_exist(tile) -> None:
    with pytest.raises(TileError, match=r"go from 0 to|zoom 0 to"):
        check(*tile)


def test_what_was_made_is_kept_while_there_is_room(drawing) -> None:
    x, y, _, _ = tile_of(CORNER.lon, CORNER.lat, 15)
    tiles = Tiles(drawing, room=100_000)
    first = tiles.get(15, x, y)
    assert tiles.get(15, x, y) is first
    small = Tiles(drawing, room=len(first))
    assert small.get(15, x, y) == first
    assert not small._kept, "what does not fit is not kept"
    assert small._size == 0


def test_the_mark_is_that_of_the_drawing(drawing) -> None:
    assert Tiles(drawing).mark.endswith(drawing.mark)
