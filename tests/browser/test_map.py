"""The map as a person sees it: drawn by the page itself, usable when tiles fail, right under tiles of another datum."""

import base64
import re

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from geodata.datum import Datum, lonlat_from_wgs84
from stations.settings import Settings
from stations.web.doors import hang
from stations.web.house import House
from tests.town import CORNER, PROJECT, Shelf, corner

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

CATCH = """
  window.yizhan = window.yizhan || {};
  var chart;
  Object.defineProperty(window.yizhan, "chart", {
    get: function () { return chart && function (frame) { return window.theChart = chart(frame); }; },
    set: function (made) { chart = made; },
    configurable: true
  });
"""
"""Keeps the chart that a page makes, to ask it things."""

COLOURS = """() => {
  const seen = new Set();
  document.querySelectorAll(".leaflet-tile-pane canvas").forEach(canvas => {
    if (!canvas.width) { return; }
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < data.length; i += 4) { seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]); }
  });
  return seen.size;
}"""
"""How many colours the base map has been drawn in so far."""

HERE = f"?lon={CORNER[0]}&lat={CORNER[1]}"


@pytest.fixture
def with_tiles_of(serve, atlas, town_stations):
    """Serve the town over a provider's tiles."""

    def make(tiles: str) -> str:
        app = Flask("yizhan", root_path=str(PROJECT))
        hang(app, House(Settings(tiles=tiles), Shelf(town_stations), atlas))
        return serve(app)

    return make


def until(page: Page, holds: str, wait_s: float = 20.0) -> None:
    """Ask the page again and again; its own policy does not let it be asked to wait."""
    for _ in range(round(wait_s * 10)):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"still not: {holds}")


def wait_for_map(page: Page) -> None:
    until(page, f"({COLOURS})() >= 5")


@pytest.fixture
def mapped(page: Page) -> Page:
    page.add_init_script(CATCH)
    page.set_viewport_size({"width": 1200, "height": 800})
    return page


def test_the_map_is_drawn_by_day_and_by_night(mapped, site):
    mapped.goto(site + HERE)
    wait_for_map(mapped)
    by_day = mapped.evaluate("getComputedStyle(document.querySelector('.chart')).backgroundColor")
    mapped.emulate_media(color_scheme="dark")
    expect(mapped.locator(".chart")).not_to_have_css("background-color", by_day)
    wait_for_map(mapped)
    expect(mapped.locator(".map-box .credit")).to_be_visible()
    for control in mapped.locator(".leaflet-bar a").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_the_list_does_not_wait_for_the_map(page, site):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto(site + HERE)
    expect(page.locator(".card").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "leaflet" in url or ".mvt" in url]
    page.locator(".chart").scroll_into_view_if_needed()
    wait_for_map(page)


def test_a_map_without_tiles_stays_usable_and_quiet(mapped, site, faults):
    mapped.route("**/*.mvt", lambda route: route.abort())
    mapped.goto(site + HERE)
    expect(mapped.locator(".pin.here")).to_be_visible()
    mapped.locator(".leaflet-control-zoom-in").click()
    mapped.wait_for_load_state("networkidle")
    assert all("ERR_FAILED" in fault for fault in faults), "the browser's own words alone"
    mapped.unroute("**/*.mvt")
    mapped.evaluate("window.dispatchEvent(new Event('online'))")
    wait_for_map(mapped)
    faults.clear()


def test_a_script_that_cannot_be_had_is_said_in_words(page, site, faults):
    page.route(re.compile("leaflet.js"), lambda route: route.abort())
    page.goto(site + HERE)
    page.locator(".chart").scroll_into_view_if_needed()
    expect(page.locator(".chart.failed")).to_have_text("地图没能加载，其他功能不受影响。")
    expect(page.locator(".card").first).to_be_visible()
    faults.clear()


def test_names_lie_where_they_are(mapped, site):
    """What the page reads out of the map is where the atlas has it: the chart gives back what it is given."""
    mapped.goto(site + HERE)
    until(mapped, "window.theChart !== undefined")
    there = mapped.evaluate("theChart.lonlat(theChart.point([116.3012, 28.3034]))")
    assert there == pytest.approx([116.3012, 28.3034], abs=1e-9)


def test_amap_is_bent_both_ways(mapped, with_tiles_of, faults):
    asked: list[str] = []

    def picture(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png")

    mapped.route("https://webrd01.is.autonavi.com/**", picture)
    mapped.goto(with_tiles_of("amap") + HERE)
    expect(mapped.locator(".leaflet-tile-loaded").first).to_be_visible()
    station = corner(1, 0)
    drawn = mapped.evaluate(
        "at => { const p = theChart.point(at); return [p.lng, p.lat]; }", [station.lon, station.lat]
    )
    assert drawn == pytest.approx(lonlat_from_wgs84(station, Datum.GCJ02), abs=1e-9)
    assert abs(drawn[0] - station.lon) > 0.001, "some hundreds of metres"
    back = mapped.evaluate("at => theChart.lonlat(L.latLng(at[1], at[0]))", drawn)
    assert back == pytest.approx([station.lon, station.lat], abs=1e-8)
    assert asked
    assert all(re.search(r"x=\d+&y=\d+&z=\d+$", url) for url in asked)
    expect(mapped.locator(".map-box .credit")).to_have_text("© 高德地图")
    assert not faults, "its pictures are let in, and nothing else is asked for"
