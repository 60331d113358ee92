"""Photos in a browser: made small before they are sent, added at the desk, and suggested by a passer-by on a phone."""

import re

from playwright.sync_api import Page, expect

from stations.photos.keeping import Photos
from tests.stations.photos.conftest import sent

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LARGE = {"name": "IMG_1.png", "mimeType": "image/png"}


def test_photos_from_the_desk_and_from_a_phone(page: Page, desk_server: str, enter, desk_registry) -> None:
    page.set_viewport_size(DESK)
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A2/photos")
    large = sent(3000, 2000, "PNG") + bytes(400_000)
    page.locator("[name=photo]").set_input_files([LARGE | {"buffer": large}])
    page.wait_for_function("() => document.querySelector('[name=photo]').files[0].size < 300000")
    assert page.evaluate("document.querySelector('[name=photo]').files[0].name") == "IMG_1.jpg"
    page.locator(".send-photos [name=caption]").fill("大门")
    page.get_by_role("button", name="添加").click()
    expect(page.locator("#said")).to_contain_text("已添加")
    (photo,) = desk_registry.snapshot().station("A2").photos
    kept = Photos(desk_registry.store).read(photo.file)
    assert kept is not None
    assert (kept.width, kept.height) == (1600, 1067)

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(f"{desk_server}/s/A2")
    expect(page.get_by_alt_text("大门")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.photos img').naturalWidth === 320")
    page.get_by_role("link", name="帮忙改正").click()
    page.locator("[name=hours]").fill("每天 20:00-23:00")
    page.locator("summary", has_text="有什么").click()
    page.locator("[name='has.fridge']").select_option("yes")
    page.get_by_role("button", name="发给工作人员").click()
    expect(page).to_have_url(re.compile("/s/A2/suggested/"))
    expect(page.get_by_text("已经收到")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("23:00")
    page.wait_for_load_state()  # a page is as wide as it likes until its styles have come
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
