"""The map that a planner keeps and sends: one file, opened from a disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

LAYERS = 6


@pytest.fixture
def kept(page: Page, site: str, tmp_path: Path) -> str:
    """Keep the map of a question, leave the network, and give its address on the disk."""
    page.goto(f"{site}/planning?minutes=5")
    with page.expect_download() as download:
        page.get_by_role("link", name="可点击的地图").click()
    file = tmp_path / "map.html"
    download.value.save_as(file)
    page.goto("about:blank")
    page.context.set_offline(True)
    return file.as_uri()


def test_it_opens_without_a_network_with_every_theme_to_take_off(page, kept, faults):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(kept)
    boxes = page.locator(".leaflet-control-layers-overlays input")
    expect(boxes).to_have_count(LAYERS)
    for box in boxes.all():
        expect(box).to_be_checked()
    for pane in ("townships", "ground", "reach", "circles", "gaps", "stations"):
        expect(page.locator(f".leaflet-{pane}-pane path").first).to_be_attached()
    boxes.last.uncheck()
    expect(page.locator(".leaflet-stations-pane path")).to_have_count(0)
    expect(page.locator(".yz-label").first).to_contain_text("%")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert not faults


def test_a_map_that_learns_its_width_late_opens_its_lists(page, kept):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(kept)
    expect(page.locator(".leaflet-control-layers-overlays")).to_be_hidden()
    page.set_viewport_size({"width": 900, "height": 640})
    expect(page.locator(".leaflet-control-layers-overlays")).to_be_visible()
    expect(page.locator(".yz-legend ul").first).to_be_visible()


def test_it_names_the_source_on_a_phone_and_runs_no_name(page, kept, faults):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(kept)
    expect(page.get_by_text("© OpenStreetMap 贡献者")).to_be_visible()
    title, layers = page.locator(".yz-title").bounding_box(), page.locator(".leaflet-control-layers").bounding_box()
    assert title["y"] + title["height"] <= layers["y"]
    page.locator(".leaflet-stations-pane path").nth(3).click(force=True)
    expect(page.locator(".yz-card strong")).to_have_text("<script>alert(1)</script>")
    assert not faults
