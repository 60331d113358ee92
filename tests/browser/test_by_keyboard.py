"""Who has no mouse, and who listens: the order of stops, where one is, where one comes to, and what is said."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import ASKED, opened, settled

MANY_STOPS = 120
PAGES = {
    "finder": "/",
    "found": ASKED,
    "station": "/s/A1",
    "planning": "/planning?minutes=5",
    "siting": "/planning/siting",
}

STOP = """() => {
    const one = document.activeElement;
    if (one === document.body || one === document.documentElement) { return null; }
    // A box of its own may be unseen where its label shows that one is there.
    const seen = one.matches(".segments input, .chip input") ? one.nextElementSibling : one;
    const style = getComputedStyle(seen);
    const box = seen.getBoundingClientRect();
    one.dataset.stop = one.dataset.stop || String(document.querySelectorAll("[data-stop]").length);
    return {
        number: Number(one.dataset.stop),
        what: one.outerHTML.slice(0, 120),
        // In a frame, it is for the frame to show where one is.
        marked: one.matches("iframe") || style.boxShadow !== "none"
            || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
        group: one.type === "radio" ? one.name : null,
    };
}"""


def stops_of(page: Page) -> list[dict]:
    """Every stop of the Tab key, from the beginning of a page to its end."""
    stops: list[dict] = []
    for _ in range(MANY_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["number"] == 0):
            return stops
        if not stops or stops[-1]["number"] != stop["number"]:  # in a frame, there are stops of its own
            stops.append(stop)
    message = f"No way out after {MANY_STOPS} stops; the last: {stops[-1]['what']}"
    raise AssertionError(message)


def in_document_order(page: Page) -> bool:
    """Whether the stops come in the order in which a page is read."""
    return page.evaluate("""() => [...document.querySelectorAll("[data-stop]")].map(one => Number(one.dataset.stop))
        .every((number, place, all) => !place || number > all[place - 1])""")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_tab_goes_through_a_page_in_the_order_it_is_read_and_out_of_it(page, site, path) -> None:
    """Every stop once, each marked and in sight."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto(site + path)
    settled(page)
    stops = stops_of(page)
    assert len(stops) > 6
    numbers = [stop["number"] for stop in stops]
    assert len(numbers) == len(set(numbers)), "came by twice"
    assert in_document_order(page)
    assert [stop["what"] for stop in stops if not stop["marked"]] == [], "one does not see where one is"
    assert [stop["what"] for stop in stops if not stop["inSight"]] == []
    groups = [stop["group"] for stop in stops if stop["group"]]
    assert len(groups) == len(set(groups)), "a choice of one is one stop"


@pytest.mark.parametrize("path", ["/", "/s/A1"])
def test_without_script_tab_goes_the_same_way(page_without_script, site, path) -> None:
    page = page_without_script
    page.goto(site + path)
    stops = stops_of(page)
    assert len(stops) > 6
    assert in_document_order(page)
    assert [stop["what"] for stop in stops if not stop["marked"] or not stop["inSight"]] == []


@pytest.fixture
def page_without_script(chromium):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_the_first_stop_leads_past_the_head(page, site, path) -> None:
    page.goto(site + path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_after_finding_one_stands_at_what_was_found(page, site) -> None:
    """And the next stop is the first card, not the form again."""
    page.goto(site)
    page.get_by_label("我在哪里").focus()
    page.keyboard.type("柳村")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    name = page.locator("#found").evaluate(
        "one => document.getElementById(one.getAttribute('aria-labelledby')).innerText"
    )
    assert name
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#found') !== null")


def test_escape_closes_what_opened_and_one_stays_where_one_was(page, site) -> None:
    page.goto(site)
    field = page.get_by_label("我在哪里")
    field.focus()
    page.keyboard.type("柳")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("柳")


def test_a_mark_on_the_map_leads_to_its_card(page, site) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(site + ASKED)
    mark = page.locator(".leaflet-marker-icon", has_text="2")
    mark.wait_for()
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#s2")).to_have_class(re.compile(r"\blit\b"))
    expect(page.locator("#s2").get_by_role("link").first).to_be_focused()


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [("/?where=没有这个地方", "where", "没有这个地方"), ("/?where=柳村&minutes=many", None, "many")],
)
def test_a_fault_is_said_and_belongs_to_its_field(page, site, faults, path, field, message) -> None:
    page.goto(site + path)
    faults.clear()  # the browser tells of the status 400
    expect(page.get_by_role("alert")).to_contain_text(message)
    if field:
        expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#{field}")).to_have_accessible_description(re.compile(message))


def test_what_happens_meanwhile_is_said(page, site) -> None:
    """A place to say it was there before: what comes into a page with its words is not read out."""
    page.context.clear_permissions()
    page.goto(site)
    status = page.locator("#locate-says")
    expect(status).to_have_role("status")
    expect(status).to_be_empty()
    page.get_by_role("button", name="用我的位置").click()
    expect(status).to_contain_text("请改为输入地名")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_has_its_parts_and_its_headings_in_order(page, site, path) -> None:
    page.goto(site + path)
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("banner").get_by_role("navigation").count() == 1
    levels = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
            .filter(one => one.offsetParent).map(one => Number(one.tagName[1]))"""
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
OF_THE_TOWN = {
    "中文",
    "近处驿站",
    "不详驿站",
    "全天驿站",
    "停用驿站",
    "夜间驿站",
    "一路",
    "号",
    "柳村",
    "桃村",
    "西乡",
    "东乡",
}
OF_EVERY_LANGUAGE = {
    "English", "OpenStreetMap", "ODbL", "GPS", "WGS", "Leaflet", "script", "alert", "Far",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "open_"), [("/", "details"), (ASKED, "details"), ("/s/A1", "details"), ("/offline", "")]
)
def test_what_is_read_out_is_in_the_language_of_the_page(page, site, path, open_) -> None:
    for language, other in (("zh", ENGLISH), ("en", CHINESE)):
        page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
        opened(open_)(page) if open_ else None
        settled(page)
        said = page.locator("body").aria_snapshot()
        said = re.sub(r"^\s*- /url:.*$|https?://\S+", "", said, flags=re.MULTILINE)
        roles = re.compile(r"^\s*- '?[a-z]+|\[[a-z]+(?:=\w+)?\]", re.MULTILINE)
        known = OF_EVERY_LANGUAGE if language == "zh" else OF_THE_TOWN
        strange = {word for word in other.findall(roles.sub("", said)) if word not in known}
        assert strange == set(), language
