"""A courier types, and the page suggests: with a keyboard, a finger, a Chinese input method, a bad line."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.town import CORNER, corner


@pytest.fixture
def searches(page: Page) -> list[str]:
    """What the page asked for, in order."""
    asked: list[str] = []

    def note(request):
        parts = urlsplit(request.url)
        if parts.path == "/api/search":
            asked.append(parse_qs(parts.query)["q"][0])

    page.on("request", note)
    return asked


@pytest.fixture
def field(page: Page, site: str):
    page.goto(site)
    return page.get_by_role("combobox", name="我在哪里")


def options(page: Page):
    return page.locator(".suggest-list [role=option]")


def test_the_field_is_a_combobox_with_a_list(page, field):
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("liu")
    expect(options(page).first).to_contain_text("柳村")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert page.locator(f"#{field.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    expect(page.get_by_role("listbox", name="建议")).to_be_visible()
    expect(page.locator(".suggest-says")).to_have_text("1 条建议")
    box = options(page).first.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_arrows_choose_and_enter_takes(page, field):
    field.fill("cun")
    expect(options(page)).to_have_count(2)
    first, second = options(page).nth(0), options(page).nth(1)
    for key, chosen in (
        ("ArrowDown", first),
        ("ArrowDown", second),
        ("ArrowDown", first),
        ("ArrowUp", second),
        ("Home", first),
        ("End", second),
    ):
        field.press(key)
        expect(chosen).to_have_attribute("aria-selected", "true")
        assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
    expect(field).to_be_focused()
    name = second.locator("b").text_content()
    field.press("Enter")
    expect(page.locator("#at-place")).to_contain_text(f"从{name}出发")
    query = parse_qs(urlsplit(page.url).query)
    assert query["where"] == [name]
    assert re.fullmatch(r"116\.\d{1,4}", query["lon"][0])


def test_escape_closes_and_what_was_typed_stays(page, field):
    field.press_sequentially("liu")
    expect(options(page)).to_have_count(1)
    field.press("Escape")
    expect(page.locator(".suggest-list")).to_be_hidden()
    expect(field).to_have_value("liu")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")


def test_enter_without_a_choice_sends_the_form(page, field):
    field.press_sequentially("桃村")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(page.locator("#at-place")).to_contain_text("从桃村出发")


def test_a_tap_on_a_place_finds_from_there(page, site, field):
    field.fill("taocun")
    options(page).first.click()
    expect(page.locator("#at-place")).to_contain_text("从桃村出发")


def test_a_tap_on_a_station_opens_its_page(page, field):
    field.fill("jinchu")
    options(page).first.click()
    page.wait_for_url("**/s/A1")


def test_a_name_is_shown_and_never_run(page, field, faults):
    field.press_sequentially("script")
    expect(options(page).first.locator("b")).to_have_text("<script>alert(1)</script>")
    assert not faults


def test_an_input_method_is_let_finish(page, field, searches):
    field.focus()
    line = page.context.new_cdp_session(page)
    for text in ("l", "li", "liu", "liu'c", "liu'cun"):
        line.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
        page.wait_for_timeout(60)
    page.wait_for_timeout(300)
    assert searches == []
    line.send("Input.insertText", {"text": "柳村"})
    expect(options(page).first).to_contain_text("柳村")
    assert searches == ["柳村"]


def test_keys_are_waited_for(page, field, searches):
    # All at once, as fast fingers seem to a machine with little else to do.
    field.evaluate(
        """one => { for (const typed of ["l", "li", "liu", "liuc", "liucu", "liucun"]) {
            one.value = typed; one.dispatchEvent(new Event("input", { bubbles: true })); } }"""
    )
    expect(options(page).first).to_be_visible()
    assert searches == ["liucun"]
    with page.expect_response(re.compile(r"/api/search\?q=liu&")):
        field.fill("liu")
    field.fill("liucun")
    page.wait_for_timeout(400)
    assert searches == ["liucun", "liu"]  # what is known is not asked again


def test_an_old_answer_never_replaces_a_newer_one(page, site):
    waiting = {}

    def keep(route):
        waiting[parse_qs(urlsplit(route.request.url).query)["q"][0]] = route

    def answer(text):
        one = {"kind": "place", "what": "", "name": f"答{text}", "line": "", "lon": 116.3, "lat": 28.3, "href": None}
        waiting[text].fulfill(body=json.dumps({"matches": [one]}), content_type="application/json")

    # A browser that cannot take a question back must be right all the same.
    page.add_init_script("delete window.AbortController;")
    page.route("**/api/search?*", keep)
    page.goto(site)
    field = page.get_by_role("combobox", name="我在哪里")
    for text in ("l", "li"):
        field.fill(text)
        for _ in range(200):
            if text not in waiting:
                page.wait_for_timeout(50)
    answer("li")
    expect(options(page).first).to_have_text(re.compile("答li"))
    with page.expect_event("requestfinished"):
        answer("l")
    page.wait_for_timeout(200)
    expect(options(page).first).to_have_text(re.compile("答li"))


def test_positions_and_links_are_nobodys_business_before_they_are_sent(page, field, searches):
    for text in ("28.3001, 116.3002", "https://uri.amap.com/marker?position=116.3,28.3", "geo:28.3,116.3", "116°18'E"):
        field.fill(text)
        page.wait_for_timeout(220)
    assert searches == []


def test_without_a_line_it_stays_quiet(page, field, faults):
    page.context.set_offline(offline=True)
    field.press_sequentially("liu")
    page.wait_for_timeout(300)
    expect(options(page)).to_have_count(0)
    page.context.set_offline(offline=False)
    page.route("**/api/search?*", lambda route: route.abort())
    with page.expect_console_message(lambda said: "Failed to load resource" in said.text):
        field.fill("liucun")
    expect(options(page)).to_have_count(0)
    faults[:] = [fault for fault in faults if "Failed to load resource" not in fault]


def test_where_one_is_goes_along_to_a_kilometre(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/search" in request.url else None)
    page.goto(f"{site}/?lon={CORNER[0] + 0.012345}&lat={CORNER[1]}")
    page.get_by_text("修改").first.click()
    field = page.get_by_role("combobox", name="我在哪里")
    field.press_sequentially("liu")
    expect(options(page).first).to_be_visible()
    assert "lon=116.31&lat=28.30" in asked[0]


def test_a_chosen_datum_does_not_outlive_what_it_was_said_of(page, site):
    at = corner(1.5, 1.5)
    page.goto(f"{site}/?where={at.lon:.5f},{at.lat:.5f}")
    page.get_by_role("link", name="百度地图").click()
    page.get_by_text("修改").first.click()
    expect(page.locator("input[name=datum]")).to_be_enabled()
    page.get_by_role("combobox", name="我在哪里").fill("116.30123,28.30123")
    expect(page.locator("input[name=datum]")).to_be_disabled()


def test_the_list_in_english(page, site):
    page.goto(f"{site}/?lang=en")
    field = page.get_by_role("combobox", name="Where am I?")
    field.press_sequentially("liu")
    expect(options(page).first).to_have_text(re.compile("柳村.*place"))
    expect(page.locator(".suggest-says")).to_have_text("1 suggestion")
