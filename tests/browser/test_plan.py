"""A planner at a browser: asks, slides to an hour, sorts, looks a township up, and comes back by the link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import settled
from tests.town import A_FRIDAY

ASKED = "/planning?minutes=5"
NIGHT = 22


@pytest.fixture
def desk(page: Page) -> Page:
    """A planner's screen, wide enough for the map beside the table."""
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


def drawn(page: Page) -> None:
    """The map stands, with its townships."""
    expect(page.locator("#plan-map[data-drawn]")).to_be_attached()


def names(page: Page) -> list[str]:
    return page.locator("#townships tbody th").all_inner_texts()


def test_the_table_is_sorted_by_the_column_that_is_pressed_and_stays_so(page, site):
    page.goto(site + ASKED)
    assert names(page) == ["西乡", "东乡"]
    head = page.get_by_role("columnheader", name="未覆盖")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names(page) == ["东乡", "西乡"]
    page.reload()
    expect(page.get_by_role("columnheader", name="未覆盖")).to_have_attribute("aria-sort", "descending")
    assert names(page) == ["东乡", "西乡"]
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(page) == ["西乡", "东乡"]


def test_what_is_chosen_is_answered_at_once_and_stays_in_the_address(page, site):
    page.goto(f"{site}/planning")
    page.get_by_label("最多").select_option("5")
    expect(page.locator("h1")).to_contain_text("5 分钟")
    expect(page).to_have_url(re.compile("minutes=5"))
    page.get_by_text("电动自行车").first.click()
    expect(page.locator("h1")).to_contain_text("电动自行车")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("步行")
    expect(page.get_by_label("最多")).to_have_value("5")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("15 分钟")
    expect(page.get_by_label("最多")).to_have_value("15")


def test_what_cannot_be_answered_is_said_and_the_figures_stay(page, site, faults):
    page.goto(site + ASKED)
    before = page.locator("#figure").inner_text()
    page.get_by_text("设施、速度与对比").click()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "speed=900" in request.url else None)
    page.get_by_label("速度").fill("900")
    page.get_by_label("速度").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("900")
    assert len(asked) == 1
    expect(page.locator("#figure")).to_have_text(before)
    faults.clear()  # the browser tells of the status 400


def test_sliding_to_an_hour_asks_for_it(desk, site):
    desk.goto(f"{site}{ASKED}&at={A_FRIDAY}T10:00")
    expect(desk.locator("#profile rect.sure")).not_to_have_count(0)
    ten = desk.locator("#figure").inner_text()
    hour = desk.get_by_role("slider")
    hour.focus()
    for _ in range(2 * (NIGHT - 10)):
        hour.press("ArrowRight")
    expect(desk.locator("#clock")).to_have_text("22:00")
    expect(desk).to_have_url(re.compile(r"T22"))
    expect(desk.locator("#figure")).not_to_have_text(ten)
    assert "22:00" in hour.get_attribute("aria-valuetext")
    expect(desk.locator(".moment")).to_contain_text("22:00")


def test_half_hours_are_slid_to_and_a_link_keeps_its_minutes(desk, site):
    desk.goto(f"{site}{ASKED}&at={A_FRIDAY}T05:45")
    hour = desk.get_by_role("slider")
    expect(desk.locator("#clock")).to_have_text("05:45")
    assert "05:45" in hour.get_attribute("aria-valuetext")
    desk.get_by_label("最多").select_option("10")
    expect(desk).to_have_url(re.compile("minutes=10.*T05%3A45"))
    expect(desk.locator("#clock")).to_have_text("05:45")
    hour.focus()
    hour.press("ArrowLeft")
    expect(desk.locator("#clock")).to_have_text("05:00")
    expect(desk).to_have_url(re.compile("T05%3A00"))
    hour.press("ArrowRight")
    expect(desk).to_have_url(re.compile("T05%3A30"))
    expect(desk.locator(".moment")).to_contain_text("05:30")
    expect(desk.locator("#clock")).to_have_text("05:30")


@pytest.mark.parametrize("wide", [390, 1440])
def test_the_slider_stands_over_the_bar_of_its_hour(page, site, wide):
    page.set_viewport_size({"width": wide, "height": 900})
    page.goto(f"{site}{ASKED}&at={A_FRIDAY}T22:00")
    settled(page)  # the bars are drawn anew when the week has come
    bar, track = page.locator("#profile .slot.now").bounding_box(), page.get_by_role("slider").bounding_box()
    thumb = 16.0
    middle = track["x"] + thumb / 2 + NIGHT / 23.5 * (track["width"] - thumb)
    assert middle == pytest.approx(bar["x"] + bar["width"] / 2, abs=1.0)
    assert page.evaluate("document.documentElement.scrollWidth") <= wide


