"""A person opens a station's page on a phone: shares it, reports something in two taps, prints it."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect

from stations.station import StationReader
from stations.taxonomy import Taxonomy
from tests.town import corner

PHONE = {"width": 390, "height": 844}
A_POINT_MM = 25.4 / 72


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)
    return page


@pytest.fixture
def plain(chromium: Browser, site: str):
    """Hand out a page of a browser that runs no script."""
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False, viewport=PHONE)
    yield context.new_page()
    context.close()


def test_two_taps_report_a_locked_door(phone: Page, site: str) -> None:
    phone.goto(f"{site}/s/A1")
    phone.get_by_text("开放时间内锁门").click()
    phone.get_by_role("button", name="反映").click()
    thanks = phone.locator("#said")
    expect(thanks).to_contain_text("谢谢")
    expect(thanks).to_be_focused()


def test_two_taps_say_what_is_used_up_and_only_one_kind_is_open(phone: Page, site: str) -> None:
    phone.goto(f"{site}/s/A4")
    phone.get_by_text("设施坏了").click()
    phone.get_by_text("物品用完了").click()
    expect(phone.locator("details.kind[open]")).to_have_count(1)
    phone.get_by_role("button", name="微波炉").click()
    expect(phone.locator("#said")).to_contain_text("谢谢")


def test_without_script_it_takes_two_taps_as_well(plain: Page, site: str) -> None:
    plain.goto(f"{site}/s/A1?from=door")
    plain.get_by_role("button", name="我到了").click()
    expect(plain.locator("#said")).to_contain_text("计次")
    expect(plain.locator("#share, #copy, #print").first).to_be_hidden()
    plain.get_by_text("位置不对").click()
    plain.get_by_role("button", name="反映").click()
    expect(plain.locator("#said")).to_contain_text("谢谢")


def test_the_address_is_copied_and_that_is_said_aloud(phone: Page, site: str) -> None:
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(f"{site}/s/A1?from=door")
    phone.get_by_role("button", name="复制网址").click()
    expect(phone.get_by_role("status").filter(has_text="网址已复制")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == f"{site}/s/A1"


def test_where_the_phone_can_share_it_shares(phone: Page, site: str) -> None:
    phone.add_init_script("navigator.share = data => { window.shared = data; return Promise.resolve(); };")
    phone.goto(f"{site}/s/A1?from=door")
    phone.get_by_role("button", name="分享").click()
    assert phone.evaluate("window.shared.url") == f"{site}/s/A1"
    assert phone.evaluate("window.shared.title") == "近处驿站"


def test_the_map_shows_the_station_and_leads_to_the_others(phone: Page, site: str) -> None:
    phone.emulate_media(reduced_motion="reduce")  # nobody aims at what is still moving
    phone.goto(f"{site}/s/A1")
    phone.locator(".chart-frame").scroll_into_view_if_needed()
    expect(phone.locator(".chart .pin[title='近处驿站']")).to_be_visible()
    phone.get_by_role("button", name="夜间驿站").focus()
    phone.keyboard.press("Enter")
    phone.locator(".chart").get_by_role("link", name="夜间驿站").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("夜间驿站")


def test_nothing_is_wider_than_the_phone_also_with_letters_twice_as_large(phone: Page, site: str) -> None:
    phone.goto(f"{site}/s/A1?lang=en&from=door")
    for letters in ("100%", "200%"):
        phone.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
        for kind in phone.locator("details.kind").all():
            kind.evaluate("one => { one.open = true; }")
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_everything_that_is_tapped_is_as_wide_as_a_finger(phone: Page, site: str) -> None:
    phone.goto(f"{site}/s/A4?from=door")
    small = phone.evaluate(
        """() => [...document.querySelectorAll('main a, main button, main summary, main input')]
            .filter(one => one.type !== 'hidden' && one.offsetParent && !one.closest('.chart'))
            .map(one => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"""
    )
    assert small == []


def pages_of(page: Page) -> tuple[int, set[tuple[int, int]]]:
    """How many sheets a page prints on, and their sizes in millimetres."""
    printed = BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)).getvalue()
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    sizes = {(round(float(wide) * A_POINT_MM), round(float(high) * A_POINT_MM)) for wide, high in boxes}
    return len(re.findall(rb"/Type\s*/Page\b", printed)), sizes


def test_it_prints_on_whole_sheets(page: Page, site: str) -> None:
    for path, sheets, millimetres in (
        ("/s/A1", 1, (210, 297)),
        ("/s/A1/poster?size=a4", 1, (210, 297)),
        ("/s/A4/poster?size=a5", 1, (148, 210)),
        ("/posters?township=none&size=a5", 5, (148, 210)),
    ):
        page.goto(site + path)
        assert pages_of(page) == (sheets, {millimetres}), path


def test_a_full_poster_fits_and_its_code_is_never_cut(page: Page, serve, open_house) -> None:
    reader = StationReader()
    hours = "Mo-Fr 08:00-12:00,13:00-18:00; Sa 09:00-12:00; Su 10:00-11:00; PH off"
    full = {
        "name": "迎宾大道与建设路口工会驿站",
        "hours": hours,
        "amenities": dict.fromkeys(Taxonomy.load().amenities.terms, "yes"),
    }
    overfull = full | {"name": "很长的名字" * 40}
    stations = [
        reader.read_or_raise({"code": code, "position": corner(1, 1)} | facts)
        for code, facts in (("full", full), ("overfull", overfull))
    ]
    house = serve(open_house(stations=stations))
    for code in ("full", "overfull"):
        page.goto(f"{house}/s/{code}/poster")
        page.emulate_media(media="print")
        sheet, qr = page.locator(".poster").bounding_box(), page.locator(".qr").bounding_box()
        assert sheet
        assert qr
        assert qr["y"] + qr["height"] <= sheet["y"] + sheet["height"]
        assert qr["width"] >= 60 / 25.4 * 96
        spilt = page.locator(".middle").evaluate("one => one.scrollHeight - one.clientHeight")
        assert spilt <= 0 or code == "overfull"
