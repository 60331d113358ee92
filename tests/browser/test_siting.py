"""A planner at a browser: asks where two more should go, sees it proven, argues, saves the plan and accepts a site."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from threading import Event
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from stations.questions.siting import solve_exactly
from stations.registry.log import Registry
from stations.scenarios import Plans
from stations.settings import Settings
from stations.web.siting import searching
from tests.browser.states import charted
from tests.town import SHANGHAI, corner

HERE = "/planning/siting"
ASKED = f"{HERE}?minutes=5&sites=2&spacing=300"
UNCOUNTED = Settings(requests_per_minute=0, reports_per_hour=0)
LONG_MS = 20_000
HELD_S = 120.0
"""A search that waits for the test to let it go does not outlive one that failed before for ever."""


@pytest.fixture
def desk(page: Page) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


@pytest.fixture(scope="module")
def registry(tmp_path_factory, town_stations) -> Registry:
    """A registry of the town in a file of its own: what is accepted goes into it."""
    kept = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'town.db'}", SHANGHAI)
    kept.write(lambda _: town_stations, what="import", who="test", at=datetime(2026, 11, 1, tzinfo=UTC))
    return kept


@pytest.fixture(scope="module")
def plans(registry) -> Plans:
    return Plans(registry.store, SHANGHAI, desk=registry)


@pytest.fixture(scope="module")
def county(serve, open_house, registry, plans) -> str:
    """Serve a house that keeps plans."""
    return serve(open_house(shelf=registry, plans=plans, settings=UNCOUNTED))


def proven(page: Page) -> None:
    expect(page.locator(".proof[data-ended='proven']")).to_be_attached(timeout=LONG_MS)


def keys(page: Page) -> list[str]:
    return page.locator("#sites li").evaluate_all("all => all.map(one => one.dataset.site)")


def asked_for(page: Page, name: str) -> list[str]:
    """The values of a parameter of the address."""
    return page.evaluate("name => new URLSearchParams(location.search).getAll(name)", name)


def test_who_only_comes_to_look_starts_no_search(desk, county):
    desk.goto(county + HERE)
    expect(desk.get_by_role("button", name="证明它最好")).to_be_visible()
    desk.wait_for_timeout(1000)
    expect(desk.locator(".proof")).to_have_attribute("data-state", "quick")
    desk.get_by_role("button", name="证明它最好").click()
    proven(desk)


def test_a_question_is_proven_and_the_answer_set_in(desk, county):
    desk.goto(county + ASKED)
    assert len(keys(desk)) == 2
    proven(desk)
    expect(desk.locator(".proof")).to_contain_text("已证明")
    expect(desk.locator("#figure")).to_contain_text("%")
    desk.get_by_label("新建驿站").fill("3")
    desk.get_by_label("新建驿站").press("Enter")
    expect(desk.locator("#sites li")).to_have_count(3)
    expect(desk).to_have_url(re.compile("sites=3"))
    proven(desk)
    desk.go_back()
    expect(desk.locator("#sites li")).to_have_count(2)
    expect(desk.get_by_label("新建驿站")).to_have_value("2")


def test_a_site_is_ruled_out_and_taken_back(desk, county):
    desk.goto(county + ASKED)
    proven(desk)
    first = keys(desk)[0]
    desk.get_by_role("link", name=re.compile("^不要它：")).first.click()
    expect(desk.locator("#changed li")).to_have_count(1)
    proven(desk)
    assert first not in keys(desk)
    assert asked_for(desk, "forbid") == [first]
    desk.get_by_role("link", name=re.compile("^撤回：")).click()
    expect(desk.locator("#changed li")).to_have_count(0)
    proven(desk)
    assert first in keys(desk)


def test_a_candidate_is_put_under_the_cross_and_wanted_from_its_card(desk, county):
    desk.goto(county + ASKED)
    proven(desk)
    charted(desk)
    desk.get_by_role("button", name="放一个候选点").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#plan-map")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#changed li")).to_have_count(1)
    assert len(asked_for(desk, "point")) == 1
    assert asked_for(desk, "spacing") == ["300"], "the other candidates stay"
    proven(desk)
    desk.goto(desk.url.split("#")[0] + "&force=point-1")
    expect(desk.locator("#sites li.wanted")).to_have_count(1)
    proven(desk)
    charted(desk)
    desk.locator(".leaflet-marker-icon.site.wanted").dispatch_event("click")
    desk.get_by_role("button", name="撤掉").click()
    expect(desk.locator("#changed li")).to_have_count(0)
    assert asked_for(desk, "force") == [], "what was said of it goes with it"


def test_what_a_site_costs_is_said_on_its_card_and_of_a_kind_in_the_form(desk, county):
    desk.goto(county + ASKED + "&budget=5")
    proven(desk)
    charted(desk)
    desk.locator(".leaflet-marker-icon.site").first.dispatch_event("click")
    desk.locator(".price-form input").fill("4")
    desk.locator(".price-form button").click()
    expect(desk.locator("#changed")).to_contain_text("造价 4")
    desk.get_by_text("造价", exact=True).click()
    desk.locator("[data-cost=street]").fill("2")
    desk.locator("[data-cost=street]").press("Tab")
    expect(desk).to_have_url(re.compile("street%3A2"))
    assert len(asked_for(desk, "cost")) == 2
    expect(desk.locator("#fold-cost")).to_have_attribute("open", "")


def test_a_row_lights_its_site_up_and_shows_what_it_reaches_alone(desk, county):
    desk.goto(county + ASKED)
    proven(desk)
    charted(desk)
    expect(desk.locator(".leaflet-reach-pane path.gained")).to_have_count(1)
    desk.locator("#sites li").first.hover()
    expect(desk.locator(".leaflet-marker-icon.site.lit")).to_have_count(1)
    expect(desk.locator(".leaflet-alone-pane path")).to_have_count(1)
    desk.locator("#h-sites").hover()
    expect(desk.locator(".leaflet-alone-pane path")).to_have_count(0)


def test_a_station_is_closed_from_the_map(desk, county):
    desk.goto(county + ASKED)
    proven(desk)
    charted(desk)
    desk.locator(".leaflet-marker-icon[title='全天驿站']").dispatch_event("click")
    desk.get_by_role("button", name="当作它关了").click()
    expect(desk.locator("#changed")).to_contain_text("没有全天驿站")


def test_what_cannot_be_answered_is_said_and_the_plan_stays(desk, county, faults):
    desk.goto(county + ASKED)
    proven(desk)
    before = keys(desk)
    desk.get_by_label("新建驿站").fill("none")
    desk.get_by_label("新建驿站").press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("none")
    assert keys(desk) == before
    faults.clear()  # the browser tells of the status 400


def test_a_plan_is_saved_accepted_and_compared(desk, county, plans):
    desk.goto(county + ASKED)
    proven(desk)
    desk.get_by_role("link", name="输入口令").click()
    desk.get_by_label("规划口令").fill(plans.key.key())
    desk.get_by_role("button", name="输入").click()
    expect(desk.locator("#plan-says")).to_contain_text("口令正确")
    desk.get_by_label("方案名称").fill("北边两处")
    desk.get_by_label("你的姓名").fill("规划科")
    desk.get_by_role("button", name="保存方案").click()
    expect(desk.locator(".opened")).to_contain_text("北边两处")
    expect(desk.locator(".opened")).to_contain_text("规划科")
    desk.get_by_role("button", name=re.compile("^采纳为规划中的驿站")).first.click()
    expect(desk.locator(".accepted")).to_have_count(1)
    expect(desk.locator(".accepted")).to_have_attribute("href", re.compile(r"^/s/"))
    proven(desk)
    desk.locator(".opened").get_by_role("link", name="对比").click()
    expect(desk.get_by_role("heading", name="各方案的效果")).to_be_visible()
    expect(desk.get_by_role("checkbox", name="北边两处")).to_be_checked()


def test_what_is_typed_while_it_is_searched_stays(desk, county, plans, monkeypatch):
    released = Event()
    monkeypatch.setattr(searching, "solve_exactly", lambda *of: released.wait(HELD_S) and solve_exactly(*of))
    desk.goto(f"{county}{HERE}/enter")
    desk.get_by_label("规划口令").fill(plans.key.key())
    desk.get_by_role("button", name="输入").click()
    expect(desk.locator("#plan-says")).to_contain_text("口令正确")
    desk.goto(f"{county}{ASKED}&close=A1")
    expect(desk.get_by_role("button", name="停下，用目前最好的")).to_be_visible(timeout=LONG_MS)
    desk.get_by_label("方案名称").fill("关了近处的")
    desk.wait_for_timeout(1100)  # a form of another second has another token
    released.set()
    proven(desk)
    expect(desk.get_by_label("方案名称")).to_have_value("关了近处的")
    expect(desk.get_by_label("方案名称")).to_be_focused()


def test_without_script_all_of_it_is_forms_and_links(chromium, county, monkeypatch):
    released = Event()
    monkeypatch.setattr(searching, "solve_exactly", lambda *of: released.wait(HELD_S) and solve_exactly(*of))
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(county + HERE)
    page.get_by_label("新建驿站").fill("2")
    page.locator("select[name=minutes]").select_option("5")
    page.get_by_role("button", name="找位置").click()
    expect(page.locator("#sites li")).to_have_count(2)
    expect(page.locator("img.picture")).to_be_attached()
    page.get_by_role("link", name=re.compile("^一定要：")).first.click()
    expect(page.locator("#sites li.wanted")).to_have_count(1)
    page.get_by_role("button", name="证明它最好").click()
    again = page.locator(".proof noscript a")  # by its text Playwright takes nothing in there for a link
    for _ in range(2):  # while it is searched, each look asks anew
        with page.expect_navigation():
            again.click()
        expect(page.get_by_role("button", name="停下，用目前最好的")).to_be_attached()
    released.set()
    until = monotonic() + LONG_MS / 1000
    while not page.locator(".proof[data-ended]").count() and monotonic() < until:
        with page.expect_navigation():
            again.click()
    proven(page)
    context.close()


def test_on_a_phone_a_candidate_is_put_by_thumb(chromium, county):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = chromium.new_context(locale="zh-CN", **phone)
    page = context.new_page()
    there = corner(3, 3)
    page.goto(f"{county}{ASKED}&point={there.lon},{there.lat},中间")
    expect(page.locator("#changed")).to_contain_text("中间")
    proven(page)
    page.locator("#plan-map").scroll_into_view_if_needed()
    charted(page)
    page.get_by_role("button", name="放一个候选点").tap()
    page.get_by_role("button", name="就在这里").tap()
    expect(page.locator("#changed li")).to_have_count(3)
    context.close()


def test_a_list_of_places_is_sent_and_what_is_wrong_with_one_is_said_beside_it(desk, county, faults):
    desk.goto(county + ASKED)
    proven(desk)
    there = corner(5, 5)
    good = f"lon,lat,name\n{there.lon},{there.lat},东北角\n"
    field, send = desk.locator("input[type=file]"), desk.get_by_role("button", name="把这些作为候选点")
    field.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": b"lon,lat\n116.3,abc\n"})
    send.click()
    expect(desk.locator("#upload-says")).to_contain_text("abc")
    faults.clear()  # the browser tells of the status 400
    field.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": good.encode()})
    send.click()
    expect(desk.locator("#changed")).to_contain_text("1 个地点")
    assert asked_for(desk, "spacing") == ["300"], "the other candidates stay"
    proven(desk)
