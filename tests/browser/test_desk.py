"""The staff at work in a browser, at a desk and on a phone: what is typed is understood, kept, and never lost."""

from datetime import UTC, datetime
from time import time_ns

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.journey import DESK, PHONE, Journey, untuck
from tests.town import corner


@pytest.fixture
def clerk(page: Page, desk_server: str, enter) -> Page:
    page.set_viewport_size(DESK["viewport"])
    enter(page, "clerk")
    return page


def test_hours_are_understood_while_one_types(clerk: Page, desk_server: str) -> None:
    clerk.goto(f"{desk_server}/desk/stations/A1")
    clerk.locator("[name=hours]").fill("周一至周五 8:30-17:30")
    expect(clerk.locator("#meant .sentence")).to_have_text("周一至周五 08:30–17:30")
    expect(clerk.locator("#meant rect")).to_have_count(5)
    clerk.locator("[name=hours]").fill("后天")
    expect(clerk.locator("#live-hours")).to_contain_text("后天")
    expect(clerk.locator("[name=hours]")).to_have_attribute("aria-invalid", "true")
    clerk.locator("[name=hours]").fill("每天 8:00-18:00")
    expect(clerk.locator("#live-hours")).to_be_hidden()


def test_typing_outlives_a_lost_connection_and_a_reload(clerk: Page, desk_server: str, faults: list[str]) -> None:
    clerk.goto(f"{desk_server}/desk/stations/A1")
    clerk.locator("[name=phone]").fill("0793-77")
    expect(clerk.locator("#pending")).to_contain_text("1")  # what was typed is looked at, and nothing more is asked
    clerk.context.set_offline(True)
    clerk.get_by_role("button", name="保存").click()
    expect(clerk.locator("#pending")).to_contain_text("没有网络")
    clerk.context.set_offline(False)
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    clerk.reload()
    expect(clerk.locator("[name=phone]")).to_have_value("0793-77")
    clerk.get_by_role("button", name="丢弃").click()
    expect(clerk.locator("[name=phone]")).to_have_value("")
    clerk.reload()
    expect(clerk.locator("[name=phone]")).to_have_value("")


def test_typing_outlives_what_somebody_else_saved_meanwhile(journey: Journey) -> None:
    page = journey.page
    journey.put("A4", phone="", note="", closures=())
    journey.enter("officer")
    page.goto(f"{journey.server}/desk/stations/A4")
    page.locator("[name=phone]").fill("0793-8")
    expect(page.locator("#pending")).to_contain_text("1")
    journey.put("A4", note="门在东边")
    page.reload()
    expect(page.locator(".kept")).to_contain_text(journey.says("What you had typed and not sent is back."))
    expect(page.locator(".kept")).to_contain_text(
        journey.says("Somebody else has changed the station since; when you save, you see both.")
    )
    expect(page.locator("[name=phone]")).to_have_value("0793-8")
    journey.press("Save")
    expect(page.locator("#clash")).to_contain_text("门在东边")
    journey.press("Save")
    journey.told("Saved. Everybody sees it from now on.")
    after = journey.stands("A4")
    assert (after.phone, after.note) == ("0793-8", "门在东边")
    journey.forgive("status of 409")


