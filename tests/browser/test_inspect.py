"""An inspector in a station without a network: the sheet opens, what is found waits on the phone, and arrives once."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from stations.registry.schema import INSPECTION, ROUND_TASK
from stations.rounds.facts import Answer, Sheet, State, Wish
from stations.rounds.rounds import Rounds
from tests.browser.journey import BROWSERS, PHONE, words_of
from tests.browser.test_offline import until

KEPT = """caches.open("yizhan-round").then(cache => cache.keys())
    .then(keys => keys.map(one => new URL(one.url).pathname))"""
WAITING = """new Promise(done => { indexedDB.open("yizhan-round").onsuccess = event => {
    const all = event.target.result.transaction("sheets").objectStore("sheets").getAll();
    const told = one => [one.who, one.ready, one.photos.length, JSON.stringify(one.fields)];
    all.onsuccess = () => done(all.result.map(told));
}; })"""

TAKING_MS = 20_000
"""Sheets are taken along one after the other, each with its parts: a network may be slow for every one of them."""

SENDING_MS = 30_000
"""At once, or when the page tries again, which it does every 20 seconds."""


def photo() -> dict[str, object]:
    file = io.BytesIO()
    Image.new("RGB", (2400, 1200), "green").save(file, "JPEG", exif=b"Exif\0\0GPS 116.3 28.3")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_round_without_a_network(
    chromium: Browser, desk_server: str, desk_registry, enter: Callable, language: str
) -> None:
    def says(message: str) -> str:
        return words_of(language).gettext(message)

    phone = chromium.new_context(locale=BROWSERS[language], timezone_id="Asia/Shanghai", **PHONE)
    page = phone.new_page()
    broken = []
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    clerk = enter(page, "clerk", "360681101")
    page.goto(f"{desk_server}/desk/inspections/next?list=rating")
    until(page, "navigator.serviceWorker.controller ? 1 : 0")
    page.get_by_role("button", name=says("Take these sheets along")).click()
    expect(page.locator("#take [role=status]")).to_contain_text(
        says("{all} sheets are on this phone. They open without a network, until you sign out.").partition("}")[2],
        timeout=TAKING_MS,
    )
    assert "/desk/inspections/sheet/A1" in page.evaluate(KEPT)

    phone.set_offline(True)
    page.goto(f"{desk_server}/desk/inspections/next")
    page.get_by_role("link", name="近处驿站").click()
    water = page.locator("#i-water")
    water.locator(".a-no").click()
    water.locator("[type=text]").fill("空桶")
    water.locator("[type=file]").set_input_files(photo())
    expect(water.locator("img")).to_have_count(1)
    page.locator("#i-clean .a-yes").click()
    expect(page.locator("#says")).to_contain_text(says("{done} of {all} answered").partition("{all}")[0].format(done=2))
    until(page, f"{WAITING}.then(all => all.some(one => one[2] && one[3].includes('is.clean')))")
    page.reload()
    expect(page.locator("[name='note.water']")).to_have_value("空桶")
    expect(page.locator("#i-water img")).to_have_count(1)
    expect(page.locator("#i-clean .a-yes input")).to_be_checked()
    page.get_by_role("button", name=says("Send the sheet")).click()
    expect(page.locator("#says")).to_have_text(
        says("There is no network. The sheet waits on this phone and is sent by itself as soon as there is one.")
    )
    page.goto(f"{desk_server}/desk/inspections/next")
    expect(page.locator(".round-says")).to_contain_text("1")
    assert inspections(desk_registry, clerk) == []

    phone.set_offline(False)
    expect(page.locator(".round-says")).to_contain_text("近处驿站", timeout=SENDING_MS)
    (one,) = inspections(desk_registry, clerk)
    assert (one.state, one.code, one.answers.count(".jpg")) == ("sent", "A1", 1)
    assert page.evaluate(WAITING) == []
    with desk_registry.store.reading() as connection:
        assert len(connection.execute(ROUND_TASK.select().where(ROUND_TASK.c.made_by == clerk)).all()) == 1

    page.goto(f"{desk_server}/desk/inspections/next")
    page.locator(".more summary").click()
    page.get_by_role("button", name=says("Sign out")).last.click()
    page.wait_for_url("**/desk/sign-in*")
    assert page.evaluate("caches.has('yizhan-round')") is False
    assert not broken
    phone.close()


def inspections(registry, who):
    with registry.store.reading() as connection:
        return connection.execute(INSPECTION.select().where(INSPECTION.c.who == who)).all()


def test_photos_of_what_was_put_right_are_made_small_however_many_a_phone_took(
    page: Page, desk_server: str, desk_registry, enter: Callable[..., str]
) -> None:
    rounds, now = Rounds(desk_registry.store, 30), datetime.now(UTC)
    station = desk_registry.snapshot().station("A2")
    nothing = Answer(State.NO)
    sheet = Sheet("5" * 32, "A2", station.township, 1, rounds.checklist(), "lin", now.date(), {"water": nothing})
    inspection = rounds.send(sheet, wishes=[Wish("water", now.date() + timedelta(days=7), "")], judged={}, at=now)
    (task,) = rounds.tasks.of(inspection.number)
    page.set_viewport_size(PHONE["viewport"])
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/inspections/tasks/{task.number}")
    files = page.locator(".settle [type=file]")
    assert files.evaluate("one => one.getBoundingClientRect().height") >= 44
    large = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).save(large, "PNG")
    files.set_input_files([{"name": "IMG_2.png", "mimeType": "image/png", "buffer": large.getvalue()}] * 6)
    until(page, "[...document.querySelector('.settle [type=file]').files].every(one => /jpg$/.test(one.name)) ? 1 : 0")
    page.get_by_role("button", name="已整改").click()
    page.wait_for_url("**/tasks?said=done")
    assert len(rounds.tasks.get(task.number).photos) == 1, "it is the same one six times"


def test_no_answer_is_broken_within_a_word(page: Page, desk_server: str, enter: Callable[..., str]) -> None:
    page.set_viewport_size(PHONE["viewport"])
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/inspections/sheet/A3?list=rating&lang=en")
    lines = """one => { const all = document.createRange(); all.selectNodeContents(one);
        return new Set([...all.getClientRects()].map(line => Math.round(line.top))).size; }"""
    answers = page.locator("#i-toilet .segments span")
    words = [text.split() for text in answers.all_inner_texts()]
    assert ["Not", "applicable"] in words
    assert all(answers.nth(at).evaluate(lines) <= len(those) for at, those in enumerate(words))


def test_a_photo_that_is_taken_before_the_script_comes_is_kept(
    page: Page, desk_server: str, enter: Callable[..., str]
) -> None:
    def late(route: Route) -> None:
        page.locator("#i-water [type=file]").set_input_files(photo())
        route.continue_()

    enter(page, "clerk")
    page.route("**/desk_sheet.js*", late)
    page.goto(f"{desk_server}/desk/inspections/sheet/A3?list=rating")
    expect(page.locator("#i-water img")).to_have_count(1)


def test_what_is_answered_before_the_script_comes_stands_beside_what_was_kept(
    page: Page, desk_server: str, enter: Callable[..., str]
) -> None:
    def late(route: Route) -> None:
        page.locator("#i-water .a-yes").click()
        route.continue_()

    sheet = f"{desk_server}/desk/inspections/sheet/A2?list=rating"
    enter(page, "clerk")
    page.goto(sheet)
    expect(page.locator("#says")).not_to_be_empty()
    for answer in ("#i-water .a-no", "#i-clean .a-no"):
        page.locator(answer).click()
    page.locator("#i-water [type=text]").fill("空桶")
    until(page, f"{WAITING}.then(all => all.some(one => one[3].includes('空桶')))")
    page.goto("about:blank")
    page.route("**/desk_sheet.js*", late)
    page.goto(sheet)
    expect(page.locator("[name='note.water']")).to_have_value("空桶")
    expect(page.locator("#i-clean .a-no input")).to_be_checked()
    expect(page.locator("#i-water .a-yes input")).to_be_checked()


def test_a_sheet_by_keyboard_and_what_cannot_be_sent(
    page: Page, desk_server: str, desk_registry, enter, faults: list[str]
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/inspections/sheet/A3?list=rating")
    expect(page.locator("#says")).not_to_be_empty()  # the sheet is kept from here on
    page.locator("[name='is.open']").first.focus()
    page.keyboard.press("Space")
    page.locator("[name='number.area']").fill("很大")
    page.keyboard.press("Enter")
    expect(page.locator("#says")).to_contain_text("很大")
    expect(page.locator("#i-area")).to_have_class("item wrong")
    page.locator("[name='number.area']").fill("30")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=sent")
    expect(page.locator(".was-found")).to_contain_text("30")
    page.get_by_role("button", name="写进档案").press("Enter")
    expect(page.locator("#said")).to_be_visible()
    assert desk_registry.snapshot().station("A3").area_m2 == 30
    faults[:] = [fault for fault in faults if "status of 422" not in fault]
