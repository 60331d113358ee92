"""What lies under a map: the atlas in tiles, or the tiles of a provider, named as it wants to be."""

import gzip
import re
from dataclasses import replace

import mapbox_vector_tile
import pytest
from flask import Flask

from geodata.memo import Memo
from stations.errors import SettingsError
from stations.settings import Settings
from stations.web.basemap import read_base_map
from stations.web.doors import hang
from stations.web.house import House
from tests.stations.web.conftest import Person
from tests.town import CORNER, PROJECT, Shelf

ZOOM = 14
TILE = (ZOOM, int((CORNER[0] + 180.0) / 360.0 * 2**ZOOM), 6850)


def settings(**given: str) -> Settings:
    return Settings.from_environment({f"YIZHAN_{key.upper()}": value for key, value in given.items()})


@pytest.fixture
def visit(atlas):
    """Make someone who comes to a house with other settings, or no atlas."""

    def make(ground=atlas, **given: str) -> Person:
        app = Flask("yizhan", root_path=str(PROJECT))
        app.testing = True
        hang(app, House(settings(**given), Shelf([]), ground))
        return Person(app.test_client())

    return make


@pytest.fixture
def address(planner) -> str:
    """Where the page has a tile of the town from."""
    (template,) = re.findall(r'data-address="([^"]+)"', planner.get("/").text)
    z, x, _ = TILE
    y = next(y for y in range(6700, 7100) if planner.get(template.format(z=z, x=x, y=y)).data)
    return template.format(z=z, x=x, y=y)


def test_a_page_says_where_its_tiles_are_and_they_keep_for_good(planner, address):
    answer = planner.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["Cache-Control"]
    layers = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
    assert {feature["properties"]["kind"] for feature in layers["roads"]["features"]} == {"residential"}
    again = planner.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_drawing_has_other_addresses(visit, planner, atlas, address):
    drawing = replace(atlas.drawing, zoom=atlas.drawing.zoom + 1, marked="")
    other = visit(replace(atlas, drawing=drawing, memo=Memo()))
    mark = address.split("/")[2]
    assert mark not in other.get("/").text
    assert "no-cache" in other.get(address).headers["Cache-Control"], "a page from before gets what is there now"


def test_a_tile_with_nothing_on_it(planner):
    answer = planner.get("/tiles/x/14/0/0.mvt")
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("tile", ["16/0/0", "3/8/0", "3/0/8", "3/-1/0", "a/b/c", "3/1.5/0"])
def test_a_tile_that_does_not_exist(planner, tile):
    assert planner.get(f"/tiles/x/{tile}.mvt").status_code == 404


def test_no_atlas_no_tiles(visit):
    assert visit(ground=None).get("/tiles/x/3/0/0.mvt").status_code == 404
    assert visit(ground=None).get("/").status_code == 200


def test_a_large_tile_is_sent_compressed(visit, atlas):
    class Large:
        mark = "x"

        def get(self, *_tile: int) -> bytes:
            return b"tile " * 500

    ground = replace(atlas, memo=Memo())
    ground.__dict__["tiles"] = Large()
    answer = visit(ground).client.get("/tiles/x/3/0/0.mvt", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(answer.data) == b"tile " * 500


def policy(person: Person) -> str:
    (pictures,) = re.findall(r"img-src ([^;]*);", person.get("/").headers["Content-Security-Policy"])
    return pictures


@pytest.mark.parametrize(
    ("given", "host", "credit", "datum"),
    [
        ({}, "", "街道数据 © OpenStreetMap 贡献者 (ODbL)", "wgs84"),
        ({"tiles": "osm"}, "https://tile.openstreetmap.org", "© OpenStreetMap 贡献者", "wgs84"),
        ({"tiles": "tianditu", "tiles_key": "k&1"}, "https://t0.tianditu.gov.cn", "天地图", "wgs84"),
        ({"tiles": "amap"}, "https://webrd01.is.autonavi.com", "© 高德地图", "gcj02"),
        ({"tiles": "https://t.example.org:8443/{z}/{x}/{y}.png?k={key}", "tiles_key": "s"}, "https://t.example.org:8443",
         "t.example.org:8443", "wgs84"),
    ],
)  # fmt: skip
def test_a_provider_is_named_and_its_pictures_let_in(visit, given, host, credit, datum):
    person = visit(**given)
    assert policy(person).split() == ["'self'", "data:", *([host] if host else [])]
    page = person.see("/")
    chart = page.one("div", id="map")
    assert credit in page.one("p", class_="credit").text
    assert chart.attributes["data-datum"] == datum
    assert ("datum.js" in chart.attributes["data-scripts"]) == (datum == "gcj02")
    assert ("protomaps" in chart.attributes["data-scripts"]) == (not given)
    assert host in chart.attributes.get("data-layers", "")


def test_the_keys_go_where_the_provider_wants_them():
    vec, cva = read_base_map(settings(tiles="tianditu", tiles_key="k&1")).layers
    assert "LAYER=vec" in vec
    assert "LAYER=cva" in cva
    assert vec.endswith("&tk=k%261")
    (only,) = read_base_map(settings(tiles="https://t.example.org/{z}/{x}/{y}?k={key}", tiles_key="a b")).layers
    assert only == "https://t.example.org/{z}/{x}/{y}?k=a%20b"


@pytest.mark.parametrize(
    ("tiles", "key", "says"),
    [
        ("tianditu", "", "needs a key"),
        ("google", "", "neither a provider"),
        ("http://t.example.org/{z}/{x}/{y}.png", "", "https"),
        ("https://t.example.org/{z}/{x}.png", "", "no {y}"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "", "{s}"),
        ("https://t.example.org/{z}/{x}/{y}.png?k={key}", "", "YIZHAN_TILES_KEY is not set"),
        ("https://t.example.org/{z}/{x}/{y}.png", "secret-key", "no {key}"),
        ("https://t.example.org;script-src/{z}/{x}/{y}.png", "", "no plain address"),
        ("https:// evil/{z}/{x}/{y}", "", "no plain address"),
    ],
)
def test_a_base_map_that_cannot_be_had_is_refused_at_the_start(tiles, key, says):
    with pytest.raises(SettingsError, match=re.escape(says)) as refused:
        read_base_map(settings(tiles=tiles, tiles_key=key))
    assert "secret-key" not in str(refused.value)
    assert "YIZHAN_TILES" in str(refused.value)


def test_without_script_a_map_says_what_it_needs(planner):
    assert "地图需要脚本" in planner.see("/").one("div", class_="map-box").one("noscript").text
