"""A courier at a browser: with script and without, on a phone and at a desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.town import A_FRIDAY, CORNER

HERE = f"{CORNER[0]}, {CORNER[1]}"


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_from_the_button_to_the_list(phone, site):
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": CORNER[0], "latitude": CORNER[1]})
    phone.goto(site)
    expect(phone.locator("#found .card")).to_have_count(0)
    phone.get_by_role("button", name="用我的位置").click()
    expect(phone.locator(".card", has_text="全天驿站")).to_be_visible()
    expect(phone.locator("#s1")).to_be_in_viewport()


def test_the_amber_button_asks_for_the_position_when_no_place_was_given(phone, site):
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": CORNER[0], "latitude": CORNER[1]})
    phone.goto(site)
    phone.get_by_role("button", name="找驿站").click()
    expect(phone.locator(".card", has_text="全天驿站")).to_be_visible()


def test_the_position_is_not_asked_for_before_a_button_is_pressed(page, site):
    page.add_init_script("navigator.geolocation.getCurrentPosition = () => { window.asked = true; };")
    page.goto(site)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.asked") is None
    page.get_by_role("button", name="用我的位置").click()
    assert page.evaluate("window.asked") is True


def test_a_phone_that_does_not_say_where_it_is(phone, site):
    phone.context.clear_permissions()
    phone.goto(site)
    phone.get_by_role("button", name="用我的位置").click()
    expect(phone.locator("#locate-says")).to_contain_text("请改为输入地名")
    expect(phone.get_by_label("我在哪里")).to_be_focused()


def test_typed_chosen_and_found(page, site):
    page.goto(site)
    page.get_by_label("我在哪里").fill("柳村")
    page.get_by_text("微波炉", exact=True).click()
    page.get_by_text("电动自行车", exact=True).click()
    page.get_by_role("button", name="找驿站").click()
    expect(page.locator("#found .card").first).to_be_visible()
    assert "amenity=microwave" in page.url
    assert "mode=ebike" in page.url
    assert page.url.endswith("#found")


def test_the_map_shows_what_the_list_shows(page, site):
    page.goto(f"{site}/?where={HERE}&at={A_FRIDAY}T10:00")
    cards = page.locator(".card")
    expect(page.locator(".leaflet-marker-icon.pin:not(.here)")).to_have_count(cards.count())
    expect(page.locator(".pin.here")).to_have_count(1)
    page.locator(".pin", has_text="2").click()
    expect(page.locator("#s2")).to_have_class("card open lit")
    # The way along the streets to the one that was chosen, with its edge.
    expect(page.locator(".leaflet-ways-pane path")).to_have_count(2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_position_is_rounded_before_it_stands_in_an_address(phone, site, language):
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": CORNER[0] + 0.00123456, "latitude": CORNER[1] + 0.00123456})
    phone.goto(f"{site}/?lang={language}")
    phone.locator("#locate").click()
    expect(phone.locator("#s1")).to_be_visible()
    assert f"lon={CORNER[0] + 0.0012:.4f}&lat={CORNER[1] + 0.0012:.4f}&" in phone.url
    assert "123456" not in phone.url


def test_the_question_is_one_line_once_it_was_answered_and_can_be_changed(phone, site):
    phone.goto(f"{site}/?where=柳村&at={A_FRIDAY}T10:00")
    expect(phone.get_by_label("我在哪里")).to_be_hidden()
    phone.get_by_text("修改").click()
    expect(phone.get_by_label("我在哪里")).to_have_value("柳村")
    phone.get_by_text("电动自行车", exact=True).click()
    phone.get_by_role("button", name="找驿站").click()
    expect(phone.locator(".asked-what")).to_contain_text("柳村 · 电动自行车")


def test_a_moment_one_often_means_is_put_into_the_field(page, site):
    page.goto(site)
    page.get_by_text("什么时候", exact=True).click()
    page.get_by_role("link", name="05:30").click()
    assert page.locator("#at").input_value().endswith("T05:30")
    assert page.url.rstrip("/") == site


@pytest.mark.parametrize("width", [320, 1440])
def test_the_map_names_the_source_where_nothing_lies_over_it(page, site, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site}/?where={HERE}&at={A_FRIDAY}T10:00")
    credit = page.locator(".map-frame .credit")
    credit.scroll_into_view_if_needed()
    expect(credit).to_be_in_viewport(ratio=1)
    box, ground = credit.bounding_box(), page.locator("#map").bounding_box()
    assert ground["y"] < box["y"] < box["y"] + box["height"] <= ground["y"] + ground["height"] + 1
    # On top of the map, yet a finger goes through it to the map.
    credit.evaluate("one => { one.style.pointerEvents = 'auto'; }")
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", middle) == "credit"
    expect(page.locator("footer")).to_contain_text("© OpenStreetMap 贡献者")


def test_a_tap_on_the_map_offers_to_search_from_there(page, site):
    page.goto(f"{site}/?where={HERE}&at={A_FRIDAY}T10:00")
    one, other = (page.locator(".pin", has_text=rank).bounding_box() for rank in ("1", "2"))
    page.mouse.click((one["x"] + other["x"]) / 2 + 16, one["y"] + 16)  # in the street between the two
    page.get_by_role("button", name="从这里找").click()
    expect(page).to_have_url(re.compile(r"lon=\d+\.\d{4}&lat=\d+\.\d{4}&"))
    expect(page.locator(".asked-what")).to_contain_text("我的位置")


def test_a_name_is_never_run(page, site, faults):
    page.goto(f"{site}/?where={CORNER[0] + 0.012},{CORNER[1] + 0.01}&at={A_FRIDAY}T10:00")
    expect(page.locator(".card", has_text="<script>alert(1)</script>")).to_have_count(1)
    expect(page.locator(".pin", has_text="1").first).to_have_attribute("title", "<script>alert(1)</script>")
    page.locator(".pin", has_text="1").first.click()
    expect(page.locator("#s1")).to_have_class(re.compile("lit"))
    assert not faults


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("path", ["/?", f"/?where={HERE}&at={A_FRIDAY}T10:00&", "/planning?"])
def test_nothing_stands_out_of_the_page(page, site, path, width, language):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site}{path}lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", f"/?where={HERE}&at={A_FRIDAY}T10:00", "/planning"])
def test_what_one_presses_is_large_enough(phone, site, path):
    phone.goto(site + path)
    small = phone.evaluate(
        """() => [...document.querySelectorAll("a[href], button, select, summary, input, label.chip, .segments span")]
            .filter(one => one.offsetParent && !["radio", "checkbox", "hidden"].includes(one.type))
            .filter(one => !one.closest(".skip, .leaflet-popup, .where .soft"))
            .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44)
            .map(([text, box]) => text + " " + box.width + "x" + box.height)"""
    )
    assert small == []


def test_the_keyboard_reaches_the_answer(page, site):
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("我在哪里")).to_be_focused()
    page.keyboard.type("柳村")
    page.keyboard.press("Enter")
    expect(page.locator(".asked-what")).to_contain_text("柳村")
    expect(page.locator("#found .card").first).to_be_visible()


def test_without_script_it_is_a_form_and_a_list(chromium: Browser, site):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(site)
    expect(page.get_by_role("button", name="用我的位置")).to_have_count(0)
    page.get_by_label("我在哪里").fill(HERE)
    page.get_by_role("button", name="找驿站").click()
    expect(page.locator(".card", has_text="全天驿站")).to_be_visible()
    expect(page.locator(".map-frame .credit")).to_be_visible()
    page.goto(f"{site}/planning")
    expect(page.get_by_role("row", name="西乡")).to_be_visible()
    expect(page.locator("footer")).to_contain_text("© OpenStreetMap 贡献者")
    context.close()
