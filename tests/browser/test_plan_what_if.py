"""A planner in a meeting: moves a pin, and reads how many more of which township are within reach."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_plan import ASKED, drawn
from tests.town import A_FRIDAY, corner


@pytest.fixture
def desk(page: Page, site: str) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(site + ASKED)
    drawn(page)
    return page


def pin(page: Page, code: str):
    return page.locator(f".leaflet-marker-icon[data-code='{code}']")


def dragged(page: Page, code: str, by: tuple[int, int]) -> None:
    box = pin(page, code).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + by[0] * step / 8, y + by[1] * step / 8)


def test_a_pin_is_dragged_and_the_figures_follow(desk):
    before = desk.locator("#figure").inner_text()
    dragged(desk, "A3", (60, -60))
    expect(desk.locator("#follow")).to_contain_text("乡")
    expect(desk.locator("#figure")).not_to_have_text(before)
    desk.mouse.up()
    expect(desk).to_have_url(re.compile("move=A3"))
    expect(desk.locator("#change-says")).to_contain_text("街道")
    expect(desk.locator("#figure")).not_to_have_text(before)
    expect(desk.locator("#figure-before")).to_have_text(before)
    expect(desk.locator(".moved-from")).not_to_have_count(0)
    desk.go_back()
    expect(desk.locator("#figure")).to_have_text(before)
    expect(desk.locator("#changed li")).to_have_count(0)


def test_a_tap_on_the_map_tries_a_station_and_its_chip_takes_it_back(desk):
    before = desk.locator("#figure").inner_text()
    frame = desk.locator("#plan-map").bounding_box()
    desk.mouse.click(frame["x"] + frame["width"] * 0.55, frame["y"] + frame["height"] * 0.35)
    desk.get_by_role("button", name="在这里试设驿站").click()
    expect(pin(desk, "+1")).to_be_visible()
    expect(desk.locator("#change-says")).to_contain_text("增加")
    expect(desk.get_by_role("columnheader", name="差异")).to_be_visible()
    desk.get_by_role("link", name="撤回：新驿站 1").click()
    expect(pin(desk, "+1")).to_have_count(0)
    expect(desk.locator("#figure")).to_have_text(before)


def test_without_a_mouse_one_is_placed_under_the_cross(desk):
    desk.get_by_role("button", name="试设驿站").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#placing")).to_be_visible()
    expect(desk.locator("#plan-map")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("#follow")).not_to_be_empty()
    desk.keyboard.press("Enter")
    expect(desk.locator("#placing")).to_be_hidden()
    expect(desk.locator("#changed")).to_contain_text("新驿站 1")
    assert re.search(r"add=116\.\d{1,4}%2C28\.\d{1,4}%2C%3B24%2F7", desk.url), desk.url


def test_escape_leaves_all_as_it_was(desk):
    address = desk.url.split("#")[0]
    desk.get_by_role("button", name="试设驿站").click()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Escape")
    expect(desk.locator("#placing")).to_be_hidden()
    expect(desk.locator("#follow")).to_be_empty()
    assert "add=" not in desk.url
    assert desk.url.split("?")[0] == address.split("?")[0]


def test_figures_of_a_place_that_was_left_do_not_come_after_all(desk):
    pages, figures = [], []

    def keep(route):
        pages.append(route)

    desk.route(re.compile(r"/planning\?"), keep)
    desk.on("request", lambda request: figures.append(request.url) if re.search("json.*add=", request.url) else None)
    before = desk.locator("#figure").inner_text()
    with desk.expect_response(re.compile(r"/answer\.json\?.*add=")):
        desk.evaluate("""() => {
            const plan = yizhan.plan;
            [[116.301, 28.301], [116.302, 28.302]].forEach(at => plan.live(plan.what.adding(at)));
            plan.go(plan.asked(), "replace");
        }""")
    desk.wait_for_timeout(400)
    with desk.expect_response(re.compile(r"/planning\?")):
        pages[0].continue_()
    desk.wait_for_timeout(400)
    expect(desk.locator("#follow")).to_be_empty()
    expect(desk.locator("#figure")).to_have_text(before)
    assert len(figures) == 1


def test_the_card_of_a_station_closes_it_and_opens_it_again(desk):
    pin(desk, "A3").focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="试试没有它").click()
    expect(desk.locator("#changed")).to_contain_text("没有全天驿站")
    expect(pin(desk, "A3")).to_have_class(re.compile(r"\bclosed\b"))
    pin(desk, "A3").dispatch_event("click")
    desk.get_by_role("button", name="恢复原样").click()
    expect(desk.locator("#changed li")).to_have_count(0)


def test_other_hours_are_tried_from_the_card(desk, site):
    desk.goto(f"{site}{ASKED}&at={A_FRIDAY}T23:00")
    drawn(desk)
    before = desk.locator("#figure").inner_text()
    pin(desk, "A1").dispatch_event("click")
    desk.get_by_role("button", name="改开放时间").click()
    desk.get_by_label("开放时间，如").fill("24小时")
    desk.get_by_role("button", name="试用这个时间").click()
    expect(desk).to_have_url(re.compile("hours=A1"))
    expect(desk.locator("#figure")).not_to_have_text(before)


def test_a_place_without_streets_is_refused_and_nothing_changes(desk, site, faults):
    before = desk.locator("#figure").inner_text()
    desk.evaluate("yizhan.plan.what.add([116.5, 28.5])")
    expect(desk.get_by_role("alert")).to_contain_text("没有街道")
    expect(desk.locator("#figure")).to_have_text(before)
    assert "add=" not in desk.url
    faults.clear()  # the browser tells of the status 400


def test_a_link_with_what_is_tried_out_shows_it(page, site):
    there = corner(5, 3)
    page.goto(f"{site}{ASKED}&add={there.lon},{there.lat},新站;24/7&close=A3")
    expect(page.locator("#changed")).to_contain_text("新站")
    expect(page.locator("#changed")).to_contain_text("没有全天驿站")


def test_on_a_phone_a_pin_stays_where_it_is(chromium, site):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = chromium.new_context(locale="zh-CN", **phone)
    page = context.new_page()
    page.goto(site + ASKED)
    page.locator("#plan-map").scroll_into_view_if_needed()
    drawn(page)
    assert page.locator(".leaflet-marker-draggable").count() == 0
    page.get_by_role("button", name="试设驿站").tap()
    page.get_by_role("button", name="就在这里").tap()
    expect(page.locator("#changed")).to_contain_text("新驿站 1")
    context.close()
