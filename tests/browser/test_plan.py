"""A planner at a browser: the table, the map in its frame, the map kept as a file."""

from pathlib import Path

from playwright.sync_api import FrameLocator, Page, expect

LAYERS = 6


def names(page: Page) -> list[str]:
    return page.locator("table.sortable tbody th").all_inner_texts()


def test_the_table_is_sorted_by_the_column_that_is_pressed(page, site):
    page.goto(f"{site}/planning?minutes=5")
    assert names(page) == ["西乡", "东乡"]
    head = page.get_by_role("columnheader", name="未覆盖公里")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names(page) == ["东乡", "西乡"]
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(page) == ["西乡", "东乡"]
    page.get_by_role("columnheader", name="乡镇街道").get_by_role("button").click()
    expect(head).not_to_have_attribute("aria-sort", "ascending")


def test_a_question_is_asked_and_stays_in_the_address(page, site):
    page.goto(f"{site}/planning")
    page.get_by_label("最多").select_option("5")
    page.get_by_role("button", name="看覆盖").click()
    expect(page.locator("h1")).to_contain_text("5 分钟")
    assert "minutes=5" in page.url


def drawn(map_page: Page | FrameLocator) -> None:
    """Every theme is on the map and can be taken off it."""
    boxes = map_page.locator(".leaflet-control-layers-overlays input")
    expect(boxes).to_have_count(LAYERS)
    for box in boxes.all():
        expect(box).to_be_checked()
    for pane in ("townships", "ground", "reach", "circles", "gaps", "stations"):
        expect(map_page.locator(f".leaflet-{pane}-pane path").first).to_be_attached()
    boxes.last.uncheck()
    expect(map_page.locator(".leaflet-stations-pane path")).to_have_count(0)
    boxes.last.check()


def test_the_map_in_its_frame(page, site, faults):
    page.goto(f"{site}/planning?minutes=5")
    frame = page.frame_locator("iframe.county")
    drawn(frame)
    expect(frame.locator(".yz-label").first).to_contain_text("%")
    assert not faults


def test_a_map_that_learns_its_width_late_opens_its_lists(page, site):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}/planning/map?minutes=5")
    expect(page.locator(".leaflet-control-layers-overlays")).to_be_hidden()
    page.set_viewport_size({"width": 900, "height": 640})
    expect(page.locator(".leaflet-control-layers-overlays")).to_be_visible()
    expect(page.locator(".yz-legend ul").first).to_be_visible()


def test_the_map_names_the_source_on_a_phone_too(page, site):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}/planning/map")
    credit = page.get_by_text("© OpenStreetMap 贡献者")
    expect(credit).to_be_visible()
    title, layers = page.locator(".yz-title").bounding_box(), page.locator(".leaflet-control-layers").bounding_box()
    assert title["y"] + title["height"] <= layers["y"]


def test_a_name_on_the_map_is_never_run(page, site, faults):
    page.goto(f"{site}/planning/map?minutes=5")
    page.locator(".leaflet-stations-pane path").nth(3).click(force=True)
    expect(page.locator(".yz-card strong")).to_have_text("<script>alert(1)</script>")
    assert not faults


def test_the_kept_map_opens_from_disk_without_a_network(page, site, faults, tmp_path: Path):
    page.goto(f"{site}/planning?minutes=5")
    with page.expect_download() as download:
        page.get_by_role("link", name="整张地图").click()
    kept = tmp_path / "map.html"
    download.value.save_as(kept)
    page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(kept.as_uri())
    drawn(page)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert not faults
