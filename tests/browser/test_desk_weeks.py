"""Hours by the week with a script: of a new station, and of self-service beside the hours of the staff."""

from collections.abc import Callable
from urllib.parse import unquote_plus

from playwright.sync_api import Page, Route, expect

from tests.browser.journey import untuck


def test_a_new_station_and_self_service_by_the_week(page: Page, desk_server: str, enter: Callable[..., str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/new")
    page.locator(".more-facts > summary").click()
    page.locator("#f-week > summary").click()
    page.locator("[name='week.mo.from']").fill("08:30")
    page.get_by_role("button", name="填入开放时间").click()
    expect(page.locator("#live-week-mo")).to_contain_text("两个时间")
    page.locator("[name='week.mo.to']").fill("17:30")
    page.locator("#f-week-mo button[value='week:mo:days']").click()
    expect(page.locator("[name='week.su.to']")).to_have_value("17:30")
    page.get_by_role("button", name="填入开放时间").click()
    expect(page.locator("[name=hours]")).to_have_value("每天 08:30–17:30")
    expect(page.locator("#meant")).to_contain_text("每天 08:30–17:30")
    expect(page.locator("#week-said")).to_contain_text("还没有保存")

    page.goto(f"{desk_server}/desk/stations/A6")
    untuck(page, "self_service_hours")
    page.locator("#f-alone > summary").click()
    page.locator("[name='alone.mo.from']").fill("20:00")
    page.locator("[name='alone.mo.to']").fill("06:00")
    page.locator("#f-alone-mo button[value='alone:mo:days']").click()
    hours = page.locator("[name=hours]").input_value()
    page.get_by_role("button", name="填入自助时间").click()
    expect(page.locator("[name=self_service_hours]")).to_have_value("每天 20:00–次日06:00")
    expect(page.locator("#meant .sentence")).to_contain_text("自助")
    expect(page.locator("[name=hours]")).to_have_value(hours)
    page.locator("[name=self_service_hours]").fill("24小时")
    expect(page.locator("[name='alone.we.way']")).to_have_value("all")


def test_rows_follow_what_was_typed_last(page: Page, desk_server: str, enter: Callable[..., str]) -> None:
    """Also where the answer to what was typed before comes while one types."""
    asked = []

    def late(route: Route) -> None:
        asked.append(route)
        answer = route.fetch()
        if len(asked) == 1:
            page.locator("[name=hours]").fill("24小时")
        route.fulfill(response=answer)

    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A6")
    page.locator("#f-week > summary").click()
    page.route("**/look*", late)
    page.locator("[name=hours]").fill("每天 9:00-12:00")
    expect(page.locator("#meant .sentence")).to_have_text("全天24小时")
    expect(page.locator("[name='week.we.way']")).to_have_value("all")


def test_who_presses_and_types_on_loses_neither(page: Page, desk_server: str, enter: Callable[..., str]) -> None:
    """The answer to a press comes late: what was typed meanwhile stays, in a row too, and the press counts."""
    asked = []

    def late(route: Route) -> None:
        asked.append(route.request.post_data or "")
        answer = route.fetch()
        if len(asked) == 1:
            page.locator("[name='note']").press_sequentially("二楼")
            page.locator("[name='week.su.to']").fill("12:00")
            page.wait_for_timeout(600)  # longer than what is typed waits before it is asked
        route.fulfill(response=answer)

    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A6")
    page.locator("#f-week > summary").click()
    page.locator("[name='week.mo.way']").select_option("times")
    page.locator("[name='week.mo.from']").fill("08:30")
    page.locator("[name='week.mo.to']").fill("17:30")
    page.locator("#f-week-mo button[value='week:mo:days']").click()
    page.wait_for_timeout(600)
    page.route("**/look*", late)
    page.get_by_role("button", name="填入开放时间").click()
    expect(page.locator("[name=hours]")).to_have_value("每天 08:30–17:30")
    expect(page.locator("#meant .sentence")).to_contain_text("每天 08:30–17:30")
    expect(page.locator("#week-said")).to_contain_text("还没有保存")
    expect(page.locator("[name='note']")).to_have_value("二楼")
    expect(page.locator("[name='week.su.to']")).to_have_value("12:00")
    assert asked[0].startswith("do=week&")
    assert not any(one.startswith("do=") for one in asked[1:])


def test_a_press_is_answered_before_the_form_is_sent(page: Page, desk_server: str, enter: Callable[..., str]) -> None:
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    def take(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(unquote_plus(route.request.post_data or ""))
            route.fulfill(body="sent")
        else:
            route.continue_()

    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A6")
    page.locator("#f-week > summary").click()
    page.locator("[name='week.tu.way']").select_option("all")
    page.locator("#f-week-tu button[value='week:tu:days']").click()
    page.wait_for_timeout(600)
    page.route("**/look*", hold)
    page.route("**/stations/A6", take)
    with page.expect_request("**/look*"):
        page.get_by_role("button", name="填入开放时间").click()
    page.locator("button.action[value=save]").click()
    page.wait_for_timeout(300)
    assert not sent
    held[0].continue_()
    expect(page.locator("body")).to_have_text("sent")
    assert "&hours=全天24小时&" in sent[0]
    assert sent[0].endswith("&do=save")


def test_what_is_wrong_in_a_row_stays_said_until_it_is_changed(
    page: Page, desk_server: str, enter: Callable[..., str]
) -> None:
    enter(page, "clerk")
    page.goto(f"{desk_server}/desk/stations/A6")
    page.locator("#f-week > summary").click()
    for row in ("mo", "tu"):
        page.locator(f"[name='week.{row}.way']").select_option("times")
        page.locator(f"[name='week.{row}.from']").fill("08:30")
        page.locator(f"[name='week.{row}.to']").fill("")
    page.get_by_role("button", name="填入开放时间").click()
    expect(page.locator("#live-week-mo")).to_contain_text("两个时间")
    expect(page.locator("[name='week.mo.way']")).to_be_focused()
    with page.expect_response("**/look*"):
        page.locator("[name='week.mo.to']").fill("17:30")
    expect(page.locator("#live-week-mo")).to_be_hidden()
    expect(page.locator("#live-week-tu")).to_contain_text("两个时间")
    with page.expect_response("**/look*"):
        page.locator("[name='note']").fill("二楼")
    page.wait_for_timeout(200)
    expect(page.locator("#live-week-tu")).to_be_visible()


def test_a_press_that_comes_to_nothing_says_why(
    page: Page, desk_server: str, enter: Callable[..., str], faults: list[str]
) -> None:
    """Somebody was signed out meanwhile, or there is no network."""
    enter(page, "clerk")
    for path, said in (("A6", "#pending"), ("new", "#week-said")):
        page.goto(f"{desk_server}/desk/stations/{path}")
        if path == "new":
            page.locator(".more-facts > summary").click()
        page.locator("#f-week > summary").click()
        page.route("**/look", lambda route: route.fulfill(status=403, body="<p>no</p>"))
        page.get_by_role("button", name="填入开放时间").click()
        expect(page.locator(said)).to_contain_text("重新打开本页")
        page.unroute("**/look")
        page.route("**/look", lambda route: route.abort())
        page.get_by_role("button", name="填入开放时间").click()
        expect(page.locator(said)).to_contain_text("没有网络")
        page.unroute("**/look")
    faults[:] = [fault for fault in faults if "403" not in fault and "ERR_FAILED" not in fault]