def test_what_was_saved_is_not_given_back_though_its_answer_was_lost(clerk: Page, desk_server: str, faults) -> None:
    def lost(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    clerk.goto(f"{desk_server}/desk/stations/A2")
    seats = str(time_ns() % 500 + 1)
    clerk.locator("[name=seats]").fill(f"0{seats}")  # not as it will be shown
    expect(clerk.locator("#pending")).to_contain_text("1")
    clerk.route("**/stations/A2", lost)
    clerk.get_by_role("button", name="保存").click()
    clerk.wait_for_url("chrome-error://**")
    clerk.unroute("**/stations/A2")
    faults[:] = [fault for fault in faults if "ERR_FAILED" not in fault]
    with clerk.expect_response("**/look"):
        clerk.goto(f"{desk_server}/desk/stations/A2")
    expect(clerk.locator(".kept")).to_have_count(0)
    expect(clerk.locator("[name=seats]")).to_have_value(seats)


def test_a_new_station_outlives_a_lost_connection_and_a_reload(
    clerk: Page, desk_server: str, desk_registry, request, faults
) -> None:
    @request.addfinalizer  # others count the stations
    def without_it() -> None:
        there = desk_registry.snapshot().stations
        for code in (one.code for one in there if one.name == "丢不了驿站"):
            desk_registry.undo(desk_registry.history(code)[0].batch.id, who="test", at=datetime.now(UTC))

    clerk.goto(f"{desk_server}/desk/stations/new")
    clerk.locator("[name=name]").fill("丢不了驿站")
    clerk.locator(".more-facts > summary").click()
    clerk.locator("[name=hours]").fill("每天 8:00-18:00")
    expect(clerk.locator("#meant .sentence")).to_contain_text("08:00–18:00")
    clerk.context.set_offline(True)
    clerk.get_by_role("button", name="新增").last.click()
    expect(clerk.locator("#pending")).to_contain_text("没有网络")
    clerk.context.set_offline(False)
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    clerk.reload()
    expect(clerk.locator(".kept")).to_contain_text("已恢复")
    expect(clerk.locator("[name=name]")).to_have_value("丢不了驿站")
    expect(clerk.locator("[name=hours]")).to_be_visible()
    expect(clerk.locator("#meant .sentence")).to_contain_text("08:00–18:00")
    there = corner(2.2, 1.3)
    clerk.locator("[name=place]").fill(f"{there.lon},{there.lat}")
    clerk.locator("label", has=clerk.locator("[name=datum][value=wgs84]")).click()
    clerk.get_by_role("button", name="新增").last.click()
    if clerk.locator("[name=sure]").count():
        clerk.locator("label", has=clerk.locator("[name=sure]")).click()
        clerk.get_by_role("button", name="新增").last.click()
    clerk.wait_for_url("**said=added*")
    clerk.goto(f"{desk_server}/desk/stations/new")
    expect(clerk.locator("[name=name]")).to_have_value("")
    expect(clerk.locator(".kept")).to_have_count(0)


def test_what_was_typed_out_of_the_way_is_there_to_be_seen(clerk: Page, desk_server: str) -> None:
    """A remark on what has none, and half a date, which the browser does not let through."""
    clerk.goto(f"{desk_server}/desk/stations/A1")
    closed = clerk.locator("details.tucked:has([name='closure.0.first'])")
    untuck(clerk, "note.water").fill("二楼")
    untuck(clerk, "closure.0.first").press("1")
    closed.locator("summary").click()
    expect(closed).not_to_have_attribute("open", "")
    clerk.get_by_role("button", name="保存").click()
    expect(closed).to_have_attribute("open", "")
    expect(clerk.locator("[name='closure.0.first']")).to_be_focused()
    clerk.reload()
    expect(clerk.locator(".kept")).to_contain_text("已恢复")
    expect(clerk.locator("[name='note.water']")).to_be_visible()
    expect(clerk.locator("[name='note.water']")).to_have_value("二楼")
    expect(clerk.locator("[name=name_en]")).to_be_hidden()


def test_what_is_wrong_out_of_the_way_is_said_in_sight(clerk: Page, desk_server: str) -> None:
    clerk.goto(f"{desk_server}/desk/stations/A1")
    untuck(clerk, "lon").fill("east")
    tucked = clerk.locator("details.tucked:has([name=lon])")
    tucked.locator("summary").click()
    expect(clerk.locator("#live-lon")).to_be_visible()
    expect(tucked).to_have_attribute("open", "")


def test_from_anywhere_on_a_phone_one_is_back_at_the_parts(page: Page, desk_server: str, enter) -> None:
    page.set_viewport_size(PHONE["viewport"])
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A1")
    page.locator("[name=custodian]").scroll_into_view_if_needed()
    page.get_by_role("link", name="各部分", exact=True).click()
    expect(page.locator("#parts")).to_be_focused()
    expect(page.locator("#parts")).to_be_in_viewport()


def test_two_editors_at_once(journey: Journey) -> None:
    """One of them has what the journey has, a desk or a phone, and the other a desk."""
    journey.put("A4", phone="", host_name="", seats=None)
    one, other = journey.page, journey.visit(locale="zh-CN", **DESK)
    journey.enter("clerk", page=other)
    journey.enter("officer")
    for page in (one, other):
        page.goto(f"{journey.server}/desk/stations/A4")
    other.locator("[name=phone]").fill("0793-4")
    other.locator("[name=seats]").fill("4")
    other.get_by_role("button", name="保存").click()
    expect(other.locator("#said")).to_be_visible()
    untuck(one, "host_name").fill("新华书店")
    one.locator("[name=seats]").fill("6")
    journey.press("Save")
    clash = one.locator("#clash")
    expect(clash).to_be_focused()
    expect(clash).to_contain_text(journey.says("Somebody else changed this station while you did"))
    expect(clash).to_contain_text("0793-4")
    one.locator(".choose").get_by_text(journey.says("Theirs:")).click()
    journey.press("Save")
    journey.told("Saved. Everybody sees it from now on.")
    after = journey.stands("A4")
    assert (after.phone, after.host_name, after.seats) == ("0793-4", "新华书店", 4)
    journey.forgive("status of 409")


def test_all_of_it_by_keyboard(clerk: Page, desk_server: str, desk_registry) -> None:
    clerk.goto(f"{desk_server}/desk/stations?q=全天")
    link = clerk.get_by_role("link", name="全天驿站")
    link.focus()
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/desk/stations/A3*")  # with its scripts: before them, Ctrl-S is the browser's own
    clerk.locator("[name=note]").focus()
    clerk.keyboard.type("从后门进")
    clerk.keyboard.press("Control+s")
    expect(clerk.locator("#said")).to_be_focused()
    assert desk_registry.snapshot().station("A3").note == "从后门进"


def test_without_script_one_sees_first_what_would_change(visit, desk_server: str, enter) -> None:
    plain = visit(java_script_enabled=False, **PHONE)
    enter(plain, "clerk")
    plain.goto(f"{desk_server}/desk/stations/A6")
    plain.locator("[name=phone]").fill("0793-606")
    plain.get_by_role("button", name="会改动什么").click()
    expect(plain.locator("#looked")).to_contain_text("0793-606")
    plain.get_by_role("button", name="保存").click()
    expect(plain.locator("#said")).to_be_visible()


def test_hours_are_filled_in_by_the_week_on_a_phone(clerk: Page, desk_server: str) -> None:
    clerk.set_viewport_size(PHONE["viewport"])
    clerk.goto(f"{desk_server}/desk/stations/A4")
    hours, week = clerk.locator("[name=hours]"), clerk.locator("#f-week")
    hours.fill("每天 9:00-12:00")
    expect(clerk.locator("[name='week.mo.from']")).to_have_value("09:00")
    week.locator("summary").press("Enter")
    monday, sunday = (week.get_by_role("group", name=day) for day in ("周一", "周日"))
    monday.get_by_label("再开门").fill("13:00")
    monday.get_by_label("关门").last.fill("17:30")
    monday.get_by_role("button", name="周一至周五相同").press("Enter")
    sunday.get_by_role("combobox").select_option("休息")
    expect(sunday.get_by_label("关门").first).to_be_hidden()
    week.get_by_role("button", name="填入开放时间").press("Enter")
    phrase = "周一至周五 09:00–12:00、13:00–17:30；周六 09:00–12:00；周日休息"
    expect(hours).to_have_value(phrase)
    expect(clerk.locator("#week-said")).to_contain_text("还没有保存")
    expect(clerk.locator("#meant .sentence")).to_contain_text(phrase)
    monday.get_by_label("关门").last.fill("13:00")
    week.get_by_role("button", name="填入开放时间").press("Enter")
    expect(monday).to_contain_text("不成一段")
    expect(hours).to_have_value(phrase)