def test_the_legend_has_the_colours_as_the_map_shows_them(desk, site):
    desk.goto(f"{site}{ASKED}")
    drawn(desk)

    def ink(of):
        return desk.locator(of).first.evaluate("one => getComputedStyle(one).fillOpacity")

    for _ in range(3):
        assert ink(".legend .swatch.share-2 rect") == ink(".chart .town")
        assert ink(".legend .swatch.band-0 rect") == ink(".chart .band")
        desk.locator("#plan-map").press("+")
        expect(desk.locator("#plan-map.leaflet-zoom-anim")).to_have_count(0)


def test_the_clock_is_walked_by_arrow_keys_and_leads_to_its_hour(desk, site):
    desk.goto(f"{site}{ASKED}&part=clock&at={A_FRIDAY}T10:00")
    chosen = desk.locator("#heat a[aria-current]")
    chosen.focus()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("#heat a:focus")).to_have_attribute("href", re.compile("at=2026-11-19T11"))
    assert desk.locator("#heat a[tabindex='0']").count() == 1
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("2026-11-19T11"))
    expect(desk.locator("#clock")).to_have_text("11:00")


def test_on_a_phone_the_clock_shows_the_hour_that_was_chosen(page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{ASKED}&part=clock&at={A_FRIDAY}T22:00")
    settled(page)
    box, cell = page.locator(".scroll", has=page.locator("#heat")), page.locator("#heat a[aria-current]")
    around, there = box.bounding_box(), cell.bounding_box()
    assert box.evaluate("one => one.scrollWidth > one.clientWidth + 100")
    assert around["x"] <= there["x"]
    assert there["x"] + there["width"] <= around["x"] + around["width"]


def test_a_row_and_its_township_light_up_together(desk, site):
    desk.goto(site + ASKED)
    drawn(desk)
    desk.locator("#townships tbody tr").first.hover()
    expect(desk.locator(".town.lit")).to_have_count(1)
    desk.locator("#townships caption, #panel h2").first.dispatch_event("mouseover")
    expect(desk.locator(".town.lit")).to_have_count(0)
    desk.locator(".leaflet-towns-pane path").first.dispatch_event("mouseover")
    expect(desk.locator("#townships tr.lit")).to_have_count(1)


def test_the_map_goes_where_a_row_says_by_keyboard_too(desk, site):
    desk.goto(f"{site}{ASKED}&part=gaps")
    drawn(desk)
    desk.get_by_role("link", name=re.compile("村")).first.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".plan-card")).to_be_visible()
    expect(desk.locator(".gap.lit")).to_have_count(1)


def test_layers_are_taken_off_and_the_link_knows(desk, site):
    desk.goto(site + ASKED)
    drawn(desk)
    expect(desk.locator(".leaflet-reach-pane path")).not_to_have_count(0)
    desk.get_by_label("沿街可达范围").uncheck()
    expect(desk.locator(".leaflet-reach-pane path")).to_have_count(0)
    desk.reload()
    drawn(desk)
    expect(desk.get_by_label("沿街可达范围")).not_to_be_checked()
    expect(desk.locator(".leaflet-reach-pane path")).to_have_count(0)


def test_tabs_keep_the_question_and_the_focus(desk, site):
    desk.goto(site + ASKED)
    tab = desk.locator("#tabs").get_by_role("link", name="公平")
    tab.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="服务是否均衡")).to_be_visible()
    expect(desk.locator("#tabs [data-tab=fair]")).to_be_focused()
    assert "minutes=5" in desk.url
    assert "part=fair" in desk.url


def test_a_link_reopens_what_one_saw(desk, site):
    desk.goto(f"{site}{ASKED}&at={A_FRIDAY}T21:00&part=gaps")
    drawn(desk)
    desk.locator("#plan-map").press("+")
    expect(desk).to_have_url(re.compile("map="))
    figure, where = desk.locator("#figure").inner_text(), "map=" + desk.url.partition("map=")[2].partition("&")[0]
    desk.goto("about:blank")
    desk.goto(f"{site}{ASKED}&at={A_FRIDAY}T21:00&part=gaps#{where}")
    drawn(desk)
    expect(desk.locator("#figure")).to_have_text(figure)
    expect(desk.locator("#clock")).to_have_text("21:00")
    assert where in desk.url


def test_without_script_the_question_is_a_form_and_every_part_a_page(chromium, site):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/planning")
    page.get_by_label("最多").select_option("5")
    page.get_by_role("button", name="看覆盖").click()
    expect(page.locator("h1")).to_contain_text("5 分钟")
    page.get_by_role("link", name="覆盖空白", exact=True).click()
    expect(page.locator(".gaps-table tbody tr")).not_to_have_count(0)
    page.get_by_role("link", name=re.compile("试设驿站")).first.click()
    expect(page.locator("#changed")).to_contain_text("新驿站 1")
    context.close()


def test_a_name_is_never_run(desk, site, faults):
    desk.goto(site + ASKED)
    drawn(desk)
    desk.locator(".leaflet-marker-icon[title*=script]").dispatch_event("click")
    expect(desk.locator(".plan-card strong")).to_have_text("<script>alert(1)</script>")
    assert not faults
